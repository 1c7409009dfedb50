"""Doors that are knocked at twice, or by two at once, or with nonsense (scenarios 24, 25; reliability)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.desk import AVERY, CASEY, DEVON, MORGAN, PAT, ROBIN, Desk, answers
from workflows.db import DatabaseFailed, transaction
from workflows.history import HistoryEvent


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What several calls answer that begin at the same moment."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(i: int, call: Callable[[], Any]) -> None:
        barrier.wait()
        results[i] = call()

    threads = [threading.Thread(target=run, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_key_opens_one_case(desk: Desk) -> None:
    body = {"office": "WSK", "search_key": "name", "total_own": 0}
    first, second = (desk.call(AVERY, "POST", "/cases", body, Idempotency_Key="k1").json for _ in range(2))
    assert first["number"] == second["number"]
    other = desk.call(AVERY, "POST", "/cases", {**body, "total_own": 1}, Idempotency_Key="k1")
    assert (other.status_code, other.json["error"]["code"]) == (409, "key_reused")


@pytest.mark.parametrize("key", ["a1234567890b123456789c1234567890", "12345678-1234-4123-8123-123456789abc"])
def test_a_key_that_is_a_uuid_passes_however_its_digits_fall(desk: Desk, key: str) -> None:
    body = {"office": "WSK", "search_key": "name", "total_own": 0}
    first, second = (desk.call(AVERY, "POST", "/cases", body, Idempotency_Key=key) for _ in range(2))
    assert (first.status_code, first.json) == (201, second.json)
    hook = {"url": "https://hooks.example.org/", "kinds": ["case.held"]}
    assert desk.call(PAT, "POST", "/webhooks", hook, Idempotency_Key=key).status_code == 201


def test_the_same_key_at_once_opens_one_case(desk: Desk) -> None:
    body = {"office": "WSK", "search_key": "name", "total_own": 0}
    desk.get(AVERY, "/cases")
    calls = [lambda: desk.call(AVERY, "POST", "/cases", body, Idempotency_Key="k2") for _ in range(4)]
    numbers = {answer.json["number"] for answer in at_once(*calls)}
    assert len(numbers) == 1


def test_24_two_supervisors_claim_at_once(desk: Desk) -> None:
    number = desk.to_request("remy.stonecrop", "WSJ")
    task = desk.task(CASEY, number, "T7")["id"]
    desk.get(MORGAN, "/worklist")
    first, second = at_once(
        lambda: desk.call(CASEY, "POST", f"/tasks/{task}/claim"),
        lambda: desk.call(MORGAN, "POST", f"/tasks/{task}/claim"),
    )
    assert sorted((first.status_code, second.status_code)) == [200, 409]
    assert desk.history(CASEY, number).count("task_claimed") == 1
    with transaction() as db:
        lost = list(db.scalars(select(HistoryEvent).where(HistoryEvent.kind == "claim_lost")))
    assert [event.detail["on"]["case"] for event in lost] == [number]


def test_claiming_what_is_mine_is_fine(desk: Desk) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    assert [desk.call(CASEY, "POST", f"/tasks/{task}/claim").status_code for _ in range(2)] == [200, 200]
    assert desk.call(CASEY, "POST", f"/tasks/{task}/release").json["assignee"] is None


def test_25_two_tabs_complete_one_task(desk: Desk) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")
    body = {"data": answers("T7", decision="remain_opted_out"), "version": task["version"]}
    calls = [lambda: desk.call(CASEY, "POST", f"/tasks/{task['id']}/complete", body) for _ in range(4)]
    assert sorted(answer.status_code for answer in at_once(*calls)) == [200, 409, 409, 409]
    assert desk.history(CASEY, number).count("task_completed") == 6, "steps 1 to 5 and this one"


def test_25_an_old_window_is_noticed(desk: Desk) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")
    desk.call(CASEY, "POST", f"/tasks/{task['id']}/claim")
    answer = desk.call(
        CASEY, "POST", f"/tasks/{task['id']}/complete", {"data": answers("T7"), "version": task["version"]}
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "stale")


def test_a_task_of_another_is_not_completed(desk: Desk) -> None:
    number = desk.to_decision()
    task = desk.task(CASEY, number, "RO1")["id"]
    desk.call(DEVON, "POST", f"/tasks/{task}/claim")
    answer = desk.call(CASEY, "POST", f"/tasks/{task}/complete", {"data": answers("RO1")})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "assigned_to_another")


def test_a_person_and_a_withdrawal_at_once(desk: Desk) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    done, withdrawn = at_once(
        lambda: desk.call(CASEY, "POST", f"/tasks/{task}/complete", {"data": answers("T7")}),
        lambda: desk.call(AVERY, "POST", f"/cases/{number}/withdraw"),
    )
    assert sorted((done.status_code, withdrawn.status_code)) == [200, 409], "whoever comes second is told so"
    assert desk.outcome(number)[1] == ("withdrawn" if withdrawn.status_code == 200 else None)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/cases", {"office": "NOWHERE", "search_key": "name", "total_own": 0}, 422),
        ("POST", "/cases", {"office": "WSK", "search_key": "shoe size", "total_own": 0}, 422),
        ("POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": -1}, 422),
        ("POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": "many"}, 422),
        ("POST", "/cases", {"office": "WSK"}, 422),
        ("POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0, "ssn": "x"}, 422),
        ("POST", "/cases", {"office": "W\x00K", "search_key": "name", "total_own": 0}, 422),
        ("GET", "/cases/nothing", None, 404),
        ("GET", "/cases/%00", None, 422),
        ("GET", "/tasks/nothing", None, 404),
        ("GET", "/tasks/%00", None, 422),
        ("GET", "/worklist?view=everything", None, 422),
        ("GET", "/worklist?after=garbage", None, 422),
        ("GET", "/worklist?limit=0", None, 422),
        ("GET", "/processes/none/versions/1/bpmn", None, 404),
        ("GET", "/processes/opt_in_5512pro/versions/99/bpmn", None, 404),
        ("GET", "/processes/opt_in_5512pro/versions/1/bpmn?file=../secrets", None, 404),
        ("GET", "/nothing", None, 404),
        ("DELETE", "/cases", None, 405),
        ("POST", "/tasks/nothing/complete", {"data": []}, 422),
    ],
)
def test_nonsense_is_refused_in_words(desk: Desk, method: str, path: str, body: Any, status: int) -> None:
    answer = desk.call(AVERY, method, path, body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert set(answer.json["error"]) == {"code", "message", "fields"}


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe", b"null"])
def test_a_body_that_is_no_json_object(desk: Desk, body: bytes) -> None:
    desk.get(AVERY, "/cases")
    token = desk._tokens[AVERY]
    answer = desk.app.test_client().post(
        "/api/v1/cases",
        data=body,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    assert answer.status_code == 400 and answer.json["error"]["message"]


@pytest.mark.parametrize(
    "data",
    [
        {"total_wide": None},
        {"total_wide": []},
        {"total_wide": {"a": 1}},
        {"total_wide": 1e400},
        {"total_wide": "9" * 5000},
        {"total_wide": 10**30},
        {"total_wide": 0, "constructor": 1},
        {"total_wide": 0, "": ""},
        {"total_wide": "\x00"},
        {"total_wide": True},
    ],
)
def test_nonsense_in_a_form_changes_nothing(desk: Desk, data: dict[str, Any]) -> None:
    number = desk.open()
    task = desk.task(AVERY, number, "T2")
    for verb in ("complete", "draft"):
        answer = desk.call(AVERY, "POST", f"/tasks/{task['id']}/{verb}", {"data": data})
        assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)
        assert verb == "draft" or answer.status_code != 200
    assert desk.labels(AVERY, number) == {"T2"}


def test_the_openapi_document_names_every_door(desk: Desk) -> None:
    answer = desk.app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    paths = answer.json["paths"]
    for path in (
        "/cases",
        "/cases/{number}",
        "/worklist",
        "/tasks/{id}",
        "/tasks/{id}/complete",
        "/processes",
        "/tokens",
        "/people/lift-requests",
    ):
        assert f"/api/v1{path}" in paths


def test_processes_and_their_diagrams(desk: Desk) -> None:
    (version,) = desk.get(ROBIN, "/processes")["items"]
    assert (version["key"], version["version"], version["state"]) == ("opt_in_5512pro", 1, "deployed")
    answer = desk.call(ROBIN, "GET", "/processes/opt_in_5512pro/versions/1/bpmn")
    assert answer.status_code == 200 and b'id="opt_in_5512pro"' in answer.data


def test_a_history_cannot_be_changed(desk: Desk) -> None:
    from sqlalchemy import text

    desk.open()
    for statement in (
        "UPDATE history_event SET kind = 'x'",
        "DELETE FROM history_event",
        "TRUNCATE history_event",
    ):
        with pytest.raises(DatabaseFailed), transaction() as db:
            db.execute(text(statement))
