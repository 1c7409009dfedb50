"""Kept answers: what was typed into a page whose session had ended, for the same person to find again.

They are bound to the person whose session it was, and to the key of that session: whoever else signs in at the same
browser destroys them. They may hold client facts, so they are short-lived.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base, Json
from workflows.user_tasks import UserTask

KEPT_FOR = timedelta(hours=2)


class KeptAnswers(Base):
    """The answers of one person to the form of one page, by the names of its fields; `path` leads to the page."""

    __tablename__ = "kept_answers"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    session_hash: Mapped[str] = mapped_column(index=True)
    answers: Mapped[Json]
    kept_at: Mapped[datetime]


def task_path(task_id: str) -> str:
    """The page of a task."""
    return f"/tasks/{task_id}"


def erase_of_case(db: Session, case_id: int) -> None:
    """Erase what anybody typed into the tasks of a case."""
    pages = select(literal(task_path("")).concat(UserTask.id)).where(UserTask.case_id == case_id)
    db.execute(delete(KeptAnswers).where(KeptAnswers.path.in_(pages)))
