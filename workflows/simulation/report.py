"""What came of a simulation, counted from the rows that it left, in numbers alone.

The same plan gives the same report, to the byte; what is chance in the rows, such as ids, is not in it.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.calendar import Calendar
from workflows.cases import Case
from workflows.db import transaction
from workflows.history import HistoryEvent
from workflows.invariants import violations
from workflows.outbox import MESSAGES, OutboxMessage
from workflows.people import PersonRole
from workflows.simulation.people import Member
from workflows.simulation.plan import Plan
from workflows.simulation.world import World
from workflows.user_tasks import UserTask

EVENTS = {
    "task_claimed": "tasks claimed",
    "task_completed": "tasks completed",
    "claim_released_idle": "claims released",
    "draft_expired": "unsent requests erased",
    "case_held": "cases put on hold",
    "case_resumed": "cases resumed",
    "agreement_warning": "warnings of an agreement's end",
    "agreement_lapsed": "agreements lapsed",
    "absence_entered": "absences entered",
    "timer_fired": "timers fired",
    "case_anonymised": "cases anonymised",
    "message_without_recipient": "messages without a recipient",
}
"""The events of the history that are counted, with words for them."""


def report(world: World, members: list[Member]) -> dict[str, Any]:
    """The whole of it: plan, staff, requests, outcomes, times, mails, events, what the product refused, violations."""
    with transaction() as db:
        found = {
            "plan": _plan(world.plan),
            "staff": dict(sorted(Counter(one.role for one in members).items())),
            "requests": _requests(db),
            "outcomes": _outcomes(db),
            "business_days_to_the_end": _lengths(db, world.plan.calendar),
            "tasks": _tasks(db, world.now),
            "mails": _mails(db, world.plan),
            "messages": _messages(db),
            "events": _events(db),
            "refused": dict(sorted(world.refused.items())),
        }
    found["violations"] = [f"{one.invariant}: {one.about}: {one.what}" for one in violations()]
    return found


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "first_day": str(plan.first_day),
        "days": plan.days,
        "business_days": len(plan.business_days),
        "closing_day": str(plan.closing_day) if plan.closing_day else None,
        "clocks_change": [str(day) for day in plan.changes_of_clocks()],
        "requests": plan.cases,
        "seed": plan.seed,
        "levels": {
            level.key: str(level.after) if level.after else list(level.numbers) for level in plan.levels
        },
    }


def _requests(db: Session) -> dict[str, Any]:
    rows = list(db.execute(select(Case.status, Case.held_at, Case.closed_at)))
    still = Counter("on_hold" if held else status for status, held, closed in rows if closed is None)
    return {"begun": len(rows), "ended": len(rows) - still.total(), "open": dict(sorted(still.items()))}


def _outcomes(db: Session) -> dict[str, int]:
    rows = select(Case.outcome, func.count()).where(Case.outcome.is_not(None)).group_by(Case.outcome)
    return {str(outcome): count for outcome, count in sorted(db.execute(rows).tuples().all(), key=str)}


def _lengths(db: Session, calendar: Calendar) -> dict[str, Any]:
    """Of the requests that were sent and have ended, how many business days that took."""
    sent = select(HistoryEvent.at, Case.closed_at).join(Case, Case.id == HistoryEvent.case_id)
    rows = db.execute(sent.where(HistoryEvent.kind == "request_sent", Case.closed_at.is_not(None)))
    days = sorted(calendar.business_days_between(begun, ended) for begun, ended in rows if ended)
    if not days:
        return {"counted": 0}
    parts = {"half_within": 0.5, "nine_in_ten_within": 0.9, "longest": 1.0}
    places = {name: min(len(days) - 1, int(len(days) * part)) for name, part in parts.items()}
    return {"counted": len(days), **{name: days[place] for name, place in places.items()}}


def _tasks(db: Session, now: datetime) -> list[dict[str, Any]]:
    """By task how many were done in time and late, and how many are open at the end, of these late."""
    rows = db.execute(select(UserTask.element, UserTask.due_at, UserTask.closed_at, UserTask.ended_as))
    found: dict[str, Counter[str]] = {}
    for element, due, closed, ended in rows:
        late = due is not None and due < (closed or now)
        kind = "open" if closed is None else "done" if ended == "completed" else "withdrawn"
        found.setdefault(element, Counter()).update([f"{kind}_late" if late else kind])
    kinds = ("done", "done_late", "withdrawn", "withdrawn_late", "open", "open_late")
    return [{"task": one, **{kind: found[one][kind] for kind in kinds}} for one in sorted(found)]


def _mails(db: Session, plan: Plan) -> list[dict[str, Any]]:
    """Each kind of mail that went out, by the role of its recipient, week by week."""
    role = select(func.min(PersonRole.role)).where(PersonRole.person_id == OutboxMessage.recipient_id)
    rows = select(OutboxMessage.kind, role.scalar_subquery(), OutboxMessage.sent_at)
    weeks = (plan.days + 6) // 7
    found: dict[tuple[str, str], list[int]] = {}
    for kind, who, at in db.execute(rows.where(OutboxMessage.state == "sent")):
        days = (at.astimezone(plan.calendar.zone).date() - plan.first_day).days
        found.setdefault((who, kind), [0] * weeks)[min(weeks - 1, days // 7)] += 1
    return [
        {"role": who, "kind": kind, "number": MESSAGES.get(kind, ""), "weeks": counts, "all": sum(counts)}
        for (who, kind), counts in sorted(found.items())
    ]


def _messages(db: Session) -> dict[str, int]:
    """By state how many messages there are, whether they were mailed or not."""
    rows = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    return dict(sorted(db.execute(rows).tuples().all()))


def _events(db: Session) -> dict[str, int]:
    rows = select(HistoryEvent.kind, func.count()).where(HistoryEvent.kind.in_(EVENTS))
    found = dict(db.execute(rows.group_by(HistoryEvent.kind)).tuples().all())
    return {kind: found.get(kind, 0) for kind in EVENTS}
