"""How long facts about clients are kept: three years after the program year in which a case closed, unless the case is
kept for a records request or for a court (domain 5.2 `retention_after_program_year`, 6.5, scenario 48)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.area_settings import calendar_of
from workflows.cases import Case
from workflows.db import Base
from workflows.definitions import bundle_of, deployed

KEPT_FOR = "retention_after_program_year"
OLDEST_YEAR = 2000
"""No case was closed before the program year that ended then."""


class RecordsHold(Base):
    """A case whose records may not be destroyed now, with the reason; the row goes when the hold ends."""

    __tablename__ = "records_hold"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    reason: Mapped[str]
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime]


def is_held(db: Session, case_id: int) -> bool:
    """Whether the records of a case may not be destroyed now."""
    return db.get(RecordsHold, case_id) is not None


def program_year_of(day: date) -> int:
    """The year in which the program year of a day ends: it runs from July to June (WIOA section 3, "program year")."""
    return day.year + (day.month > 6)


def years_over(db: Session, area: str, now: datetime) -> Iterator[tuple[int, datetime]]:
    """The program years whose records an area need not keep any more, newest first: the year, and when it ended."""
    version = deployed(db, area=area)
    levels = bundle_of(db, version.id).service_levels if version else None
    if levels is None or KEPT_FOR not in levels.keys():  # noqa: SIM118 - iterating it gives levels, not keys
        return
    days = calendar_of(db, levels, area)
    for year in range(program_year_of(now.date()), OLDEST_YEAR, -1):
        ends = datetime.combine(date(year, 7, 1), time(), days.zone).astimezone(UTC)
        if days.add(ends, levels.duration(KEPT_FOR)) <= now:
            yield year, ends


def due(
    db: Session, area: str, ended: datetime, most: int | None = None, *more: ColumnElement[bool]
) -> list[int]:
    """The ids of an area's cases that closed before a moment, are not anonymised yet and not on hold; oldest first."""
    over = Case.area_code == area, Case.closed_at < ended, Case.anonymised_at.is_(None)
    free = Case.id.not_in(select(RecordsHold.case_id))
    return list(db.scalars(select(Case.id).where(*over, free, *more).order_by(Case.id).limit(most)))
