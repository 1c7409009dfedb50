"""The daily mail: who wants one, at what time of the office's clock, and when the next one is due.

It is a row with a due time, as everything is that the clock does: however many workers look, and after however long an
outage, one mail is queued, and the due time moves to the next business day in the same transaction.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.area_settings import calendar_of
from workflows.calendar import Calendar
from workflows.db import Base
from workflows.definitions import bundle_of, deployed
from workflows.settings import settings

TIMES = tuple(f"{hour:02}:{minute:02}" for hour in range(6, 18) for minute in (0, 30))
"""The times of day that people choose from, on the office's clock."""


class Digest(Base):
    """Somebody wants the daily mail; `at` is one of `TIMES`."""

    __tablename__ = "digest"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[str]
    next_at: Mapped[datetime]
    __table_args__ = (Index("ix_digest_next_at", "next_at"),)


def business_days(db: Session, area: str) -> Calendar:
    """The business days of an area by the deployed procedure, in the time zone of the installation before there is one."""
    newest = deployed(db)
    if newest is None:
        return Calendar(zone=settings().zone)
    return calendar_of(db, bundle_of(db, newest.id).service_levels, area)


def next_time(days: Calendar, at: str, after: datetime) -> datetime:
    """The first moment after another that lies on a business day at a time of day."""
    local = after.astimezone(days.zone)
    day = local.date()
    while True:
        moment = datetime.combine(day, time.fromisoformat(at), days.zone)
        if moment > local and days.is_business_day(day):
            return moment
        day += timedelta(days=1)
