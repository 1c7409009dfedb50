"""A request that was begun and not sent expires (domain 5.2, `draft_expiry`)."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from tests.desk import AVERY, CASEY, MARLO, QUINN, REMY, Clock, Desk
from tests.integration.acting import opt_out_again, renew, stored, suspend
from workflows.commands import agreements, timers
from workflows.db import transaction
from workflows.people import SYSTEM
from workflows.timers import EXPIRY, Timer


def expiries(number: str) -> list[Timer]:
    with transaction() as db:
        return list(db.scalars(select(Timer).where(Timer.id.startswith(number), Timer.level == EXPIRY)))


def begun(desk: Desk, who: str = AVERY, office: str = "WSK") -> str:
    """A request before its last step, with the client's name typed but not sent."""
    number = desk.open(who, office)
    for label in ("T2", "T3", "T4"):
        desk.do(who, number, label)
    task = desk.task(who, number, "T5")["id"]
    assert desk.call(who, "POST", f"/tasks/{task}/draft", {"data": MARLO}).status_code == 200
    return number


def test_it_is_erased_and_closed_after_its_time(desk: Desk, clock: Clock, database: Engine) -> None:
    number = begun(desk)
    clock.move(days=6, hours=23)
    assert desk.labels(AVERY, number) == {"T5"} and "Pennywhistle" in stored(database)
    clock.move(hours=1)
    assert desk.outcome(number, AVERY) == ("closed", "opened_in_error")
    assert "Pennywhistle" not in stored(database)
    assert {"draft_expired", "client_facts_erased"} <= set(desk.history(AVERY, number))
    assert desk.kinds(number) == []


@pytest.mark.parametrize("steps", [(), ("T2",), ("T2", "T3")])
def test_it_expires_at_whatever_step_it_stands(desk: Desk, clock: Clock, steps: tuple[str, ...]) -> None:
    number = desk.open()
    for label in steps:
        desk.do(AVERY, number, label)
        clock.move(days=1)
    clock.move(days=7 - len(steps))
    assert desk.outcome(number, AVERY) == ("closed", "opened_in_error")


def test_a_request_that_was_sent_never_expires(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    clock.move(days=30)
    assert desk.outcome(number) == ("submitted", None)
    assert [timer.fired_at for timer in expiries(number)] == [None]


def test_nor_does_one_that_employment_security_looks_at(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    for label, different in (("T2", {}), ("T3", {}), ("T4", {"lookup": "nothing"}), ("T5", {})):
        desk.do(AVERY, number, label, **different)
    clock.move(days=30)
    assert desk.labels(CASEY, number) == {"T4b"}


def test_the_wish_to_opt_out_again_never_expires(desk: Desk, clock: Clock) -> None:
    again = opt_out_again(desk, CASEY, desk.to_opted_in(**QUINN))
    clock.move(days=30)
    assert desk.labels(CASEY, again) == {"OO1"} and expiries(again) == []


def test_one_that_found_the_client_at_once_has_nothing_to_expire(desk: Desk, clock: Clock) -> None:
    number = desk.open(total_own=1)
    clock.move(days=30)
    assert desk.outcome(number, AVERY) == ("closed", "found_in_own_office")


def test_its_time_stands_still_while_the_case_is_on_hold(desk: Desk, clock: Clock) -> None:
    number = begun(desk, REMY, "WSJ")
    (before,) = expiries(number)
    suspend()
    clock.move(days=7, hours=1)
    renew()
    agreements.review()
    (after,) = expiries(number)
    assert after.closed_at is None and after.due_at > before.due_at + timedelta(days=4)
    clock.move(days=14)
    assert desk.outcome(number, REMY) == ("closed", "opened_in_error")


def test_it_expires_once_however_many_workers_look(desk: Desk, clock: Clock) -> None:
    number = begun(desk)
    (timer,) = expiries(number)
    with transaction() as db:
        db.get_one(Timer, timer.id).due_at -= timedelta(days=8)
    assert [timers.fire(SYSTEM, timer.id) for _ in range(3)] == [True, False, False]
    assert desk.history(AVERY, number).count("draft_expired") == 1
