"""What must always hold of the data, whatever died and whenever: looked for after every fault test, and by `optin inspect`.

Each function below is one invariant and yields its violations, in words without a fact about a client. All look at one
snapshot, so that they may run while people work.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn

from sqlalchemy import Row, Select, func, or_, select, text
from sqlalchemy.orm import Session

import engine
from workflows import clock
from workflows.cases import OUTCOMES, Case, ClientFacts
from workflows.chains import chains
from workflows.db import at_leisure, snapshot
from workflows.definitions import Bundle, ProcessDefinition, bundle_of
from workflows.heads import head_findings
from workflows.history import HistoryEvent
from workflows.instances import ProcessInstance
from workflows.outbox import UNDELIVERED, OutboxMessage
from workflows.timers import Timer
from workflows.user_tasks import UserTask

AT_ONCE = 500
LATE = timedelta(minutes=30)
"""So long a message or a timer may be due while senders and clocks are at work; longer, nobody is."""


@dataclass(frozen=True)
class Violation:
    """Something that must never be: which invariant, what it is about (the number of a case, the id of a row), and what
    is wrong there."""

    invariant: str
    about: str
    what: str


Found = Iterator[tuple[str, str]]
"""What a violation is about, and what is wrong."""


def violations() -> Iterator[Violation]:
    """Every violation of every invariant, in one snapshot of the database."""
    with snapshot() as db, at_leisure(db):
        yield from violations_in(db)


def violations_in(db: Session) -> Iterator[Violation]:
    """The same, as a transaction sees the data."""
    for invariant in INVARIANTS:
        yield from (Violation(invariant.__name__, *found) for found in invariant(db))


def closed_cases_are_over(db: Session) -> Found:
    """A closed case has an outcome of the list and no open task or timer; an open one has no outcome."""
    over = Case.status == "closed", Case.closed_at.is_not(None), Case.outcome.is_not(None)
    for case in db.scalars(_cases().where(or_(*(~part for part in over)), or_(*over))):
        yield case.number, f"status {case.status}, outcome {case.outcome}, closed at {case.closed_at}"
    unknown = Case.outcome.is_not(None), Case.outcome.not_in(OUTCOMES)
    for case in db.scalars(_cases().where(*unknown)):
        yield case.number, f"the outcome {case.outcome} is not one of the list"
    for kind in (UserTask, Timer):
        opened = select(Case.number, kind.element).join(kind, kind.case_id == Case.id)
        for number, element in db.execute(opened.where(*over, kind.closed_at.is_(None))):
            yield number, f"is closed, but {element or 'its expiry'} is open"


def rows_equal_what_the_process_waits_for(db: Session) -> Found:
    """Open tasks and timers are those that the saved state of the process says, no more and no fewer."""
    running = _cases(Case.id, Case.number, ProcessInstance).join(
        ProcessInstance, ProcessInstance.case_id == Case.id
    )
    for some in db.execute(
        running.where(Case.closed_at.is_(None)).execution_options(yield_per=AT_ONCE)
    ).partitions():
        tasks, timers = (_rows_of(db, kind, [row.id for row in some]) for kind in (UserTask, Timer))
        for row in some:
            yield from ((row.number, what) for what in _compared(db, row, tasks[row.id], timers[row.id]))


def _rows_of(db: Session, kind: Any, cases: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.scalars(select(kind).where(kind.case_id.in_(cases))):
        found[row.case_id].append(row)
    return found


def _compared(db: Session, row: Row[Any], tasks: list[UserTask], timers: list[Timer]) -> Iterator[str]:
    saved: ProcessInstance = row.ProcessInstance
    try:
        definition = bundle_of(db, saved.definition_id).definition(saved.process)
        waiting = engine.Instance.load(definition, saved.state, _no_step).open_work()
    except engine.EngineError as error:
        yield f"its saved state cannot be loaded ({type(error).__name__})"
        return
    if not waiting:
        yield "is open and waits for nothing"
    yield from _tasks_compared({item.id for item in waiting if item.kind == "user_task"}, tasks)
    yield from _timers_compared({item.id for item in waiting if item.kind == "timer"}, timers)


def _tasks_compared(wanted: set[str], rows: list[UserTask]) -> Iterator[str]:
    opened = {task.id: task.element for task in rows if task.closed_at is None}
    yield from (f"waits for a task that has no open row ({one})" for one in sorted(wanted - opened.keys()))
    yield from (
        f"{opened[one]} is open, but the process has left it" for one in sorted(opened.keys() - wanted)
    )


def _timers_compared(wanted: set[str], rows: list[Timer]) -> Iterator[str]:
    """A timer that counts from its first time and has fired waits in the process and has a closed row."""
    fired = {timer.element for timer in rows if timer.fired_at}
    opened = {timer.id: timer.element for timer in rows if timer.element and timer.closed_at is None}
    done = {timer.id for timer in rows if timer.closed_at and timer.element in fired}
    yield from (f"waits for a timer that has no row ({one})" for one in sorted(wanted - opened.keys() - done))
    yield from (f"{opened[one]} runs, but the process has left it" for one in sorted(opened.keys() - wanted))


def _no_step(element: engine.Element, data: object) -> NoReturn:
    raise engine.EngineError("Looking at a saved state runs nothing.")


def histories_are_whole(db: Session) -> Found:
    """Every chain of events is without a gap, and no event was changed."""
    for chain in chains(db):
        if chain.broken_at:
            yield chain.case or "events without a case", f"is broken from event {chain.broken_at} on"
    yield from (("signed heads", found) for found in head_findings(db))


def messages_go_out(db: Session) -> Found:
    """A message is in one of its states, and none that waits is forgotten: long due, or long held by a dead sender."""
    old, row = clock.now() - LATE, OutboxMessage
    forgotten = select(row.id).where(row.state == "waiting", row.next_attempt_at < old)
    for message_id in db.scalars(forgotten.where(or_(row.leased_until.is_(None), row.leased_until < old))):
        yield str(message_id), "has waited for long, and no sender takes it"
    in_hand = select(row.id).where(
        row.state == "handing", or_(row.leased_until.is_(None), row.leased_until < old)
    )
    for message_id in db.scalars(in_hand):
        yield str(message_id), "was in a sender’s hand, and no sender finds out what became of it"
    unnoted = select(row.id).where(row.state == "sent", or_(row.sent_at.is_(None), row.subject.is_(None)))
    for message_id in db.scalars(unnoted):
        yield str(message_id), "is sent, but not when or what"
    for message_id, state in db.execute(select(row.id, row.state).where(row.state.not_in(MESSAGE_STATES))):
        yield str(message_id), f"has the state {state}"


MESSAGE_STATES = ("waiting", "withheld", "handing", "sent", *UNDELIVERED, "app", "digest", "digested")


def timers_fire(db: Session) -> Found:
    """No timer is long due, unless its case is on hold or an incident looks after it."""
    late = select(Case.number, Timer.element).join(Case, Case.id == Timer.case_id)
    due = Timer.closed_at.is_(None), Timer.due_at < clock.now() - LATE, Timer.attempts == 0
    for number, element in db.execute(late.where(*due, Case.held_at.is_(None))):
        yield number, f"{element or 'its expiry'} is long due and has not fired"


def facts_stay_in_their_table(db: Session) -> Found:
    """Neither a client's name, phone nor reason stands in the history, a message, a task or the saved state."""
    known = select(Case.id, Case.number, ClientFacts.facts).join(ClientFacts, ClientFacts.case_id == Case.id)
    for some in db.execute(known.execution_options(yield_per=AT_ONCE)).partitions():
        told = _told(db, [row.id for row in some])
        for row in some:
            for where in sorted(told[row.id]):
                if any(fact in told[row.id][where] for fact in _telling(row.facts)):
                    yield row.number, f"a fact about its client stands in {where}"


def _telling(facts: dict[str, Any]) -> list[str]:
    """What would tell who the client is: texts that cannot be there by chance."""
    name = f"{facts.get('client_first_name', '')} {facts.get('client_last_name', '')}".strip()
    found = [name, *(str(facts.get(key) or "") for key in ("client_last_name", "phone", "email", "reason"))]
    return [fact.casefold() for fact in found if len(fact) > LONG_ENOUGH]


LONG_ENOUGH = 5


def _told(db: Session, cases: list[int]) -> dict[int, dict[str, str]]:
    """What stands about cases elsewhere: case → place → text."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for where, query in _PLACES.items():
        for case_id, words in db.execute(text(query), {"cases": cases}):
            found[case_id][where] = (words or "").casefold()
    return found


_PLACES = {
    "the history": "SELECT case_id, string_agg(detail::text, ' ') FROM history_event WHERE case_id = ANY(:cases) GROUP BY 1",
    "a message": "SELECT case_id, string_agg(concat(about::text, ' ', subject, ' ', error), ' ') FROM outbox_message"
    " WHERE case_id = ANY(:cases) GROUP BY 1",
    "a task": "SELECT case_id, string_agg(name, ' ') FROM user_task WHERE case_id = ANY(:cases) GROUP BY 1",
    "the saved state": "SELECT case_id, convert_from(state, 'UTF8') FROM process_instance WHERE case_id = ANY(:cases)",
    "an incident": "SELECT case_id, string_agg(concat(cause, ' ', subject, ' ', name), ' ') FROM incident"
    " WHERE case_id = ANY(:cases) GROUP BY 1",
}


def versions_run(db: Session) -> Found:
    """Every version that cases start with or run on can be loaded, and is what it was when it was deployed."""
    used = select(ProcessInstance.definition_id).join(Case, Case.id == ProcessInstance.case_id)
    used = used.where(Case.closed_at.is_(None))
    rows = select(ProcessDefinition).where(
        or_(ProcessDefinition.state == "deployed", ProcessDefinition.id.in_(used))
    )
    for row in db.scalars(rows):
        bundle = Bundle(row.key, row.files)
        if bundle.sha256 != row.sha256:
            yield f"{row.key} {row.version}", "is not what was deployed: its checksum differs"
        try:
            bundle.definition(row.key)
        except engine.EngineError as error:
            yield f"{row.key} {row.version}", f"cannot be loaded ({type(error).__name__})"


def every_case_has_its_history(db: Session) -> Found:
    """A case has a running process and says in its history that it was opened."""
    process = select(ProcessInstance.case_id).where(ProcessInstance.case_id == Case.id)
    for number in db.scalars(_cases(Case.number).where(~process.exists())):
        yield number, "has no process"
    closing = func.count().filter(HistoryEvent.kind == "case_closed")
    ends = select(Case.number, closing).join(HistoryEvent, HistoryEvent.case_id == Case.id)
    ends = ends.where(Case.closed_at.is_not(None)).group_by(Case.number)
    for number in db.scalars(ends.having(closing == 0).with_only_columns(Case.number)):
        yield number, "is closed, but its history does not say so"


def _cases(*columns: Any) -> Select[Any]:
    return select(*(columns or (Case,))).order_by(Case.id)


INVARIANTS: tuple[Callable[[Session], Found], ...] = (
    closed_cases_are_over,
    rows_equal_what_the_process_waits_for,
    every_case_has_its_history,
    histories_are_whole,
    messages_go_out,
    timers_fire,
    facts_stay_in_their_table,
    versions_run,
)
