"""Days as people speak of them, on the calendar of the office (since Tuesday, on Friday), and days that they filter by."""

from datetime import date, datetime, time

from workflows.calendar import read_day
from workflows.errors import InvalidInput
from workflows.language import (
    date_of_year_words,
    date_words,
    day_of_year_words,
    day_words,
    gettext,
    weekday_words,
)
from workflows.settings import settings

NEAR = 6
"""So many days before and after today the name of the weekday alone says which day is meant."""


def since(moment: datetime, now: datetime) -> str:
    """`since today`, `since Tuesday`."""
    day, ago = _day(moment), _apart(moment, now)
    if ago <= 1:
        return gettext("since yesterday") if ago == 1 else gettext("since today")
    return gettext("since {day}").format(day=_past(day, ago, _day(now)))


def on_day(moment: datetime, now: datetime) -> str:
    """`today`, `tomorrow`, `on Friday`."""
    day, ahead = _day(moment), _apart(now, moment)
    if ahead <= 1:
        return gettext("tomorrow") if ahead == 1 else gettext("today")
    return gettext("on {day}").format(day=_coming(day, ahead, _day(now)))


def by_day(moment: datetime, now: datetime) -> str:
    """`by today`, `by tomorrow`, `by Friday`."""
    day, ahead = _day(moment), _apart(now, moment)
    if ahead <= 1:
        return gettext("by tomorrow") if ahead == 1 else gettext("by today")
    return gettext("by {day}").format(day=_coming(day, ahead, _day(now)))


def _past(day: date, ago: int, today: date) -> str:
    """`Tuesday`, `March 3`; with the year when it is another one."""
    if ago <= NEAR:
        return weekday_words(day)
    return date_of_year_words(day) if day.year == today.year else date_words(day)


def _coming(day: date, ahead: int, today: date) -> str:
    """`Friday`, `Friday, March 6`; with the year when it is another one."""
    if ahead <= NEAR:
        return weekday_words(day)
    return day_of_year_words(day) if day.year == today.year else day_words(day)


def _day(moment: datetime) -> date:
    return moment.astimezone(settings().zone).date()


def _apart(first: datetime, second: datetime) -> int:
    return (_day(second) - _day(first)).days


def midnight(name: str, day: str) -> datetime:
    """The beginning of a day on the office's clock, of a year that a calendar on a wall may show; `name` is the field."""
    try:
        return datetime.combine(read_day(day), time(), settings().zone)
    except ValueError:
        raise InvalidInput(fields={name: gettext("Enter a date, such as 2026-11-20.")}) from None
