"""The contact card that a client is given: whom to call, in plain words, with nothing about the client on it."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from workflows.commands import offices
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.queries.cards import card

cards = Blueprint("cards", __name__, url_prefix="/contact-card")

LANGUAGES = {"en": "English", "es": "Español"}
ON_TASKS = ("T6", "T8")
"""The tasks at which the client is asked to call (5512PRO 5)."""


def address(element: str, office_code: str) -> str:
    """Where the card for a task is; empty where none is handed out."""
    given = element.split("_")[0] in ON_TASKS
    return url_for("cards.read_card", office=office_code) if given else ""


@cards.get("/<office>")
def read_card(office: str) -> str:
    """The card of an office, one language to a sheet."""
    asked = request.args.get("language", "en")
    found = card(g.actor, office)
    return render_template(
        "contact_card.html",
        card=found,
        language=asked if asked in LANGUAGES else "en",
        languages=LANGUAGES,
        may_change=_may_change(),
    )


@cards.get("/<office>/phone")
def phone(office: str) -> str:
    """The number that clients call."""
    return _phone_page(office, card(g.actor, office).phone or "", {})


@cards.post("/<office>/phone")
def set_phone(office: str) -> Response | tuple[str, int]:
    """Change it."""
    typed = request.form.get("phone", "")
    try:
        offices.set_phone(g.actor, office, typed)
    except InvalidInput as refused:
        kept = without_blocked({"phone": typed})
        return _phone_page(office, str(kept.get("phone", "")), refused.fields), 422
    flash(gettext("The contact card shows the new number."), "success")
    return redirect(url_for("cards.read_card", office=office))


def _may_change() -> bool:
    return bool(g.actor.has("esd_wioa_supervisor", "administrator"))


def _phone_page(office: str, value: str, errors: dict[str, str]) -> str:
    found = card(g.actor, office)
    return render_template(
        "contact_phone.html", card=found, value=value, may_change=_may_change(), errors=errors
    )
