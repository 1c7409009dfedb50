"""The languages of the product: every sentence has a translation, and it asks for the same values."""

import re

import pytest

from tests.words import updated, wanted
from workflows import language
from workflows.language import ENGLISH, FOLDER, LANGUAGES, gettext, ngettext, read, speaking

OTHERS = sorted(LANGUAGES.keys() - {ENGLISH})
VALUES = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_translated_and_none_is_left_over(code: str) -> None:
    known = read((FOLDER / f"{code}.po").read_bytes())
    asked = {words if isinstance(words, str) else words[0] for words in wanted()}
    assert {"missing": asked - known.keys(), "left over": known.keys() - asked} == {
        "missing": set(),
        "left over": set(),
    }


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_values_of_its_sentence(code: str) -> None:
    wrong = [
        entry.id
        for entry in updated(code)
        if entry.id and any(_values(entry.id) != _values(words) for words in _forms(entry.string))
    ]
    assert wrong == []


def _forms(translation: str | tuple[str, ...]) -> tuple[str, ...]:
    return (translation,) if isinstance(translation, str) else translation


def _values(sentence: str | tuple[str, ...]) -> set[str]:
    return set(VALUES.findall(sentence if isinstance(sentence, str) else sentence[-1]))


def test_a_language_is_spoken_for_a_while_and_only_ours_are() -> None:
    with speaking("es"):
        assert gettext("Sign out") == "Cerrar sesión"
        assert gettext("Nothing in any catalogue") == "Nothing in any catalogue"
    with speaking("tlh"):
        assert gettext("Sign out") == "Sign out"
    assert language.chosen() == ENGLISH


def test_one_and_many(monkeypatch: pytest.MonkeyPatch) -> None:
    words = read(
        'msgid "one day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "un día"\nmsgstr[1] "%(n)s días"\n'.encode()
    )
    monkeypatch.setattr(language, "_of_product", lambda code: words)
    assert ngettext("one day", "%(n)s days", 2) == "%(n)s days"
    with speaking("es"):
        assert [ngettext("one day", "%(n)s days", n) for n in (0, 1, 2)] == [
            "%(n)s días",
            "un día",
            "%(n)s días",
        ]
