"""All tables in one place, for the migrations: importing this module registers each."""

from workflows import (
    absences,
    cases,
    corrections,
    definitions,
    directory,
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
    "cases",
    "corrections",
    "definitions",
    "directory",
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
