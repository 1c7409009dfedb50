"""A person's inbox: every message of domain 5.1 that is for them, whatever became of the mail.

Nothing about a client is stored with a message. What it says of a case is decided when it is read: to somebody who may
see the case no longer, or no more than its number, the row says less.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from workflows import access, privacy
from workflows.cases import Case
from workflows.commands.inbox import mine
from workflows.errors import NotFound
from workflows.language import gettext
from workflows.outbox import OutboxMessage
from workflows.people import Actor
from workflows.privacy import Standing
from workflows.queries import inbox_words as words
from workflows.queries import query
from workflows.work import Work

PAGE = 25
MOST_COUNTED = 100


@dataclass(frozen=True)
class Entry:
    """A message as its reader may see it now. `case` is a case's number or None; `href` a page, or empty when none may
    be opened; `message` its number in domain 5.1, empty when the row says less."""

    id: int
    at: datetime
    message: str
    words: str
    case: str | None
    href: str
    read: bool


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox, newest first; `next` is the key of the following page, `newest` the number of the newest
    message shown."""

    items: list[Entry]
    next: int | None
    newest: int


@query
def inbox(work: Work, unread: bool = False, before: int | None = None) -> Inbox:
    """The messages of whoever asks, or the unread ones alone."""
    rows = select(OutboxMessage).where(*mine(work.actor))
    if unread:
        rows = rows.where(OutboxMessage.read_at.is_(None))
    if before:
        rows = rows.where(OutboxMessage.id < before)
    found = list(work.db.scalars(rows.order_by(OutboxMessage.id.desc()).limit(PAGE + 1)))
    items = entries(work, found[:PAGE])
    return Inbox(items, items[-1].id if len(found) > PAGE else None, items[0].id if items else 0)


@query
def message(work: Work, message_id: int) -> Entry:
    """One message of one's own."""
    row = work.db.scalar(select(OutboxMessage).where(*mine(work.actor), OutboxMessage.id == message_id))
    if row is None:
        raise NotFound(gettext("There is no such message in your inbox."))
    return entries(work, [row])[0]


@query
def unread_count(work: Work) -> int:
    """How many messages are unread, counted up to `MOST_COUNTED`."""
    return unread_of(work)


def unread_of(work: Work) -> int:
    """The same, within a transaction."""
    unread = select(OutboxMessage.id).where(*mine(work.actor), OutboxMessage.read_at.is_(None))
    return work.db.scalar(select(func.count()).select_from(unread.limit(MOST_COUNTED).subquery())) or 0


def entries(work: Work, rows: Iterable[OutboxMessage]) -> list[Entry]:
    """Messages to the actor, as the actor may see them now."""
    rows = list(rows)
    ids = {row.case_id for row in rows if row.case_id}
    cases = {case.id: case for case in work.db.scalars(select(Case).where(Case.id.in_(ids)))} if ids else {}
    standings = access.standings(work, cases.values())
    return [_entry(work.actor, row, standings.get(row.case_id or 0)) for row in rows]


def _entry(actor: Actor, row: OutboxMessage, standing: Standing | None) -> Entry:
    said, number, href = _told(actor, row, standing)
    less = said in (words.HIDDEN, words.ON_HOLD, words.REDUCED)
    shown, said = ("", gettext(said)) if less else (row.number, said)
    return Entry(row.id, row.queued_at, shown, said, number, href, row.read_at is not None)


def _told(actor: Actor, row: OutboxMessage, standing: Standing | None) -> tuple[str, str | None, str]:
    """The sentence, the number of the case, and the page that may be opened."""
    said = words.words_of(row.kind, row.about)
    if standing is None:
        barred = "agreement" in row.about and not privacy.may_read_agreements(actor)
        return said, None, "" if barred else words.place_of(row.kind, row.about)
    case = standing.case
    if standing.is_own_case and standing.is_reduced:
        held = standing.lapsed or case.held_at is not None
        return words.ON_HOLD if held else words.REDUCED, case.number, f"/cases/{case.number}"
    if _reads(standing, row):
        return said, case.number, f"/cases/{case.number}"
    if _knows_of(standing, row):
        return gettext(words.A_TASK_IS_LATE) if row.kind == "remind_overdue" else said, case.number, ""
    return words.HIDDEN, None, ""


def _reads(standing: Standing, row: OutboxMessage) -> bool:
    """Whether a message may be read and its case opened: by the side that it was written to."""
    partner = standing.is_own_case and not standing.actor.missing_clearances
    if words.is_for(words.FOR_PARTNER, row.kind, row.about):
        return partner
    if words.is_for(words.FOR_ESD, row.kind, row.about):
        return standing.is_esd
    return partner or standing.is_esd


def _knows_of(standing: Standing, row: OutboxMessage) -> bool:
    """Whether a message may be read by somebody who may not open its case: program managers by number and age, staff
    who were assigned to the client, and administrators whom the procedure has told of an emergency."""
    actor, kind = standing.actor, row.kind
    if kind == "emergency_access":
        return actor.has(privacy.ADM) and actor.area == standing.case.area_code
    if words.is_for(words.FOR_MANAGERS, kind, row.about) or kind == "remind_overdue":
        return actor.has(privacy.PM) and actor.area == standing.case.area_code
    return kind == "notify_assigned_staff" and actor.holds_two_keys
