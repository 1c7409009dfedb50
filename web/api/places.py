"""Who one is, and the contact card of an office, in the API."""

from flask import Response, g, jsonify
from pydantic import BaseModel, Field

from web.api import api
from web.api.models import Strict
from workflows.commands.offices import set_phone
from workflows.queries.cards import card


class MeOut(BaseModel):
    """Whom the token acts as; `missing` are the clearances without which no case may be opened."""

    username: str
    name: str
    agency: str
    area: str
    roles: list[str]
    offices: list[str]
    backup_offices: list[str]
    missing: list[str]


class OfficePath(BaseModel):
    """The code of an office."""

    office: str = Field(max_length=20)


class CardOut(BaseModel):
    """Whom a client calls: the office and its number, or null when nobody has set one."""

    code: str
    office: str
    phone: str | None


class PhoneBody(Strict):
    """A number with area code."""

    phone: str = Field(max_length=40, examples=["360-555-0101"])


@api.get("/me", responses={"200": MeOut})
def read_me() -> Response:
    """Whom the token acts as."""
    actor = g.actor
    out = MeOut(
        username=actor.username,
        name=actor.name,
        agency=actor.agency,
        area=actor.area,
        roles=sorted(actor.roles),
        offices=sorted(actor.offices),
        backup_offices=sorted(actor.backup_offices),
        missing=list(actor.missing_clearances),
    )
    return jsonify(out.model_dump())


@api.get("/contact-cards/<string:office>", responses={"200": CardOut})
def read_card(path: OfficePath) -> Response:
    """What the contact card of an office says; nothing of it is about a client."""
    return _card(path.office)


@api.put("/contact-cards/<string:office>/phone", responses={"200": CardOut})
def change_phone(path: OfficePath, body: PhoneBody) -> Response:
    """Set the number that clients call."""
    set_phone(g.actor, path.office, body.phone)
    return _card(path.office)


def _card(office: str) -> Response:
    return jsonify(CardOut(**vars(card(g.actor, office))).model_dump())
