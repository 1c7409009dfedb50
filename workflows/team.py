"""The team of a supervisor: the people and offices they lead (domain 6.1, 6.2)."""

from sqlalchemy.orm import Session

from workflows.errors import NotAllowed
from workflows.language import gettext
from workflows.organisations import Office, offices
from workflows.people import (
    ESD_ROLES,
    Actor,
    Person,
    actor_for,
    offices_with_supervisor,
    people_who_hold_both_keys,
    people_with,
    staff_of,
)
from workflows.privacy import SUP


def is_leader(actor: Actor) -> bool:
    """Whether somebody is a supervisor who holds both keys."""
    return actor.has(SUP) and actor.holds_two_keys


def check_leads(actor: Actor) -> None:
    """Refuse everybody but supervisors who hold both keys."""
    if not is_leader(actor):
        raise NotAllowed(gettext("The team is led by ESD WIOA supervisors who are not restricted users."))


def led_offices(db: Session, actor: Actor) -> list[str]:
    """The offices a supervisor leads: their own, and those of the area that have no supervisor of their own."""
    staffed = offices_with_supervisor(db)
    of_area = {office.code for office in offices(db) if office.area_code == actor.area}
    return sorted(actor.offices | (of_area - staffed))


def team_of(db: Session, actor: Actor) -> list[Person]:
    """The people of Employment Security who work in the offices that a supervisor leads, by name, and the supervisor."""
    of_area = {one.id: one for role in ESD_ROLES for one in people_with(db, role, area=actor.area)}
    own = [one for one in of_area.values() if leads(db, actor, one)]
    return sorted(own, key=lambda person: person.name)


def possible_backups(db: Session, office: Office) -> list[Person]:
    """The supervisors of the area who hold both keys and do not work in the office themselves, by name."""
    own = {person.id for person in staff_of(db, SUP, office.code)}
    keys = {person.id for person in people_who_hold_both_keys(db, office.area_code)} - own
    return [one for one in people_with(db, SUP, area=office.area_code) if one.id in keys]


def leads(db: Session, actor: Actor, person: Person) -> bool:
    """Whether somebody belongs to the team of a supervisor."""
    if person.id == actor.id:
        return True
    theirs = actor_for(db, person)
    here = theirs.offices & set(led_offices(db, actor))
    return person.area_code == actor.area and theirs.has(*ESD_ROLES) and bool(here)
