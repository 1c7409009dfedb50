"""The page of a case in a browser: the diagram with its marks, by keyboard too, and everything without a script."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.pages import overflow, violations
from tests.desk import AVERY, CASEY, LEE
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CANVAS = "[data-diagram-canvas]"
SHAPES = f"{CANVAS} .djs-shape"


@pytest.fixture(scope="module")
def number(running: Product) -> str:
    """A case whose opt-in is being recorded, with an entry that was put right."""
    desk = running.desk
    number = desk.to_decision(AVERY, **somebody())
    task = next(step["id"] for step in desk.case(AVERY, number)["steps"] if step["element"].startswith("T3_"))
    body = {"data": {"notice_language": "es"}, "why": "The notice was given in Spanish."}
    answer = desk.call(AVERY, "POST", f"/cases/{number}/entries/{task}/corrections", body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return number


def drawn(page: Page) -> None:
    """Wait until the diagram is there; it is drawn when it comes into view."""
    page.locator(CANVAS).scroll_into_view_if_needed()
    expect(page.locator(SHAPES).first).to_be_attached()


def transform(page: Page) -> str:
    """Where the diagram stands and how large it is."""
    return str(page.locator(f"{CANVAS} .viewport").get_attribute("transform"))


@pytest.mark.parametrize("who", [AVERY, CASEY, LEE])
@pytest.mark.parametrize("width", [1280, 340])
def test_the_page_with_its_diagram_is_accessible_and_fits(
    visit: Visit, number: str, who: str, width: int
) -> None:
    person = visit(who)
    person.page.set_viewport_size({"width": width, "height": 900})
    person.page.goto(f"/cases/{number}")
    drawn(person.page)
    assert (violations(person.page), overflow(person.page)) == ([], 0)
    expect(person.page.locator(f"{CANVAS} .bjs-powered-by")).to_be_visible()
    expect(person.page.locator(f"{CANVAS} .desk-sign--now").last).to_be_in_viewport()


def test_nothing_moves_when_the_diagram_comes(visit: Visit, number: str) -> None:
    page = visit(AVERY).page
    page.set_viewport_size({"width": 1280, "height": 3000})
    late: list[Route] = []

    def keep(request: Route) -> None:
        late.append(request)

    page.route("**/static/diagram/**", keep)
    page.goto(f"/cases/{number}", wait_until="domcontentloaded")
    place = page.get_by_text("Write a note").bounding_box()
    for request in late:
        request.continue_()
    drawn(page)
    assert late and page.get_by_text("Write a note").bounding_box() == place


def test_the_marks_are_drawn_with_a_sign_each(visit: Visit, number: str) -> None:
    casey = visit(CASEY)
    casey.page.goto(f"/cases/{number}")
    drawn(casey.page)
    now = casey.page.locator(f"{CANVAS} .desk-now")
    assert now.evaluate_all("shapes => shapes.map(s => s.dataset.elementId)") == ["RO1_FindClient"]
    expect(casey.page.locator(f"{CANVAS} .desk-sign--now")).to_have_text("●")
    casey.page.get_by_role("button", name="Opt-in 5512PRO", exact=True).click()
    expect(casey.page.locator(f"{CANVAS} [data-element-id='T5_WriteRequest'].desk-done")).to_be_attached()
    assert casey.page.locator(f"{CANVAS} .desk-sign--done").count() >= 5
    fill = casey.page.locator("[data-element-id='T5_WriteRequest'] .djs-visual > rect").first
    assert fill.evaluate("shape => getComputedStyle(shape).fill") == "rgb(231, 244, 228)"


def test_the_diagram_is_moved_and_sized_by_keyboard(visit: Visit, number: str) -> None:
    avery = visit(AVERY)
    avery.page.goto(f"/cases/{number}")
    drawn(avery.page)
    avery.page.locator(CANVAS).focus()
    seen = [transform(avery.page)]
    for key in ("ArrowRight", "ArrowDown", "+", "-", "0"):
        avery.page.keyboard.press(key)
        seen.append(transform(avery.page))
    assert len(set(seen)) >= 5
    button = avery.page.get_by_role("button", name="Larger")
    before = transform(avery.page)
    button.focus()
    avery.page.keyboard.press("Enter")
    assert transform(avery.page) != before


def test_the_wheel_goes_on_moving_the_page(visit: Visit, number: str) -> None:
    avery = visit(AVERY)
    avery.page.goto(f"/cases/{number}")
    drawn(avery.page)
    before, place = transform(avery.page), avery.page.evaluate("scrollY")
    avery.page.locator(CANVAS).hover()
    avery.page.mouse.wheel(0, 300)
    avery.page.wait_for_function("place => scrollY > place", arg=place)
    assert transform(avery.page) == before


def test_without_a_script_the_lists_say_the_same(visit: Visit, number: str) -> None:
    casey = visit(CASEY, script=False)
    casey.page.goto(f"/cases/{number}")
    assert not casey.page.locator("[data-diagram]").is_visible()
    words = casey.words
    for said in ("Find the client", "What may come", "Look at the opt-out box", "Put right", "Spanish"):
        assert said in words, said


def test_a_correction_and_a_reminder_from_the_page(visit: Visit, running: Product, number: str) -> None:
    avery = visit(AVERY)
    avery.page.goto(f"/cases/{number}")
    avery.send(avery.page.get_by_role("link", name=re.compile("^Put right.*Write the request")))
    assert (violations(avery.page), overflow(avery.page)) == ([], 0)
    avery.page.fill("#f-best_time", "After four")
    avery.press("Save the correction")
    assert avery.title.startswith("Error: ") and avery.page.input_value("#f-best_time") == "After four"
    assert violations(avery.page) == []
    avery.page.fill("#f-why", "The client said so today.")
    avery.press("Save the correction")
    assert "After four" in avery.words and "The client said so today." in avery.words
    avery.page.get_by_text("Send a reminder now").click()
    avery.press("Send the reminder")
    assert "A reminder is on its way" in avery.words
    mail = running.mail("casey.thistledown", f"{number}: a colleague asks")
    assert number in mail.text
