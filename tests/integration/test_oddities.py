"""Nonsense at the doors is refused in words."""

import pytest

from tests.desk import (
    AVERY,
    CASEY,
    PAT,
    REMY,
    Desk,
)
from tests.integration.acting import browser, page, suspend


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
