"""The steps: what a service task of a diagram does, by its name. A step may return flat process variables.

Each runs inside the transaction of the command that moved the case. A message it causes is an outbox row.
This module and `instances` know each other: a process calls its steps, and a step may move another case's process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from engine import Element
from workflows import holds, instances, kept_answers, outbox, own_mails, receivers
from workflows.case_file import file_of
from workflows.cases import Case, ClientFacts, Note, TaskRecord
from workflows.corrections import Correction
from workflows.definitions import Bundle
from workflows.duplicates import cases_like, open_cases_like, open_cases_of_agency_like
from workflows.errors import DuplicateCase
from workflows.history import record
from workflows.language import gettext
from workflows.organisations import agreement_shortcoming
from workflows.people import (
    Person,
    missing_clearances,
    people_who_hold_both_keys,
    person_of,
    staff_of,
)
from workflows.settings import settings
from workflows.user_tasks import TaskDraft
from workflows.work import Work

Data = Mapping[str, object]
Result = Mapping[str, object] | None


@dataclass(frozen=True)
class Context:
    """What a step may use: the unit of work, the case, its bundle, and the element that names the step."""

    work: Work
    case: Case
    bundle: Bundle
    element: Element
    data: Data


STEPS: dict[str, Callable[[Context], Result]] = {}

RETURNED: Mapping[str, Mapping[str, str]] = {
    "check_may_open": {"may_open": "boolean"},
    "check_duplicates": {"duplicate": "boolean"},
    "note_contact": {"attempts_left": "integer"},
}
"""The process variables that steps return, with their kinds; `count` returns the one that its element names."""


def step(function: Callable[[Context], Result]) -> Callable[[Context], Result]:
    """Register a step under its function's name, which is the name in the diagram."""
    STEPS[function.__name__] = function
    return function


def call(work: Work, case: Case, bundle: Bundle, element: Element, data: Data) -> Result:
    """Run the step that an element names; that the name exists was checked when the bundle was deployed."""
    work.at = element.id  # It stays when the step fails, and then says where.
    result = STEPS[element.step or ""](Context(work, case, bundle, element, data))
    work.at = ""
    return result


def opening_shortcomings(work: Work, case: Case) -> list[str]:
    """Why this case may not be opened: the agency's agreement and the case manager's clearances (domain 7.2)."""
    manager = person_of(work.db, case.case_manager_id)
    lacking = agreement_shortcoming(work.db, case.agency_code, work.now.astimezone(settings().zone).date())
    missing = missing_clearances(manager) if manager else ()
    return ([lacking] if lacking else []) + [
        gettext("{name} lacks {clearance}.").format(name=manager.name, clearance=gettext(words))
        for words in missing
        if manager
    ]


@step
def check_may_open(context: Context) -> Result:
    """Agreement in force, clearances complete (policy 4013, persons affected; domain 7.2)."""
    return {"may_open": not opening_shortcomings(context.work, context.case)}


@step
def count(context: Context) -> Result:
    """Add one to the variable that the element's `counter` names."""
    name = context.element.properties["counter"]
    before = context.data.get(name, 0)
    return {name: (before if isinstance(before, int) else 0) + 1}


@step
def check_duplicates(context: Context) -> Result:
    """Refuse a second open request of the same agency for the same client, unless this one is to be closed (domain 3.7)."""
    found = open_cases_of_agency_like(context.work.db, context.case)
    if not found:
        return {"duplicate": False}
    if not _answer(context, "T5_WriteRequest", "close_if_duplicate"):
        sentence = gettext("Your agency already has an open request for this client: {number}.").format(
            number=found[0].number
        )
        raise DuplicateCase(
            sentence,
            fields={"close_if_duplicate": " ".join([sentence, gettext("Tick this to close the new one.")])},
            number=found[0].number,
        )
    context.case.linked_case_id = found[0].id
    forget_client(context.work, context.case)
    return {"duplicate": True}


@step
def note_contact(context: Context) -> Result:
    """Count an attempt that did not reach a verified client; say how many are left (domain 5.2)."""
    case = context.case
    reached = (
        context.data.get("contact_result") == "reached" and context.data.get("identity_verified") == "yes"
    )
    case.attempts = 0 if reached else case.attempts + 1
    case.call_client = False if reached else case.call_client
    record(context.work, "contact_made" if reached else "contact_attempted", case, esd_only=not reached)
    return {
        "attempts_left": max(0, context.bundle.service_levels.number("contact_attempts_max") - case.attempts)
    }


@step
def reset_attempts(context: Context) -> Result:
    """The case manager reached the client: the supervisor's attempts count from nought again."""
    context.case.attempts = 0
    return None


@step
def notify_supervisor(context: Context) -> Result:
    """N1: the request is there (5512PRO 4)."""
    record(context.work, "request_sent", context.case)
    return _tell(context, receivers.supervisors(context.work, context.case))


@step
def notify_esd_check_wanted(context: Context) -> Result:
    """N5: the lookup told nothing, ESD is asked to look (X05)."""
    return _tell(context, receivers.supervisors(context.work, context.case))


@step
def notify_partner_change_made(context: Context) -> Result:
    """N2: the change was made (5512PRO e). Once per round of edits; linked open cases are answered by the same edit."""
    work, case = context.work, context.case
    case.told = "opt_in"
    case.call_client = False
    case.edit_recorded_at = work.now
    record(work, "partner_told", case, decision="opt_in")
    _answer_linked(context)
    rounds = context.data.get("edit_rounds", 0)
    return _tell(
        context,
        receivers.case_manager(context.work, context.case),
        round=rounds if isinstance(rounds, int) else 0,
    )


@step
def notify_partner_remains_opted_out(context: Context) -> Result:
    """N3: the client asked to remain opted out (5512PRO h), without reason or answer to the offer."""
    context.case.told = "remain_opted_out"
    record(context.work, "partner_told", context.case, decision="remain_opted_out")
    return _tell(context, receivers.case_manager(context.work, context.case))


@step
def notify_partner_withdrawn(context: Context) -> Result:
    """N4: the request was withdrawn."""
    return _tell(context, receivers.case_manager(context.work, context.case))


@step
def notify_partner_unreachable(context: Context) -> Result:
    """N4: the client could not be reached."""
    return _tell(context, receivers.case_manager(context.work, context.case))


@step
def notify_partner_not_in_eto(context: Context) -> Result:
    """N4: not in the case management system."""
    return _tell(context, receivers.case_manager(context.work, context.case))


@step
def notify_partner_located(context: Context) -> Result:
    """N4: ESD located the record; the partner can add it to the office."""
    return _tell(context, receivers.case_manager(context.work, context.case))


@step
def remind_supervisor(context: Context) -> Result:
    """N6: the contact task is still open."""
    return _tell(context, receivers.of_role(context.work, context.case, "esd_wioa_supervisor"))


@step
def remind_undecided(context: Context) -> Result:
    """N6: the client has not decided yet; nothing is ever decided for them (domain 5.2)."""
    if context.data.get("decision") != "undecided":
        return None
    return _tell(context, receivers.of_role(context.work, context.case, "esd_wioa_supervisor"))


@step
def remind_offer_open(context: Context) -> Result:
    """N6: the client wanted time to think about the offer, which never expires."""
    if context.data.get("offer_response") != "wants_time":
        return None
    return _tell(context, receivers.supervisors(context.work, context.case))


@step
def escalate_to_backup(context: Context) -> Result:
    """N7: the backup supervisors become candidates."""
    context.case.backup_opened = True
    record(context.work, "escalated_to_backup", context.case, esd_only=True)
    backups = staff_of(context.work.db, "esd_wioa_supervisor", context.case.office_code, backup=True)
    return _tell(context, backups or receivers.supervisors(context.work, context.case))


@step
def escalate_to_program_manager(context: Context) -> Result:
    """N7: the program managers learn number and age."""
    record(context.work, "escalated_to_program_manager", context.case, esd_only=True)
    return _tell(context, receivers.program_managers(context.work, context.case))


@step
def tell_program_manager_not_visible(context: Context) -> Result:
    """N7: after two rounds of edits the partner still does not see the record."""
    return _tell(context, receivers.program_managers(context.work, context.case))


@step
def ask_to_call_client(context: Context) -> Result:
    """N8: the client has not called; the supervisor is to call, unless there is no phone (scenario 9), and the case
    manager to ask again (X10)."""
    facts = file_of(context.work.db, context.case.id).one(ClientFacts)
    context.case.call_client = not (facts and facts.facts.get("no_phone"))
    record(context.work, "client_has_not_called", context.case)
    return _tell(context, receivers.case_manager(context.work, context.case))


@step
def notify_assigned_staff(context: Context) -> Result:
    """N9: the ESD staff who will work with the client."""
    chosen = _answer(context, "T13_AssignEsdWioaStaff", "esd_staff")
    staff = people_who_hold_both_keys(context.work.db, context.case.area_code)
    return _tell(context, [person for person in staff if person.username == chosen])


@step
def purge_client_facts(context: Context) -> Result:
    """Opened in error: what was stored about the client is gone at once, the number stays for the count."""
    forget_client(context.work, context.case)
    return None


@step
def resume_case(context: Context) -> Result:
    """The agreement is in force again: the hold ends and the withheld notices go out (domain 7.2)."""
    holds.resume(context.work, context.case)
    return None


@step
def notify_opt_out_again_wanted(context: Context) -> Result:
    """N7 at once: a client wants to opt out again; due the same day (domain 5.2)."""
    return _tell(context, receivers.supervisors(context.work, context.case))


@step
def reduce_partner_views(context: Context) -> Result:
    """Partner staff see number and outcome only in every case of the client, and none is opted in any more (C10)."""
    work = context.work
    for case in _cases_of_client(context):
        work.afterwards.append(lambda case=case: instances.end_sharing(work, case))  # type: ignore[misc]
    return None


@step
def notify_access_ended(context: Context) -> Result:
    """N11: access to the record has ended, to each agency with a case of the client."""
    for case in _cases_of_client(context):
        manager = person_of(context.work.db, case.case_manager_id)
        if manager:
            outbox.queue(context.work, "notify_access_ended", case, [manager])
    return None


@step
def send_mail(context: Context) -> Result:
    """N17: a mail of the bundle's own, which the element's `mail` names, to those whom its `mailTo` names."""
    told, bundle = context.element.properties, context.bundle
    kind, to = told["mail"], told["mailTo"]
    about = own_mails.about(context.work, context.case, bundle.mail(kind), to)
    outbox.queue(context.work, kind, context.case, _RECEIVERS[to](context.work, context.case), **about)
    return None


def _tell(context: Context, people: list[Person], round: int | None = None) -> Result:
    """Queue the step's own message, which has the step's name."""
    outbox.queue(context.work, context.element.step or "", context.case, people, round=round)
    return None


_RECEIVERS: Mapping[str, Callable[[Work, Case], list[Person]]] = {
    "case_manager": receivers.case_manager,
    "supervisor": receivers.supervisors,
    "esd_staff": receivers.esd_staff,
    "program_manager": receivers.program_managers,
}
"""Who gets a bundle's own mail, by the words of `own_mails.RECEIVERS`."""


def _answer(context: Context, element: str, name: str) -> object:
    """The newest recorded answer of a field of the case."""
    just_now = file_of(context.work.db, context.case.id).answers
    if element in just_now:
        return just_now[element].get(name)
    query = select(TaskRecord.answers).where(
        TaskRecord.case_id == context.case.id, TaskRecord.element == element
    )
    answers = context.work.db.scalar(query.order_by(TaskRecord.completed_at.desc()).limit(1))
    return (answers or {}).get(name)


def forget_client(work: Work, case: Case) -> None:
    """Erase what was stored about the client of a case: facts, drafts, kept answers, notes and corrections."""
    db = work.db
    file = file_of(db, case.id)
    file.erase(ClientFacts)
    file.erase(TaskDraft)
    kept_answers.erase_of_case(db, case.id)
    db.execute(delete(Note).where(Note.case_id == case.id))
    db.execute(delete(Correction).where(Correction.case_id == case.id))
    record(work, "client_facts_erased", case)


def _answer_linked(context: Context) -> None:
    """One edit answers every open case of the same client (domain 3.7, X24), after this case is saved."""
    work = context.work
    for linked in open_cases_like(work.db, context.case):
        work.afterwards.append(lambda linked=linked: instances.answer_linked(work, linked))  # type: ignore[misc]


def _cases_of_client(context: Context) -> list[Case]:
    """The earlier case a second opt-out refers to, and every other case of the same client."""
    origin = context.work.db.get(Case, context.case.linked_case_id)
    if origin is None:
        return []
    return [origin, *cases_like(context.work.db, origin)]
