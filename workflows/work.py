"""One unit of work: who acts, when, in which transaction. Every command and every step of a process gets one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from workflows.people import Actor


@dataclass(frozen=True)
class Tried:
    """What a command is trying on a case, for the incident when it fails.

    `what` is one of `workflows.incidents.TRIED`; `subject` the id of the task or timer, or the number of the case;
    `element` and `name` are those of the task or timer in the diagram, `role` the lane it stands in; `area` is where
    it is looked after when there is no case.
    """

    what: str
    case_id: int | None = None
    subject: str = ""
    element: str = ""
    name: str = ""
    role: str = ""
    area: str = ""


@dataclass
class Work:
    """`afterwards` holds what is to be done in the same transaction once the running instance is saved;

    `about` names what the work is on (case number, element), for the record of a refusal; `tried` what is being
    tried; `at` the id of the element whose step is running; `rescue` keeps what was typed, should it fail.
    """

    db: Session
    actor: Actor
    now: datetime
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    tried: Tried | None = None
    at: str = ""
    rescue: Callable[[], object] | None = None
