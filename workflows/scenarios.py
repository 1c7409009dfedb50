"""Scenarios of a bundle (`scenarios/*.json`): cases played in memory, with what is expected of them.

{
  "name": "The client withdraws",
  "process": "opt_in_5512pro",
  "steps": {"check_may_open": [{"may_open": false}]},     what steps return, where it is not as usual
  "moves": [
    {"complete": "T3_VerifyAccount", "data": {"account": "not_sure"}, "next": "T4"},
    {"fire": "TM_RemindSupervisor"}, {"receive": "client_withdrew"}],
  "expect": {"path": "T3 T4", "withdrawn": "T4", "notices": ["notify_supervisor"], "outcome": "withdrawn"}
}

A move tells only the answers that differ from those of `usual.json`. A task is named by its id, or by what stands before
the first `_` of it where no other task begins so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workflows.definitions import Bundle
from workflows.language import gettext
from workflows.unreadable import why_unreadable

FOLDER = "scenarios/"
USUAL = "scenarios/usual.json"

Kind = Literal["complete", "fire", "receive", "signal"]
KINDS: tuple[Kind, ...] = ("complete", "fire", "receive", "signal")
Answers = Mapping[str, Any]
Returns = Mapping[str, tuple[Answers, ...]]


class BadScenario(Exception):
    """A file that is no scenario; the message is a sentence that says why."""


@dataclass(frozen=True)
class Move:
    """One thing that happens: a task is completed, a timer fires, a message or signal comes.

    `target`: the id of the element, or the name of the message. `data`: the answers that are not the usual ones. `next`:
    the tasks that are open afterwards, None where nothing is said of it.
    """

    kind: Kind
    target: str
    data: Answers = field(default_factory=dict)
    next: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Expected:
    """How a scenario comes out: tasks in the order they open, those that are withdrawn, mails in their order, the end."""

    path: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True)
class Scenario:
    """A scenario as its file says it; `steps`: what steps of the product return, in turn, the last one again and again."""

    file: str
    name: str
    process: str
    moves: tuple[Move, ...] = ()
    expected: Expected = Expected()
    steps: Returns = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the file without folder and ending, as addresses have it."""
        return key_of(self.file)


@dataclass(frozen=True)
class Usual:
    """What is answered and returned where a scenario says nothing: by task, and by step."""

    answers: Mapping[str, Answers] = field(default_factory=dict)
    steps: Returns = field(default_factory=dict)


def key_of(file: str) -> str:
    """The name of a scenario's file without folder and ending."""
    return file.removeprefix(FOLDER).removesuffix(".json")


def file_of(key: str) -> str:
    """The file of a scenario in its bundle."""
    return f"{FOLDER}{key}.json"


def names(files: Mapping[str, str]) -> list[str]:
    """The files of a bundle that are scenarios, by name."""
    return sorted(name for name in files if name.startswith(FOLDER) and name != USUAL)


def read(files: Mapping[str, str], name: str) -> Scenario:
    """The scenario of a file. Raises `BadScenario`."""
    raw = _object(_parsed(files[name]), gettext("The file"))
    expected = _object(raw.get("expect", {}), "expect")
    return Scenario(
        name,
        _text(raw, "name"),
        _text(raw, "process"),
        tuple(move_of(entry) for entry in _list(raw, "moves")),
        Expected(
            _words(expected, "path"),
            _words(expected, "withdrawn"),
            tuple(str(kind) for kind in _list(expected, "notices")),
            str(expected.get("outcome", "")),
        ),
        _returns(raw),
    )


def read_usual(files: Mapping[str, str]) -> Usual:
    """The usual answers of a bundle; none where it has no such file. Raises `BadScenario`."""
    raw = _object(_parsed(files.get(USUAL, "{}")), gettext("The file"))
    answers = _object(raw.get("answers", {}), "answers")
    return Usual({task: _object(given, task) for task, given in answers.items()}, _returns(raw))


def text_of(scenario: Scenario) -> str:
    """A scenario as its file."""
    told: dict[str, object] = {"name": scenario.name, "process": scenario.process}
    if scenario.steps:
        told["steps"] = {step: list(given) for step, given in scenario.steps.items()}
    expected = scenario.expected
    told["moves"] = [move_entry(move) for move in scenario.moves]
    told["expect"] = {
        "path": " ".join(expected.path),
        **({"withdrawn": " ".join(expected.withdrawn)} if expected.withdrawn else {}),
        **({"notices": list(expected.notices)} if expected.notices else {}),
        "outcome": expected.outcome,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def entry_processes(bundle: Bundle) -> tuple[str, ...]:
    """The processes that cases start: those that no other one calls."""
    return tuple(process for process in bundle.file_of_process if not bundle.routes.callers(process))


def move_entry(move: Move) -> dict[str, object]:
    """A move as a file has it."""
    told: dict[str, object] = {move.kind: move.target}
    if move.data:
        told["data"] = dict(move.data)
    if move.next is not None:
        told["next"] = " ".join(move.next)
    return told


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        words = gettext("It cannot be read as JSON: {why}.")
        raise BadScenario(words.format(why=why_unreadable(error))) from None


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadScenario(gettext("“{name}” must be an object in braces.").format(name=name))
    return value


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name, [])
    if not isinstance(value, list):
        raise BadScenario(gettext("“{name}” must be a list in brackets.").format(name=name))
    return value


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadScenario(gettext("“{name}” is missing; it is a text in quotes.").format(name=name))
    return value


def _words(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_text(raw, name).split()) if raw.get(name) else ()


def move_of(entry: Any) -> Move:
    """The move that a file has. Raises `BadScenario`."""
    raw = _object(entry, "moves")
    kinds = [kind for kind in KINDS if isinstance(raw.get(kind), str)]
    if len(kinds) != 1:
        raise BadScenario(
            gettext("A move is one of complete, fire, receive and signal, with what it is about.")
        )
    following = tuple(_text(raw, "next").split()) if raw.get("next") else () if "next" in raw else None
    return Move(kinds[0], raw[kinds[0]], _object(raw.get("data", {}), "data"), following)


def _returns(raw: Mapping[str, Any]) -> Returns:
    steps = _object(raw.get("steps", {}), "steps")
    return {step: tuple(_object(one, step) for one in _list(steps, step)) for step in steps}
