"""Absences of Employment Security's people, each with a substitute; they end by themselves.

A substitute gains no right: only somebody of the same group who holds both keys can be one, and who loses that stands
in no longer. Whose backup group an office's supervisor is in, is let in as a backup for as long as the absence lasts.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base
from workflows.directory import directory
from workflows.settings import settings


class Absence(Base):
    """Somebody is away from `first_day` to `last_day`, both included, unless it was ended before."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def overlaps(self, first: date, last: date) -> bool:
        """Whether it stands on any of these days."""
        return self.ended_at is None and self.first_day <= last and first <= self.last_day


def office_day(now: datetime) -> date:
    """The day of a moment by the office's clock."""
    return now.astimezone(settings().zone).date()


def absences(db: Session) -> list[Absence]:
    """All absences that were not ended early, by their id: to be read, never changed."""
    return [row for row in directory(db).rows(db, Absence) if row.ended_at is None]


def absence_of(db: Session, person_id: int | None, now: datetime) -> Absence | None:
    """The absence that somebody is on today."""
    day = office_day(now)
    return next((row for row in absences(db) if row.person_id == person_id and row.overlaps(day, day)), None)


def covered_by(db: Session, person_id: int, now: datetime) -> list[int]:
    """The ids of the absent people whose substitute somebody is today."""
    day = office_day(now)
    return [
        row.person_id for row in absences(db) if row.substitute_id == person_id and row.overlaps(day, day)
    ]
