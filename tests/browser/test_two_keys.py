"""The edit that opts a client in is for ESD staff with both keys; pages, API and jobs refuse everybody else."""

import pytest

from tasks.celery import app
from tests.browser.conftest import Visit
from tests.desk import AVERY, CASEY, ELLIS, answers
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def edit(running: Product) -> tuple[str, str]:
    """A case whose client decided to opt in, and the task of the edit."""
    number = running.desk.to_decision(AVERY, **somebody())
    return number, running.desk.task(CASEY, number, "RO1")["id"]


@pytest.mark.parametrize("who", [ELLIS, AVERY])
def test_the_page_of_the_edit_offers_nothing(visit: Visit, edit: tuple[str, str], who: str) -> None:
    person = visit(who)
    person.page.goto(f"/tasks/{edit[1]}")
    for words in ("Claim this task", "Continue", "Save draft"):
        assert person.page.get_by_role("button", name=words).count() == 0
    assert person.page.locator("main input:not([type=hidden]), main select").count() == 0


@pytest.mark.parametrize("who", [ELLIS, AVERY])
@pytest.mark.parametrize("post", ["", "/claim", "/release"])
def test_a_forged_form_is_refused(
    visit: Visit, running: Product, edit: tuple[str, str], who: str, post: str
) -> None:
    person = visit(who)
    person.page.goto("/notice")
    token = person.page.locator("form[action='/sign-out'] [name=csrf_token]").get_attribute("value")
    before = state_of(running, edit)
    answer = person.page.request.post(
        f"/tasks/{edit[1]}{post}",
        form={"csrf_token": token, "action": "complete", **answers("RO1")},
        headers={"Referer": f"{running.address}/tasks/{edit[1]}"},
    )
    assert answer.status == 403
    assert "<h1" in answer.text()
    assert state_of(running, edit) == before


def state_of(running: Product, edit: tuple[str, str]) -> list[tuple[object, ...]]:
    """Who holds the task of the edit, and whether it was changed or closed."""
    return running.rows("SELECT assignee_id, version, closed_at FROM user_task WHERE id = %s", edit[1])


@pytest.mark.parametrize("who", [ELLIS, AVERY])
@pytest.mark.parametrize("verb", ["claim", "draft", "complete", "release", "reassign"])
def test_the_api_refuses_as_well(running: Product, edit: tuple[str, str], who: str, verb: str) -> None:
    before = state_of(running, edit)
    bodies = {"reassign": {"assignee": ELLIS}, "claim": None, "release": None}
    answer = running.desk.call(
        who, "POST", f"/tasks/{edit[1]}/{verb}", bodies.get(verb, {"data": answers("RO1")})
    )
    assert answer.status_code in (403, 404)
    assert state_of(running, edit) == before


def test_the_page_says_why_to_a_restricted_user(visit: Visit, edit: tuple[str, str]) -> None:
    ellis = visit(ELLIS)
    ellis.page.goto(f"/tasks/{edit[1]}")
    token = ellis.page.locator("[name=csrf_token]").first.get_attribute("value")
    answer = ellis.page.request.post(
        f"/tasks/{edit[1]}/claim", form={"csrf_token": token}, headers={"Referer": ellis.page.url}
    )
    assert "who are not restricted users" in answer.text()


def test_no_job_can_complete_a_task() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == {
        "tasks.outbox.deliver", "tasks.outbox.sweep", "tasks.timers.fire_due", "tasks.housekeeping.run",
        "tasks.digests.send_due", "tasks.webhooks.sweep", "tasks.publications.go_on", "tasks.bounces.poll",
    }  # fmt: skip
    taking = {
        name: app.tasks[name].run.__code__.co_varnames[: app.tasks[name].run.__code__.co_argcount]
        for name in ours
    }
    assert taking.pop("tasks.outbox.deliver") == ("ids",)
    assert set(taking.values()) == {()}
    used = {word for name in ours for word in app.tasks[name].run.__code__.co_names}
    assert not used & {"complete", "finish", "user_tasks", "claim", "save_draft"}
