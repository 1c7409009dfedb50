"""All tables in one place, for the migrations: importing this module registers each."""

from workflows import (
    cases,
    corrections,
    definitions,
    directory,
    follow_ups,
    history,
    incidents,
    instances,
    organisations,
    outbox,
    people,
    preferences,
    saved_views,
    timers,
    user_tasks,
)
from workflows.db import Base

__all__ = [
    "Base",
    "cases",
    "corrections",
    "definitions",
    "directory",
    "follow_ups",
    "history",
    "incidents",
    "instances",
    "organisations",
    "outbox",
    "people",
    "preferences",
    "saved_views",
    "timers",
    "user_tasks",
]
