"""The list of cases a person may know of: numbers and states, never a fact about a client."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select

from workflows import access, privacy
from workflows.cases import OUTCOMES, Case
from workflows.errors import InvalidInput, NotAllowed
from workflows.language import gettext
from workflows.organisations import Agency, Office
from workflows.people import offices_with_supervisor
from workflows.queries import query, whole_number
from workflows.queries.sentences import status_words
from workflows.user_tasks import UserTask
from workflows.work import Work

PAGE = 50


@dataclass(frozen=True)
class CaseRow:
    """A case in a list: no fact about the client."""

    number: str
    process: str
    status: str
    status_words: str
    outcome: str | None
    outcome_words: str
    office: str
    agency: str
    opened_at: datetime
    closed_at: datetime | None
    age_days: int
    may_open: bool


@query
def case_list(
    work: Work, state: str = "open", number: str = "", after: str | None = None
) -> tuple[list[CaseRow], str | None]:
    """The cases a person may know of, newest first: own agency, own office, or (program managers) the area."""
    if state not in ("open", "closed", "all"):
        raise InvalidInput(fields={"state": gettext("Choose open, closed or all.")})
    rows = select(Case, Office.name, Agency.name).join(Office, Office.code == Case.office_code)
    rows = rows.join(Agency, Agency.code == Case.agency_code).where(_known_to(work))
    if state != "all":
        rows = rows.where(_ended(work).is_(None) if state == "open" else _ended(work).is_not(None))
    if number:
        rows = rows.where(Case.number.ilike(f"%{number.replace('%', '').replace('_', '')[:40]}%"))
    if after:
        rows = rows.where(Case.id < whole_number("after", after))
    found = work.db.execute(rows.order_by(Case.id.desc()).limit(PAGE + 1)).all()
    items = [_case_row(work, *row) for row in found[:PAGE]]
    return items, str(found[PAGE - 1][0].id) if len(found) > PAGE else None


def _ended(work: Work) -> SQLColumnExpression[datetime | None]:
    """When a case ended: outside ESD when the partner's part was done, as everywhere else (X14)."""
    esd = work.actor.has(privacy.SUP, privacy.ESD)
    return Case.closed_at if esd else func.coalesce(Case.partner_done_at, Case.closed_at)


def _known_to(work: Work) -> ColumnElement[bool]:
    actor = work.actor
    choices: list[ColumnElement[bool]] = []
    if actor.has(privacy.CM):
        choices.append(Case.agency_code == actor.agency)
    if actor.has(privacy.SUP):
        staffed = offices_with_supervisor(work.db)
        unstaffed = and_(Case.office_code.not_in(staffed), Case.area_code == actor.area)
        backup = and_(Case.backup_opened, Case.office_code.in_(actor.backup_offices))
        choices.append(or_(Case.office_code.in_(actor.offices | actor.stands_in), unstaffed, backup))
    if actor.has(privacy.ESD):
        mine = select(UserTask.case_id).where(UserTask.assignee_id == actor.id, UserTask.closed_at.is_(None))
        choices.append(Case.id.in_(mine))
    if actor.has(privacy.PM, privacy.AUD):
        choices.append(Case.area_code == actor.area)
    if not choices:
        raise NotAllowed(gettext("Your role has no list of cases."))
    return or_(*choices)


def _case_row(work: Work, case: Case, office: str, agency: str) -> CaseRow:
    standing = access.standing(work, case)
    outcome, status = privacy.visible_outcome(standing), privacy.visible_status(standing)
    closed_at = privacy.visible_closed_at(standing)
    return CaseRow(
        number=case.number,
        process=case.process_key,
        status=status,
        status_words=status_words(case, status),
        outcome=outcome,
        outcome_words=gettext(OUTCOMES.get(outcome or "", "")),
        office=office,
        agency=agency,
        opened_at=case.opened_at,
        closed_at=closed_at,
        age_days=((closed_at or work.now) - case.opened_at).days,
        may_open=bool(standing.roles),
    )
