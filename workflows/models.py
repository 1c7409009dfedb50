"""All tables in one place, for the migrations: importing this module registers each."""

from workflows import (
    cases,
    corrections,
    definitions,
    digests,
    directory,
    history,
    incidents,
    instances,
    mail_choices,
    organisations,
    outbox,
    people,
    request_keys,
    timers,
    user_tasks,
    webhooks,
)
from workflows.db import Base

__all__ = [
    "Base",
    "cases",
    "corrections",
    "definitions",
    "digests",
    "directory",
    "history",
    "incidents",
    "instances",
    "mail_choices",
    "organisations",
    "outbox",
    "people",
    "request_keys",
    "timers",
    "user_tasks",
    "webhooks",
]
