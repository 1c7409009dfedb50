"""What is lost or doubled: mails, warnings, holds, timers, requests at once."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, delete, select, text

from tests.desk import (
    AVERY,
    CASEY,
    JORDAN,
    PAT,
    REMY,
    ROBIN,
    TAMSIN,
    Clock,
    Desk,
    answers,
)
from tests.integration.acting import LOCAL, Recorder, actor, deliver, renew, suspend
from workflows import steps
from workflows.cases import case_numbered
from workflows.commands import people, timers, undelivered
from workflows.commands.agreements import review, save_agreement
from workflows.db import transaction
from workflows.errors import Refused
from workflows.outbox import OutboxMessage
from workflows.people import PersonRole, person_named
from workflows.time_words import words_for_time


def _state(number: str, kind: str) -> str:
    with transaction() as db:
        case = case_numbered(db, number)
        rows = select(OutboxMessage.state).where(OutboxMessage.case_id == case.id, OutboxMessage.kind == kind)
        return str(db.scalars(rows).one())


def test_35_a_notice_that_still_waits_is_withheld_when_the_agreement_lapses(desk: Desk) -> None:
    number = desk.to_decision(REMY, "WSJ")
    desk.record_edit(number)
    suspend()
    taken = Recorder()
    deliver(taken)
    assert not [m for m in taken.taken if m.to.startswith(REMY) and number in m.subject]


def test_35_a_notice_is_not_sent_again_while_the_case_is_held(desk: Desk) -> None:
    number = desk.to_decision(REMY, "WSJ")
    desk.record_edit(number)
    with transaction() as db:
        row = db.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == "notify_partner_change_made")
        ).one()
        row.state = "failed"
    suspend()
    with suppress(Refused):
        undelivered.send_again(actor(ROBIN), row.id)
    taken = Recorder()
    deliver(taken)
    assert not [m for m in taken.taken if m.to.startswith(REMY) and number in m.subject]


def test_35_a_notice_withheld_when_the_case_closed_goes_out_after_the_renewal(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    desk.do(CASEY, number, "T7", decision="withdraw")
    assert _state(number, "notify_partner_withdrawn") == "withheld"
    renew()
    review()
    assert _state(number, "notify_partner_withdrawn") == "waiting"


def test_35_a_task_opened_during_a_hold_moves_by_the_time_it_stood_still(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    clock.move(days=7)
    desk.do(CASEY, number, "T7")
    desk.record_edit(number)
    clock.move(hours=1)
    renew()
    desk.do(ROBIN, number, "T90", action="resume")
    due = datetime.fromisoformat(desk.task(REMY, number, "T10")["due"])
    assert due - datetime.now(UTC) < timedelta(days=4), "two business days, as for every confirmation"


def test_35_a_due_time_after_a_hold_lies_in_opening_hours(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    clock.move(days=3, hours=12)
    renew()
    clock.move(hours=14)
    desk.do(ROBIN, number, "T90", action="resume")
    due = datetime.fromisoformat(desk.task(REMY, number, "T6")["due"]).astimezone(LOCAL)
    assert due.weekday() < 5 and 8 <= due.hour <= 17, due


class Held:
    """Another transaction that holds some rows locked."""

    def __init__(self, database: Engine, statement: str) -> None:
        self._connection = database.connect()
        self._connection.execute(text(statement))

    def let_go(self) -> None:
        self._connection.rollback()
        self._connection.close()


def test_a_mail_is_sent_once_although_its_case_was_busy_for_long(desk: Desk, database: Engine) -> None:
    desk.to_request()
    held: list[Held] = []
    first = Recorder(
        lambda: held.append(Held(database, 'SELECT 1 FROM "case" FOR NO KEY UPDATE')) if not held else None
    )
    with suppress(Refused):
        deliver(first)
    held[0].let_go()
    second = Recorder()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5), tick=True):
        deliver(second)
    assert len(first.taken + second.taken) == 1


def test_a_mail_is_sent_once_although_the_server_takes_its_time(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    second = Recorder()

    def another_worker_meanwhile() -> None:
        clock._traveller.shift(
            timedelta(seconds=45)
        )  # three answers of fifteen seconds; the limit is twenty each
        deliver(second)

    first = Recorder(another_worker_meanwhile)
    deliver(first)
    assert len(first.taken + second.taken) == 1


def test_a_saved_agreement_is_answered_as_saved(desk: Desk, database: Engine) -> None:
    values = {"agency": "DYP", "kind": "data_sharing", "basis": "mou_with_wdc", "status": "draft"}
    save_agreement(actor(ROBIN), "K-TEST-202", {**values, "starts_on": "2026-01-01", "ends_on": "2030-01-01"})
    held = Held(database, "SELECT 1 FROM agreement WHERE number = 'K-TEST-202' FOR UPDATE")
    try:
        save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "basis_document": "SAMPLE-NEW"})
    finally:
        held.let_go()


def _about_agreements(desk: Desk) -> int:
    with transaction() as db:
        rows = select(OutboxMessage).where(OutboxMessage.kind.in_(("agreement_warning", "agreement_lapsed")))
        return len(list(db.scalars(rows)))


def test_a_warning_is_given_once_however_often_the_agreement_is_edited(desk: Desk) -> None:
    review()
    before = _about_agreements(desk)
    save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "basis_document": "SAMPLE-NEW"})
    assert _about_agreements(desk) == before


def test_the_end_of_a_replaced_agreement_does_not_say_that_cases_are_on_hold(
    desk: Desk, clock: Clock
) -> None:
    values = {"agency": "DYP", "kind": "data_sharing", "basis": "mou_with_wdc", "status": "active"}
    save_agreement(actor(ROBIN), "K-TEST-202", {**values, "starts_on": "2026-01-01", "ends_on": "2030-01-01"})
    number = desk.to_request(REMY, "WSJ")
    save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "status": "terminated"})
    assert desk.case(REMY, number)["status"] == "submitted"
    taken = Recorder()
    deliver(taken)
    assert not [m for m in taken.taken if "on hold" in m.text and "K-TEST-102" in m.text]


def test_a_notice_to_somebody_who_left_reaches_a_colleague(desk: Desk) -> None:
    number = desk.to_decision()
    people.change_person(actor(PAT), AVERY, {"active": False})
    desk.record_edit(number)
    to = [m["to"] for m in desk.messages(number) if m["kind"] == "notify_partner_change_made"]
    assert any("Jordan" in name or "Noor" in name for name in to), to
    assert not any("Avery" in name for name in to)


def test_two_changes_of_one_person_at_once_are_no_failure(desk: Desk, database: Engine) -> None:
    changer = actor(PAT)
    found: list[Exception] = []

    def run() -> None:
        try:
            people.change_person(changer, JORDAN, {"trained_on": "2026-02-02"})
        except Refused as refused:
            found.append(refused)
        except Exception as error:
            found.append(error)

    with transaction() as db:
        jordan = person_named(db, JORDAN)
        assert jordan
        db.execute(delete(PersonRole).where(PersonRole.person_id == jordan.id))
        db.add(PersonRole(person_id=jordan.id, role="case_manager"))
        db.flush()
        other = threading.Thread(target=run)
        other.start()
        other.join(1)
    other.join(10)
    assert all(isinstance(error, Refused) for error in found), found


def test_one_broken_case_does_not_stop_the_clock_for_the_others(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = desk.to_request()
    clock.move(minutes=1)
    sound = desk.to_request(**TAMSIN)
    usual = steps.STEPS["remind_supervisor"]

    def breaks(context: steps.Context) -> Any:
        if context.case.number == broken:
            raise RuntimeError("a fault of ours")
        return usual(context)

    monkeypatch.setitem(steps.STEPS, "remind_supervisor", breaks)
    clock._traveller.shift(timedelta(days=1, minutes=5))
    with suppress(RuntimeError):
        timers.fire_due()
    assert "remind_supervisor" in desk.kinds(sound)


def test_one_busy_agency_does_not_stop_the_review_of_the_others(desk: Desk, database: Engine) -> None:
    number = desk.to_request()
    with database.begin() as connection:
        connection.execute(text("UPDATE agreement SET status = 'suspended' WHERE agency_code = 'FWP'"))
    held = Held(database, "SELECT 1 FROM agreement WHERE agency_code = 'DYP' FOR UPDATE")
    try:
        with suppress(Refused):
            review()
    finally:
        held.let_go()
    assert desk.case(CASEY, number)["status"] == "on_hold"


def test_a_claim_that_is_worked_on_is_not_idle(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    desk.call(CASEY, "POST", f"/tasks/{task}/claim")
    clock.move(days=2, hours=22)
    desk.call(CASEY, "POST", f"/tasks/{task}/draft", {"data": {"esd_note": "Tried this morning."}})
    clock.move(hours=3)
    assert desk.task(CASEY, number, "T7")["assignee"] == CASEY


def test_a_key_gives_the_same_answer_as_the_first_time(desk: Desk) -> None:
    body = {"office": "WSJ", "search_key": "name", "total_own": 0}
    suspend()
    first = desk.call(REMY, "POST", "/cases", body, Idempotency_Key="k1")
    renew()
    second = desk.call(REMY, "POST", "/cases", body, Idempotency_Key="k1")
    assert first.status_code == second.status_code == 403


def _ready_to_write(desk: Desk, who: str, office: str) -> str:
    """A new case whose next task is step 4; gives the id of that task."""
    number = desk.open(who, office)
    for label in ("T2", "T3", "T4"):
        desk.do(who, number, label)
    return str(desk.task(who, number, "T5")["id"])


def test_31_two_requests_for_one_client_written_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = {AVERY: _ready_to_write(desk, AVERY, "WSK"), JORDAN: _ready_to_write(desk, JORDAN, "WSC")}
    usual, both = steps.STEPS["check_duplicates"], threading.Barrier(2)

    def looks_while_the_other_looks(context: steps.Context) -> Any:
        found = usual(context)
        with suppress(threading.BrokenBarrierError):
            both.wait(2)
        return found

    monkeypatch.setitem(steps.STEPS, "check_duplicates", looks_while_the_other_looks)
    statuses: list[int] = []

    def write(who: str) -> None:
        answer = desk.call(who, "POST", f"/tasks/{tasks[who]}/complete", {"data": answers("T5")})
        statuses.append(answer.status_code)

    writers = [threading.Thread(target=write, args=(who,)) for who in tasks]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(statuses) == [200, 409]


@pytest.mark.parametrize("phone", ["+1 360-555-0101", "1 (360) 555-0101"])
def test_31_a_phone_number_is_the_same_however_it_is_written(desk: Desk, phone: str) -> None:
    desk.to_request()
    task = _ready_to_write(desk, JORDAN, "WSC")
    answer = desk.call(JORDAN, "POST", f"/tasks/{task}/complete", {"data": answers("T5", phone=phone)})
    assert answer.status_code == 409, answer.get_data(as_text=True)


def test_the_first_notice_says_when_the_supervisors_task_is_due(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    taken = Recorder()
    deliver(taken)
    (told,) = [m for m in taken.taken if number in m.subject]
    due = datetime.fromisoformat(desk.task(CASEY, number, "T7")["due"])
    assert words_for_time(due) in told.text, told.text
