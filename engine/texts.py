"""From expressions as a diagram holds them to expressions that can be evaluated.

Three readings, for three uses of a diagram: `house` takes the safe language and nothing else; `standard` takes what
other tools write too (`dialects`); `walk` compiles nothing, because a person chooses each way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from engine import dialects
from engine.drawing import Event, Text
from engine.errors import ExpressionError
from engine.expressions import Expression
from engine.expressions import compile as compile_expression
from engine.timers import compile_timer

Rules = Literal["house", "standard", "walk"]


BY_HAND = compile_timer('"by hand"')
"""Of a timer that only somebody who walks through the drawing lets fire."""


def compile_condition(text: Text, rules: Rules) -> Expression | None:
    """The condition, None where it is not needed, or `ExpressionError`."""
    return _compile(text, rules, dialects.condition)


def compile_value(text: Text, rules: Rules) -> Expression | None:
    """Any other expression: a number of instances, a list."""
    return _compile(text, rules, dialects.expression)


def _compile(text: Text, rules: Rules, translate: Callable[[str, str | None], str]) -> Expression | None:
    if rules == "walk":
        return None
    if rules == "house":
        return compile_expression(text.text)
    if not text.formal:
        raise ExpressionError("It is written for readers only: its type is not tFormalExpression.")
    return compile_expression(translate(text.text, text.language))


def is_local_moment(text: str) -> bool:
    """Whether a text is a date and time that does not say in which time zone: it is read as UTC."""
    return bool(_LOCAL.fullmatch(text))


_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")


def compile_timer_of(event: Event, rules: Rules) -> Expression:
    """The timer's expression, or `ExpressionError`."""
    text = event.text.text if event.text is not None else ""
    if rules == "house":
        return compile_timer(text)
    if not text:
        return BY_HAND
    if is_local_moment(text):
        return compile_timer(f'"{text}Z"')
    try:
        expression = compile_timer(dialects.timer(event.form or "", text))
    except ExpressionError:
        if rules == "standard":
            raise
        return BY_HAND
    return BY_HAND if rules == "walk" and expression.names else expression
