"""Cases on hold because their agency's data-sharing agreement is not in force (domain 7.2, scenario 35).

A hold hides and stops the partner's own work; the client's request goes on with ESD, because it is the client's.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from workflows import instances, outbox
from workflows.area_settings import calendar_of
from workflows.cases import Case
from workflows.history import record
from workflows.organisations import shortcoming_at
from workflows.timers import open_timers
from workflows.user_tasks import open_tasks
from workflows.work import Work


def lapsed(db: Session, case: Case, now: datetime) -> str | None:
    """Why the agency of a case has no agreement in force today; None when it has."""
    return shortcoming_at(db, case.agency_code, now)


def hold(work: Work, case: Case) -> None:
    """Put an open case on hold, keep back the notices that wait for its partner, and tell its process."""
    case.held_at = work.now
    record(work, "case_held", case)
    outbox.withhold_waiting(work, case)
    instances.change(work, case, lambda instance: None)


def resume(work: Work, case: Case) -> None:
    """End the hold: the partner's due times move by how long each stood still, the withheld notices go out."""
    if case.held_at is None:
        return
    _move_due_times(work, case, case.held_at)
    case.held_at, case.lapse_announced, case.hold_escalated = None, False, False
    record(work, "case_resumed", case)
    outbox.release_withheld(work, case)


def _move_due_times(work: Work, case: Case, held_at: datetime) -> None:
    """What was opened during the hold stood still from then on only; times move by opening hours, as they count."""
    days = calendar_of(work.db, instances.bundle_of_case(work, case).service_levels, case.area_code)

    def moved(due_at: datetime, since: datetime) -> datetime:
        return days.add_open_time(due_at, days.open_time_between(max(since, held_at), work.now))

    for timer in open_timers(work.db, case.id):
        if timer.role == "case_manager":
            timer.due_at = moved(timer.due_at, timer.armed_at)
    for task in open_tasks(work.db, case.id):
        if task.role == "case_manager" and task.due_at:
            task.due_at = moved(task.due_at, task.opened_at)
