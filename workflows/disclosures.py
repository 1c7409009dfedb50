"""Which facts about a client left the product: by which channel, to whom, and what allowed it (domain 7.3).

Every reading is one event of the history, and the ledger is made of those events: `fields` names what was shown (never
what it said), `channel` the way out, `basis` the rule that allowed it. `esd_fields` are names that tell the answer to
the offer by being there, and are for Employment Security alone (X14).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflows.history import READINGS
from workflows.language import gettext, marked
from workflows.privacy import AUD, CM, ESD, SUP, Standing

SENT = ("message_sent", "message_app", "message_digest")
"""Messages that reached their recipient: by mail, in the app alone, or in the app and the daily mail."""
KINDS = (*READINGS, *SENT)
"""The events of the history that the ledger is made of."""

CHANNELS = {
    "screen": marked("on a page"),
    "api": marked("through another program (API)"),
    "mail": marked("by mail"),
    "app": marked("in the inbox of the app"),
    "export": marked("as a file or on paper"),
    "webhook": marked("to another program (webhook)"),
}
CHANNEL_OF_MESSAGE = {"message_sent": "mail", "message_app": "app", "message_digest": "app"}


@dataclass(frozen=True)
class Basis:
    """What allowed a disclosure: the rule in words, the same to the client, and the clause that it follows, empty for a
    rule of the product."""

    words: str
    to_client: str
    clause: str = ""


BASES = {
    "request": Basis(
        marked("The client agreed to this request at the agency, which has a data-sharing agreement"),
        marked("you agreed to this request at the agency, which has a data-sharing agreement"),
        "5512PRO 4",
    ),
    "opted_in": Basis(
        marked("The client chose to share the record with partner staff"),
        marked("you chose to share your record with partner staff"),
        "5512PRO 7a",
    ),
    "supervisor": Basis(
        marked("The request went to the ESD WIOA supervisors of the case"),
        marked("your request went to the supervisors of Employment Security"),
        "5512PRO 4",
    ),
    "given": Basis(
        marked("Authorized ESD staff who were given a task of the case"),
        marked("somebody of Employment Security was given work on your request"),
        "policy 4013, policy",
    ),
    "office": Basis(
        marked("Authorized ESD staff of the office, who may take the task"),
        marked("staff of Employment Security in your office may take work on your request"),
        "policy 4013, policy",
    ),
    "audit": Basis(
        marked("An auditor checks how the procedure is kept; who the client is stays hidden"),
        marked("an auditor checks that the rules are kept, without being shown who you are"),
    ),
    "emergency": Basis(
        marked("Emergency access with a reason; the supervisors were told at once"),
        marked("there was an emergency; a reason was written down and the supervisors were told at once"),
    ),
    "mail": Basis(
        marked("The area has step 4 name the client in the mail to the supervisor"),
        marked("the mail about your request names you, as the area has decided"),
        "5512PRO 4",
    ),
    "told": Basis(
        marked("The procedure has this person told; the message names no client"),
        marked("the procedure has this person told; the message does not name you"),
    ),
    "webhook": Basis(
        marked("A program of the area is told that something happened, and never to whom"),
        marked("a program is told that something happened, and never to whom"),
    ),
}

FIELDS = {
    "client_name": marked("the client’s name"),
    "contact": marked("how to reach the client"),
    "language": marked("the client’s language"),
    "reason": marked("why the client asks"),
    "aid": marked("whether an interpreter or aid is asked for"),
    "note": marked("notes"),
    "esd_note": marked("notes for Employment Security only"),
    "case_number": marked("the case number and that something is to be done"),
    "told_decision": marked("what the client decided"),
    "told_outcome": marked("how the request ended"),
}
"""Facts in words; whatever is not here is an answer to a question of a step."""

YOURS = {
    "client_name": marked("your name"),
    "contact": marked("how to reach you"),
    "language": marked("your language"),
    "reason": marked("why you ask"),
    "aid": marked("whether you asked for an interpreter or aid"),
    "note": marked("notes about your request"),
    "esd_note": marked("notes that only Employment Security reads"),
    "told_decision": marked("what you decided"),
    "told_outcome": marked("how your request ended"),
}
"""The same to the client."""

_TOGETHER = {
    "single_name": "client_name",
    "client_first_name": "client_name",
    "client_last_name": "client_name",
    "no_phone": "contact",
    "phone": "contact",
    "alt_contact": "contact",
    "alt_contact_detail": "contact",
    "best_time": "contact",
    "interpreter": "aid",
    "aux_aid": "aid",
}
"""Facts that are named together, because the name alone would tell: that there is no telephone, or that aid is needed."""

TOLD = {
    "notify_supervisor": ("case_number", "5512PRO 4"),
    "notify_esd_check_wanted": ("case_number", "5512PRO 4"),
    "notify_partner_change_made": ("told_decision", "5512PRO 7e"),
    "notify_partner_remains_opted_out": ("told_decision", "5512PRO 7h"),
    "notify_partner_withdrawn": ("told_outcome", "policy 4013, policy"),
    "notify_partner_unreachable": ("told_outcome", "5512PRO 6"),
    "notify_partner_not_in_eto": ("told_outcome", "5512PRO 2b"),
    "notify_partner_located": ("told_outcome", "5512PRO 2a.ii"),
    "notify_access_ended": ("told_outcome", "policy 4013, policy"),
    "notify_opt_out_again_wanted": ("told_decision", "policy 4013, policy"),
    "notify_assigned_staff": ("case_number", "5512PRO 7g"),
}
"""What each kind of message tells, and by which clause; any other one tells the number of the case alone (`told_by`)."""


def told_by(message_kind: object) -> tuple[str, str]:
    """What a kind of message tells, and by which clause."""
    return TOLD.get(str(message_kind), ("case_number", ""))


def named(fields: Iterable[str]) -> list[str]:
    """Fields as the ledger names them, each once."""
    return sorted({_TOGETHER.get(name, name) for name in fields})


def basis_of(standing: Standing) -> str:
    """What allows somebody to read of a case now, by the strongest role in which they read it."""
    roles = standing.roles
    if CM in roles and not roles & {SUP, ESD}:
        return "opted_in" if standing.case.told == "opt_in" else "request"
    held = {SUP: "supervisor", ESD: "given", AUD: "audit"}
    return next((basis for role, basis in held.items() if role in roles), "office")


def field_words(name: str, table: Mapping[str, str] = FIELDS) -> str:
    """A fact in words; the answer to a question of a step by the question's short name."""
    return gettext(table[name]) if name in table else name.replace("_", " ")
