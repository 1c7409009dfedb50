"""The page about the language says what is so: every example on it is evaluated."""

import json
import re
from datetime import datetime

import pytest

from engine import expressions
from engine.expressions import FUNCTIONS, WEEKDAYS, Context, check_types, compile, explain
from engine.expressions.dates import MAX_BUSINESS_SPAN
from workflows.settings import PROJECT

PAGE = (PROJECT / "docs" / "expressions.md").read_text("utf-8")
SAMPLE = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
CONTEXT = Context(datetime.fromisoformat(SAMPLE.pop("now")), WEEKDAYS)
EXAMPLES = re.findall(r"\| `([^`]+)` \| `([^`]+)` \|$", PAGE.split("## When something")[0], re.MULTILINE)
WRONG, BEFORE = PAGE.split("## When something")[1].split("## Before a bundle")
OFFERS = re.findall(r"\| `([^`]+)` \| `([^`]+)` \|$", WRONG, re.MULTILINE)
NEVER = re.findall(r"\| `([^`]+)` \| ([^|]+) \| (?:`([^`]+)`|–) \|$", BEFORE, re.MULTILINE)
KINDS = {
    "decision": ["opt_in", "withdraw"], "amount": "integer", "ok": "boolean", "opened": "date", "name": "text",
}  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), EXAMPLES)
def test_an_example_gives_what_the_page_says(text, answer):
    expected = json.loads(answer)
    value = compile(text).evaluate(SAMPLE, CONTEXT)
    assert (value, type(value)) == (expected, type(expected))


def test_every_function_is_on_the_page_with_an_example_that_calls_it():
    rows = re.findall(r"^\| `(\w+)\(", PAGE.split("## Functions")[1], re.MULTILINE)
    assert sorted(rows) == sorted([*FUNCTIONS, "has"])
    called = {name for text, _ in EXAMPLES for name in re.findall(r"(\w+)\(", text)}
    assert called == {*FUNCTIONS, "has"}


@pytest.mark.parametrize(("written", "offered"), OFFERS)
def test_an_offer_is_the_one_on_the_page(written, offered):
    assert explain(written, {"decision": "text", "amount": "integer", "ok": "boolean"}).corrected == offered


@pytest.mark.parametrize(("written", "said", "offered"), NEVER)
def test_what_can_never_be_right_is_told_as_on_the_page(written, said, offered):
    (mistake,) = check_types(compile(written), KINDS, "boolean")
    assert (mistake.sentence, mistake.corrected or "") == (said, offered)


def test_the_bounds_are_those_on_the_page():
    numbers = [
        int(digits.replace(",", "")) for digits in re.findall(r"\b\d[\d,]*\b", PAGE.split("## Bounds")[1])
    ]
    bounds = [name for name in dir(expressions) if name.startswith("MAX_")]
    assert len(bounds) >= 6
    for bound in (*(getattr(expressions, name) for name in bounds), MAX_BUSINESS_SPAN):
        assert bound in numbers
