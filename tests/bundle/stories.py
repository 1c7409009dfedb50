"""The scenarios of the bundle (`scenarios/*.json`): cases played in memory, with what is expected of them.

A move tells only the answers that differ from `usual.json`; usual answers to questions that the form does not ask
then are left out. Every answer goes through its form, and only what the form keeps in process data is played.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from engine.scenario import Move, Scenario
from tests.bundle.procedure import FOLDER, elements, fields_of, open_boxes, process_answers

USUAL: Mapping[str, Any] = json.loads((FOLDER / "scenarios" / "usual.json").read_bytes())


@dataclass(frozen=True)
class Story:
    """A scenario and how it comes out.

    `nexts`: for each move the labels of the user tasks that are open afterwards, None where the file says nothing.
    `path`: labels of the user tasks in the order they opened. `withdrawn`: those that the process closed itself.
    `notices`: kinds of messages in the order they were sent.
    """

    name: str
    process: str
    scenario: Scenario
    nexts: tuple[str | None, ...]
    path: tuple[str, ...]
    withdrawn: tuple[str, ...]
    notices: tuple[str, ...]
    outcome: str


def _read(name: str) -> Story:
    text = (FOLDER / "scenarios" / f"{name}.json").read_bytes()
    raw, told = json.loads(text), Scenario.parse(text)
    played = replace(
        told, moves=[_played(move) for move in told.moves], steps={**USUAL["steps"], **told.steps}
    )
    expected = raw["expect"]
    return Story(
        name,
        raw["process"],
        played,
        tuple(move.get("next") for move in raw["moves"]),
        tuple(expected["path"].split()),
        tuple(expected.get("withdrawn", "").split()),
        tuple(expected.get("notices", ())),
        expected["outcome"],
    )


def _played(move: Move) -> Move:
    """The move with what its form passes on to the process."""
    if move.kind != "complete":
        return move
    return replace(move, data=process_answers(elements()[move.target], answers(move.target, move.data)))


def answers(element_id: str, different: Mapping[str, Any]) -> dict[str, Any]:
    """Complete answers to a task: those that differ, and the usual ones to whatever else is asked."""
    usual, given = USUAL["answers"][element_id], {**different}
    element = elements()[element_id]
    for field in fields_of(element):
        is_usual = field.name in usual and field.name not in given
        if is_usual and field.is_shown({**open_boxes(element), **given}):
            given[field.name] = usual[field.name]
    return given


@cache
def stories() -> Mapping[str, Story]:
    """Every scenario of the bundle by the name of its file."""
    names = sorted(path.stem for path in (FOLDER / "scenarios").glob("*.json"))
    return {name: _read(name) for name in names if name != "usual"}
