"""What an operator watches, measured in the database: what is open, what waits, what is late, what failed.

The same numbers stand on the page Health in words and at `/metrics` for Prometheus. None tells of a person.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from workflows import outbox
from workflows.bounces import BounceMailbox
from workflows.cases import Case
from workflows.heads import newest_head
from workflows.history import HistoryEvent
from workflows.incidents import CaseIncident
from workflows.job_runs import JobRun
from workflows.outbox import OutboxMessage
from workflows.timers import Timer
from workflows.user_tasks import UserTask

AGES = (("day", 1), ("week", 7), ("month", 31), ("older", 36500))
"""Open tasks by how long they are open: up to so many days."""


UNSENT = ("waiting", *outbox.UNSENT)


@dataclass(frozen=True)
class Measure:
    """One number under a name of Prometheus, with its labels; `words` says what it counts."""

    name: str
    words: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def measures(db: Session, now: datetime) -> Iterator[Measure]:
    """All of them, each kind together."""
    yield from _cases(db)
    yield from _tasks(db, now)
    yield from _mail(db, now)
    yield from _clocks(db, now)
    yield from _jobs(db, now)


def _cases(db: Session) -> Iterator[Measure]:
    opened = select(Case.status, func.count()).where(Case.closed_at.is_(None)).group_by(Case.status)
    for status, count in db.execute(opened):
        yield Measure("optin_open_cases", "Open cases by status", count, (("status", status),))


def _tasks(db: Session, now: datetime) -> Iterator[Measure]:
    days = func.extract("epoch", now - UserTask.opened_at) / 86400
    age = case(*((days <= most, name) for name, most in AGES), else_="older")
    rows = (
        select(UserTask.role, age, func.count())
        .where(UserTask.closed_at.is_(None))
        .group_by(UserTask.role, age)
    )
    for role, name, count in db.execute(rows):
        yield Measure(
            "optin_open_tasks", "Open tasks by role and age", count, (("role", role), ("age", name))
        )
    late = _count(db, UserTask.closed_at.is_(None), UserTask.due_at < now)
    yield Measure("optin_late_tasks", "Open tasks that are past their due time", late)


def _mail(db: Session, now: datetime) -> Iterator[Measure]:
    row = OutboxMessage
    unsent = select(row.state, func.count()).where(row.state.in_(UNSENT)).group_by(row.state)
    counts = dict.fromkeys(UNSENT, 0)
    counts.update((state, count) for state, count in db.execute(unsent))
    for state, count in counts.items():
        yield Measure(
            "optin_outbox_messages", "Messages that are not sent, by state", count, (("state", state),)
        )
    oldest = db.scalar(select(func.min(row.next_attempt_at)).where(row.state == "waiting"))
    age = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield Measure("optin_outbox_oldest_seconds", "How long the oldest message has been due", age)
    left = db.scalar(select(func.sum(BounceMailbox.left_alone)))
    if left is not None:
        words = "Mails in the mailbox of bounces that were none and were left alone"
        yield Measure("optin_bounce_mailbox_left_alone_total", words, left)


def _clocks(db: Session, now: datetime) -> Iterator[Measure]:
    late = _count(db, Timer.closed_at.is_(None), Timer.due_at < now)
    yield Measure("optin_late_timers", "Timers that are due and have not fired", late)
    incidents = _count(db, CaseIncident.status == "open")
    yield Measure("optin_open_incidents", "Cases or timers that cannot go on by themselves", incidents)
    refused = _count(
        db, and_(HistoryEvent.kind == "refused", HistoryEvent.at > now.replace(hour=0, minute=0))
    )
    yield Measure("optin_refusals_today", "Actions that were refused since midnight UTC", refused)
    head = newest_head(db)
    if head:
        age = (now - head.at).total_seconds()
        yield Measure("optin_history_head_seconds", "How old the last signed head of the history is", age)


def _jobs(db: Session, now: datetime) -> Iterator[Measure]:
    runs = list(db.scalars(select(JobRun).order_by(JobRun.name)))
    for name, words, value in _OF_JOBS:
        for run in runs:
            yield Measure(name, words, value(run, now), (("job", run.name),))


_OF_JOBS: tuple[tuple[str, str, Callable[[JobRun, datetime], float]], ...] = (
    (
        "optin_job_age_seconds",
        "How long ago a job ended",
        lambda run, now: (now - run.ended_at).total_seconds(),
    ),
    ("optin_job_seconds_total", "How long a job has run in all", lambda run, _: run.total_seconds),
    ("optin_job_runs_total", "How often a job has run", lambda run, _: run.runs),
    ("optin_job_failures_total", "How often a job has failed", lambda run, _: run.failures),
)


def _count(db: Session, *conditions: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).where(*conditions)) or 0
