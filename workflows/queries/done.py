"""A completed task as whoever completed it reads it: what was recorded, who was told, and which task is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows import access, privacy
from workflows.area_settings import labels_of
from workflows.cases import Case, TaskRecord
from workflows.errors import NotFound
from workflows.forms import Form
from workflows.language import gettext
from workflows.outbox import OutboxMessage
from workflows.past_forms import form_then
from workflows.people import name_of
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.reading import note_read
from workflows.queries.state_words import state_sentence
from workflows.queries.tasks import visible_task
from workflows.queries.told import Told, told_of
from workflows.task_forms import options_for
from workflows.user_tasks import DUE, UserTask
from workflows.work import Work


@dataclass(frozen=True)
class Following:
    """The actor's next task: of the same case first, then by due time."""

    id: str
    name: str
    number: str
    due: datetime | None


@dataclass(frozen=True)
class DoneView:
    """A completed task. `answers` are pairs of label and words that this reader may still see, `has_client_facts` says
    that more was recorded, which the page of the case shows; `sentence` is empty for who may not read the case."""

    task: UserTask
    number: str
    who: str
    mine: bool
    at: datetime
    answers: list[tuple[str, str]]
    has_client_facts: bool
    told: list[Told]
    sentence: str
    following: Following | None


@query
def done_view(work: Work, task_id: str) -> DoneView | None:
    """A completed task, for whoever completed it and those who may see it; None when it is not completed."""
    record = work.db.get(TaskRecord, task_id)
    if record is None or record.completed_by_id != work.actor.id:
        visible_task(work, task_id)
    task = work.db.get(UserTask, task_id)
    if record is None or task is None:
        return None
    case = work.db.get_one(Case, task.case_id)
    standing = access.standing(work, case)
    form = form_then(work.db, task)
    reads = bool(standing.roles) and not standing.is_reduced
    mine = record.completed_by_id == work.actor.id
    answers = _answers(work, standing, task, form, record)
    if answers and not mine:
        _note_read(work, standing, task, answers)
    return DoneView(
        task=task,
        number=case.number,
        who=name_of(work.db, record.completed_by_id),
        mine=mine,
        at=record.completed_at,
        answers=[(label, words) for _, label, words in answers],
        has_client_facts=reads and bool(form.kept("client") | form.kept("esd_note")),
        told=told_of(work, standing, _messages(work, task)) if reads else [],
        sentence=state_sentence(work, standing) if reads else "",
        following=_following(work, case),
    )


def _answers(
    work: Work, standing: Standing, task: UserTask, form: Form, record: TaskRecord
) -> list[tuple[str, str, str]]:
    readable = form.readable(standing.roles) if privacy.may_read_record(standing, task) else frozenset()
    answers = {name: value for name, value in record.answers.items() if name in readable}
    options = options_for(work.db, form, work.actor.offices, standing.case)
    labels = labels_of(work.db, standing.case.area_code)
    return form.words(answers, options, labels)


def _note_read(work: Work, standing: Standing, task: UserTask, answers: list[tuple[str, str, str]]) -> None:
    """What somebody else answered is read like on the page of the case; one's own answers are known already."""
    names = {name for name, _, _ in answers}
    offers = task.element in privacy.OFFER_ELEMENTS
    note_read(work, standing, "task", task.element, () if offers else names, names if offers else ())


def _messages(work: Work, task: UserTask) -> list[OutboxMessage]:
    """Those that completing the task has caused: they were written at the same moment."""
    rows = select(OutboxMessage).where(OutboxMessage.case_id == task.case_id)
    rows = rows.where(OutboxMessage.queued_at == task.closed_at).order_by(OutboxMessage.id)
    return list(work.db.scalars(rows))


def _following(work: Work, case: Case) -> Following | None:
    rows = select(UserTask, Case.number).join(Case, Case.id == UserTask.case_id)
    rows = rows.where(UserTask.closed_at.is_(None), UserTask.assignee_id == work.actor.id)
    found = work.db.execute(rows.order_by((UserTask.case_id != case.id), DUE, UserTask.id).limit(1)).first()
    return Following(found[0].id, found[0].name, found[1], found[0].due_at) if found else None


@query
def completed_with(work: Work, task_id: str, answers: Mapping[str, object]) -> bool:
    """Whether the actor has completed a task with these very answers, as a second click sends them."""
    record, task = work.db.get(TaskRecord, task_id), work.db.get(UserTask, task_id)
    if record is None or task is None:
        raise NotFound(gettext("There is no such task that you may see."))
    if record.completed_by_id != work.actor.id:
        return False
    form = form_then(work.db, task)
    sent = {
        name: value
        for name, value in form.draft(answers).items()
        if name in form.kept("record") | form.kept("process")
    }
    return sent == {name: value for name, value in record.answers.items() if value is not False}
