"""My work with the keyboard alone and while one types: the shortcuts, where they keep out of the way, and the switch."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.pages import violations
from tests.desk import AVERY, CASEY
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_list_is_searched_and_walked_by_keyboard(visit: Visit, running: Product) -> None:
    client = somebody()
    number = running.desk.to_request(AVERY, **client)
    casey = visit(CASEY)
    page, keys = casey.page, casey.page.keyboard
    page.goto("/work?view=role")
    keys.press("/")
    keys.type(f"{client['client_last_name'][:6]} {client['client_first_name'][:3]}".lower())
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-live]")).to_have_text("1 task is listed.")
    assert page.url.endswith("/work?view=role"), "a name stands in no address"
    assert casey.focused() == "f-q", "letters typed into a field are letters"
    page.fill("#f-q", number)
    page.wait_for_url(f"**/work?view=role&q={number}")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("h1").click()
    keys.press("?")
    expect(page.locator("dialog")).to_be_visible()
    assert violations(page) == []
    keys.press("j")
    keys.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    keys.press("j")
    assert "Record the contact" in page.evaluate("document.activeElement.textContent")
    with page.expect_navigation():
        keys.press("c")
    assert "You hold this task." in casey.words
    keys.press("g")
    with page.expect_navigation():
        keys.press("w")
    keys.press("j")
    with page.expect_navigation():
        keys.press("Enter")
    assert "/tasks/" in page.url
    with page.expect_navigation():
        keys.press("n")
    page.focus("#f-total_own")
    with page.expect_navigation():
        keys.press("Control+Enter")
    assert casey.title.startswith("Error:"), "the form was sent"


def test_the_shortcuts_are_switched_off_and_the_list_works_without_a_script(
    visit: Visit, running: Product
) -> None:
    number = running.desk.to_request(AVERY, **somebody())
    casey = visit(CASEY, script=False)
    casey.page.goto("/work?view=role")
    casey.page.fill("#f-q", number)
    casey.press("Search")
    assert casey.page.locator("[data-row]").count() == 1
    casey.page.locator(".desk-tick label").click()
    casey.send(casey.page.locator("#rows button[value=claim]"))
    assert "1 task is yours now." in casey.words
    casey.page.goto("/keyboard")
    casey.press("Switch the shortcuts off")
    try:
        with_script = visit(CASEY)
        with_script.page.goto("/work")
        with_script.page.keyboard.press("?")
        with_script.page.keyboard.press("n")
        assert with_script.page.url.endswith("/work")
    finally:
        casey.press("Switch the shortcuts on")
