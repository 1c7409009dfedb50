"""History, states and messages in sentences for people; where a case stands is told by `state_words`."""

from collections.abc import Callable, Mapping
from typing import Any

from workflows.cases import ERROR_REASONS, NOT_SAID, OUTCOMES, PRIVATE_OUTCOMES, STATUSES, Case
from workflows.db import Json
from workflows.definitions import OPT_OUT_AGAIN
from workflows.history import HistoryEvent
from workflows.language import gettext, marked, small_first
from workflows.outbox import ESD_ONLY_KINDS
from workflows.privacy import OFFER_ELEMENTS

MESSAGE_WORDS = {
    "notify_supervisor": marked("The ESD WIOA supervisor is told of the request"),
    "notify_partner_change_made": marked("The partner is told that the change was made"),
    "notify_partner_remains_opted_out": marked("The partner is told that the client remains opted out"),
    "notify_partner_withdrawn": marked("The partner is told that the request was withdrawn"),
    "notify_partner_unreachable": marked("The partner is told that the client could not be reached"),
    "notify_partner_not_in_eto": marked("The partner is told that there is no record"),
    "notify_partner_located": marked("The partner is told that the record was located"),
    "notify_esd_check_wanted": marked("Employment Security is asked to check the record"),
    "remind_supervisor": marked("Reminder of the open contact task"),
    "remind_undecided": marked("Reminder: the client has not decided yet"),
    "remind_offer_open": marked("Reminder: the client wanted time to think about the offer"),
    "remind_overdue": marked("Reminder of a task past its due time"),
    "remind_now": marked("Reminder that a colleague asked for"),
    "escalate_to_backup": marked("The backup supervisors are told"),
    "escalate_to_program_manager": marked("The program managers are told that the request is late"),
    "tell_program_manager_not_visible": marked(
        "The program managers are told that the record is still not visible"
    ),
    "notify_opt_out_again_wanted": marked("The supervisors are told that a client wants to opt out again"),
    "escalate_hold": marked("The program managers are told that the case has been on hold for long"),
    "ask_to_call_client": marked("The case manager is asked to remind the client"),
    "notify_assigned_staff": marked("The assigned ESD staff are told"),
    "agreement_warning": marked("Warning that an agreement ends soon"),
    "agreement_lapsed": marked("Notice that an agreement is not in force"),
    "notify_access_ended": marked("The partner is told that access to the record has ended"),
    "substitute_named": marked("The substitute of somebody absent is told"),
    "mail_undeliverable": marked("The administrators are told of an undeliverable message"),
    "your_mail_undeliverable": marked("Whoever caused a message is told that it could not be delivered"),
    "approval_wanted": marked("The supervisors are asked to approve a role or a lifted restriction"),
    "emergency_access": marked("Notice that facts about a client were opened in an emergency"),
    "account_set_up": marked("A link to choose a password"),
    "daily_mail": marked("The daily mail of open tasks"),
    "webhook_off": marked("The administrators are told of a webhook that was turned off"),
    "publication_wanted": marked("A second person is asked to approve a version of the procedure"),
    "test_mail": marked("The test of a mail that is being written"),
}

_SENTENCES = {
    "case_opened": marked("The request was opened."),
    "request_sent": marked("The request went to the ESD WIOA supervisor."),
    "contact_made": marked("The supervisor and the client were in contact."),
    "contact_attempted": marked("An attempt to contact the client did not succeed."),
    "client_has_not_called": marked("The client has not called yet; the supervisor is asked to call."),
    "escalated_to_backup": marked("The backup supervisors can now take the task."),
    "escalated_to_program_manager": marked("The program managers were told that the request is late."),
    "case_held": marked("The case was put on hold, because the agency’s agreement is not in force."),
    "case_resumed": marked("The hold ended."),
    "case_withdrawn": marked("The client withdrew the request."),
    "client_facts_erased": marked("What was stored about the client was erased."),
    "opt_out_again_wanted": marked("The client asked to opt out again."),
    "access_ended": marked("The client opted out again; partner staff no longer see the record."),
    "answered_by_linked_case": marked("The opt-in was recorded with another request of the same client."),
    "client_facts_read": marked("Facts about the client were read."),
    "clients_searched": marked("Clients were searched by name."),
    "case_exported": marked("The file of the case was taken out."),
    "proof_pack_made": marked("The proof pack of the case was made."),
    "reminder_asked": marked("A reminder was asked for."),
    "note_written": marked("A note was written."),
    "draft_expired": marked("The request was begun and not sent in time; what was begun is erased."),
    "office_phone_set": marked("The number on the contact card of an office was set."),
    "agreement_changed": marked("An agreement was entered or changed."),
    "agreement_warning": marked("The contract managers were warned that an agreement ends."),
    "agreement_lapsed": marked("An agreement is no longer in force."),
    "absence_entered": marked("An absence was entered, with the substitute."),
    "absence_ended": marked("An absence was ended early."),
    "backup_group_set": marked("The backup group of an office was set."),
    "webhook_entered": marked("A webhook was entered."),
    "webhook_changed": marked("Address or kinds of a webhook were changed."),
    "webhook_secret_renewed": marked("A webhook was given a new secret."),
    "webhook_turned_on": marked("A webhook was turned on."),
    "webhook_turned_off": marked("A webhook was turned off."),
    "webhook_removed": marked("A webhook was removed."),
    "webhook_replayed": marked("Events were delivered to a webhook again."),
    "webhook_failed": marked("A webhook was turned off, because its address failed for too long."),
    "token_created": marked("An API token was made."),
    "token_revoked": marked("An API token was revoked."),
    "restriction_lift_asked": marked("An administrator asked to lift the restriction of ESD staff."),
    "restriction_lift_approved": marked("A supervisor approved that the restriction of ESD staff is lifted."),
    "restriction_lift_declined": marked("The restriction of ESD staff was left in place."),
    "incident_met": marked(
        "The case could not go on at this point. Nothing was changed; the administrators know of it."
    ),
    "incident_retried": marked("An administrator had it tried again."),
    "incident_resolved": marked("What had not worked is put right."),
    "incident_dismissed": marked("An administrator put the problem away."),
    "timer_fired": marked("A time limit passed."),
    "claim_released_idle": marked("The task went back to the group, because nothing had happened."),
    "signed_in": marked("Signed in."),
    "signed_out": marked("Signed out."),
    "sign_in_failed": marked("Somebody tried to sign in and failed."),
    "person_added": marked("A person was added."),
    "person_changed": marked("What is kept of a person was changed."),
    "role_asked": marked("An administrator asked for an ESD role for somebody."),
    "role_approved": marked("A supervisor approved an ESD role."),
    "role_declined": marked("An ESD role was not given."),
    "setup_link_sent": marked("A link to choose a password was sent."),
    "password_set": marked("A password was chosen with a link."),
    "password_changed": marked("Somebody changed their own password."),
    "session_ended": marked("Somebody ended sessions of their own."),
    "access_of_person_ended": marked("All sessions and API tokens of a person were ended."),
    "setting_changed": marked("A setting was changed."),
    "emergency_access_opened": marked("Who the client is was opened in an emergency."),
    "audit_exported": marked("The history was taken out as a file."),
    "refused": marked("Something was refused."),
    "ssn_blocked": marked("What looked like a Social Security number was refused."),
    "claim_lost": marked("Somebody else was faster to take the task."),
    "process_deployed": marked("A version of the process was deployed."),
    "publication_proposed": marked("A draft of the procedure was proposed for publication."),
    "publication_approved": marked("A second person approved a version of the procedure."),
    "publication_declined": marked("A second person declined a version of the procedure."),
    "publication_withdrawn": marked("A proposed version of the procedure was taken back."),
    "publication_done": marked("Every open case that a publication was to move was looked at."),
    "publication_undone": marked("The publication of a version of the procedure was undone."),
    "publication_cases_back": marked("Every case that an undone publication had moved was looked at."),
    "case_move_rolled_back": marked(
        "Moving the case to a newer version came out otherwise than foretold, so nothing was changed."
    ),
    "draft_begun": marked("A draft of the process was begun."),
    "draft_changed": marked("A draft of the process was changed."),
    "draft_discarded": marked("A draft of the process was thrown away."),
    "draft_took_over": marked("A draft of the process took over the changes of another version."),
    "records_hold_placed": marked("The records of the case were put on hold."),
    "records_hold_ended": marked("The hold on the records of the case was ended."),
    "case_anonymised": marked("The case was anonymised, because its records need not be kept any more."),
}

KIND_WORDS = {
    "task_opened": marked("Task opened"),
    "task_completed": marked("Task completed"),
    "task_withdrawn": marked("Task no longer needed"),
    "task_claimed": marked("Task claimed"),
    "task_released": marked("Task given back"),
    "task_reassigned": marked("Task given to somebody else"),
    "entry_corrected": marked("Entry put right"),
    "case_closed": marked("Case closed"),
    "case_exported": marked("Case file taken out"),
    "proof_pack_made": marked("Proof pack made"),
    "case_opened_in_error": marked("Case opened in error"),
    "partner_told": marked("Decision passed on"),
    "timer_fired": marked("Time limit passed"),
    "client_facts_read": marked("Facts about a client read"),
    "message_waiting": marked("Message queued"),
    "message_sent": marked("Message sent"),
    "message_failed": marked("Message undeliverable"),
    "message_attempt_failed": marked("Message failed, tried again"),
    "message_withheld": marked("Message withheld"),
    "message_undeliverable": marked("Message came back"),
    "message_came_back": marked("Message came back for now, tried again"),
    "message_resent": marked("Message handed over once more"),
    "message_unknown": marked("Message of which nobody knows"),
    "message_arrived": marked("Message arrived, as somebody said"),
    "message_in_app": marked("Message in the app"),
    "message_sent_again": marked("Message sent again by hand"),
    "message_without_recipient": marked("Nobody to tell"),
    "emergency_access_opened": marked("Emergency access"),
    "audit_exported": marked("History taken out"),
    "refused": marked("Refused"),
    "ssn_blocked": marked("Social Security number refused"),
    "access_of_person_ended": marked("Sessions and tokens ended"),
}
"""Kinds of events as a list names them, where the plain words of the kind say too little."""

_TASK_SENTENCES = {
    "task_opened": marked("“{task}” is open."),
    "task_completed": marked("“{task}” was completed."),
    "task_withdrawn": marked("“{task}” is no longer needed."),
    "task_claimed": marked("“{task}” was claimed."),
    "task_released": marked("“{task}” was given back."),
    "task_reassigned": marked("“{task}” was given to somebody else."),
    "entry_corrected": marked("An entry of “{task}” was put right."),
}

_DECISIONS = {
    "opt_in": marked("The decision was passed on: the client’s record is shared."),
    "remain_opted_out": marked("The decision was passed on: the client remains opted out."),
}


def sentence(event: HistoryEvent, task_names: dict[str, str]) -> str:
    """One event in one sentence."""
    if event.kind in _TASK_SENTENCES:
        name = task_names.get(event.element or "") or event.element or ""
        return gettext(_TASK_SENTENCES[event.kind]).format(task=gettext(name))
    if event.kind.startswith("message_"):
        return _message_sentence(event)
    if event.kind in _OF_DETAIL:
        return _OF_DETAIL[event.kind](event.detail)
    return gettext(_SENTENCES.get(event.kind, event.kind.replace("_", " ").capitalize() + "."))


def closed_words(outcome: str | None) -> str:
    """That a case was closed, and how."""
    words = OUTCOMES.get(outcome or "")
    if words is None:
        return gettext("The case was closed without an outcome.")
    return gettext("The case was closed: {outcome}.").format(outcome=small_first(gettext(words)))


def _passed_on(detail: Json) -> str:
    return gettext(_DECISIONS.get(detail.get("decision", ""), _PASSED_ON))


def _in_error(detail: Json) -> str:
    reason = gettext(ERROR_REASONS.get(detail.get("reason", ""), ERROR_REASONS[NOT_SAID]))
    words = gettext("The request was marked as opened in error: {reason}.")
    return words.format(reason=small_first(reason))


def _moved(detail: Json) -> str:
    words = gettext(
        "The case goes on in version {after} of the procedure; before that it was version {before}."
    )
    return words.format(before=detail.get("before"), after=detail.get("after"))


_PASSED_ON = marked("The decision was passed on.")
_OF_DETAIL: dict[str, Callable[[Json], str]] = {
    "case_closed": lambda detail: closed_words(detail.get("outcome")),
    "partner_told": _passed_on,
    "case_opened_in_error": _in_error,
    "case_moved": _moved,
    "case_moved_back": _moved,
}

MESSAGE_STATES = {
    "message_without_recipient": marked(
        "{message}: nobody could be told, because nobody holds the role{number}."
    ),
    "message_waiting": marked("{message}: queued{number}."),
    "message_withheld": marked("{message}: withheld until the agreement is in force again{number}."),
    "message_digest": marked("{message}: kept for the daily mail, as its recipient chose{number}."),
    "message_app": marked("{message}: shown in the app only, as its recipient chose{number}."),
    "message_sent": marked("{message}: sent{number}."),
    "message_failed": marked("{message}: could not be delivered{number}."),
    "message_attempt_failed": marked("{message}: an attempt failed; it will be tried again{number}."),
    "message_sent_again": marked("{message}: queued again{number}."),
    "message_undeliverable": marked("{message}: came back, because it could not be delivered{number}."),
    "message_came_back": marked("{message}: came back for now; it will be tried again{number}."),
    "message_resent": marked(
        "{message}: it was not known whether it went out; it goes out once more{number}."
    ),
    "message_unknown": marked(
        "{message}: it went out twice, and it is not known whether it arrived{number}."
    ),
    "message_arrived": marked("{message}: somebody made sure that it arrived{number}."),
    "message_in_app": marked("{message}: shown in the app{number}."),
}
_MESSAGE = marked("{message}{number}.")


def _message_sentence(event: HistoryEvent) -> str:
    words = message_words(event.detail.get("message_kind", ""), event.detail)
    number = f" ({event.detail['message']})" if event.detail.get("message") else ""
    said = gettext(MESSAGE_STATES.get(event.kind, _MESSAGE))
    return said.format(message=words, number=number)


_SOME_MESSAGE = marked("A message")


def message_words(kind: str, about: Mapping[str, Any]) -> str:
    """What a list calls a message; a bundle's own mail by its `title`."""
    return (
        gettext(MESSAGE_WORDS[kind]) if kind in MESSAGE_WORDS else about.get("title", gettext(_SOME_MESSAGE))
    )


def kind_words(kind: str) -> str:
    """A kind of event as a list names it."""
    return gettext(KIND_WORDS.get(kind, kind.replace("_", " ").capitalize()))


def tells_offer(event: HistoryEvent) -> bool:
    """Whether an event tells the client's answer to the offer of ESD staff, which stays with ESD (X14)."""
    return (
        event.element in OFFER_ELEMENTS
        or event.detail.get("message_kind") in ESD_ONLY_KINDS
        or event.detail.get("outcome") in PRIVATE_OUTCOMES
    )


def tells_less(event: HistoryEvent) -> bool:
    """Whether an event is the partners' version of one that ESD reads in full beside it."""
    return event.kind == "case_closed" and event.detail.get("outcome") == "remained_opted_out"


_OPT_OUT_WORDS = {"opting_in": marked("The opt-out is being recorded")}


def status_words(case: Case, status: str) -> str:
    """A state in words; the small case of a client who opts out again has its own."""
    own = _OPT_OUT_WORDS if case.process_key == OPT_OUT_AGAIN else {}
    return gettext(own.get(status, STATUSES[status]))
