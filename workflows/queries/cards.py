"""What a contact card says of an office; nothing of it is about a client."""

from dataclasses import dataclass

from sqlalchemy import select

from workflows.errors import NotAllowed, NotFound
from workflows.language import gettext
from workflows.organisations import Office
from workflows.privacy import ADM, CM, ESD, SUP
from workflows.queries import query
from workflows.work import Work


@dataclass(frozen=True)
class Card:
    """Whom a client calls: the office, its number, or None when nobody has set one."""

    code: str
    office: str
    phone: str | None


@query
def card(work: Work, office_code: str) -> Card:
    """The card of an office of the area, for those who hand it out and those who keep it."""
    if not work.actor.has(CM, ESD, SUP, ADM):
        raise NotAllowed(gettext("Contact cards are handed out by those who work with clients."))
    mine = Office.code == office_code, Office.area_code == work.actor.area
    office = work.db.scalar(select(Office).where(*mine))
    if office is None:
        raise NotFound(gettext("There is no such office in your area."))
    return Card(office.code, office.name, office.phone)
