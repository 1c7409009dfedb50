"""History: append-only, written by the command that changes something, in the same transaction (domain 7.3).

The events of a case are a chain, and those without a case (sign-ins, people, agreements, refusals) are one more: each
carries a gapless number and a hash over the event before it, so that a missing or changed row shows. An event never
holds a client fact; `esd_only` ones are not shown to partner staff.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.cases import Case
from workflows.db import Base, Json
from workflows.work import Work


class HistoryEvent(Base):
    """Something that happened: `kind` is the word, `detail` the non-identifying particulars."""

    __tablename__ = "history_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    seq: Mapped[int | None]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    element: Mapped[str | None]
    detail: Mapped[Json]
    esd_only: Mapped[bool] = mapped_column(default=False)
    hash: Mapped[str]
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_history_event_at", "at"),
        Index("ix_history_event_without_case", "seq", unique=True, postgresql_where="case_id IS NULL"),
    )


def record(
    work: Work,
    kind: str,
    case: Case | None = None,
    *,
    element: str | None = None,
    esd_only: bool = False,
    **detail: Any,
) -> HistoryEvent:
    """Append one event. The case must be locked by this transaction, since its events are numbered.

    An event without a case locks their one chain until the end of the transaction: record it last.
    """
    last = _last(work.db, case)
    event = HistoryEvent(
        case_id=case.id if case else None,
        seq=(last.seq or 0) + 1 if last else 1,
        at=work.now,
        actor_id=work.actor.id,
        kind=kind,
        element=element,
        detail=detail,
        esd_only=esd_only,
    )
    event.hash = chained_hash(last.hash if last else "", event)
    work.db.add(event)
    work.db.flush()
    return event


def chained_hash(previous: str, event: HistoryEvent) -> str:
    """SHA-256 over the hash before and everything the event says, in a fixed spelling."""
    words = [
        previous,
        event.case_id,
        event.seq,
        event.at.isoformat(),
        event.actor_id,
        event.kind,
        event.element,
        event.detail,
        bool(event.esd_only),
    ]
    return hashlib.sha256(json.dumps(words, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def events_of(db: Session, case_id: int) -> list[HistoryEvent]:
    """All events of a case, in order."""
    return list(
        db.scalars(select(HistoryEvent).where(HistoryEvent.case_id == case_id).order_by(HistoryEvent.seq))
    )


def follows(event: HistoryEvent, number: int, previous: str) -> bool:
    """Whether an event is the one of this number in its chain, unchanged, after the hash of the one before."""
    return event.seq == number and event.hash == chained_hash(previous, event)


_WITHOUT_CASE = 55121
"""The lock of the chain of events without a case; any number that nothing else locks by."""


def _last(db: Session, case: Case | None) -> HistoryEvent | None:
    """The newest event of a chain that nobody else can add to before this transaction ends."""
    if case is None:
        db.execute(select(func.pg_advisory_xact_lock(_WITHOUT_CASE)))
    query = select(HistoryEvent).where(HistoryEvent.case_id == (case.id if case else None))
    return db.scalar(query.order_by(HistoryEvent.seq.desc()).limit(1))
