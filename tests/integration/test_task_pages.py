"""The pages of a task: nothing that was typed is lost, nothing is done twice."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from tests.desk import AVERY, CASEY, JORDAN, LEE, MARLO, Clock, Desk, answers
from tests.integration.acting import browser, stored
from web.session import COOKIE
from workflows import sample
from workflows.commands import people
from workflows.commands.housekeeping import put_away

SSN = "900-12-3456"


def form(label: str, **different: Any) -> dict[str, Any]:
    """Usual answers as a page sends them."""
    given = {name: "true" if value is True else value for name, value in answers(label, **different).items()}
    return {name: value[:16] if name.endswith("_at") else value for name, value in given.items()}


@pytest.fixture
def number(desk: Desk) -> str:
    """A case whose request is to be written (T5)."""
    case = desk.open(AVERY)
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, case, label)
    return case


@pytest.fixture
def task(desk: Desk, number: str) -> str:
    """The address of that task."""
    return f"/tasks/{desk.task(AVERY, number, 'T5')['id']}"


def drafts(database: Engine) -> list[tuple[dict[str, Any], int]]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT answers, version FROM task_draft"))]


def test_answers_are_looked_over_and_completed_once(desk: Desk, number: str, task: str) -> None:
    avery = browser(desk, AVERY)
    looked = avery.post(task, data={"action": "check", "draft": "0", **form("T5")}, follow_redirects=True)
    assert looked.request.path == f"{task}/check"
    assert f'href="{task}#f-reason"' in looked.text
    assert "Wants help with a training program." in looked.text
    assert "the ESD WIOA supervisor from then on" in looked.text
    assert ">Send the request</button>" in looked.text
    assert desk.labels(AVERY, number) == {"T5"}
    stale = avery.post(f"{task}/check", data={"draft": "7"}, follow_redirects=True)
    assert "Look them over once more" in stale.text
    for _ in range(2):
        done = avery.post(f"{task}/check", data={"draft": "1"}, follow_redirects=True)
        assert done.request.path == f"{task}/done"
        assert number in done.text
    assert desk.history(AVERY, number).count("task_completed") == 5
    assert desk.labels(AVERY, number) == {"T6"}


def test_a_second_click_follows_the_first_and_other_answers_are_not_lost(desk: Desk) -> None:
    number = desk.open(AVERY)
    task = f"/tasks/{desk.task(AVERY, number, 'T2')['id']}"
    avery = browser(desk, AVERY)
    onward = [avery.post(task, data={"action": "complete", **form("T2")}).location for _ in range(2)]
    assert onward[0] == onward[1] != task
    other = avery.post(task, data={"action": "complete", **form("T2", total_wide=3, right_person="no")})
    assert other.status_code == 409
    assert "What you typed here" in other.text
    assert "Is one of them your client?" in other.text
    assert "already completed" in avery.get(task).text
    assert desk.labels(AVERY, number) == {"T3"}


def test_two_windows_keep_what_was_typed_in_both(desk: Desk, database: Engine, task: str) -> None:
    avery = browser(desk, AVERY)
    first = {"draft": "0", **form("T5", reason="Wants a forklift licence.")}
    assert avery.post(task, data={"action": "save", **first}).status_code == 302
    second = {"draft": "0", **form("T5", reason="Wants help with welding.")}
    for action in ("save", "check"):
        page = avery.post(task, data={"action": action, **second})
        assert page.status_code == 409
        assert "forklift" in page.text
        assert "welding" in page.text
    assert 'name="draft" value="1"' in page.text
    quiet = avery.post(f"{task}/draft", data=second)
    assert (quiet.status_code, "another window" in quiet.json["words"]) == (409, True)
    assert drafts(database)[0][0]["reason"] == "Wants a forklift licence."
    avery.post(task, data={"action": "save", **second, "draft": "1"})
    assert [(draft["reason"], version) for draft, version in drafts(database)] == [
        ("Wants help with welding.", 2)
    ]


def test_a_form_saves_itself_and_never_a_social_security_number(
    desk: Desk, database: Engine, task: str
) -> None:
    avery = browser(desk, AVERY)
    saved = avery.post(f"{task}/draft", data={"draft": "0", **form("T5")})
    assert saved.json["draft"] == 1
    assert saved.json["words"].startswith("Saved at ")
    again = avery.post(f"{task}/draft", data={"draft": "1", **form("T5")})
    assert again.json["draft"] == 1, "the same answers are not saved again"
    blocked = avery.post(f"{task}/draft", data={"draft": "1", **form("T5", reason=f"It is {SSN}")})
    assert (blocked.status_code, "Social Security number" in blocked.json["words"]) == (422, True)
    assert SSN not in stored(database) + blocked.text
    assert "Marlo" in avery.get(task).text
    assert browser(desk, CASEY).post(f"{task}/draft", data=form("T5")).status_code == 403


def test_questions_follow_without_a_script_and_hidden_answers_do_not_count(
    desk: Desk, database: Engine, task: str
) -> None:
    avery = browser(desk, AVERY)
    shown = avery.post(
        task, data={"action": "update", **MARLO, "no_phone": "true", "alt_contact": "message_phone"}
    )
    assert (shown.status_code, drafts(database)) == (200, [])
    assert 'id="f-alt_contact_detail"' in shown.text
    assert 'value="Pennywhistle"' in shown.text
    hidden = form("T5", alt_contact="message_phone", alt_contact_detail="The shelter desk")
    assert avery.post(task, data={"action": "check", **hidden}).location.endswith("/check")
    assert "alt_contact" not in drafts(database)[0][0]


def test_an_incomplete_form_is_kept_as_the_draft(desk: Desk, database: Engine, task: str) -> None:
    avery = browser(desk, AVERY)
    page = avery.post(task, data={"action": "check", **form("T5", phone="12")})
    assert (page.status_code, "<title>Error: " in page.text) == (422, True)
    assert drafts(database)[0][0]["client_first_name"] == "Marlo"
    back = avery.get(f"{task}/check")
    assert (back.status_code, 'href="#f-phone"' in back.text) == (200, True)


def end_session(client: FlaskClient) -> None:
    people.sign_out(client.get_cookie(COOKIE).value)


def sign_in(client: FlaskClient, username: str, onward: str) -> Any:
    data = {"username": username, "password": sample.PASSWORD, "next": onward}
    return client.post("/sign-in", data=data, follow_redirects=True)


@pytest.mark.parametrize("expired", ["session", "token"])
def test_what_was_typed_outlives_the_session(desk: Desk, database: Engine, task: str, expired: str) -> None:
    avery = browser(desk, AVERY)
    typed = {"action": "check", **form("T5", reason=f"It is {SSN}", best_time="At noon")}
    if expired == "session":
        end_session(avery)
        away = avery.post(task, data=typed)
        assert "/sign-in?next=" in away.location
        back = sign_in(avery, AVERY, task)
    else:
        desk.app.config["WTF_CSRF_ENABLED"] = True
        back = avery.post(task, data=typed, follow_redirects=True)
        desk.app.config["WTF_CSRF_ENABLED"] = False
    assert back.request.path == task
    assert "What you typed" in back.text
    assert 'value="At noon"' in back.text
    assert 'value="Pennywhistle"' in back.text
    assert SSN not in stored(database) + back.text
    avery.post(task, data={"action": "save", "kept": "yes", **form("T5")})
    assert "kept_answers" not in rows(database)


def rows(database: Engine) -> str:
    with database.connect() as connection:
        found = connection.execute(text("SELECT 'kept_answers', person_id, path, answers FROM kept_answers"))
        return str(list(found))


def test_somebody_else_at_the_same_browser_sees_nothing_of_it(
    desk: Desk, database: Engine, task: str
) -> None:
    avery = browser(desk, AVERY)
    end_session(avery)
    quiet = avery.post(f"{task}/draft", data=form("T5"), headers={"Accept": "application/json"})
    assert (quiet.status_code, "sign in again" in quiet.json["words"]) == (401, True)
    assert "Pennywhistle" in rows(database)
    page = sign_in(avery, JORDAN, task)
    assert "Pennywhistle" not in page.text + rows(database)
    stranger = desk.app.test_client()
    stranger.post(task, data=form("T5"))
    assert rows(database) == "[]", "whoever never had a session leaves nothing behind"


def test_what_is_kept_goes_with_the_case_and_with_time(desk: Desk, database: Engine, clock: Clock) -> None:
    number = desk.open(AVERY)
    task, avery = f"/tasks/{desk.task(AVERY, number, 'T2')['id']}", browser(desk, AVERY)
    end_session(avery)
    avery.post(task, data=form("T2"))
    avery.post("/cases", data=form("T1"))
    desk.call(AVERY, "POST", f"/cases/{number}/opened-in-error", {"reason": "practice"})
    assert (task in rows(database), "/cases/new" in rows(database)) == (False, True)
    clock.move(hours=3)
    assert 'value="0"' not in browser(desk, AVERY).get("/cases/new").text
    put_away()
    assert rows(database) == "[]"


def test_a_start_survives_as_well_and_leads_back_to_what_was_begun(desk: Desk, database: Engine) -> None:
    avery = browser(desk, AVERY)
    assert avery.post("/cases/new/draft", data=form("T1", total_own="3")).json["words"].startswith("Saved")
    assert 'value="3"' in avery.get("/cases/new").text
    first = avery.post("/cases", data={"idempotency_key": "k", **form("T1")})
    again = avery.post("/cases", data={"idempotency_key": "k", **form("T1")})
    assert first.location == again.location
    assert rows(database) == "[]"
    other = avery.post("/cases", data={"idempotency_key": "k", **form("T1", search_key="eto_id")})
    assert (other.status_code, "already opened from this page" in other.text) == (409, True)
    assert f'href="{first.location}"' in other.text


def test_drafts_and_previews_in_the_api(desk: Desk, number: str) -> None:
    task = f"/tasks/{desk.task(AVERY, number, 'T5')['id']}"
    assert desk.get(AVERY, f"{task}/draft") == {"data": {}, "version": 0, "saved_at": None, "saved_by": None}
    kept = desk.call(AVERY, "PUT", f"{task}/draft", {"data": answers("T5"), "version": 0}).json
    assert (kept["version"], kept["saved_by"]) == (1, AVERY)
    late = desk.call(AVERY, "PUT", f"{task}/draft", {"data": MARLO, "version": 0})
    assert (late.status_code, late.json["error"]["code"]) == (409, "draft_changed")
    found = desk.call(AVERY, "POST", f"{task}/preview", {}).json
    assert found["known"]
    assert [one["name"] for one in found["tasks"]] == ["Ask the client to call the supervisor"]
    desk.call(AVERY, "POST", f"{task}/release")
    read = desk.history(LEE, number).count("client_facts_read")
    assert desk.get(JORDAN, f"{task}/draft")["data"]["client_first_name"] == "Marlo"
    assert desk.history(LEE, number).count("client_facts_read") == read + 1, "a colleague's draft is read"
    wrong = desk.call(AVERY, "POST", f"{task}/preview", {"data": {"phone": "12"}})
    assert (wrong.status_code, "client_first_name" in wrong.json["error"]["fields"]) == (422, True)
