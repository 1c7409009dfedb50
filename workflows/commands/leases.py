"""Leases of messages: which sender has a row in hand, and until when.

Whoever writes what became of a row holds its lease, and asks for it in the same statement that locks the row: a sender
that was taken over writes nothing. A lease names the host, whose journal knows what was handed over.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.orm import Session

from notifications.journal import Journal
from workflows import clock, outbox
from workflows.cases import Case, lock_case
from workflows.db import transaction
from workflows.outbox import OutboxMessage
from workflows.settings import settings
from workflows.work import Work

HAND_OVER = 6
"""So many times the lease is how long a sender keeps a message while it speaks with the server: with the usual lease
three minutes, twice as long as a job lives."""
IN_HAND = ("waiting", "handing")
"""The states of a row that a sender may hold."""


def journal() -> Journal:
    """The journal of this host."""
    return Journal(settings().outbox_journal)


def ready(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The rows that a sender may take: due, and held by nobody who lives."""
    free = or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now)
    return (OutboxMessage.state == "waiting", OutboxMessage.next_attempt_at <= now, free)


def take_leases(ids: Iterable[int], lease: str) -> list[int]:
    """Take waiting rows for `outbox_lease_seconds`; gives those that could be had, in the order they were asked for.

    That somebody took a row and died before it began is no attempt.
    """
    now, wanted = clock.now(), list(ids)
    until = now + timedelta(seconds=settings().outbox_lease_seconds)
    another = case((OutboxMessage.lease.is_(None), 1), else_=0)
    with transaction() as db:
        taken = (
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(wanted), *ready(now))
            .values(lease=lease, leased_until=until, attempts=OutboxMessage.attempts + another)
            .returning(OutboxMessage.id)
        )
        had = set(db.scalars(taken))
    return [one for one in wanted if one in had]


def give_back(ids: Iterable[int], lease: str) -> None:
    """Let other senders have what was taken and never begun."""
    with transaction() as db:
        mine = OutboxMessage.id.in_(ids), OutboxMessage.lease == lease, OutboxMessage.state.in_(IN_HAND)
        free = {
            "state": "waiting",
            "lease": None,
            "leased_until": None,
            "attempts": OutboxMessage.attempts - 1,
        }
        db.execute(update(OutboxMessage).where(*mine).values(free))


def held_rows(db: Session, ids: Iterable[int], lease: str, *more: ColumnElement[bool]) -> list[OutboxMessage]:
    """The rows, locked, that this sender still holds."""
    mine = OutboxMessage.lease == lease, OutboxMessage.state.in_(IN_HAND), *more
    query = select(OutboxMessage).where(OutboxMessage.id.in_(ids), *mine).order_by(OutboxMessage.id)
    return list(db.scalars(query.with_for_update().execution_options(populate_existing=True)))


def leased(work: Work, message_id: int, lease: str) -> OutboxMessage | None:
    """The row if this sender still holds it, after its case so that all lock in one order."""
    case_of(work, work.db.get_one(OutboxMessage, message_id))
    return next(iter(held_rows(work.db, [message_id], lease)), None)


def let_go(row: OutboxMessage) -> None:
    """End the lease of a row that is written by whoever holds it."""
    row.lease = row.leased_until = None


def case_of(work: Work, row: OutboxMessage) -> Case | None:
    """The case of a message, locked before the message itself."""
    return lock_case(work.db, row.case_id) if row.case_id else None


def note(work: Work, row: OutboxMessage, kind: str = "") -> None:
    """Write into the history what became of a message; what was changed before is written first."""
    work.db.flush()
    outbox.note(work, case_of(work, row), row, kind)
