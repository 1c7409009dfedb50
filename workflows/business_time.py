"""The calendar in which an area's times are counted."""

from functools import cache

from workflows.calendar import Calendar


@cache
def calendar(area_code: str) -> Calendar:
    """The business calendar of an area: Washington's holidays and the office hours of domain 5.2."""
    return Calendar()
