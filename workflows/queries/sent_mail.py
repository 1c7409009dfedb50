"""The sent mail of an area: what was queued, sent, failed, came back or was withheld; never what a message about a case
says."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from workflows import privacy
from workflows.cases import Case
from workflows.errors import InvalidInput, NotAllowed, NotFound
from workflows.history import HistoryEvent
from workflows.language import gettext, marked
from workflows.outbox import OutboxMessage
from workflows.people import Person
from workflows.queries import query
from workflows.queries.cases import Sent, sent_view
from workflows.queries.days import midnight
from workflows.work import Work

PAGE = 50

STATES: dict[str, ColumnElement[bool]] = {
    "queued": and_(OutboxMessage.state == "waiting", OutboxMessage.error.is_(None)),
    "handing": OutboxMessage.state == "handing",
    "sent": OutboxMessage.state == "sent",
    "retrying": and_(OutboxMessage.state == "waiting", OutboxMessage.error.is_not(None)),
    "undeliverable": OutboxMessage.state.in_(("failed", "undeliverable")),
    "unknown": OutboxMessage.state == "unknown",
    "withheld": OutboxMessage.state == "withheld",
}
"""The states as people tell them apart: after a failed attempt a message waits for the next one (`retrying`)."""


BECAME = {
    "message_waiting": marked("Queued."),
    "message_withheld": marked("Withheld until the agreement is in force again."),
    "message_sent": marked("Sent."),
    "message_failed": marked("Could not be delivered."),
    "message_attempt_failed": marked("An attempt failed; it will be tried again."),
    "message_sent_again": marked("Queued again."),
    "message_undeliverable": marked("Came back, because it could not be delivered."),
    "message_came_back": marked("Came back for now; it will be tried again."),
    "message_resent": marked("It was not known whether it went out; it goes out once more."),
    "message_unknown": marked("It went out twice, and it is not known whether it arrived."),
    "message_arrived": marked("Somebody made sure that it arrived."),
}
"""What became of a message, without what it says."""


@dataclass(frozen=True)
class Mailed:
    """A message as those see it who look after the mail, in one of the states above."""

    message: Sent
    state: str
    username: str


@dataclass(frozen=True)
class Happened:
    """One thing that happened to a message, in words, and who did it (a name)."""

    at: datetime
    who: str
    words: str


@dataclass(frozen=True)
class MailFilters:
    """Which messages: `to` a part of a name or a user name, `case` a number, `since` and `until` days (2026-11-20)."""

    state: str = ""
    to: str = ""
    case: str = ""
    since: str = ""
    until: str = ""


@query
def sent_mail(work: Work, filters: MailFilters, before: int | None = None) -> tuple[list[Mailed], int | None]:
    """The messages of the area, newest first; and the key of the next page."""
    _check_reads(work)
    rows = _filtered(_of_area(work), filters)
    if before:
        rows = rows.where(OutboxMessage.id < before)
    found = work.db.execute(rows.order_by(OutboxMessage.id.desc()).limit(PAGE + 1)).all()
    items = [_mailed(*row) for row in found[:PAGE]]
    return items, found[PAGE - 1][0].id if len(found) > PAGE else None


@query
def one_message(work: Work, message_id: int) -> tuple[Mailed, list[Happened]]:
    """One message, and what happened to it, oldest first."""
    _check_reads(work)
    found = work.db.execute(_of_area(work).where(OutboxMessage.id == message_id)).first()
    if found is None:
        raise NotFound(gettext("There is no such message."))
    return _mailed(*found), _happened(work, found[0])


@query
def unknown_count(work: Work) -> int:
    """Of how many messages of the area nobody knows whether they arrived."""
    _check_reads(work)
    rows = (
        select(func.count()).select_from(OutboxMessage).join(Person, Person.id == OutboxMessage.recipient_id)
    )
    return work.db.scalar(rows.where(Person.area_code == work.actor.area, STATES["unknown"])) or 0


def _check_reads(work: Work) -> None:
    if not work.actor.has(privacy.ADM, privacy.PM):
        raise NotAllowed(gettext("Sent mail is looked after by administrators and program managers."))


def _of_area(work: Work) -> Select[OutboxMessage, Person, str]:
    rows = select(OutboxMessage, Person, Case.number).join(Person, Person.id == OutboxMessage.recipient_id)
    rows = rows.outerjoin(Case, Case.id == OutboxMessage.case_id)
    return rows.where(Person.area_code == work.actor.area)


def _filtered(
    rows: Select[OutboxMessage, Person, str], filters: MailFilters
) -> Select[OutboxMessage, Person, str]:
    if filters.state:
        if filters.state not in STATES:
            raise InvalidInput(
                fields={"state": gettext("Choose one of: {states}.").format(states=", ".join(STATES))}
            )
        rows = rows.where(STATES[filters.state])
    if filters.to:
        part = f"%{filters.to[:80].replace('%', '').replace('_', '')}%"
        rows = rows.where(or_(Person.name.ilike(part), Person.username.ilike(part)))
    if filters.case:
        # Which case a message to ESD's own people is about is not told, so it is not found by it either.
        rows = rows.where(Case.number == filters.case.strip()[:40], ~Person.is_esd_staff)
    if filters.since:
        rows = rows.where(OutboxMessage.queued_at >= midnight("since", filters.since))
    if filters.until:
        rows = rows.where(OutboxMessage.queued_at < midnight("until", filters.until) + timedelta(days=1))
    return rows


def _mailed(row: OutboxMessage, person: Person, number: str | None) -> Mailed:
    retrying = row.state == "waiting" and row.error is not None
    shown = {"waiting": "retrying" if retrying else "queued", "failed": "undeliverable"}
    return Mailed(
        _neutral(sent_view(row, person), person, number), shown.get(row.state, row.state), person.username
    )


def _neutral(sent: Sent, person: Person, number: str | None) -> Sent:
    """A message without what it says of a case: that would tell the decision, or the answer to the offer (X14). Which
    case it is about is not told of ESD's own people: a message to one of the staff tells that an offer was accepted."""
    if number is None:
        return sent
    words = (
        gettext("Message about a case")
        if person.is_esd_staff
        else gettext("Message about case {number}").format(number=number)
    )
    return replace(sent, message="", kind="", words=words, subject=None)


def _happened(work: Work, row: OutboxMessage) -> list[Happened]:
    rows = select(HistoryEvent, Person.name).outerjoin(Person, Person.id == HistoryEvent.actor_id)
    same = HistoryEvent.case_id == row.case_id if row.case_id else HistoryEvent.case_id.is_(None)
    about = HistoryEvent.detail["id"].as_string() == row.message_id
    rows = rows.where(same, HistoryEvent.kind.like("message_%"), about).order_by(HistoryEvent.id)
    return [
        Happened(event.at, name or "Opt-In Desk", gettext(BECAME.get(event.kind, event.kind)))
        for event, name in work.db.execute(rows)
    ]
