"""Marking messages of one's own inbox as read."""

from sqlalchemy import ColumnElement, select, update

from workflows.commands import command
from workflows.errors import NotFound
from workflows.language import gettext
from workflows.outbox import DAILY, OutboxMessage
from workflows.people import Actor
from workflows.work import Work


def mine(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The messages in somebody's inbox: all that are addressed to them but what is withheld, and the daily mail."""
    shown = OutboxMessage.state != "withheld", OutboxMessage.kind != DAILY
    return OutboxMessage.recipient_id == actor.id, *shown


@command
def mark_read(work: Work, message_id: int) -> None:
    """Mark a message of one's own as read; a second time is no error."""
    row = work.db.scalar(select(OutboxMessage.id).where(*mine(work.actor), OutboxMessage.id == message_id))
    if row is None:
        raise NotFound(gettext("There is no such message in your inbox."))
    _mark(work, OutboxMessage.id == message_id)


@command
def mark_all_read(work: Work, until: int) -> None:
    """Mark as read what was there when the inbox was looked at: the messages up to a number."""
    _mark(work, OutboxMessage.id <= until)


def _mark(work: Work, which: ColumnElement[bool]) -> None:
    unread = OutboxMessage.read_at.is_(None)
    work.db.execute(update(OutboxMessage).where(*mine(work.actor), unread, which).values(read_at=work.now))
