"""Who stands in for somebody who is absent: who could, and who does today."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.absences import absence_of
from workflows.people import (
    ESD_ROLES,
    Actor,
    Person,
    actor_for,
    offices_with_supervisor,
    people_who_hold_both_keys,
    person_of,
)

SUP = "esd_wioa_supervisor"


def possible_substitutes(db: Session, person: Person) -> list[Person]:
    """Those who may stand in for somebody: of the same group, with both keys (domain 6.1, X06), by name."""
    everyone = people_who_hold_both_keys(db, person.area_code)
    return [one for one in everyone if one.id != person.id and _may_stand_in(db, one, person)]


def _may_stand_in(db: Session, one: Person, person: Person) -> bool:
    """Whether somebody has the role of a person, and works or is a backup in each office of theirs."""
    theirs, own = actor_for(db, person), actor_for(db, one)
    as_good = own.has(SUP) if theirs.has(SUP) else own.has(*ESD_ROLES)
    return as_good and theirs.offices <= _served(db, own)


def _served(db: Session, actor: Actor) -> frozenset[str]:
    return actor.offices | (actor.backup_offices if actor.has(SUP) else frozenset())


def stand_in_for(db: Session, person: Person, office: str, now: datetime) -> Person | None:
    """Who stands in today for somebody who is absent, in the work of an office; None when nobody does."""
    absence = absence_of(db, person.id, now)
    substitute = person_of(db, absence.substitute_id) if absence else None
    if substitute is None or not _may_stand_in(db, substitute, person) or not _is_able(db, substitute):
        return None
    serves = office in _served(db, actor_for(db, substitute)) or office not in offices_with_supervisor(db)
    return substitute if serves else None


def _is_able(db: Session, person: Person) -> bool:
    return any(one.id == person.id for one in people_who_hold_both_keys(db, person.area_code))
