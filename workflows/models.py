"""All tables in one place, for the migrations: importing this module registers each."""

from workflows import (
    area_settings,
    cases,
    corrections,
    definitions,
    directory,
    emergency_access,
    history,
    incidents,
    instances,
    organisations,
    outbox,
    people,
    timers,
    user_tasks,
)
from workflows.db import Base

__all__ = [
    "Base",
    "area_settings",
    "cases",
    "corrections",
    "definitions",
    "directory",
    "emergency_access",
    "history",
    "incidents",
    "instances",
    "organisations",
    "outbox",
    "people",
    "timers",
    "user_tasks",
]
