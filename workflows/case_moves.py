"""Moving one case to another version and back: the saved state, the rows of its tasks and timers, and the proof that
what it waits for is what was foretold. The case is locked by whoever calls."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, select
from sqlalchemy.orm import Session

import engine
from workflows import instances, timers, user_tasks
from workflows.area_settings import calendar_of
from workflows.case_file import file_of
from workflows.cases import Case
from workflows.db import Base
from workflows.definitions import Bundle, ProcessDefinition
from workflows.history import record
from workflows.instances import ProcessInstance
from workflows.language import marked
from workflows.moving import CANNOT, Foreseen, Moves, hash_of, unless_typed, waiting_of
from workflows.publications import PublicationCase
from workflows.timers import Timer
from workflows.user_tasks import TaskDraft, UserTask, open_tasks
from workflows.work import Work

OTHERWISE = marked("What the case waits for came out otherwise than foretold: {}.")
HAPPENED = marked("Something has happened in the case since it was moved.")


class CameOutOtherwise(Exception):
    """A case waits for something else than was foretold; says what, without a fact about a client."""


def context_of(work: Work, case: Case, bundle: Bundle) -> engine.Context:
    """What the timers of a case may ask for while it is moved."""
    return engine.Context(work.now, calendar_of(work.db, bundle.service_levels, case.area_code))


def foresee(work: Work, case: Case, row: ProcessInstance, moves: Moves) -> Foreseen:
    """What would become of a locked case, its tasks looked at too."""
    drafts = {draft.task_id for draft in file_of(work.db, case.id).all(TaskDraft)}
    typed = {task.element: task.name for task in open_tasks(work.db, case.id) if task.id in drafts}
    return unless_typed(moves.foresee(row.process, row.state, context_of(work, case, moves.new)), typed)


def move(work: Work, case: Case, entry: PublicationCase, moves: Moves, definition_id: int) -> None:
    """Move a locked case, or keep it where it is when it cannot be moved any more; what was foretold of a state that it
    has left is foretold anew. Raises `CameOutOtherwise`, and then nothing may be kept."""
    row = instances.instance_of(work, case)
    foreseen = foresee(work, case, row, moves)
    if hash_of(row.state) != entry.foretold_of:
        tell(entry, foreseen, row)
    entry.kind, entry.reason = foreseen.kind, foreseen.reason
    if foreseen.kind == CANNOT:
        entry.state, entry.element, entry.element_name = "stays", foreseen.element, foreseen.element_name
        return
    entry.definition_before, entry.state_before = row.definition_id, row.state
    entry.rows_before = _rows(work.db, case)
    _write(work, case, row, foreseen, moves, definition_id)
    work.db.flush()
    _prove(work.db, case, moves.new, entry.waiting)
    entry.hash_after, entry.state, entry.moved_at = standing_of(work.db, case), "moved", work.now
    record(work, "case_moved", case, **_versions(work.db, entry.definition_before, definition_id))


def tell(entry: PublicationCase, foreseen: Foreseen, row: ProcessInstance) -> None:
    """Write down what is foretold of a case."""
    entry.kind, entry.changes = foreseen.kind, foreseen.told
    entry.element, entry.element_name, entry.reason = foreseen.element, foreseen.element_name, foreseen.reason
    entry.waiting = [list(one) for one in foreseen.waiting]
    entry.foretold_of, entry.definition_before = hash_of(row.state), row.definition_id


def move_back(work: Work, case: Case, entry: PublicationCase, definition_id: int) -> None:
    """Give a locked case its state and rows back when nothing has happened in it since; else it stays, and it says so."""
    row = instances.instance_of(work, case)
    if entry.state_before is None or standing_of(work.db, case) != entry.hash_after:
        entry.state, entry.reason = "kept", HAPPENED
        return
    row.state, row.definition_id = entry.state_before, entry.definition_before
    row.version += 1
    row.changed_at = work.now
    kept = entry.rows_before or {"tasks": [], "timers": []}
    _restore(work.db, UserTask, kept["tasks"])
    _restore(work.db, Timer, kept["timers"])
    before = {told["id"] for told in kept["timers"]}
    for timer in _open(work.db, Timer, case.id):
        if timer.id not in before:
            work.db.delete(timer)
    work.db.flush()
    entry.state = "undone"
    record(work, "case_moved_back", case, **_versions(work.db, definition_id, entry.definition_before))


def _write(
    work: Work, case: Case, row: ProcessInstance, foreseen: Foreseen, moves: Moves, definition_id: int
) -> None:
    row.state, row.definition_id = foreseen.state, definition_id
    row.version += 1
    row.changed_at = work.now
    bundle = moves.new
    waiting = _loaded(bundle, row).open_work()
    days = calendar_of(work.db, bundle.service_levels, case.area_code)
    user_tasks.reconcile(work, case, bundle, waiting, days)
    timers.reconcile(work, case, bundle, waiting, days)
    told = {(change.what, change.element) for change in foreseen.changes if change.kind == "changed"}
    items = {item.id: item for item in waiting}
    for task in open_tasks(work.db, case.id):
        what = {what for what, element in told if element == task.element}
        if what - {"step"}:
            user_tasks.redraw(work, case, bundle, task, items[task.id], due="due" in what)
    for timer in timers.open_timers(work.db, case.id):
        if ("timer", timer.element) in told:
            timers.set_anew(work, case, bundle, timer, items[timer.id].value or "")


def _loaded(bundle: Bundle, row: ProcessInstance) -> engine.Instance:
    return engine.Instance.load(bundle.definition(row.process), row.state, _no_step)


def _no_step(*_: object) -> None:
    raise engine.EngineError("Nothing runs while a case is moved.")


def _prove(db: Session, case: Case, bundle: Bundle, foretold: list[Any]) -> None:
    """What the database says now is what was foretold: tasks, timers and messages."""
    query = select(ProcessInstance).where(ProcessInstance.case_id == case.id)
    row = db.scalars(query.execution_options(populate_existing=True)).one()
    work = _loaded(bundle, row).open_work()
    if [list(one) for one in waiting_of(work)] != foretold:
        raise CameOutOtherwise("the process waits for something else")
    _prove_tasks(_open(db, UserTask, case.id), work)
    _prove_timers(db, case, work)


def _prove_tasks(rows: Iterable[UserTask], work: list[engine.OpenWork]) -> None:
    kept = sorted((row.id, row.role, row.form) for row in rows)
    wanted = sorted((item.id, *of_task) for item in work if (of_task := waiting_of([item])[0][5:]))
    if [list(one) for one in kept] != [list(one) for one in wanted]:
        raise CameOutOtherwise("the tasks that people see are others")


def _prove_timers(db: Session, case: Case, work: list[engine.OpenWork]) -> None:
    """A timer that counts from the first time only may have its row closed already; none is without a row."""
    wanted = {item.id: item.value for item in work if item.kind == "timer"}
    known = {timer.id: timer for timer in db.scalars(select(Timer).where(Timer.case_id == case.id))}
    open_ = {timer.id for timer in known.values() if timer.closed_at is None and timer.element}
    if open_ - wanted.keys() or wanted.keys() - known.keys():
        raise CameOutOtherwise("the timers that are set are others")
    if any(known[name].level != value for name, value in wanted.items() if name in open_):
        raise CameOutOtherwise("a timer is set to another time")


def standing_of(db: Session, case: Case) -> str:
    """A hash over all that moving a case changes, and over what people do in it without moving its process."""
    db.flush()
    row = instances_row(db, case.id)
    drafts = select(TaskDraft.task_id, TaskDraft.version).join(UserTask, UserTask.id == TaskDraft.task_id)
    typed = sorted(map(tuple, db.execute(drafts.where(UserTask.case_id == case.id))))
    told = [
        row.definition_id,
        hash_of(row.state),
        _rows(db, case),
        typed,
        case.status,
        _spelled(case.held_at),
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def instances_row(db: Session, case_id: int) -> ProcessInstance:
    """The process instance of a case, as the database has it."""
    return db.scalars(select(ProcessInstance).where(ProcessInstance.case_id == case_id)).one()


def _open(db: Session, kind: type[Any], case_id: int) -> list[Any]:
    rows = select(kind).where(kind.case_id == case_id, kind.closed_at.is_(None)).order_by(kind.id)
    return list(db.scalars(rows))


def _rows(db: Session, case: Case) -> dict[str, list[dict[str, Any]]]:
    """The open tasks and timers of a case, column by column."""
    return {
        "tasks": [_told(row) for row in _open(db, UserTask, case.id)],
        "timers": [_told(row) for row in _open(db, Timer, case.id)],
    }


def _told(row: Base) -> dict[str, Any]:
    return {column.name: _spelled(getattr(row, column.name)) for column in row.__table__.columns}


def _spelled(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _restore(db: Session, kind: type[Any], rows: list[dict[str, Any]]) -> None:
    """Rows as they were; a version only ever counts up, so that an old window is still noticed."""
    moments = {column.name for column in kind.__table__.columns if isinstance(column.type, DateTime)}
    for told in rows:
        row = db.get_one(kind, told["id"])
        for name, value in told.items():
            if name != "version":
                setattr(row, name, datetime.fromisoformat(value) if value and name in moments else value)
        if kind is UserTask:
            row.version += 1


def _versions(db: Session, before: int, after: int) -> dict[str, Any]:
    numbers = select(ProcessDefinition.id, ProcessDefinition.version)
    found = {row[0]: row[1] for row in db.execute(numbers.where(ProcessDefinition.id.in_([before, after])))}
    return {"before": found[before], "after": found[after]}
