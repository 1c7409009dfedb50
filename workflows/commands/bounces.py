"""Bounces: what a report of a mail server does to the message it is about, each report once (scenario 39).

A report for good makes its message `undeliverable`; one for now has it sent again, hours later and up to
`outbox_max_attempts` times; one of a delay changes nothing, since the server goes on trying.

Nobody can tell who wrote a report. It is believed when it names a Message-ID of ours, which is chance and is seen only by
those who had that mail in hand, and all it can do is what is written here: a message that is shown as come back, and
people who are told. No case goes another way for it, and nothing of what it says is kept but the code.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from notifications.bounces import LARGEST, Bounce, NotABounce, read_bounce
from notifications.mailbox import Mailbox
from workflows import clock
from workflows.bounces import BounceMailbox, BounceRow
from workflows.commands import command
from workflows.commands.leases import case_of, note
from workflows.commands.undelivered import give_up, wait
from workflows.db import transaction
from workflows.errors import Busy
from workflows.language import marked
from workflows.outbox import OutboxMessage
from workflows.people import SYSTEM
from workflows.settings import settings
from workflows.work import Work

Outcome = Literal["undeliverable", "again", "delayed", "nothing", "known", "not_ours", "no_bounce", "later"]
"""What became of a mail. `nothing`: its message has gone on since; `known`: it was dealt with before; `later`: its
message is in somebody's hand just now."""

LEFT_ALONE: tuple[Outcome, ...] = ("not_ours", "no_bounce")
MOST = 100
"""So many mails are read at a time."""
FIRST_WAIT, LONGEST_WAIT = timedelta(hours=1), timedelta(hours=12)
"""A server reports a passing failure after it has tried for long itself."""
KEPT = timedelta(days=90)

CAME_BACK = marked("The mail came back.")
REASONS = {
    "1": marked("The mail came back: the address is not known."),
    "2": marked("The mail came back: the mailbox takes no mail, or is full."),
    "4": marked("The mail came back: the other mail server could not be reached."),
    "7": marked("The mail came back: the other mail server does not allow it."),
}
"""By the subject of the status (RFC 3463 3), which tells no address."""


def poll(mailbox: Mailbox, name: str) -> Counter[Outcome]:
    """Deal with the mails that came since the last look; how many of each outcome.

    Bounces of ours are marked as read; whatever else is there stays as it is. How far it was read is kept when all is
    done, so a crash has some read again, which then are `known`. Raises `MailboxUnavailable`.
    """
    counted: Counter[Outcome] = Counter()
    epoch = mailbox.epoch()
    with transaction() as db:
        done = _read_up_to(db, name, epoch)
    try:
        for number in mailbox.after(done, MOST):
            outcome = take(mailbox.read(number, LARGEST))
            if outcome == "later":
                break
            if outcome not in LEFT_ALONE:
                mailbox.mark_seen(number)
            counted[outcome] += 1
            done = number
    finally:
        _keep_place(name, epoch, done, sum(counted[one] for one in LEFT_ALONE))
    return counted


def take_all(mails: Iterable[bytes]) -> Counter[Outcome]:
    """Deal with mails that came another way; how many of each outcome."""
    return Counter(take(mail) for mail in mails)


def take(mail: bytes) -> Outcome:
    """Deal with one mail, if it is a bounce of a message of ours."""
    try:
        bounce = read_bounce(mail)
    except NotABounce:
        return "no_bounce"
    try:
        return _apply(SYSTEM, bounce, hashlib.sha256(mail[:LARGEST]).hexdigest())
    except Busy:
        return "later"


def put_away() -> None:
    """Forget the bounces that will not be read again."""
    with transaction() as db:
        db.execute(delete(BounceRow).where(BounceRow.at < clock.now() - KEPT))


@command
def _apply(work: Work, bounce: Bounce, sha256: str) -> Outcome:
    row = _message_of(work.db, bounce)
    if row is None:
        return "not_ours"
    case_of(work, row)
    work.db.refresh(row, with_for_update=True)
    if row.lease:
        return "later"
    if work.db.get(BounceRow, sha256):
        return "known"
    work.db.add(BounceRow(sha256=sha256, outbox_message_id=row.id, at=work.now, status=bounce.status))
    return _changed(work, row, bounce)


def _message_of(db: Session, bounce: Bounce) -> OutboxMessage | None:
    """The message that the first known of the ids means."""
    rows = db.scalars(select(OutboxMessage).where(OutboxMessage.message_id.in_(bounce.message_ids)))
    known = {row.message_id: row for row in rows}
    return next((known[one] for one in bounce.message_ids if one in known), None)


def _changed(work: Work, row: OutboxMessage, bounce: Bounce) -> Outcome:
    if not bounce.failed:
        return "delayed"
    if row.state not in ("sent", "unknown"):
        return "nothing"
    row.error = REASONS.get(bounce.status.split(".")[1], CAME_BACK)
    if bounce.permanent or row.attempts >= settings().outbox_max_attempts:
        give_up(work, row, "undeliverable")
        return "undeliverable"
    row.state, row.sent_at, row.resent = "waiting", None, False
    row.next_attempt_at = work.now + wait(row.attempts, FIRST_WAIT, LONGEST_WAIT)
    note(work, row, "message_came_back")
    return "again"


def _read_up_to(db: Session, name: str, epoch: int) -> int:
    """How far the mailbox was read; from its beginning when its numbers count from another epoch."""
    known = db.get(BounceMailbox, name)
    return known.read_up_to if known and known.epoch == epoch else 0


def _keep_place(name: str, epoch: int, number: int, left_alone: int) -> None:
    with transaction() as db:
        known = db.get(BounceMailbox, name, with_for_update=True)
        if known is None:
            known = BounceMailbox(name=name, left_alone=0)
            db.add(known)
        known.epoch, known.read_up_to, known.read_at = epoch, number, clock.now()
        known.left_alone += left_alone
