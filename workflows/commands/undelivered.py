"""Messages that did not arrive, or of which nobody knows: given up, handed over once more, looked after by people.

Administrators are told by N12, and in the app whoever caused the message. The case goes on all the same: whoever the
message was for finds the work in the app (domain 5.1, scenario 39).
"""

import random
from datetime import timedelta

from workflows import outbox
from workflows.commands import command
from workflows.commands.leases import case_of, leased, let_go, note
from workflows.errors import NotAllowed, NotFound, NotNow
from workflows.language import gettext
from workflows.outbox import TO_SENDER, UNDELIVERED, OutboxMessage, hint_after_commit
from workflows.people import Person, people_with, person_of
from workflows.work import Work

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)


def wait(attempts: int, first: timedelta = FIRST_WAIT, longest: timedelta = LONGEST_WAIT) -> timedelta:
    """Twice as long after each attempt, with a fifth of chance, so that many do not come back at once."""
    length = min(first * (1 << min(20, max(0, attempts - 1))), longest)
    return length * random.uniform(0.8, 1.2)  # noqa: S311  (chance against crowding, not a secret)


def give_up(work: Work, row: OutboxMessage, state: str = "failed") -> None:
    """The message cannot be delivered (`failed` or `undeliverable`): write it down and tell those concerned."""
    row.state = state
    note(work, row)
    if row.kind in ("mail_undeliverable", TO_SENDER):
        return
    _tell_sender(work, row)
    area = work.db.get_one(Person, row.recipient_id).area_code
    administrators = people_with(work.db, "administrator", area=area)
    outbox.queue(work, "mail_undeliverable", None, administrators, message=row.id)


def _tell_sender(work: Work, row: OutboxMessage) -> None:
    """Whoever caused the message is told in the app, unless it was to themselves."""
    sender = person_of(work.db, row.queued_by_id) if row.queued_by_id else None
    if sender and sender.active and sender.id != row.recipient_id:
        outbox.queue(work, TO_SENDER, case_of(work, row), [sender])


@command
def uncertain(work: Work, message_id: int, lease: str, reason: str, *, at_once: bool = False) -> None:
    """A sender handed the message over, and nobody knows whether the server took it: hand it over once more, under the
    same Message-ID, and after that leave it to people. `at_once`: enough time has passed since."""
    row = leased(work, message_id, lease)
    if row is None:
        return
    let_go(row)
    row.error = reason
    if row.resent:
        row.state = "unknown"
        note(work, row)
    else:
        row.state, row.resent = "waiting", True
        row.next_attempt_at = work.now if at_once else work.now + wait(row.attempts)
        note(work, row, "message_resent")


@command
def send_again(work: Work, message_id: int) -> None:
    """Have an undelivered message tried again, by an administrator or a program manager."""
    row, person = _looked_after(work, message_id)
    if outbox.is_withheld(work, case_of(work, row), person):
        raise NotNow(
            gettext(
                "The agency’s agreement is not in force, so its people get no message about this case now."
            )
        )
    row.state, row.attempts, row.resent, row.next_attempt_at = "waiting", 0, False, work.now
    note(work, row, "message_sent_again")
    hint_after_commit(work.db, row)


@command
def confirm_arrival(work: Work, message_id: int) -> None:
    """Somebody has asked the recipient: the message of which nobody knew has arrived."""
    row, _ = _looked_after(work, message_id)
    if row.state != "unknown":
        raise NotNow(gettext("Only of a message of which nobody knows can you say that it arrived."))
    row.state, row.sent_at, row.error = "sent", work.now, None
    note(work, row, "message_arrived")


def _looked_after(work: Work, message_id: int) -> tuple[OutboxMessage, Person]:
    """An undelivered message of the area, locked, with its recipient."""
    if not work.actor.has("administrator", "program_manager"):
        raise NotAllowed(gettext("Administrators and program managers send messages again."))
    row = work.db.get(OutboxMessage, message_id)
    person = work.db.get_one(Person, row.recipient_id) if row else None
    if row is None or person is None or person.area_code != work.actor.area:
        raise NotFound(gettext("There is no such message."))
    case_of(work, row)
    work.db.refresh(row, with_for_update=True)
    if row.state not in UNDELIVERED:
        raise NotNow(gettext("Only a message that failed can be sent again."))
    return row, person
