"""The contact card of 5512PRO 5: plain words, whom to call, the four points, and nothing about the client."""

import re

import pytest
from lxml import html
from sqlalchemy import select

from tests.desk import AVERY, CASEY, DEVON, LEE, MARLO, PAT, ROBIN, Desk
from tests.integration.acting import browser, page
from workflows.db import transaction
from workflows.history import HistoryEvent
from workflows.organisations import Office

SIXTH_GRADE = 6.0


def card(desk: Desk, who: str = AVERY, language: str = "en", office: str = "WSK") -> html.HtmlElement:
    found = html.fromstring(page(desk, who, f"/contact-card/{office}?language={language}"))
    return found.get_element_by_id("contact-card")


def syllables(word: str) -> int:
    """How many groups of vowels a word has, a silent e at its end not counted."""
    word = word.lower()
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def grade(text: str) -> float:
    """The grade of school that a text asks for (Flesch-Kincaid)."""
    sentences = [part for part in re.split(r"[.?!]+", text) if re.search(r"[a-z]", part, re.IGNORECASE)]
    words = re.findall(r"[A-Za-z][A-Za-z’'-]*", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def told(found: html.HtmlElement) -> list[str]:
    """What is said to the client, each block a sentence or more; the statement prescribed by law left out."""
    blocks = found.xpath(".//p[not(@data-statement)] | .//li | .//h2 | .//h1")
    return [" ".join(block.text_content().split()) for block in blocks]


def test_the_measure_of_reading_tells_plain_from_hard() -> None:
    assert grade("You can call us. We will help you.") < 2
    assert grade("Auxiliary accommodations are available upon individual determination of eligibility.") > 15


def test_the_card_is_written_for_the_sixth_grade(desk: Desk) -> None:
    words = [text if text.endswith((".", "?")) else f"{text}." for text in told(card(desk))]
    assert len(words) > 12
    assert grade(" ".join(words)) <= SIXTH_GRADE
    assert max(len(s.split()) for s in re.split(r"[.?]", " ".join(words))) <= 22


@pytest.mark.parametrize(
    ("language", "points"),
    [
        ("en", ("data-sharing agreement", "only to give you services", "not to share", "in no way affects your eligib")),
        ("es", ("compartir datos", "Solo pueden usarlo", "no compartamos", "no afecta de ninguna manera")),
    ],
)  # fmt: skip
def test_both_languages_say_all_of_it(desk: Desk, language: str, points: tuple[str, ...]) -> None:
    found = card(desk, language=language)
    assert found.get("lang") == language
    four = [" ".join(item.text_content().split()) for item in found.xpath(".//ol/li")]
    assert len(four) == 4
    for text, point in zip(four, points, strict=True):
        assert point in text
    words = " ".join(found.text_content().split())
    for said in ("WorkSource Kitsap", "360-555-0190", "711", "WA Relay Service", "TTY"):
        assert said in words
    assert ("interpreter" if language == "en" else "intérprete") in words
    assert ("at any time" if language == "en" else "en cualquier momento") in words
    assert ("Draft" if language == "en" else "Borrador") in words


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_name_and_no_fact_about_the_client_is_on_it(desk: Desk, language: str) -> None:
    number = desk.to_request()
    client = browser(desk, AVERY)
    task = client.get(f"/tasks/{desk.task(AVERY, number, 'T6')['id']}").get_data(as_text=True)
    (address,) = re.findall(r'href="(/contact-card/[^"]*)"', task)
    assert number not in address
    sheet = client.get(f"{address}?language={language}").get_data(as_text=True)
    words = html.fromstring(sheet).get_element_by_id("contact-card").text_content()
    for fact in (*MARLO.values(), number, "training program", "Avery", "opted", "SAMPLE"):
        assert fact not in words


def test_it_is_offered_where_the_client_is_asked_to_call_and_nowhere_else(desk: Desk) -> None:
    number = desk.to_request()
    contact = desk.task(CASEY, number, "T7")["id"]
    assert "/contact-card/" not in page(desk, CASEY, f"/tasks/{contact}")


def test_an_unknown_language_is_english_and_an_unknown_office_is_none(desk: Desk) -> None:
    assert card(desk, language="xx").get("lang") == "en"
    assert browser(desk, AVERY).get("/contact-card/NOWHERE").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [(AVERY, 200), (CASEY, 200), (DEVON, 200), (PAT, 200), (ROBIN, 403), (LEE, 403)]
)
def test_who_hands_it_out(desk: Desk, who: str, status: int) -> None:
    assert browser(desk, who).get("/contact-card/WSK").status_code == status


@pytest.mark.parametrize("who", [CASEY, PAT])
def test_supervisors_and_administrators_set_the_number(desk: Desk, who: str) -> None:
    client = browser(desk, who)
    assert "Change the number" in client.get("/contact-card/WSC").get_data(as_text=True)
    assert client.post("/contact-card/WSC/phone", data={"phone": "(360) 555 0177"}).status_code == 302
    assert "360-555-0177" in card(desk, office="WSC").text_content()
    with transaction() as db:
        query = select(HistoryEvent.detail).where(HistoryEvent.kind == "office_phone_set")
        assert list(db.scalars(query)) == [{"office": "WSC"}]


@pytest.mark.parametrize("who", [AVERY, DEVON, ROBIN])
def test_nobody_else_sets_the_number(desk: Desk, who: str) -> None:
    answer = browser(desk, who).post("/contact-card/WSK/phone", data={"phone": "360-555-0177"})
    assert answer.status_code == 403
    assert "360-555-0190" in card(desk).text_content()


@pytest.mark.parametrize("typed", ["", "555-0101", "900-12-3456", "987654321", "call us", "１２３"])
def test_what_is_no_number_is_refused(desk: Desk, typed: str) -> None:
    answer = browser(desk, CASEY).post("/contact-card/WSK/phone", data={"phone": typed})
    assert answer.status_code == 422
    assert "Error:" in answer.get_data(as_text=True)
    assert "360-555-0190" in card(desk).text_content()
    assert "900-12-3456" not in answer.get_data(as_text=True)


def test_without_a_number_there_is_a_line_to_write_it_on(desk: Desk) -> None:
    with transaction() as db:
        db.get_one(Office, "WSK").phone = None
    assert "____" in card(desk).text_content()
    assert "write it on the sheet" in page(desk, AVERY, "/contact-card/WSK")
