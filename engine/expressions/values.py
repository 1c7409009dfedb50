"""The values of the language, and how they are compared and calculated.

Text, numbers, true and false, `None`, lists and mappings of these, days, moments and durations; nothing else
comes in (`admitted`) and nothing else goes out (`plain`). Numbers are exact: a whole number is an `int`, any
other a `Decimal` of 28 digits, because 0.1 + 0.2 must be 0.3 where a person reads the condition. A `float` of
the data comes in by its shortest text and goes out again as a `float`, so 0.1 stays 0.1.

No operation calls a method of a value that is not of exactly one of these types, so an object in the data can
neither run nor pretend to be equal.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.errors import ExpressionError
from engine.expressions.dates import Duration, between, fixed, later

MAX_INTEGER = 2**63 - 1
MAX_LIST = 1000
MAX_TEXT = 10_000
MAX_PARTS = 10_000
"""Parts of nested lists and mappings that one comparison or one result may hold."""

NOTHING = type(None)
NUMBERS = frozenset({int, Decimal})
TEMPORAL = frozenset({date, datetime, Duration})
PLAIN = frozenset({str, int, bool, NOTHING})
_SCALARS = PLAIN | NUMBERS | TEMPORAL
EXACT = decimal.Context(
    prec=28, traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow], Emax=999, Emin=-999
)
"""The one way numbers are calculated: 28 digits, half to even, and a refusal where Python would warn."""


def is_number(value: object) -> bool:
    """Whether a value is a whole number (true and false are not)."""
    return isinstance(value, int) and not isinstance(value, bool)


def admitted(value: object) -> object:
    """A value of the data as the language knows it, or `ExpressionError`; the type is named, never the value."""
    kind = type(value)
    if kind in PLAIN or kind in (list, dict, tuple, date, Duration):
        return value
    if kind is datetime:
        return fixed(value)  # type: ignore[arg-type]
    if kind is Decimal or kind is float:
        return number(Decimal(repr(value)) if kind is float else value)  # type: ignore[arg-type]
    raise ExpressionError(f"A value is a {kind.__name__[:40]}, which the language does not know.")


def number(value: Decimal) -> int | Decimal:
    """A number in its one form: whole numbers are `int`; too large or no number at all is an `ExpressionError`."""
    if not value.is_finite() or abs(value) > MAX_INTEGER:
        raise ExpressionError("A number became too large.")
    value = EXACT.plus(value)
    return int(value) if value == value.to_integral_value() else value


def plain(value: object) -> object:
    """A value as it leaves the language: days, moments and durations as ISO text, decimals as `float`."""
    budget = [MAX_PARTS]
    return _plain(value, budget)


def _plain(value: object, budget: list[int]) -> object:
    budget[0] -= 1
    if budget[0] < 0:
        raise ExpressionError(f"A result holds more than {MAX_PARTS} parts.")
    value = admitted(value)
    if isinstance(value, list | tuple):
        return [_plain(item, budget) for item in value]
    if isinstance(value, dict):
        return {_key(key): _plain(item, budget) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Duration):
        return str(value)
    return float(value) if isinstance(value, Decimal) else _small(value)


def _key(key: object) -> str:
    if type(key) is not str:
        raise ExpressionError("A mapping has a key that is not a text.")
    return key


def _small(value: object) -> object:
    return bounded(value) if type(value) is int else value


def truth(value: object) -> bool:
    """A truth value, or `ExpressionError`: a text such as "no" never counts as true."""
    if value is True or value is False:
        return value
    raise ExpressionError("and, or, not and if take true or false; compare texts and numbers first.")


def bounded(value: int) -> int:
    """A whole number of 64 bits, or `ExpressionError`."""
    if -MAX_INTEGER <= value <= MAX_INTEGER:
        return value
    raise ExpressionError("A number became too large.")


def text(value: object, name: str) -> str:
    """A text of bounded length for the function `name`, or `ExpressionError`."""
    if type(value) is not str:
        raise ExpressionError(f"{name}(…) takes text.")
    if len(value) > MAX_TEXT:
        raise ExpressionError(f"{name}(…) takes a text of at most {MAX_TEXT} characters.")
    return value


def items(value: object, name: str) -> Sequence[object]:
    """A list of bounded length for `name`, or `ExpressionError`."""
    if type(value) is not list and type(value) is not tuple:
        raise ExpressionError(f"{name} takes a list.")
    if len(value) > MAX_LIST:
        raise ExpressionError(f"{name} takes a list of at most {MAX_LIST} items.")
    return value


def inside(container: object, key: object) -> object:
    """A key of a mapping or an index of a list: the only two ways to look inside a value."""
    if type(container) is dict and type(key) is str and key in container:
        return admitted(container[key])
    if type(container) in (list, tuple) and type(key) is int and 0 <= key < len(container):  # type: ignore[arg-type]
        return admitted(container[key])  # type: ignore[index]
    raise ExpressionError("There is no such part of the field.")


def same(left: object, right: object) -> bool:
    """Equal and of one kind: `True == 1` is false, so that a tick is never mistaken for a number."""
    kind = type(left)
    if kind is type(right) and kind in PLAIN:
        return left == right
    pairs, seen = [(left, right)], 0
    while pairs:
        seen += 1
        if seen > MAX_PARTS:
            raise ExpressionError(f"A comparison takes at most {MAX_PARTS} parts.")
        one, other = pairs.pop()
        parts = _parts(admitted(one), admitted(other))
        if parts is None:
            return False
        pairs += parts
    return True


def _parts(left: object, right: object) -> list[tuple[object, object]] | None:
    """What of two values is still to be compared: nothing when they are equal, None when they differ."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return list(zip(left, right, strict=True)) if len(left) == len(right) else None
    if isinstance(left, dict) and isinstance(right, dict):
        names = [_key(key) for key in left]
        alike = len(left) == len(right) and all(name in right for name in names)
        return [(left[name], right[name]) for name in names] if alike else None
    return [] if _equal(left, right) else None


def _equal(left: object, right: object) -> bool:
    kinds = {type(left), type(right)}
    if len(kinds) == 1 and kinds <= _SCALARS:
        return left == right
    if kinds & TEMPORAL and NOTHING not in kinds:
        raise ExpressionError("A date is compared with a date only; write date(…), moment(…) or duration(…).")
    return False


def among(left: object, right: object) -> bool:
    """Whether a value is an item of a list, or a text a part of a text."""
    if type(right) is str:
        return text(left, "in") in text(right, "in")
    if type(right) is not list and type(right) is not tuple:
        raise ExpressionError("What stands right of “in” is neither a list nor a text.")
    return any(same(left, item) for item in items(right, "in"))


def ordered(test: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
    """The comparison by order: two numbers, two texts, two days, two moments or two durations of one kind."""

    def compare(left: object, right: object) -> bool:
        kind = type(left)
        if kind is type(right) and (kind is int or kind is str):
            return test(left, right)
        return test(*_comparable(admitted(left), admitted(right)))

    return compare


def _comparable(left: object, right: object) -> tuple[object, object]:
    kinds = {type(left), type(right)}
    if kinds <= NUMBERS or (len(kinds) == 1 and kinds <= {str, date, datetime}):
        return left, right
    if isinstance(left, Duration) and isinstance(right, Duration):
        if left.months == right.months == 0:
            return left.span, right.span
        if not left.span and not right.span:
            return left.months, right.months
        raise ExpressionError("Months and days have no order: a month may be 28 or 31 days long.")
    if kinds & TEMPORAL:
        raise ExpressionError(
            "A date has an order with a date only; write date(…) or moment(…) around a text."
        )
    raise ExpressionError("Only two numbers, two texts or two dates have an order.")


def digits(value: object) -> int | Decimal:
    """A number, or `ExpressionError`."""
    value = admitted(value)
    if type(value) is int:
        return bounded(value)
    if isinstance(value, Decimal):
        return value
    raise ExpressionError("Only numbers, dates and durations can be calculated.")


def _exactly(calculate: Callable[[Decimal, Decimal], Decimal]) -> Callable[[object, object], int | Decimal]:
    """A calculation that is exact to 28 digits and bounded, and refuses what is no number."""

    def exactly(left: object, right: object) -> int | Decimal:
        try:
            return number(calculate(Decimal(digits(left)), Decimal(digits(right))))
        except decimal.DecimalException:
            raise ExpressionError("A number cannot be divided by nothing.") from None

    return exactly


_add, _subtract = _exactly(EXACT.add), _exactly(EXACT.subtract)
_multiply, divide = _exactly(EXACT.multiply), _exactly(EXACT.divide)


def add(left: object, right: object) -> object:
    """`+` on numbers, on a date and a duration in either order, and on two durations."""
    if type(left) is int and type(right) is int:
        return bounded(left + right)
    if isinstance(right, date) and isinstance(left, Duration):
        left, right = right, left
    if isinstance(left, date) and isinstance(right, Duration):
        return later(left, right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(bounded(left.months + right.months), left.span + right.span)
    return _add(left, right)


def subtract(left: object, right: object) -> object:
    """`-` on numbers, a duration from a date, a date from a date, a duration from a duration."""
    if type(left) is int and type(right) is int:
        return bounded(left - right)
    if isinstance(left, date) and isinstance(right, Duration):
        return later(left, right, -1)
    if isinstance(left, date) and isinstance(right, date):
        return between(right, left)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(bounded(left.months - right.months), left.span - right.span)
    return _subtract(left, right)


def multiply(left: object, right: object) -> object:
    """`*` on numbers, and on a duration and a whole number in either order."""
    if type(left) is int and type(right) is int:
        return bounded(bounded(left) * bounded(right))
    if type(left) is int and isinstance(right, Duration):
        left, right = right, left
    if isinstance(left, Duration) and type(right) is int:
        return Duration(bounded(left.months * bounded(right)), left.span * right)
    return _multiply(left, right)


def negative(value: object) -> object:
    """A number or duration with the other sign."""
    return multiply(value, -1)
