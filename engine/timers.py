"""Timer texts: a quoted ISO 8601 duration, moment or repeating interval, or the key of one of the host's service levels.

The engine has no clock. It evaluates the text when the timer starts to wait and hands the value to the host,
which computes the due time and calls `Instance.fire`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import datetime

from engine.errors import ExpressionError
from engine.expressions import FUNCTIONS, Expression, Function
from engine.expressions import compile as compile_expression

_DURATION = re.compile(
    r"P(?=[0-9T])(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,4}W)?(?:[0-9]{1,5}D)?"
    r"(?:T(?=[0-9])(?:[0-9]{1,6}H)?(?:[0-9]{1,7}M)?(?:[0-9]{1,8}(?:[.,][0-9]{1,6})?S)?)?"
)
_CYCLE = re.compile(r"R(?:[1-9][0-9]{0,5})?/(?:([0-9][^/]*)/)?(P[^/]*[1-9][^/]*)")
_UNQUOTED = re.compile(r"\s*(?:R[0-9]*/)?P[0-9YMWDTHS.,]+\s*")


def _service_level(key: object) -> str:
    if not isinstance(key, str):
        raise ExpressionError("service_level(…) takes a key in quotes.")
    return key


TIMER_FUNCTIONS: Mapping[str, Function] = {**FUNCTIONS, "service_level": _service_level}
"""What the expression of a timer may call."""


def compile_timer(text: str) -> Expression:
    """The expression of a timer, in the safe language with `service_level("key")` beside its functions."""
    return compile_expression(text, functions=TIMER_FUNCTIONS)


def is_duration(text: str) -> bool:
    """Whether a text is an ISO 8601 duration such as P2D or PT12H."""
    return bool(_DURATION.fullmatch(text))


def is_moment(text: str) -> bool:
    """Whether a text is an ISO 8601 date and time with an offset."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def is_cycle(text: str) -> bool:
    """Whether a text is a repeating interval such as R3/PT1H or R/2026-11-21T10:00:00Z/P1D (ISO 8601-1, 5.6)."""
    found = _CYCLE.fullmatch(text)
    return bool(found and is_duration(found[2]) and (found[1] is None or is_moment(found[1])))


def wrong(form: str | None, text: str | None, service_levels: Container[str] | None) -> str | None:
    """Why a timer cannot be used, in a sentence, or None when it can."""
    if form is None or form not in _FORMS:
        return "The timer has no duration, no date and no cycle."
    if text and _UNQUOTED.fullmatch(text):
        return f"The time {text.strip()} is not in quotes."
    try:
        expression = compile_timer(text or "")
    except ExpressionError as error:
        return f"The timer cannot be used: {error}"
    return next(_wrong_parts(form, expression.tree, service_levels), None)


def _wrong_parts(form: str, tree: ast.expr, service_levels: Container[str] | None) -> Iterator[str]:
    for value in _results(tree):
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and value.func.id == "service_level"
        ):
            yield from _wrong_level(form, value, service_levels)
        elif isinstance(value, ast.Constant):
            yield from _wrong_constant(form, value.value)
        elif not isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp):
            yield "The timer is neither a text nor a service level."


def _results(tree: ast.expr) -> Iterator[ast.expr]:
    """The parts of an expression that may become its value."""
    if isinstance(tree, ast.IfExp):
        yield from _results(tree.body)
        yield from _results(tree.orelse)
    else:
        yield tree


def _wrong_level(form: str, call: ast.Call, service_levels: Container[str] | None) -> Iterator[str]:
    if form == "timeCycle":
        yield "A service level is a length of time and does not say how often."
    key = call.args[0] if len(call.args) == 1 else None
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        yield "service_level(…) takes one key in quotes."
    elif service_levels is not None and key.value not in service_levels:
        yield f"There is no service level “{key.value}”."


def _wrong_constant(form: str, value: object) -> Iterator[str]:
    if not isinstance(value, str):
        yield "The timer is not a text."
    elif not _FORMS[form][0](value):
        yield f"“{value[:80]}” is not an ISO 8601 {_FORMS[form][1]}."


_FORMS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "timeDuration": (is_duration, "duration"),
    "timeDate": (is_moment, "date and time with an offset"),
    "timeCycle": (is_cycle, "repeating interval such as R3/PT1H"),
}
