"""Moments and days in words, as mails say them, in the chosen language."""

from datetime import date, datetime

from workflows.language import clock_words, day_words, gettext, ngettext
from workflows.settings import settings


def words_for_day(moment: datetime) -> str:
    """A moment's day in the office's time zone: Friday, March 6, 2026."""
    return words_for_date(moment.astimezone(settings().zone).date())


def words_for_date(day: date) -> str:
    """A day in words: Friday, March 6, 2026."""
    return day_words(day)


def words_for_time(moment: datetime) -> str:
    """A moment in words: Friday, March 6, 2026, 3:30 p.m."""
    local = moment.astimezone(settings().zone)
    return f"{words_for_date(local.date())}, {clock_words(local)}"


def words_for_age(since: datetime, until: datetime) -> str:
    """How long something has been open: less than a day, 1 day, 12 days."""
    days = (until - since).days
    if days == 0:
        return gettext("less than a day")
    return ngettext("{count} day", "{count} days", days).format(count=days)
