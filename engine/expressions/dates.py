"""Days, moments and durations: values inside an expression, ISO 8601 text outside (`evaluate` writes them so).

- a day is a `datetime.date`
- a moment is a `datetime.datetime` with a fixed offset; one without an offset is refused, because it would
  mean another moment on another machine
- a duration is `Duration`: whole months, and a span of days, hours, minutes and seconds

The language has no clock and no calendar of its own: the host hands both over in a `Context`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

from engine.errors import ExpressionError

MAX_BUSINESS_SPAN = 1_500
"""Days that are looked at one by one when business days are counted: about four years."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=[0-9T])(?:(?P<years>[0-9]{1,4})Y)?(?:(?P<months>[0-9]{1,4})M)?(?:(?P<weeks>[0-9]{1,4})W)?"
    r"(?:(?P<days>[0-9]{1,6})D)?(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,7})M)?"
    r"(?:(?P<seconds>[0-9]{1,9}(?:\.[0-9]{1,6})?)S)?)?"
)


class Calendar(Protocol):
    """The host's business calendar: which days count."""

    def is_business_day(self, day: date) -> bool:
        """Whether a day is one on which the offices work."""


class _Weekdays:
    def is_business_day(self, day: date) -> bool:
        return day.weekday() < 5


WEEKDAYS: Calendar = _Weekdays()
"""Monday to Friday without any holiday, for a host that says so; it is never taken silently."""


@dataclass(frozen=True)
class Context:
    """What the host lends to one evaluation: `now`, a moment with its offset, and its business calendar.

    Both may be missing; the functions that need them then raise `ExpressionError`.
    """

    now: datetime | None = None
    calendar: Calendar | None = None


NO_CONTEXT = Context()


@dataclass(frozen=True)
class Duration:
    """A length of time: whole months, whose days differ, and a span of days, hours, minutes and seconds."""

    months: int = 0
    span: timedelta = timedelta()

    def __str__(self) -> str:
        """The duration as ISO 8601 writes it, with a minus sign before it when it goes back."""
        if self.months * self.span.total_seconds() < 0:
            raise ExpressionError("A duration that goes both forward and back cannot be written.")
        span = abs(self.span)
        years, months = divmod(abs(self.months), 12)
        hours, rest = divmod(span.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        part = f"{seconds}.{span.microseconds:06}".rstrip("0") if span.microseconds else str(seconds)
        days = _joined((years, "Y"), (months, "M"), (span.days, "D"))
        clock = _joined((hours, "H"), (minutes, "M"), (0 if part == "0" else part, "S"))
        sign = "-" if self.months < 0 or self.span < timedelta() else ""
        return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"


def _joined(*parts: tuple[int | str, str]) -> str:
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def read_day(text: str) -> date:
    """The day of an ISO 8601 text such as 2026-11-21, or `ExpressionError`."""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise ExpressionError("A text is not a day such as 2026-11-21.") from None


def read_moment(text: str) -> datetime:
    """The moment of an ISO 8601 text with an offset, such as 2026-11-21T10:00:00-08:00, or `ExpressionError`."""
    try:
        return fixed(datetime.fromisoformat(text if _MOMENT.fullmatch(text) else ""))
    except (ValueError, OverflowError):
        raise ExpressionError("A text is not a moment such as 2026-11-21T10:00:00-08:00.") from None


def read_duration(text: str) -> Duration:
    """The duration of an ISO 8601 text such as P2D, PT12H or -P1M, or `ExpressionError`."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise ExpressionError("A text is not a duration such as P2D or PT12H.")
    part = {name: number or "0" for name, number in match.groupdict().items()}
    sign = -1 if match["sign"] else 1
    months = 12 * int(part["years"]) + int(part["months"])
    whole, _, fraction = part["seconds"].partition(".")
    span = timedelta(
        days=7 * int(part["weeks"]) + int(part["days"]),
        hours=int(part["hours"]),
        minutes=int(part["minutes"]),
        seconds=int(whole),
        microseconds=int(fraction.ljust(6, "0")),
    )
    return Duration(sign * months, sign * span)


def fixed(moment: datetime) -> datetime:
    """A moment with a fixed offset, so that adding and comparing mean the same on every machine."""
    offset = moment.utcoffset()
    if offset is None:
        raise ExpressionError("A moment needs its offset, such as 2026-11-21T10:00:00-08:00.")
    return moment.replace(tzinfo=timezone(offset), fold=0)


def day_of(value: object) -> date:
    """The day of a day, of a moment on its own clock, or of ISO text of either; otherwise `ExpressionError`."""
    value = temporal(value)
    return value.date() if isinstance(value, datetime) else value


def temporal(value: object) -> date | datetime:
    """A day or a moment, also when it is still ISO text; otherwise `ExpressionError`."""
    if isinstance(value, datetime):
        return fixed(value)
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return read_moment(value) if "T" in value else read_day(value)
    raise ExpressionError("A day or a moment is expected here.")


def days(count: int) -> Duration:
    """A duration of whole days, or `ExpressionError` when it is longer than any calendar."""
    try:
        return Duration(span=timedelta(days=count))
    except OverflowError:
        raise ExpressionError("A date lies outside the years 1 to 9999.") from None


def later(start: date | datetime, duration: Duration, sign: int = 1) -> date | datetime:
    """A day or moment a duration after (or, with sign -1, before) another.

    Months come first and keep the day of the month, or take the last day of a shorter month; a day is 24 hours.
    A day can only be moved by whole days. Outside the years 1 to 9999 it is an `ExpressionError`.
    """
    if type(start) is date and duration.span.seconds + duration.span.microseconds:
        raise ExpressionError("A day is moved by whole days; write moment(…) for hours.")
    try:
        return months_later(start, sign * duration.months) + sign * duration.span
    except (OverflowError, ValueError):
        raise ExpressionError("A date lies outside the years 1 to 9999.") from None


def months_later(start: date, months: int) -> date:
    """The same day of the month some months later, or the last day of a shorter month."""
    year, month = divmod(12 * start.year + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))


def between(start: date | datetime, end: date | datetime) -> Duration:
    """How long from one day to another, or from one moment to another; never from a day to a moment."""
    if type(start) is not type(end):
        raise ExpressionError("A day and a moment cannot be subtracted; write date(…) around the moment.")
    return Duration(span=end - start)


def business_days_between(calendar: Calendar, start: date, end: date) -> int:
    """Business days after `start` up to and with `end`; negative when `end` comes first."""
    first, last = min(start, end), max(start, end)
    span = (last - first).days
    if span > MAX_BUSINESS_SPAN:
        raise ExpressionError(f"Business days are counted over at most {MAX_BUSINESS_SPAN} days.")
    days = (first + timedelta(days=n) for n in range(1, span + 1))
    return sum(map(calendar.is_business_day, days)) * (1 if end >= start else -1)


def add_business_days(calendar: Calendar, start: date, count: int) -> date:
    """The business day so many business days after `start`, or before it when `count` is negative."""
    step, left, day = timedelta(days=1 if count >= 0 else -1), abs(count), start
    for _ in range(MAX_BUSINESS_SPAN):
        if not left:
            return day
        try:
            day += step
        except OverflowError:
            break
        left -= calendar.is_business_day(day)
    raise ExpressionError(f"Business days are counted over at most {MAX_BUSINESS_SPAN} days.")
