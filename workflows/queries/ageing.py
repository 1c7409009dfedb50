"""The ageing list: the open cases with whose clock they were on, those longest in the supervisor's hands first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from workflows import area_settings, privacy, turns, whose_clock
from workflows.calendar import Calendar
from workflows.cases import Case
from workflows.definitions import bundle_of
from workflows.instances import ProcessInstance
from workflows.language import gettext
from workflows.organisations import Agency, Office
from workflows.people import offices_with_supervisor
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.sentences import status_words
from workflows.queries.team import check_sees
from workflows.queries.whose_clock import Share, shares_of, visible_life
from workflows.team import led_offices
from workflows.turns import ESD, SUPERVISOR
from workflows.work import Work

PAGE = 50
MOST = 500
"""So many open cases are sorted at once, oldest first: the pages of the next ones follow theirs."""


@dataclass(frozen=True)
class Aged:
    """An open case: its state, whom it waits for now, the shares of its time, and that of Employment Security's hands."""

    number: str
    status_words: str
    office: str
    agency: str
    age_days: int
    waits_for: str
    shares: list[Share]
    in_hands: timedelta
    in_hands_words: str
    may_open: bool


@query
def ageing(work: Work, page: int = 1) -> tuple[list[Aged], int | None]:
    """The open cases of the offices one leads, or (program managers) of the area; and the number of the next page.

    Program managers see number, age and state: supervisor and client are one for them (domain 6.3)."""
    check_sees(work.actor)
    rows = select(Case, Office.name, Agency.name).join(Office, Office.code == Case.office_code)
    rows = rows.join(Agency, Agency.code == Case.agency_code).where(Case.closed_at.is_(None), _in_scope(work))
    before, place = divmod((max(1, page) - 1) * PAGE, MOST)
    part = rows.order_by(Case.id).offset(before * MOST).limit(MOST + 1)
    found = [(case, office, agency) for case, office, agency in work.db.execute(part)]
    aged = _aged(work, found[:MOST])
    aged.sort(key=lambda row: (-row.in_hands, row.number))
    more = len(found) > place + PAGE
    return aged[place : place + PAGE], max(1, page) + 1 if more else None


def _in_scope(work: Work) -> ColumnElement[bool]:
    actor = work.actor
    if not actor.has(privacy.SUP):
        return and_(Case.area_code == actor.area, Case.partner_done_at.is_(None))
    own = sorted({*led_offices(work.db, actor), *actor.stands_in})
    return or_(
        Case.office_code.in_(own),
        and_(Case.backup_opened, Case.office_code.in_(actor.backup_offices)),
    )


def _aged(work: Work, found: Sequence[tuple[Case, str, str]]) -> list[Aged]:
    cases = [case for case, _, _ in found]
    lives, calendars = whose_clock.lives_of(work.db, cases, work.now), _calendars(work, cases)
    staffed, rows = offices_with_supervisor(work.db), []
    for case, office, agency in found:
        standing = Standing(work.actor, case, staffed)
        calendar = calendars[case.id]
        shares = shares_of(visible_life(standing, lives[case.id]), calendar, closed=False)
        hands = sum((s.length for s in shares if s.party in (SUPERVISOR, ESD)), timedelta())
        rows.append(
            Aged(
                number=case.number,
                status_words=status_words(case, privacy.visible_status(standing)),
                office=office,
                agency=agency,
                age_days=(work.now - case.opened_at).days,
                waits_for=next(
                    (share.words for share in shares if share.now), gettext(turns.PARTIES[turns.PARTNER])
                ),
                shares=shares,
                in_hands=hands,
                in_hands_words=whose_clock.words_of(hands, calendar),
                may_open=bool(standing.roles),
            )
        )
    return rows


def _calendars(work: Work, cases: list[Case]) -> dict[int, Calendar]:
    """The opening hours of each case by the version it runs on."""
    columns = ProcessInstance.case_id, ProcessInstance.definition_id
    rows = work.db.execute(select(*columns).where(ProcessInstance.case_id.in_([case.id for case in cases])))
    areas = {case.id: case.area_code for case in cases}
    return {
        case_id: area_settings.calendar_of(
            work.db, bundle_of(work.db, definition).service_levels, areas[case_id]
        )
        for case_id, definition in rows
    }
