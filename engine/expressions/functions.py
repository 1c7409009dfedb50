"""The functions of the language: what each takes and gives, and the function itself.

Each takes time bounded by the bounds of its arguments (`values.MAX_TEXT`, `values.MAX_LIST`,
`dates.MAX_BUSINESS_SPAN`). `has(field)` is no function but part of the grammar: it may name a missing field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.errors import ExpressionError
from engine.expressions import dates, values
from engine.expressions.dates import Context, Duration

Function = Callable[..., object]
"""What an expression may call: plain values in, one plain value out; it may raise `ExpressionError`."""


@dataclass(frozen=True)
class Contextual:
    """A function that also needs the clock or the calendar of the host: the context is its first argument."""

    call: Callable[..., object]

    def __call__(self, *arguments: object) -> object:
        """Without a context the function says what it lacks."""
        return self.call(dates.NO_CONTEXT, *arguments)


@dataclass(frozen=True)
class Signature:
    """What a function takes and gives, in kinds joined by `|`; `more` repeats the last kind any number of times.

    Kinds: text, number, boolean, list, date, moment, duration, any. `least`: arguments that must be there.
    """

    takes: tuple[str, ...]
    gives: str
    least: int
    more: bool = False

    def fits(self, count: int) -> bool:
        """Whether so many arguments are right."""
        return self.least <= count and (self.more or count <= len(self.takes))

    def kind(self, place: int) -> str:
        """The kind of the argument at a place."""
        return self.takes[min(place, len(self.takes) - 1)]


def _whole(value: object, name: str) -> int:
    if type(value) is not int:
        raise ExpressionError(f"{name}(…) takes a whole number.")
    return values.bounded(value)


def _length(value: object) -> int:
    if type(value) is str:
        return len(value)
    return len(values.items(value, "length(…)"))


def _contains(container: object, part: object) -> bool:
    if type(container) is str:
        return values.text(part, "contains") in values.text(container, "contains")
    return any(values.same(part, item) for item in values.items(container, "contains(…)"))


def _keys(container: object, name: str) -> set[tuple[str, object]]:
    """The items of a list with their kinds, so that lists are compared in one pass."""
    keys = set()
    for item in values.items(container, name):
        value = values.admitted(item)
        if isinstance(value, list | tuple | dict):
            raise ExpressionError(f"{name} takes lists of texts, numbers and truth values.")
        keys.add(("number" if type(value) in values.NUMBERS else type(value).__name__, value))
    return keys


def _contains_any(container: object, wanted: object) -> bool:
    name = "contains_any(…)"
    return not _keys(container, name).isdisjoint(_keys(wanted, name))


def _contains_all(container: object, wanted: object) -> bool:
    name = "contains_all(…)"
    return _keys(wanted, name) <= _keys(container, name)


def _is_empty(value: object) -> bool:
    if value is None:
        return True
    return len(value if type(value) in (str, dict) else values.items(value, "is_empty(…)")) == 0  # type: ignore[arg-type]


def _given(arguments: Sequence[object], name: str) -> Iterator[object]:
    """The values of a function that takes one list or several values."""
    listed = len(arguments) == 1 and type(arguments[0]) in (list, tuple)
    return map(values.admitted, values.items(arguments[0] if listed else arguments, name))


def _sum(*arguments: object) -> object:
    total: object = 0
    for value in _given(arguments, "sum(…)"):
        total = values.add(total, values.digits(value))
    return total


def _extreme(name: str, choose: Callable[..., Any]) -> Function:
    def extreme(*arguments: object) -> object:
        given = list(_given(arguments, f"{name}(…)"))
        kinds = set(map(type, given))
        if not (given and (kinds <= values.NUMBERS or kinds in ({date}, {datetime}))):
            raise ExpressionError(f"{name}(…) takes numbers, days or moments, at least one.")
        return choose(given)

    return extreme


def _round(value: object, places: object = 0) -> object:
    most = 12
    if not 0 <= _whole(places, "round") <= most:
        raise ExpressionError(f"round(…) takes 0 to {most} places.")
    step = Decimal(1).scaleb(-places)  # type: ignore[operator]
    return values.number(Decimal(values.digits(value)).quantize(step, ROUND_HALF_UP, values.EXACT))


def _absolute(value: object) -> object:
    return abs(values.digits(value))


def _number(value: object) -> object:
    if type(value) is not str:
        return values.digits(value)
    digits = values.text(value, "number").strip()
    whole, _, fraction = digits.removeprefix("-").partition(".")
    if not (whole + fraction).isascii() or not whole.isdigit() or len(digits) > 24 or digits.endswith("."):
        raise ExpressionError("number(…) takes a text of digits such as 12 or -3.5.")
    if fraction and not fraction.isdigit():
        raise ExpressionError("number(…) takes a text of digits such as 12 or -3.5.")
    return values.number(Decimal(digits))


def _date(value: object) -> date:
    return dates.day_of(value)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    return dates.read_moment(values.text(value, "moment"))


def _duration(value: object) -> Duration:
    return value if isinstance(value, Duration) else dates.read_duration(values.text(value, "duration"))


def _moved(value: object, count: object, name: str, unit: Callable[[int], Duration]) -> object:
    return dates.later(dates.temporal(value), unit(_whole(count, name)))


def _days_between(start: object, end: object) -> int:
    return (dates.day_of(end) - dates.day_of(start)).days


def _now(context: Context) -> datetime:
    if context.now is None:
        raise ExpressionError("There is no clock here, so now() and today() cannot be answered.")
    return dates.fixed(context.now)


def _calendar(context: Context) -> dates.Calendar:
    if context.calendar is None:
        raise ExpressionError("There is no business calendar here, so business days cannot be counted.")
    return context.calendar


def _business_days_between(context: Context, start: object, end: object) -> int:
    return dates.business_days_between(_calendar(context), dates.day_of(start), dates.day_of(end))


def _add_business_days(context: Context, start: object, count: object) -> date:
    return dates.add_business_days(
        _calendar(context), dates.day_of(start), _whole(count, "add_business_days")
    )


def _pair(name: str, test: Callable[[str, str], bool]) -> Function:
    return lambda value, part: test(values.text(value, name), values.text(part, name))


_WHEN = "date|moment|text"
_LISTED: Mapping[str, tuple[Function, Signature]] = {
    "length": (_length, Signature(("text|list",), "number", 1)),
    "lower": (lambda value: values.text(value, "lower").lower(), Signature(("text",), "text", 1)),
    "upper": (lambda value: values.text(value, "upper").upper(), Signature(("text",), "text", 1)),
    "trim": (lambda value: values.text(value, "trim").strip(), Signature(("text",), "text", 1)),
    "starts_with": (_pair("starts_with", str.startswith), Signature(("text", "text"), "boolean", 2)),
    "ends_with": (_pair("ends_with", str.endswith), Signature(("text", "text"), "boolean", 2)),
    "contains": (_contains, Signature(("text|list", "any"), "boolean", 2)),
    "contains_any": (_contains_any, Signature(("list", "list"), "boolean", 2)),
    "contains_all": (_contains_all, Signature(("list", "list"), "boolean", 2)),
    "is_empty": (_is_empty, Signature(("text|list",), "boolean", 1)),
    "count": (lambda value: len(values.items(value, "count(…)")), Signature(("list",), "number", 1)),
    "sum": (_sum, Signature(("number|list",), "number", 1, more=True)),
    "min": (_extreme("min", min), Signature(("number|list|date|moment",), "any", 1, more=True)),
    "max": (_extreme("max", max), Signature(("number|list|date|moment",), "any", 1, more=True)),
    "abs": (_absolute, Signature(("number",), "number", 1)),
    "round": (_round, Signature(("number", "number"), "number", 1)),
    "number": (_number, Signature(("text|number",), "number", 1)),
    "date": (_date, Signature((_WHEN,), "date", 1)),
    "moment": (_moment, Signature(("moment|text",), "moment", 1)),
    "duration": (_duration, Signature(("duration|text",), "duration", 1)),
    "year": (lambda value: dates.day_of(value).year, Signature((_WHEN,), "number", 1)),
    "month": (lambda value: dates.day_of(value).month, Signature((_WHEN,), "number", 1)),
    "day": (lambda value: dates.day_of(value).day, Signature((_WHEN,), "number", 1)),
    "weekday": (lambda value: dates.day_of(value).isoweekday(), Signature((_WHEN,), "number", 1)),
    "days_between": (_days_between, Signature((_WHEN, _WHEN), "number", 2)),
    "add_days": (
        lambda value, count: _moved(value, count, "add_days", dates.days),
        Signature((_WHEN, "number"), "date|moment", 2),
    ),
    "add_months": (
        lambda value, count: _moved(value, count, "add_months", Duration),
        Signature((_WHEN, "number"), "date|moment", 2),
    ),
    "now": (Contextual(_now), Signature((), "moment", 0)),
    "today": (Contextual(lambda context: _now(context).date()), Signature((), "date", 0)),
    "is_business_day": (
        Contextual(lambda context, day: bool(_calendar(context).is_business_day(dates.day_of(day)))),
        Signature((_WHEN,), "boolean", 1),
    ),
    "business_days_between": (
        Contextual(_business_days_between), Signature((_WHEN, _WHEN), "number", 2)
    ),
    "add_business_days": (
        Contextual(_add_business_days), Signature((_WHEN, "number"), "date", 2)
    ),
}  # fmt: skip

FUNCTIONS: Mapping[str, Function] = {name: function for name, (function, _) in _LISTED.items()}
"""The functions every expression may call, besides `has`. Each takes time bounded by its arguments."""

SIGNATURES: Mapping[str, Signature] = {name: signature for name, (_, signature) in _LISTED.items()}
"""What each of `FUNCTIONS` takes and gives, for the checks before anything is evaluated."""

TIMELESS: Mapping[str, Function] = {
    name: function for name, function in FUNCTIONS.items() if not isinstance(function, Contextual)
}
"""The functions that need neither clock nor calendar, for a host that lends none: so the others are refused when an
expression is compiled, and are no surprise when it is evaluated."""
