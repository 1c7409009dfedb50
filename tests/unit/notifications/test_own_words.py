"""The words of the product's own mails: each language says the same with the same values."""

from pathlib import Path

import pytest
from jinja2 import Environment, meta

import notifications.own
from notifications.own import render_own

FOLDER = Path(notifications.own.__file__).parent / "templates" / "own"
FILES = sorted(file.name for file in FOLDER.glob("*.*"))


def names(file: Path) -> set[str]:
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(file.read_text("utf-8")))


@pytest.mark.parametrize("name", FILES)
def test_the_spanish_words_name_what_the_english_do(name: str) -> None:
    assert names(FOLDER / "es" / name) == names(FOLDER / name)


def test_a_mail_comes_in_its_language_and_else_in_english() -> None:
    sent = {"to": "a@b.example", "sender": "c@d.example", "message_id": "<1@d.example>"}
    values = {"link": "https://d.example/x"}
    told = {
        language: render_own("publication_wanted", values, **sent, language=language)
        for language in ("en", "es", "fr")
    }
    assert told["es"].subject != told["en"].subject == told["fr"].subject
    assert "no lo responda" in told["es"].text and "do not answer" in told["fr"].text
    assert 'lang="es"' in told["es"].html
