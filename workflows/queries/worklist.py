"""The worklist: open tasks of a person or of their role, by due time, a page at a time."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select

from workflows import access, privacy
from workflows.cases import Case
from workflows.errors import InvalidInput, Refused
from workflows.follow_ups import FollowUp, is_put_off
from workflows.language import gettext
from workflows.organisations import Agency, Office
from workflows.people import ESD_ROLES, Person, offices_with_supervisor
from workflows.queries import query, work_views
from workflows.queries.waiting import Wait, waits_of
from workflows.queries.work_filters import Filters, changed_cases, looked_at
from workflows.user_tasks import DUE, FAR, UserTask
from workflows.work import Work

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One open task as the list shows it. `client`, the client's name, is there in a search by name alone.

    `changed` is `new` or `changed` when others did something since the reader last looked, else empty; `show_on` the
    day until which the reader has put the task off; `waits` is what a case that waits for its client waits for;
    `opens` whether the reader finds a page of the task and not of its case alone.
    """

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
    opens: bool
    changed: str = ""
    show_on: date | None = None
    waits: Wait | None = None
    client: str = ""


@dataclass(frozen=True)
class Worklist:
    """A page of tasks; `next` is the key of the following page, None on the last."""

    items: list[Row]
    next: str | None


@query
def worklist(
    work: Work,
    view: str = "mine",
    after: str | None = None,
    limit: int = PAGE,
    filters: Filters | None = None,
) -> Worklist:
    """The open tasks of a view: `mine`, `role` (all that my roles may take), `late` (of both, past their due time),
    `waiting` (for the client); each may be narrowed."""
    return page_of(work, view, after, limit, filters)


def page_of(work: Work, view: str, after: str | None, limit: int, filters: Filters | None = None) -> Worklist:
    """The same within a larger reading."""
    limit = max(1, min(limit, PAGE))
    asked = work_views.asked(work, view, filters, limit + 1, unkey(after) if after else None)
    keys = work_views.keys(work, asked)
    found = work.db.execute(details(work, keys)).all() if keys is not None else []
    items = rows_of(work, list(found[:limit]), view == "waiting")
    more = len(found) > limit
    return Worklist(items, key_of(found[limit - 1][0]) if more else None)


@query
def counts(work: Work) -> dict[str, int]:
    """How many tasks each view holds, how many of one's own are `late_mine` or put off (`later`), counted up to 100."""
    return work_views.counts(work)


Detail = tuple[UserTask, Case, str, str, Person | None, date | None]
"""A task with its case, office, agency and assignee, and the day until which the reader has put it off."""


def details(work: Work, keys: Select[str]) -> Select[UserTask, Case, str, str, Person, date]:
    """The tasks of these ids with all that a row shows, by due time."""
    return (
        select(UserTask, Case, Office.name, Agency.name, Person, FollowUp.show_on)
        .join(Case, Case.id == UserTask.case_id)
        .join(Office, Office.code == UserTask.office_code)
        .join(Agency, Agency.code == UserTask.agency_code)
        .outerjoin(Person, Person.id == UserTask.assignee_id)
        .outerjoin(FollowUp, is_put_off(work))
        .where(UserTask.id.in_(keys))
        .order_by(DUE, UserTask.id)
    )


def rows_of(work: Work, found: list[Detail], waiting: bool = False) -> list[Row]:
    """The rows of a page, with what changed in their cases; for all of them in one more read, or two when they wait."""
    since = looked_at(work)
    changed = changed_cases(work, [detail[1].id for detail in found], since)
    staffed = offices_with_supervisor(work.db)
    waits = waits_of(work, [(detail[0], detail[1]) for detail in found]) if waiting else {}
    return [_row(work, staffed, detail, _change(detail, changed, since), waits) for detail in found]


def _change(detail: Detail, changed: set[int], since: datetime | None) -> str:
    task, case = detail[:2]
    if case.id not in changed or since is None:
        return ""
    return "new" if task.opened_at > since else "changed"


def _row(work: Work, staffed: frozenset[str], detail: Detail, changed: str, waits: dict[str, Wait]) -> Row:
    task, case, office, agency, person, show_on = detail
    mine = task.assignee_id == work.actor.id
    standing = privacy.Standing(work.actor, case, staffed)
    opens = mine or privacy.in_group(standing, task)
    # Whose hands a task of Employment Security is in, and by when, is not told to partners.
    told = opens or not task.is_esd or work.actor.has(*ESD_ROLES)
    person = person if told else None
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
        due=task.due_at if told else None,
        version=task.version,
        mine=mine,
        may_claim=privacy.is_free_for(work.actor, task) and may_claim(standing, task),
        may_release=mine,
        note=_note(work, task, case),
        opens=opens,
        changed=changed,
        show_on=show_on,
        waits=waits.get(task.id),
    )


def _note(work: Work, task: UserTask, case: Case) -> str:
    if case.held_at:
        return gettext("On hold")
    return gettext("You stand in") if task.assignee_id in work.actor.covers else ""


@query
def tasks_named(work: Work, task_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Case number and name of each of these tasks that the actor may see; the others are left out."""
    rows = select(UserTask, Case).join(Case, Case.id == UserTask.case_id).where(UserTask.id.in_(task_ids))
    return {
        task.id: (case.number, task.name)
        for task, case in work.db.execute(rows)
        if _may_see(access.standing(work, case), task)
    }


def _may_see(standing: privacy.Standing, task: UserTask) -> bool:
    try:
        privacy.check_may_see_task(standing, task)
    except Refused:
        return False
    return True


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


def unkey(key: str) -> work_views.Key:
    """The due time and the id that a key stands for; refused in words when it is none."""
    try:
        due, task_id = json.loads(base64.urlsafe_b64decode(key.encode()))
        if not str(task_id).isascii():
            raise ValueError
        return datetime.fromisoformat(due), str(task_id)
    except (ValueError, TypeError, binascii.Error):
        raise InvalidInput(
            fields={"after": gettext("This page no longer exists. Start from the first page.")}
        ) from None
