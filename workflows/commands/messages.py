"""Sending the outbox: take rows by a lease, send outside of any transaction, write down how it went (domain 5.1).

The phases: take rows; say that they are `handing` (and ask whether they may go out); hand each over, with a line in the
host's journal before and after; write down that they are `sent`. A sender that dies leaves its lease behind, and what
became of its rows is found out by `workflows.commands.recovery`. Mail failure never stops a case, and a case that
somebody has locked never delays a mail: that messages went out is written down after a few of them, in the history of
a case as soon as it is free.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from notifications.journal import Journal, JournalUnwritable
from notifications.mailer import Mailer, MailError, MailerUnavailable, MailRefused, MailUncertain, Message
from workflows import clock, outbox
from workflows.cases import Case, lock_case
from workflows.commands import command
from workflows.commands.leases import (
    HAND_OVER,
    case_of,
    give_back,
    held_rows,
    journal,
    leased,
    let_go,
    note,
    ready,
    take_leases,
)
from workflows.commands.undelivered import give_up, uncertain, wait
from workflows.db import transaction
from workflows.errors import Busy, Unavailable
from workflows.history import READ, record
from workflows.language import marked
from workflows.mail_facts import FACTS, TOLD
from workflows.mail_words import compose
from workflows.outbox import OutboxMessage
from workflows.people import SYSTEM, Person, actor_for, person_of
from workflows.settings import settings
from workflows.share import share
from workflows.work import Work

log = structlog.get_logger()

BATCH_TIME = timedelta(seconds=30)
"""How long one call goes on taking messages: half of what a job may last, so that none is cut off in the middle."""
AT_ONCE = 5
"""So many messages are taken, said to be in hand and written down together, each time in one transaction."""
NO_JOURNAL = marked("This host cannot note what it hands over: its journal cannot be written.")


def waiting_ids(limit: int) -> list[int]:
    """The messages that may be sent now, oldest first: due, and not leased to a living sender."""
    with share_of_waiting(limit) as ids:
        return ids


def share_of_waiting(limit: int) -> AbstractContextManager[list[int]]:
    """The same, and no other worker is given them until the block ends."""
    query = select(OutboxMessage.id).where(*ready(clock.now()))
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
    book = journal()
    lease = book.new_lease()
    composed = {one: message for one in take_leases(ids, lease) if (message := _composed(one, lease))}
    left = hand_over(composed, lease) if composed else []
    gone: dict[int, str] = {}
    refused: dict[int, MailError] = {}
    while left and clock.now() < until:
        message_id = left.pop(0)
        try:
            _hand_one_over(composed[message_id], lease, mailer, book)
            gone[message_id] = composed[message_id].subject
        except MailError as error:
            refused[message_id] = error
        except Exception as error:
            log.error("message_set_aside", id=message_id, error=type(error).__name__)
            refused[message_id] = MailUncertain(
                f"Handing the message over broke off, {type(error).__name__}."
            )
    _settle(gone, refused, left, lease)
    return len(gone)


def _hand_one_over(message: Message, lease: str, mailer: Mailer, book: Journal) -> None:
    """Send a message, noted before and after on this host. Raises what `Mailer.send` does."""
    try:
        book.began(message.message_id, lease)
    except JournalUnwritable:
        raise MailerUnavailable(NO_JOURNAL) from None
    mailer.send(message)
    book.taken(message.message_id, lease)


def _settle(gone: dict[int, str], refused: dict[int, MailError], left: list[int], lease: str) -> None:
    """Write down what became of messages, first of those that must not go out again."""
    if gone:
        say_sent(gone, lease)
    for message_id, error in refused.items():
        if isinstance(error, MailUncertain):
            uncertain(SYSTEM, message_id, lease, str(error))
            continue
        counts = isinstance(error, MailRefused)
        permanent = isinstance(error, MailRefused) and error.permanent
        failed(SYSTEM, message_id, lease, str(error), final=permanent, counts=counts)
    if left:
        give_back(left, lease)


def say_sent(gone: Mapping[int, str], lease: str) -> None:
    """The server has taken these messages, by id with their subjects: write it down, whoever has their cases locked."""
    for message_id in gone.keys() - sent_and_written(gone, lease):
        sent(message_id, lease, gone[message_id])
        _each_quietly([message_id])


def _composed(message_id: int, lease: str) -> Message | None:
    """The finished message; one that cannot be written is given up."""
    try:
        return compose(message_id)
    except (Busy, Unavailable):
        raise  # Nothing is wrong with the message: it waits until the lease has run out.
    except Exception as error:
        log.error("message_not_composed", id=message_id, error=type(error).__name__)
        reason = f"The message could not be written ({type(error).__name__})."
        failed(SYSTEM, message_id, lease, reason, final=True, counts=True)
        return None


def hand_over(composed: Mapping[int, Message], lease: str) -> list[int]:
    """Just before sending: say that rows are in hand, for as long as a server may take. Gives those that may go out:
    this sender still holds them, their agency has an agreement, and their recipient is still there."""
    with transaction() as db:
        work = Work(db, SYSTEM, clock.now())
        rows = held_rows(db, composed, lease)
        stopped = _stopped(work, rows)
        for row in rows:
            if row.id not in stopped:
                row.state, row.subject = "handing", composed[row.id].subject
                row.leased_until = work.now + timedelta(seconds=HAND_OVER * settings().outbox_lease_seconds)
    for message_id in stopped:
        hold_back(SYSTEM, message_id, lease)
    return [row.id for row in rows if row.id not in stopped]


@command
def hold_back(work: Work, message_id: int, lease: str) -> None:
    """Do not send a message now: keep it until the agreement is in force again, or tell those in the place of a
    recipient who has left."""
    row = leased(work, message_id, lease)
    if row is None:
        return
    case, person = case_of(work, row), work.db.get_one(Person, row.recipient_id)
    let_go(row)
    row.attempts -= 1
    if outbox.is_withheld(work, case, person):
        row.state = "withheld"
        note(work, row)
    elif not person.active:
        _pass_on(work, row, case, person)


def sent_and_written(gone: Mapping[int, str], lease: str) -> set[int]:
    """The server has taken these messages (by id with their subjects): say so in their rows and in the histories of
    those cases that nobody has locked, all at once. Gives the messages that are done with."""
    with transaction() as db:
        work = Work(db, SYSTEM, clock.now())
        cases = _free_cases(db, gone)
        rows = held_rows(
            db, gone, lease, or_(OutboxMessage.case_id.is_(None), OutboxMessage.case_id.in_(cases))
        )
        # The events without a case come last: they lock their one chain.
        for row in sorted(rows, key=lambda row: row.case_id is None):
            row.state, row.sent_at, row.subject, row.error = "sent", work.now, gone[row.id], None
            let_go(row)
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
        for row in held_rows(db, [message_id], lease):
            row.state, row.sent_at, row.subject, row.error = "sent", clock.now(), subject, None


@command
def write_down(work: Work, message_id: int) -> None:
    """Write into the history that a message went out, once."""
    row = work.db.get_one(OutboxMessage, message_id)
    case_of(work, row)
    row = work.db.get_one(OutboxMessage, message_id, populate_existing=True, with_for_update=True)
    if row.state == "sent" and row.lease:
        let_go(row)
        note(work, row)
        _note_facts(work, case_of(work, row), row)


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
    row = leased(work, message_id, lease)
    if row is None:
        return
    let_go(row)
    row.error = reason
    if not counts:
        row.attempts -= 1
    if final or row.attempts >= settings().outbox_max_attempts:
        give_up(work, row)
    else:
        row.state, row.next_attempt_at = "waiting", work.now + wait(row.attempts)
        if counts:
            note(work, row, "message_attempt_failed")


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
        note(work, row)
    else:
        give_up(work, row)


def _note_facts(work: Work, case: Case | None, row: OutboxMessage) -> None:
    """A mail that named the client counts as a reading of the facts by whoever got it (domain 7.3)."""
    if row.about.get(FACTS):
        reader = actor_for(work.db, work.db.get_one(Person, row.recipient_id))
        told = Work(work.db, reader, work.now)
        record(told, READ, case, where="mail", element=None, channel="mail", fields=TOLD, basis="mail")
