"""Timer texts as other tools write them, turned into the text that `engine.timers` takes.

    PT1S, ="PT1S", timedelta(seconds=1)     "PT1S"
    ${duration}, = duration                 duration
    R3/PT10S                                "R3/PT10S"
    0 0/5 * * * ?                           "R/PT5M"

A moment without an offset is refused, for nobody can say whose clock it means.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.dialects.conditions import read
from engine.errors import ExpressionError
from engine.expressions import FUNCTIONS, MAX_CHARACTERS, Function
from engine.timers import compile_timer, is_duration, is_moment

_FORMS = ("timeDate", "timeDuration", "timeCycle")
_ZONE = re.compile(r"\[[A-Za-z0-9_/+-]{1,50}\]\Z")
_TIMEDELTA = re.compile(r"(?:datetime\.)?timedelta\(([a-z]+=[0-9]{1,6}(?:, ?[a-z]+=[0-9]{1,6}){0,4}),?\)")
_UNITS: Mapping[str, int] = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_ISO = re.compile(r"PT?[0-9$]|R[0-9]*/|[0-9]")
_REPEATS = re.compile(r"R(?:[1-9][0-9]{0,5})?")
_CRON = re.compile(r"[0-9*?/,#LWA-Z-]+(?:[ \t]+[0-9*?/,#LWA-Z-]+){4,6}")
_EVERY = re.compile(r"(?:\*|[0-9]{1,2})/([1-9][0-9]?)")
_LITERALS: Mapping[str, Function] = dict.fromkeys(("duration", "date", "moment"), str)
"""Functions that, around a literal, only say which kind of text it is."""

_KNOWN: Mapping[str, Function] = {**_LITERALS, "service_level": str, **FUNCTIONS}


def timer(form: str, text: str) -> str:
    """The text of a timer in the safe language, or `ExpressionError` with a sentence.

    `form`: timeDate, timeDuration or timeCycle. A literal is returned in double quotes: an ISO 8601 moment with
    offset, a duration, or a repeating interval `R[n]/[start/]duration`. Anything else must be an expression,
    which is judged when its value is known.
    """
    text = text.strip()
    if form not in _FORMS:
        raise ExpressionError(f"A timer with {form} is not supported.")
    if not text:
        raise ExpressionError("The timer has no text: write a duration such as PT2H, or a moment.")
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"The timer is longer than {MAX_CHARACTERS} characters.")
    return _plain(form, text) or _expression(form, text)


def _plain(form: str, text: str) -> str | None:
    """A text without quotes, as other tools write it, or None when it must be an expression."""
    if _TIMEDELTA.fullmatch(text):
        return _literal(form, _duration(text))
    if _CRON.fullmatch(text):
        return _literal(form, _interval(text))
    return _literal(form, text) if _ISO.match(text) else None


def _expression(form: str, text: str) -> str:
    found = read(text, None, _KNOWN)
    value = _told(found.tree)
    return compile_timer(found.text).text if value is None else _literal(form, value)


def _told(tree: ast.expr) -> str | None:
    """The text of a literal, bare or inside `duration("…")`, or None when it is computed."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _LITERALS:
        tree = tree.args[0] if tree.args else tree
    return str(tree.value) if isinstance(tree, ast.Constant) else None


def _literal(form: str, text: str) -> str:
    text = _ZONE.sub("", text.strip())
    wrong = next(_WRONG[form](text), None)
    if wrong or '"' in text or "\\" in text:
        raise ExpressionError(wrong or f"{text} is no time.")
    return f'"{text}"'


def _wrong_duration(text: str) -> Iterator[str]:
    if _repeats(text):
        yield f"“{text}” repeats: it belongs into a timeCycle."
    elif not is_duration(text):
        yield f"“{text}” is not an ISO 8601 duration such as P2D or PT12H."


def _wrong_moment(text: str) -> Iterator[str]:
    if is_duration(text):
        yield f"“{text}” is a duration, not a moment: make it a timeDuration."
    elif _is_local(text):
        moment = text if "T" in text else f"{text}T00:00:00"
        yield f"“{text}” says no offset from UTC: write {moment}Z, or with an offset such as -08:00."
    elif not is_moment(text):
        yield f"“{text}” is not an ISO 8601 moment such as 2026-11-21T10:00:00Z."


def _wrong_cycle(text: str) -> Iterator[str]:
    if is_duration(text):
        yield f"“{text}” does not say that it repeats: write R/{text}, or R3/{text} for three times."
        return
    repeats, *start, duration = text.split("/") if _repeats(text) else ("", "")
    if not _REPEATS.fullmatch(repeats) or len(start) > 1 or not is_duration(duration):
        yield f"“{text}” is not a repeating interval such as R3/PT10M or R/2026-11-21T10:00:00Z/P1D."
    elif not re.search("[1-9]", duration):
        yield f"“{text}” repeats without a pause."
    elif start:
        yield from _wrong_moment(start[0])


_WRONG = {"timeDate": _wrong_moment, "timeDuration": _wrong_duration, "timeCycle": _wrong_cycle}


def _repeats(text: str) -> bool:
    return text.startswith("R") and "/" in text


def _is_local(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _duration(text: str) -> str:
    """`timedelta(hours=1)` of a Python timer as a duration in seconds."""
    match = _TIMEDELTA.fullmatch(text)
    parts = [part.strip().split("=") for part in match[1].split(",")] if match else []
    unknown = next((unit for unit, _ in parts if unit not in _UNITS), None)
    if unknown:
        raise ExpressionError(f"timedelta({unknown}=…) is not understood: write a duration such as PT2H.")
    return f"PT{sum(_UNITS[unit] * int(number) for unit, number in parts)}S"


def _interval(text: str) -> str:
    """A cron text that says nothing but “every so many seconds, minutes or hours”, as an interval.

    The interval counts from when the timer begins to wait, cron from the full minute or hour.
    """
    fields = text.split()
    seconds, minutes, hours, *days = ["0", *fields] if len(fields) == 5 else fields
    for unit, size, field, coarser in (
        ("S", 60, seconds, (minutes, hours, *days)),
        ("M", 60, minutes, (hours, *days)),
        ("H", 24, hours, days),
    ):
        every = _EVERY.fullmatch(field)
        if every and size % int(every[1]) == 0 and all(map(_is_any, coarser)):
            return f"R/PT{every[1]}{unit}"
        if not field.isdigit():
            break
    raise ExpressionError(
        f"The cron text “{text}” is not understood: write an interval such as R/PT5M or R/2026-11-21T10:00:00Z/P1D."
    )


def _is_any(field: str) -> bool:
    return field in ("*", "?", "*/1", "0/1", "1/1")
