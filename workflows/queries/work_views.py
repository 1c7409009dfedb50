"""The views of the worklist as ranges of indexes, each read in the order of due times and no further than a page needs."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select, tuple_, union

from workflows import privacy
from workflows.cases import Case
from workflows.errors import InvalidInput
from workflows.follow_ups import FollowUp, is_put_off
from workflows.language import gettext
from workflows.organisations import offices
from workflows.people import offices_with_supervisor
from workflows.queries.waiting import waiting_parts
from workflows.queries.work_filters import Filters, narrowed
from workflows.user_tasks import DUE, UserTask
from workflows.work import Work

VIEWS = ("mine", "role", "late", "waiting")
LATER = "later"
"""Not a view of its own: those of one's own tasks that were put off until a day."""

COUNTED = 100

Key = tuple[datetime, str]
"""Due time and id of a task: its place in every view."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a view: after which task it begins, how many it gives at most, and what narrows it."""

    view: str
    limit: int
    after: Key | None = None
    narrow: tuple[ColumnElement[bool], ...] = ()


def asked(
    work: Work, view: str, filters: Filters | None = None, limit: int = COUNTED, after: Key | None = None
) -> Asked:
    """A view with its filters; refused when there is no such view, or no such office or agency."""
    if view not in VIEWS:
        raise InvalidInput(fields={"view": gettext("Choose mine, role, late or waiting.")})
    chosen = filters or Filters()
    return Asked(LATER if view == "mine" and chosen.later else view, limit, after, narrowed(work, chosen))


def only(what: Asked, *more: ColumnElement[bool]) -> Asked:
    """The same, narrowed further."""
    return replace(what, narrow=(*what.narrow, *more))


def keys(work: Work, what: Asked) -> Select[str] | None:
    """The ids of the first tasks of a view; None when the actor has no such view.

    Each part of the view is one range of one index, read in its order from the key on and no further than a page
    needs; so a page costs the same however many tasks are open and however many were ever done.
    """
    parts = [_range(part, what) for part in _parts(work, what.view)]
    if not parts:
        return None
    found = union(*(select(part.c.due, part.c.id) for part in parts)).subquery()
    return select(found.c.id).order_by(found.c.due, found.c.id).limit(what.limit)


def keys_of_few(work: Work, cases: Select[int], limit: int) -> Select[str]:
    """The ids of the first tasks of these cases, which are few, in all that the actor may find, waiting cases included."""
    parts = [*_parts(work, "role"), *_parts(work, "waiting")]
    rows = select(UserTask.id).join(Case, Case.id == UserTask.case_id).where(UserTask.case_id.in_(cases))
    rows = rows.where(UserTask.closed_at.is_(None), or_(*parts))
    return rows.order_by(DUE, UserTask.id).limit(limit)


def counts(work: Work) -> dict[str, int]:
    """How many tasks each view holds, of one's own which are `put_off` and `late_mine`, counted up to 100."""
    parts = {view: _parts(work, view) for view in (*VIEWS, LATER)}
    parts["late_mine"] = [and_(_mine(work), work.now > DUE)]
    each = {name: _counted(found) for name, found in parts.items() if found}
    row = work.db.execute(select(*(column.label(name) for name, column in each.items()))).one()
    return {name: row._mapping[name] if name in each else 0 for name in parts}


def _counted(parts: list[ColumnElement[bool]]) -> ColumnElement[int]:
    ranges = [_range(part, Asked("", COUNTED)) for part in parts]
    found = union(*(select(part.c.due, part.c.id) for part in ranges)).subquery()
    first = select(found.c.id).limit(COUNTED).subquery()
    return select(func.count()).select_from(first).scalar_subquery()


def _range(part: ColumnElement[bool], what: Asked) -> Subquery:
    rows = select(DUE.label("due"), UserTask.id).join(Case, Case.id == UserTask.case_id)
    rows = rows.where(UserTask.closed_at.is_(None), part, *what.narrow)
    if what.after:
        rows = rows.where(tuple_(DUE, UserTask.id) > what.after)
    return rows.order_by(DUE, UserTask.id).limit(what.limit).subquery()


def _parts(work: Work, view: str) -> list[ColumnElement[bool]]:
    if view in ("mine", LATER):
        away = [and_(UserTask.assignee_id.in_(work.actor.covers), part) for part in _of_my_roles(work)]
        put_off = select(FollowUp.task_id).where(is_put_off(work)).correlate(UserTask).exists()
        own = and_(_mine(work), put_off if view == LATER else ~put_off)
        return [own, *(away if work.actor.covers and view == "mine" else ())]
    if view == "waiting":
        return waiting_parts(work, esd_offices(work))
    parts = [_mine(work), *_of_my_roles(work)]
    return [and_(part, work.now > DUE) for part in parts] if view == "late" else parts


def _mine(work: Work) -> ColumnElement[bool]:
    not_held = or_(Case.held_at.is_(None), UserTask.role != privacy.CM)
    return and_(UserTask.assignee_id == work.actor.id, not_held)


def _of_my_roles(work: Work) -> list[ColumnElement[bool]]:
    """The tasks of the actor's groups: by agency for partners, by office (or area, or escalation) for ESD."""
    actor = work.actor
    parts: list[ColumnElement[bool]] = []
    if actor.has(privacy.CM):
        own = and_(UserTask.role == privacy.CM, UserTask.agency_code == actor.agency)
        parts.append(and_(own, Case.held_at.is_(None)))
    for role in _esd_roles(work):
        parts += [and_(UserTask.role == role, office) for office in esd_offices(work)]
    if actor.has(privacy.PM):
        parts.append(and_(UserTask.role == privacy.PM, UserTask.area_code == actor.area))
    return parts


def _esd_roles(work: Work) -> tuple[str, ...]:
    """The roles whose tasks the actor finds in the offices they serve."""
    if work.actor.has(privacy.SUP):
        return (privacy.SUP, privacy.ESD)
    return (privacy.ESD,) if work.actor.has(privacy.ESD) else ()


def esd_offices(work: Work) -> list[ColumnElement[bool]]:
    """The places that somebody of ESD serves: their own offices, those of the area that have no supervisor of their
    own, and for supervisors those where they stand in, as far as backups were let in."""
    staffed = offices_with_supervisor(work.db)
    of_area = {office.code for office in offices(work.db) if office.area_code == work.actor.area}
    served = sorted(work.actor.offices | work.actor.stands_in | (of_area - staffed))
    places = [UserTask.office_code == office for office in served]
    if work.actor.has(privacy.SUP):
        stands_in = sorted(work.actor.backup_offices - work.actor.stands_in)
        places += [and_(UserTask.office_code == office, Case.backup_opened) for office in stands_in]
    return places
