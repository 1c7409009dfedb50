"""Closing the incidents whose matter is done anyway: the task, the timer or the whole case is over."""

import structlog
from sqlalchemy import and_, or_, select

from workflows.cases import Case, lock_case
from workflows.commands import command
from workflows.db import transaction
from workflows.incidents import CaseIncident, end
from workflows.language import marked
from workflows.people import SYSTEM
from workflows.timers import Timer
from workflows.user_tasks import UserTask
from workflows.work import Work

log = structlog.get_logger()

OF_TASKS = ("complete", "remind", "free_idle")


def settle() -> int:
    """Close what is done anyway, a part of the clock's work; how many were closed."""
    with transaction() as db:
        rows = select(CaseIncident.id).outerjoin(Case, Case.id == CaseIncident.case_id)
        rows = rows.outerjoin(Timer, Timer.id == CaseIncident.subject)
        rows = rows.outerjoin(UserTask, UserTask.id == CaseIncident.subject)
        ids = list(db.scalars(rows.where(CaseIncident.status == "open", _DONE)))
    return sum(_settle_quietly(incident_id) for incident_id in ids)


_DONE = or_(
    and_(Case.closed_at.is_not(None), CaseIncident.tried != "anonymise"),
    and_(CaseIncident.tried == "timer", Timer.closed_at.is_not(None)),
    and_(CaseIncident.tried.in_(OF_TASKS), UserTask.closed_at.is_not(None)),
    and_(CaseIncident.tried == "remind", UserTask.reminded_at.is_not(None)),
    and_(CaseIncident.tried == "free_idle", UserTask.assignee_id.is_(None)),
)


def _settle_quietly(incident_id: int) -> bool:
    """An incident whose case is busy now is looked at again at the next beat."""
    try:
        return _settle_one(SYSTEM, incident_id)
    except Exception as error:
        log.warning("set_aside", what="settle", id=incident_id, error=type(error).__name__)
        return False


@command
def _settle_one(work: Work, incident_id: int) -> bool:
    row = work.db.get_one(CaseIncident, incident_id)
    if row.case_id:
        lock_case(work.db, row.case_id)
    work.db.refresh(row, with_for_update=True)
    if row.status != "open":
        return False
    end(work, row, "resolved", marked("It is done, or no longer needed."))
    return True
