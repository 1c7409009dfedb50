"""Who looks after incidents, and how: the page of problems, its API, and the page of whoever met one."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import AVERY, CASEY, DEVON, LEE, PAT, ROBIN, Clock, Desk, answers
from tests.integration.acting import browser, change, page
from workflows import steps
from workflows.commands import incidents, timers
from workflows.commands.settling import settle
from workflows.db import transaction
from workflows.history import events_of
from workflows.incidents import MOST_ATTEMPTS, CaseIncident
from workflows.organisations import Area
from workflows.privacy import OFFER_ELEMENTS

Break = Callable[..., Callable[[], None]]


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Have a step fail until it is mended by what this gives."""

    def put(step: str) -> Callable[[], None]:
        usual = steps.STEPS[step]

        def broken(context: steps.Context) -> Any:
            raise RuntimeError(step)

        monkeypatch.setitem(steps.STEPS, step, broken)
        return lambda: monkeypatch.setitem(steps.STEPS, step, usual)

    return put


def problems(desk: Desk, status: str = "open", who: str = PAT) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.get(who, f"/problems?status={status}")["items"]
    return items


def failed_withdrawal(desk: Desk, breaks: Break) -> tuple[str, int, Callable[[], None]]:
    """A case whose withdrawal failed, its problem's id, and how to mend the cause."""
    number = desk.to_request()
    mend = breaks("notify_partner_withdrawn")
    assert desk.call(CASEY, "POST", f"/cases/{number}/withdraw").status_code == 409
    return number, problems(desk)[0]["id"], mend


def failed_request(desk: Desk, breaks: Break) -> tuple[str, str, Callable[[], None]]:
    """A case whose request could not be sent, the task, and how to mend the cause."""
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    mend = breaks("notify_supervisor")
    task = desk.task(AVERY, number, "T5")["id"]
    assert desk.answer(AVERY, number, "T5").status_code == 409
    return number, task, mend


def test_a_problem_is_read_in_words(desk: Desk, breaks: Break) -> None:
    number, incident_id, _ = failed_withdrawal(desk, breaks)
    row = problems(desk)[0]
    assert row["case"] == number
    assert row["tried_words"] == "Recording that the client withdraws"
    assert row["who"] == "Casey Thistledown (SAMPLE)"
    assert row["cause"] == "A part of the product failed (RuntimeError)."
    assert (row["count"], row["status"], row["can_retry"]) == (1, "open", True)
    for path in ("/problems", f"/problems/{incident_id}"):
        words = page(desk, PAT, path)
        assert row["cause"] in words
        assert number in words
        assert row["where"] in words
        assert "Traceback" not in words


@pytest.mark.parametrize("who", [AVERY, CASEY, DEVON, ROBIN])
def test_only_administrators_and_auditors_read_problems(desk: Desk, breaks: Break, who: str) -> None:
    _, incident_id, _ = failed_withdrawal(desk, breaks)
    for path in ("/problems", f"/problems/{incident_id}"):
        assert desk.call(who, "GET", path).status_code == 403
        answer = browser(desk, who).get(path)
        assert answer.status_code == 403
        assert "RuntimeError" not in answer.get_data(as_text=True)
    assert "/problems" not in page(desk, who, "/cases")


@pytest.mark.parametrize("who", [AVERY, CASEY, ROBIN, LEE])
def test_only_administrators_look_after_problems(desk: Desk, breaks: Break, who: str) -> None:
    number, incident_id, mend = failed_withdrawal(desk, breaks)
    mend()
    client = browser(desk, who)
    assert desk.call(who, "POST", "/problems/retry", {"ids": [incident_id]}).status_code == 403
    assert desk.call(who, "POST", f"/problems/{incident_id}/dismiss", {"reason": "Mine."}).status_code == 403
    assert client.post("/problems/retry", data={"one": incident_id}).status_code == 403
    assert client.post(f"/problems/{incident_id}/dismiss", data={"reason": "Mine."}).status_code == 403
    assert problems(desk)[0]["status"] == "open"
    assert desk.outcome(number)[0] == "submitted"


def test_an_auditor_reads_and_is_offered_nothing(desk: Desk, breaks: Break) -> None:
    number, incident_id, _ = failed_withdrawal(desk, breaks)
    words = page(desk, LEE, "/problems") + page(desk, LEE, f"/problems/{incident_id}")
    assert f"/cases/{number}" in words
    assert "Try again" not in words
    assert "Dismiss" not in words.replace("Dismissed", "")


def test_an_administrator_of_another_area_sees_nothing(desk: Desk, breaks: Break) -> None:
    _, incident_id, _ = failed_withdrawal(desk, breaks)
    with transaction() as db:
        db.get_one(CaseIncident, incident_id).area_code = other_area(db)
    assert problems(desk) == []
    assert desk.call(PAT, "GET", f"/problems/{incident_id}").status_code == 404
    assert desk.call(PAT, "POST", "/problems/retry", {"ids": [incident_id]}).status_code == 404


def other_area(db: Any) -> str:
    area = Area(code="ELS", name="Elsewhere")
    db.add(area)
    db.flush()
    return area.code


def test_what_somebody_asked_for_is_done_again_in_their_name(desk: Desk, breaks: Break) -> None:
    number, incident_id, mend = failed_withdrawal(desk, breaks)
    again = desk.call(PAT, "POST", "/problems/retry", {"ids": [incident_id]}).json["items"]
    assert [item["result"] for item in again] == ["failed_again"]
    assert problems(desk)[0]["count"] == 2
    mend()
    again = desk.call(PAT, "POST", "/problems/retry", {"ids": [incident_id]}).json["items"]
    assert [item["result"] for item in again] == ["went_on"]
    assert desk.outcome(number) == ("closed", "withdrawn")
    assert problems(desk) == []
    assert [row["ended_by"] for row in problems(desk, "resolved")] == ["Pat Windlass (SAMPLE)"]
    events = {e["kind"]: e["who"] for e in desk.get(CASEY, f"/cases/{number}/history")["items"]}
    assert events["case_withdrawn"] == "Casey Thistledown (SAMPLE)"
    assert events["incident_retried"] == events["incident_resolved"] == "Pat Windlass (SAMPLE)"


def test_the_clock_that_sees_first_that_it_went_through_is_no_refusal(
    desk: Desk, breaks: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, incident_id, mend = failed_withdrawal(desk, breaks)
    mend()
    usual = incidents._ASKED["withdraw"]

    def the_clock_is_quicker(who: Any, case: str) -> None:
        usual(who, case)
        assert settle() == 1

    monkeypatch.setitem(incidents._ASKED, "withdraw", the_clock_is_quicker)
    told = browser(desk, PAT).post("/problems/retry", data={"one": incident_id}, follow_redirects=True)
    assert "It went through: " in told.get_data(as_text=True)
    assert desk.outcome(number) == ("closed", "withdrawn")
    assert [row["status"] for row in problems(desk, "resolved")] == ["resolved"]


def test_rights_that_were_lost_meanwhile_are_not_used(desk: Desk, breaks: Break) -> None:
    number, incident_id, mend = failed_withdrawal(desk, breaks)
    mend()
    change(CASEY, active=False)
    (item,) = desk.call(PAT, "POST", "/problems/retry", {"ids": [incident_id]}).json["items"]
    assert item["result"] == "refused"
    assert "may no longer sign in" in item["message"]
    assert [row["case"] for row in problems(desk)] == [number]


def test_a_persons_task_is_given_back_with_the_draft(desk: Desk, breaks: Break, clock: Clock) -> None:
    number, task, mend = failed_request(desk, breaks)
    avery = browser(desk, AVERY)
    assert "We are on it" in avery.get(f"/tasks/{task}").get_data(as_text=True)
    mend()
    pat = browser(desk, PAT)
    answer = pat.post("/problems/retry", data={"chosen": [problems(desk)[0]["id"]]}, follow_redirects=True)
    assert "Given back to the person" in answer.get_data(as_text=True)
    assert "With the person" in answer.get_data(as_text=True)
    words = avery.get(f"/tasks/{task}").get_data(as_text=True)
    assert "Please complete the task again" in words
    assert "Wants help with a training program." in words
    desk.do(AVERY, number, "T5")
    clock.tick()
    assert problems(desk) == []


def test_a_failure_after_it_was_given_back_is_the_administrators_again(desk: Desk, breaks: Break) -> None:
    number, _, _ = failed_request(desk, breaks)
    desk.call(PAT, "POST", "/problems/retry", {"ids": [problems(desk)[0]["id"]]})
    assert problems(desk)[0]["returned_at"]
    desk.answer(AVERY, number, "T5")
    assert problems(desk)[0]["returned_at"] is None
    assert problems(desk)[0]["count"] == 2


def test_a_timer_that_was_set_aside_is_fired_at_once(desk: Desk, breaks: Break, clock: Clock) -> None:
    number = desk.to_request()
    mend = breaks("remind_supervisor")
    clock.move(days=1, minutes=1)
    for _ in range(MOST_ATTEMPTS + 2):
        clock.move(hours=1)
    mend()
    clock.move(hours=12)
    assert "remind_supervisor" not in desk.kinds(number), "it waits for somebody to have looked"
    (item,) = desk.call(PAT, "POST", "/problems/retry", {"ids": [problems(desk)[0]["id"]]}).json["items"]
    assert item["result"] == "went_on"
    assert "remind_supervisor" in desk.kinds(number)
    assert problems(desk) == []


def test_many_are_tried_again_at_once(desk: Desk, breaks: Break) -> None:
    mend, numbers = breaks("notify_partner_withdrawn"), []
    for first_name in ("Marlo", "Tamsin", "Basil"):
        numbers.append(desk.to_request(client_first_name=first_name))
        desk.call(CASEY, "POST", f"/cases/{numbers[-1]}/withdraw")
    mend()
    chosen = [row["id"] for row in problems(desk)][:2]
    answer = browser(desk, PAT).post("/problems/retry", data={"chosen": chosen}, follow_redirects=True)
    assert "It went through: P-" in answer.get_data(as_text=True)
    assert [desk.outcome(number)[0] for number in numbers] == ["submitted", "closed", "closed"]
    assert len(problems(desk)) == 1


def test_the_clock_settles_what_another_way_has_ended(desk: Desk, breaks: Break, clock: Clock) -> None:
    number, _, _ = failed_withdrawal(desk, breaks)
    body = {"reason": "practice"}
    assert desk.call(CASEY, "POST", f"/cases/{number}/opened-in-error", body).status_code == 200
    timers.fire_due()
    assert problems(desk) == []
    assert problems(desk, "resolved")[0]["ended_by"] == "Opt-In Desk"


def test_a_dismissal_has_a_reason_and_stays_to_be_read(desk: Desk, breaks: Break) -> None:
    number, incident_id, _ = failed_withdrawal(desk, breaks)
    pat = browser(desk, PAT)
    for reason in ("", "  ", "x" * 301, "It was 900-12-3456."):
        answer = pat.post(f"/problems/{incident_id}/dismiss", data={"reason": reason})
        assert answer.status_code == 422
        assert "900-12-3456" not in answer.get_data(as_text=True)
    assert desk.call(PAT, "POST", f"/problems/{incident_id}/dismiss", {"reason": ""}).status_code == 422
    done = pat.post(f"/problems/{incident_id}/dismiss", data={"reason": "Withdrawn in another way."})
    assert done.status_code == 302
    assert problems(desk) == []
    assert problems(desk, "dismissed")[0]["reason"] == "Withdrawn in another way."
    assert "Withdrawn in another way." in page(desk, LEE, f"/problems/{incident_id}")
    assert "incident_dismissed" in desk.history(CASEY, number)
    assert pat.post("/problems/retry", data={"one": incident_id}).status_code == 409


def test_a_new_failure_after_a_dismissal_is_a_new_problem(desk: Desk, breaks: Break) -> None:
    number, incident_id, _ = failed_withdrawal(desk, breaks)
    desk.call(PAT, "POST", f"/problems/{incident_id}/dismiss", {"reason": "Seen."})
    desk.call(CASEY, "POST", f"/cases/{number}/withdraw")
    assert [row["count"] for row in problems(desk)] == [1]
    assert problems(desk)[0]["id"] != incident_id


def test_a_start_is_for_a_person_to_do_anew(desk: Desk, breaks: Break) -> None:
    mend = breaks("check_may_open")
    data = {"office": "WSK", "search_key": "name", "total_own": "0"}
    answer = browser(desk, AVERY).post("/cases", data=data)
    words = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "We are on it" in words
    assert "No request was opened" in words
    mend()
    row = problems(desk)[0]
    assert (row["case"], row["can_retry"]) == (None, False)
    (item,) = desk.call(PAT, "POST", "/problems/retry", {"ids": [row["id"]]}).json["items"]
    assert item["result"] == "not_again"
    assert "No case was opened" in page(desk, PAT, "/problems")


def test_the_page_of_whoever_met_it_is_calm(desk: Desk, breaks: Break) -> None:
    number, task, _ = failed_request(desk, breaks)
    data = {name: str(value).lower() if value is True else value for name, value in answers("T5").items()}
    answer = browser(desk, AVERY).post(f"/tasks/{task}", data={**data, "action": "complete"})
    words = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for said in ("We are on it", problems(desk)[0]["reference"], "kept as the draft", "administrators"):
        assert said in words
    assert f'href="/tasks/{task}"' in words
    for unsaid in ("RuntimeError", "Traceback", "notify_supervisor", "Marlo"):
        assert unsaid not in words
    assert desk.history(AVERY, number).count("incident_met") == 1


def test_the_mark_in_the_navigation_counts_what_is_open(desk: Desk, breaks: Break) -> None:
    plain = page(desk, PAT, "/admin/people")
    assert "Problems</a>" in plain
    _, incident_id, _ = failed_withdrawal(desk, breaks)
    for who in (PAT, LEE):
        marked = page(desk, who, "/admin/people")
        assert '>1</span><span class="desk-sr"> open</span>' in marked
    desk.call(PAT, "POST", f"/problems/{incident_id}/dismiss", {"reason": "Seen."})
    assert "open</span></a>" not in page(desk, PAT, "/admin/people")


def test_the_empty_page_says_so(desk: Desk) -> None:
    assert "Every case can go on." in page(desk, PAT, "/problems")
    assert "Try the ticked ones again" not in page(desk, PAT, "/problems")


def test_a_problem_does_not_tell_the_answer_to_the_offer(desk: Desk, breaks: Break) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    breaks("notify_assigned_staff")
    assert desk.answer(CASEY, number, "T13").status_code == 409
    for who in (PAT, LEE):
        row = problems(desk, who=who)[0]
        assert (row["where"], row["tried_words"], row["element"]) == (
            "Employment Security’s own work",
        ) * 2 + (None,)
        assert row["who"] == "Employment Security"
        told = page(desk, who, "/problems") + page(desk, who, f"/problems/{row['id']}")
        told += page(desk, who, f"/audit?case={number}")
        assert "ssign" not in told.replace("ssigned to", ""), "neither the task nor the staff"
        assert not any(element in told for element in OFFER_ELEMENTS)
    assert "incident_met" not in desk.history(AVERY, number)


def test_odd_requests_are_refused_in_words(desk: Desk) -> None:
    pat = browser(desk, PAT)
    assert pat.get("/problems/999").status_code == 404
    assert pat.post("/problems/retry", data={"one": "²"}).status_code == 422
    assert pat.get("/problems?before=²").status_code == 422
    assert pat.get("/problems?status=odd").status_code == 200
    assert "Tick the problems" in pat.post("/problems/retry", follow_redirects=True).get_data(as_text=True)
    assert desk.call(PAT, "POST", "/problems/retry", {"ids": []}).status_code == 422
    assert desk.call(PAT, "POST", "/problems/retry", {"ids": [0]}).status_code in (404, 422)


def test_the_chain_of_a_case_holds_with_its_incidents(desk: Desk, breaks: Break) -> None:
    _, incident_id, mend = failed_withdrawal(desk, breaks)
    mend()
    desk.call(PAT, "POST", "/problems/retry", {"ids": [incident_id]})
    with transaction() as db:
        case_id = db.get_one(CaseIncident, incident_id).case_id
        assert case_id
        events = events_of(db, case_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
