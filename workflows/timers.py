"""Timers: rows with a due time in business time, fired by a job (domain 5.2). The engine itself has no clock."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import OpenWork
from engine.timers import is_moment
from workflows.area_settings import calendar_of
from workflows.calendar import Calendar, Duration
from workflows.case_file import file_of, files_of
from workflows.cases import Case
from workflows.db import Base
from workflows.definitions import MAIN_PROCESS, Bundle, role_of
from workflows.work import Work

EXPIRY = "draft_expiry"


class Timer(Base):
    """A timer of an instance. `id` is the engine's id of the waiting event, `element` its id in the diagram.

    The timer of a begun request (`draft_expiry`) is the case's own: no event of a diagram, so without an element.
    `role` is the lane it stands in: the partner's own timers stand still while the case is on hold.
    `attempts` counts how often its case could not go on; each time the timer is due again a little later.
    """

    __tablename__ = "timer"
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    element: Mapped[str]
    role: Mapped[str]
    level: Mapped[str]
    armed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (Index("ix_timer_open", "due_at", "id", postgresql_where="closed_at IS NULL"),)


def open_timers(db: Session, case_id: int) -> list[Timer]:
    """The timers of a case that still wait, next first."""
    if case_id in files_of(db):
        waiting = [timer for timer in file_of(db, case_id).all(Timer) if timer.closed_at is None]
        return sorted(waiting, key=lambda timer: (timer.due_at, timer.id))
    query = select(Timer).where(Timer.case_id == case_id, Timer.closed_at.is_(None))
    return list(db.scalars(query.order_by(Timer.due_at, Timer.id)))


def reconcile(work: Work, case: Case, bundle: Bundle, waiting: list[OpenWork], calendar: Calendar) -> None:
    """Arm a row for each timer the process now waits for; close the rows it no longer does."""
    every = open_timers(work.db, case.id)
    _watch_draft(work, case, bundle, bool(waiting), next((t for t in every if not t.element), None))
    rows = {timer.id: timer for timer in every if timer.element}
    wanted = {item.id: item for item in waiting if item.kind == "timer"}
    for timer_id in rows.keys() - wanted.keys():
        rows[timer_id].closed_at = work.now
    for timer_id in wanted.keys() - rows.keys():
        _arm(work, case, bundle, wanted[timer_id], calendar)


def _watch_draft(work: Work, case: Case, bundle: Bundle, goes_on: bool, timer: Timer | None) -> None:
    """A request that is begun and not sent expires (domain 5.2, `draft_expiry`); once sent, never again."""
    levels = bundle.service_levels.keys()
    begun = goes_on and case.status == "draft" and case.process_key == MAIN_PROCESS
    if timer is not None and not begun:
        timer.closed_at = work.now
    elif timer is None and begun and EXPIRY in levels:
        _arm_expiry(work, case, bundle)


def _arm_expiry(work: Work, case: Case, bundle: Bundle) -> None:
    file = file_of(work.db, case.id)
    if "" in file.armed:
        return
    levels = bundle.service_levels
    calendar = calendar_of(work.db, levels, case.area_code)
    timer = Timer(
        id=f"{case.number}/{EXPIRY}",
        case_id=case.id,
        element="",
        role="case_manager",
        level=EXPIRY,
        armed_at=case.opened_at,
        due_at=calendar.add(case.opened_at, levels.duration(EXPIRY)),
        attempts=0,
    )
    work.db.add(timer)
    file.all(Timer).append(timer)
    file.armed[""] = (timer.armed_at, False)


def _arm(work: Work, case: Case, bundle: Bundle, item: OpenWork, calendar: Calendar) -> None:
    file = file_of(work.db, case.id)
    if row := file.one(Timer, item.id):
        _repeat(row, item.value or "", work.now, calendar)
        return
    level = item.value or ""
    levels = bundle.service_levels
    keys = levels.keys()
    known = level in keys
    since, fired = work.now, False
    if known and levels.counts_from(level) == "first":
        since, fired = file.armed.get(item.element.id, (work.now, False))
        fired = fired or any(row.fired_at for row in file.all(Timer) if row.element == item.element.id)
    due_at = calendar.add(since, levels.duration(level)) if known else _due(level, since, calendar)
    timer = Timer(
        id=item.id,
        case_id=case.id,
        element=item.element.id,
        role=role_of(item.lane, item.calling_lanes),
        level=level,
        armed_at=work.now,
        due_at=due_at,
        closed_at=work.now if fired else None,
        attempts=0,
    )
    work.db.add(timer)
    file.all(Timer).append(timer)
    file.armed.setdefault(timer.element, (work.now, False))


def set_anew(work: Work, case: Case, bundle: Bundle, timer: Timer, value: str) -> None:
    """A timer that waits already waits for another length of time now, counted from when it began."""
    levels = bundle.service_levels
    calendar = calendar_of(work.db, levels, case.area_code)
    since = timer.armed_at
    known = levels.keys()
    if value in known:
        if levels.counts_from(value) == "first":
            since, _ = file_of(work.db, case.id).armed.get(timer.element, (since, False))
        due_at = calendar.add(since, levels.duration(value))
    else:
        due_at = _due(value, since, calendar)
    timer.level, timer.due_at = value, due_at


def _repeat(timer: Timer, value: str, now: datetime, calendar: Calendar) -> None:
    """A repeating timer that has fired waits for its next round, a whole period from now, however late it was."""
    if value.startswith("R") and timer.fired_at is not None:
        timer.level, timer.armed_at, timer.closed_at = value, now, None
        timer.due_at = _due(value, now, calendar)


def _due(value: str, since: datetime, calendar: Calendar) -> datetime:
    """When the time of a diagram falls due: a moment, a length of time, or the next round of a repeating one."""
    first, *rest = [part for part in value.split("/") if not part.startswith("R")]
    if is_moment(first) and (not rest or datetime.fromisoformat(first) > since):
        return datetime.fromisoformat(first)
    return calendar.add(since, Duration.parse(rest[0] if rest else first))
