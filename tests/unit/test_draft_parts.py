"""Forms, mails and times changed piece by piece: what is not touched stays byte for byte."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.render import check
from tests.bundle.procedure import BUNDLE, FOLDER
from workflows.calendar import Duration
from workflows.draft_mails import NAME_WORDS, html_of
from workflows.form_documents import document, moved, with_question, without_question, written
from workflows.forms import Form
from workflows.level_edits import NEEDED, NotByLine, changed, lacking, length, number_and_unit, removed
from workflows.mail_words import ALLOWED_NAMES
from workflows.question_conditions import chosen, picks
from workflows.questions import KINDS, LISTED, Question, kind_of, option_lines, read_options
from workflows.service_levels import ServiceLevels

FORMS = {name: text for name, text in BUNDLE.files.items() if name.startswith("forms/")}
QUESTIONS = [(form, name) for form, text in FORMS.items() for name in document(text)["properties"]]
TIMES = (FOLDER / "service_levels.toml").read_text("utf-8")
LEVELS = list(ServiceLevels.parse(TIMES))


def read(form: str, name: str) -> tuple[dict[str, object], Question, bool]:
    """A form of the bundle, one of its questions, and whether that one is needed."""
    source = document(FORMS[form])
    required = name in source.get("required", [])
    return source, Question.read(source["properties"][name], required), required


# --- Forms


def test_a_question_that_is_saved_unchanged_changes_nothing() -> None:
    for form, name in QUESTIONS:
        source, question, required = read(form, name)
        kept = question.written(source["properties"][name], required)  # type: ignore[index]
        assert written(with_question(source, name, kept, required=required)) == FORMS[form], (form, name)
        assert read_options(option_lines(question.options)) == question.options


@given(
    st.sampled_from(QUESTIONS),
    st.sampled_from(sorted(KINDS)),
    st.booleans(),
    st.text('ab–é{}"\\ ', min_size=1, max_size=20).filter(str.strip),
)
def test_any_change_of_a_question_makes_a_good_form_and_leaves_the_others(
    which: tuple[str, str], kind: str, required: bool, words: str
) -> None:
    form, name = which
    source, question, was = read(form, name)
    options = (("a", "A"), ("b", "B")) if kind in LISTED else ()
    keep = "record" if question.keep == "process" else question.keep
    new = replace(question, kind=kind, required=required, label=words, help=words, options=options, keep=keep)
    kept = new.written(source["properties"][name], was)  # type: ignore[index]
    result = document_of(with_question(source, name, kept, required=required))
    others = [one for one in source["properties"] if one != name]  # type: ignore[attr-defined]
    assert [result["properties"][one] for one in others] == [source["properties"][one] for one in others]  # type: ignore[index]
    assert list(result["properties"]) == list(source["properties"])  # type: ignore[call-overload]
    assert kind_of(kept) == kind
    assert Question.read(kept, required).label == words
    assert {one for one in result.get("required", []) if one != name} == set(source.get("required", [])) - {
        name
    }  # type: ignore[call-overload]


def document_of(source: dict[str, object]) -> dict[str, object]:
    """What is read again of a form as it is written; questions may ask for options that a change took."""
    text = written(source)
    assert json.loads(text) == source
    own = [one for one in Form.problems(text.encode()) if "no earlier field" not in one]
    assert own == [], own
    return dict(json.loads(text))


def test_a_question_that_is_moved_there_and_back_is_where_it_was() -> None:
    for form, name in QUESTIONS:
        source = document(FORMS[form])
        names = list(source["properties"])
        if name != names[-1]:
            assert written(moved(moved(source, name, 1), name, -1)) == FORMS[form]
        assert name not in without_question(source, name)["properties"]


def test_conditions_that_can_be_chosen_are_told_from_those_that_are_written() -> None:
    earlier = document(FORMS["forms/T7_RecordContactAndVerifyWish.json"])["properties"]
    for _, conditions in picks(earlier):
        for pick in conditions:
            assert chosen(pick.written, earlier) == [pick]
            source = {**document(FORMS["forms/T7_RecordContactAndVerifyWish.json"])}
            asked = {"type": "boolean", "title": "x", "x-shown-if": pick.written}
            assert Form.problems(with_question(source, "last", asked, required=False)) == ()
    both = chosen('contact_result == "reached" and identity_verified == "yes"', earlier)
    assert both and [pick.words for pick in both][1] == "“Is the client's identity verified?” is “Yes”"
    assert chosen('contact_result == "reached" or identity_verified == "yes"', earlier) is None


@pytest.mark.parametrize("lines", ["a b | x", "| x", "a |", "a | x\na | y"])
def test_answers_that_cannot_be_told_apart_are_refused(lines: str) -> None:
    with pytest.raises(ValueError, match=r"\|"):
        read_options(lines)


# --- Mails


def test_every_name_of_a_mail_is_told_in_words() -> None:
    assert NAME_WORDS.keys() == ALLOWED_NAMES


def test_the_html_of_every_mail_of_the_bundle_is_what_its_text_makes() -> None:
    for kind in BUNDLE.mails:
        words = BUNDLE.mail(kind)
        assert html_of(words["body.txt"]).strip() == words["body.html"].strip(), kind


@given(st.text("ab <&>\"'-\n:{}%", max_size=60))
def test_html_that_is_made_from_words_holds_no_tag_of_theirs(text: str) -> None:
    if not check(text.replace("<", ""), ALLOWED_NAMES):
        assert check(html_of(text), ALLOWED_NAMES) == ()


# --- Times


@given(
    st.sampled_from(LEVELS),
    st.sampled_from(["2 days", "1 business day", "same business day", "PT30M"]),
    st.booleans(),
)
def test_a_time_that_is_changed_changes_its_own_lines_alone(level: object, after: str, first: bool) -> None:
    found = next(one for one in LEVELS if one is level)
    origin = "first" if first else "opened"
    new = (
        replace(found, after=Duration.parse(after), counts_from=origin)
        if found.after
        else replace(found, numbers=(7, 8))
    )
    text = changed(TIMES, new)
    assert list(ServiceLevels.parse(text)) == [new if one is found else one for one in LEVELS]
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        line for line in TIMES.split("\n") if line.startswith("#")
    ]
    assert (
        changed(text, found) in (TIMES, text.replace(after, str(found.after)))
        or list(ServiceLevels.parse(changed(text, found))) == LEVELS
    )


def test_a_time_is_read_added_and_removed() -> None:
    for level in LEVELS:
        assert changed(TIMES, level) == TIMES
        assert level.after is None or length(*number_and_unit(level)) == level.after
    own = replace(LEVELS[0], key="papers_due")
    assert removed(changed(TIMES, own), "papers_due").rstrip() == TIMES.rstrip()
    assert lacking(ServiceLevels.parse(TIMES)) == []
    assert [lacking(ServiceLevels.parse(removed(TIMES, key))) for key in NEEDED] == [[key] for key in NEEDED]


def test_a_file_that_cannot_be_changed_by_lines_is_left_alone() -> None:
    with pytest.raises(NotByLine):
        changed('confirm_due = {after = "2 days", meaning = "x"}\n', replace(LEVELS[0], key="confirm_due"))
    assert Path(FOLDER / "service_levels.toml").read_text("utf-8") == TIMES
