"""What somebody learns who may not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, select, text

from notifications import sink
from tests.desk import (
    AVERY,
    BASIL,
    CASEY,
    DEVON,
    LEE,
    PAT,
    REMY,
    ROBIN,
    TAMSIN,
    WREN,
    Clock,
    Desk,
)
from tests.integration.acting import (
    Recorder,
    actor,
    change,
    deliver,
    give,
    opt_out_again,
    page,
    suspend,
)
from workflows import sample
from workflows.commands import people, undelivered
from workflows.commands.agreements import save_agreement
from workflows.db import transaction
from workflows.errors import Refused
from workflows.outbox import OutboxMessage
from workflows.people import Person, PersonRole
from workflows.settings import settings


@pytest.mark.parametrize("action", ["close", "hand_to_esd"])
def test_a_case_closed_under_a_hold_stays_hidden_from_its_agency(desk: Desk, action: str) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    desk.do(ROBIN, number, "T90", action=action)
    if action == "hand_to_esd":
        desk.do(CASEY, number, "T91")
    seen = desk.case(REMY, number)
    assert (seen["client"], seen["steps"]) == ({}, [])


def test_closed_cases_of_an_agency_without_agreement_show_no_client(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    assert desk.call(REMY, "POST", f"/cases/{number}/withdraw").status_code == 200
    suspend()
    assert desk.case(REMY, number)["client"] == {}


def test_an_agreement_that_ended_hides_the_client_before_any_job_has_run(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=25), tick=True):
        assert desk.case(REMY, number)["client"] == {}


def test_the_page_of_a_held_case_does_not_show_where_it_stands(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    desk.do(CASEY, number, "T7", decision="remain_opted_out")
    assert "ESD staff are being offered" not in page(desk, REMY, f"/cases/{number}")


def test_the_notice_of_ended_access_names_the_recipients_own_case(
    desk: Desk, mail: Callable[[], list[sink.Received]]
) -> None:
    first = desk.to_request(**WREN)
    second = desk.to_request(REMY, "WSJ", **WREN)
    desk.do(CASEY, first, "T7")
    desk.record_edit(first)
    again = opt_out_again(desk, CASEY, first)
    desk.do(CASEY, again, "OO1")
    desk.do(CASEY, again, "OO2")
    desk.send_mail(settings().smtp_url)
    (told,) = [m for m in mail() if m.to.startswith(REMY) and "access ended" in m.subject]
    assert second in told.subject and again not in told.text and first not in told.text


def _told(desk: Desk, mail: Callable[[], list[sink.Received]], response: str, client: dict[str, str]) -> str:
    number = desk.to_decision(decision="remain_opted_out", **client)
    desk.do(CASEY, number, "T12", offer_response=response)
    desk.send_mail(settings().smtp_url)
    (told,) = [m for m in mail() if "remains opted out" in m.subject and number in m.subject]
    return told.text.replace(number, "N")


def test_19_the_notice_does_not_tell_the_answer_to_the_offer(
    desk: Desk, clock: Clock, mail: Callable[[], list[sink.Received]]
) -> None:
    accepted = _told(desk, mail, "accepted", TAMSIN)
    declined = _told(desk, mail, "declined", BASIL)
    assert accepted == declined


def test_19_neither_state_nor_tasks_tell_the_answer_to_the_offer(desk: Desk) -> None:
    def seen(response: str, client: dict[str, str]) -> tuple[str, set[str]]:
        number = desk.to_decision(decision="remain_opted_out", **client)
        desk.do(CASEY, number, "T12", offer_response=response)
        return desk.case(AVERY, number)["status"], desk.labels(AVERY, number)

    assert seen("accepted", TAMSIN) == seen("declined", BASIL)


@pytest.mark.parametrize(("decision", "state"), [("opt_in", "opting_in"), ("remain_opted_out", "offering")])
def test_the_partner_does_not_see_the_decision_before_the_notice(
    desk: Desk, decision: str, state: str
) -> None:
    number = desk.to_decision(decision=decision)
    row = next(r for r in desk.get(AVERY, "/cases")["items"] if r["number"] == number)
    assert state not in (desk.case(AVERY, number)["status"], row["status"])


@pytest.mark.parametrize("who", [ROBIN, PAT])
def test_the_list_of_mail_does_not_tell_what_only_esd_knows(desk: Desk, who: str) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    desk.do(CASEY, number, "T13")
    deliver(Recorder())
    seen = page(desk, who, "/admin/outbox")
    assert "assigned" not in seen.lower() and "remains opted out" not in seen


def test_the_administrators_are_not_told_of_an_accepted_offer_by_an_undeliverable_mail(
    desk: Desk, mail: Callable[[], list[sink.Received]]
) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    desk.do(CASEY, number, "T13")
    with transaction() as db:
        for row in db.scalars(select(OutboxMessage)):
            row.state = "failed" if row.kind == "notify_assigned_staff" else "sent"
            if row.kind == "notify_assigned_staff":
                row.state, row.attempts = "waiting", 99
    change(DEVON, email="not an address")
    desk.send_mail(settings().smtp_url)
    desk.send_mail(settings().smtp_url)
    (told,) = [m for m in mail() if m.to.startswith(PAT)]
    assert "assigned" not in told.text


@pytest.mark.parametrize("who", [PAT, LEE])
def test_the_trail_does_not_tell_the_answer_to_the_offer(desk: Desk, who: str) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    desk.do(CASEY, number, "T13")
    desk.do(AVERY, number, "T14")
    seen = page(desk, who, "/audit")
    assert "works with ESD staff" not in seen and "remained_opted_out_accepted" not in seen


def test_an_auditors_case_does_not_tell_the_answer_to_the_offer(desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    desk.do(CASEY, number, "T13")
    desk.do(AVERY, number, "T14")
    seen = json.dumps(
        [desk.case(LEE, number), desk.get(LEE, f"/cases/{number}/history"), desk.messages(number, LEE)]
    )
    assert "works with ESD staff" not in seen
    assert "Devon" not in seen and "T13_" not in seen


def test_an_administrator_has_no_list_of_cases(desk: Desk) -> None:
    desk.to_request()
    assert desk.call(PAT, "GET", "/cases").status_code == 403


def test_delegated_reading_ends_with_the_delegation(desk: Desk) -> None:
    number = desk.to_decision()
    task = give(desk, number, "RO1", DEVON)
    desk.do(DEVON, number, "RO1")
    give(desk, number, "RO2", CASEY)
    assert desk.call(DEVON, "GET", f"/cases/{number}").status_code == 403
    assert "Pennywhistle" not in page(desk, DEVON, f"/tasks/{task}")


def test_whoever_became_a_restricted_user_reads_no_suppressed_record(desk: Desk) -> None:
    number = desk.to_decision()
    give(desk, number, "RO1", DEVON)
    change(DEVON, is_restricted_user=True)
    assert "Pennywhistle" not in desk.call(DEVON, "GET", f"/cases/{number}").get_data(as_text=True)


def test_the_reason_is_read_by_case_manager_and_supervisor_alone(desk: Desk) -> None:
    number = desk.to_decision(reason="Wants help with a welding course.")
    give(desk, number, "RO1", DEVON)
    assert "reason" not in desk.case(DEVON, number)["client"]


@pytest.mark.parametrize("label", ["T12", "T13"])
def test_a_case_manager_cannot_open_a_task_of_esd(desk: Desk, label: str) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    if label == "T13":
        desk.do(CASEY, number, "T12")
    task = desk.task(CASEY, number, label)["id"]
    assert desk.call(AVERY, "GET", f"/tasks/{task}").status_code in (403, 404)


def _another_area() -> None:
    """A second area with an auditor and a program manager of its own."""
    with transaction() as db:
        db.execute(text("INSERT INTO area (code, name) VALUES ('TST', 'SAMPLE area') ON CONFLICT DO NOTHING"))
        db.execute(
            text("INSERT INTO agency (code, name, area_code, is_esd) VALUES ('TSA', 'SAMPLE', 'TST', false)")
        )
        for username, role in (
            ("sam.auditor", "auditor"),
            ("sam.manager", "program_manager"),
            ("sam.admin", "administrator"),
        ):
            person = Person(
                username=username,
                name=f"{username} (SAMPLE)",
                email=f"{username}@tsa.example",
                password_hash=people.passwords.hash(sample.PASSWORD),
                agency_code="TSA",
                area_code="TST",
            )
            db.add(person)
            db.flush()
            db.add(PersonRole(person_id=person.id, role=role))


def test_an_administrator_of_another_area_reads_no_trail_of_this_one(desk: Desk) -> None:
    number = desk.to_request()
    _another_area()
    assert number not in page(desk, "sam.admin", "/audit")


def test_an_auditor_finds_the_same_cases_by_list_and_by_number(desk: Desk) -> None:
    number = desk.to_request()
    _another_area()
    listed = [row["number"] for row in desk.get("sam.auditor", "/cases")["items"]]
    opened = desk.call("sam.auditor", "GET", f"/cases/{number}").status_code == 200
    assert (number in listed) == opened


def test_an_agreement_is_kept_by_the_program_managers_of_its_area(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    _another_area()
    with pytest.raises(Refused):
        save_agreement(actor("sam.manager"), "K-TEST-102", {"agency": "DYP", "status": "terminated"})
    assert desk.case(REMY, number)["status"] == "submitted"


def test_a_message_of_another_area_is_not_sent_again(desk: Desk) -> None:
    desk.to_request()
    _another_area()
    with transaction() as db:
        row = db.scalars(select(OutboxMessage)).first()
        assert row
        row.state = "failed"
    with pytest.raises(Refused):
        undelivered.send_again(actor("sam.manager"), row.id)


def test_no_client_fact_stands_in_a_database_error_in_the_log(
    desk: Desk, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE client_facts ADD CHECK (false) NOT VALID"))
    refused = desk.answer(AVERY, number, "T5")
    assert refused.status_code == 409
    for fact in ("Pennywhistle", "360-555-0101", "Wants help"):
        assert fact not in caplog.text + refused.text
