"""The one place that asks what time it is, so that tests and a simulation can move it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_told: Callable[[], datetime] | None = None


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _told() if _told else datetime.now(UTC)


@contextmanager
def told_by(source: Callable[[], datetime]) -> Iterator[None]:
    """Have this process, all its threads included, be told the time by a function, which gives aware moments in UTC."""
    global _told
    before, _told = _told, source
    try:
        yield
    finally:
        _told = before
