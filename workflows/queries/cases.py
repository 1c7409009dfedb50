"""Cases as their readers may see them (domain 6.3); every read of client facts is written down."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from workflows import privacy
from workflows.cases import OUTCOMES, STATUSES, Case, ClientFacts, Note, TaskRecord, case_numbered, lock_case
from workflows.commands.cases import is_delegated
from workflows.definitions import Bundle, ProcessDefinition, bundle_of
from workflows.duplicates import open_cases_like, possible_matches
from workflows.history import HistoryEvent, events_of, record
from workflows.instances import ProcessInstance
from workflows.organisations import Agency, Office
from workflows.outbox import ESD_ONLY_KINDS, OutboxMessage, messages_of
from workflows.people import Person, offices_with_supervisor, people_who_hold_both_keys, people_with
from workflows.queries import query
from workflows.queries.sentences import MESSAGE_WORDS, sentence, state_sentence
from workflows.task_forms import labels, options_for
from workflows.user_tasks import UserTask, is_esd, open_tasks
from workflows.work import Work

PAGE = 50


@dataclass(frozen=True)
class Entry:
    """One line of the history: when, who (a name), and what, in a sentence."""

    at: datetime
    who: str
    kind: str
    words: str
    element: str | None = None
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A message of a case: its number in domain 5.1, whom it goes to, and how far it got."""

    id: int
    message: str
    kind: str
    words: str
    to: str
    state: str
    subject: str | None
    queued_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime
    attempts: int
    error: str | None


@dataclass(frozen=True)
class Answered:
    """A completed task with the answers this reader may see: (name, label, answer in words)."""

    element: str
    name: str
    step: str
    who: str
    at: datetime
    answers: list[tuple[str, str, str]]


@dataclass(frozen=True)
class CaseView:
    """A case as one person sees it."""

    case: Case
    outcome: str | None
    outcome_words: str
    status_words: str
    sentence: str
    office: str
    agency: str
    case_manager: str
    version: int
    facts: list[tuple[str, str]]
    facts_raw: dict[str, object]
    steps: list[Answered]
    open: list[UserTask]
    assignees: dict[int, Person]
    notes: list[tuple[Note, str]]
    linked: list[str]
    possible: list[str]
    roles: frozenset[str]


@query
def case_view(work: Work, number: str) -> CaseView:
    """The case of a number, filtered for this reader."""
    case = case_numbered(work.db, number)
    staffed = offices_with_supervisor(work.db)
    delegated = is_delegated(work.db, work.actor, case)
    privacy.check_may_see(work.actor, case, staffed, delegated)
    roles = privacy.reader_roles(work.actor, case, staffed, delegated)
    definition = work.db.get_one(ProcessDefinition, work.db.get_one(ProcessInstance, case.id).definition_id)
    bundle = bundle_of(work.db, definition.id)
    raw = _visible_facts(work, case, roles)
    if raw:
        note_read(work, case, "case", None)
    esd = bool(roles & {privacy.SUP, privacy.ESD})
    manager = work.db.get(Person, case.case_manager_id)
    outcome = privacy.visible_outcome(case, roles)
    tasks = [task for task in open_tasks(work.db, case.id) if _may_see_open(task, case, roles)]
    return CaseView(
        case=case,
        outcome=outcome,
        outcome_words=OUTCOMES.get(outcome or "", ""),
        status_words=STATUSES[case.state],
        sentence=state_sentence(work.db, case, work.now),
        office=work.db.get_one(Office, case.office_code).name,
        agency=work.db.get_one(Agency, case.agency_code).name,
        case_manager=manager.name if manager else "",
        version=definition.version,
        facts=_fact_words(bundle, raw),
        facts_raw=raw,
        steps=_answered(work, case, bundle, roles),
        open=tasks,
        assignees={
            p.id: p
            for p in work.db.scalars(select(Person).where(Person.id.in_([t.assignee_id for t in tasks])))
        },
        notes=_notes(work, case, roles),
        linked=[c.number for c in open_cases_like(work.db, case)] if esd else [],
        possible=[c.number for c in possible_matches(work.db, case)] if esd else [],
        roles=roles,
    )


@query
def case_history(work: Work, number: str) -> list[Entry]:
    """The history of a case in sentences; what only ESD may know is left out for others, who read what for all but
    auditors."""
    case, roles = _readable(work, number)
    everything = bool(roles & {privacy.SUP, privacy.ESD, privacy.AUD})
    events = [event for event in events_of(work.db, case.id) if everything or not event.esd_only]
    if privacy.AUD not in roles:
        events = [event for event in events if event.kind != "client_facts_read"]
    if _is_reduced(case, roles):
        events = [event for event in events if event.kind in ("case_opened", "case_held", "case_closed")]
    names = _task_names(work, case)
    people = _names(work, {event.actor_id for event in events})
    return [_entry(event, people, names, everything) for event in events]


@query
def case_messages(work: Work, number: str) -> list[Sent]:
    """The messages of a case. Partners see those to their own agency; a subject shows once a message was sent."""
    case, roles = _readable(work, number)
    esd = bool(roles & {privacy.SUP, privacy.ESD, privacy.AUD})
    rows = messages_of(work.db, case.id)
    if not esd:
        rows = [(m, p) for m, p in rows if p.agency_code == case.agency_code and m.kind not in ESD_ONLY_KINDS]
    if _is_reduced(case, roles):
        rows = []
    return [sent_view(message, person) for message, person in rows]


@query
def colleagues(work: Work, number: str) -> list[dict[str, object]]:
    """The open tasks of a case that the actor may give to somebody else, each with those who could have it."""
    case, roles = _readable(work, number)
    tasks = open_tasks(work.db, case.id)
    if privacy.SUP in roles:
        people = people_who_hold_both_keys(work.db, case.area_code)
        return [_givable(task, people) for task in tasks if is_esd(task.role)]
    if privacy.CM in roles and not case.held_at:
        people = people_with(work.db, privacy.CM, Person.agency_code == case.agency_code)
        return [_givable(task, people) for task in tasks if task.role == privacy.CM]
    return []


def _givable(task: UserTask, people: list[Person]) -> dict[str, object]:
    others = [(person.username, person.name) for person in people if person.id != task.assignee_id]
    return {"task_id": task.id, "task_name": task.name, "people": others}


def client_facts(work: Work, case: Case, roles: frozenset[str]) -> list[tuple[str, str]]:
    """The client facts these roles may read now, as label and words, in the order of the form."""
    bundle = bundle_of(work.db, work.db.get_one(ProcessInstance, case.id).definition_id)
    return _fact_words(bundle, _visible_facts(work, case, roles))


def note_read(work: Work, case: Case, where: str, element: str | None) -> None:
    """Write down that facts about a client were read (domain 7.3), once for each reading."""
    locked = lock_case(work.db, case.id)
    record(work, "client_facts_read", locked, element=element, where=where)


def sent_view(message: OutboxMessage, person: Person) -> Sent:
    """A message as the lists show it."""
    return Sent(
        id=message.id,
        message=message.number,
        kind=message.kind,
        words=MESSAGE_WORDS[message.kind],
        to=person.name,
        state=message.state,
        subject=message.subject,
        queued_at=message.queued_at,
        sent_at=message.sent_at,
        next_attempt_at=message.next_attempt_at,
        attempts=message.attempts,
        error=message.error,
    )


def _readable(work: Work, number: str) -> tuple[Case, frozenset[str]]:
    case = case_numbered(work.db, number)
    staffed = offices_with_supervisor(work.db)
    delegated = is_delegated(work.db, work.actor, case)
    privacy.check_may_see(work.actor, case, staffed, delegated)
    return case, privacy.reader_roles(work.actor, case, staffed, delegated)


def _is_reduced(case: Case, roles: frozenset[str]) -> bool:
    """A partner whose access ended, or whose agency's agreement is not in force, sees number and state only."""
    partner_only = not roles & {privacy.SUP, privacy.ESD, privacy.AUD}
    return partner_only and (case.state == "on_hold" or case.partner_view_ended_at is not None)


def _visible_facts(work: Work, case: Case, roles: frozenset[str]) -> dict[str, object]:
    row = work.db.get(ClientFacts, case.id)
    facts = privacy.visible_facts(row.facts, case, roles) if row else {}
    if case.closed_at and not roles & {privacy.SUP} and _view_is_over(work, case):
        return {}
    return facts


def _view_is_over(work: Work, case: Case) -> bool:
    """Whether `partner_view_ttl` has passed since the case was closed (domain 5.2)."""
    bundle = bundle_of(work.db, work.db.get_one(ProcessInstance, case.id).definition_id)
    levels = bundle.service_levels
    after = levels.duration("partner_view_ttl")
    return case.closed_at is not None and levels.calendar().add(case.closed_at, after) <= work.now


FACTS_FORM = "T5_WriteRequest.json"


def _fact_words(bundle: Bundle, facts: dict[str, object]) -> list[tuple[str, str]]:
    """Language, interpreter and relay first, so that whoever calls knows before dialling (scenario 42)."""
    said = {name: value for name, value in facts.items() if value is not False}
    words = bundle.forms[FACTS_FORM].words(said, {}, labels())
    first = ("language", "interpreter", "aux_aid", "alt_contact")
    ordered = sorted(words, key=lambda item: first.index(item[0]) if item[0] in first else len(first))
    return [(label, answer) for _, label, answer in ordered]


def _answered(work: Work, case: Case, bundle: Bundle, roles: frozenset[str]) -> list[Answered]:
    if _is_reduced(case, roles):
        return []
    rows = select(TaskRecord, UserTask, Person).join(UserTask, UserTask.id == TaskRecord.task_id)
    rows = rows.join(Person, Person.id == TaskRecord.completed_by_id).where(TaskRecord.case_id == case.id)
    found = work.db.execute(rows.order_by(TaskRecord.completed_at)).all()
    esd = bool(roles & {privacy.SUP, privacy.ESD, privacy.AUD})
    shown = [row for row in found if esd or not is_esd(row[1].role)]
    return [_answered_one(work, case, bundle, roles, *row) for row in shown]


def _answered_one(
    work: Work,
    case: Case,
    bundle: Bundle,
    roles: frozenset[str],
    row: TaskRecord,
    task: UserTask,
    person: Person,
) -> Answered:
    form = bundle.forms[task.form]
    readable = form.readable(roles & privacy.roles_for_record(case, task))
    answers = {name: value for name, value in row.answers.items() if name in readable}
    words = form.words(answers, options_for(work.db, form, [case.office_code], case), labels())
    return Answered(task.element, task.name, task.procedure_ref, person.name, row.completed_at, words)


def _may_see_open(task: UserTask, case: Case, roles: frozenset[str]) -> bool:
    """Partners see their own open tasks and that the supervisor's contact task waits, no more of ESD's work."""
    if roles & {privacy.SUP, privacy.ESD, privacy.AUD}:
        return True
    return not _is_reduced(case, roles) and not is_esd(task.role)


def _notes(work: Work, case: Case, roles: frozenset[str]) -> list[tuple[Note, str]]:
    esd = roles & {privacy.SUP, privacy.ESD}
    if not esd and (privacy.CM not in roles or _is_reduced(case, roles)):
        return []
    query_ = (
        select(Note, Person.name).join(Person, Person.id == Note.author_id).where(Note.case_id == case.id)
    )
    if not esd:
        query_ = query_.where(~Note.esd_only)
    return [(note, name) for note, name in work.db.execute(query_.order_by(Note.written_at))]


def _task_names(work: Work, case: Case) -> dict[str, str]:
    rows = work.db.execute(select(UserTask.element, UserTask.name).where(UserTask.case_id == case.id))
    return {key: value for key, value in rows}  # noqa: C416


def _names(work: Work, ids: set[int | None]) -> dict[int, str]:
    rows = work.db.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None})))
    return {key: value for key, value in rows}  # noqa: C416


def _entry(event: HistoryEvent, people: dict[int, str], names: dict[str, str], everything: bool) -> Entry:
    return Entry(
        at=event.at,
        who=people.get(event.actor_id or 0, "Opt-In Desk"),
        kind=event.kind,
        words=sentence(event, names),
        element=event.element,
        detail=event.detail if everything else {},
    )
