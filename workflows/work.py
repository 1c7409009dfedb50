"""One unit of work: who acts, when, in which transaction. Every command and every step of a process gets one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from workflows.people import Actor


@dataclass
class Work:
    """`afterwards` holds what is to be done in the same transaction once the running instance is saved;

    `about` names what the work is on (case number, element), for the record of a refusal.
    """

    db: Session
    actor: Actor
    now: datetime
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
