"""The worklist: open tasks of a person or of their role, by due time, a page at a time."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.sql import Select

from workflows import privacy
from workflows.cases import Case
from workflows.errors import InvalidInput
from workflows.organisations import Agency, Office
from workflows.people import Person, offices_with_supervisor
from workflows.queries import query
from workflows.user_tasks import UserTask
from workflows.work import Work

PAGE = 50
COUNTED = 100
FAR = datetime(9999, 1, 1).astimezone()


@dataclass(frozen=True)
class Row:
    """One open task as the list shows it; nothing here is a fact about a client."""

    id: str
    case: str
    process: str
    element: str
    name: str
    step: str
    role: str
    office: str
    agency: str
    assignee: str | None
    assignee_name: str | None
    due: datetime | None
    version: int
    mine: bool
    may_claim: bool
    may_release: bool
    note: str


@dataclass(frozen=True)
class Worklist:
    """A page of tasks; `next` is the key of the following page, None on the last."""

    items: list[Row]
    next: str | None


@query
def worklist(work: Work, view: str = "mine", after: str | None = None, limit: int = PAGE) -> Worklist:
    """The open tasks of a view: `mine`, `role` (all that my roles may take) or `late` (of both, past their due time)."""
    if view not in ("mine", "role", "late"):
        raise InvalidInput(fields={"view": "Choose mine, role or late."})
    limit = max(1, min(limit, PAGE))
    rows = work.db.execute(_page(_select().where(_wanted(work, view)), after, limit)).all()
    staffed = offices_with_supervisor(work.db)
    items = [_row(work, staffed, *row) for row in rows[:limit]]
    more = len(rows) > limit
    return Worklist(items, _key(rows[limit - 1][0]) if more else None)


@query
def counts(work: Work) -> dict[str, int]:
    """How many tasks each view holds, counted up to 100."""
    return {view: _count(work, view) for view in ("mine", "role", "late")}


def _select() -> Select:  # type: ignore[type-arg]
    return (
        select(UserTask, Case, Office.name, Agency.name, Person)
        .join(Case, Case.id == UserTask.case_id)
        .join(Office, Office.code == UserTask.office_code)
        .join(Agency, Agency.code == UserTask.agency_code)
        .outerjoin(Person, Person.id == UserTask.assignee_id)
    )


def _wanted(work: Work, view: str) -> ColumnElement[bool]:
    mine = and_(UserTask.assignee_id == work.actor.id, _not_held())
    everything = or_(mine, _of_my_roles(work))
    if view == "late":
        everything = and_(everything, UserTask.due_at < work.now)
    return and_(UserTask.closed_at.is_(None), mine if view == "mine" else everything)


def _of_my_roles(work: Work) -> ColumnElement[bool]:
    """The tasks of the actor's groups: by agency for partners, by office (or area, or escalation) for ESD."""
    actor = work.actor
    choices: list[ColumnElement[bool]] = []
    if actor.has(privacy.CM):
        own = and_(UserTask.role == privacy.CM, UserTask.agency_code == actor.agency)
        choices.append(and_(own, Case.held_at.is_(None)))
    if actor.has(privacy.SUP):
        esd = UserTask.role.in_((privacy.SUP, privacy.ESD))
        escalated = and_(Case.backup_opened, UserTask.office_code.in_(actor.backup_offices))
        choices.append(and_(esd, or_(_served(work), escalated)))
    if actor.has(privacy.ESD):
        choices.append(and_(UserTask.role == privacy.ESD, _served(work)))
    if actor.has(privacy.PM):
        choices.append(and_(UserTask.role == privacy.PM, UserTask.area_code == actor.area))
    return or_(*choices) if choices else UserTask.id.is_(None)


def _served(work: Work) -> ColumnElement[bool]:
    staffed = offices_with_supervisor(work.db)
    unstaffed = and_(UserTask.office_code.not_in(staffed), UserTask.area_code == work.actor.area)
    return or_(UserTask.office_code.in_(work.actor.offices), unstaffed)


def _not_held() -> ColumnElement[bool]:
    return or_(Case.held_at.is_(None), UserTask.role != privacy.CM)


def _page(rows: Select, after: str | None, limit: int) -> Select:  # type: ignore[type-arg]
    due = func.coalesce(UserTask.due_at, FAR)
    if after:
        rows = rows.where(tuple_(due, UserTask.id) > _unkey(after))
    return rows.order_by(due, UserTask.id).limit(limit + 1)


def _count(work: Work, view: str) -> int:
    some = (
        select(UserTask.id).join(Case, Case.id == UserTask.case_id).where(_wanted(work, view)).limit(COUNTED)
    )
    return work.db.scalar(select(func.count()).select_from(some.subquery())) or 0


def _row(
    work: Work,
    staffed: frozenset[str],
    task: UserTask,
    case: Case,
    office: str,
    agency: str,
    person: Person | None,
) -> Row:
    mine = task.assignee_id == work.actor.id
    return Row(
        id=task.id,
        case=case.number,
        process=task.process,
        element=task.element,
        name=task.name,
        step=task.procedure_ref,
        role=task.role,
        office=office,
        agency=agency,
        assignee=person.username if person else None,
        assignee_name=person.name if person else None,
        due=task.due_at,
        version=task.version,
        mine=mine,
        may_claim=person is None and may_claim(privacy.Standing(work.actor, case, staffed), task),
        may_release=mine,
        note="On hold" if case.held_at else "",
    )


def may_claim(standing: privacy.Standing, task: UserTask) -> bool:
    """Whether a claim would be accepted as to role, office, agency, hold and keys."""
    if task.role == privacy.CM and standing.case.held_at:
        return False
    keys = standing.actor.holds_two_keys or not task.is_esd
    return keys and privacy.in_group(standing, task)


def _key(task: UserTask) -> str:
    words = json.dumps([(task.due_at or FAR).isoformat(), task.id])
    return base64.urlsafe_b64encode(words.encode()).decode()


def _unkey(key: str) -> tuple[datetime, str]:
    try:
        due, task_id = json.loads(base64.urlsafe_b64decode(key.encode()))
        if not str(task_id).isascii():
            raise ValueError
        return datetime.fromisoformat(due), str(task_id)
    except (ValueError, TypeError, binascii.Error):
        raise InvalidInput(
            fields={"after": "This page no longer exists. Start from the first page."}
        ) from None
