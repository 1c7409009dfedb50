"""What administrators, program managers and auditors look at: people, agreements, sent mail, the trail."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from workflows import privacy
from workflows.cases import PRIVATE_OUTCOMES, Case, open_cases_of
from workflows.errors import InvalidInput, NotAllowed
from workflows.history import HistoryEvent
from workflows.language import gettext
from workflows.organisations import Agency, Agreement
from workflows.outbox import OutboxMessage
from workflows.people import Actor, LiftRequest, Person, PersonRole, actor_for, missing_clearances
from workflows.queries import query
from workflows.queries.cases import Sent, sent_view
from workflows.queries.sentences import closed_words, sentence, tells_offer
from workflows.settings import settings
from workflows.user_tasks import UserTask
from workflows.work import Work

PAGE = 50


@dataclass(frozen=True)
class Lift:
    """A request to lift somebody's restriction that waits for a supervisor: who asked (a name), and when."""

    asked_by: str
    asked_at: datetime


@dataclass(frozen=True)
class PersonRow:
    """A person with roles, offices and what is missing for opening cases."""

    person: Person
    roles: list[str]
    offices: list[str]
    backup: list[str]
    agency: str
    missing: tuple[str, ...]
    lift: Lift | None


@query
def people(work: Work) -> list[PersonRow]:
    """Everybody of the area, by name."""
    if not work.actor.has(privacy.ADM, privacy.AUD, privacy.SUP):
        raise NotAllowed("People are kept by administrators.")
    rows = select(Person, Agency.name).join(Agency, Agency.code == Person.agency_code)
    found = work.db.execute(rows.where(Person.area_code == work.actor.area).order_by(Person.name))
    lifts = _lifts(work)
    return [_person_row(work, person, agency, lifts.get(person.id)) for person, agency in found]


def _lifts(work: Work) -> dict[int, Lift]:
    """The requests that wait, by the id of the person they are about."""
    rows = select(LiftRequest, Person.name).join(Person, Person.id == LiftRequest.asked_by_id)
    found = work.db.execute(rows.where(LiftRequest.decided_at.is_(None)))
    return {request.person_id: Lift(name, request.asked_at) for request, name in found}


@dataclass(frozen=True)
class AgreementRow:
    """An agreement, why it permits nothing today (or None), and the open cases of its agency."""

    agreement: Agreement
    agency: str
    shortcoming: str | None
    days_left: int
    managers: list[str]
    open_cases: int


@query
def agreements(work: Work) -> list[AgreementRow]:
    """All agreements of the area, the one that ends first on top."""
    if not work.actor.has(privacy.PM, privacy.ADM, privacy.SUP, privacy.AUD):
        raise NotAllowed("Agreements are kept by program managers and administrators.")
    today = work.now.astimezone(settings().zone).date()
    rows = select(Agreement, Agency.name).join(Agency, Agency.code == Agreement.agency_code)
    found = work.db.execute(
        rows.where(Agency.area_code == work.actor.area).order_by(Agreement.ends_on, Agreement.number)
    )
    return [
        AgreementRow(
            agreement=agreement,
            agency=agency,
            shortcoming=agreement.shortcoming(today),
            days_left=(agreement.ends_on - today).days,
            managers=_manager_names(work, agreement),
            open_cases=open_cases_of(work.db, agreement.agency_code),
        )
        for agreement, agency in found
    ]


@query
def agencies(work: Work) -> list[tuple[str, str]]:
    """The partner agencies of the area as (code, name)."""
    rows = select(Agency.code, Agency.name).where(Agency.area_code == work.actor.area, ~Agency.is_esd)
    return [(code, name) for code, name in work.db.execute(rows.order_by(Agency.name))]


@query
def case_managers(work: Work) -> list[tuple[str, str]]:
    """The case managers of the area as (user name, name), for opening a case on behalf of one."""
    if not work.actor.has(privacy.SUP):
        return []
    rows = (
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == privacy.CM, Person.area_code == work.actor.area)
    )
    return [(p.username, p.name) for p in work.db.scalars(rows.where(Person.active).order_by(Person.name))]


@query
def outbox(work: Work, state: str = "", before: int | None = None) -> tuple[list[Sent], int | None]:
    """The messages of the area, newest first; and the key of the next page.

    What a message about a case says is not told: it would tell the decision, or the answer to the offer (X14).
    """
    if not work.actor.has(privacy.ADM, privacy.PM):
        raise NotAllowed("Sent mail is looked after by administrators and program managers.")
    rows = select(OutboxMessage, Person, Case.number).join(Person, Person.id == OutboxMessage.recipient_id)
    rows = rows.outerjoin(Case, Case.id == OutboxMessage.case_id).where(Person.area_code == work.actor.area)
    if state:
        rows = rows.where(OutboxMessage.state == state)
    if before:
        rows = rows.where(OutboxMessage.id < before)
    found = work.db.execute(rows.order_by(OutboxMessage.id.desc()).limit(PAGE + 1)).all()
    items = [_neutral(sent_view(m, person), person, number) for m, person, number in found[:PAGE]]
    return items, found[PAGE - 1][0].id if len(found) > PAGE else None


def _neutral(sent: Sent, person: Person, number: str | None) -> Sent:
    """A message as those see it who look after the mail. Which case it is about is not told of ESD's own people:
    a message to one of the staff tells that an offer was accepted."""
    if number is None:
        return sent
    words = "Message about a case" if person.is_esd_staff else f"Message about case {number}"
    return replace(sent, message="", kind="", words=words, subject=None)


@dataclass(frozen=True)
class TrailRow:
    """One event of the whole trail; the case by its number, never by a name."""

    id: int
    at: datetime
    who: str
    case: str | None
    kind: str
    words: str
    detail: dict[str, object]


@query
def trail(
    work: Work,
    who: str = "",
    kind: str = "",
    case: str = "",
    since: str = "",
    until: str = "",
    before: int | None = None,
) -> tuple[list[TrailRow], int | None]:
    """The trail of the area for auditors and administrators, newest first, filtered by person, kind and case number."""
    if not work.actor.has(privacy.AUD, privacy.ADM):
        raise NotAllowed("The history of everything is read by auditors and administrators.")
    rows = select(HistoryEvent, Person.name, Case.number).outerjoin(
        Person, Person.id == HistoryEvent.actor_id
    )
    rows = rows.outerjoin(Case, Case.id == HistoryEvent.case_id).where(_in_area(work.actor))
    for wanted, column in ((who, Person.username), (kind, HistoryEvent.kind), (case, Case.number)):
        if wanted:
            rows = rows.where(column == wanted.strip()[:80])
    if since:
        rows = rows.where(HistoryEvent.at >= _midnight("since", since))
    if until:
        rows = rows.where(HistoryEvent.at < _midnight("until", until) + timedelta(days=1))
    if before:
        rows = rows.where(HistoryEvent.id < before)
    found = work.db.execute(rows.order_by(HistoryEvent.id.desc()).limit(PAGE + 1)).all()
    names = _element_names(work, {event.element for event, _, _ in found if event.element})
    items = [_trail_row(event, name, number, names) for event, name, number in found[:PAGE]]
    return items, found[PAGE - 1][0].id if len(found) > PAGE else None


def _in_area(actor: Actor) -> ColumnElement[bool]:
    """Events of cases of the actor's area; without a case, those of its people, and those of the system that name
    nobody and no agency of another area."""
    user, agency = HistoryEvent.detail["user"].as_string(), HistoryEvent.detail["agency"].as_string()
    strangers = select(Person.username).where(Person.area_code != actor.area)
    elsewhere = select(Agency.code).where(Agency.area_code != actor.area)
    of_system = and_(
        HistoryEvent.actor_id.is_(None),
        or_(user.is_(None), user.not_in(strangers)),
        or_(agency.is_(None), agency.not_in(elsewhere)),
    )
    without_case = and_(HistoryEvent.case_id.is_(None), or_(Person.area_code == actor.area, of_system))
    return or_(Case.area_code == actor.area, without_case)


@query
def event_kinds(work: Work) -> list[str]:
    """The kinds of events there are so far."""
    return list(work.db.scalars(select(HistoryEvent.kind).distinct().order_by(HistoryEvent.kind)))


@query
def possible_managers(work: Work) -> list[tuple[str, str, int]]:
    """Who may manage an agreement, as (user name, name, id)."""
    rows = select(Person).where(Person.area_code == work.actor.area, Person.active).order_by(Person.name)
    return [(person.username, person.name, person.id) for person in work.db.scalars(rows)]


@query
def own_address(work: Work) -> str:
    """The e-mail address of whoever asks."""
    return work.db.get_one(Person, work.actor.id).email


def _midnight(name: str, day: str) -> datetime:
    """The beginning of a day on the office's clock, of a year that a calendar on a wall may show."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = date.min
    if not 1900 <= found.year < 3000:
        raise InvalidInput(fields={name: "Enter a date, such as 2026-11-20."})
    return datetime.combine(found, time(), settings().zone)


def _element_names(work: Work, elements: set[str]) -> dict[str, str]:
    """The names of tasks for the ids of their elements."""
    rows = select(UserTask.element, UserTask.name).where(UserTask.element.in_(elements)).distinct()
    return {element: name for element, name in work.db.execute(rows)}  # noqa: C416


def _trail_row(event: HistoryEvent, name: str | None, number: str | None, names: dict[str, str]) -> TrailRow:
    words, detail = _told(event, names)
    return TrailRow(event.id, event.at, name or "Opt-In Desk", number, event.kind, words, detail)


def _told(event: HistoryEvent, names: dict[str, str]) -> tuple[str, dict[str, object]]:
    """Words and particulars of an event; one that tells the answer to the offer is there, and tells nothing (X14)."""
    refused_on = event.detail.get("on") or {}
    if not tells_offer(event) and refused_on.get("element") not in privacy.OFFER_ELEMENTS:
        return sentence(event, names), event.detail
    if event.detail.get("outcome") in PRIVATE_OUTCOMES:
        return closed_words("remained_opted_out"), {}
    return gettext("Employment Security went on with its own work."), {}


def _person_row(work: Work, person: Person, agency: str, lift: Lift | None) -> PersonRow:
    actor = actor_for(work.db, person)
    needs = actor.has(privacy.CM)
    return PersonRow(
        person=person,
        roles=sorted(actor.roles),
        offices=sorted(actor.offices),
        backup=sorted(actor.backup_offices),
        agency=agency,
        missing=missing_clearances(person) if needs else (),
        lift=lift,
    )


def _manager_names(work: Work, agreement: Agreement) -> list[str]:
    ids = [i for i in (agreement.esd_manager_id, agreement.partner_manager_id) if i]
    return [person.name for i in ids if (person := work.db.get(Person, i))]
