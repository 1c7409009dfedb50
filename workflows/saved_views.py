"""Saved views: what somebody looks for in the worklist again and again, for themselves or for their team."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base, Json
from workflows.people import ESD_ROLES, Actor, Person, people_with, staff_of


class SavedView(Base):
    """A view of the worklist under a name. `filters` are those of its address; `shared`: the team sees it as well."""

    __tablename__ = "saved_view"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    filters: Mapped[Json]
    shared: Mapped[bool]
    saved_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("person_id", "name"),)


def team_of(db: Session, actor: Actor) -> list[Person]:
    """Those who work beside somebody, that person too: the ESD people of their offices, or the people of their agency."""
    if actor.has(*ESD_ROLES):
        found = [
            person for office in actor.offices for role in ESD_ROLES for person in staff_of(db, role, office)
        ]
    else:
        roles = ("case_manager", "program_manager")
        found = [person for role in roles for person in people_with(db, role, agency=actor.agency)]
    return list({person.id: person for person in found}.values())
