"""Data-sharing agreements as their readers may see them."""

from dataclasses import dataclass

from sqlalchemy import select

from workflows import privacy
from workflows.cases import open_cases_of
from workflows.errors import NotAllowed, NotFound
from workflows.language import gettext
from workflows.organisations import Agency, Agreement
from workflows.people import Actor, Person
from workflows.queries import query
from workflows.settings import settings
from workflows.work import Work


@dataclass(frozen=True)
class AgreementRow:
    """An agreement, why it permits nothing today (or None), and the open cases of its agency."""

    agreement: Agreement
    agency: str
    shortcoming: str | None
    days_left: int
    managers: list[str]
    open_cases: int


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be a contract manager: for Employment Security, or for their agency."""

    id: int
    username: str
    name: str
    agency: str
    is_esd: bool


@query
def agreements(work: Work) -> list[AgreementRow]:
    """All agreements of the area, the one that ends first on top."""
    check_reads(work.actor)
    return [row_of(work, agreement, agency) for agreement, agency in rows_of_area(work)]


def check_reads(actor: Actor) -> None:
    """Refuse everybody who neither keeps nor views agreements (domain 6.2)."""
    if not actor.has(privacy.PM, privacy.ADM, privacy.SUP, privacy.AUD):
        raise NotAllowed(gettext("Agreements are kept by program managers and administrators."))


def rows_of_area(work: Work) -> list[tuple[Agreement, str]]:
    """The agreements of the area with the names of their agencies, the one that ends first on top."""
    rows = select(Agreement, Agency.name).join(Agency, Agency.code == Agreement.agency_code)
    rows = rows.where(Agency.area_code == work.actor.area)
    return [
        (row, agency) for row, agency in work.db.execute(rows.order_by(Agreement.ends_on, Agreement.number))
    ]


def row_of(work: Work, agreement: Agreement, agency: str) -> AgreementRow:
    """An agreement as the list shows it."""
    today = work.now.astimezone(settings().zone).date()
    return AgreementRow(
        agreement=agreement,
        agency=agency,
        shortcoming=agreement.shortcoming(today),
        days_left=(agreement.ends_on - today).days,
        managers=_manager_names(work, agreement),
        open_cases=open_cases_of(work.db, agreement.agency_code),
    )


@query
def check_exists(work: Work, number: str) -> None:
    """Refuse a number that nobody of the area keeps, before it is changed; who may not change any learns nothing."""
    if not work.actor.has(privacy.PM, privacy.ADM):
        raise NotAllowed(gettext("Program managers and administrators keep the agreements."))
    if all(agreement.number != number for agreement, _ in rows_of_area(work)):
        raise NotFound(gettext("There is no such agreement in your area."))


@query
def agencies(work: Work) -> list[tuple[str, str]]:
    """The partner agencies of the area as (code, name)."""
    rows = select(Agency.code, Agency.name).where(Agency.area_code == work.actor.area, ~Agency.is_esd)
    return [(code, name) for code, name in work.db.execute(rows.order_by(Agency.name))]


@query
def possible_managers(work: Work) -> list[Candidate]:
    """Who may manage an agreement, by name."""
    rows = select(Person, Agency).join(Agency, Agency.code == Person.agency_code)
    rows = rows.where(Person.area_code == work.actor.area, Person.active).order_by(Person.name)
    return [
        Candidate(person.id, person.username, person.name, agency.name, agency.is_esd)
        for person, agency in work.db.execute(rows)
    ]


def _manager_names(work: Work, agreement: Agreement) -> list[str]:
    ids = [i for i in (agreement.esd_manager_id, agreement.partner_manager_id) if i]
    return [person.name for i in ids if (person := work.db.get(Person, i))]
