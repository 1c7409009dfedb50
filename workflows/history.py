"""History: append-only, written by the command that changes something, in the same transaction (domain 7.3).

Events of a case carry a gapless number and a hash over the event before them, so that a missing or changed row
shows. An event never holds a client fact; `esd_only` ones are not shown to partner staff.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.case_file import file_of
from workflows.cases import Case
from workflows.db import Base, Json
from workflows.one_write import append
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
    __table_args__ = (UniqueConstraint("case_id", "seq"), Index("ix_history_event_at", "at"))


_HASHED = ("case_id", "seq", "at", "actor_id", "kind", "element", "detail", "esd_only")
_spelling = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=datetime.isoformat)


def record(
    work: Work,
    kind: str,
    case: Case | None = None,
    *,
    element: str | None = None,
    esd_only: bool = False,
    **detail: Any,
) -> None:
    """Append one event. The case must be locked by this transaction, since its events are numbered."""
    file = file_of(work.db, case.id) if case else None
    event = {
        "case_id": case.id if case else None,
        "seq": file.seq + 1 if file else None,
        "at": work.now,
        "actor_id": work.actor.id,
        "kind": kind,
        "element": element,
        "detail": detail,
        "esd_only": esd_only,
    }
    link = _hash(file.hash if file else "", event)
    if file:
        file.seq, file.hash = file.seq + 1, link
    append(work.db, HistoryEvent, {**event, "hash": link})


def chained_hash(previous: str, event: HistoryEvent) -> str:
    """SHA-256 over the hash before and everything the event says, in a fixed spelling."""
    return _hash(previous, {name: getattr(event, name) for name in _HASHED})


def _hash(previous: str, event: Mapping[str, Any]) -> str:
    words = [previous, *(event[name] for name in _HASHED)]
    return hashlib.sha256(_spelling.encode(words).encode()).hexdigest()


def events_of(db: Session, case_id: int) -> list[HistoryEvent]:
    """All events of a case, in order."""
    return list(
        db.scalars(select(HistoryEvent).where(HistoryEvent.case_id == case_id).order_by(HistoryEvent.seq))
    )


def broken_link(events: list[HistoryEvent]) -> int | None:
    """The number of the first event of a case that does not follow from those before it; None when all do."""
    previous = ""
    for expected, event in enumerate(events, start=1):
        if event.seq != expected or event.hash != chained_hash(previous, event):
            return expected
        previous = event.hash
    return None
