"""The modeler in a real browser: roles, times and conditions changed in the panel, checked, saved, tried, and never lost."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.reading import read
from tests.browser.conftest import Visit
from tests.browser.pages import Visitor, overflow, violations
from tests.desk import ROBIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAIN = "5512pro_main.bpmn"
TASK = "T1_QuickSearchOwnOffice"
FLOW = "Flow_G1_yes"
SAVED = re.compile("^Saved at ")
START = re.compile(r'<bpmn:startEvent id="([^"]+)"')
SEND = """async ([address, body]) => {
  const headers = {"Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrf_token]").value};
  return (await fetch(address, {method: "POST", headers, body: JSON.stringify(body)})).status;
}"""


class Modeler:
    """Somebody at the modeler of a draft of their own."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.page.set_viewport_size({"width": 1280, "height": 1100})
        self.page.goto("/processes")
        begin = self.page.locator("form[action='/processes/drafts'] button")
        visitor.send(begin.or_(self.page.locator("a.usa-button[href^='/processes/drafts/']")).first)
        self.draft = self.page.url

    def open(self, file: str = MAIN) -> Page:
        """Open a diagram and wait until it is drawn."""
        self.page.goto(f"{self.draft}/diagram/{file}")
        expect(self.page.locator("[data-modeler]")).to_have_attribute("data-ready", "true")
        return self.page

    def select(self, element: str) -> None:
        """Select an element as a link to it does; the panel then ends with its id."""
        self.page.evaluate("id => { location.hash = ''; location.hash = id }", element)
        expect(self.page.locator("[data-modeler-panel] > p").last).to_have_text(element)

    def saved(self) -> dict[str, Any]:
        """Wait until all is saved; the files of the draft as the server has them."""
        expect(self.page.locator("[data-modeler-saved]")).to_have_text(SAVED)
        found: dict[str, Any] = self.page.request.get(f"{self.draft}/files").json()
        return found

    def write(self, field: str, text: str) -> None:
        """Type into a field of the panel and leave it."""
        self.page.fill(f"#panel-{field}", text)
        self.page.press(f"#panel-{field}", "Tab")

    def throw_away(self) -> None:
        """Leave nothing to other tests."""
        self.page.goto("about:blank")
        self.page.goto(self.draft)
        self.visitor.press("Throw away")


@pytest.fixture
def modeler(visit: Visit) -> Iterator[Modeler]:
    """A modeler with a fresh draft."""
    found = Modeler(visit(ROBIN))
    yield found
    found.throw_away()


def test_role_and_due_time_are_changed_and_outlast_the_page(modeler: Modeler) -> None:
    page = modeler.open()
    assert violations(page) == []
    modeler.select(TASK)
    page.select_option("#panel-due", "confirm_due")
    page.select_option("#panel-role", "ESD staff")
    expect(page.locator("#panel-role")).to_have_value("ESD staff")
    assert violations(page) == []
    files = modeler.saved()["files"]
    (node,) = [node for node in read({MAIN: files[MAIN].encode()}).nodes if node.id == TASK]
    assert (node.element.lane, node.element.properties["due"]) == ("ESD staff", "confirm_due")
    modeler.open()
    modeler.select(TASK)
    expect(page.locator("#panel-due")).to_have_value("confirm_due")
    page.set_viewport_size({"width": 320, "height": 900})
    assert (violations(page), overflow(page)) == ([], 0)


def test_a_mistake_is_told_while_typing_marked_when_saved_and_gone_when_mended(modeler: Modeler) -> None:
    page = modeler.open()
    modeler.select(FLOW)
    page.fill("#panel-expression", "total_ow > 0")
    expect(page.locator("#panel-expression-told")).to_contain_text("total_ow")
    page.press("#panel-expression", "Tab")
    expect(page.locator(f"[data-problem='{FLOW}']")).to_be_visible()
    expect(page.locator("[data-modeler-problems] li")).to_contain_text("total_ow")
    page.locator("#panel-expression-told button").click()
    expect(page.locator("[data-problem]")).to_have_count(0)
    expect(page.locator("[data-modeler-count]")).to_have_text("Nothing is wrong.")
    page.select_option("#panel-expression-name", "visible")
    page.select_option("#panel-expression-value", "own_office")
    expect(page.locator("#panel-expression")).to_have_value('visible == "own_office"')
    expect(page.locator(f"[data-problem='{FLOW}']")).to_have_attribute("title", re.compile("nothing before"))


def test_the_diagram_is_tried_and_found_in(modeler: Modeler) -> None:
    page = modeler.open()
    page.get_by_role("button", name="Try it").click()
    page.locator(".bts-context-pad[title='Trigger Event'] , .bts-context-pad").first.click()
    expect(page.locator(".bts-token").first).to_be_attached()
    expect(page.locator("[data-modeler-panel]")).to_contain_text("You are trying the diagram.")
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Find").click()
    page.keyboard.type("Verify the client")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-name")).to_have_value(re.compile("^Verify"))


def test_somebody_elses_change_is_not_lost(modeler: Modeler) -> None:
    page = modeler.open()
    version = page.request.get(f"{modeler.draft}/files").json()["row_version"]
    sent = {"row_version": version, "changes": {"scenarios/other.json": "{}"}}
    assert page.evaluate(SEND, [f"{modeler.draft}/files", sent]) == 200
    modeler.select(TASK)
    modeler.write("name", "Look in your own office")
    expect(page.locator("[data-modeler-notice]")).to_contain_text("has changed this draft in the meantime")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download mine").click()
    assert "Look in your own office" in kept.value.path().read_text()
    page.get_by_role("link", name="Load theirs").click()
    expect(page.locator("[data-modeler]")).to_have_attribute("data-ready", "true")
    modeler.select(TASK)
    modeler.write("name", "Look in your own office")
    assert "Look in your own office" in modeler.saved()["files"][MAIN]


def test_a_save_of_a_diagram_as_it_is_loses_nothing(modeler: Modeler) -> None:
    before = modeler.page.request.get(f"{modeler.draft}/files").json()["files"]
    diagrams = {name: text for name, text in before.items() if name.endswith(".bpmn")}
    for name, text in diagrams.items():
        page = modeler.open(name)
        modeler.select(START.findall(text)[0])
        modeler.write("name", "Changed for a moment")
        page.get_by_role("button", name="Undo").click()
        after = modeler.saved()["files"][name]
        assert after != text
        assert said(name, after) == said(name, text)


def said(name: str, text: str) -> object:
    """All that a diagram says, whatever the order and the spaces of its file."""
    drawing = read({name: text.encode()})
    nodes = sorted(map(repr, drawing.nodes))
    return nodes, sorted(map(repr, drawing.flows)), sorted(drawing.ids), drawing.drawn, drawing.problems
