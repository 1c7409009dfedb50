"""What must not be kept is kept nowhere; what is known of a client stands in one table (domain 6.3, 6.4)."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import Visitor
from tests.desk import AVERY, CASEY, DEVON, PAT, ROBIN, answers
from tests.end_to_end.everything import places_of
from tests.end_to_end.product import Product, somebody
from tests.integration.test_privacy import SSN_TEXTS
from web.session import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Door = tuple[str, str, str, Any]
CANARY = {"client_first_name": "Zephyrine", "client_last_name": "Quackenbush-Ott", "phone": "360-555-0188"}
CANARY_WORDS = ["Zephyrine", "Quackenbush", "555-0188", "5550188", "falconry", "sanctuary loop"]


class Doors:
    """Cases at the steps at which people type, and every way in for what they type."""

    def __init__(self, running: Product) -> None:
        desk = running.desk
        self.request = desk.to_request(AVERY, **somebody())
        self.draft = desk.open(AVERY)
        for label in ("T2", "T3", "T4"):
            desk.do(AVERY, self.draft, label)
        self.t5 = desk.task(AVERY, self.draft, "T5")["id"]
        self.t7 = desk.task(CASEY, self.request, "T7")["id"]

    def all(self, text: str) -> Iterator[Door]:
        """Who sends what where, with this text in the place of what they should have typed."""
        for name in ("client_first_name", "client_last_name", "phone", "best_time", "aux_aid", "reason"):
            for verb in ("draft", "complete"):
                yield AVERY, "POST", f"/tasks/{self.t5}/{verb}", {"data": answers("T5", **{name: text})}
        yield from self.odd(text)
        for verb in ("draft", "complete"):
            yield CASEY, "POST", f"/tasks/{self.t7}/{verb}", {"data": answers("T7", esd_note=text)}
        yield AVERY, "POST", f"/cases/{self.request}/notes", {"text": f"Her number is {text}, she says."}
        yield CASEY, "POST", f"/cases/{self.request}/notes", {"text": text, "esd_only": True}
        yield CASEY, "POST", f"/tasks/{self.t7}/reassign", {"assignee": text}

    def odd(self, text: str) -> Iterator[Door]:
        """Places where nobody is asked for a text."""
        detail = {"no_phone": True, "alt_contact": "e-mail", "alt_contact_detail": text, "phone": None}
        yield AVERY, "POST", f"/tasks/{self.t5}/complete", {"data": answers("T5", **detail)}
        for data in ({text: "yes"}, {"language": [text]}, {"reason": {"deep": [text]}}):
            yield AVERY, "POST", f"/tasks/{self.t5}/draft", {"data": data}
        usual = {"office": "WSK", "search_key": "name", "total_own": 0}
        for name in usual:
            yield AVERY, "POST", "/cases", {**usual, name: text}
        yield CASEY, "POST", "/cases", {**usual, "case_manager": text}


@pytest.fixture(scope="module")
def doors(running: Product) -> Doors:
    """The cases whose doors are tried."""
    return Doors(running)


@pytest.mark.parametrize("text", SSN_TEXTS)
def test_the_api_refuses_it_at_every_door_and_does_not_repeat_it(
    running: Product, doors: Doors, text: str
) -> None:
    for who, method, path, body in doors.all(text):
        answer = running.desk.call(who, method, path, body)
        assert 400 <= answer.status_code < 500, f"{path} {list(body)}: {answer.get_data()}"
        assert text not in answer.get_data(), path
    as_number = {"office": "WSK", "search_key": "name", "total_own": 987654321}
    assert running.desk.call(AVERY, "POST", "/cases", as_number).status_code == 422


@pytest.fixture(scope="module")
def visitors(running: Product, chrome: Browser) -> Iterator[dict[str, Visitor]]:
    """The people at their browsers; the addresses they went to are in `went`."""
    people = {who: Visitor(chrome, running.address) for who in (AVERY, CASEY, DEVON, ROBIN, PAT)}
    for who, visitor in people.items():
        visitor.went = []
        visitor.page.on("request", lambda request, went=visitor.went: went.append(request.url))
        visitor.sign_in(who)
    yield people
    for visitor in people.values():
        visitor.close()


@pytest.mark.parametrize("text", SSN_TEXTS)
def test_the_pages_refuse_it_and_do_not_show_it_again(
    doors: Doors, visitors: dict[str, Visitor], text: str
) -> None:
    avery, casey, robin = visitors[AVERY], visitors[CASEY], visitors[ROBIN]
    avery.page.goto(f"/tasks/{doors.t5}")
    for name in ("client_first_name", "best_time", "reason"):
        avery.page.fill(f"[name={name}]", text)
    refused(avery, "Continue", text)
    casey.page.goto(f"/tasks/{doors.t7}")
    casey.page.fill("[name=esd_note]", f"She said {text} to me")
    refused(casey, "Save draft", text)
    avery.page.goto(f"/cases/{doors.request}")
    avery.page.get_by_text("Write a note").click()
    avery.page.fill("[name=text]", text)
    refused(avery, "Save note", text)
    robin.page.goto("/admin/agreements/new")
    robin.page.fill("[name=number]", f"K {text}")
    robin.page.fill("[name=basis_document]", text)
    refused(robin, "Save agreement", text)


def refused(person: Visitor, button: str, text: str) -> None:
    """Send the form: it is sent back, says why, and no longer holds the text."""
    person.press(button)
    assert person.title.startswith("Error: ")
    assert "Social Security number" in person.page.inner_text("[data-error-summary]")
    assert text not in person.page.content()


def test_nothing_of_it_was_kept_anywhere(running: Product, doors: Doors) -> None:
    blocked = running.rows("SELECT count(*) FROM history_event WHERE kind = 'ssn_blocked'")
    assert blocked[0][0] >= 5 * len(SSN_TEXTS), "that something was refused is written down, not what"
    assert places_of(running, SSN_TEXTS) == {}


def test_nor_is_what_was_typed_as_a_user_name(running: Product, chrome: Browser) -> None:
    stranger = Visitor(chrome, running.address).sign_in("900.41.3456")
    shown = stranger.page.content()
    stranger.context.close()
    assert places_of(running, ["900.41.3456"]) == {}
    assert "900.41.3456" not in shown


def test_nor_is_what_was_sent_as_a_key(running: Product) -> None:
    body = {"office": "WSK", "search_key": "name", "total_own": 0}
    running.desk.call(AVERY, "POST", "/cases", body, Idempotency_Key="900.42.3456")
    assert places_of(running, ["900.42.3456"]) == {}


def test_nor_is_it_repeated_as_the_name_of_a_part(running: Product, doors: Doors) -> None:
    answer = running.desk.call(AVERY, "POST", f"/tasks/{doors.t5}/draft", {"data": {}, "900-12-3456": ""})
    assert answer.status_code == 422
    assert "900-12-3456" not in answer.get_data()


def test_a_client_is_known_in_one_table_alone(running: Product, visitors: dict[str, Visitor]) -> None:
    number = whole_case(running, visitors)
    running.mail("avery.quillfeather", f"{number}: change made")
    found = places_of(running, CANARY_WORDS, with_database=False)
    assert {"Zephyrine", "Quackenbush", "falconry"} <= set(found), "or nothing was looked at"
    assert set().union(*found.values()) == {"table client_facts"}
    went = [url.lower() for visitor in visitors.values() for url in visitor.went]
    assert len(went) > 30
    assert [url for url in went if any(word.lower() in url for word in CANARY_WORDS)] == []


def whole_case(running: Product, visitors: dict[str, Visitor]) -> str:
    """A request from its draft to its end, through pages and API, with refusals and readers on its way."""
    avery, casey = visitors[AVERY], visitors[CASEY]
    number = avery.begin()
    for label in ("T2", "T3", "T4"):
        avery.do(label)
    asked = {"reason": "Wants help with falconry.", "aux_aid": "Sanctuary loop", **CANARY}
    avery.answer_all(asked)
    avery.press("Save draft")
    avery.complete()
    assert avery.title.startswith("Error: ")
    avery.do("T5", **asked)
    casey.find(number, "T7")
    casey.do("T7")
    for who in (AVERY, CASEY, DEVON, ROBIN, PAT):
        visitors[who].page.goto(f"/cases/{number}")
    running.desk.record_edit(number)
    again = running.desk.call(AVERY, "POST", "/cases", {"data": asked})
    assert again.status_code == 422
    for label in ("T10", "T11"):
        running.desk.do(AVERY, number, label)
    return number


def test_a_page_leaves_nothing_in_the_browser(visitors: dict[str, Visitor]) -> None:
    avery = visitors[AVERY]
    kept = {cookie["name"]: cookie for cookie in avery.context.cookies()}
    assert set(kept) == {COOKIE, "desk_form"}
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in kept.values())
    stored = avery.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])").lower()
    assert [word for word in CANARY_WORDS if word.lower() in stored] == []
