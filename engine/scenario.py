"""Run a scenario of a process in memory: who does what, and what the host's steps return.

The same scenario runs in two ways, which must come out the same: with one instance kept, or with the instance
saved and loaded between all moves (`restoring`). Diagrams carry their scenarios as JSON, see `Scenario.parse`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, Literal

from engine.definition import Definition
from engine.elements import Element
from engine.errors import NotWaiting
from engine.instance import Instance, OpenWork, Trace

__all__ = ["Move", "Result", "Scenario", "run"]

Data = Mapping[str, object]
MAX_MOVES = 1_000


@dataclass(frozen=True)
class Move:
    """One thing that happens.

    `complete`: `target` is the element id of an open task, `data` the answers. `fire`: the element id of a waiting
    timer. `receive` and `signal`: the name of the message or signal.
    """

    kind: Literal["complete", "fire", "receive", "signal"]
    target: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """What happens to a process.

    `data`: to start with. `moves`: in this order. `answers`: when no move is left, open tasks with an answer left are
    completed, the first one first; an element has a list of answers, used in turn. `steps`: what a service task's
    step returns, in turn, the last one again and again; a step that is not named returns nothing.
    """

    name: str = ""
    data: Data = field(default_factory=dict)
    moves: Sequence[Move] = ()
    answers: Mapping[str, Sequence[Data]] = field(default_factory=dict)
    steps: Mapping[str, Sequence[Data]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | bytes) -> Scenario:
        """Read JSON: `{"name", "data", "moves": [{"complete": "T1", "data": {…}}, {"fire": "TM"},
        {"receive": "paid"}, {"signal": "stop"}], "answers": {"T1": [{…}]}, "steps": {"count": [{…}]}}`."""
        raw: Any = json.loads(text)
        moves = tuple(_move(entry) for entry in raw.get("moves", ()))
        return cls(
            raw.get("name", ""), raw.get("data", {}), moves, raw.get("answers", {}), raw.get("steps", {})
        )


def _move(entry: Mapping[str, Any]) -> Move:
    for kind in ("complete", "fire", "receive", "signal"):
        if kind in entry:
            return Move(kind, entry[kind], entry.get("data", {}))
    raise ValueError("A move is one of complete, fire, receive, signal.")


@dataclass(frozen=True)
class Result:
    """How a scenario came out: element ids in the order they were completed or cancelled, and the end.

    `open` holds the element ids that wait; `data` the process data of each, in the same order.
    """

    visited: tuple[str, ...]
    cancelled: tuple[str, ...]
    ended: bool
    outcome: str | None
    open: tuple[str, ...]
    data: tuple[Data, ...]


def run(definition: Definition, scenario: Scenario, *, restoring: bool = False) -> Result:
    """Run a scenario; `NotWaiting` when a move does not fit what is open, and the engine's other errors."""
    return _Player(definition, scenario, restoring).play()


class _Player:
    """An instance and what is left of its scenario."""

    def __init__(self, definition: Definition, scenario: Scenario, restoring: bool) -> None:
        self.definition = definition
        self.scenario = scenario
        self.restoring = restoring
        self.returns = {
            name: chain(given, repeat(given[-1])) for name, given in scenario.steps.items() if given
        }
        self.answers = {element: list(given) for element, given in scenario.answers.items()}
        self.trace: list[Trace] = []
        self.instance = Instance.start(definition, scenario.data, self.step)

    def step(self, element: Element, data: Data) -> Data | None:
        """Stand in for the host's steps."""
        given = self.returns.get(element.step or "")
        return None if given is None else next(given)

    def play(self) -> Result:
        """Make all moves, then give the answers that are left."""
        self._between()
        for move in self.scenario.moves:
            self._make(move)
            self._between()
        for _ in range(MAX_MOVES):
            answered = next(
                (work for work in self._open("user_task") if self.answers.get(work.element.id)), None
            )
            if answered is None:
                break
            self.instance.complete(answered.id, self.answers[answered.element.id].pop(0))
            self._between()
        return self._result()

    def _between(self) -> None:
        self.trace += self.instance.trace
        self.instance.trace.clear()
        if self.restoring:
            self.instance = Instance.load(self.definition, self.instance.dump(), self.step)

    def _make(self, move: Move) -> None:
        if move.kind == "receive":
            self.instance.receive(move.target)
        elif move.kind == "signal":
            self.instance.signal(move.target)
        elif move.kind == "fire":
            self.instance.fire(self._find("timer", move.target).id)
        else:
            self.instance.complete(self._find("user_task", move.target).id, move.data)

    def _open(self, kind: str) -> list[OpenWork]:
        return [work for work in self.instance.open_work() if work.kind == kind]

    def _find(self, kind: str, element_id: str) -> OpenWork:
        for work in self._open(kind):
            if work.element.id == element_id:
                return work
        raise NotWaiting(f"{self.scenario.name}: {element_id} is not open.")

    def _result(self) -> Result:
        work = self.instance.open_work()
        return Result(
            tuple(trace.element.id for trace in self.trace if trace.event == "completed"),
            tuple(trace.element.id for trace in self.trace if trace.event == "cancelled"),
            self.instance.ended,
            self.instance.outcome,
            tuple(item.element.id for item in work),
            tuple(item.data for item in work),
        )
