"""Cases on hold because their agency's data-sharing agreement is not in force (domain 7.2, scenario 35).

A hold hides and stops the partner's own work; the client's request goes on with ESD, because it is the client's.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import instances, outbox
from workflows.cases import Case
from workflows.history import record
from workflows.organisations import agreement_shortcoming
from workflows.settings import settings
from workflows.timers import open_timers
from workflows.user_tasks import open_tasks
from workflows.work import Work


def lapsed(db: Session, case: Case, now: datetime) -> str | None:
    """Why the agency of a case has no agreement in force today; None when it has."""
    return agreement_shortcoming(db, case.agency_code, now.astimezone(settings().zone).date())


def hold(work: Work, case: Case) -> None:
    """Put an open case on hold and tell its process."""
    case.held_at = work.now
    record(work, "case_held", case)
    instances.change(work, case, lambda instance: None)


def resume(work: Work, case: Case) -> None:
    """End the hold: the partner's due times move by its length, the withheld notices go out, nothing is lost."""
    if case.held_at is None:
        return
    stood_still = work.now - case.held_at
    for timer in open_timers(work.db, case.id):
        if timer.role == "case_manager":
            timer.due_at += stood_still
    for task in open_tasks(work.db, case.id):
        if task.role == "case_manager" and task.due_at:
            task.due_at += stood_still
    case.held_at, case.lapse_announced, case.hold_escalated = None, False, False
    record(work, "case_resumed", case)
    outbox.release_withheld(work, case)


def open_held_cases(db: Session) -> list[int]:
    """The ids of all open cases on hold."""
    return list(
        db.scalars(
            select(Case.id).where(Case.closed_at.is_(None), Case.held_at.is_not(None)).order_by(Case.id)
        )
    )
