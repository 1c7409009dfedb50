"""The languages of the product: every sentence has a translation, and it asks for the same values."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.words import updated, wanted
from workflows import errors, language
from workflows.errors import Incident, Met, Trouble
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


ENGLISH_ALONE = {"definitions.py", "tokens.py", "request_keys.py", "mail_words.py"}
"""What the console, the API and the worker alone say: they speak English."""


def test_every_refusal_is_said_in_the_language_of_its_reader() -> None:
    files = [file for file in FOLDER.parent.rglob("*.py") if file.name not in ENGLISH_ALONE]
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    refusals = [
        (file.name, node) for file in files for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in kinds
    ]  # fmt: skip
    assert len(refusals) > 100
    assert [(name, words) for name, refusal in refusals for words in _untranslated(refusal)] == []


def _untranslated(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("gettext", "ngettext"):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _untranslated(child)


def test_an_incident_says_in_the_language_of_its_reader_where_it_is_looked_after() -> None:
    with speaking("es"):
        incident = Incident(Trouble("KeyError", "cause"))
        incident.written_down(Met("P-000012", "complete", draft_kept=True))
    assert incident.message == (
        "El caso no puede continuar en este punto, y no se cambió nada. Lo que escribió se guarda como borrador. "
        "Está en la lista de problemas de los administradores como P-000012."
    )


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
