"""Finding out what became of messages whose sender died while it handed them over.

A sender commits `handing` before it hands anything over, notes in its host's journal which message goes out next, and
notes that the server took it. So of a row in hand whose lease has run out: in the journal as taken, it is sent; not
begun, it waits again; begun, nobody knows, and it is handed over once more and no third time. The journal of another
host cannot be read from here, so its rows are left to its own senders for `OTHER_HOST`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from notifications.journal import Fate, Handed, host_of
from workflows import clock
from workflows.commands.leases import give_back, journal
from workflows.commands.messages import say_sent
from workflows.commands.undelivered import uncertain
from workflows.db import transaction
from workflows.language import marked
from workflows.outbox import OutboxMessage
from workflows.people import SYSTEM
from workflows.settings import settings

log = structlog.get_logger()

OTHER_HOST = timedelta(minutes=15)
"""So long after its lease a row is left to the host that had it in hand."""
NOBODY_KNOWS = marked("A sender stopped before it was known whether the mail server had taken the message.")


@dataclass(frozen=True)
class Left:
    """A row that a sender has left in hand."""

    id: int
    handed: Handed
    subject: str
    until: datetime

    @property
    def host(self) -> str:
        """Whose journal knows of it; empty when none does."""
        return host_of(self.handed[1])


def recover() -> int:
    """Find out about every row in hand whose lease has run out; how many were found. Safe at any moment."""
    left = _left_behind()
    if not left:
        return 0
    here, now = journal().host, clock.now()
    ours = [one for one in left if one.host and one.host == here]
    old = [one for one in left if not one.host or (one.host != here and one.until <= now - OTHER_HOST)]
    fates = _fates(one.handed for one in ours)
    for one in (*ours, *old):
        _quietly(one, fates.get(one.handed, "began"))
    return len(ours) + len(old)


def _left_behind() -> list[Left]:
    query = select(OutboxMessage).where(
        OutboxMessage.state == "handing", OutboxMessage.leased_until <= clock.now()
    )
    with transaction() as db:
        rows = db.scalars(query.order_by(OutboxMessage.id).limit(settings().outbox_batch))
        return [
            Left(row.id, (row.message_id, row.lease), row.subject or "", row.leased_until)
            for row in rows
            if row.lease and row.leased_until
        ]


def _fates(handed: Iterable[Handed]) -> dict[Handed, Fate]:
    """What the journal of this host says; a journal that cannot be read says nothing."""
    try:
        return journal().fates(handed)
    except OSError as error:
        log.warning("journal_unreadable", error=type(error).__name__)
        return {}


def _quietly(one: Left, fate: Fate) -> None:
    """A row that goes wrong is looked at again, and does not hold up the others."""
    lease = one.handed[1]
    try:
        if fate == "taken":
            say_sent({one.id: one.subject}, lease)
        elif fate == "never":
            give_back([one.id], lease)
        else:
            uncertain(SYSTEM, one.id, lease, NOBODY_KNOWS, at_once=True)
    except Exception as error:
        log.warning("set_aside", what="recover", id=one.id, error=type(error).__name__)
