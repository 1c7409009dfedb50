"""What generated inputs have found, each as the smallest example of it."""

import pytest

from tests.desk import AVERY, CASEY, JORDAN, LEE, PAT, ROBIN, Desk
from tests.inputs.odd import SSN
from tests.integration.acting import actor, browser
from web.downloads import cell
from web.forms_view import local_input
from workflows import clauses, scenarios
from workflows.bundle_files import unpacked
from workflows.commands.drafts import begin_draft
from workflows.errors import InvalidInput
from workflows.forms import Form
from workflows.questions import read_options
from workflows.service_levels import InvalidServiceLevels, ServiceLevels
from workflows.settings import settings

LONG = "9" * 5000
"""More digits than Python reads as a number."""
NAMELESS = b"PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(4) + b"\x01\0\x01\0" + b"\x2e\0\0\0" + bytes(6)
"""A .zip whose list names a file of no name."""


@pytest.mark.parametrize(
    "begin", ["\n=", "\xa0=", "\xa0\x85=", "\u200b=", "\u3000@", "\uff0b", "\ufeff-", "\t1", " +"]
)
def test_no_cell_of_a_table_is_a_formula(begin: str) -> None:
    assert cell(f"{begin}1") == f"'{begin}1"


def test_a_moment_beyond_the_calendar_is_shown_as_it_was_typed() -> None:
    assert local_input("0001-01-01T00:00:00+14:00", settings().zone) == "0001-01-01T00:00:00+14:00"


def test_a_hundred_answers_of_the_same_words_are_told_apart() -> None:
    assert len(read_options("Yes\n" * 120)) == 120


def test_a_number_too_long_to_be_read_is_refused_in_words() -> None:
    with pytest.raises(InvalidServiceLevels, match="a number in it is too long"):
        ServiceLevels.parse(f"[x]\nvalue = {LONG}")
    with pytest.raises(clauses.BadTrace, match="a number in it is too long"):
        clauses.read({clauses.TRACE: f"[[clause]]\nnumber = {LONG}"})
    with pytest.raises(scenarios.BadScenario, match="a number in it is too long"):
        scenarios.read({"scenarios/x.json": f'{{"name": {LONG}}}'}, "scenarios/x.json")


def test_a_date_need_not_say_how_it_is_asked() -> None:
    question = {"type": "string", "title": "When?", "format": "date-time"}
    form = Form.parse({"title": "When", "type": "object", "additionalProperties": False,
                       "properties": {"when": question}})  # fmt: skip
    assert [view.widget for view in form.fields({}, {})] == ["datetime"]


def test_what_cannot_be_looked_for_is_refused_before_a_file_is_sent(desk: Desk) -> None:
    for form in ("csv", "json"):
        for path in ("audit", "audit/disclosures"):
            assert browser(desk, LEE).get(f"/{path}/export?form={form}&who=%00").status_code == 422
        for path in ("audit", "disclosures"):
            assert desk.call(LEE, "GET", f"/{path}/export?form={form}&who=%00").status_code == 422
    assert desk.get(LEE, "/audit?kind=audit_exported")["items"] == [], "nothing was taken out"
    assert desk.call(LEE, "GET", "/audit/export?form=csv&kind=a%00b").status_code in (200, 422)
    assert desk.call(LEE, "GET", "/audit?kind=a%00b").status_code in (200, 422)


@pytest.mark.parametrize("action", ["claim", "release", "reassign", "put_off"])
def test_half_a_character_is_no_task_among_many(desk: Desk, action: str) -> None:
    more = {"assignee": JORDAN, "until": None}
    answer = desk.call(
        AVERY,
        "POST",
        "/worklist/bulk",
        {
            "action": action,
            "tasks": ["\u017f?<@\ud800\u00a0\u0130., \u007f&_\ud800\udc00\ud800\udc00\ud800"],
            **more,
        },
    )
    assert answer.status_code in (200, 404, 409, 422), answer.get_data()


@pytest.mark.parametrize("text", ["\0", "\udfbf"])
def test_what_cannot_be_stored_is_not_kept_over_the_end_of_a_session(desk: Desk, text: str) -> None:
    client = browser(desk, CASEY)
    task = desk.task(CASEY, desk.to_request(), "T7")["id"]
    desk.app.config["WTF_CSRF_ENABLED"] = True
    note = f"a{text}".encode("utf-8", "surrogatepass")
    answer = client.post(f"/tasks/{task}", data={"action": "save", "esd_note": note})
    assert answer.status_code in (302, 400), "a form without its token is asked for again"


@pytest.mark.parametrize("action", ["claim", "release", "reassign", "later"])
def test_a_number_is_no_task_among_many_and_is_not_repeated(desk: Desk, action: str) -> None:
    more = {"assignee": JORDAN, "until": "2026-12-01"}
    answer = desk.call(AVERY, "POST", "/worklist/bulk", {"action": action, "tasks": ["900-12-3456"], **more})
    assert answer.status_code == 422
    assert "3456" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["diagram/check-expression", "files"])
def test_a_body_too_deep_for_a_page_is_refused(desk: Desk, path: str) -> None:
    draft = begin_draft(actor(ROBIN))
    deep = b'{"a":' * 40_000 + b"1" + b"}" * 40_000
    client = browser(desk, ROBIN)
    answer = client.post(f"/processes/drafts/{draft}/{path}", data=deep, content_type="application/json")
    assert answer.status_code == 400


def test_a_zip_with_a_nameless_file_is_refused() -> None:
    with pytest.raises(InvalidInput):
        unpacked(NAMELESS)


def test_days_that_no_calendar_shows_are_refused_and_pages_go_on(desk: Desk) -> None:
    base = {
        "number": "K-TEST-960",
        "agency": "FWP",
        "kind": "data_sharing",
        "basis": "mou_with_wdc",
        "status": "active",
    }
    for days in (
        {"starts_on": "0001-01-01", "ends_on": "0001-01-02"},
        {"starts_on": "2026-01-01", "ends_on": "9999-12-31"},
    ):
        answer = desk.call(ROBIN, "POST", "/agreements", {**base, **days, "basis_document": "SAMPLE"})
        assert answer.status_code == 422 and "Enter a date" in answer.text
    for until in ("9999-12-31", "0001-01-01"):
        assert desk.call(LEE, "GET", f"/audit?until={until}").status_code == 422


def test_an_address_with_a_slash_too_many_is_none(desk: Desk) -> None:
    answer = desk.call(AVERY, "GET", "/cases//history")
    assert answer.status_code == 404 and answer.json["error"]["code"] == "not_found"
    assert browser(desk, AVERY).get("/cases//new").status_code == 404


def test_a_number_that_was_asked_for_is_not_repeated(desk: Desk) -> None:
    for path in (f"/cases/{SSN}", f"/cases/{SSN}/messages", f"/people/{SSN}"):
        answer = desk.call(PAT, "GET", path)
        assert answer.status_code in (403, 404) and SSN not in answer.text
    answer = browser(desk, AVERY).get(f"/cases/{SSN}")
    assert answer.status_code == 404 and SSN not in answer.text


def test_half_a_character_is_refused(desk: Desk) -> None:
    bulk = desk.call(AVERY, "POST", "/worklist/bulk", {"action": "now", "tasks": ["\udfff"]})
    assert bulk.status_code == 422 or not bulk.json["items"][0]["done"]
    assert desk.call(AVERY, "POST", "/worklist/search", {"name": "\ud83d"}).status_code in (200, 422)


def test_a_key_of_a_page_that_was_made_up_is_refused(desk: Desk) -> None:
    key = "WyIyMDI2LTExLTIxVDAwOjAwOjAwKzAwOjAwIiwgIlx1MDAwMCJd"  # [a moment, "\u0000"]
    assert desk.call(AVERY, "GET", f"/worklist?after={key}").status_code == 422
