"""The procedure in sentences: who does what, due when, and what each decision asks, in the words of its forms."""

import pytest

from engine.narrative import tales
from workflows.commands.definitions import read_folder
from workflows.condition_words import questions_of
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.outline_words import Sentence, Teller
from workflows.settings import PROJECT

BUNDLE = Bundle(MAIN_PROCESS, read_folder(PROJECT / "bpmn" / MAIN_PROCESS))


def every(lines: tuple[Sentence, ...]) -> list[str]:
    """All that is said, in order."""
    return [
        words
        for line in lines
        for words in (
            line.text,
            *every(line.inside),
            *(w for way in line.ways for w in (way.text, *every(way.lines))),
        )
    ]


def test_the_procedure_is_told_in_sentences():
    told = tales(BUNDLE.diagrams)["opt_in_request"]
    (group,) = Teller(BUNDLE).tale(told)
    said = every(tuple(group))
    for sentence in (
        "Case manager: Ask the client to call the supervisor, due: 1 business day.",
        "If “Contact was made” happens, the step ends:",
        "After 4 business days, while the step stays open:",
        "If it is not done within 5 business days, the step ends: go on with “Tell the partner: client not reached”.",
        "If “to share the record”, that is, if “What does the client want?” is “Share the record with partner staff”: "
        "go on below.",
        "If “not decided yet: the task stays open”: go back to “Record the contact and verify what the client wishes”.",
        "End: Request withdrawn (outcome: withdrawn).",
    ):
        assert sentence in said


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("attempts_left > 0", "“attempts left” is more than 0"),
        ("may_open", "“may open” is yes"),
        ("not may_open", "not may_open"),
        ("a == 1 and (b == 2 or c == 3)", "a == 1 and (b == 2 or c == 3)"),
        ("this is wrong", "this is wrong"),
        ('outcome != "opted_in"', "“outcome” is not “opted in”"),
    ],
)
def test_a_condition_is_told_in_words_or_as_it_is_written(condition, words):
    assert questions_of(BUNDLE).sentence(condition) == words
