"""What the reader has chosen for themselves."""

from typing import Any

from workflows.preferences import preferences_of
from workflows.queries import query
from workflows.work import Work


@query
def my_preferences(work: Work) -> dict[str, Any]:
    """The actor's own preferences by key; what was never chosen is left out."""
    return preferences_of(work.db, work.actor.id)
