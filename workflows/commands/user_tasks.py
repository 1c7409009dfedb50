"""What people do with a task: claim, give back, reassign, save a draft, complete it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from workflows import access, holds, instances, privacy
from workflows.area_settings import labels_of
from workflows.case_file import file_of
from workflows.cases import Case, ClientFacts, Note, TaskRecord, file_named
from workflows.commands import command
from workflows.definitions import Bundle
from workflows.duplicates import fingerprint, name_fingerprint
from workflows.errors import (
    AssignedToAnother,
    Busy,
    DraftChanged,
    InvalidInput,
    NotAllowed,
    NothingFree,
    Refused,
    Stale,
    TaskClosed,
)
from workflows.forms import Answers, Form
from workflows.history import record
from workflows.language import gettext
from workflows.one_write import append
from workflows.people import Actor, actor_for, person_named
from workflows.privacy import Standing
from workflows.ssn_guard import guard
from workflows.task_forms import options_for
from workflows.user_tasks import TaskDraft, UserTask, close, form_of, is_esd, open_tasks
from workflows.work import Tried, Work


@command
def claim(work: Work, task_id: str) -> None:
    """Take a task; claiming what is already mine is fine, what is another's is refused (`claim_lost` in the history)."""
    case, task = _locked_open(work, task_id)
    _check_may_work(work, case, task)
    if privacy.is_free_for(work.actor, task):
        _assign(work, case, task, work.actor.id, "task_claimed")


def claim_first(work: Work, task_ids: Iterable[str]) -> str:
    """Take the first of these tasks that nobody has and no colleague is taking at this moment; gives its id.

    A case that is locked by somebody is passed over without waiting, so that two people who ask at once get two tasks.
    """
    reason: Refused | None = None
    for task_id in task_ids:
        try:
            case, task = _unless_locked(work, task_id)
            _check_may_work(work, case, task)
        except Refused as refused:
            reason = refused
            continue
        if task.assignee_id is None:
            _assign(work, case, task, work.actor.id, "task_claimed")
            return task.id
    overtaken = isinstance(reason, AssignedToAnother | Busy | TaskClosed)
    raise reason if reason and not overtaken else NothingFree()


def _unless_locked(work: Work, task_id: str) -> tuple[Case, UserTask]:
    row = select(Case.id).join(UserTask, UserTask.case_id == Case.id).where(UserTask.id == task_id)
    if work.db.scalar(row.with_for_update(of=Case, key_share=True, skip_locked=True)) is None:
        raise Busy()
    return _locked_open(work, task_id)


@command
def release(work: Work, task_id: str) -> None:
    """Give a task back to its group; a partner's task goes back to the agency's queue."""
    case, task = _locked_open(work, task_id)
    if task.assignee_id != work.actor.id:
        _check_may_work(work, case, task)
        raise NotAllowed(gettext("This task is not claimed by you, so there is nothing to give back."))
    _assign(work, case, task, None, "task_released")


@command
def reassign(work: Work, task_id: str, username: str) -> None:
    """Give a task to a person: a supervisor within ESD (delegation), a colleague of the agency for partner tasks."""
    case, task = _locked_open(work, task_id)
    standing = access.standing(work, case)
    privacy.check_may_see(standing)
    person = person_named(work.db, username)
    receiver = actor_for(work.db, person) if person else None
    if not _may_give(standing, task):
        raise NotAllowed(
            gettext(
                "Supervisors give tasks to ESD staff; case managers give theirs to a colleague of their agency."
            )
        )
    if receiver is None or not _may_receive(receiver, case, task):
        raise InvalidInput(
            fields={"assignee": gettext("Choose a person whose role, agency and clearances allow this task.")}
        )
    _assign(work, case, task, receiver.id, "task_reassigned")
    if task.role == privacy.CM:
        case.case_manager_id = receiver.id


def _may_give(standing: Standing, task: UserTask) -> bool:
    """ESD's tasks are given by a supervisor of the group; a partner's by a colleague, while the agreement is in force."""
    if task.is_esd:
        return standing.supervises
    return task.role == privacy.CM and standing.is_own_case and not standing.is_reduced


def _may_receive(receiver: Actor, case: Case, task: UserTask) -> bool:
    """ESD's tasks need both keys, a partner's the agency and complete clearances."""
    if task.is_esd:
        return receiver.holds_two_keys and receiver.area == case.area_code
    own = receiver.has(privacy.CM) and receiver.agency == case.agency_code
    return own and not receiver.missing_clearances


@dataclass(frozen=True)
class Saved:
    """A draft as it is saved now: how often it was, when, and the task's row version beside it."""

    version: int
    at: datetime
    task_version: int


@command
def save_draft(work: Work, task_id: str, raw: Mapping[str, object], seen: int | None = None) -> Saved:
    """Keep what was typed so far, unchecked but for the Social Security number guard.

    `seen`: the version of the draft that was read before, 0 for none; refused when others were saved since.
    """
    guard(raw)
    case, task = _locked_open(work, task_id)
    _check_may_work(work, case, task)
    draft = _kept_draft(work, case, task, form_of(_bundle(work, case), task).draft(raw), seen)
    return Saved(draft.version, draft.saved_at, task.version)


@dataclass(frozen=True)
class Checked:
    """A draft that was looked over: its version, and a sentence for each answer to be put right."""

    draft: int
    errors: dict[str, str]


@command
def check(
    work: Work, task_id: str, read: Callable[[Form], Mapping[str, object]], seen: int | None = None
) -> Checked:
    """Keep what was typed as the draft, and say what of it is to be put right before the task can be completed."""
    case, task = _locked_open(work, task_id)
    _check_may_work(work, case, task)
    form = form_of(_bundle(work, case), task)
    raw = read(form)
    guard(raw)
    draft = _kept_draft(work, case, task, form.draft(raw), seen)
    try:
        _cleaned(work, case, task, form, raw)
    except InvalidInput as refused:
        return Checked(draft.version, refused.fields)
    return Checked(draft.version, {})


def _kept_draft(
    work: Work, case: Case, task: UserTask, answers: dict[str, Any], seen: int | None
) -> TaskDraft:
    """The draft with these answers; the same answers again change nothing."""
    draft = file_of(work.db, case.id).one(TaskDraft, task.id)
    if draft and draft.answers == answers:
        return draft
    if draft and seen is not None and draft.version != seen:
        raise DraftChanged()
    draft = draft or TaskDraft(task_id=task.id, version=seen or 0)
    draft.answers, draft.saved_by_id, draft.saved_at = answers, work.actor.id or 0, work.now
    draft.version += 1
    work.db.add(draft)
    if privacy.is_free_for(work.actor, task):
        _assign(work, case, task, work.actor.id, "task_claimed")
    return draft


@dataclass(frozen=True)
class Completed:
    """What came of it: the number of the case, and the newest of its open tasks that is the actor's already."""

    number: str
    next_task: str | None


@command
def complete(
    work: Work,
    task_id: str,
    raw: Mapping[str, object] | Callable[[Form], Mapping[str, object]],
    version: int | None = None,
) -> Completed:
    """Complete a task with the answers of its form, or with what a function reads for that form.

    Refused when it is closed, not the actor's, changed since `version`, or answered wrongly; then nothing changes.
    """
    if not callable(raw):
        guard(raw)
    case, task = _locked_open(work, task_id)
    _check_may_work(work, case, task)
    form = form_of(_bundle(work, case), task)
    if callable(raw):
        raw = raw(form)
        guard(raw)
    if version is not None and version != task.version:
        raise Stale()
    return _completed(work, case, task, form, raw)


@command
def complete_checked(work: Work, task_id: str, draft: int) -> Completed:
    """Complete a task with the answers of its draft, if they are still those of the version that was looked over."""
    case, task = _locked_open(work, task_id)
    _check_may_work(work, case, task)
    kept = file_of(work.db, case.id).one(TaskDraft, task.id)
    if kept is None or kept.version != draft:
        raise DraftChanged()
    return _completed(work, case, task, form_of(_bundle(work, case), task), dict(kept.answers))


def _completed(work: Work, case: Case, task: UserTask, form: Form, raw: Mapping[str, object]) -> Completed:
    answers = _cleaned(work, case, task, form, raw)
    work.tried = Tried("complete", case.id, task.id, task.element, task.name, task.role)
    work.rescue = partial(save_draft, work.actor, task.id, raw)
    finish(work, case, task, answers)
    mine = [one.id for one in open_tasks(work.db, case.id) if one.assignee_id == work.actor.id]
    return Completed(case.number, mine[-1] if mine else None)


@dataclass(frozen=True)
class Tryout:
    """A task that was completed for trying out: its case, the answers, and its bundle."""

    case: Case
    task: UserTask
    bundle: Bundle
    answers: Answers


def try_out(work: Work, task_id: str, raw: Mapping[str, object] | None) -> Tryout:
    """Complete a task in a transaction that is never written, by default with its draft; refused as `complete` is."""
    guard(raw or {})
    case, task = _locked_open(work, task_id)
    _check_may_work(work, case, task)
    bundle = _bundle(work, case)
    draft = file_of(work.db, case.id).one(TaskDraft, task.id)
    given = raw if raw is not None else draft.answers if draft else {}
    answers = _cleaned(work, case, task, form_of(bundle, task), given)
    finish(work, case, task, answers)
    return Tryout(case, task, bundle, answers)


def _cleaned(work: Work, case: Case, task: UserTask, form: Form, raw: Mapping[str, object]) -> Answers:
    """The answers, checked by the form and by the agreement."""
    options = options_for(work.db, form, work.actor.offices, case)
    answers = form.clean(dict(raw), options, work.now, labels_of(work.db, case.area_code))
    _check_agreement(work, case, task, answers)
    return answers


def finish(work: Work, case: Case, task: UserTask, answers: Answers) -> None:
    """Write the answers where each belongs, end the task and let the process go on."""
    if privacy.is_free_for(work.actor, task):
        _assign(work, case, task, work.actor.id, "task_claimed")
    _keep_record(work, case, task, answers)
    _keep_client(work, case, answers.client)
    _keep_notes(work, case, answers.esd_note)
    close(work, case, task, "completed")
    record(work, "task_completed", case, element=task.element, esd_only=is_esd(task.role))
    instances.change(work, case, lambda instance: instance.complete(task.id, answers.process))


def _locked_open(work: Work, task_id: str) -> tuple[Case, UserTask]:
    """The task and its case, held until the end of the transaction; refused when it is no longer open."""
    file = file_named(work.db, "task", task_id)
    case = file.all(Case)[0]
    task = file.one(UserTask, task_id) or work.db.get_one(UserTask, task_id)
    work.about.update(case=case.number, element=task.element)
    if task.closed_at:
        access.task_standing(work, task, case)
        raise TaskClosed()
    return case, task


def _check_may_work(work: Work, case: Case, task: UserTask) -> None:
    privacy.check_may_work(access.standing(work, case), task)
    privacy.check_two_keys(work.actor, task.role, frozenset(form_of(_bundle(work, case), task).names))


def _check_agreement(work: Work, case: Case, task: UserTask, answers: Answers) -> None:
    """T90: a case is resumed only under a valid agreement (domain 7.2)."""
    resumes = task.role == privacy.PM and answers.process.get("action") == "resume"
    if resumes and (reason := holds.lapsed(work.db, case, work.now)):
        raise InvalidInput(
            fields={
                "action": gettext("The case can be resumed once an agreement is in force. {reason}").format(
                    reason=reason
                )
            }
        )


def _bundle(work: Work, case: Case) -> Bundle:
    return instances.bundle_of_case(work, case)


def _assign(work: Work, case: Case, task: UserTask, person_id: int | None, kind: str) -> None:
    task.assignee_id = person_id
    task.claimed_at = work.now if person_id else None
    task.version += 1
    record(work, kind, case, element=task.element, esd_only=is_esd(task.role), to=person_id)


def _keep_record(work: Work, case: Case, task: UserTask, answers: Answers) -> None:
    file_of(work.db, case.id).answers[task.element] = dict(answers.record)
    row = {
        "task_id": task.id,
        "case_id": case.id,
        "element": task.element,
        "answers": answers.record,
        "completed_by_id": work.actor.id or 0,
        "completed_at": work.now,
    }
    append(work.db, TaskRecord, row)


def _keep_client(work: Work, case: Case, facts: Mapping[str, object]) -> None:
    """Client facts go to their own table, the fingerprints with them; later answers replace earlier ones."""
    if not facts:
        return
    row = file_of(work.db, case.id).one(ClientFacts)
    known = {**(row.facts if row else {}), **facts}
    if row is None:
        row = ClientFacts(case_id=case.id)
        file_of(work.db, case.id).all(ClientFacts).append(row)
        work.db.add(row)
    row.facts, row.fingerprint, row.name_fingerprint = known, fingerprint(known), name_fingerprint(known)


def _keep_notes(work: Work, case: Case, notes: Mapping[str, str]) -> None:
    author = work.actor.id or 0
    for text in notes.values():
        work.db.add(Note(case_id=case.id, author_id=author, written_at=work.now, esd_only=True, text=text))
