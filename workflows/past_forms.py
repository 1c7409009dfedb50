"""The form of a task as it was when the task was completed: a case may have been moved to another version since."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.definitions import Bundle, bundle_of
from workflows.forms import Form
from workflows.instances import ProcessInstance
from workflows.publications import PublicationCase
from workflows.user_tasks import UserTask, form_of


def form_then(db: Session, task: UserTask) -> Form:
    """The form of a task in the version that its case ran on when it was closed; now, while it is open."""
    return form_of(bundle_then(db, task), task)


def bundle_then(db: Session, task: UserTask) -> Bundle:
    """The bundle in the version that a case ran on when one of its tasks was closed; the present one while it is open."""
    closed_at = task.closed_at
    for definition_before, moved_at in _moves(db, task.case_id) if closed_at else ():
        if closed_at and moved_at and closed_at <= moved_at:
            return bundle_of(db, definition_before)
    return bundle_of(db, db.get_one(ProcessInstance, task.case_id).definition_id)


def _moves(db: Session, case_id: int) -> list[tuple[int, datetime | None]]:
    """From which versions a case was moved, and when, first things first; asked once in a transaction."""
    known: dict[int, list[tuple[int, datetime | None]]] = db.info.setdefault("moves", {})
    if case_id not in known:
        rows = select(PublicationCase.definition_before, PublicationCase.moved_at)
        rows = rows.where(PublicationCase.case_id == case_id, PublicationCase.state.in_(("moved", "kept")))
        known[case_id] = [(row[0], row[1]) for row in db.execute(rows.order_by(PublicationCase.moved_at))]
    return known[case_id]
