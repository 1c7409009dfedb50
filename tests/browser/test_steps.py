"""The tab "Steps" by keyboard alone: who does a step and by when, a new one with its form, a mistake and its mend."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.pages import Typist
from tests.desk import ROBIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REQUEST = "Opt-in request"


def follow(hand: Typist, words: str) -> None:
    """Step on to a link and follow it with Enter."""
    for _ in range(400):
        now = hand.tab()
        if now["kind"] == "a" and now["words"] == words:
            break
    else:
        raise AssertionError(f"the keyboard does not reach {words}")
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")


def pick(hand: Typist, name: str, words: str) -> None:
    """Step on to a list and type the beginning of what is wanted."""
    hand.to(name)
    hand.page.keyboard.type(words)


def retype(hand: Typist, name: str, words: str) -> None:
    """Step on to a question and type over what it holds."""
    hand.to(name)
    hand.page.keyboard.press("Control+A")
    hand.page.keyboard.type(words)


def test_steps_are_changed_and_added_by_keyboard(visit: Visit) -> None:
    page = visit(ROBIN).page
    page.goto("/processes")
    hand = Typist(page)
    if page.get_by_role("link", name="Open the draft").count():
        follow(hand, "Open the draft")
    else:
        hand.press("Begin a draft Opt-in requests (5512PRO)")
    follow(hand, "Steps")
    follow(hand, REQUEST)
    follow(hand, "Ask the client to call the supervisor")
    pick(hand, "role", "ESD staff")
    pick(hand, "due", "5 business")
    hand.press("Save in the draft")
    expect(page.locator(".usa-alert--success")).to_contain_text("is changed in the draft")
    follow(hand, "Add a step after this")
    hand.write("name", "Thank the client")
    pick(hand, "role", "ESD staff")
    pick(hand, "form", "A new form")
    hand.press("Add the step")
    expect(page.locator("h2").first).to_have_text("Thank the client")
    follow(hand, "‹ Steps of Opt-in request")
    row = page.locator("tbody tr", has_text="Thank the client")
    expect(row).to_contain_text("ESD staff")
    follow(hand, "Opt out again")
    follow(hand, "Does the client want to opt out?")
    retype(hand, "condition_Flow_GO1_opt_out", 'wish = "opt_out"')
    hand.press("Save in the draft")
    expect(page.locator("[data-error-summary]")).to_contain_text("wish == ")
    retype(hand, "condition_Flow_GO1_opt_out", 'wish == "opt_out"')
    hand.press("Save in the draft")
    expect(page.locator("[data-error-summary]")).to_have_count(0)
    follow(hand, "Overview")
    hand.press("Throw away")
    assert hand.unseen == []
