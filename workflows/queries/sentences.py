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
    "clients_searched": "Clients were searched by name.",
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
}

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


_MESSAGE_STATES = {
    "message_without_recipient": "nobody could be told, because nobody holds the role",
    "message_waiting": "queued",
    "message_withheld": "withheld until the agreement is in force again",
    "message_sent": "sent",
    "message_failed": "could not be delivered",
    "message_sent_again": "queued again",
}


def _message_sentence(event: HistoryEvent) -> str:
    words = MESSAGE_WORDS.get(event.detail.get("message_kind", ""), "A message")
    number = f" ({event.detail['message']})" if "message" in event.detail else ""
    return f"{words}: {_MESSAGE_STATES.get(event.kind, '')}{number}."


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
