"""The scenarios of the bundle as these tests play them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.bundle.procedure import BUNDLE, elements
from workflows import scenarios
from workflows.scenario_play import full_answers
from workflows.scenarios import Scenario

USUAL = scenarios.read_usual(BUNDLE.files)


def answers(element_id: str, different: Mapping[str, Any]) -> dict[str, Any]:
    """Complete answers to a task: those that differ, and the usual ones to whatever else is asked."""
    return full_answers(BUNDLE, elements()[element_id], USUAL.answers[element_id], different)


@cache
def stories() -> Mapping[str, Scenario]:
    """Every scenario of the bundle by the name of its file."""
    found = [scenarios.read(BUNDLE.files, name) for name in scenarios.names(BUNDLE.files)]
    return {scenario.key: scenario for scenario in found}
