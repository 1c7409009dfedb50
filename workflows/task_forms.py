"""Forms as they meet a task: the options the host fills in."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from workflows.cases import Case
from workflows.forms import Form
from workflows.organisations import offices
from workflows.people import ESD_ROLES, Actor, offices_with_supervisor, people_who_hold_both_keys, staff_of

Options = dict[str, dict[str, str]]
"""Name of an option list → value → label."""


def options_for(db: Session, form: Form, own_offices: Iterable[str], case: Case | None = None) -> Options:
    """The option lists that a form asks for; only those are read."""
    return {name: _option_list(db, name, own_offices, case) for name in form.option_lists}


def _option_list(db: Session, name: str, own_offices: Iterable[str], case: Case | None) -> dict[str, str]:
    if name == "my_offices":
        return _offices(db, list(own_offices))
    if case is None:
        return {}
    return _offices_of(db, case.area_code) if name == "offices" else _esd_staff(db, case)


def offices_to_open_in(db: Session, actor: Actor) -> frozenset[str]:
    """The offices in which a person may open a request: a case manager's own; those whose group a supervisor is in."""
    if actor.has("case_manager"):
        return actor.offices
    staffed = offices_with_supervisor(db)
    of_area = (office.code for office in offices(db) if office.area_code == actor.area)
    return actor.offices | (frozenset(of_area) - staffed)


def _offices(db: Session, codes: list[str]) -> dict[str, str]:
    return {office.code: office.name for office in offices(db) if office.code in codes}


def _offices_of(db: Session, area: str) -> dict[str, str]:
    """Those of an area, so that no form lists the offices of another one."""
    return {office.code: office.name for office in offices(db) if office.area_code == area}


def _esd_staff(db: Session, case: Case) -> dict[str, str]:
    """ESD staff of the case's office, or of its area where the office has none; never restricted users."""
    people = people_who_hold_both_keys(db, case.area_code)
    of_office = {one.id for role in ESD_ROLES for one in staff_of(db, role, case.office_code)}
    here = [person for person in people if person.id in of_office]
    return {person.username: person.name for person in here or people}
