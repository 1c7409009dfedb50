"""History: append-only, written by the command that changes something, in the same transaction (domain 7.3).

The events of a case are a chain, and those without a case (sign-ins, people, agreements, refusals) are one more: each
carries a gapless number and a hash over the event before it, so that a missing or changed row shows. An event never
holds a client fact; `esd_only` ones are not shown to partner staff.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    TypeDecorator,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.case_file import file_of
from workflows.cases import Case
from workflows.db import Base, Json
from workflows.one_write import append
from workflows.standalone.verify_history import HASHED, spelled
from workflows.standalone.verify_history import link as linked
from workflows.webhooks import announce
from workflows.work import Work


class Hash(TypeDecorator[str]):
    """A SHA-256, hexadecimal where it is read, half as long where it is kept."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """As it is kept."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """As it is read."""
        return None if value is None else value.hex()


OFTEN = (
    "case_closed",
    "case_opened",
    "client_facts_read",
    "contact_made",
    "message_sent",
    "message_waiting",
    "partner_told",
    "request_sent",
    "signed_in",
    "task_claimed",
    "task_completed",
    "task_opened",
    "task_withdrawn",
)
"""Kinds that nearly every case has: a page of one is soon found among all events, so only the others are indexed."""

READ, SEARCHED, EXPORTED, PROVED = (
    "client_facts_read",
    "clients_searched",
    "case_exported",
    "proof_pack_made",
)
READINGS = (READ, SEARCHED, EXPORTED, PROVED)
"""Kinds that say that facts about a client left the product, with the way in `channel` (`workflows.disclosures`)."""

SELDOM = f"kind NOT IN ({', '.join(repr(kind) for kind in OFTEN)})"


class HistoryEvent(Base):
    """Something that happened: `kind` is the word, `detail` the non-identifying particulars.

    `area_code` says whose trail it belongs to, None to everybody's; it follows from the rest and is not hashed.
    """

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
    hash: Mapped[str] = mapped_column(Hash)
    area_code: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_history_event_area", "area_code", "at", "id"),
        Index("ix_history_event_kind", "area_code", "kind", "at", "id", postgresql_where=SELDOM),
        Index("ix_history_event_actor", "actor_id", "at", "id", postgresql_where="actor_id IS NOT NULL"),
        Index(
            "ix_history_event_channel",
            "area_code",
            text("(detail ->> 'channel')"),
            "at",
            "id",
            postgresql_where=f"kind IN ({', '.join(repr(kind) for kind in READINGS)})",
        ),
        Index(
            "ix_history_event_searched",
            text("string_to_array(detail ->> 'cases', ', ')"),
            postgresql_using="gin",
            postgresql_where=f"case_id IS NULL AND kind = '{SEARCHED}'",
        ),
        Index(
            "ix_history_event_message",
            text("(detail ->> 'id')"),
            postgresql_where="case_id IS NULL AND kind LIKE 'message_%'",
        ),
        Index("ix_history_event_without_case", "seq", unique=True, postgresql_where="case_id IS NULL"),
    )


def record(
    work: Work,
    kind: str,
    case: Case | None = None,
    *,
    element: str | None = None,
    esd_only: bool = False,
    area: str | None = None,
    **detail: Any,
) -> None:
    """Append one event. The case must be locked by this transaction, since its events are numbered.

    An event without a case locks their one chain until the end of the transaction: record it last. It belongs to
    the area of whoever acts, or to the one given where the product itself acts.
    """
    seq, before = _newest(work.db, case)
    event = {
        "case_id": case.id if case else None,
        "seq": seq + 1,
        "at": work.now,
        "actor_id": work.actor.id,
        "kind": kind,
        "element": element,
        "detail": detail,
        "esd_only": esd_only,
    }
    link = linked(before, event)
    if case:
        file = file_of(work.db, case.id)
        file.seq, file.hash = seq + 1, link
    else:
        work.db.info["newest_without_case"] = (seq + 1, link)
    where = case.area_code if case else area or work.actor.area or None
    append(work.db, HistoryEvent, {**event, "hash": bytes.fromhex(link), "area_code": where})
    if case:
        announce(work.db, case, kind, detail, work.now)


def chained_hash(previous: str, event: HistoryEvent) -> str:
    """SHA-256 over the hash before and everything the event says, in a fixed spelling."""
    return linked(previous, {name: getattr(event, name) for name in HASHED})


def spelled_event(event: HistoryEvent) -> dict[str, Any]:
    """What of an event is hashed, as JSON says it."""
    said: dict[str, Any] = json.loads(spelled({name: getattr(event, name) for name in HASHED}))
    return said


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


def _newest(db: Session, case: Case | None) -> tuple[int, str]:
    """Number and hash of the newest event of a chain that nobody else can add to before this transaction ends."""
    if case:
        file = file_of(db, case.id)
        return file.seq, file.hash
    if "newest_without_case" not in db.info:
        db.execute(select(func.pg_advisory_xact_lock(_WITHOUT_CASE)))
        query = select(HistoryEvent.seq, HistoryEvent.hash).where(HistoryEvent.case_id.is_(None))
        found = db.execute(query.order_by(HistoryEvent.seq.desc()).limit(1)).first()
        db.info["newest_without_case"] = (found.seq or 0, found.hash) if found else (0, "")
    newest: tuple[int, str] = db.info["newest_without_case"]
    return newest
