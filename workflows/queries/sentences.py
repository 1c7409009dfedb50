"""History, states and messages in sentences for people; where a case stands is told by `state_words`."""

from workflows.cases import ERROR_REASONS, NOT_SAID, OUTCOMES, PRIVATE_OUTCOMES, STATUSES, Case
from workflows.definitions import OPT_OUT_AGAIN
from workflows.history import HistoryEvent
from workflows.outbox import ESD_ONLY_KINDS
from workflows.privacy import OFFER_ELEMENTS

MESSAGE_WORDS = {
    "notify_supervisor": "The ESD WIOA supervisor is told of the request",
    "notify_partner_change_made": "The partner is told that the change was made",
    "notify_partner_remains_opted_out": "The partner is told that the client remains opted out",
    "notify_partner_withdrawn": "The partner is told that the request was withdrawn",
    "notify_partner_unreachable": "The partner is told that the client could not be reached",
    "notify_partner_not_in_eto": "The partner is told that there is no record",
    "notify_partner_located": "The partner is told that the record was located",
    "notify_esd_check_wanted": "Employment Security is asked to check the record",
    "remind_supervisor": "Reminder of the open contact task",
    "remind_undecided": "Reminder: the client has not decided yet",
    "remind_offer_open": "Reminder: the client wanted time to think about the offer",
    "remind_overdue": "Reminder of a task past its due time",
    "remind_now": "Reminder that a colleague asked for",
    "escalate_to_backup": "The backup supervisors are told",
    "escalate_to_program_manager": "The program managers are told that the request is late",
    "tell_program_manager_not_visible": "The program managers are told that the record is still not visible",
    "notify_opt_out_again_wanted": "The supervisors are told that a client wants to opt out again",
    "escalate_hold": "The program managers are told that the case has been on hold for long",
    "ask_to_call_client": "The case manager is asked to remind the client",
    "notify_assigned_staff": "The assigned ESD staff are told",
    "agreement_warning": "Warning that an agreement ends soon",
    "agreement_lapsed": "Notice that an agreement is not in force",
    "notify_access_ended": "The partner is told that access to the record has ended",
    "mail_undeliverable": "The administrators are told of an undeliverable message",
    "approval_wanted": "The supervisors are asked to approve a role or a lifted restriction",
    "emergency_access": "Notice that facts about a client were opened in an emergency",
    "account_set_up": "A link to choose a password",
}

_SENTENCES = {
    "case_opened": "The request was opened.",
    "request_sent": "The request went to the ESD WIOA supervisor.",
    "contact_made": "The supervisor and the client were in contact.",
    "contact_attempted": "An attempt to contact the client did not succeed.",
    "client_has_not_called": "The client has not called yet; the supervisor is asked to call.",
    "escalated_to_backup": "The backup supervisors can now take the task.",
    "escalated_to_program_manager": "The program managers were told that the request is late.",
    "case_held": "The case was put on hold, because the agency’s agreement is not in force.",
    "case_resumed": "The hold ended.",
    "case_withdrawn": "The client withdrew the request.",
    "client_facts_erased": "What was stored about the client was erased.",
    "opt_out_again_wanted": "The client asked to opt out again.",
    "access_ended": "The client opted out again; partner staff no longer see the record.",
    "answered_by_linked_case": "The opt-in was recorded with another request of the same client.",
    "client_facts_read": "Facts about the client were read.",
    "reminder_asked": "A reminder was asked for.",
    "note_written": "A note was written.",
    "draft_expired": "The request was begun and not sent in time; what was begun is erased.",
    "office_phone_set": "The number on the contact card of an office was set.",
    "token_created": "An API token was made.",
    "token_revoked": "An API token was revoked.",
    "restriction_lift_asked": "An administrator asked to lift the restriction of ESD staff.",
    "restriction_lift_approved": "A supervisor approved that the restriction of ESD staff is lifted.",
    "restriction_lift_declined": "The restriction of ESD staff was left in place.",
    "incident_met": "The case could not go on at this point. Nothing was changed; the administrators know of it.",
    "incident_retried": "An administrator had it tried again.",
    "incident_resolved": "What had not worked is put right.",
    "incident_dismissed": "An administrator put the problem away.",
    "claim_released_idle": "The task went back to the group, because nothing had happened.",
    "signed_in": "Signed in.",
    "signed_out": "Signed out.",
    "sign_in_failed": "Somebody tried to sign in and failed.",
    "person_added": "A person was added.",
    "person_changed": "What is kept of a person was changed.",
    "role_asked": "An administrator asked for an ESD role for somebody.",
    "role_approved": "A supervisor approved an ESD role.",
    "role_declined": "An ESD role was not given.",
    "setup_link_sent": "A link to choose a password was sent.",
    "password_set": "A password was chosen with a link.",
    "password_changed": "Somebody changed their own password.",
    "session_ended": "Somebody ended sessions of their own.",
    "access_of_person_ended": "All sessions and API tokens of a person were ended.",
    "setting_changed": "A setting was changed.",
    "emergency_access_opened": "Who the client is was opened in an emergency.",
    "audit_exported": "The history was taken out as a file.",
    "refused": "Something was refused.",
    "ssn_blocked": "What looked like a Social Security number was refused.",
    "claim_lost": "Somebody else was faster to take the task.",
    "agreement_changed": "An agreement was entered or changed.",
    "process_deployed": "A version of the process was deployed.",
}

KIND_WORDS = {
    "task_opened": "Task opened",
    "task_completed": "Task completed",
    "task_withdrawn": "Task no longer needed",
    "task_claimed": "Task claimed",
    "task_released": "Task given back",
    "task_reassigned": "Task given to somebody else",
    "entry_corrected": "Entry put right",
    "case_closed": "Case closed",
    "case_opened_in_error": "Case opened in error",
    "partner_told": "Decision passed on",
    "timer_fired": "Time limit passed",
    "client_facts_read": "Facts about a client read",
    "message_waiting": "Message queued",
    "message_sent": "Message sent",
    "message_failed": "Message undeliverable",
    "message_attempt_failed": "Message failed, tried again",
    "message_withheld": "Message withheld",
    "message_sent_again": "Message sent again by hand",
    "message_without_recipient": "Nobody to tell",
    "emergency_access_opened": "Emergency access",
    "audit_exported": "History taken out",
    "refused": "Refused",
    "ssn_blocked": "Social Security number refused",
    "access_of_person_ended": "Sessions and tokens ended",
}
"""Kinds of events as a list names them, where the plain words of the kind say too little."""

_TASK_SENTENCES = {
    "task_opened": "“{}” is open.",
    "task_completed": "“{}” was completed.",
    "task_withdrawn": "“{}” is no longer needed.",
    "task_claimed": "“{}” was claimed.",
    "task_released": "“{}” was given back.",
    "task_reassigned": "“{}” was given to somebody else.",
    "entry_corrected": "An entry of “{}” was put right.",
}

_DECISIONS = {"opt_in": "the client’s record is shared", "remain_opted_out": "the client remains opted out"}


def sentence(event: HistoryEvent, task_names: dict[str, str]) -> str:
    """One event in one sentence."""
    detail = event.detail
    if event.kind in _TASK_SENTENCES:
        return _TASK_SENTENCES[event.kind].format(task_names.get(event.element or "", event.element))
    if event.kind == "case_closed":
        return f"The case was closed: {OUTCOMES.get(detail.get('outcome') or '', 'no outcome').lower()}."
    if event.kind == "partner_told":
        return f"The decision was passed on: {_DECISIONS.get(detail.get('decision', ''), '')}."
    if event.kind.startswith("message_"):
        return _message_sentence(event)
    if event.kind == "case_opened_in_error":
        words = ERROR_REASONS.get(detail.get("reason", ""), ERROR_REASONS[NOT_SAID])
        return f"The request was marked as opened in error: {words[:1].lower()}{words[1:]}."
    if event.kind == "timer_fired":
        return "A time limit passed."
    return _SENTENCES.get(event.kind, event.kind.replace("_", " ").capitalize() + ".")


MESSAGE_STATES = {
    "message_without_recipient": "nobody could be told, because nobody holds the role",
    "message_waiting": "queued",
    "message_withheld": "withheld until the agreement is in force again",
    "message_sent": "sent",
    "message_failed": "could not be delivered",
    "message_attempt_failed": "an attempt failed; it will be tried again",
    "message_sent_again": "queued again",
}


def _message_sentence(event: HistoryEvent) -> str:
    words = MESSAGE_WORDS.get(event.detail.get("message_kind", ""), "A message")
    number = f" ({event.detail['message']})" if "message" in event.detail else ""
    return f"{words}: {MESSAGE_STATES.get(event.kind, '')}{number}."


def kind_words(kind: str) -> str:
    """A kind of event as a list names it."""
    return KIND_WORDS.get(kind, kind.replace("_", " ").capitalize())


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


_OPT_OUT_WORDS = {"opting_in": "The opt-out is being recorded"}


def status_words(case: Case, status: str) -> str:
    """A state in words; the small case of a client who opts out again has its own."""
    own = _OPT_OUT_WORDS if case.process_key == OPT_OUT_AGAIN else {}
    return own.get(status, STATUSES[status])
