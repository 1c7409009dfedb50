"""Incidents as administrators and auditors read them on the page of problems."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from workflows.cases import Case
from workflows.errors import NotAllowed, NotFound
from workflows.failures import FAILED
from workflows.incidents import TRIED, CaseIncident
from workflows.language import gettext, marked
from workflows.people import Actor, Person
from workflows.privacy import ADM, AUD
from workflows.queries import query
from workflows.work import Work

PAGE = 50
READERS = (ADM, AUD)
STATUSES = {"open": marked("Open"), "resolved": marked("Resolved"), "dismissed": marked("Dismissed")}
OWN_WORK = marked("Employment Security’s own work")
BY_PERSON_ONLY = frozenset({"start"})
"""What nobody but a person can do anew, because nothing of it was kept."""

Found = Row[CaseIncident, str, str, str, bool]
"""The case, the two names and whether it is ESD staff are None where the outer joins find nobody."""


@dataclass(frozen=True)
class ProblemRow:
    """An incident in words. `case` is a case's number, or None when no case was left; `who` met it last.

    `where` is the element's name in the diagram; where that would tell the client's answer to the offer, it says only
    whose work it is (X14). `can_retry`: whether trying again means anything.
    """

    id: int
    reference: str
    case: str | None
    tried: str
    tried_words: str
    where: str
    element: str | None
    kind: str
    cause: str
    who: str
    count: int
    first_at: datetime
    last_at: datetime
    status: str
    draft_kept: bool
    returned_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    reason: str
    can_retry: bool


@query
def problems(
    work: Work, status: str = "open", before: int | None = None
) -> tuple[list[ProblemRow], int | None]:
    """The incidents of the area in a state, newest first, and the key of the next page."""
    _check_may_read(work.actor)
    rows = _rows(work.actor).where(CaseIncident.status == (status if status in STATUSES else "open"))
    if before:
        rows = rows.where(CaseIncident.id < before)
    found = work.db.execute(rows.order_by(CaseIncident.id.desc()).limit(PAGE + 1)).all()
    items = [_row(each) for each in found[:PAGE]]
    return items, items[-1].id if len(found) > PAGE else None


@query
def problem(work: Work, incident_id: int) -> ProblemRow:
    """One incident of the area."""
    _check_may_read(work.actor)
    found = work.db.execute(_rows(work.actor).where(CaseIncident.id == incident_id)).first()
    if found is None:
        raise NotFound(gettext("There is no such problem that you may see."))
    return _row(found)


@query
def open_count(work: Work) -> int:
    """How many incidents of the area are open."""
    _check_may_read(work.actor)
    of_area = CaseIncident.area_code == work.actor.area, CaseIncident.status == "open"
    return work.db.scalar(select(func.count()).select_from(CaseIncident).where(*of_area)) or 0


def _check_may_read(actor: Actor) -> None:
    if not actor.has(*READERS):
        raise NotAllowed(gettext("Problems are looked after by administrators and read by auditors."))


def _rows(actor: Actor) -> Select[CaseIncident, str, str, str, bool]:
    who, ended_by = aliased(Person), aliased(Person)
    rows = select(CaseIncident, Case.number, who.name, ended_by.name, who.is_esd_staff)
    rows = rows.outerjoin(Case, Case.id == CaseIncident.case_id)
    rows = rows.outerjoin(who, who.id == CaseIncident.person_id)
    rows = rows.outerjoin(ended_by, ended_by.id == CaseIncident.ended_by_id)
    return rows.where(CaseIncident.area_code == actor.area)


def _cause(row: CaseIncident) -> str:
    """The cause as it is said now; it was written down in English."""
    if row.cause == FAILED.format(kind=row.kind):
        return gettext(FAILED).format(kind=row.kind)
    return gettext(row.cause)


def _row(found: Found) -> ProblemRow:
    row, number, who, ended_by, is_esd = found
    return ProblemRow(
        id=row.id,
        reference=row.reference,
        case=number,
        tried=row.tried,
        tried_words=gettext(OWN_WORK) if row.private else gettext(TRIED[row.tried]).format(gettext(row.name)),
        where=gettext(OWN_WORK if row.private else row.element_name),
        element=None if row.private else row.element or None,
        kind=row.kind,
        cause=_cause(row),
        who=gettext("Employment Security") if row.private and is_esd else who or "Opt-In Desk",
        count=row.count,
        first_at=row.first_at,
        last_at=row.last_at,
        status=row.status,
        draft_kept=row.draft_kept,
        returned_at=row.returned_at,
        ended_at=row.ended_at,
        ended_by=ended_by or (None if row.ended_at is None else "Opt-In Desk"),
        reason=gettext(row.reason),
        can_retry=row.status == "open" and row.tried not in BY_PERSON_ONLY,
    )
