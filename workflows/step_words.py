"""What the elements of a diagram are called on the pages of the editor, and what the automatic steps do, in words."""

from collections.abc import Mapping

from engine import Element
from workflows import own_mails
from workflows.definitions import Bundle
from workflows.language import gettext, marked
from workflows.outbox import MESSAGES
from workflows.service_levels import InvalidServiceLevels, ServiceLevel
from workflows.steps import STEPS

KINDS: Mapping[str, str] = {
    "userTask": marked("Task for a person"),
    "manualTask": marked("Task without a form"),
    "serviceTask": marked("Automatic step"),
    "businessRuleTask": marked("Decision table"),
    "callActivity": marked("Another process"),
    "subProcess": marked("Part of the process"),
    "exclusiveGateway": marked("Decision"),
    "inclusiveGateway": marked("Decision, several ways at once"),
    "parallelGateway": marked("Several ways at once"),
    "eventBasedGateway": marked("Whatever happens first"),
    "startEvent": marked("Start"),
    "endEvent": marked("End"),
    "boundaryEvent": marked("During a step"),
    "intermediateCatchEvent": marked("Wait"),
    "intermediateThrowEvent": marked("Signal"),
}
E_MAIL = marked("E-mail")
OTHER = marked("Other element")

WHAT_STEPS_DO: Mapping[str, str] = {
    "check_may_open": marked("Check whether the agency may open a case"),
    "count": marked("Count how often the case came here"),
    "check_duplicates": marked("Look for an open request for the same client"),
    "note_contact": marked("Note the contact and count the attempts"),
    "reset_attempts": marked("Count the attempts from nought again"),
    "notify_supervisor": marked("Tell the supervisors that the request is there"),
    "notify_esd_check_wanted": marked("Ask Employment Security to check the record"),
    "notify_partner_change_made": marked("Tell the partner that the change is made"),
    "notify_partner_remains_opted_out": marked("Tell the partner that the client remains opted out"),
    "notify_partner_withdrawn": marked("Tell the partner that the request was withdrawn"),
    "notify_partner_unreachable": marked("Tell the partner that the client was not reached"),
    "notify_partner_not_in_eto": marked("Tell the partner that there is no record"),
    "notify_partner_located": marked("Tell the partner that the record is shared"),
    "remind_supervisor": marked("Remind the supervisors of the task"),
    "remind_undecided": marked("Remind to ask the client again"),
    "remind_offer_open": marked("Remind that the offer is open"),
    "escalate_to_backup": marked("Ask the backup supervisors"),
    "escalate_to_program_manager": marked("Tell the program managers that it has waited too long"),
    "tell_program_manager_not_visible": marked(
        "Tell the program managers that the record is still not visible"
    ),
    "ask_to_call_client": marked("Ask to call the client"),
    "notify_assigned_staff": marked("Tell the staff member who was assigned"),
    "purge_client_facts": marked("Erase what is stored about the client"),
    "resume_case": marked("End the hold of the case"),
    "notify_opt_out_again_wanted": marked("Tell the supervisors that a client wants to stop sharing"),
    "reduce_partner_views": marked("Reduce what partners see"),
    "notify_access_ended": marked("Tell the partners that their access ended"),
    "send_mail": marked("Send one of the mails of the procedure"),
}


def kind_words(element: Element) -> str:
    """What kind of element it is: an automatic step that sends a message is an e-mail."""
    if element.kind == "serviceTask" and (element.step in MESSAGES or element.step == own_mails.SEND_MAIL):
        return gettext(E_MAIL)
    return gettext(KINDS.get(element.kind, OTHER))


def step_words(step: str | None) -> str:
    """What an automatic step does; a step without words of ours is called by its name."""
    return gettext(WHAT_STEPS_DO.get(step or "", (step or "").replace("_", " ")))


def step_choices() -> list[tuple[str, str]]:
    """Every automatic step that there is, with its words, in the order of the words."""
    return sorted(((step, step_words(step)) for step in STEPS), key=lambda choice: choice[1])


def levels_of(bundle: Bundle) -> dict[str, ServiceLevel]:
    """The times and limits of a bundle by their key; none while their file cannot be read."""
    try:
        return {level.key: level for level in bundle.service_levels}
    except (InvalidServiceLevels, KeyError):
        return {}


def time_words(bundle: Bundle, key: str | None) -> str:
    """A length of time of a bundle: `1 business day`; a key that is not there as it is written, nothing for none."""
    level = levels_of(bundle).get(key or "")
    return level.after.words if level and level.after else key or ""


def time_choices(bundle: Bundle) -> list[tuple[str, str]]:
    """The lengths of time of a bundle, each with what it is for."""
    words = gettext("{time}: {meaning}")
    return [
        (level.key, words.format(time=level.after.words, meaning=gettext(level.meaning)))
        for level in levels_of(bundle).values()
        if level.after
    ]
