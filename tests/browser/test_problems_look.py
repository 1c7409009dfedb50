"""Problems in a browser: whoever meets one, whoever looks after it, on a desk and on a phone, with and without a script."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.test_look import on_both
from tests.desk import AVERY, CASEY, LEE, PAT
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATE = """SELECT i.state FROM process_instance i JOIN "case" c ON c.id = i.case_id WHERE c.number = %s"""
SET_STATE = (
    """UPDATE process_instance i SET state = %s FROM "case" c WHERE c.id = i.case_id AND c.number = %s"""
)


@pytest.fixture
def damaged(running: Product) -> tuple[str, bytes]:
    """A case whose saved state is cut off, and what it was before."""
    number = running.desk.to_request(AVERY, **somebody())
    whole = running.rows(STATE, number)[0][0]
    running.rows(SET_STATE, whole[:-9], number)
    return number, whole


@pytest.mark.parametrize("script", [True, False])
def test_a_problem_is_met_looked_after_and_done(
    visit: Visit, running: Product, damaged: tuple[str, bytes], script: bool
) -> None:
    number, whole = damaged
    casey, pat = visit(CASEY, script=script), visit(PAT, script=script)
    casey.page.goto(f"/cases/{number}")
    casey.page.get_by_text("The client withdraws the request").click()
    casey.press("Record the withdrawal")
    assert casey.page.inner_text("h1") == "We are on it"
    reference = casey.page.inner_text(".desk-facts dd")
    assert (on_both(casey) if script else []) == []

    pat.page.goto("/problems")
    assert (on_both(pat) if script else []) == []
    row = pat.page.locator("tbody tr", has=pat.page.get_by_text(number, exact=True))
    assert reference in row.inner_text()
    assert "The saved state of the process is damaged." in row.inner_text()
    pat.send(row.get_by_role("button", name=f"Try again {reference}"))
    assert "It failed again" in pat.words
    pat.page.get_by_text(reference, exact=True).first.click()
    running.rows(SET_STATE, whole, number)
    pat.press("Try the ticked ones again")
    assert f"It went through: {reference}" in pat.words
    assert running.desk.outcome(number) == ("closed", "withdrawn")


def test_the_page_of_one_problem_is_accessible_and_fits(
    visit: Visit, running: Product, damaged: tuple[str, bytes]
) -> None:
    number, _ = damaged
    assert running.desk.answer(CASEY, number, "T7").status_code == 409
    found = running.desk.get(PAT, "/problems")["items"][0]["id"]
    pat, lee, casey = visit(PAT), visit(LEE), visit(CASEY)
    pat.page.goto(f"/problems/{found}")
    assert on_both(pat) == []
    pat.press("Dismiss this problem")
    assert pat.title.startswith("Error: ")
    assert on_both(pat) == []
    lee.page.goto("/problems")
    assert on_both(lee) == []
    casey.find(number, "T7")
    assert "We are on it" in casey.words
    assert on_both(casey) == []
    pat.answer("reason", "The state was put back from a copy.")
    pat.press("Dismiss this problem")
    pat.page.goto("/problems?status=dismissed")
    assert "The saved state of the process is damaged." in pat.words
    assert on_both(pat) == []
