"""Emergency access ("break-glass", domain 6.2): somebody outside of a case sees who its client is, for half an hour.

It is for administrators and auditors of the area, with a reason; the supervisors and the other administrators are told at
once, and each look is a read in the history. It ends by itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base

LIFE = timedelta(minutes=30)


class EmergencyAccess(Base):
    """One such access. `reason` was typed freely: it stays here, out of the history and of every export."""

    __tablename__ = "emergency_access"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    __table_args__ = (Index("ix_emergency_access_case", "case_id", "person_id"),)


def open_access(db: Session, case_id: int, person_id: int | None, now: datetime) -> EmergencyAccess | None:
    """The access of somebody to a case that has not ended yet."""
    rows = select(EmergencyAccess).where(
        EmergencyAccess.case_id == case_id,
        EmergencyAccess.person_id == person_id,
        EmergencyAccess.ends_at > now,
    )
    return db.scalar(rows.order_by(EmergencyAccess.id.desc()).limit(1))
