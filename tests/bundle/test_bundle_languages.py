"""The procedure in other languages: every sentence is translated, with the same values; what a catalogue may hold."""

import re

import pytest
from click.testing import CliRunner

import engine
from tests.bundle.procedure import BUNDLE, FOLDER, fields_of, form_of, user_tasks
from web.console import main
from workflows import bundle_words
from workflows.bundle_words import problems, sentences, warnings
from workflows.definitions import Bundle
from workflows.language import ENGLISH, LANGUAGES, entries, gettext, learn, read, speaking
from workflows.language import FOLDER as CATALOGUES

OTHERS = sorted(LANGUAGES.keys() - {ENGLISH})
FILE = "words/es.po"
SENTENCE = "Tick the {sor.opt_out_box} box, scroll down, and press {sor.save_label}. Change nothing else."


def with_words(text: str, name: str = FILE) -> Bundle:
    """The procedure with another catalogue."""
    files = {path: words for path, words in BUNDLE.files.items() if path != FILE}
    return Bundle(BUNDLE.key, files | {name: text})


def test_the_procedure_is_in_every_language_whole_and_with_nothing_left_over():
    assert sorted(bundle_words.catalogues(BUNDLE)) == OTHERS
    assert (problems(BUNDLE), warnings(BUNDLE)) == ({}, {})


def test_every_text_of_a_task_page_is_listed():
    """What the page of a task shows is among the sentences, so that none is forgotten."""
    shown = {words for task in user_tasks() for words in (task.name, task.documentation, form_of(task).title)}
    for field in (field for task in user_tasks() for field in fields_of(task)):
        shown |= {field.title, field.hint, *field.labels.values(), *field.messages.values()}
    assert shown - {""} - set(sentences(BUNDLE)) == set()


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_pages_say_too_is_said_in_the_same_words(code: str):
    """The catalogue of the product is asked first."""
    ours, own = (
        read((CATALOGUES / f"{code}.po").read_bytes()),
        read(BUNDLE.files[f"words/{code}.po"].encode()),
    )
    assert {one: (ours[one], own[one]) for one in ours.keys() & own.keys() if ours[one] != own[one]} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_translated_keeps_what_must_stay(code: str):
    """Numbers, a law's name, and the words that the screens of the case management system show."""
    fixed = re.compile(r"5512PRO|RCW [\d.]+\(\d\)|360-555-\d{4}|\bWIOA\b|CLIENT OPTED OUT|Total Participants")
    for entry in entries(BUNDLE.files[f"words/{code}.po"].encode()):
        assert set(fixed.findall(entry.id)) == set(fixed.findall(entry.string)), entry.id


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("this is no catalogue", "no PO file"),
        ('msgid ""\nmsgstr "Plural-Forms: nplurals=x; plural=;\\n"\n', "no PO file"),
        (f'msgid "{SENTENCE}"\nmsgstr "Marque la casilla y pulse {{sor.save_label}}."', "sor.opt_out_box"),
        ('msgid "Ticked"\nmsgstr "Marcada en {sor.system}"', "same {…} as the sentence: none"),
    ],
)
def test_a_catalogue_that_would_mislead_is_refused_with_its_mend(words: str, told: str):
    (problem,) = problems(with_words(words)).values()
    assert told in problem


def test_a_catalogue_of_a_language_that_no_page_speaks_is_refused():
    assert "es" in problems(with_words("", "words/tlh.po"))["words/tlh.po"]


def test_what_is_missing_or_left_over_is_a_warning():
    bundle = with_words('msgid "Ticked"\nmsgstr "Marcada"\n\nmsgid "Gone"\nmsgstr "Ido"\n')
    assert problems(bundle) == {}
    missing = f"{len(sentences(bundle)) - 1}, the first is"
    assert missing in warnings(bundle)[FILE] and "1, for example “Gone”" in warnings(bundle)[FILE]


def test_the_command_tells_problems_and_warnings_of_catalogues(tmp_path):
    for name, text in BUNDLE.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / FILE).write_text('msgid "Ticked"\nmsgstr "Marcada"\n')
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert result.exit_code == 0 and f"warning {tmp_path / FILE}" in result.output
    (tmp_path / FILE).write_text("no catalogue")
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--quiet"])
    assert result.exit_code == 1 and f"problem {tmp_path / FILE}" in result.output


def test_a_diagram_is_drawn_in_the_language_and_its_inside_stays():
    learn(BUNDLE.files)
    with speaking("es"):
        drawn = {name: engine.reworded(text, gettext) for name, text in BUNDLE.diagrams.items()}
    assert set(engine.drawn_words(drawn)) & set(engine.drawn_words(BUNDLE.diagrams)) <= {"no", "Sistema"}
    for name, text in drawn.items():
        for inside in (
            rb'id="[^"]+"',
            rb'<bpmn:message [^>]*name="[^"]+"',
            rb'<bpmn:signal [^>]*name="[^"]+"',
        ):
            assert re.findall(inside, text) == re.findall(inside, BUNDLE.diagrams[name])


def test_the_folder_has_the_catalogues_that_the_bundle_reads():
    assert {f"words/{path.name}" for path in (FOLDER / "words").iterdir()} == set(
        bundle_words.catalogues(BUNDLE).values()
    )
