"""Follow-up dates: somebody who holds a task wants it out of sight until a day."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, and_
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base
from workflows.settings import settings
from workflows.user_tasks import UserTask
from workflows.work import Work


class FollowUp(Base):
    """Until `show_on`, a day of the office's calendar, a person does not want to see a task among their own.

    It is over when the task is claimed anew: `set_at` is then older than the claim.
    """

    __tablename__ = "follow_up"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"), primary_key=True)
    show_on: Mapped[date]
    set_at: Mapped[datetime]


def day_of(moment: datetime) -> date:
    """The day that a moment falls on by the office's calendar."""
    return moment.astimezone(settings().zone).date()


def is_put_off(work: Work) -> ColumnElement[bool]:
    """That a row of `FollowUp`, joined to an open task, is the actor's and still keeps the task out of sight."""
    return and_(
        FollowUp.task_id == UserTask.id,
        FollowUp.person_id == work.actor.id,
        FollowUp.show_on > day_of(work.now),
        FollowUp.set_at >= UserTask.claimed_at,
    )
