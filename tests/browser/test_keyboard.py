"""The two longest tasks by keyboard alone: Tab, Space, arrows, Enter, letters; and where one is can be seen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.pages import UNDER_WAY, Visitor
from tests.desk import AVERY, CASEY
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What has the keyboard: its name, its value, its kind, the words of a button.
HERE = """() => {
  const e = document.activeElement;
  return {name: e.name || "", value: e.value || "", kind: e.type || e.tagName.toLowerCase(),
          words: e.textContent.trim(), checked: !!e.checked};
}"""
#: Whether something on the screen tells where the keyboard is: an outline on the control, or on the box that is drawn
#: for it beside it. The calendar's button within a date is the browser's own, and the browser draws a ring around it.
SEEN = """() => {
  const e = document.activeElement;
  if (e.type === "datetime-local" && !e.matches(":focus-visible")) return true;
  const drawn = [getComputedStyle(e)];
  const label = e.id && document.querySelector(`label[for="${e.id}"]`);
  if (label && /^(radio|checkbox)$/.test(e.type)) drawn.push(getComputedStyle(label, "::before"));
  return drawn.some(s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none");
}"""


class Typist:
    """Somebody who has only a keyboard. Wherever the keyboard goes it must be seen."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.unseen: list[str] = []

    def here(self) -> dict[str, str]:
        """What has the keyboard now."""
        return self.page.evaluate(HERE)

    def tab(self) -> dict[str, str]:
        """One step on."""
        self.page.keyboard.press("Tab")
        now = self.here()
        if not self.page.evaluate(SEEN):
            self.unseen.append(f"{now['kind']} {now['name']} {now['words'][:40]}")
        return now

    def to(self, name: str) -> dict[str, str]:
        """Step on until a question is reached."""
        for _ in range(60):
            if (now := self.tab())["name"] == name:
                return now
        raise AssertionError(f"the keyboard does not reach {name}")

    def tick(self, name: str) -> None:
        """Tick a box with the space bar."""
        self.to(name)
        self.page.keyboard.press("Space")
        self.settle()
        assert self.here()["checked"]

    def choose(self, name: str, value: str) -> None:
        """Choose one of several: Space takes the first, the arrows lead to the others."""
        self.to(name)
        self.page.keyboard.press("Space")
        self.settle()
        for _ in range(12):
            now = self.here()
            if now["value"] == value and now["checked"]:
                return
            self.page.keyboard.press("ArrowDown")
            self.settle()
        raise AssertionError(f"the arrows do not reach {value} of {name}")

    def write(self, name: str, words: str) -> None:
        """Type into a question."""
        self.to(name)
        self.page.keyboard.type(words)

    def press(self, words: str) -> None:
        """Step on to a button and press it with Enter."""
        for _ in range(60):
            if self.tab()["words"] == words:
                break
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def settle(self) -> None:
        """Wait for the questions that follow."""
        expect(self.page.locator(UNDER_WAY)).to_have_count(0)


def test_the_request_is_written_by_keyboard(visit: Visit, running: Product) -> None:
    number = running.desk.open(AVERY)
    for label in ("T2", "T3", "T4"):
        running.desk.do(AVERY, number, label)
    avery = visit(AVERY)
    avery.find(number, "T5")
    hand, client = Typist(avery), somebody()
    for name, words in client.items():
        hand.write(name, words)
    hand.to("language")
    hand.page.keyboard.type("Spanish")
    hand.write("reason", "Wants help with a forklift licence.")
    hand.tick("client_agrees_to_this_request")
    hand.tick("notice_4_points_given")
    hand.press("Continue")
    hand.press("Complete task")
    assert avery.page.inner_text("h1") == "Done", avery.words
    assert hand.unseen == []
    kept = running.desk.case(AVERY, number)["client"]
    assert (kept["client_last_name"], kept["language"]) == (client["client_last_name"], "es")


def test_the_contact_is_recorded_by_keyboard(visit: Visit, running: Product) -> None:
    number = running.desk.to_request(AVERY, **somebody())
    casey = visit(CASEY)
    casey.find(number, "T7")
    hand = Typist(casey)
    hand.choose("contact_direction", "in_person")
    hand.to("contact_at")
    while hand.tab()["words"] != "Use the time now":
        pass
    hand.page.keyboard.press("Enter")
    hand.choose("contact_result", "reached")
    hand.choose("identity_verified", "yes")
    hand.choose("identity_method", "photo_id")
    hand.choose("spoke_through", "interpreter")
    for _ in range(4):
        hand.tick("notification_points")
    hand.choose("decision", "remain_opted_out")
    hand.press("Continue")
    hand.press("Complete task")
    assert casey.page.inner_text("h1") == "Done", casey.words
    assert hand.unseen == []
    assert running.desk.labels(CASEY, number) == {"T12"}
