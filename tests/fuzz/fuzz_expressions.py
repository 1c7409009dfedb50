"""A coverage-guided fuzzer for the safe language; it needs `atheris`, which the tests do not.

    python tests/fuzz/fuzz_expressions.py -atheris_runs=100000

Any text is compiled, evaluated, explained and checked. Nothing but a plain value or an `ExpressionError` may come
out, what is offered must compile, and what is answered must be answered again.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["engine.expressions"]):
    from engine.expressions import WEEKDAYS, Context, ExpressionError, check_types, compile, explain

DATA = {
    "n": 3, "price": 3.5, "text": "opt_in", "yes": True, "nothing": None, "ways": ["phone", 1, 2.5], "day": "2026-11-21",
    "client": {"age": 40, "rows": [{"id": 1}]}, "huge": 10**40,
}  # fmt: skip
KINDS = {
    "n": "integer",
    "price": "number",
    "text": ["opt_in", "withdraw"],
    "yes": "boolean",
    "ways": "list",
    "day": "date",
}
CONTEXT = Context(datetime(2026, 11, 21, tzinfo=UTC), WEEKDAYS)
PLAIN = (str, int, float, bool, type(None))


def is_plain(value: object) -> bool:
    """Whether a value is one that may leave the language."""
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(part) for key, part in value.items())
    return type(value) in PLAIN


def try_text(text: str) -> None:
    """One text through the whole language."""
    mistake = explain(text, KINDS)
    if mistake is not None and mistake.corrected is not None:
        compile(mistake.corrected, KINDS)
    try:
        expression = compile(text)
        value = expression.evaluate(DATA, CONTEXT)
    except ExpressionError:
        return
    assert is_plain(value), (text, value)
    check_types(expression, KINDS)
    assert compile(expression.text).evaluate(DATA, CONTEXT) == value, text


def try_bytes(content: bytes) -> None:
    """What the fuzzer calls."""
    try_text(atheris.FuzzedDataProvider(content).ConsumeUnicode(sys.maxsize))


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_bytes)
    atheris.Fuzz()
