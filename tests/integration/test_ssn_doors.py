"""The Social Security number guard at every door (scenario 10)."""

import pytest
from sqlalchemy import Engine

from tests.desk import (
    AVERY,
    PAT,
    Desk,
)
from tests.integration.acting import browser, page, stored

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


def test_a_key_that_a_program_made_is_no_number(desk: Desk) -> None:
    key = "0f3c2b1a-9d8e-4c7b-8a6f-a123456789bc"
    note = {"text": "Calls after four."}
    number = desk.open()
    assert desk.call(AVERY, "POST", f"/cases/{number}/notes", note, Idempotency_Key=key).status_code == 201
    assert (
        desk.call(AVERY, "POST", f"/cases/{number}/notes", note, Idempotency_Key=key[9:]).status_code == 422
    )


def test_10_a_number_as_idempotency_key_is_not_kept(desk: Desk, database: Engine) -> None:
    body = {"office": "WSK", "search_key": "name", "total_own": 0}
    desk.call(AVERY, "POST", "/cases", body, Idempotency_Key=SSN)
    assert SSN not in stored(database)


@pytest.mark.parametrize(
    ("who", "path"), [(AVERY, "/cases?q="), (PAT, "/admin/people?q="), (PAT, "/audit?who=")]
)
def test_10_a_number_typed_into_a_search_is_not_repeated(desk: Desk, who: str, path: str) -> None:
    assert SSN not in page(desk, who, path + SSN)
