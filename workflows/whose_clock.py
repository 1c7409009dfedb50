"""Whose clock, from the rows: the lives of cases as `workflows.turns` charges them, and whether a reminder is due yet.

A reminder goes only to a party that is waited for, and its time runs only while it is; the time in which the client is
to call is not the supervisor's (domain 5.2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import turns
from workflows.calendar import Calendar
from workflows.cases import Case
from workflows.history import HistoryEvent
from workflows.language import gettext, ngettext
from workflows.outbox import OutboxMessage
from workflows.people import person_of
from workflows.turns import Happening, Life, Mail, TaskTime
from workflows.user_tasks import UserTask

REMINDS = {
    "supervisor_claim_reminder": turns.SUPERVISOR,
    "supervisor_escalate_backup": turns.SUPERVISOR,
    "supervisor_escalate_pm": turns.SUPERVISOR,
}
"""The timers that remind of a party's turn, by their service level: they run only while it is that party's turn."""

_PASSES_ON = (
    "case_held",
    "case_resumed",
    "task_claimed",
    "task_reassigned",
    "task_released",
    "task_completed",
    "contact_made",
    "contact_attempted",
    "client_has_not_called",
)
_MAIL = {
    "message_waiting": True,
    "message_sent_again": True,
    "message_sent": False,
    "message_failed": False,
    "message_undeliverable": False,
    "message_came_back": True,
    "message_resent": True,
    "message_unknown": False,
    "message_arrived": False,
    "message_withheld": False,
}
"""The events of a message: whether it is on its way from then on."""
_BEGUN = ("task_claimed", "task_completed")


def life_of(db: Session, case: Case, now: datetime) -> Life:
    """The life of one case as Employment Security knows it."""
    return lives_of(db, [case], now)[case.id]


def seen_from_outside(life: Life, end: datetime | None) -> Life:
    """The same for readers outside Employment Security, to whom the case may have ended earlier (X14)."""
    return Life(life.start, min(end or life.end, life.end), life.tasks, life.events, life.mails, outside=True)


def lives_of(db: Session, cases: Iterable[Case], now: datetime) -> dict[int, Life]:
    """The lives of many cases by their ids, read at once."""
    by_id = {case.id: case for case in cases}
    tasks, events, mails = _tasks(db, by_id), _events(db, by_id), _mails(db, by_id)
    found = {}
    for case_id, case in by_id.items():
        of_case, happened = tasks.get(case_id, []), events.get(case_id, [])
        begun = [_until_begun(mail, of_case, happened) for mail in mails.get(case_id, ())]
        end = max(case.opened_at, case.closed_at or now)
        found[case_id] = Life(case.opened_at, end, tuple(of_case), tuple(happened), tuple(begun))
    return found


def later(life: Life, party: str, since: datetime, due: datetime, calendar: Calendar) -> datetime | None:
    """When to remind a party that had from one moment to another: None for now."""
    left = turns.still_to_wait(life, party, since, due, calendar)
    return None if left is None else calendar.add_open_time(life.end, left)


def late_from(life: Life, task: UserTask, calendar: Calendar) -> datetime | None:
    """Until when the reminder of a late task waits on; None for now. Only the tasks of Employment Security wait for
    somebody else meanwhile; a partner's due time has moved already by what its case was on hold."""
    if task.due_at is None or _party(task.role) != turns.SUPERVISOR:
        return None
    return later(life, turns.SUPERVISOR, task.opened_at, task.due_at, calendar)


def is_turn_of(life: Life, task: UserTask) -> bool:
    """Whether the party whose work a task is, is waited for now."""
    return turns.waits_for(life, _party(task.role))


def _party(role: str) -> str:
    """The party whose work the tasks of a role are."""
    parties = {"case_manager": turns.PARTNER, "program_manager": turns.MANAGER}
    return parties.get(role, turns.SUPERVISOR)


def _tasks(db: Session, by_id: Mapping[int, Case]) -> dict[int, list[TaskTime]]:
    columns = UserTask.case_id, UserTask.element, UserTask.role, UserTask.opened_at, UserTask.closed_at
    rows = select(*columns, UserTask.claimed_at).where(UserTask.case_id.in_(by_id))
    found: dict[int, list[TaskTime]] = {}
    for case_id, element, role, opened, closed, claimed in db.execute(rows.order_by(UserTask.opened_at)):
        found.setdefault(case_id, []).append(TaskTime(element, role, opened, closed, claimed == opened))
    return found


def _events(db: Session, by_id: Mapping[int, Case]) -> dict[int, list[Happening]]:
    """By case what passes a turn on, in order."""
    columns = HistoryEvent.case_id, HistoryEvent.at, HistoryEvent.kind, HistoryEvent.element
    asked = HistoryEvent.detail["message_kind"].as_string()
    rows = select(*columns, asked).where(HistoryEvent.case_id.in_(by_id))
    rows = rows.where(HistoryEvent.kind.in_((*_PASSES_ON, "message_waiting"))).order_by(HistoryEvent.seq)
    found: dict[int, list[Happening]] = {}
    for case_id, at, kind, element, message in db.execute(rows):
        kind = message if kind == "message_waiting" else kind
        if kind in _PASSES_ON or kind == "remind_undecided":
            found.setdefault(case_id or 0, []).append(Happening(at, kind, element))
    return found


def _mails(db: Session, by_id: Mapping[int, Case]) -> dict[int, list[Mail]]:
    """By case the messages that tell a party of its turn; those to a group count until the first of them is out."""
    rows = select(OutboxMessage).where(
        OutboxMessage.case_id.in_(by_id), OutboxMessage.kind.startswith("notify_")
    )
    found: dict[tuple[int, str, datetime], list[datetime | None]] = {}
    messages = list(db.scalars(rows.order_by(OutboxMessage.id)))
    spans = _on_their_way(db, messages)
    for row in messages:
        case = by_id[row.case_id or 0]
        for start, end in spans.get(row.message_id, ()):
            key = (case.id, _reader(db, case, row), start)
            found.setdefault(key, []).append(row.sent_at or end)
    mails: dict[int, list[Mail]] = {}
    for (case_id, party, start), ends in found.items():
        out = [end for end in ends if end]
        mails.setdefault(case_id, []).append(Mail(party, start, max(start, min(out)) if out else None))
    return mails


def _on_their_way(
    db: Session, messages: list[OutboxMessage]
) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """By message from when to when it waited to be sent, as the histories say it."""
    name = HistoryEvent.detail["id"].as_string()
    rows = select(name, HistoryEvent.at, HistoryEvent.kind).where(HistoryEvent.kind.in_(_MAIL))
    rows = rows.where(HistoryEvent.case_id.in_({row.case_id for row in messages}))
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for message, at, kind in db.execute(rows.order_by(HistoryEvent.case_id, HistoryEvent.seq)):
        spans = found.setdefault(message, [])
        if _MAIL[kind]:
            spans.append((at, None))
        elif spans and spans[-1][1] is None:
            spans[-1] = (spans[-1][0], at)
    return found


def _reader(db: Session, case: Case, row: OutboxMessage) -> str:
    person = person_of(db, row.recipient_id)
    if person and person.agency_code == case.agency_code:
        return turns.PARTNER
    return turns.SUPERVISOR if person and person.is_esd_staff else turns.MANAGER


def _until_begun(mail: Mail, tasks: list[TaskTime], events: list[Happening]) -> Mail:
    """Nobody waits for a message any more once its reader has found the task in the list."""
    own = {task.element for task in tasks if _party(task.role) == mail.party}
    begun = (e.at for e in events if e.kind in _BEGUN and e.element in own and e.at > mail.start)
    first = min(begun, default=None)
    return mail if first is None or (mail.end and mail.end <= first) else replace(mail, end=first)


HOUR = timedelta(hours=1)


def words_of(length: timedelta, calendar: Calendar) -> str:
    """A length of opening time in business days and hours: `2 business days 3 hours`, `less than an hour`."""
    day = calendar.day_length
    days, rest = divmod(length, day)
    hours = rest // HOUR
    parts = [
        ngettext("{count} business day", "{count} business days", days).format(count=days) if days else "",
        ngettext("{count} hour", "{count} hours", hours).format(count=hours) if hours else "",
    ]
    return " ".join(part for part in parts if part) or gettext("less than an hour")
