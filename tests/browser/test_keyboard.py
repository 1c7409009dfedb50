"""The two longest tasks by keyboard alone: Tab, Space, arrows, Enter, letters; and where one is can be seen."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.pages import Typist
from tests.desk import AVERY, CASEY
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_request_is_written_by_keyboard(visit: Visit, running: Product) -> None:
    number = running.desk.open(AVERY)
    for label in ("T2", "T3", "T4"):
        running.desk.do(AVERY, number, label)
    avery = visit(AVERY)
    avery.find(number, "T5")
    hand, client = Typist(avery.page), somebody()
    for name, words in client.items():
        hand.write(name, words)
    hand.to("language")
    hand.page.keyboard.type("Spanish")
    hand.write("reason", "Wants help with a forklift licence.")
    hand.tick("client_agrees_to_this_request")
    hand.tick("notice_4_points_given")
    hand.press("Continue")
    hand.press("Send the request")
    assert avery.page.inner_text("h1") == "Done", avery.words
    assert hand.unseen == []
    kept = running.desk.case(AVERY, number)["client"]
    assert (kept["client_last_name"], kept["language"]) == (client["client_last_name"], "es")


def test_the_contact_is_recorded_by_keyboard(visit: Visit, running: Product) -> None:
    number = running.desk.to_request(AVERY, **somebody())
    casey = visit(CASEY)
    casey.find(number, "T7")
    hand = Typist(casey.page)
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
    hand.press("Record the contact")
    assert casey.page.inner_text("h1") == "Done", casey.words
    assert hand.unseen == []
    assert running.desk.labels(CASEY, number) == {"T12"}
