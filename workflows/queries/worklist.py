"""The worklist: open tasks of a person or of their role, by due time, a page at a time."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select, tuple_, union

from workflows import privacy
from workflows.cases import Case
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.organisations import Agency, Office, offices
from workflows.people import Person, offices_with_supervisor
from workflows.queries import query
from workflows.user_tasks import DUE, FAR, UserTask
from workflows.work import Work

PAGE = 50
COUNTED = 100


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
    keys = _keys(work, view, limit + 1, _unkey(after) if after else None)
    rows = work.db.execute(_details(keys)).all() if keys is not None else []
    staffed = offices_with_supervisor(work.db)
    items = [_row(work, staffed, *row) for row in rows[:limit]]
    more = len(rows) > limit
    return Worklist(items, key_of(rows[limit - 1][0]) if more else None)


@query
def counts(work: Work) -> dict[str, int]:
    """How many tasks each view holds, counted up to 100."""
    return {view: _count(work, view) for view in ("mine", "role", "late")}


def _details(keys: Select[str]) -> Select[UserTask, Case, str, str, Person]:
    return (
        select(UserTask, Case, Office.name, Agency.name, Person)
        .join(Case, Case.id == UserTask.case_id)
        .join(Office, Office.code == UserTask.office_code)
        .join(Agency, Agency.code == UserTask.agency_code)
        .outerjoin(Person, Person.id == UserTask.assignee_id)
        .where(UserTask.id.in_(keys))
        .order_by(DUE, UserTask.id)
    )


def _keys(work: Work, view: str, limit: int, after: tuple[datetime, str] | None = None) -> Select[str] | None:
    """The ids of the first tasks of a view; None when the actor has no such view.

    Each part of the view is one range of one index, read in its order from the key on and no further than a page
    needs; so a page costs the same however many tasks are open and however many were ever done.
    """
    parts = [_range(part, limit, after) for part in _parts(work, view)]
    if not parts:
        return None
    found = union(*(select(part.c.due, part.c.id) for part in parts)).subquery()
    return select(found.c.id).order_by(found.c.due, found.c.id).limit(limit)


def _range(part: ColumnElement[bool], limit: int, after: tuple[datetime, str] | None) -> Subquery:
    rows = select(DUE.label("due"), UserTask.id).join(Case, Case.id == UserTask.case_id)
    rows = rows.where(UserTask.closed_at.is_(None), part)
    if after:
        rows = rows.where(tuple_(DUE, UserTask.id) > after)
    return rows.order_by(DUE, UserTask.id).limit(limit).subquery()


def _parts(work: Work, view: str) -> list[ColumnElement[bool]]:
    parts = [and_(UserTask.assignee_id == work.actor.id, _not_held())]
    if view != "mine":
        parts += _of_my_roles(work)
    if view == "late":
        return [and_(part, work.now > DUE) for part in parts]
    return parts


def _of_my_roles(work: Work) -> list[ColumnElement[bool]]:
    """The tasks of the actor's groups: by agency for partners, by office (or area, or escalation) for ESD."""
    actor = work.actor
    parts: list[ColumnElement[bool]] = []
    if actor.has(privacy.CM):
        own = and_(UserTask.role == privacy.CM, UserTask.agency_code == actor.agency)
        parts.append(and_(own, Case.held_at.is_(None)))
    for role in _esd_roles(work):
        parts += [and_(UserTask.role == role, UserTask.office_code == office) for office in _served(work)]
    if actor.has(privacy.SUP):
        parts += [
            and_(UserTask.role == role, UserTask.office_code == office, Case.backup_opened)
            for role in (privacy.SUP, privacy.ESD)
            for office in sorted(actor.backup_offices)
        ]
    if actor.has(privacy.PM):
        parts.append(and_(UserTask.role == privacy.PM, UserTask.area_code == actor.area))
    return parts


def _esd_roles(work: Work) -> tuple[str, ...]:
    """The roles whose tasks the actor finds in the offices they serve."""
    if work.actor.has(privacy.SUP):
        return (privacy.SUP, privacy.ESD)
    return (privacy.ESD,) if work.actor.has(privacy.ESD) else ()


def _served(work: Work) -> list[str]:
    """The actor's own offices, and those of the area that have no supervisor of their own."""
    staffed = offices_with_supervisor(work.db)
    of_area = {office.code for office in offices(work.db) if office.area_code == work.actor.area}
    return sorted(work.actor.offices | (of_area - staffed))


def _not_held() -> ColumnElement[bool]:
    return or_(Case.held_at.is_(None), UserTask.role != privacy.CM)


def _count(work: Work, view: str) -> int:
    keys = _keys(work, view, COUNTED)
    if keys is None:
        return 0
    return work.db.scalar(select(func.count()).select_from(keys.subquery())) or 0


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
        name=gettext(task.name),
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
        note=gettext("On hold") if case.held_at else "",
    )


def may_claim(standing: privacy.Standing, task: UserTask) -> bool:
    """Whether a claim would be accepted as to role, office, agency, hold and keys."""
    if task.role == privacy.CM and standing.case.held_at:
        return False
    keys = standing.actor.holds_two_keys or not task.is_esd
    return keys and privacy.in_group(standing, task)


def key_of(task: UserTask) -> str:
    """The key of the page that begins after a task."""
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
