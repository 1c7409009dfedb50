"""The description of the API: every operation is in it, with what it takes, gives and refuses; and the keys work."""

import re

import pytest
from flask import Flask

from tests.desk import AVERY, CASEY, Desk
from web.api import PREFIX, REFUSALS
from web.app import create_app

NOT_DESCRIBED = re.compile(rf"{PREFIX}/(openapi\.json|swagger.*|static/.*|oauth2-redirect\.html|)$")


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app()


def described(app: Flask) -> dict[tuple[str, str], dict]:
    paths = app.api_doc["paths"]
    return {(method, path): what for path, ways in paths.items() for method, what in ways.items()}


def test_every_address_is_described_and_every_description_has_its_address(app: Flask) -> None:
    there = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and not NOT_DESCRIBED.match(rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described(app).keys() == there


def test_every_operation_says_what_it_does_gives_and_refuses(app: Flask) -> None:
    for (method, path), what in described(app).items():
        assert what["summary"].endswith("."), path
        given = {status: answer for status, answer in what["responses"].items() if status.startswith("2")}
        assert given and all(answer["content"] for answer in given.values()), (method, path)
        assert REFUSALS.keys() <= what["responses"].keys(), (method, path)
        takes = {place["name"] for place in what.get("parameters", [])}
        assert set(re.findall(r"\{(\w+)\}", path)) <= takes, path
        if method == "post" and "201" in given:
            assert "Idempotency-Key" in takes, f"{path} creates something and takes no key"


def test_every_list_has_one_shape(app: Flask) -> None:
    schemas = app.api_doc["components"]["schemas"]
    lists = {
        name: schema["properties"]
        for name, schema in schemas.items()
        if "items" in schema.get("properties", {})
    }
    assert lists
    assert [name for name, properties in lists.items() if "next" not in properties] == []


def test_a_key_has_a_note_an_opt_out_and_a_request_done_once(desk: Desk) -> None:
    number = desk.to_opted_in()
    for _ in range(2):
        note = desk.call(
            AVERY, "POST", f"/cases/{number}/notes", {"text": "Calls after four."}, Idempotency_Key="n"
        )
        assert note.status_code == 201 and len(note.json["notes"]) == 1
    same = [
        desk.call(CASEY, "POST", f"/cases/{number}/opt-out-again", None, Idempotency_Key="o").json
        for _ in range(2)
    ]
    assert same[0]["number"] == same[1]["number"]
    other = desk.call(AVERY, "POST", f"/cases/{number}/notes", {"text": "Another."}, Idempotency_Key="n")
    assert (other.status_code, other.json["error"]["code"]) == (409, "key_reused")
    for key in ("900-12-3456", "k" * 201):
        refused = desk.call(AVERY, "POST", f"/cases/{number}/notes", {"text": "More."}, Idempotency_Key=key)
        assert refused.status_code == 422 and key not in refused.text


def test_whoever_completes_a_task_is_told_the_next_one_that_is_theirs(desk: Desk) -> None:
    number, following = desk.open(), None
    for label in ("T2", "T3", "T4", "T5"):
        task = desk.task(AVERY, number, label)
        assert label == "T2" or following == task["id"]
        answer = desk.answer(AVERY, number, label)
        following = answer.json["next"]
        assert answer.json == {"case": number, "completed": task["id"], "next": following}
    assert following is None, "the request is with the supervisor"


def test_who_i_am_the_card_and_the_version(desk: Desk) -> None:
    assert desk.get(AVERY, "/me")["roles"] == ["case_manager"]
    assert (
        desk.call(CASEY, "PUT", "/contact-cards/WSK/phone", {"phone": "360 555 0142"}).json["phone"]
        == "360-555-0142"
    )
    assert desk.get(AVERY, "/contact-cards/WSK")["phone"] == "360-555-0142"
    version = desk.get(AVERY, "/processes/opt_in_5512pro/versions/1")
    assert version["files"]["opt_in_5512pro"] == "5512pro_main.bpmn" and version["steps"]
