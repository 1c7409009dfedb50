"""What somebody does who may not."""

import pytest
from sqlalchemy import select

from tests.desk import (
    AVERY,
    CASEY,
    DEVON,
    MORGAN,
    NOOR,
    PAT,
    QUINN,
    REMY,
    ROBIN,
    Desk,
)
from tests.integration.acting import actor, browser, change, give, opt_out_again, suspend
from workflows.cases import case_numbered
from workflows.commands import people
from workflows.db import transaction
from workflows.errors import InvalidInput
from workflows.history import HistoryEvent
from workflows.people import person_named


@pytest.mark.parametrize("verb", ["withdraw", "opened-in-error"])
def test_37_a_case_manager_cannot_stop_the_clients_wish_to_opt_out(desk: Desk, verb: str) -> None:
    first = desk.to_opted_in(**QUINN)
    again = opt_out_again(desk, CASEY, first)
    body = {"reason": "nobody_asked"} if verb == "opened-in-error" else None
    answer = desk.call(AVERY, "POST", f"/cases/{again}/{verb}", body)
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
    body = {"text": "A note."} if path == "/notes" else {"reason": "wrong_client"}
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


@pytest.mark.parametrize(("who", "status"), [(AVERY, 403), (CASEY, 200), (MORGAN, 404)])
def test_the_questions_of_a_task_are_for_those_who_may_work_on_it(desk: Desk, who: str, status: int) -> None:
    task = desk.task(CASEY, desk.to_decision(), "RO1")["id"]
    answer = browser(desk, who).post(f"/tasks/{task}/form")
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert ("eto_office" in answer.get_data(as_text=True)) == (status == 200)


def test_the_questions_of_a_colleagues_task_are_not_asked(desk: Desk) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    desk.call(CASEY, "POST", f"/tasks/{task}/claim")
    with transaction() as db:
        case_numbered(db, number).backup_opened = True
    answer = browser(desk, MORGAN).post(f"/tasks/{task}", data={"action": "complete"})
    assert answer.status_code == 409
    assert "Somebody else is working on this task" in answer.get_data(as_text=True)
