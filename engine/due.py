"""When a timer falls due: an ISO 8601 duration, moment or repeating interval, and a moment to count from.

The engine itself has no clock; this is arithmetic for hosts that have one (ISO 8601:2019, 5.5 and 5.6).
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?"
)
_LATEST = datetime.max.replace(tzinfo=UTC)


def due(text: str, since: datetime) -> datetime:
    """The moment at which `text` falls due when it begins to wait at `since`; `ValueError` when it is no time.

    Of a repeating interval (`R3/PT10S`, `R/2026-11-21T10:00:00Z/PT1H`) the next firing. A moment without an offset
    is taken as UTC. What lies beyond the calendar is due at its end.
    """
    if text.startswith("R"):
        return _next(text.split("/")[1:], since)
    return _after(text, since) if text.startswith("P") else _moment(text)


def _next(parts: list[str], since: datetime) -> datetime:
    """The next firing of a repeating interval: its begin as long as that lies ahead, then one period on."""
    begin = [_moment(part) for part in parts[:1] if not part.startswith("P")]
    periods = [part for part in parts if part.startswith("P")]
    if begin and begin[0] > since:
        return begin[0]
    if not periods:
        raise ValueError("A repeating interval has no period.")
    return _after(periods[0], since)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _after(text: str, since: datetime) -> datetime:
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise ValueError("This is no duration.")
    part = {name: float((value or "0").replace(",", ".")) for name, value in match.groupdict().items()}
    try:
        months_on = _add_months(since, int(part.pop("years")) * 12 + int(part.pop("months")))
        return months_on + timedelta(**part)
    except (OverflowError, ValueError):
        return _LATEST


def _add_months(since: datetime, months: int) -> datetime:
    """The same day so many months on, or the last day of a shorter month."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    day = min(since.day, calendar.monthrange(year, month + 1)[1])
    return since.replace(year=year, month=month + 1, day=day)
