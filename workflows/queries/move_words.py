"""What becomes of a case that moves, in sentences: what it gains, loses and has changed, or why it cannot move."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.calendar import length_words
from workflows.definitions import ROLE_OF_LANE
from workflows.language import gettext, marked
from workflows.people import ROLES, Actor
from workflows.privacy import OFFER_ELEMENTS, SUP

_SENTENCES = {
    ("gained", "timer"): marked("Gains the time limit “{name}”, counted from the move."),
    ("lost", "timer"): marked("Loses the time limit “{name}”."),
    ("changed", "timer"): marked("The time limit “{name}” is {after} instead of {before}."),
    ("gained", "step"): marked("Gains the step “{name}”, which lies ahead."),
    ("lost", "step"): marked("Loses the step “{name}”, which lies ahead."),
    ("changed", "step"): marked("Ahead, “{name}” is done otherwise: {fields}."),
    ("changed", "role"): marked("“{name}”, which is open, becomes the work of {after} instead of {before}."),
    ("changed", "name"): marked("“{before}”, which is open, is called “{after}”."),
    ("changed", "form"): marked("“{name}”, which is open, has another form."),
    ("changed", "due"): marked(
        "“{name}”, which is open, is due {after} after it opened instead of {before}."
    ),
    ("changed", "text"): marked("“{name}”, which is open, has other help."),
    "gained": marked("Begins to wait for “{name}”."),
    "lost": marked("No longer waits for “{name}”."),
    "changed": marked("Waits for “{name}” in another way."),
}
_FIELDS = {
    "form": marked("its form"),
    "due": marked("its due time"),
    "role": marked("whose work it is"),
    "name": marked("its name"),
    "text": marked("its help"),
    "mail": marked("the words of its mail"),
}
_NOT_DUE = marked("no due time")
HIDDEN = marked("A step of Employment Security is different.")
HIDDEN_REASON = marked("It stands at a step of Employment Security that the new version has otherwise.")


def sentences(actor: Actor, changes: Iterable[Mapping[str, Any]]) -> list[str]:
    """The changes of a case for a reader; a step whose mere mention tells what stays with ESD is not named (X14)."""
    found = (_hidden(actor, change["element"]) or _sentence(change) for change in changes)
    return list(dict.fromkeys(found))


def reason_words(actor: Actor, element: str, name: str, reason: str) -> str:
    """Why a case cannot move, or stays; empty when it can."""
    if not reason:
        return ""
    if element in OFFER_ELEMENTS and not actor.has(SUP):
        return gettext(HIDDEN_REASON)
    words = gettext(reason)
    return f"“{gettext(name) or element}”: {words}" if element else words


def _hidden(actor: Actor, element: str) -> str:
    return gettext(HIDDEN) if element in OFFER_ELEMENTS and not actor.has(SUP) else ""


def _sentence(change: Mapping[str, Any]) -> str:
    words = _SENTENCES.get((change["kind"], change["what"])) or _SENTENCES[change["kind"]]
    fields = [gettext(_FIELDS.get(field, field)) for field in change["after"].split(",")]
    return gettext(words).format(
        name=gettext(change["name"]) or change["element"],
        before=_value(change, "before"),
        after=_value(change, "after"),
        fields=", ".join(fields),
    )


def _value(change: Mapping[str, Any], which: str) -> str:
    value: str = change[which]
    if change["what"] == "role":
        role = ROLE_OF_LANE.get(value, value)
        return gettext(ROLES.get(role, value))
    return length_words(value) if value else gettext(_NOT_DUE)
