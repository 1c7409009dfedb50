"""Every rule has a file that breaks it and one that keeps it, and stands on the page of rules."""

import re
from pathlib import Path

import pytest
from rule_examples import EXAMPLES

import engine
from engine import rules_page

ROOT = Path(__file__).parents[3]


def broken(content: bytes, code: str) -> list[engine.Problem]:
    """What one rule says of a file."""
    found = engine.check({"example.bpmn": content}, rules="standard")
    return [problem for problem in found if problem.rule == code]


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_file_that_breaks_the_rule_is_reported_on_the_element(code):
    example = EXAMPLES[code]
    found = broken(example.broken, code)
    assert example.element in {problem.element_id for problem in found}, found
    assert all(problem.reason.endswith((".", "”")) and problem.mend and problem.file for problem in found)


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_file_that_keeps_the_rule_is_not_reported(code):
    assert broken(EXAMPLES[code].sound, code) == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_file_that_keeps_the_rule_can_be_loaded(code):
    assert engine.load({"example.bpmn": EXAMPLES[code].sound}, "P", rules="standard").process_id == "P"


def test_the_page_of_rules_is_the_one_that_the_rules_make():
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == rules_page.page()


def on_page() -> set[str]:
    """The codes of the page."""
    return set(re.findall(r"^\| ([VGXS][0-9]+) \|", rules_page.page(), re.MULTILINE))


def used() -> set[str]:
    """The codes that problems are made with."""
    modules = {module for _, group in rules_page.GROUPS.values() for module in group}
    others = {"scenario", "rules_page", "conformance"}
    sources = [path for path in (ROOT / "engine").glob("*.py") if path.stem not in others]
    found = {path.stem: set(re.findall(r'"([VGXS][0-9]{1,2})"', path.read_text("utf-8"))) for path in sources}
    assert {name for name, codes in found.items() if codes} <= modules
    return set().union(*found.values())


def test_every_code_is_on_the_page_and_nothing_else():
    assert used() == on_page()


def test_every_rule_has_its_examples():
    here = Path(__file__).parent
    tests = "".join(path.read_text("utf-8") for path in here.glob("test_*.py"))
    tried = set(EXAMPLES) | set(re.findall(r'"([VGXS][0-9]{1,2})(?:-[\w]+)?"', tests))
    assert on_page() - tried == set()
