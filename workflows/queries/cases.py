"""Cases as their readers may see them (domain 6.3); every read of client facts is written down."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from workflows import access, privacy, whose_clock
from workflows.area_settings import calendar_of, labels_of
from workflows.cases import OUTCOMES, Case, ClientFacts, Note, TaskRecord, case_numbered
from workflows.commands.reminders import may_remind
from workflows.definitions import Bundle, ProcessDefinition, bundle_of
from workflows.duplicates import open_cases_like, possible_matches
from workflows.history import EXPORTED, READ, READINGS, HistoryEvent, events_of
from workflows.instances import ProcessInstance
from workflows.language import gettext
from workflows.organisations import Agency, Office
from workflows.outbox import ESD_ONLY_KINDS, OutboxMessage, messages_of
from workflows.past_forms import form_then
from workflows.people import Person, missing_clearances, name_of, people_who_hold_both_keys, people_with
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.corrections import Corrected, correctable_tasks, corrections_for
from workflows.queries.progress import Progress, progress_of
from workflows.queries.reading import note_fields, note_read, shown_fields
from workflows.queries.sentences import (
    message_words,
    sentence,
    status_words,
    tells_less,
    tells_offer,
)
from workflows.queries.state_words import state_sentence
from workflows.queries.whose_clock import CaseClock, clock_of
from workflows.retention import RecordsHold
from workflows.task_forms import options_for
from workflows.turns import Life
from workflows.user_tasks import UserTask, open_tasks
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

    task_id: str
    process: str
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
    status: str
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
    edit_recorded_at: datetime | None
    linked: list[str]
    possible: list[str]
    progress: Progress
    corrections: list[Corrected]
    may_correct: frozenset[str]
    may_remind: bool
    standing: Standing
    on_hold_since: datetime | None


@query
def case_view(work: Work, number: str) -> CaseView:
    """The case of a number, filtered for this reader."""
    return view_of(work, _readable(work, number))


@query
def case_page(work: Work, number: str) -> tuple[CaseView, CaseClock]:
    """The same, with whose clock the case was and is on."""
    standing = _readable(work, number)
    life = whose_clock.life_of(work.db, standing.case, work.now)
    return view_of(work, standing, life), clock_of(work, standing, life)


def view_of(work: Work, standing: Standing, life: Life | None = None, kind: str = READ) -> CaseView:
    """A case as this reader may see it; that it was read is written down as an event of this kind."""
    case = standing.case
    definition = work.db.get_one(ProcessDefinition, work.db.get_one(ProcessInstance, case.id).definition_id)
    bundle = bundle_of(work.db, definition.id)
    raw, notes, steps = _read(work, standing, kind)
    esd = standing.is_esd
    outcome, status = privacy.visible_outcome(standing), privacy.visible_status(standing)
    tasks = [task for task in open_tasks(work.db, case.id) if privacy.may_see_open(standing, task)]
    return CaseView(
        case=case,
        outcome=outcome,
        outcome_words=gettext(OUTCOMES.get(outcome or "", "")),
        status=status,
        status_words=status_words(case, status),
        sentence=state_sentence(work, standing, life=life),
        office=work.db.get_one(Office, case.office_code).name,
        agency=work.db.get_one(Agency, case.agency_code).name,
        case_manager=name_of(work.db, case.case_manager_id),
        version=definition.version,
        facts=fact_words(work, case, bundle, raw),
        facts_raw=raw,
        steps=steps,
        open=tasks,
        assignees=_assignees(work, tasks),
        notes=notes,
        edit_recorded_at=privacy.visible_edit_date(standing),
        linked=[c.number for c in open_cases_like(work.db, case)] if esd else [],
        possible=[c.number for c in possible_matches(work.db, case)] if esd else [],
        progress=progress_of(work, standing, bundle, [(step.process, step.element) for step in steps], tasks),
        corrections=corrections_for(work, standing, bool(raw)),
        may_correct=correctable_tasks(work, standing, _tasks(work, steps)),
        may_remind=may_remind(standing),
        standing=standing,
        on_hold_since=_on_hold_since(work, standing),
    )


def _on_hold_since(work: Work, standing: Standing) -> datetime | None:
    """Since when the records of the case may not be destroyed, for those to whom the history tells it."""
    hold = work.db.get(RecordsHold, standing.case.id) if standing.is_esd or standing.audits else None
    return hold.placed_at if hold else None


def _read(
    work: Work, standing: Standing, kind: str
) -> tuple[dict[str, object], list[tuple[Note, str]], list[Answered]]:
    """Everything that a client or a colleague said, as far as this reader may know it; that it was read is written
    down (domain 7.3)."""
    raw, notes = visible_facts(work, standing), notes_of(work, standing)
    steps = _answered(work, standing)
    exported = kind == EXPORTED
    if exported or raw or notes or any(step.answers for step in steps):
        channel = "export" if exported and work.actor.channel == "screen" else ""
        where = "case_file" if exported else "case"
        answers = [(step.element, name) for step in steps for name, _, _ in step.answers]
        shown = shown_fields([*raw, *note_fields(notes)], answers)
        note_read(work, standing, where, None, *shown, kind=kind, channel=channel)
    return raw, notes, steps


def _assignees(work: Work, tasks: list[UserTask]) -> dict[int, Person]:
    rows = select(Person).where(Person.id.in_([task.assignee_id for task in tasks]))
    return {person.id: person for person in work.db.scalars(rows)}


def _tasks(work: Work, steps: list[Answered]) -> list[UserTask]:
    return [work.db.get_one(UserTask, step.task_id) for step in steps]


@query
def case_history(work: Work, number: str) -> list[Entry]:
    """The history of a case in sentences; what only ESD may know is left out for others, who read what for all but
    auditors."""
    return entries_of(work, _readable(work, number))


def entries_of(work: Work, standing: Standing) -> list[Entry]:
    """The same, for whoever stands so to the case."""
    events = [event for event in events_of(work.db, standing.case.id) if _may_read_event(standing, event)]
    names = _task_names(work, standing.case)
    people = _names(work, {event.actor_id for event in events})
    return [_entry(event, people, names, standing) for event in events]


def _may_read_event(standing: Standing, event: HistoryEvent) -> bool:
    """ESD-only events are for ESD and auditors, who read what for auditors, the offer for ESD alone (X14)."""
    if standing.is_reduced and not standing.audits:
        return event.kind in ("case_opened", "case_held", "case_closed") and not event.esd_only
    if event.kind in READINGS:
        return standing.audits
    if standing.is_esd:
        return not tells_less(event)
    if tells_offer(event):
        return False
    return standing.audits or not event.esd_only


@query
def case_messages(work: Work, number: str) -> list[Sent]:
    """The messages of a case. Partners see those to their own agency; a subject shows once a message was sent."""
    return messages_for(work, _readable(work, number))


def messages_for(work: Work, standing: Standing) -> list[Sent]:
    """The same, for whoever stands so to the case."""
    rows = messages_of(work.db, standing.case.id)
    if not standing.is_esd:
        rows = [(message, person) for message, person in rows if message.kind not in ESD_ONLY_KINDS]
    if not (standing.is_esd or standing.audits):
        own = standing.case.agency_code
        rows = [(m, person) for m, person in rows if person.agency_code == own and not standing.is_reduced]
    return [sent_view(message, person) for message, person in rows]


@query
def colleagues(work: Work, number: str) -> list[dict[str, object]]:
    """The open tasks of a case that the actor may give to somebody else, each with those who could have it."""
    standing = _readable(work, number)
    case, tasks = standing.case, open_tasks(work.db, standing.case.id)
    if standing.supervises:
        people = people_who_hold_both_keys(work.db, case.area_code)
        return [_givable(task, people) for task in tasks if task.is_esd]
    if standing.is_own_case and not standing.is_reduced:
        people = people_with(work.db, privacy.CM, agency=case.agency_code)
        cleared = [person for person in people if not missing_clearances(person)]
        return [_givable(task, cleared) for task in tasks if task.role == privacy.CM]
    return []


def _givable(task: UserTask, people: list[Person]) -> dict[str, object]:
    others = [(person.username, person.name) for person in people if person.id != task.assignee_id]
    return {"task_id": task.id, "task_name": gettext(task.name), "people": others}


def client_facts(work: Work, standing: Standing, raw: dict[str, object]) -> list[tuple[str, str]]:
    """Client facts, as the actor may read them now, as label and words."""
    bundle = bundle_of(work.db, work.db.get_one(ProcessInstance, standing.case.id).definition_id)
    return fact_words(work, standing.case, bundle, raw)


def sent_view(message: OutboxMessage, person: Person) -> Sent:
    """A message as the lists show it."""
    return Sent(
        id=message.id,
        message=message.number,
        kind=message.kind,
        words=message_words(message.kind, message.about),
        to=person.name,
        state=message.state,
        subject=message.subject,
        queued_at=message.queued_at,
        sent_at=message.sent_at,
        next_attempt_at=message.next_attempt_at,
        attempts=message.attempts,
        error=message.error and gettext(message.error),
    )


def _readable(work: Work, number: str) -> Standing:
    found = access.standing(work, case_numbered(work.db, number))
    privacy.check_may_see(found)
    return found


def visible_facts(work: Work, standing: Standing) -> dict[str, object]:
    """The client facts that the actor may read now, by name."""
    row = work.db.get(ClientFacts, standing.case.id)
    if row is None or (not standing.supervises and _view_is_over(work, standing)):
        return {}
    return privacy.visible_facts(row.facts, standing)


def _view_is_over(work: Work, standing: Standing) -> bool:
    """Whether `partner_view_ttl` has passed since the case was closed (domain 5.2)."""
    closed_at = privacy.visible_closed_at(standing)
    if closed_at is None:
        return False
    definition_id = work.db.get_one(ProcessInstance, standing.case.id).definition_id
    levels = bundle_of(work.db, definition_id).service_levels
    calendar = calendar_of(work.db, levels, standing.case.area_code)
    return calendar.add(closed_at, levels.duration("partner_view_ttl")) <= work.now


FACTS_FORM = "T5_WriteRequest.json"


def fact_words(work: Work, case: Case, bundle: Bundle, facts: dict[str, object]) -> list[tuple[str, str]]:
    """Client facts as label and words; language, interpreter and relay first, so that whoever calls knows before
    dialling (scenario 42)."""
    said = {name: value for name, value in facts.items() if value is not False}
    if not said:
        return []
    words = bundle.forms[FACTS_FORM].words(said, {}, labels_of(work.db, case.area_code))
    first = ("language", "interpreter", "aux_aid", "alt_contact")
    ordered = sorted(words, key=lambda item: first.index(item[0]) if item[0] in first else len(first))
    return [(label, answer) for _, label, answer in ordered]


def _answered(work: Work, standing: Standing) -> list[Answered]:
    rows = select(TaskRecord, UserTask, Person).join(UserTask, UserTask.id == TaskRecord.task_id)
    rows = rows.join(Person, Person.id == TaskRecord.completed_by_id)
    rows = rows.where(TaskRecord.case_id == standing.case.id).order_by(TaskRecord.completed_at)
    return [
        _answered_one(work, standing, record_, task, person)
        for record_, task, person in work.db.execute(rows)
        if may_list_step(standing, task)
    ]


def may_list_step(standing: Standing, task: UserTask) -> bool:
    """Whether a completed task is listed: partners see their own, auditors all but the offer's, ESD all."""
    if task.is_esd:
        return privacy.may_read_record(standing, task)
    return standing.audits or not standing.is_reduced


def _answered_one(
    work: Work, standing: Standing, row: TaskRecord, task: UserTask, person: Person
) -> Answered:
    case, form = standing.case, form_then(work.db, task)
    readable = form.readable(standing.roles) if privacy.may_read_record(standing, task) else frozenset()
    answers = {name: value for name, value in row.answers.items() if name in readable}
    options = options_for(work.db, form, [case.office_code], case)
    words = form.words(answers, options, labels_of(work.db, case.area_code))
    return Answered(
        task.id,
        task.process,
        task.element,
        gettext(task.name),
        task.procedure_ref,
        person.name,
        row.completed_at,
        words,
    )


def notes_of(work: Work, standing: Standing) -> list[tuple[Note, str]]:
    """The notes of a case that the actor may read, each with its author's name, oldest first (domain 6.3)."""
    if not standing.is_esd and (privacy.CM not in standing.roles or standing.is_reduced):
        return []
    rows = select(Note, Person.name).join(Person, Person.id == Note.author_id)
    rows = rows.where(Note.case_id == standing.case.id)
    if not standing.is_esd:
        rows = rows.where(~Note.esd_only)
    return [(note, name) for note, name in work.db.execute(rows.order_by(Note.written_at))]


def _task_names(work: Work, case: Case) -> dict[str, str]:
    rows = work.db.execute(select(UserTask.element, UserTask.name).where(UserTask.case_id == case.id))
    return {key: value for key, value in rows}  # noqa: C416


def _names(work: Work, ids: set[int | None]) -> dict[int, str]:
    rows = work.db.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None})))
    return {key: value for key, value in rows}  # noqa: C416


def _entry(event: HistoryEvent, people: dict[int, str], names: dict[str, str], standing: Standing) -> Entry:
    return Entry(
        at=event.at,
        who=people.get(event.actor_id or 0, "Opt-In Desk"),
        kind=event.kind,
        words=sentence(event, names),
        element=event.element,
        detail=event.detail if standing.is_esd else {},
    )
