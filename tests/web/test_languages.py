"""Every page speaks the chosen language: a language of brackets shows what nobody translates."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from flask import Flask

from tests.web.test_look import SAMPLES, actor, desk, draw
from workflows import language

__all__ = ["desk"]

SAID = (
    "aria-label",
    "placeholder",
    "title",
    "alt",
    "data-label",
    "data-now",
    "data-held",
    "data-said",
    "data-not-saved",
)
SAID += ("data-more", "data-more-one", "data-fewer", "data-fewer-one", "data-failed")
"""The attributes that a person reads or hears, at once or from a script."""

SILENT = ("script", "style", "kbd", "code")
"""What says nothing, or is looked at elsewhere: keys are called as the keyboard has them, code as it is typed."""

IN_THEIR_OWN = {"contact_card.html"}
"""Pages that speak both languages whatever is chosen: the client's own sheet."""

NAMES = ("Opt-In Desk", "SAMPLE", "API", "WorkSource", "Español", "English", "5512PRO", "optin", "PST", "PDT")


class Brackets(dict[str, tuple[str, ...]]):
    """A catalogue that puts every sentence in brackets; the values in it stand outside of them."""

    def get(self, words: str, default: object = None) -> tuple[str, ...]:  # type: ignore[override]
        """The sentence, marked as translated."""
        return (re.sub(r"(%\(\w+\)s|\{\w*\})", r"⟧\1⟦", f"⟦{words}⟧"),)


class Words(HTMLParser):
    """What a page says outside of the brackets: its texts, and the attributes that are read out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.left: list[str] = []
        self._silent = 0
        self._deep = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what its attributes say."""
        self._silent += tag in SILENT
        said = [
            value or "" for name, value in attrs if name in SAID and (tag, name) != ("input", "data-label")
        ]
        self.left += [re.sub(r"⟦[^⟦⟧]*⟧", "", value) for value in said]

    def handle_endtag(self, tag: str) -> None:
        """Listen again."""
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        """Keep what of a text is outside; a sentence in brackets may have marks such as <strong> in it."""
        outside = ""
        for character in data:
            self._deep += {"⟦": 1, "⟧": -1}.get(character, 0)
            outside += character if not self._deep else ""
        if not self._silent:
            self.left.append(outside.replace("⟧", ""))


def _texts(value: object) -> Iterator[str]:
    """Every text among the sample values of a page."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _texts(one)
    elif hasattr(value, "__dict__"):
        yield from _texts(vars(value))


def _left_in_english(html: str, values: object) -> list[str]:
    texts = {*_texts(values), *NAMES}
    parts = {
        part.strip() for text in texts for part in re.split(r"\n|\d[.)] |- |(https?://\S+)", text) if part
    }
    left = []
    for rest in Words(html).left:
        said = rest
        for text in sorted((texts | parts) - {""}, key=len, reverse=True):
            rest = rest.replace(text, "")
        if re.search(r"[A-Za-z]{2}", rest):
            left.append(said.strip())
    return left


@pytest.mark.parametrize("template", sorted(SAMPLES.keys() - IN_THEIR_OWN))
def test_a_page_says_nothing_in_english_when_another_language_is_chosen(
    desk: Flask, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "_of_product", lambda code: Brackets())
    someone = actor()
    with language.speaking("es"):
        html = draw(desk, template, someone)
    assert _left_in_english(html, [SAMPLES[template], SimpleNamespace(name=someone.name)]) == []
