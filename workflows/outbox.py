"""The outbox: every message is a row written in the transaction that causes it; jobs only carry ids (domain 5.1).

A row is `waiting` (due at `next_attempt_at`), `withheld` (its agency's agreement is not in force), `handing` (a sender
hands it to the mail server), `sent`, `failed` (the mail server does not take it), `undeliverable` (it came back) or
`unknown` (it was handed over twice, and nobody knows whether it arrived); as its recipient chose, it is never mailed
(`app`), or waits for the daily mail (`digest`) that then names it (`digested`). Every row that is not withheld is in its
recipient's inbox, whatever became of the mail.

A sender takes a row by a lease that names its host, and commits `handing` before it hands anything over; when it dies,
the lease runs out and another finds out what became of the row (`workflows.commands.recovery`). A row that was sent
keeps its lease until its case's history says so. The Message-ID is fixed when the row is written, so a doubled
delivery can be recognised.
"""

import importlib
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.case_file import file_of
from workflows.cases import Case
from workflows.db import Base, Json, after_commit
from workflows.history import record
from workflows.mail_choices import STATES, way_for
from workflows.organisations import shortcoming_at
from workflows.people import Person, missing_clearances, people_with, person_of, staff_of, supervisors_for
from workflows.settings import settings
from workflows.substitutes import stand_in_for
from workflows.work import Work

log = structlog.get_logger()

MESSAGES = {
    "notify_supervisor": "N1",
    "notify_partner_change_made": "N2",
    "notify_partner_remains_opted_out": "N3",
    "notify_partner_withdrawn": "N4",
    "notify_partner_unreachable": "N4",
    "notify_partner_not_in_eto": "N4",
    "notify_partner_located": "N4",
    "notify_esd_check_wanted": "N5",
    "remind_supervisor": "N6",
    "remind_undecided": "N6",
    "remind_offer_open": "N6",
    "remind_overdue": "N6",
    "remind_now": "N6",
    "escalate_to_backup": "N7",
    "escalate_to_program_manager": "N7",
    "tell_program_manager_not_visible": "N7",
    "notify_opt_out_again_wanted": "N7",
    "escalate_hold": "N7",
    "ask_to_call_client": "N8",
    "notify_assigned_staff": "N9",
    "agreement_warning": "N10",
    "agreement_lapsed": "N10",
    "notify_access_ended": "N11",
    "mail_undeliverable": "N12",
    "substitute_named": "N16",
    "approval_wanted": "N13",
    "emergency_access": "N14",
    "account_set_up": "N15",
}
"""Each kind of message with its number, to N12 those of domain 5.1; the kind is also the folder of its words in the
bundle."""

OF_BUNDLE = "N17"
"""The number of every other kind: a mail that a bundle brings beside these, and whose folder it names."""

DAILY, WEBHOOK_OFF, PUBLICATION_WANTED, TEST = "daily_mail", "webhook_off", "publication_wanted", "test_mail"
TO_SENDER = "your_mail_undeliverable"
OWN = {DAILY: "", WEBHOOK_OFF: "N12", PUBLICATION_WANTED: "N13", TEST: "", TO_SENDER: "N12"}
"""Kinds that are no part of a procedure: the product brings their words itself. The second is chosen with N12, the third
with N13; the fourth is the test of a mail, asked for by whoever gets it; the fifth tells whoever caused a message, in
the app alone, that it could not be delivered."""

ESD_ONLY_KINDS = frozenset({"notify_assigned_staff", "remind_offer_open"})
"""Kinds whose mere existence tells what only ESD may know: that an offer was accepted or is being considered."""


UNDELIVERED = ("failed", "undeliverable", "unknown")
"""States of a message that somebody has to look after."""
UNSENT = (*UNDELIVERED, "handing", "withheld")
"""States that few messages are in, beside those that wait."""


class OutboxMessage(Base):
    """One message to one person. `about` holds ids and counts for its words, of a bundle's own mail its title, and of
    a test the words themselves; never a fact about a client. `queued_by_id` is whose act caused it, if it was somebody's;
    `resent`: it was handed over once more because nobody knew whether it had been taken."""

    __tablename__ = "outbox_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    round: Mapped[int]
    about: Mapped[Json]
    state: Mapped[str] = mapped_column(default="waiting")
    message_id: Mapped[str] = mapped_column(unique=True)
    queued_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    error: Mapped[str | None]
    read_at: Mapped[datetime | None]
    queued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resent: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "recipient_id", "round"),
        Index("ix_outbox_waiting", "next_attempt_at", "id", postgresql_where="state = 'waiting'"),
        Index("ix_outbox_recipient", "recipient_id", "id"),
        Index("ix_outbox_unsent", "state", "id", postgresql_where=f"state IN {UNSENT!r}"),
        Index("ix_outbox_unread", "recipient_id", postgresql_where="read_at IS NULL AND state <> 'withheld'"),
        Index("ix_outbox_digest", "recipient_id", postgresql_where="state = 'digest'"),
    )

    @property
    def number(self) -> str:
        """The message's number in domain 5.1; empty for the daily mail, which is none of them."""
        return number_of(self.kind)


def number_of(kind: str) -> str:
    """The number of a kind of message, to N12 those of domain 5.1, or empty."""
    return MESSAGES.get(kind) or OWN.get(kind, OF_BUNDLE)


def queue(
    work: Work,
    kind: str,
    case: Case | None,
    recipients: Iterable[Person],
    *,
    round: int | None = None,
    **about: object,
) -> list[OutboxMessage]:
    """Write a message for each recipient, or for whoever takes the place of one who is absent or has left.

    With a given round, a message that is already there is not written again.
    """
    present = [_in_place_of(work, kind, case, one) for one in recipients]
    reached = {person.id: person for one in present for person in reachable(work.db, case, one)}
    if case and not reached:
        log.warning("nobody_to_tell", case=case.number, kind=kind)
        record(work, "message_without_recipient", case, esd_only=True, message_kind=kind)
    return [row for person in reached.values() if (row := _queue_one(work, kind, case, person, round, about))]


def _in_place_of(work: Work, kind: str, case: Case | None, person: Person) -> Person:
    """Whoever stands in today for somebody of Employment Security who is absent; that somebody was chosen to work with
    a client is for that person alone, and so is what became of one's own message."""
    if case is None or kind in ("notify_assigned_staff", TO_SENDER) or not person.is_esd_staff:
        return person
    return stand_in_for(work.db, person, case.office_code, work.now) or person


def reachable(db: Session, case: Case | None, person: Person) -> list[Person]:
    """Who reads a message to somebody: that person, or the active colleagues in their place in the case.

    For a case manager these are case managers of the same agency, by preference cleared ones (domain 7.2) and those
    of the office; for Employment Security the supervisors of the office.
    """
    if person.active or case is None:
        return [person] if person.active else []
    if not is_partner_of(case, person):
        return supervisors_for(db, case.office_code, case.area_code) if person.is_esd_staff else []
    everyone = people_with(db, "case_manager", agency=case.agency_code)
    cleared = [one for one in everyone if not missing_clearances(one)] or everyone
    of_office = {one.id for one in staff_of(db, "case_manager", case.office_code)}
    return [one for one in cleared if one.id in of_office] or cleared


def _queue_one(
    work: Work, kind: str, case: Case | None, person: Person, round: int | None, about: dict[str, object]
) -> OutboxMessage | None:
    said = _rounds(work.db, kind, case, person)
    if round is not None and round in said:
        return None
    row = OutboxMessage(
        case_id=case.id if case else None,
        kind=kind,
        recipient_id=person.id,
        round=round if round is not None else max(said, default=-1) + 1,
        about=about,
        state="withheld" if is_withheld(work, case, person) else _state_for(work.db, kind, person.id),
        message_id=f"<{secrets.token_hex(10)}@{settings().mail_from.rsplit('@', 1)[-1].rstrip('>')}>",
        queued_at=work.now,
        next_attempt_at=work.now,
        attempts=0,
        read_at=work.now if kind == DAILY else None,  # It tells of the inbox, and is not in it.
        queued_by_id=work.actor.id,
    )
    work.db.add(row)
    if case:
        file_of(work.db, case.id).messages.append((kind, person.id, row.round))
        note(work, case, row, "message_in_app" if kind == TO_SENDER else "")
    if row.state == "waiting":
        hint_after_commit(work.db, row)
    return row


def _state_for(db: Session, kind: str, person_id: int) -> str:
    """Where a message begins that nothing withholds: as its recipient chose."""
    if kind == TO_SENDER:
        return "app"
    number = number_of(kind)
    return STATES[way_for(db, person_id, number)] if number else "waiting"


def _rounds(db: Session, kind: str, case: Case | None, person: Person) -> set[int]:
    if case:
        return {number for *to, number in file_of(db, case.id).messages if to == [kind, person.id]}
    query = select(OutboxMessage.round).where(
        OutboxMessage.kind == kind, OutboxMessage.recipient_id == person.id
    )
    return set(db.scalars(query.where(OutboxMessage.case_id.is_(None))))


def note(work: Work, case: Case | None, row: OutboxMessage, kind: str = "") -> None:
    """Write into the history what became of a message, by default its state; its case is locked."""
    recipient = person_of(work.db, row.recipient_id)
    esd_only = case is not None and recipient is not None and not is_partner_of(case, recipient)
    about: dict[str, Any] = {"message": row.number, "message_kind": row.kind, "id": row.message_id}
    if "title" in row.about:
        about["title"] = row.about["title"]
    record(work, kind or f"message_{row.state}", case, esd_only=esd_only, **about)


def is_partner_of(case: Case, person: Person) -> bool:
    """Whether somebody belongs to the agency of a case."""
    return person.agency_code == case.agency_code


def is_withheld(work: Work, case: Case | None, person: Person) -> bool:
    """A partner gets no notice about a client while its agreement is not in force (domain 7.2), or while an open case
    is on hold because nobody has decided yet how it goes on."""
    if case is None or not is_partner_of(case, person):
        return False
    undecided = case.held_at is not None and case.closed_at is None
    return undecided or shortcoming_at(work.db, case.agency_code, work.now) is not None


def withhold_waiting(work: Work, case: Case) -> None:
    """Keep back what waits for the partner of a case; what a sender has in hand, it asks about itself."""
    for row, person in _of_case(work.db, case, "waiting"):
        if row.lease is None and is_partner_of(case, person):
            row.state = "withheld"
            note(work, case, row)


def release_withheld(work: Work, case: Case) -> None:
    """Let the withheld notices of a case go out that may: the agreement is in force again and nothing was lost."""
    for row, person in _of_case(work.db, case, "withheld"):
        if not is_withheld(work, case, person):
            row.state, row.next_attempt_at = _state_for(work.db, row.kind, person.id), work.now
            note(work, case, row)
            if row.state == "waiting":
                hint_after_commit(work.db, row)


def _of_case(db: Session, case: Case, state: str) -> list[tuple[OutboxMessage, Person]]:
    """The messages of a case in a state, locked, with their recipients; without those that somebody is writing."""
    query = select(OutboxMessage, Person).join(Person, Person.id == OutboxMessage.recipient_id)
    query = query.where(OutboxMessage.case_id == case.id, OutboxMessage.state == state)
    query = query.with_for_update(of=OutboxMessage, skip_locked=True).order_by(OutboxMessage.id)
    return [(row, person) for row, person in db.execute(query.execution_options(populate_existing=True))]


def messages_of(db: Session, case_id: int) -> list[tuple[OutboxMessage, Person]]:
    """The messages of a case with their recipients, in the order they were written."""
    query = select(OutboxMessage, Person).join(Person, Person.id == OutboxMessage.recipient_id)
    rows = db.execute(query.where(OutboxMessage.case_id == case_id).order_by(OutboxMessage.id))
    return [(message, person) for message, person in rows]


def hint_after_commit(db: Session, message: OutboxMessage) -> None:
    """Once committed, tell the queue that these messages wait. The hint may be lost: the sweep finds them."""
    messages = db.info.setdefault("hinted_messages", [])
    if not messages:
        after_commit(db, lambda: _hint([message.id for message in messages]))
    messages.append(message)


_silent_until = [0.0]
"""When the queue is asked again that did not answer: nobody waits for it again meanwhile, and the sweep finds the rows."""
SILENT_FOR = 5.0


def _hint(ids: list[int]) -> None:
    if not settings().job_hint or time.monotonic() < _silent_until[0]:
        return
    try:
        _hint_function(settings().job_hint)(ids)
    except Exception as error:  # a queue that is away must not fail what is already committed
        _silent_until[0] = time.monotonic() + SILENT_FOR
        log.warning("hint_lost", error=type(error).__name__)


def _hint_function(path: str) -> Callable[[list[int]], None]:
    """`package.module:function`, so that this layer need not import the queue above it."""
    module, name = path.split(":")
    function: Callable[[list[int]], None] = getattr(importlib.import_module(module), name)
    return function
