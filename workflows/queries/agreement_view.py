"""One agreement: its managers, the warnings of its end, what happened to it, and the cases that depend on it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

from workflows import privacy
from workflows.cases import Case
from workflows.commands.agreements import STATUS_WORDS
from workflows.definitions import MAIN_PROCESS, bundle_of, deployed
from workflows.errors import NotFound
from workflows.history import HistoryEvent
from workflows.language import gettext, small_first
from workflows.organisations import Agreement, agreement_shortcoming
from workflows.people import Person, name_of, offices_with_supervisor
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.agreements import AgreementRow, check_reads, row_of, rows_of_area
from workflows.queries.sentences import status_words
from workflows.settings import settings
from workflows.team import led_offices
from workflows.user_tasks import UserTask
from workflows.work import Work

KINDS = ("agreement_changed", "agreement_warning", "agreement_lapsed")
DECIDES = "T90_DecideOnLapsedAgreement"
MOST = 100


@dataclass(frozen=True)
class Warning:
    """A warning before the end: so many days before, on which day, and whether it was given."""

    days: int
    on: date
    given: bool


@dataclass(frozen=True)
class Entry:
    """One line of an agreement's history."""

    at: datetime
    who: str
    words: str


@dataclass(frozen=True)
class HeldCase:
    """An open case of the agency: since when it is on hold (or None), and the task that decides it, for whoever may."""

    number: str
    status_words: str
    held_at: datetime | None
    decision: str | None
    may_open: bool


@dataclass(frozen=True)
class AgreementView:
    """An agreement as one person sees it. `covered`: another agreement of the agency is in force today; `cases` are
    those whose numbers the reader may know (at most 100)."""

    row: AgreementRow
    esd_manager: str
    partner_manager: str
    warnings: list[Warning]
    entries: list[Entry]
    covered: bool
    cases: list[HeldCase]


@query
def agreement_view(work: Work, number: str) -> AgreementView:
    """The agreement of a number, of the reader's area."""
    check_reads(work.actor)
    found = next((pair for pair in rows_of_area(work) if pair[0].number == number), None)
    if found is None:
        raise NotFound(gettext("There is no such agreement in your area."))
    agreement, agency = found
    row = row_of(work, agreement, agency)
    today = work.now.astimezone(settings().zone).date()
    return AgreementView(
        row=row,
        esd_manager=name_of(work.db, agreement.esd_manager_id),
        partner_manager=name_of(work.db, agreement.partner_manager_id),
        warnings=_warnings(work, agreement),
        entries=_entries(work, number),
        covered=row.shortcoming is not None
        and agreement_shortcoming(work.db, agreement.agency_code, today) is None,
        cases=_cases(work, agreement),
    )


def _warnings(work: Work, agreement: Agreement) -> list[Warning]:
    """Each threshold of the deployed version; one that came due together with a tighter one counts as given."""
    newest = deployed(work.db, area=work.actor.area)
    days = bundle_of(work.db, newest.id).service_levels.numbers("agreement_warning_days") if newest else ()
    given = [threshold for threshold in agreement.warned if isinstance(threshold, int)]
    if agreement.kind != "data_sharing":
        return []
    return [
        Warning(number, agreement.ends_on - timedelta(days=number), number >= min(given, default=number + 1))
        for number in sorted(days, reverse=True)
    ]


def _entries(work: Work, number: str) -> list[Entry]:
    rows = select(HistoryEvent, Person.name).outerjoin(Person, Person.id == HistoryEvent.actor_id)
    about = HistoryEvent.detail["number"].as_string() == number
    mine = HistoryEvent.area_code == work.actor.area  # another area may have an agreement of the same number
    rows = rows.where(HistoryEvent.case_id.is_(None), HistoryEvent.kind.in_(KINDS), mine, about)
    found = work.db.execute(rows.order_by(HistoryEvent.seq.desc()).limit(50))
    return [Entry(event.at, name or "Opt-In Desk", _words(event)) for event, name in found]


def _words(event: HistoryEvent) -> str:
    if event.kind == "agreement_warning":
        words = gettext("Both contract managers were warned: {days} days or fewer to the end.")
        return words.format(days=event.detail["threshold"])
    if event.kind == "agreement_lapsed":
        return gettext("The agreement is no longer in force.")
    before, after = event.detail.get("before"), event.detail["after"]
    if before is None:
        return gettext("The agreement was entered as {after}.").format(after=_status(after))
    if before == after:
        return gettext("The agreement was changed.")
    words = gettext("The agreement was {before} and is now {after}.")
    return words.format(before=_status(before), after=_status(after))


def _status(status: str) -> str:
    return small_first(gettext(STATUS_WORDS.get(status, status)))


def _cases(work: Work, agreement: Agreement) -> list[HeldCase]:
    scope = _known(work)
    if scope is None:
        return []
    rows = select(Case).where(Case.agency_code == agreement.agency_code, Case.closed_at.is_(None), scope)
    rows = rows.where(Case.process_key == MAIN_PROCESS, Case.partner_done_at.is_(None))
    cases = list(work.db.scalars(rows.order_by(Case.held_at.is_(None), Case.id).limit(MOST)))
    decisions = _decisions(work, cases)
    staffed = offices_with_supervisor(work.db)
    return [_held(Standing(work.actor, case, staffed), decisions) for case in cases]


def _known(work: Work) -> ColumnElement[bool] | None:
    """Whose numbers the reader may know (domain 6.3); administrators are told the count alone."""
    if work.actor.has(privacy.PM, privacy.AUD):
        return Case.area_code == work.actor.area
    if work.actor.has(privacy.SUP) and work.actor.holds_two_keys:
        return Case.office_code.in_(led_offices(work.db, work.actor))
    return None


def _decisions(work: Work, cases: list[Case]) -> dict[int, str]:
    """The open decisions (T90) by case, for program managers."""
    if not work.actor.has(privacy.PM):
        return {}
    rows = select(UserTask.case_id, UserTask.id).where(
        UserTask.case_id.in_([case.id for case in cases]),
        UserTask.element == DECIDES,
        UserTask.closed_at.is_(None),
    )
    return {case_id: task_id for case_id, task_id in work.db.execute(rows)}  # noqa: C416


def _held(standing: Standing, decisions: dict[int, str]) -> HeldCase:
    case = standing.case
    return HeldCase(
        number=case.number,
        status_words=status_words(case, privacy.visible_status(standing)),
        held_at=case.held_at,
        decision=decisions.get(case.id),
        may_open=bool(standing.roles),
    )
