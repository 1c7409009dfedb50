"""What the inbox says of each message, to the person it is for."""

from collections.abc import Mapping
from typing import Any

from workflows.language import gettext, marked
from workflows.outbox import ESD_ONLY_KINDS

WORDS = {
    "notify_supervisor": marked("A request waits for an ESD WIOA supervisor."),
    "notify_partner_change_made": marked(
        "The change you asked for was made. Confirm that you see the record."
    ),
    "notify_partner_remains_opted_out": (
        marked(
            "The client asked to remain opted out. This in no way affects the client’s eligibility for services."
        )
    ),
    "notify_partner_withdrawn": marked("The request was withdrawn."),
    "notify_partner_unreachable": marked("The client could not be reached, so the request is closed."),
    "notify_partner_not_in_eto": marked("The client is not in the case management system."),
    "notify_partner_located": marked(
        "Employment Security located the record. You can add it to your office."
    ),
    "notify_esd_check_wanted": marked("The partner’s lookup showed nothing. Check the record."),
    "remind_supervisor": marked("The talk with the client is still open."),
    "remind_undecided": marked("The client has not decided yet."),
    "remind_offer_open": marked("The client wanted time to think about the offer."),
    "remind_overdue": marked("A task is late: {task}."),
    "remind_now": marked("Somebody who waits asks you to look at this case."),
    "escalate_to_backup": marked("Nobody has taken this request yet. You may take it as backup."),
    "escalate_to_program_manager": marked("This case takes longer than it should."),
    "tell_program_manager_not_visible": marked("The partner still does not see the record after two rounds."),
    "notify_opt_out_again_wanted": marked("The client wants to opt out again. This is due today."),
    "escalate_hold": marked("This case has been on hold for too long."),
    "ask_to_call_client": marked("The client has not called yet. Ask the client again."),
    "notify_assigned_staff": marked("You were assigned to work with the client."),
    "agreement_warning": marked("An agreement ends soon."),
    "agreement_lapsed": marked("An agreement is not in force."),
    "notify_access_ended": marked("Access to the client’s record has ended."),
    "mail_undeliverable": marked("Message {message} could not be delivered."),
    "your_mail_undeliverable": marked(
        "A mail that went out with your work could not be delivered. Whoever it was for finds the work in the app."
    ),
    "approval_wanted": marked("Somebody’s role or restriction waits for your approval."),
    "emergency_access": marked("Who the client is was opened in an emergency. Look at the reason."),
    "account_set_up": marked("A link to choose a password was mailed to you."),
    "substitute_named": marked("You stand in for somebody who is absent."),
    "webhook_off": marked("Webhook {webhook} was turned off, because its address failed for too long."),
    "publication_wanted": marked("A new version of the procedure waits for a second person to approve it."),
    "test_mail": marked("The test of a mail that you asked for was sent to you."),
}
"""The sentence of each kind; what stands in braces is an id or a name of the procedure, kept with the message."""

PLACES = {
    "agreement_warning": "/admin/agreements",
    "agreement_lapsed": "/admin/agreements",
    "mail_undeliverable": "/admin/outbox?state=undeliverable",
    "approval_wanted": "/admin/people",
    "substitute_named": "/work",
    "webhook_off": "/admin/webhooks/{webhook}",
    "publication_wanted": "/processes/publications/{publication}",
    "test_mail": "/processes/drafts/{draft}/mail/{mail}",
}
"""Where a message leads that is about no case."""

FOR_MANAGERS = frozenset({"escalate_to_program_manager", "tell_program_manager_not_visible", "escalate_hold"})
"""Kinds that go to program managers, who know a case by number, age and state."""

FOR_PARTNER = frozenset(
    {
        "notify_partner_change_made",
        "notify_partner_remains_opted_out",
        "notify_partner_withdrawn",
        "notify_partner_unreachable",
        "notify_partner_not_in_eto",
        "notify_partner_located",
        "ask_to_call_client",
        "notify_access_ended",
    }
)
FOR_ESD = ESD_ONLY_KINDS | {
    "notify_supervisor",
    "notify_esd_check_wanted",
    "remind_supervisor",
    "remind_undecided",
    "escalate_to_backup",
    "notify_opt_out_again_wanted",
}

OWN_TO = {
    "case_manager": FOR_PARTNER,
    "supervisor": FOR_ESD,
    "esd_staff": FOR_ESD,
    "program_manager": FOR_MANAGERS,
}
"""Whom a bundle's own mail is to, and the kinds that are read as it is."""


def is_for(side: frozenset[str], kind: str, about: Mapping[str, Any]) -> bool:
    """Whether a message goes to a side: the partner, Employment Security, or the program managers."""
    return kind in side or (kind not in WORDS and OWN_TO.get(about.get("to", "")) is side)


A_TASK_IS_LATE = marked("A task of this case is late.")
"""What program managers read of `remind_overdue`: the name of a partner's task may tell how the request ended."""

OF_NO_NAME = marked("There is a message for you.")
"""What is said of a kind that a newer version wrote."""

HIDDEN = marked("A message about a case that you may no longer see.")
ON_HOLD = marked(
    "A message about a case that is on hold. It can be read again when the agreement is in force."
)
REDUCED = marked("A message about a case of which you now see number and outcome only.")


def words_of(kind: str, about: Mapping[str, Any]) -> str:
    """The sentence of a message, filled with what is kept with it; a bundle's own mail is called by its title."""
    if kind not in WORDS and about.get("title"):
        return str(about["title"])
    said = {"message": "", "webhook": "", "publication": "", **about, "task": gettext(about.get("task", ""))}
    return gettext(WORDS.get(kind, OF_NO_NAME)).format_map(said)


def place_of(kind: str, about: Mapping[str, Any]) -> str:
    """The page that a message about no case leads to; empty where there is none."""
    nothing = {"webhook": "", "publication": "", "draft": "", "mail": ""}
    return PLACES.get(kind, "").format_map({**nothing, **about})
