"""A coverage-guided fuzzer for saved states; it needs `atheris`, which the tests do not.

    python tests/fuzz/fuzz_states.py -atheris_runs=100000

Saved states of waiting instances are forged under a right checksum, loaded, and gone on with. Only `DamagedState` or
an incident may come of it, and what loads can be saved again.
"""

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit" / "engine")]

with atheris.instrument_imports(include=["engine"]):
    import mutating
    from test_hostile_chance import SAVED

    import engine

NAMES = sorted(SAVED)


def test_one_input(data: bytes) -> None:
    """One forged state."""
    provider = atheris.FuzzedDataProvider(data)
    definition, content = SAVED[NAMES[provider.ConsumeIntInRange(0, len(NAMES) - 1)]]
    for _ in range(provider.ConsumeIntInRange(1, 3)):
        content = mutating.state(content, provider.ConsumeUInt(8))
    try:
        instance = engine.Instance.load(definition, content, lambda element, values: None)
    except engine.DamagedState:
        return
    instance.dump()
    try:
        for work in instance.open_work()[:3]:
            if work.kind in ("user_task", "worker_task"):
                instance.complete(work.id, {})
            else:
                instance.fire(work.id)
    except engine.EngineError:
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
