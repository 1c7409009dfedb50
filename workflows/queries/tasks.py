"""One task: what it asks, who holds it, and what of the case stands beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows import access, privacy
from workflows.area_settings import labels_of
from workflows.cases import Case, Note
from workflows.definitions import Bundle, bundle_of
from workflows.errors import NotFound, Refused
from workflows.form_sentences import fill
from workflows.forms import FieldView, Form
from workflows.incidents import CaseIncident, open_about
from workflows.instances import ProcessInstance
from workflows.language import gettext
from workflows.organisations import Agency, Office
from workflows.past_forms import bundle_then
from workflows.people import Person, person_of
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.cases import client_facts, notes_of, visible_facts
from workflows.queries.reading import note_fields, note_read
from workflows.queries.state_words import state_sentence
from workflows.task_forms import Options, options_for
from workflows.user_tasks import TaskDraft, UserTask, form_of
from workflows.work import Work


@dataclass(frozen=True)
class TaskView:
    """A task as one person sees it. `facts` are pairs of label and words, `notes` those of the case with their
    authors' names; `incident` is the open one of an attempt to complete it; `hindrance` says why it cannot be worked on."""

    task: UserTask
    case: Case
    office: str
    agency: str
    assignee: Person | None
    help: str
    form: Form
    options: Options
    labels: dict[str, str]
    draft: dict[str, Any]
    draft_saved_at: datetime | None
    draft_version: int
    facts: list[tuple[str, str]]
    notes: list[tuple[Note, str]]
    sentence: str
    incident: CaseIncident | None
    hindrance: Refused | None

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the form, option lists filled in."""
        return self.form.schema(self.options, self.labels)

    @property
    def completing(self) -> str:
        """What the button says that hands the answers in; empty where the form leaves that to the page."""
        return fill(self.form.completing, self.labels)

    def overview(self, answers: dict[str, Any]) -> list[tuple[str, str, str]]:
        """Every question asked for these answers, with name, label and answer in words."""
        return self.form.overview(answers, self.options, self.labels)

    def fields(
        self, answers: dict[str, Any] | None = None, errors: dict[str, str] | None = None
    ) -> list[FieldView]:
        """The fields as a page shows them for these answers, by default those of the draft."""
        return self.form.fields(
            self.draft if answers is None else answers, self.options, self.labels, errors or {}
        )


@query
def task_view(work: Work, task_id: str) -> TaskView:
    """The task of an id, for whoever may see it; reading facts about the client is written down."""
    task, standing = visible_task(work, task_id)
    case = standing.case
    bundle = bundle_then(work.db, task)
    form = form_of(bundle, task)
    hindrance = _hindrance(standing, task, form)
    draft = _draft(work, standing, task, form) if hindrance is None else None
    labels = labels_of(work.db, case.area_code)
    raw, notes = _facts(work, task, standing), notes_of(work, standing)
    facts = client_facts(work, standing, raw) if raw else []
    if facts or notes:
        note_read(work, standing, "task", task.element, {*raw, *note_fields(notes)})
    return TaskView(
        task=task,
        case=case,
        office=work.db.get_one(Office, case.office_code).name,
        agency=work.db.get_one(Agency, case.agency_code).name,
        assignee=work.db.get(Person, task.assignee_id) if task.assignee_id else None,
        help=_help(bundle, task, labels),
        form=form,
        options=options_for(work.db, form, work.actor.offices, case),
        labels=labels,
        draft=dict(draft.answers) if draft else {},
        draft_saved_at=draft.saved_at if draft else None,
        draft_version=draft.version if draft else 0,
        facts=facts,
        notes=notes,
        sentence=state_sentence(work, standing),
        incident=open_about(work.db, "complete", task.id),
        hindrance=hindrance,
    )


def _draft(work: Work, standing: Standing, task: UserTask, form: Form) -> TaskDraft | None:
    """The draft of a task; what it holds about the client is read like any fact about a client."""
    draft = work.db.get(TaskDraft, task.id)
    told = draft.answers.keys() & _told_by_client(form) if draft else set()
    if told:
        note_read(work, standing, "draft", task.element, told)
    return draft


@dataclass(frozen=True)
class Draft:
    """What somebody typed into a task so far: the answers, how often they were saved (0: never), when and by whom."""

    answers: dict[str, Any]
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""


@query
def task_draft(work: Work, task_id: str) -> Draft:
    """The draft of a task, for whoever may work on it."""
    task, standing, form = _to_work_on(work, task_id)
    draft = _draft(work, standing, task, form)
    if draft is None:
        return Draft({})
    by = person_of(work.db, draft.saved_by_id)
    return Draft(dict(draft.answers), draft.version, draft.saved_at, by.username if by else "")


@dataclass(frozen=True)
class TaskForm:
    """The questions of a task alone, without the case beside them."""

    form: Form
    options: Options
    labels: dict[str, str]

    def fields(self, answers: dict[str, Any]) -> list[FieldView]:
        """The fields as a page shows them for these answers."""
        return self.form.fields(answers, self.options, self.labels)


@query
def task_form(work: Work, task_id: str) -> TaskForm:
    """The questions of a task, for whoever may work on it; no client fact is read."""
    _, standing, form = _to_work_on(work, task_id)
    options = options_for(work.db, form, work.actor.offices, standing.case)
    return TaskForm(form, options, labels_of(work.db, standing.case.area_code))


def _to_work_on(work: Work, task_id: str) -> tuple[UserTask, Standing, Form]:
    """A task with its form, for whoever may work on it."""
    task, standing = visible_task(work, task_id)
    bundle = bundle_of(work.db, work.db.get_one(ProcessInstance, task.case_id).definition_id)
    form = form_of(bundle, task)
    _check_may_work(standing, task, form)
    return task, standing, form


@query
def next_task(work: Work, number: str) -> str | None:
    """The id of an open task of a case that is already the actor's, if there is one."""
    rows = select(UserTask.id).join(Case, Case.id == UserTask.case_id)
    rows = rows.where(
        Case.number == number, UserTask.closed_at.is_(None), UserTask.assignee_id == work.actor.id
    )
    return work.db.scalar(rows.order_by(UserTask.opened_at.desc()).limit(1))


def visible_task(work: Work, task_id: str) -> tuple[UserTask, Standing]:
    """The task and how the actor stands to its case; a stranger's task looks like one that never was."""
    task = work.db.get(UserTask, task_id)
    if task is None:
        raise NotFound(gettext("There is no such task that you may see."))
    standing = access.standing(work, work.db.get_one(Case, task.case_id))
    work.about.update(case=standing.case.number, element=task.element)
    try:
        privacy.check_may_see_task(standing, task)
    except NotFound:
        raise NotFound(gettext("There is no such task that you may see.")) from None
    return task, standing


def _check_may_work(standing: Standing, task: UserTask, form: Form) -> None:
    privacy.check_may_work(standing, task)
    privacy.check_two_keys(standing.actor, task.role, frozenset(form.names))


def _hindrance(standing: Standing, task: UserTask, form: Form) -> Refused | None:
    try:
        _check_may_work(standing, task, form)
    except Refused as refused:
        return refused
    return None


def _help(bundle: Bundle, task: UserTask, labels: dict[str, str]) -> str:
    """The diagram's own words on the task, with the names of the case management system filled in."""
    element = bundle.definition(task.process).elements[task.element]
    return fill(element.documentation, labels)


def _facts(work: Work, task: UserTask, standing: Standing) -> dict[str, object]:
    """The client facts that whoever works on an open task may read, language and relay first (scenario 42)."""
    if task.closed_at or not standing.roles & {privacy.CM, privacy.SUP, privacy.ESD}:
        return {}
    return visible_facts(work, standing)


def _told_by_client(form: Form) -> frozenset[str]:
    """The questions of a form whose answers are facts about the client or notes, in a draft too."""
    return form.kept("client") | form.kept("esd_note")
