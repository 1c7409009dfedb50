"""Sending the outbox: take a row by a lease, send outside of any transaction, write down how it went (domain 5.1).

A sender that dies leaves its lease behind; once it has run out, another sender takes the row, with the same
Message-ID. Mail failure never stops a case.
"""

import random
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from notifications.mailer import Mailer, MailerUnavailable, MailRefused
from workflows import clock, outbox
from workflows.cases import lock_case
from workflows.commands import command
from workflows.db import transaction
from workflows.errors import NotAllowed, NotFound, NotNow
from workflows.history import record
from workflows.mail_words import compose
from workflows.outbox import OutboxMessage, hint_after_commit
from workflows.people import SYSTEM, people_with
from workflows.settings import settings
from workflows.work import Work

log = structlog.get_logger()

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)


def waiting_ids(limit: int) -> list[int]:
    """The messages that may be sent now, oldest first: due, and not leased to a living sender."""
    with transaction() as db:
        query = select(OutboxMessage.id).where(*_ready(clock.now()))
        return list(db.scalars(query.order_by(OutboxMessage.next_attempt_at, OutboxMessage.id).limit(limit)))


def deliver(ids: Iterable[int], mailer: Mailer) -> int:
    """Send these messages, each once; those already sent or leased to another are left alone. How many went out."""
    return sum(_deliver_one(message_id, mailer) for message_id in ids)


def _deliver_one(message_id: int, mailer: Mailer) -> bool:
    lease = secrets.token_hex(8)
    if not take_lease(message_id, lease):
        return False
    try:
        message = compose(message_id)
        mailer.send(message)
    except MailRefused as refused:
        failed(SYSTEM, message_id, lease, str(refused), final=refused.permanent, counts=True)
    except MailerUnavailable as away:
        failed(SYSTEM, message_id, lease, str(away), final=False, counts=False)
    except Exception as error:
        log.error("message_not_composed", id=message_id, error=type(error).__name__)
        failed(
            SYSTEM,
            message_id,
            lease,
            f"The message could not be written ({type(error).__name__}).",
            final=True,
            counts=True,
        )
    else:
        sent(SYSTEM, message_id, lease, message.subject)
        return True
    return False


def take_lease(message_id: int, lease: str) -> bool:
    """Take a waiting row for `outbox_lease_seconds`; whether it could be had."""
    now = clock.now()
    until = now + timedelta(seconds=settings().outbox_lease_seconds)
    with transaction() as db:
        taken = (
            update(OutboxMessage)
            .where(OutboxMessage.id == message_id, *_ready(now))
            .values(lease=lease, leased_until=until, attempts=OutboxMessage.attempts + 1)
            .returning(OutboxMessage.id)
        )
        return db.scalar(taken) is not None


@command
def sent(work: Work, message_id: int, lease: str, subject: str) -> None:
    """The server has taken the message. A sender whose lease was taken over writes nothing."""
    row = _leased(work, message_id, lease)
    if row:
        row.state, row.sent_at, row.subject, row.error = "sent", work.now, subject, None
        row.lease = row.leased_until = None
        _record(work, row, "message_sent")


@command
def failed(work: Work, message_id: int, lease: str, reason: str, *, final: bool, counts: bool) -> None:
    """The message did not go out: try again later, or give up and say so to the administrators (N12).

    `final`: the address or the message is refused for good. `counts`: the attempt counts towards the limit; a mail
    server that is away does not, since nothing is wrong with the message.
    """
    row = _leased(work, message_id, lease)
    if row is None:
        return
    row.lease = row.leased_until = None
    row.error = reason
    if not counts:
        row.attempts -= 1
    if final or row.attempts >= settings().outbox_max_attempts:
        _give_up(work, row)
    else:
        row.next_attempt_at = work.now + _wait(row.attempts)


@command
def send_again(work: Work, message_id: int) -> None:
    """Have a failed message tried again, by an administrator or a program manager."""
    if not work.actor.has("administrator", "program_manager"):
        raise NotAllowed("Administrators and program managers send messages again.")
    row = work.db.get(OutboxMessage, message_id)
    if row is None:
        raise NotFound("There is no such message.")
    if row.state != "failed":
        raise NotNow("Only a message that failed can be sent again.")
    row.state, row.attempts, row.next_attempt_at = "waiting", 0, work.now
    _record(work, row, "message_sent_again")
    hint_after_commit(work.db, row.id)


def _ready(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now)
    return (OutboxMessage.state == "waiting", OutboxMessage.next_attempt_at <= now, free)


def _leased(work: Work, message_id: int, lease: str) -> OutboxMessage | None:
    """The row if this sender still holds it, after its case so that all lock in one order."""
    row = work.db.get_one(OutboxMessage, message_id)
    if row.case_id:
        lock_case(work.db, row.case_id)
    query = select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.lease == lease)
    return work.db.scalar(query.with_for_update().execution_options(populate_existing=True))


def _give_up(work: Work, row: OutboxMessage) -> None:
    row.state = "failed"
    _record(work, row, "message_failed")
    if row.kind != "mail_undeliverable":
        outbox.queue(
            work,
            "mail_undeliverable",
            None,
            people_with(work.db, "administrator"),
            message=row.id,
        )


def _wait(attempts: int) -> timedelta:
    """Twice as long after each attempt, with a fifth of chance, so that many do not come back at once."""
    wait = min(FIRST_WAIT * (1 << max(0, attempts - 1)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  (chance against crowding, not a secret)


def _record(work: Work, row: OutboxMessage, kind: str) -> None:
    db: Session = work.db
    case = lock_case(db, row.case_id) if row.case_id else None
    esd_only = case is not None and _is_esd_message(db, row, case.agency_code)
    record(work, kind, case, esd_only=esd_only, message=row.number, message_kind=row.kind, id=row.id)


def _is_esd_message(db: Session, row: OutboxMessage, agency: str) -> bool:
    from workflows.people import Person

    return db.get_one(Person, row.recipient_id).agency_code != agency
