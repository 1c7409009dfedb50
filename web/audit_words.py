"""The particulars of an event of the history in words, for the page; a file has them under their short names."""

from collections.abc import Mapping

from web.tried_words import tried_words
from workflows.disclosures import BASES, CHANNELS, SENT
from workflows.history import READINGS
from workflows.language import gettext, marked
from workflows.people import ROLES
from workflows.queries.audit import TrailRow

SAID_ALREADY = frozenset(
    {"access", "decision", "esd_fields", "id", "key", "message", "message_kind", "on", "outcome", "process"}
)
"""Particulars that the sentence of an event says, or the column of the case, or that mean something to programs alone."""

LABELS = {
    "after": marked("After"),
    "agency": marked("Agency"),
    "area": marked("Area"),
    "basis": marked("Allowed because"),
    "before": marked("Before"),
    "cases": marked("Cases"),
    "channel": marked("How it left"),
    "count": marked("How many"),
    "field": marked("Question"),
    "fields": marked("What was changed"),
    "files": marked("Files"),
    "filters": marked("Searched by"),
    "first_day": marked("First day"),
    "form": marked("Kind of file"),
    "kind_of_event": marked("Kind of event"),
    "kinds": marked("Told of"),
    "last_day": marked("Last day"),
    "late_minutes": marked("Minutes late"),
    "moves_cases": marked("Open cases are moved"),
    "new": marked("Now"),
    "number": marked("Number"),
    "office": marked("Office"),
    "old": marked("Was"),
    "on_behalf": marked("On behalf of a case manager"),
    "problem": marked("Problem"),
    "reason": marked("Reason"),
    "role": marked("Role"),
    "roles": marked("Roles"),
    "rule": marked("Why"),
    "sessions": marked("Sessions"),
    "setting": marked("Setting"),
    "sha256": marked("Checksum"),
    "side": marked("Asked by"),
    "substitute": marked("Substitute"),
    "threshold": marked("Days before"),
    "to": marked("Given to"),
    "token": marked("API token"),
    "tokens": marked("API tokens"),
    "tried": marked("What was tried"),
    "until": marked("Until"),
    "user": marked("Person"),
    "version": marked("Version"),
    "webhook": marked("Webhook"),
    "what": marked("What was tried"),
    "where": marked("Read on"),
}
"""What each particular is called."""

VALUES: Mapping[str, Mapping[str, str]] = {
    "basis": {code: one.words for code, one in BASES.items()},
    "channel": CHANNELS,
    "where": {
        "case": marked("the page of the case"),
        "case_file": marked("the file of the case"),
        "correction": marked("the form to put an entry right"),
        "draft": marked("a saved draft"),
        "emergency_access": marked("the page of an emergency access"),
        "mail": marked("a mail"),
        "proof_pack": marked("the proof pack"),
        "task": marked("the page of a task"),
        "worklist": marked("My work"),
    },
    "side": {"esd": marked("Employment Security"), "partner": marked("the partner")},
    "threshold": {"lapsed": marked("not in force any more")},
    "role": ROLES,
    "roles": ROLES,
    "rule": {
        "assigned_to_another": marked("somebody else holds the task"),
        "outcome_unknown": marked("the connection broke, and nobody knows whether it was saved"),
        "unavailable": marked("the data could not be reached at that moment"),
        "busy": marked("somebody else was at the case at that moment"),
        "draft_changed": marked("other answers had been saved meanwhile"),
        "duplicate_case": marked("the agency has an open request for the client"),
        "form_refused": marked("answers had to be put right"),
        "held_by_agreement": marked("the agency’s agreement is not in force"),
        "incident": marked("the case could not go on"),
        "invalid_bundle": marked("the process could not be deployed"),
        "invalid_input": marked("answers had to be put right"),
        "key_reused": marked("the key of the request had been used before"),
        "not_allowed": marked("not allowed to this person"),
        "not_found": marked("nothing there that this person may see"),
        "not_now": marked("not possible at that point"),
        "not_permitted": marked("this person may not open requests"),
        "not_signed_in": marked("not signed in"),
        "nothing_free": marked("no task was free"),
        "refused": marked("not possible"),
        "sign_in_failed": marked("user name or password was wrong"),
        "ssn_blocked": marked("it looked like a Social Security number"),
        "stale": marked("the task had been changed meanwhile"),
        "task_closed": marked("the task was closed already"),
        "too_many_attempts": marked("too many attempts to sign in"),
        "two_keys_needed": marked("only ESD staff who are not restricted may record this"),
    },
}
"""What stands for a value that is a short name."""


def particulars(row: TrailRow) -> str:
    """The particulars of an event that its sentence does not say: `Read on: the page of the case`."""
    shown = {name: value for name, value in row.detail.items() if name not in SAID_ALREADY}
    if "to" in shown:
        shown["to"] = row.receiver
    if row.kind in SENT and row.receiver:
        shown["to"] = row.receiver
    if row.shown:
        shown["fields"] = row.shown
    told = ((_label(row.kind, name), _plain(name, value)) for name, value in shown.items())
    return "; ".join(f"{label}: {value}" for label, value in told if value)


def _label(kind: str, name: str) -> str:
    if name == "fields" and kind in ("refused", "ssn_blocked"):
        return gettext("About")
    if name == "fields" and kind in READINGS:
        return gettext("What was shown")
    if name == "to" and kind in SENT:
        return gettext("To")
    return gettext(LABELS[name]) if name in LABELS else name.replace("_", " ")


def _plain(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_plain(key, one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(_plain(name, one) for one in value))
    return tried_words(str(value)) if name == "what" and value else said(name, value)


def said(name: str, value: object) -> str:
    """The value of a particular in words; itself where it is no short name, empty where there is none."""
    words = "" if value is None else str(value)
    return gettext(VALUES.get(name, {}).get(words, words))
