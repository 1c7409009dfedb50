"""What a stranger found: ways to learn what one may not know, to do what one may not do, to lose or double a thing."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select, text

from notifications import sink
from notifications.mailer import Message
from tests.desk import (
    AVERY,
    BASIL,
    CASEY,
    DEVON,
    JORDAN,
    LEE,
    MORGAN,
    NOOR,
    PAT,
    QUINN,
    REMY,
    ROBIN,
    TAMSIN,
    WREN,
    Clock,
    Desk,
    answers,
)
from web.session import COOKIE
from workflows import sample, steps
from workflows.cases import case_numbered
from workflows.commands import messages, people, timers
from workflows.commands.agreements import review, save_agreement
from workflows.db import transaction
from workflows.errors import InvalidInput, Refused
from workflows.history import HistoryEvent
from workflows.mail_words import words_for_time
from workflows.outbox import OutboxMessage
from workflows.people import Actor, Person, PersonRole, actor_for, person_named
from workflows.settings import settings

LOCAL = ZoneInfo("America/Los_Angeles")
NOBODY_REACHED: dict[str, Any] = {
    "contact_result": "no_answer",
    **dict.fromkeys(
        ("identity_verified", "identity_method", "spoke_through", "notification_points", "decision")
    ),
}


def actor(username: str) -> Actor:
    with transaction() as db:
        person = person_named(db, username)
        assert person
        return actor_for(db, person)


def change(username: str, **values: Any) -> None:
    """Change a person behind the product's back."""
    with transaction() as db:
        person = db.scalar(select(Person).where(Person.username == username))
        assert person
        for name, value in values.items():
            setattr(person, name, value)


def suspend() -> None:
    save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "status": "suspended"})


def renew() -> None:
    ends = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
    save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "ends_on": ends, "status": "active"})


def browser(desk: Desk, username: str) -> FlaskClient:
    """A signed-in browser; its forms are not held against a token, because that is tested elsewhere."""
    desk.app.config["WTF_CSRF_ENABLED"] = False
    client = desk.app.test_client()
    client.set_cookie(COOKIE, people.sign_in(username, sample.PASSWORD))
    return client


def page(desk: Desk, username: str, path: str) -> str:
    return browser(desk, username).get(path).get_data(as_text=True)


def give(desk: Desk, number: str, label: str, receiver: str, giver: str = CASEY) -> str:
    """Delegate a task; gives its id."""
    task = str(desk.task(giver, number, label)["id"])
    answer = desk.call(giver, "POST", f"/tasks/{task}/reassign", {"assignee": receiver})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return task


def opt_out_again(desk: Desk, who: str, number: str) -> str:
    """Pass on the client's wish; gives the number of the case that it opens."""
    answer = desk.call(who, "POST", f"/cases/{number}/opt-out-again")
    assert answer.json, answer.get_data(as_text=True)
    return str(answer.json["number"])


def stored(database: Engine) -> str:
    with database.connect() as connection:
        names = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars()
        rows = [connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all() for name in names]
    return "\n".join(line for table in rows for line in table)


class Recorder:
    """A mail server that takes everything and counts it."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.taken: list[Message] = []
        self._meanwhile = meanwhile

    def send(self, message: Message) -> None:
        self.taken.append(message)
        self._meanwhile()


def deliver(mailer: Any) -> int:
    return messages.deliver(messages.waiting_ids(1000), mailer)


# --- What somebody learns who may not ------------------------------------------------------------------------------


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
        messages.send_again(actor("sam.manager"), row.id)


def test_no_client_fact_stands_in_a_database_error_in_the_log(
    desk: Desk, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE client_facts ADD CHECK (false) NOT VALID"))
    assert desk.answer(AVERY, number, "T5").status_code == 500
    for fact in ("Pennywhistle", "360-555-0101", "Wants help"):
        assert fact not in caplog.text


# --- The Social Security number guard -------------------------------------------------------------------------------

SSN, OTHER_SSN = "900-12-3456", "666-12-3456"


def test_10_two_numbers_in_one_form_are_both_not_repeated(desk: Desk) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    task = desk.task(AVERY, number, "T5")["id"]
    form = {"reason": f"It is {SSN}", "aux_aid": f"It is {OTHER_SSN}", "action": "complete"}
    answer = browser(desk, AVERY).post(f"/tasks/{task}", data=form)
    assert answer.status_code == 422
    assert SSN not in answer.get_data(as_text=True) and OTHER_SSN not in answer.get_data(as_text=True)


def test_10_the_follow_up_questions_do_not_repeat_a_number(desk: Desk) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    task = desk.task(AVERY, number, "T5")["id"]
    answer = browser(desk, AVERY).post(f"/tasks/{task}/form", data={"reason": f"It is {SSN}"})
    assert SSN not in answer.get_data(as_text=True)


def test_10_a_number_typed_as_user_name_is_not_kept(desk: Desk, database: Engine) -> None:
    desk.app.config["WTF_CSRF_ENABLED"] = False
    answer = desk.app.test_client().post("/sign-in", data={"username": SSN, "password": "x"})
    assert SSN not in answer.get_data(as_text=True)
    assert SSN not in stored(database)


def test_10_a_number_as_idempotency_key_is_not_kept(desk: Desk, database: Engine) -> None:
    body = {"office": "WSK", "search_key": "name", "total_own": 0}
    desk.call(AVERY, "POST", "/cases", body, Idempotency_Key=SSN)
    assert SSN not in stored(database)


@pytest.mark.parametrize(
    ("who", "path"), [(AVERY, "/cases?q="), (PAT, "/admin/people?q="), (PAT, "/audit?who=")]
)
def test_10_a_number_typed_into_a_search_is_not_repeated(desk: Desk, who: str, path: str) -> None:
    assert SSN not in page(desk, who, path + SSN)


# --- What somebody does who may not ---------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["withdraw", "opened-in-error"])
def test_37_a_case_manager_cannot_stop_the_clients_wish_to_opt_out(desk: Desk, verb: str) -> None:
    first = desk.to_opted_in(**QUINN)
    again = opt_out_again(desk, CASEY, first)
    answer = desk.call(AVERY, "POST", f"/cases/{again}/{verb}")
    assert answer.status_code in (403, 404, 409)
    assert desk.labels(CASEY, again) == {"OO1"}


@pytest.mark.parametrize("decision", ["opt_in", "remain_opted_out"])
def test_a_case_manager_withdraws_before_the_decision_only(desk: Desk, decision: str) -> None:
    number = desk.to_decision(decision=decision)
    if decision == "opt_in":
        for label in ("RO1", "RO2", "RO3"):
            desk.do(CASEY, number, label)
    assert desk.call(AVERY, "POST", f"/cases/{number}/withdraw").status_code == 409
    assert desk.outcome(number)[1] is None


def test_37_esd_staff_may_pass_on_the_wish_to_opt_out(desk: Desk) -> None:
    number = desk.to_opted_in(**QUINN)
    answer = desk.call(DEVON, "POST", f"/cases/{number}/opt-out-again")
    assert answer.status_code == 201, answer.get_data(as_text=True)


def test_37_one_wish_to_opt_out_is_one_case(desk: Desk) -> None:
    number = desk.to_opted_in(**QUINN)
    first, second = (opt_out_again(desk, CASEY, number) for _ in range(2))
    assert first == second


def test_37_nobody_is_asked_to_opt_in_a_client_who_has_opted_out_again(desk: Desk) -> None:
    number = desk.to_decision(**QUINN)
    desk.record_edit(number)
    task = desk.task(AVERY, number, "T10")["id"]
    again = opt_out_again(desk, CASEY, number)
    desk.do(CASEY, again, "OO1")
    desk.do(CASEY, again, "OO2")
    desk.call(AVERY, "POST", f"/tasks/{task}/complete", {"data": {"visible": "not_found"}})
    assert desk.labels(CASEY, number) == set()


@pytest.mark.parametrize("path", ["/notes", "/opened-in-error"])
def test_35_a_partner_without_agreement_changes_nothing_in_a_held_case(desk: Desk, path: str) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    body = {"text": "A note."} if path == "/notes" else None
    assert desk.call(REMY, "POST", f"/cases/{number}{path}", body).status_code == 403


def test_a_supervisor_who_is_given_a_task_can_work_on_it(desk: Desk) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    given = desk.call(CASEY, "POST", f"/tasks/{task}/reassign", {"assignee": MORGAN})
    assert given.status_code == 422 or desk.call(MORGAN, "GET", f"/tasks/{task}").status_code == 200


def test_36_a_case_is_not_given_to_somebody_without_clearance(desk: Desk) -> None:
    number = desk.open()
    task = desk.task(AVERY, number, "T2")["id"]
    assert desk.call(AVERY, "POST", f"/tasks/{task}/reassign", {"assignee": NOOR}).status_code == 422


def test_36_somebody_without_clearance_reads_no_client(desk: Desk) -> None:
    number = desk.to_request()
    assert "Pennywhistle" not in desk.call(NOOR, "GET", f"/cases/{number}").get_data(as_text=True)


def test_giving_a_delegated_task_back_is_answered_as_done(desk: Desk) -> None:
    number = desk.to_request()
    task = give(desk, number, "T7", DEVON)
    answer = desk.call(DEVON, "POST", f"/tasks/{task}/release")
    assert desk.task(CASEY, number, "T7")["assignee"] is None
    assert answer.status_code == 200, answer.get_data(as_text=True)


def test_a_supervisor_opens_for_a_case_manager_of_the_office(desk: Desk) -> None:
    body = {"office": "WSK", "search_key": "name", "total_own": 0, "case_manager": REMY}
    assert desk.call(CASEY, "POST", "/cases", body).status_code == 422


def test_a_task_does_not_go_back_to_somebody_who_may_no_longer_do_it(desk: Desk) -> None:
    number = desk.to_decision()
    give(desk, number, "RO1", DEVON)
    desk.record_edit(number, DEVON)
    change(DEVON, is_restricted_user=True)
    desk.do(AVERY, number, "T10", visible="not_found")
    assert desk.task(CASEY, number, "RO1")["assignee"] != DEVON


def test_an_esd_person_is_no_partners_case_manager(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        people.change_person(actor(PAT), DEVON, {"roles": ["case_manager"]})


def test_entering_an_agreement_does_not_overwrite_one_of_that_number(desk: Desk) -> None:
    form = {
        "number": "K-TEST-102",
        "agency": "DYP",
        "kind": "data_sharing",
        "basis": "mou_with_wdc",
        "starts_on": "2020-01-01",
        "ends_on": "2020-12-31",
        "status": "active",
    }
    client = browser(desk, ROBIN)
    assert 'type="hidden" name="number"' not in client.get("/admin/agreements/new").get_data(as_text=True)
    client.post("/admin/agreements", data=form)
    assert (
        desk.call(REMY, "POST", "/cases", {"office": "WSJ", "search_key": "name", "total_own": 0}).status_code
        == 201
    )


def test_a_refused_look_at_a_case_is_written_down(desk: Desk) -> None:
    number = desk.to_request()
    assert desk.call(ROBIN, "GET", f"/cases/{number}").status_code == 403
    with transaction() as db:
        robin = person_named(db, ROBIN)
        assert robin
        refusals = select(HistoryEvent).where(
            HistoryEvent.kind == "refused", HistoryEvent.actor_id == robin.id
        )
        assert list(db.scalars(refusals))


# --- What is lost or doubled ----------------------------------------------------------------------------------------


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
        messages.send_again(actor(ROBIN), row.id)
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


# --- Nonsense at the doors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/cases?after=²", "/worklist?after=WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwiXHVkODAwIl0="]
)
def test_odd_keys_of_a_page_are_refused_in_words(desk: Desk, path: str) -> None:
    assert desk.call(AVERY, "GET", path).status_code < 500


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (AVERY, "/cases?after=²"),
        (AVERY, "/cases?after=" + "9" * 5000),
        (PAT, "/admin/outbox?before=²"),
        (PAT, "/audit?before=²"),
        (PAT, "/audit?until=9999-12-31"),
    ],
)
def test_odd_addresses_are_no_failure_of_ours(desk: Desk, who: str, path: str) -> None:
    assert browser(desk, who).get(path).status_code < 500


def test_an_odd_way_back_is_no_failure_of_ours(desk: Desk) -> None:
    desk.app.config["WTF_CSRF_ENABLED"] = False
    client = desk.app.test_client()
    assert client.get("/sign-in?next=//[").status_code < 500
    assert client.post("/cases", headers={"Referer": "http://["}).status_code < 500


def test_an_odd_version_of_a_form_is_no_failure_of_ours(desk: Desk) -> None:
    number = desk.open()
    task = desk.task(AVERY, number, "T2")["id"]
    answer = browser(desk, AVERY).post(f"/tasks/{task}", data={"total_wide": "0", "version": "²"})
    assert answer.status_code < 500


def test_an_office_with_a_space_is_the_office(desk: Desk) -> None:
    answer = desk.call(AVERY, "POST", "/cases", {"office": " WSK", "search_key": "name", "total_own": 0})
    assert answer.status_code in (201, 422)


def test_deeply_nested_json_is_refused_in_words(desk: Desk) -> None:
    number = desk.open()
    task = desk.task(AVERY, number, "T2")["id"]
    for depth in (500, 5_000, 100_000):
        body = '{"data": {"a": ' + "[" * depth + "]" * depth + "}}"
        answer = desk.app.test_client().post(
            f"/api/v1/tasks/{task}/complete",
            data=body,
            headers={"Authorization": f"Bearer {desk._tokens[AVERY]}", "Content-Type": "application/json"},
        )
        assert answer.status_code in (400, 422), depth


def test_35_the_supervisor_goes_on_writing_notes_while_the_partner_is_held(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    assert "Write a note" in page(desk, CASEY, f"/cases/{number}")
    suspend()
    assert "Write a note" in page(desk, CASEY, f"/cases/{number}")


# --- Words ----------------------------------------------------------------------------------------------------------


def test_37_opting_out_is_not_called_an_opt_in(desk: Desk) -> None:
    first = desk.to_opted_in(**QUINN)
    again = opt_out_again(desk, CASEY, first)
    desk.do(CASEY, again, "OO1")
    assert "Opt-in is being recorded" not in page(desk, CASEY, f"/cases/{again}")


def test_whoever_the_page_of_withdrawal_promises_to_tell_is_told(desk: Desk) -> None:
    number = desk.to_request()
    promise = "the supervisor and the case manager are told" in page(desk, AVERY, f"/cases/{number}")
    desk.call(AVERY, "POST", f"/cases/{number}/withdraw")
    told = [m["to"] for m in desk.messages(number) if m["kind"] == "notify_partner_withdrawn"]
    assert not promise or any("Casey" in name for name in told)


def test_a_case_is_closed_once_in_its_history(desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12", offer_response="declined")
    desk.do(AVERY, number, "T14")
    assert desk.history(CASEY, number).count("case_closed") == 1


def test_32_a_case_answered_by_another_does_not_ask_for_a_call(desk: Desk, clock: Clock) -> None:
    second = desk.to_request(REMY, "WSJ", **WREN)
    clock.move(days=8)
    first = desk.to_decision(**WREN)
    desk.record_edit(first)
    assert "has not called" not in desk.case(REMY, second)["sentence"]


def test_a_backup_is_wanted_where_there_is_none_in_words_that_hold(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(JORDAN, "WSC")
    clock.move(days=2, minutes=1)
    taken = Recorder()
    deliver(taken)
    found = [m for m in taken.taken if number in m.subject and "As a backup supervisor" in m.text]
    assert not found, "the office has no backup; its own supervisor is told that she is one"
