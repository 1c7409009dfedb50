"""Time passing: due timers fire, late tasks are reminded of once, idle claims go back (domain 5.2).

Each runs in a transaction of its own, so one case that cannot go on does not hold up its neighbours. What is due is
read from rows: any number of workers may do this at once, and an outage is followed by one reminder, not a burst.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workflows import clock, instances, outbox, receivers, steps, whose_clock
from workflows.area_settings import calendar_of
from workflows.case_file import file_of, locked
from workflows.cases import Case, file_named
from workflows.commands import command
from workflows.commands.settling import settle
from workflows.db import transaction
from workflows.definitions import bundle_of
from workflows.errors import Incident
from workflows.history import record
from workflows.incidents import MOST_ATTEMPTS, resting
from workflows.people import SYSTEM, Actor
from workflows.service_levels import ServiceLevels
from workflows.share import share
from workflows.timers import Timer
from workflows.user_tasks import TaskDraft, UserTask, is_esd
from workflows.work import Tried, Work

log = structlog.get_logger()

BATCH = 100
LOOKED_AT = 1000
"""So many claims are looked at for idleness at once: most are not idle, and looking changes nothing."""
RETRY_AFTER = timedelta(minutes=10)


def fire_due(limit: int = BATCH) -> int:
    """Fire the timers that are due, remind of late tasks, free idle claims; how many things were done."""
    now, done = clock.now(), 0
    for due, act in ((due_timers(now), fire), (_late_tasks(now), remind_late)):
        with share(due, limit) as ids:
            done += sum(_each(ids, act))
    with share(_claimed_tasks(now), LOOKED_AT) as ids:
        done += sum(_each(_idle(ids, now)[:limit], free_idle))
    settle()
    return done


def _each(ids: list[str], act: Callable[[Actor, str], bool]) -> list[bool]:
    return [_one(one, act) for one in ids]


def _one(row_id: str, act: Callable[[Actor, str], bool]) -> bool:
    """Whatever goes wrong with one case, of ours or of its own, the clock goes on for the others."""
    try:
        return act(SYSTEM, row_id)
    except Exception as error:
        counts = isinstance(error, Incident)
        _log_set_aside(getattr(act, "__name__", ""), row_id, error)
    try:
        set_aside(SYSTEM, row_id, counts)
    except Exception as error:
        _log_set_aside("set_aside", row_id, error)
    return False


def _log_set_aside(what: str, row_id: str, error: Exception) -> None:
    """The kind of the failure alone: its words may hold what nobody should log."""
    log.warning("set_aside", what=what, id=row_id, error=type(error).__name__)


@command
def fire(work: Work, timer_id: str) -> bool:
    """Fire one timer if it is still due; gives whether it fired."""
    file = locked(work.db, "timer", timer_id)
    timer = file.one(Timer, timer_id) if file else None
    if file is None or timer is None:
        return False
    case = file.all(Case)[0]
    if timer.closed_at or timer.due_at > work.now or _stands_still(case, timer.role):
        return False
    work.tried = Tried("timer", case.id, timer.id, timer.element, role=timer.role)
    if waits := _waits_on(work, case, timer):
        timer.due_at = waits
        return False
    timer.fired_at = timer.closed_at = work.now
    if timer.element:
        _fire_event(work, case, timer)
    else:
        _expire(work, case)
    return True


def _waits_on(work: Work, case: Case, timer: Timer) -> datetime | None:
    """Until when a reminder waits on, because its party was not waited for all the time; None when it is due."""
    if timer.level not in whose_clock.REMINDS:
        return None
    levels = instances.bundle_of_case(work, case).service_levels
    since = timer.armed_at
    if levels.counts_from(timer.level) == "first":
        since = file_of(work.db, case.id).armed.get(timer.element, (since, False))[0]
    calendar = calendar_of(work.db, levels, case.area_code)
    due = min(timer.due_at, calendar.add(since, levels.duration(timer.level)))
    life, party = whose_clock.life_of(work.db, case, work.now), whose_clock.REMINDS[timer.level]
    return whose_clock.later(life, party, since, due, calendar)


def _fire_event(work: Work, case: Case, timer: Timer) -> None:
    """Let the event of the diagram happen that the timer stands for."""
    late = max(timedelta(0), work.now - timer.due_at)
    record(
        work,
        "timer_fired",
        case,
        element=timer.element,
        esd_only=is_esd(timer.role),
        late_minutes=late // timedelta(minutes=1),
    )
    instances.change(work, case, lambda instance: instance.fire(timer.id))


def _expire(work: Work, case: Case) -> None:
    """A request that was begun and not sent is erased (domain 5.2, `draft_expiry`). No message says so: nobody but the
    case manager knows of it, and it closes as what domain 3.6 has for a case that is purged."""
    record(work, "draft_expired", case)
    steps.forget_client(work, case)
    instances.close_without_path(work, case, "opened_in_error")


@command
def remind_late(work: Work, task_id: str) -> bool:
    """N6 once for a task past its due time, to whoever holds it; later while the case waits for somebody else."""
    case, task = _locked(work, task_id)
    if task.closed_at or task.reminded_at or task.due_at is None or task.due_at > work.now:
        return False
    if _stands_still(case, task.role):
        return False
    work.tried = _tried("remind", task)
    levels = instances.bundle_of_case(work, case).service_levels
    calendar = calendar_of(work.db, levels, case.area_code)
    task.remind_from = whose_clock.late_from(whose_clock.life_of(work.db, case, work.now), task, calendar)
    if task.remind_from:
        return False
    task.reminded_at = work.now
    outbox.queue(work, "remind_overdue", case, receivers.holders(work, case, [task]), task=task.name)
    return True


@command
def free_idle(work: Work, task_id: str) -> bool:
    """Give a supervisor's claim back to the group when nothing was typed for `claimed_but_idle_release`."""
    case, task = _locked(work, task_id)
    work.tried = _tried("free_idle", task)
    if task.closed_at or not _is_idle(work, case, task):
        return False
    task.assignee_id, task.claimed_at = None, None
    task.version += 1
    record(work, "claim_released_idle", case, element=task.element, esd_only=True)
    return True


@command
def set_aside(work: Work, row_id: str, counts: bool) -> None:
    """A timer whose case cannot go on is tried again later, so that it does not hold up the others.

    `counts`: the failure is an incident. After `MOST_ATTEMPTS` of them the timer waits for somebody to have looked.
    A case that is busy, or a database that is away, counts for nothing.
    """
    timer = work.db.get(Timer, row_id)
    if timer is not None and timer.closed_at is None:
        timer.attempts += counts
        timer.due_at = work.now + RETRY_AFTER * max(1, timer.attempts)


def _tried(what: str, task: UserTask) -> Tried:
    return Tried(what, task.case_id, task.id, task.element, task.name, task.role)


def _locked(work: Work, task_id: str) -> tuple[Case, UserTask]:
    file = file_named(work.db, "task", task_id)
    return file.all(Case)[0], file.one(UserTask, task_id) or work.db.get_one(UserTask, task_id)


def _stands_still(case: Case, role: str) -> bool:
    """A partner's time does not run while the agency's agreement is not in force."""
    return case.held_at is not None and role == "case_manager"


def _is_idle(work: Work, case: Case, task: UserTask) -> bool:
    levels = instances.bundle_of_case(work, case).service_levels
    draft = file_of(work.db, case.id).one(TaskDraft, task.id)
    touched = [at for at in (task.claimed_at, draft.saved_at if draft else None) if at]
    return (
        task.claimed_at is not None and _idle_since(work.db, levels, case.area_code, max(touched)) <= work.now
    )


def _idle(ids: list[str], now: datetime) -> list[str]:
    """Those of these claims that are idle, read at once and without a lock; the command looks again under its own."""
    touched = func.greatest(UserTask.claimed_at, TaskDraft.saved_at)
    rows = select(UserTask.id, UserTask.area_code, instances.ProcessInstance.definition_id, touched)
    rows = rows.join(instances.ProcessInstance, instances.ProcessInstance.case_id == UserTask.case_id)
    rows = rows.outerjoin(TaskDraft, TaskDraft.task_id == UserTask.id).where(UserTask.id.in_(ids))
    with transaction() as db:
        found = list(db.execute(rows.order_by(touched))) if ids else []
        return [
            task for task, area, version, touched in found if _seems_idle(db, area, version, touched, now)
        ]


def _seems_idle(db: Session, area: str, version: int, touched: datetime, now: datetime) -> bool:
    """What cannot be told here is left to the command, whose failure is an incident of that case alone."""
    try:
        return _idle_since(db, bundle_of(db, version).service_levels, area, touched) <= now
    except Exception:
        return True


def _idle_since(db: Session, levels: ServiceLevels, area: str, touched: datetime) -> datetime:
    """From when a claim counts as idle that was last touched at a moment."""
    return calendar_of(db, levels, area).add(touched, levels.duration("claimed_but_idle_release"))


def _moving(role: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(Case.held_at.is_(None), role != "case_manager")


def due_timers(now: datetime) -> Select[str]:
    """The timers to fire now, the longest due first."""
    query = select(Timer.id).join(Case, Case.id == Timer.case_id)
    query = query.where(Timer.closed_at.is_(None), Timer.due_at <= now, _moving(Timer.role))
    return query.where(Timer.attempts < MOST_ATTEMPTS).order_by(Timer.due_at, Timer.id)


def _late_tasks(now: datetime) -> Select[str]:
    query = select(UserTask.id).join(Case, Case.id == UserTask.case_id)
    query = query.where(UserTask.closed_at.is_(None), UserTask.due_at <= now, UserTask.reminded_at.is_(None))
    query = query.where(or_(UserTask.remind_from.is_(None), UserTask.remind_from <= now))
    query = query.where(~resting("remind", UserTask.id, now))
    return query.where(_moving(UserTask.role)).order_by(UserTask.due_at)


def _claimed_tasks(now: datetime) -> Select[str]:
    """Claims of ESD tasks older than a day; whether one is idle is decided in business time, under the lock."""
    query = select(UserTask.id).where(
        UserTask.closed_at.is_(None),
        UserTask.role.in_(("esd_wioa_supervisor", "esd_staff")),
        ~resting("free_idle", UserTask.id, now),
    )
    return query.where(UserTask.claimed_at < now - timedelta(days=1)).order_by(UserTask.claimed_at)
