"""Business time: the office's clock, Washington's holidays, durations counted on both (domain 5.2).

A business day is a weekday that is no state holiday and no extra closing day; it is open from `opens` until,
not including, `closes`. Moments have an offset when they come in and are UTC when they go out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflows.language import gettext, marked, ngettext

LOS_ANGELES = ZoneInfo("America/Los_Angeles")

_DAY = timedelta(days=1)
_MOST = {
    "business day": 3660,
    "day": 36600,
    "week": 5200,
    "month": 1200,
    "year": 100,
    "hour": 87600,
    "minute": 10**7,
}
_WORDS = re.compile(r"([0-9]{1,8}) (business day|day|week|month|year|hour|minute)s?")
_SAID: Mapping[str, Callable[[int], str]] = {
    "business day": lambda count: ngettext("{count} business day", "{count} business days", count),
    "day": lambda count: ngettext("{count} day", "{count} days", count),
    "week": lambda count: ngettext("{count} week", "{count} weeks", count),
    "month": lambda count: ngettext("{count} month", "{count} months", count),
    "year": lambda count: ngettext("{count} year", "{count} years", count),
    "hour": lambda count: ngettext("{count} hour", "{count} hours", count),
    "minute": lambda count: ngettext("{count} minute", "{count} minutes", count),
}
_ISO = re.compile(
    r"P(?!$)(?:(?P<years>[0-9]{1,3})Y)?(?:(?P<months>[0-9]{1,4})M)?(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?!$)(?:(?P<hours>[0-9]{1,5})H)?(?:(?P<minutes>[0-9]{1,8})M)?(?:(?P<seconds>[0-9]{1,9})S)?)?"
)


def read_day(text: object) -> date:
    """A day as it is typed (ISO 8601). Raises `ValueError`, also for a year that no calendar on a wall shows: whoever counts
    on from it would leave the calendar."""
    found = date.fromisoformat(str(text))
    if not 1900 <= found.year < 3000:
        raise ValueError
    return found


@dataclass(frozen=True)
class Duration:
    """A length of time as a program manager writes it; `text` is what was written.

    Business days are counted by a `Calendar`; months and days keep the local clock time; seconds are exact.
    """

    text: str
    business_days: int = 0
    same_business_day: bool = False
    months: int = 0
    days: int = 0
    seconds: int = 0

    @staticmethod
    def parse(text: str) -> "Duration":
        """Read `2 business days`, `same business day`, `10 days`, `3 years`, or ISO 8601 (`P2D`, `PT30M`).

        Raises `ValueError` with a sentence for people.
        """
        words = " ".join(text.split())
        if words == "same business day":
            return Duration(words, same_business_day=True)
        if match := _WORDS.fullmatch(words):
            return _in_words(words, int(match[1]), match[2])
        if match := _ISO.fullmatch(words):
            return _iso(words, {name: int(number) for name, number in match.groupdict("0").items()})
        raise ValueError(
            f"“{words[:40]}” is not a length of time. Write “2 business days”, “same business day”, "
            "“10 days”, “3 years” or “PT30M”."
        )

    def __str__(self) -> str:
        return self.text

    @property
    def words(self) -> str:
        """The length in the chosen language; one in the notation of ISO 8601 as it was written."""
        if self.same_business_day:
            return gettext("same business day")
        match = _WORDS.fullmatch(self.text)
        return _SAID[match[2]](int(match[1])).format(count=match[1]) if match else self.text


def length_words(text: str) -> str:
    """A length of time that was written, in the chosen language; what is none as the catalogue has it."""
    try:
        return Duration.parse(text).words
    except ValueError:
        return gettext(text)


def _in_words(text: str, number: int, unit: str) -> Duration:
    if number > _MOST[unit]:
        raise ValueError(f"“{text}” is too long.")
    parts: Mapping[str, Duration] = {
        "business day": Duration(text, business_days=number),
        "day": Duration(text, days=number),
        "week": Duration(text, days=7 * number),
        "month": Duration(text, months=number),
        "year": Duration(text, months=12 * number),
        "hour": Duration(text, seconds=3600 * number),
        "minute": Duration(text, seconds=60 * number),
    }
    return parts[unit]


def _iso(text: str, part: Mapping[str, int]) -> Duration:
    months = 12 * part["years"] + part["months"]
    seconds = 3600 * part["hours"] + 60 * part["minutes"] + part["seconds"]
    if months > _MOST["year"] * 12 or part["days"] > _MOST["day"] or seconds > 60 * _MOST["minute"]:
        raise ValueError(f"“{text}” is too long.")
    return Duration(text, months=months, days=7 * part["weeks"] + part["days"], seconds=seconds)


@lru_cache(maxsize=256)
def state_holidays(year: int) -> Mapping[date, str]:
    """The days of a year on which state offices are closed, with their names (RCW 1.16.050(1) and (3)).

    A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after; so New Year's
    Day may fall into the year before.
    """
    kept = [(_observed(day), name) for of in (year, year + 1) for day, name in _legal_holidays(of)]
    return {day: name for day, name in kept if day.year == year}


def _legal_holidays(year: int) -> Iterator[tuple[date, str]]:
    yield date(year, 1, 1), marked("New Year's Day")
    yield _nth(year, 1, 0, 3), marked("Martin Luther King Jr. Day")
    yield _nth(year, 2, 0, 3), marked("Presidents' Day")
    yield _nth(year, 6, 0, 1) - 7 * _DAY, marked("Memorial Day")
    yield date(year, 6, 19), marked("Juneteenth")
    yield date(year, 7, 4), marked("Independence Day")
    yield _nth(year, 9, 0, 1), marked("Labor Day")
    yield date(year, 11, 11), marked("Veterans' Day")
    yield _nth(year, 11, 3, 4), marked("Thanksgiving Day")
    yield _nth(year, 11, 3, 4) + _DAY, marked("Native American Heritage Day")
    yield date(year, 12, 25), marked("Christmas Day")


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth weekday (Monday is 0) of a month; a last Monday is a week before the next month's first."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    return day + {5: -_DAY, 6: _DAY}.get(day.weekday(), timedelta())


@dataclass(frozen=True)
class Calendar:
    """The opening hours of the offices of an area; `closed` are closing days besides the state's holidays, `opened`
    the state's holidays on which the offices open all the same."""

    zone: ZoneInfo = LOS_ANGELES
    opens: time = time(8)
    closes: time = time(17)
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("The offices must open before they close.")

    @property
    def day_length(self) -> timedelta:
        """How long the offices are open on a business day."""
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)

    def is_business_day(self, day: date) -> bool:
        """Whether the offices open at all on a day."""
        if day.weekday() > 4 or day in self.closed:
            return False
        return day in self.opened or day not in state_holidays(day.year)

    def is_open(self, moment: datetime) -> bool:
        """Whether the offices are open at a moment."""
        local = self._local(moment)
        return self.is_business_day(local.date()) and self.opens <= local.time() < self.closes

    def add(self, start: datetime, duration: Duration) -> datetime:
        """The moment a duration after another, in UTC.

        Business days end at the same clock time as they began; begun outside opening hours they count from
        the next opening. `same business day` ends when the offices close on the day of that opening. Days
        and months end at the same clock time, a month at its last day when it is shorter.
        """
        if duration.same_business_day:
            return self._at(self._open_from(start).date(), self.closes)
        if duration.business_days:
            begin = self._open_from(start)
            return self._at(self._nth_business_day(begin.date(), duration.business_days), begin.time())
        day = _months_on(self._local(start), duration.months) + timedelta(days=duration.days)
        return day.astimezone(UTC) + timedelta(seconds=duration.seconds)

    def business_days_between(self, start: datetime, end: datetime) -> int:
        """How many whole business days have passed: the most one can add to `start` and not pass `end`."""
        begin, until = self._open_from(start), self._local(end)
        full = sum(map(self.is_business_day, _days_after(begin.date(), until.date())))
        is_short = self.is_business_day(until.date()) and until.time() < begin.time()
        return max(0, full - 1 if is_short else full)

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the offices were open between two moments; nothing when the second comes first."""
        begin, until = self._local(start), self._local(end)
        days = (begin.date() + timedelta(days=n) for n in range((until.date() - begin.date()).days + 1))
        return sum((self._open_on(day, begin, until) for day in days), timedelta())

    def open_spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """From when to when the offices were open between two moments, in UTC; nothing when the second comes first."""
        begin, until = self._local(start), self._local(end)
        for ahead in range((until.date() - begin.date()).days + 1):
            day = begin.date() + timedelta(days=ahead)
            if length := self._open_on(day, begin, until):
                opened = max(begin, datetime.combine(day, self.opens, self.zone)).astimezone(UTC)
                yield opened, opened + length

    def add_open_time(self, start: datetime, length: timedelta) -> datetime:
        """The moment by which the offices have been open for so long since another, in UTC.

        It lies in opening hours; the end of a business day counts as one of them.
        """
        moment = self._local(start)
        if moment != self._closing(moment) or not self.is_business_day(moment.date()):
            moment = self._open_from(start)
        while length > (left := self._closing(moment) - moment):
            length -= left
            moment = self._open_from(self._closing(moment))
        return moment.astimezone(UTC) + length

    def _open_on(self, day: date, begin: datetime, until: datetime) -> timedelta:
        """How long the offices were open on a day within a span of time."""
        if not self.is_business_day(day):
            return timedelta()
        opened = max(begin, datetime.combine(day, self.opens, self.zone))
        closed = min(until, datetime.combine(day, self.closes, self.zone))
        return max(timedelta(), closed - opened)

    def _closing(self, moment: datetime) -> datetime:
        """When the offices close on the day of a moment."""
        return datetime.combine(self._local(moment).date(), self.closes, self.zone)

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("A moment needs its offset.")
        return moment.astimezone(self.zone)

    def _open_from(self, moment: datetime) -> datetime:
        local = self._local(moment)
        if self.is_open(local):
            return local
        day = local.date()
        if local.time() >= self.opens or not self.is_business_day(day):
            day = self._nth_business_day(day, 1)
        return datetime.combine(day, self.opens, self.zone)

    def _nth_business_day(self, day: date, nth: int) -> date:
        while nth:
            day += _DAY
            nth -= self.is_business_day(day)
        return day

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock.replace(tzinfo=None), self.zone).astimezone(UTC)


def _days_after(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(1, (last - first).days + 1))


def _months_on(moment: datetime, months: int) -> datetime:
    """The same day and clock time some months later, or the last day of a shorter month."""
    if not months:
        return moment
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, (following - _DAY).day))
