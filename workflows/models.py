"""All tables in one place, for the migrations: importing this module registers each."""

from workflows import (
    absences,
    area_settings,
    cases,
    corrections,
    definitions,
    directory,
    emergency_access,
    history,
    incidents,
    instances,
    kept_answers,
    organisations,
    outbox,
    people,
    timers,
    user_tasks,
)
from workflows.db import Base

__all__ = [
    "Base",
    "absences",
    "area_settings",
    "cases",
    "corrections",
    "definitions",
    "directory",
    "emergency_access",
    "history",
    "incidents",
    "instances",
    "kept_answers",
    "organisations",
    "outbox",
    "people",
    "timers",
    "user_tasks",
]
