"""Every rule on the page of rules has a bundle that breaks it and one that keeps it; the page is what the rules make."""

import re
from functools import cache
from pathlib import Path

import pytest
from rule_examples import EXAMPLES

import engine
from engine import rules_page

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| ([VGXS][0-9]+) \| .* \| .* \| (.*) \| .* \|$", re.MULTILINE)


@cache
def severities() -> dict[str, str]:
    """What follows by the page from each rule; where a rule has several rows, all of it."""
    told: dict[str, str] = {}
    for code, severity in ROW.findall(rules_page.page()):
        told[code] = f"{told.get(code, '')}; {severity}"
    return told


def found(code: str, which: str) -> list[engine.Problem]:
    """What one rule says of a side of its example."""
    example = EXAMPLES[code]
    problems = engine.check(example.bundle(which), "P", rules=example.rules, **example.terms)
    return [problem for problem in problems if problem.rule == code]


@pytest.mark.parametrize("code", EXAMPLES)
def test_what_breaks_the_rule_is_reported_on_the_element_in_words(code):
    problems = found(code, "broken")
    assert EXAMPLES[code].element in {problem.element_id for problem in problems}, problems
    for problem in problems:
        assert problem.reason[0].isupper() or problem.reason[0] == "“", problem
        assert problem.reason.endswith((".", "”")) and len(problem.reason) > 15, problem
        assert problem.mend.endswith((".", "”")) or "The whole is then: " in problem.mend, problem


@pytest.mark.parametrize("code", EXAMPLES)
def test_what_breaks_the_rule_is_refused_or_warned_of_as_the_page_says(code):
    example, told = EXAMPLES[code], severities()[code]
    warned = {problem.warning for problem in found(code, "broken")}
    assert True not in warned or "warning" in told
    assert False not in warned or "refusal" in told
    if False in warned:
        with pytest.raises(engine.InvalidDefinition) as refusal:
            engine.load(example.bundle("broken"), "P", rules=example.rules, **example.terms)
        assert code in {problem.rule for problem in refusal.value.problems}


@pytest.mark.parametrize("code", EXAMPLES)
def test_what_keeps_the_rule_is_not_reported_and_can_be_loaded(code):
    example = EXAMPLES[code]
    assert found(code, "sound") == []
    assert engine.load(example.bundle("sound"), "P", rules=example.rules, **example.terms).process_id == "P"


def test_the_page_of_rules_is_the_one_that_the_rules_make():
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == rules_page.page()


def used() -> set[str]:
    """The codes that problems are made with."""
    modules = {module for _, group in rules_page.GROUPS.values() for module in group}
    others = {"scenario", "rules_page", "conformance"}
    sources = [path for path in (ROOT / "engine").glob("*.py") if path.stem not in others]
    found = {path.stem: set(re.findall(r'"([VGXS][0-9]{1,2})"', path.read_text("utf-8"))) for path in sources}
    assert {name for name, codes in found.items() if codes} <= modules
    return set().union(*found.values())


def test_every_code_is_on_the_page_and_nothing_else():
    assert used() == severities().keys()


def test_every_rule_has_its_examples_and_every_example_its_rule():
    assert severities().keys() == EXAMPLES.keys()
