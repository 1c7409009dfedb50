"""When something is wrong: what was typed stays, the way on is shown, and nothing happens twice."""

import pytest

from tests.browser.conftest import Visit
from tests.desk import AVERY, CASEY, answers
from tests.end_to_end.product import Product, somebody, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SSN = "900-12-3456"


@pytest.fixture(scope="module")
def request_number(running: Product) -> str:
    """A case whose request is to be written (T5)."""
    return up_to_the_request(running)


def up_to_the_request(running: Product) -> str:
    """Steps 1 to 3."""
    number = running.desk.open(AVERY)
    for label in ("T2", "T3", "T4"):
        running.desk.do(AVERY, number, label)
    return number


def test_an_incomplete_request_says_what_to_put_right_and_keeps_the_rest(
    visit: Visit, request_number: str
) -> None:
    avery = visit(AVERY)
    avery.find(request_number, "T5")
    typed = {**somebody(), "reason": "Wants help with a forklift licence.", "best_time": "mornings"}
    avery.answer_all({**typed, "language": "so", "interpreter": True})
    avery.complete()
    assert avery.title.startswith("Error: ")
    summary = avery.page.locator("[data-error-summary]")
    assert avery.page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    missing = {link.get_attribute("href") for link in summary.get_by_role("link").all()}
    assert missing == {"#f-client_agrees_to_this_request", "#f-notice_4_points_given"}
    for name, value in typed.items():
        assert avery.page.input_value(f"[name={name}]") == value
    assert avery.page.input_value("[name=language]") == "so"
    assert avery.page.is_checked("[name=interpreter]")
    summary.get_by_role("link").first.click()
    assert avery.focused() == "f-client_agrees_to_this_request"


@pytest.mark.parametrize("script", [True, False])
def test_a_social_security_number_is_refused_and_not_shown_again(
    visit: Visit, running: Product, request_number: str, script: bool
) -> None:
    avery = visit(AVERY, script=script)
    avery.find(request_number, "T5")
    avery.answer_all({**answers("T5"), "reason": f"Her number is {SSN}"})
    avery.complete()
    assert avery.title.startswith("Error: ")
    assert "Social Security number" in avery.page.inner_text("[data-error-summary]")
    assert SSN not in avery.page.content()
    assert avery.page.input_value("[name=reason]") == ""
    assert avery.page.input_value("[name=client_first_name]") == "Marlo"
    assert running.desk.labels(AVERY, request_number) == {"T5"}


@pytest.mark.parametrize("script", [True, False])
def test_a_double_click_completes_once(visit: Visit, running: Product, script: bool) -> None:
    number = running.desk.open(AVERY)
    avery = visit(AVERY, script=script)
    avery.find(number, "T2")
    avery.answer_all(answers("T2"))
    # Without a script the second click cuts off the answer to the first: what counts is what the server did.
    avery.page.get_by_role("button", name="Continue").dblclick(no_wait_after=True)
    wait_for(lambda: running.desk.labels(AVERY, number) == {"T3"}, 30, "the second search")
    assert running.desk.history(AVERY, number).count("task_completed") == 2, "the first search and this one"
    if script:
        wait_for(lambda: avery.is_at("T3"), 30, "the page of the next step")


def test_a_double_click_opens_one_case(visit: Visit, running: Product) -> None:
    avery = visit(AVERY)
    avery.page.goto("/cases/new")
    avery.answer_all(answers("T1"))
    before = cases(running)
    with avery.page.expect_navigation():
        avery.page.get_by_role("button", name="Continue").dblclick()
    avery.page.wait_for_load_state()
    assert cases(running) == before + 1


def cases(running: Product) -> int:
    """How many cases there are."""
    return int(running.rows('SELECT count(*) FROM "case"')[0][0])


def test_back_and_a_second_window_cannot_do_it_again(visit: Visit, running: Product) -> None:
    number = running.desk.open(AVERY)
    avery = visit(AVERY)
    avery.find(number, "T2")
    other = avery.new_window()
    other.goto(avery.page.url)
    avery.do("T2")
    avery.page.go_back()
    assert "This task is no longer open" in avery.words
    assert avery.page.get_by_role("button", name="Continue").count() == 0
    other.fill("[name=total_wide]", "1")
    with other.expect_navigation() as sent:
        other.get_by_role("button", name="Continue").click()
    assert sent.value.status == 409
    assert "already completed" in other.inner_text("main")
    assert "What you typed here" in other.inner_text("main")
    assert running.desk.labels(AVERY, number) == {"T3"}


def test_a_session_that_ended_leads_to_the_sign_in_and_back(visit: Visit, running: Product) -> None:
    number = running.desk.open(AVERY)
    avery = visit().sign_in(AVERY)
    avery.find(number, "T2")
    task = avery.page.url
    running.rows(
        "UPDATE session SET expires_at = now() WHERE started_at = (SELECT max(started_at) FROM session)"
    )
    avery.answer_all(answers("T2"))
    avery.complete()
    assert "Sign in" in avery.title
    avery.sign_in(AVERY)
    assert avery.page.url == task
    assert avery.page.input_value("[name=total_wide]") == "0", "what was typed is there again"
    avery.do("T2")


def test_a_page_for_somebody_else_is_refused_in_words(visit: Visit, request_number: str) -> None:
    casey = visit(CASEY)
    found = casey.page.goto("/cases/OLY-2026-999999")
    assert found.status == 404
    assert "There is nothing at this address" in casey.words
    assert casey.page.get_by_role("link", name="Go to my work").is_visible()
