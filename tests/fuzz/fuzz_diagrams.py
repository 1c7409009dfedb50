"""A coverage-guided fuzzer for diagrams; it needs `atheris`, which the tests do not.

    python tests/fuzz/fuzz_diagrams.py -atheris_runs=20000

Known diagrams are changed as the fuzzer says, checked in every strength of the rules, loaded where they can be, run,
saved and restored for some moves. Only a refusal or an incident may come of it, in bounded time, and nothing is
opened, started or executed.
"""

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit" / "engine")]

with atheris.instrument_imports(include=["engine"]):
    import mutating
    from surviving import survive
    from test_hostile_chance import DIAGRAMS


def test_one_input(data: bytes) -> None:
    """One changed diagram, or bytes as they come."""
    provider = atheris.FuzzedDataProvider(data)
    content = DIAGRAMS[provider.ConsumeIntInRange(0, len(DIAGRAMS) - 1)]
    for _ in range(provider.ConsumeIntInRange(0, 3)):
        content = mutating.diagram(content, provider.ConsumeUInt(8))
    place = provider.ConsumeIntInRange(0, len(content))
    survive({"main.bpmn": content[:place] + provider.ConsumeBytes(12) + content[place:]})


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
