"""Days that somebody filters by."""

from datetime import date, datetime, time

from workflows.errors import InvalidInput
from workflows.settings import settings


def midnight(name: str, day: str) -> datetime:
    """The beginning of a day on the office's clock, of a year that a calendar on a wall may show; `name` is the field."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = date.min
    if not 1900 <= found.year < 3000:
        raise InvalidInput(fields={name: "Enter a date, such as 2026-11-20."})
    return datetime.combine(found, time(), settings().zone)
