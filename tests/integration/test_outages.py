"""After an outage one reminder of each kind, however many workers come back; clocks that jump lose and double nothing."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.desk import AVERY, CASEY, JORDAN, SOL, TAMSIN, Clock, Desk
from tests.integration.test_doors import at_once
from workflows.commands import agreements, digests, timers
from workflows.db import transaction
from workflows.digests import Digest
from workflows.history import HistoryEvent
from workflows.invariants import violations
from workflows.organisations import Agreement
from workflows.outbox import OutboxMessage
from workflows.timers import Timer

WORKERS = 4
ONCE = {
    "remind_supervisor", "escalate_to_backup", "escalate_to_program_manager", "ask_to_call_client",
    "remind_overdue", "agreement_warning", "daily_mail",
}  # fmt: skip


def told() -> Counter[tuple[int | None, str, int]]:
    """How often each person was told of each kind about each case, or about no case."""
    with transaction() as db:
        rows = db.execute(select(OutboxMessage.case_id, OutboxMessage.kind, OutboxMessage.recipient_id))
        return Counter((case, kind, who) for case, kind, who in rows if kind in ONCE)


def fired(element: str | None = None) -> int:
    with transaction() as db:
        query = select(func.count()).where(HistoryEvent.kind == "timer_fired")
        return db.scalar(query.where(HistoryEvent.element == element) if element else query) or 0


def everything() -> None:
    """All that the clock starts, as one worker does it."""
    timers.fire_due()
    agreements.review()
    digests.send_due()


def test_an_outage_of_three_periods_is_one_reminder_each_whoever_fires(desk: Desk, clock: Clock) -> None:
    numbers = [desk.to_request(), desk.to_request(**SOL), desk.to_request(JORDAN, "WSC", **TAMSIN)]
    for who in (AVERY, CASEY):
        assert (
            desk.call(who, "PATCH", "/preferences", {"messages": {}, "daily_at": "07:30"}).status_code < 300
        )
    with transaction() as db:
        ends = (datetime.now(UTC) + timedelta(days=95)).date()
        db.execute(update(Agreement).where(Agreement.number == "K-TEST-102").values(ends_on=ends, warned=[]))
    clock._traveller.shift(timedelta(days=70))
    at_once(*[everything] * WORKERS)
    everything()
    counted = told()
    assert {kind for _, kind, _ in counted} == ONCE
    twice = {key: number for key, number in counted.items() if number > 1}
    assert {kind for _, kind, _ in twice} <= {"escalate_to_program_manager"}, twice
    with transaction() as db:
        of_case = select(HistoryEvent.case_id, HistoryEvent.element).where(HistoryEvent.kind == "timer_fired")
        times = Counter(tuple(row) for row in db.execute(of_case))
        assert set(times.values()) == {1}, "two kinds of lateness are told to program managers, each once"
        rows = db.scalars(select(Timer).where(Timer.fired_at.is_not(None))).all()
        assert fired() == len(rows) >= 3 * len(numbers)
        assert all(row.next_at > datetime.now(UTC) for row in db.scalars(select(Digest)))
    before = told()
    clock.move(days=1)
    assert not told() - before - Counter(k for k in told() if k[1] == "daily_mail")


@pytest.mark.parametrize("way", [2, -2])
def test_a_clock_that_jumps_and_comes_back_fires_once_and_forgets_nothing(
    desk: Desk, clock: Clock, way: int
) -> None:
    desk.to_request()
    clock.move(hours=24 - 1)
    clock.move(hours=way)
    assert fired() == (way > 0), "two hours too fast, a day has passed; two hours too slow, it has not"
    clock.move(hours=-way)
    assert fired() == (way > 0), "nothing is fired again, and nothing was due at the right time"
    clock.move(hours=2)
    assert fired("TM_RemindSupervisor") == 1, "the right time comes, and it has been fired once"
    clock.move(days=4)
    twice = {kind for (case, kind, _), number in told().items() if case and number > 1}
    assert twice <= {"escalate_to_program_manager"}, "two kinds of lateness, each told once"
    assert not [one for one in violations() if one.invariant not in ("messages_go_out",)]


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (
            "2027-03-07T10:30:00+00:00",
            "2027-03-14T10:30:00+00:00",
        ),  # 2:30, which is skipped: 3:30 daylight time
        (
            "2026-10-25T08:30:00+00:00",
            "2026-11-01T08:30:00+00:00",
        ),  # 1:30, which comes twice: the first of the two
    ],
)
def test_a_time_in_the_hour_that_is_skipped_or_doubled_comes_once(
    desk: Desk, clock: Clock, begun: str, due: str
) -> None:
    clock._traveller.move_to(datetime.fromisoformat(begun))
    number = desk.open()
    for minutes in (-1, 0, 60, 61):
        clock._traveller.move_to(datetime.fromisoformat(due) + timedelta(minutes=minutes))
        clock.tick()
        ended = desk.outcome(number) if minutes >= 0 else ("draft", None)
        assert ended == (("closed", "opened_in_error") if minutes >= 0 else ("draft", None))
    with transaction() as db:
        assert db.scalar(select(func.count()).where(HistoryEvent.kind == "draft_expired")) == 1


def test_business_days_keep_their_hour_over_the_end_of_daylight_saving(desk: Desk, clock: Clock) -> None:
    clock._traveller.move_to(datetime(2026, 10, 30, 17, tzinfo=UTC))  # Friday, ten in the morning in Olympia
    desk.to_request()
    clock.move(days=3)  # Monday, nine by the new time
    assert fired() == 0
    clock.move(hours=1)
    assert fired("TM_RemindSupervisor") == 1
