"""What people do from the page of a case besides its tasks: remind, put an entry right, cancel with a reason."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.desk import AVERY, CASEY, DEVON, JORDAN, LEE, MORGAN, REMY, ROBIN, Clock, Desk, answers
from tests.integration.acting import browser, give, page, stored, suspend
from workflows.cases import TaskRecord
from workflows.db import transaction

REASON = "Misheard on the phone."


def remind(desk: Desk, who: str, number: str) -> int:
    return desk.call(who, "POST", f"/cases/{number}/remind").status_code


def reminded(desk: Desk, number: str) -> list[str]:
    return [m["to"] for m in desk.messages(number) if m["kind"] == "remind_now"]


def entry(desk: Desk, who: str, number: str, label: str) -> str:
    """The id of a completed task."""
    found = [step["id"] for step in desk.case(who, number)["steps"] if step["element"].split("_")[0] == label]
    return str(found[-1])


def correct(desk: Desk, who: str, number: str, task: str, why: str = REASON, **data: Any) -> Any:
    body = {"data": data, "why": why}
    return desk.call(who, "POST", f"/cases/{number}/entries/{task}/corrections", body)


def test_a_case_manager_reminds_employment_security_once_in_a_business_day(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    assert remind(desk, AVERY, number) == 200
    told = reminded(desk, number)
    assert told and all("Avery" not in name for name in told)
    assert remind(desk, AVERY, number) == 409
    asked = browser(desk, AVERY).post(f"/cases/{number}/remind", follow_redirects=True)
    assert asked.request.path == f"/cases/{number}" and "Wait for an answer" in asked.text
    clock.move(days=1, minutes=1)
    assert remind(desk, AVERY, number) == 200
    assert len(reminded(desk, number)) == 2 * len(told)
    assert "reminder_asked" in desk.history(AVERY, number)


def test_a_supervisor_reminds_everybody_but_herself(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    assert remind(desk, AVERY, number) == 200
    before = len(reminded(desk, number))
    desk.call(CASEY, "POST", f"/tasks/{desk.task(CASEY, number, 'T7')['id']}/claim")
    assert remind(desk, CASEY, number) == 200, "what one side asked does not bind the other"
    assert reminded(desk, number)[before:] == ["Avery Quillfeather (SAMPLE)"]


def test_there_must_be_somebody_to_remind(clock: Clock, desk: Desk) -> None:
    number = desk.to_decision()
    desk.record_edit(number)
    assert remind(desk, AVERY, number) == 409, "the case manager holds it"
    assert "Send a reminder" not in page(desk, AVERY, f"/cases/{number}")
    assert "Send a reminder" in page(desk, CASEY, f"/cases/{number}")


@pytest.mark.parametrize(("who", "status"), [(LEE, 403), (ROBIN, 403), (REMY, 404), (MORGAN, 404)])
def test_only_those_who_work_on_a_case_remind(desk: Desk, who: str, status: int) -> None:
    assert remind(desk, who, desk.to_request()) == status


def test_a_partner_without_agreement_reminds_nobody(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    assert remind(desk, REMY, number) == 403


def test_reminding_tells_the_partner_nothing_of_the_decision(clock: Clock, desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    assert remind(desk, AVERY, number) == 200
    desk.do(CASEY, number, "T12", offer_response="accepted")
    desk.do(AVERY, number, "T14")
    assert remind(desk, AVERY, number) == 409, "closed for the partner, though staff are still to be assigned"
    assert remind(desk, CASEY, number) == 409, "she alone holds it"


def test_a_fact_is_put_right_beside_what_was_written(desk: Desk, database: Engine) -> None:
    number = desk.to_request()
    task = entry(desk, AVERY, number, "T5")
    answer = correct(desk, AVERY, number, task, phone="360-555-0199")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    case = desk.case(CASEY, number)
    assert "0199" in case["client"]["phone"]
    (one,) = case["corrections"]
    assert ("0101" in one["old"], "0199" in one["new"], one["reason"]) == (True, True, REASON)
    assert "Avery" in one["who"]
    with database.connect() as connection:
        events = connection.exec_driver_sql(
            "SELECT detail::text FROM history_event WHERE kind = 'entry_corrected'"
        )
        (told,) = events.scalars().all()
    assert "phone" in told and "555-" not in told and REASON not in told
    assert "was put right" in page(desk, AVERY, f"/cases/{number}")


def test_the_first_entry_is_untouched_and_corrections_add_up(desk: Desk) -> None:
    number = desk.to_request()
    task = entry(desk, AVERY, number, "T3")
    assert correct(desk, AVERY, number, task, notice_language="es").status_code == 201
    assert correct(desk, AVERY, number, task, notice_form="written").status_code == 201
    with transaction() as db:
        row = db.scalars(select(TaskRecord).where(TaskRecord.task_id == task)).one()
        assert (row.answers["notice_language"], row.answers["notice_form"]) == ("en", "verbal")
    assert [one["new"] for one in desk.case(AVERY, number)["corrections"]] == ["Spanish", "On paper"]
    assert correct(desk, AVERY, number, task, notice_language="es").status_code == 422, "it says so already"


@pytest.mark.parametrize(
    ("label", "data"),
    [
        ("T5", {"close_if_duplicate": True}),
        ("T3", {"account": "not_registered"}),
        ("T4", {"lookup": "nothing"}),
        ("T1", {"total_own": 3}),
    ],
)
def test_what_led_the_case_on_is_not_put_right(desk: Desk, label: str, data: dict[str, Any]) -> None:
    number = desk.to_request()
    answer = correct(desk, AVERY, number, entry(desk, AVERY, number, label), **data)
    assert (answer.status_code, list(data)) == (422, list(answer.json["error"]["fields"]))


def test_a_decision_is_not_put_right_by_a_correction(desk: Desk) -> None:
    number = desk.to_decision()
    task = entry(desk, CASEY, number, "T7")
    assert correct(desk, CASEY, number, task, decision="remain_opted_out").status_code == 422
    assert correct(desk, CASEY, number, task, contact_direction="we_called").status_code == 201


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_correction_needs_a_reason(desk: Desk, reason: str) -> None:
    number = desk.to_request()
    answer = correct(desk, AVERY, number, entry(desk, AVERY, number, "T5"), reason, phone="360-555-0199")
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["why"])


@pytest.mark.parametrize("data", [{"phone": "12"}, {"phone": None}, {"nonsense": "x"}, {}])
def test_a_correction_is_checked_as_the_entry_was(desk: Desk, data: dict[str, Any]) -> None:
    number = desk.to_request()
    assert correct(desk, AVERY, number, entry(desk, AVERY, number, "T5"), **data).status_code == 422
    assert desk.case(AVERY, number)["corrections"] == []


@pytest.mark.parametrize("where", ["why", "client_last_name"])
def test_a_social_security_number_is_refused_and_kept_nowhere(
    desk: Desk, database: Engine, where: str
) -> None:
    number = desk.to_request()
    task, typed = entry(desk, AVERY, number, "T5"), "900-12-3456"
    client = browser(desk, AVERY)
    form = {**answers("T5"), "why": REASON, where: f"It is {typed}"}
    answer = client.post(f"/cases/{number}/entries/{task}", data=form)
    assert answer.status_code == 422 and typed not in answer.get_data(as_text=True)
    assert typed not in stored(database)


@pytest.mark.parametrize(
    ("who", "status"), [(LEE, 403), (ROBIN, 403), (REMY, 404), (CASEY, 403), (DEVON, 403)]
)
def test_a_partners_entry_is_put_right_by_its_agency(desk: Desk, who: str, status: int) -> None:
    number = desk.to_request()
    task = entry(desk, AVERY, number, "T5")
    assert correct(desk, who, number, task, phone="360-555-0199").status_code == status


def test_a_colleague_of_the_agency_may_put_it_right(desk: Desk) -> None:
    number = desk.to_request()
    task = entry(desk, AVERY, number, "T5")
    assert correct(desk, JORDAN, number, task, phone="360-555-0199").status_code == 201


def test_an_entry_of_esd_is_put_right_by_a_supervisor_and_hidden_from_the_partner(desk: Desk) -> None:
    number = desk.to_decision()
    task = entry(desk, CASEY, number, "T7")
    give(desk, number, "RO1", DEVON)
    assert correct(desk, AVERY, number, task, contact_direction="we_called").status_code in (403, 404)
    assert correct(desk, DEVON, number, task, contact_direction="we_called").status_code == 403
    before = desk.history(AVERY, number)
    assert correct(desk, CASEY, number, task, contact_direction="we_called").status_code == 201
    assert (desk.history(AVERY, number), desk.case(AVERY, number)["corrections"]) == (before, [])


def test_an_auditor_reads_no_client_fact_in_a_correction(desk: Desk) -> None:
    number = desk.to_request()
    correct(desk, AVERY, number, entry(desk, AVERY, number, "T5"), phone="360-555-0199")
    seen = desk.case(LEE, number)
    assert seen["corrections"] == [] and "555-0199" not in str(seen)
    assert "555-0199" not in page(desk, LEE, f"/cases/{number}")


def test_another_cases_entry_is_none_of_this_one(desk: Desk) -> None:
    number, other = desk.to_request(), desk.open()
    task = entry(desk, AVERY, number, "T5")
    assert correct(desk, AVERY, other, task, phone="360-555-0199").status_code == 404


def test_an_erased_client_leaves_no_correction(desk: Desk, database: Engine) -> None:
    number = desk.to_request()
    correct(desk, AVERY, number, entry(desk, AVERY, number, "T5"), phone="360-555-0188")
    desk.call(AVERY, "POST", f"/cases/{number}/opened-in-error", {"reason": "wrong_client"})
    kept = stored(database)
    assert "555-0188" not in kept and REASON not in kept


def test_the_form_of_a_correction_shows_what_holds_and_saves(desk: Desk) -> None:
    number = desk.to_request()
    client = browser(desk, AVERY)
    path = f"/cases/{number}/entries/{entry(desk, AVERY, number, 'T5')}"
    assert path in client.get(f"/cases/{number}").get_data(as_text=True)
    form = client.get(path).get_data(as_text=True)
    assert 'value="Pennywhistle"' in form and "client_agrees_to_this_request" in form
    given = {**answers("T5"), "client_last_name": "Pennywhistler", "why": REASON}
    saved = client.post(path, data=given)
    assert saved.status_code == 302, saved.get_data(as_text=True)
    assert desk.case(AVERY, number)["client"]["client_last_name"] == "Pennywhistler"
    assert [one["label"] for one in desk.case(AVERY, number)["corrections"]] == ["Last name"]


def test_reading_the_form_of_a_correction_is_a_reading_of_client_facts(desk: Desk) -> None:
    number = desk.to_request()
    task = entry(desk, AVERY, number, "T5")
    before = desk.history(LEE, number).count("client_facts_read")
    page(desk, AVERY, f"/cases/{number}/entries/{task}")
    assert desk.history(LEE, number).count("client_facts_read") == before + 1


def test_a_case_is_cancelled_with_a_reason(desk: Desk) -> None:
    number = desk.to_request()
    client = browser(desk, AVERY)
    for nothing in ({}, {"reason": "not_said"}, {"reason": "because"}):
        refused = client.post(f"/cases/{number}/opened-in-error", data=nothing)
        assert refused.status_code == 422 and "Choose why" in refused.get_data(as_text=True)
    assert desk.outcome(number)[1] is None
    assert client.post(f"/cases/{number}/opened-in-error", data={"reason": "begun_twice"}).status_code == 302
    assert "opened in error: it was begun twice." in page(desk, CASEY, f"/cases/{number}")


@pytest.mark.parametrize("body", [None, {"reason": ""}, {"reason": "not_said"}])
def test_the_call_that_cancels_needs_a_reason_too(desk: Desk, body: Any) -> None:
    number = desk.to_request()
    assert desk.call(AVERY, "POST", f"/cases/{number}/opened-in-error", body).status_code in (400, 422)
    assert desk.outcome(number)[1] is None
