"""Sending the outbox: take rows by a lease, send outside of any transaction, write down how it went (domain 5.1).

A sender that dies leaves its lease behind; once it has run out, another sender takes the row, with the same
Message-ID. Mail failure never stops a case, and a case that somebody has locked never delays a mail: that messages
went out is written down after a few of them, in the history of a case as soon as it is free.
"""

import random
import secrets
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from notifications.mailer import Mailer, MailError, MailRefused, Message
from workflows import clock, outbox
from workflows.cases import Case, lock_case
from workflows.commands import command
from workflows.db import transaction
from workflows.errors import NotAllowed, NotFound, NotNow
from workflows.history import READ, record
from workflows.language import gettext, marked
from workflows.mail_facts import FACTS, TOLD
from workflows.mail_words import compose
from workflows.outbox import OutboxMessage, hint_after_commit
from workflows.people import SYSTEM, Person, actor_for, people_with, person_of
from workflows.settings import settings
from workflows.share import share
from workflows.work import Work

log = structlog.get_logger()

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)
BATCH_TIME = timedelta(seconds=30)
"""How long one call goes on taking messages: half of what a job may last, so that none is cut off in the middle."""
AT_ONCE = 5
"""So many messages are taken, handed over and written down together, each time in one transaction. As many go out a
second time, with the same Message-ID, when a sender dies after it has sent them and before it has said so."""
HAND_OVER = 6
"""So many times the lease is how long a sender keeps a message while it speaks with the server: with the usual lease
three minutes, twice as long as a job lives."""


def waiting_ids(limit: int) -> list[int]:
    """The messages that may be sent now, oldest first: due, and not leased to a living sender."""
    with share_of_waiting(limit) as ids:
        return ids


def share_of_waiting(limit: int) -> AbstractContextManager[list[int]]:
    """The same, and no other worker is given them until the block ends."""
    query = select(OutboxMessage.id).where(*_ready(clock.now()))
    return share(query.order_by(OutboxMessage.next_attempt_at, OutboxMessage.id), limit)


def deliver(ids: Iterable[int], mailer: Mailer) -> int:
    """Send these messages, each once; those already sent or leased to another are left alone. How many went out.

    After `BATCH_TIME` the rest is left to the next sweep. A message that goes wrong does not stop the others.
    """
    until, waiting, done = clock.now() + BATCH_TIME, list(ids), 0
    while waiting and clock.now() < until:
        done += _deliver_quietly(waiting[:AT_ONCE], mailer, until)
        del waiting[:AT_ONCE]
    return done


def _deliver_quietly(ids: list[int], mailer: Mailer, until: datetime) -> int:
    """What was not written down about a message is found out when its lease has run out."""
    try:
        return _deliver_some(ids, mailer, until)
    except Exception as error:
        log.error("messages_set_aside", ids=ids, error=type(error).__name__)
        return 0


def _deliver_some(ids: list[int], mailer: Mailer, until: datetime) -> int:
    lease = secrets.token_hex(8)
    composed = {one: message for one in take_leases(ids, lease) if (message := _composed(one, lease))}
    left = hand_over(composed, lease) if composed else []
    gone: dict[int, str] = {}
    refused: dict[int, MailError] = {}
    while left and clock.now() < until:
        message_id = left.pop(0)
        try:
            mailer.send(composed[message_id])
            gone[message_id] = composed[message_id].subject
        except MailError as error:
            refused[message_id] = error
        except Exception as error:
            log.error("message_set_aside", id=message_id, error=type(error).__name__)
    _settle(gone, refused, left, lease)
    return len(gone)


def _settle(gone: dict[int, str], refused: dict[int, MailError], left: list[int], lease: str) -> None:
    """Write down what became of messages, first of those that must not go out again."""
    if gone:
        for message_id in gone.keys() - sent_and_written(gone, lease):
            sent(message_id, lease, gone[message_id])
            _each_quietly([message_id])
    for message_id, error in refused.items():
        permanent = isinstance(error, MailRefused) and error.permanent
        counts = isinstance(error, MailRefused)
        failed(SYSTEM, message_id, lease, str(error), final=permanent, counts=counts)
    if left:
        give_back(left, lease)


def _composed(message_id: int, lease: str) -> Message | None:
    """The finished message; one that cannot be written is given up."""
    try:
        return compose(message_id)
    except Exception as error:
        log.error("message_not_composed", id=message_id, error=type(error).__name__)
        reason = f"The message could not be written ({type(error).__name__})."
        failed(SYSTEM, message_id, lease, reason, final=True, counts=True)
        return None


def take_leases(ids: Iterable[int], lease: str) -> list[int]:
    """Take waiting rows for `outbox_lease_seconds`; gives those that could be had, in the order they were asked for."""
    now, wanted = clock.now(), list(ids)
    until = now + timedelta(seconds=settings().outbox_lease_seconds)
    with transaction() as db:
        taken = (
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(wanted), *_ready(now))
            .values(lease=lease, leased_until=until, attempts=OutboxMessage.attempts + 1)
            .returning(OutboxMessage.id)
        )
        had = set(db.scalars(taken))
    return [one for one in wanted if one in had]


def give_back(ids: Iterable[int], lease: str) -> None:
    """Let other senders have what was taken and never tried."""
    with transaction() as db:
        mine = OutboxMessage.id.in_(ids), OutboxMessage.lease == lease, OutboxMessage.state == "waiting"
        free = {"lease": None, "leased_until": None, "attempts": OutboxMessage.attempts - 1}
        db.execute(update(OutboxMessage).where(*mine).values(free))


def hand_over(ids: Iterable[int], lease: str) -> list[int]:
    """Just before sending: keep rows for as long as a server may take. Gives those that may go out: this sender still
    holds them, their agency has an agreement, and their recipient is still there."""
    with transaction() as db:
        work = Work(db, SYSTEM, clock.now())
        rows = _held_rows(db, ids, lease)
        stopped = _stopped(work, rows)
        for row in rows:
            row.leased_until = work.now + timedelta(seconds=HAND_OVER * settings().outbox_lease_seconds)
    for message_id in stopped:
        hold_back(SYSTEM, message_id, lease)
    return [row.id for row in rows if row.id not in stopped]


@command
def hold_back(work: Work, message_id: int, lease: str) -> None:
    """Do not send a message now: keep it until the agreement is in force again, or tell those in the place of a
    recipient who has left."""
    row = _leased(work, message_id, lease)
    if row is None:
        return
    case, person = _case_of(work, row), work.db.get_one(Person, row.recipient_id)
    row.lease = row.leased_until = None
    row.attempts -= 1
    if outbox.is_withheld(work, case, person):
        row.state = "withheld"
        _note(work, row)
    elif not person.active:
        _pass_on(work, row, case, person)


def sent_and_written(gone: Mapping[int, str], lease: str) -> set[int]:
    """The server has taken these messages (by id with their subjects): say so in their rows and in the histories of
    those cases that nobody has locked, all at once. Gives the messages that are done with."""
    with transaction() as db:
        work = Work(db, SYSTEM, clock.now())
        cases = _free_cases(db, gone)
        rows = _held_rows(
            db, gone, lease, or_(OutboxMessage.case_id.is_(None), OutboxMessage.case_id.in_(cases))
        )
        # The events without a case come last: they lock their one chain.
        for row in sorted(rows, key=lambda row: row.case_id is None):
            row.state, row.sent_at, row.subject, row.error = "sent", work.now, gone[row.id], None
            row.lease = row.leased_until = None
            case = cases[row.case_id] if row.case_id else None
            outbox.note(work, case, row)
            _note_facts(work, case, row)
        return {row.id for row in rows}


def _free_cases(db: Session, ids: Iterable[int]) -> dict[int, Case]:
    """The cases of messages that can be locked without waiting, in the order of their ids, as all lock several."""
    of_these = select(OutboxMessage.case_id).where(OutboxMessage.id.in_(ids))
    query = select(Case.id).where(Case.id.in_(of_these)).order_by(Case.id)
    free = list(db.scalars(query.with_for_update(skip_locked=True, key_share=True)))
    return {case_id: lock_case(db, case_id) for case_id in free}


def sent(message_id: int, lease: str, subject: str) -> None:
    """The same for a message whose case is busy: no row but its own is needed to say so. A sender whose lease was
    taken over writes nothing. The lease stays until the history has it (`write_down`)."""
    with transaction() as db:
        for row in _held_rows(db, [message_id], lease):
            row.state, row.sent_at, row.subject, row.error = "sent", clock.now(), subject, None


@command
def write_down(work: Work, message_id: int) -> None:
    """Write into the history that a message went out, once."""
    row = work.db.get_one(OutboxMessage, message_id)
    _case_of(work, row)
    row = work.db.get_one(OutboxMessage, message_id, populate_existing=True, with_for_update=True)
    if row.state == "sent" and row.lease:
        row.lease = row.leased_until = None
        _note(work, row)
        _note_facts(work, _case_of(work, row), row)


def write_down_sent() -> None:
    """The same for every message whose case was busy when it went out."""
    with transaction() as db:
        query = select(OutboxMessage.id).where(
            OutboxMessage.state == "sent", OutboxMessage.lease.is_not(None)
        )
        ids = list(db.scalars(query.order_by(OutboxMessage.id).limit(settings().outbox_batch)))
    _each_quietly(ids)


def _each_quietly(ids: list[int]) -> None:
    """A message whose case is busy is written down later."""
    for message_id in ids:
        try:
            write_down(SYSTEM, message_id)
        except Exception as error:
            log.warning("set_aside", what="write_down", id=message_id, error=type(error).__name__)


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
        if counts:
            _note(work, row, "message_attempt_failed")


@command
def send_again(work: Work, message_id: int) -> None:
    """Have a failed message tried again, by an administrator or a program manager."""
    if not work.actor.has("administrator", "program_manager"):
        raise NotAllowed(gettext("Administrators and program managers send messages again."))
    row = work.db.get(OutboxMessage, message_id)
    person = work.db.get_one(Person, row.recipient_id) if row else None
    if row is None or person is None or person.area_code != work.actor.area:
        raise NotFound(gettext("There is no such message."))
    case = _case_of(work, row)
    work.db.refresh(row, with_for_update=True)
    if row.state != "failed":
        raise NotNow(gettext("Only a message that failed can be sent again."))
    if outbox.is_withheld(work, case, person):
        raise NotNow(
            gettext(
                "The agency’s agreement is not in force, so its people get no message about this case now."
            )
        )
    row.state, row.attempts, row.next_attempt_at = "waiting", 0, work.now
    _note(work, row, "message_sent_again")
    hint_after_commit(work.db, row)


def _ready(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now)
    return (OutboxMessage.state == "waiting", OutboxMessage.next_attempt_at <= now, free)


def _leased(work: Work, message_id: int, lease: str) -> OutboxMessage | None:
    """The row if this sender still holds it, after its case so that all lock in one order."""
    _case_of(work, work.db.get_one(OutboxMessage, message_id))
    return next(iter(_held_rows(work.db, [message_id], lease)), None)


def _held_rows(
    db: Session, ids: Iterable[int], lease: str, *more: ColumnElement[bool]
) -> list[OutboxMessage]:
    """The waiting rows, locked, that this sender still holds."""
    mine = OutboxMessage.lease == lease, OutboxMessage.state == "waiting", *more
    query = select(OutboxMessage).where(OutboxMessage.id.in_(ids), *mine).order_by(OutboxMessage.id)
    return list(db.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _case_of(work: Work, row: OutboxMessage) -> Case | None:
    """The case of a message, locked before the message itself."""
    return lock_case(work.db, row.case_id) if row.case_id else None


def _stopped(work: Work, rows: list[OutboxMessage]) -> set[int]:
    """The messages that must not go out now."""
    concerned = select(Case).where(Case.id.in_([row.case_id for row in rows if row.case_id]))
    cases = {case.id: case for case in work.db.scalars(concerned)}
    return {row.id for row in rows if _is_stopped(work, row, cases.get(row.case_id or 0))}


def _is_stopped(work: Work, row: OutboxMessage, case: Case | None) -> bool:
    person = person_of(work.db, row.recipient_id)
    return person is None or not person.active or outbox.is_withheld(work, case, person)


def _pass_on(work: Work, row: OutboxMessage, case: Case | None, person: Person) -> None:
    """A message to somebody who has left goes to those in their place; to nobody's place, it is given up."""
    row.error = marked("The recipient may no longer sign in.")
    if outbox.queue(work, row.kind, case, [person], round=row.round, **row.about):
        row.state = "failed"
        _note(work, row)
    else:
        _give_up(work, row)


def _give_up(work: Work, row: OutboxMessage) -> None:
    row.state = "failed"
    _note(work, row)
    if row.kind != "mail_undeliverable":
        area = work.db.get_one(Person, row.recipient_id).area_code
        administrators = people_with(work.db, "administrator", area=area)
        outbox.queue(work, "mail_undeliverable", None, administrators, message=row.id)


def _note_facts(work: Work, case: Case | None, row: OutboxMessage) -> None:
    """A mail that named the client counts as a reading of the facts by whoever got it (domain 7.3)."""
    if row.about.get(FACTS):
        reader = actor_for(work.db, work.db.get_one(Person, row.recipient_id))
        told = Work(work.db, reader, work.now)
        record(told, READ, case, where="mail", element=None, channel="mail", fields=TOLD, basis="mail")


def _wait(attempts: int) -> timedelta:
    """Twice as long after each attempt, with a fifth of chance, so that many do not come back at once."""
    wait = min(FIRST_WAIT * (1 << max(0, attempts - 1)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  (chance against crowding, not a secret)


def _note(work: Work, row: OutboxMessage, kind: str = "") -> None:
    work.db.flush()
    outbox.note(work, _case_of(work, row), row, kind)
