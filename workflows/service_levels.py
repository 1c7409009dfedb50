"""The times and limits a procedure keeps, read from the bundle's `service_levels.toml` (domain 5.2).

[calendar]
time_zone = "America/Los_Angeles"
opens = "08:00"
closes = "17:00"
closed = [2026-12-24]                  # closing days besides the state's holidays

[supervisor_claim_reminder]
after = "1 business day"               # a length of time; see `calendar.Duration`
counts_from = "opened"                 # or "first": from the first time in this case
meaning = "Then the supervisors are reminded."

[contact_attempts_max]
value = 3                              # a whole number, or a list of them
meaning = "So often a supervisor tries to reach the client."
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflows.calendar import Calendar, Duration
from workflows.unreadable import why_unreadable

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WORDS = frozenset({"after", "value", "meaning", "counts_from"})
_CALENDAR_WORDS = frozenset({"time_zone", "opens", "closes", "closed"})
_ORIGINS = ("opened", "first")
_LARGEST = 1_000_000


class InvalidServiceLevels(ValueError):
    """A file of service levels that cannot be used; `problems` are sentences that each name the place."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(frozen=True)
class ServiceLevel:
    """One time or limit: exactly one of `after` and `numbers` is set."""

    key: str
    meaning: str
    after: Duration | None = None
    counts_from: str = "opened"
    numbers: tuple[int, ...] = ()


class ServiceLevels:
    """The times and limits of one bundle. A key that is not there raises `KeyError`."""

    def __init__(self, levels: Mapping[str, ServiceLevel], calendar: Calendar) -> None:
        self._levels = levels
        self._calendar = calendar

    @staticmethod
    def parse(text: str) -> "ServiceLevels":
        """Read the file. Raises `InvalidServiceLevels` with every problem."""
        try:
            tables = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            words = f"The file cannot be read as TOML: {why_unreadable(error)}."
            raise InvalidServiceLevels((words,)) from None
        hours = tables.pop("calendar", {})
        problems = [*_calendar_problems(hours)]
        for key, table in tables.items():
            problems += _problems(key, table)
        if problems:
            raise InvalidServiceLevels(tuple(problems))
        return ServiceLevels({key: _level(key, table) for key, table in tables.items()}, _calendar(hours))

    def keys(self) -> frozenset[str]:
        """Every key."""
        return frozenset(self._levels)

    def __iter__(self) -> Iterator[ServiceLevel]:
        return iter(self._levels.values())

    def duration(self, key: str) -> Duration:
        """The length of time of a key. Raises `KeyError` also for a key that is a number."""
        after = self._levels[key].after
        if after is None:
            raise KeyError(f"{key} is a number, not a length of time")
        return after

    def after(self, key: str) -> str:
        """The length of time of a key in the chosen language: `1 business day`."""
        return self.duration(key).words

    def number(self, key: str) -> int:
        """The number of a key. Raises `KeyError` also for a key that is no single number."""
        numbers = self.numbers(key)
        if len(numbers) != 1:
            raise KeyError(f"{key} is a list of numbers")
        return numbers[0]

    def numbers(self, key: str) -> tuple[int, ...]:
        """The numbers of a key, in their order."""
        numbers = self._levels[key].numbers
        if not numbers:
            raise KeyError(f"{key} is a length of time, not a number")
        return numbers

    def counts_from(self, key: str) -> str:
        """Whether a time counts from when its task or timer `opened`, or from its `first` in the case."""
        return self._levels[key].counts_from

    def meaning(self, key: str) -> str:
        """What a key does, in words."""
        return self._levels[key].meaning

    def calendar(self, closed: Iterable[date] = ()) -> Calendar:
        """The opening hours; `closed` adds closing days to those of the file."""
        return replace(self._calendar, closed=self._calendar.closed | frozenset(closed))


def _problems(key: str, table: Any) -> Iterator[str]:
    where = f"[{key}]"
    if not _KEY.fullmatch(key):
        yield f"{where}: a key is small letters, digits and underscores."
    if not isinstance(table, dict):
        yield f"“{key}” stands outside of a table; write [{key}] and below it “after” or “value”."
        return
    for word in sorted(table.keys() - _WORDS):
        yield f"{where} has the unknown word “{word}”."
    if not isinstance(table.get("meaning"), str) or not table["meaning"].strip():
        yield f"{where}: “meaning” must say in words what the time or number does."
    if ("after" in table) == ("value" in table):
        yield f"{where} needs either “after” or “value”."
    yield from _after_problems(where, table)
    yield from _value_problems(where, table)


def _after_problems(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    if "counts_from" in table and (table["counts_from"] not in _ORIGINS or "after" not in table):
        yield f"{where}: “counts_from” is “opened” or “first”, and only beside “after”."
    if "after" not in table:
        return
    if not isinstance(table["after"], str):
        yield f"{where}: “after” must be a length of time in quotes."
        return
    try:
        Duration.parse(table["after"])
    except ValueError as error:
        yield f"{where}: {error}"


def _value_problems(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    if "value" not in table:
        return
    numbers = table["value"] if isinstance(table["value"], list) else [table["value"]]
    if not numbers or not all(type(n) is int and 0 <= n <= _LARGEST for n in numbers):
        yield f"{where}: “value” must be a whole number from 0 to {_LARGEST}, or a list of them."


def _calendar_problems(hours: Any) -> Iterator[str]:
    if not isinstance(hours, dict):
        yield "“calendar” stands outside of a table; write [calendar] and below it the hours."
        return
    for word in sorted(hours.keys() - _CALENDAR_WORDS):
        yield f"[calendar] has the unknown word “{word}”."
    for word in ("opens", "closes"):
        if word in hours and _clock(hours[word]) is None:
            yield f'[calendar]: “{word}” must be a clock time such as "08:00".'
    closed = hours.get("closed", [])
    if not isinstance(closed, list) or not all(type(day) is date for day in closed):
        yield "[calendar]: “closed” must be a list of dates such as [2026-12-24]."
    try:
        ZoneInfo(hours.get("time_zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        yield '[calendar]: “time_zone” must be the name of a time zone such as "America/Los_Angeles".'
    if (_clock(hours.get("opens", "08:00")) or time.min) >= (
        _clock(hours.get("closes", "17:00")) or time.max
    ):
        yield "[calendar]: the offices must open before they close."


def _clock(value: Any) -> time | None:
    """A clock time written as text or as TOML's own kind, None when it is neither."""
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value) if re.fullmatch(r"[0-9]{2}:[0-9]{2}", value) else None
    except (ValueError, TypeError):
        return None


def _calendar(hours: Mapping[str, Any]) -> Calendar:
    usual = Calendar()
    return Calendar(
        zone=ZoneInfo(hours["time_zone"]) if "time_zone" in hours else usual.zone,
        opens=_clock(hours.get("opens")) or usual.opens,
        closes=_clock(hours.get("closes")) or usual.closes,
        closed=frozenset(hours.get("closed", ())),
    )


def _level(key: str, table: Mapping[str, Any]) -> ServiceLevel:
    value = table.get("value", [])
    return ServiceLevel(
        key=key,
        meaning=table["meaning"].strip(),
        after=Duration.parse(table["after"]) if "after" in table else None,
        counts_from=table.get("counts_from", "opened"),
        numbers=tuple(value) if isinstance(value, list) else (value,),
    )
