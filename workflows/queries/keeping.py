"""What administrators, program managers and auditors look at: people, agreements, sent mail, the trail."""

from dataclasses import dataclass

from sqlalchemy import select

from workflows import privacy
from workflows.cases import open_cases_of
from workflows.errors import NotAllowed
from workflows.organisations import Agency, Agreement
from workflows.people import Person, PersonRole
from workflows.queries import query
from workflows.settings import settings
from workflows.work import Work

PAGE = 50


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
def possible_managers(work: Work) -> list[tuple[str, str, int]]:
    """Who may manage an agreement, as (user name, name, id)."""
    rows = select(Person).where(Person.area_code == work.actor.area, Person.active).order_by(Person.name)
    return [(person.username, person.name, person.id) for person in work.db.scalars(rows)]


def _manager_names(work: Work, agreement: Agreement) -> list[str]:
    ids = [i for i in (agreement.esd_manager_id, agreement.partner_manager_id) if i]
    return [person.name for i in ids if (person := work.db.get(Person, i))]
