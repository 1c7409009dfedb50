"""Corrections: an entry that was put right. What was first written down stays as it was; this says what holds now."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.cases import TaskRecord
from workflows.db import Base, Json


class Correction(Base):
    """One entry of a completed task put right: `field` of its form, `change` with `old` and `new`, and the reason.

    It may hold a client fact, so it is erased together with them; the history says only that it was made.
    """

    __tablename__ = "entry_correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"))
    field: Mapped[str]
    change: Mapped[Json]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


def corrections_of(db: Session, case_id: int) -> list[Correction]:
    """The corrections of a case, oldest first."""
    return list(db.scalars(select(Correction).where(Correction.case_id == case_id).order_by(Correction.id)))


def answers_now(db: Session, row: TaskRecord) -> dict[str, object]:
    """The recorded answers of a task as they hold after all corrections."""
    answers: dict[str, object] = dict(row.answers)
    for one in corrections_of(db, row.case_id):
        if one.task_id == row.task_id:
            answers = applied(answers, one.field, one.change)
    return answers


def applied(answers: Mapping[str, object], field: str, change: Mapping[str, object]) -> dict[str, object]:
    """Answers with one change made; an entry that was taken out is gone."""
    rest = {name: value for name, value in answers.items() if name != field}
    return rest if change["new"] is None else {**rest, field: change["new"]}
