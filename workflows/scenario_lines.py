"""What a scenario says in lines that people read, one thing in each, so that two states of it can be laid side by side."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import engine
from workflows import scenarios
from workflows.definitions import Bundle
from workflows.forms import BadForm
from workflows.language import gettext
from workflows.scenario_play import form_of, options_for
from workflows.scenario_words import Names, made_words, mail_words, outcome_words
from workflows.scenarios import USUAL, BadScenario, Move, Returns, Scenario
from workflows.service_levels import InvalidServiceLevels
from workflows.step_words import step_words

MOVES, EXPECTED, GIVEN, USUALLY = "moves", "expect", "steps", "answers"
WORDED = frozenset({MOVES, EXPECTED, GIVEN, USUALLY})
"""The parts of a scenario's file that are told in lines."""


def scenario_lines(bundle: Bundle, file: str, what: str) -> list[str] | None:
    """A part (of `WORDED`) of a scenario of a bundle, or of its usual answers; None where the file cannot be read, or the
    bundle cannot run."""
    try:
        if file == USUAL:
            return list(_usual(bundle, what))
        return list(_PARTS[what](bundle, scenarios.read(bundle.files, file)))
    except (BadScenario, BadForm, InvalidServiceLevels, engine.InvalidDefinition, KeyError):
        return None


def answer_words(
    bundle: Bundle, element: engine.Element | None, data: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Answers to a task in words, each with its question; none where it has no form."""
    form = form_of(bundle, element) if element and data else None
    if form is None:
        return ()
    return tuple((label, words) for _, label, words in form.words(data, options_for(form.declared, data)))


def _usual(bundle: Bundle, what: str) -> Iterator[str]:
    usual = scenarios.read_usual(bundle.files)
    if what == GIVEN:
        yield from _returned(usual.steps)
        return
    elements = {node.id: node.element for node in bundle.routes.nodes}
    for task, answers in usual.answers.items():
        element = elements.get(task)
        yield f"“{gettext(element.name) if element else task}”"
        yield from _answers(bundle, element, answers)


def _answers(bundle: Bundle, element: engine.Element | None, data: Mapping[str, Any]) -> Iterator[str]:
    for label, words in answer_words(bundle, element, data):
        yield f"    {label}: {words}"


def _moves(bundle: Bundle, scenario: Scenario) -> Iterator[str]:
    names, elements = Names(bundle, scenario.process), bundle.definition(scenario.process).elements
    for move in scenario.moves:
        made = _made(bundle, names, move)
        yield made_words(names, move, made)
        yield from _answers(bundle, elements.get(made), move.data)
        if move.next is not None:
            opened = names.listed(names.ids_of(move.next))
            yield "    " + gettext("Open then: {open}").format(open=opened)


def _made(bundle: Bundle, names: Names, move: Move) -> str:
    """The element at which a move happens: of a message or signal one that waits for it."""
    if move.kind in ("complete", "fire"):
        return names.id_of(move.target)
    named = (
        node.id
        for node in bundle.routes.nodes
        if node.element.kind in _CATCHING and any(event.name == move.target for event in node.events)
    )
    return next(named, move.target)


_CATCHING = ("startEvent", "boundaryEvent", "intermediateCatchEvent", "receiveTask")


def _expected(bundle: Bundle, scenario: Scenario) -> Iterator[str]:
    names, expected = Names(bundle, scenario.process), scenario.expected
    yield from _each(gettext("Opens: “{name}”"), map(names.name, names.ids_of(expected.path)))
    yield from _each(
        gettext("Withdrawn by the procedure: “{name}”"), map(names.name, names.ids_of(expected.withdrawn))
    )
    yield from _each(gettext("Mail: “{name}”"), (mail_words(bundle, kind) for kind in expected.notices))
    yield from _each(gettext("Ends as: “{name}”"), [outcome_words(expected.outcome)])


def _each(pattern: str, names: Iterable[str]) -> Iterator[str]:
    return (pattern.format(name=name) for name in names)


def _given(_: Bundle, scenario: Scenario) -> Iterator[str]:
    return _returned(scenario.steps)


def _returned(steps: Returns) -> Iterator[str]:
    """What steps of the product return, each time that one is asked."""
    pattern = gettext("“{step}” gives: {values}")
    for step, given in steps.items():
        for values in given:
            told = ", ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in values.items())
            yield pattern.format(step=step_words(step), values=told)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


_PARTS = {MOVES: _moves, EXPECTED: _expected, GIVEN: _given}
