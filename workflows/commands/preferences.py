"""Choosing for oneself."""

from workflows.commands import command
from workflows.preferences import check_preference, keep_preference
from workflows.work import Work


@command
def set_preference(work: Work, key: str, value: object) -> None:
    """Keep a preference of the actor's own; `InvalidInput` when there is no such one or it cannot have this value."""
    check_preference(key, value)
    keep_preference(work.db, work.actor.id or 0, key, value)
