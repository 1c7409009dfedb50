"""Cases that wait for their client: for the call that the client was asked for, or for a decision not made yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from workflows import privacy
from workflows.cases import Case, TaskRecord
from workflows.language import gettext, marked
from workflows.organisations import shortcoming_at
from workflows.queries.days import on_day
from workflows.timers import Timer
from workflows.user_tasks import UserTask
from workflows.work import Work

CONTACT = "T7"
"""The label of the task in which the supervisor and the client speak (5512PRO 6)."""

UNDECIDED = "undecided_window"

_REMINDER = marked("A reminder goes out {day}.")
NEXT = {
    "supervisor_claim_reminder": _REMINDER,
    "supervisor_escalate_backup": marked("The backup supervisors are told {day}."),
    "supervisor_escalate_pm": marked("The program manager is told {day}."),
    "client_call_window": marked(
        "If there is no call, the case manager is asked {day} to remind the client."
    ),
}
"""What the clock does while the client has not called yet, by its service level."""


@dataclass(frozen=True)
class Wait:
    """What is waited for, since when, and what happens next by itself; the last may be empty."""

    what: str
    since: datetime
    next: str


def waiting_parts(work: Work, esd_offices: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """The ranges of open contact tasks whose case waits for the client, as far as the actor may know of it.

    That a client has not decided yet is Employment Security's own knowledge (domain 6.3).
    """
    actor, contact = work.actor, UserTask.element.startswith(f"{CONTACT}_", autoescape=True)
    parts: list[ColumnElement[bool]] = []
    if actor.has(privacy.CM) and not actor.missing_clearances and _is_in_force(work):
        own = and_(UserTask.role == privacy.SUP, UserTask.agency_code == actor.agency, Case.held_at.is_(None))
        parts.append(and_(own, contact, _not_called()))
    waits = and_(contact, or_(_not_called(), _undecided()))
    if actor.holds_two_keys:
        parts.append(and_(UserTask.assignee_id == actor.id, UserTask.role == privacy.SUP, waits))
    if actor.holds_two_keys and actor.has(privacy.SUP):
        parts += [and_(UserTask.role == privacy.SUP, office, waits) for office in esd_offices]
    return parts


def _is_in_force(work: Work) -> bool:
    return shortcoming_at(work.db, work.actor.agency, work.now) is None


def _not_called() -> ColumnElement[bool]:
    """The request is sent, nobody has spoken with the client, and it is still the client's turn."""
    return and_(Case.status == "submitted", ~Case.call_client)


def _undecided() -> ColumnElement[bool]:
    """The client was reached at the last contact and wants more time."""
    decision = select(TaskRecord.answers["decision"].astext)
    decision = decision.where(TaskRecord.case_id == Case.id, TaskRecord.element == UserTask.element)
    last = decision.order_by(TaskRecord.completed_at.desc()).limit(1).correlate(Case, UserTask)
    return and_(Case.status == "in_contact", Case.attempts == 0, last.scalar_subquery() == "undecided")


def waits_of(work: Work, tasks: Iterable[tuple[UserTask, Case]]) -> dict[str, Wait]:
    """What each of these contact tasks waits for, by its id, when it does; all timers are read at once."""
    rows = [(task, case) for task, case in tasks if task.element.startswith(f"{CONTACT}_")]
    timers = _timers_of(work, [case.id for _, case in rows])
    return {task.id: _wait(work, task, case, timers.get(case.id, [])) for task, case in rows}


def _timers_of(work: Work, case_ids: list[int]) -> dict[int, list[Timer]]:
    found: dict[int, list[Timer]] = {}
    if case_ids:
        rows = select(Timer).where(Timer.case_id.in_(case_ids), Timer.closed_at.is_(None))
        for timer in work.db.scalars(rows.order_by(Timer.due_at, Timer.id)):
            found.setdefault(timer.case_id, []).append(timer)
    return found


def _wait(work: Work, task: UserTask, case: Case, timers: list[Timer]) -> Wait:
    if case.status == "submitted":
        what, levels = gettext("The client was asked to call."), NEXT
    else:
        what, levels = gettext("The client has not decided yet."), {UNDECIDED: _REMINDER}
    timer = next((t for t in timers if t.level in levels and t.due_at > work.now), None)
    following = gettext(levels[timer.level]).format(day=on_day(timer.due_at, work.now)) if timer else ""
    return Wait(what, task.opened_at, following)
