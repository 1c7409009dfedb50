"""Forms as they meet a task: the options the host fills in, the labels of the case management system."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cases import Case
from workflows.forms import Form
from workflows.organisations import Office
from workflows.people import Actor, Person, PersonOffice, PersonRole, offices_with_supervisor
from workflows.settings import settings

Options = dict[str, dict[str, str]]
"""Name of an option list → value → label."""


def labels() -> dict[str, str]:
    """What the case management system calls things, for the placeholders `{sor.…}` of a bundle's texts."""
    words: dict[str, str] = settings().sor.model_dump()
    return words


def options_for(db: Session, form: Form, own_offices: Iterable[str], case: Case | None = None) -> Options:
    """The option lists that a form asks for; only those are read."""
    return {name: _option_list(db, name, own_offices, case) for name in form.option_lists}


def _option_list(db: Session, name: str, own_offices: Iterable[str], case: Case | None) -> dict[str, str]:
    if name == "my_offices":
        return _offices(db, list(own_offices))
    if name == "offices":
        return _offices(db, None)
    return _esd_staff(db, case) if case else {}


def offices_to_open_in(db: Session, actor: Actor) -> frozenset[str]:
    """The offices in which a person may open a request: a case manager's own; those whose group a supervisor is in."""
    if actor.has("case_manager"):
        return actor.offices
    staffed = offices_with_supervisor(db)
    area = db.scalars(select(Office.code).where(Office.area_code == actor.area, Office.code.not_in(staffed)))
    return actor.offices | frozenset(area)


def _offices(db: Session, codes: list[str] | None) -> dict[str, str]:
    query = select(Office).order_by(Office.name)
    if codes is not None:
        query = query.where(Office.code.in_(codes))
    return {office.code: office.name for office in db.scalars(query)}


def _esd_staff(db: Session, case: Case) -> dict[str, str]:
    """ESD staff of the case's office, or of its area where the office has none; never restricted users."""
    query = (
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, Person.is_esd_staff, ~Person.is_restricted_user)
        .where(PersonRole.role.in_(("esd_staff", "esd_wioa_supervisor")), Person.area_code == case.area_code)
        .order_by(Person.name)
    )
    here = query.join(PersonOffice, PersonOffice.person_id == Person.id).where(
        PersonOffice.office_code == case.office_code, ~PersonOffice.backup
    )
    people = list(db.scalars(here)) or list(db.scalars(query))
    return {person.username: person.name for person in people}
