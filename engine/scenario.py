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
from engine.expressions import Context
from engine.expressions.dates import NO_CONTEXT
from engine.instance import Instance, OpenWork, Step, Trace

__all__ = ["Move", "Player", "Result", "Scenario", "run"]

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
    """How a scenario came out: element ids in the order they were entered, completed or cancelled, and the end.

    `taken`: the sequence flows that were followed, each once. `open` holds the element ids that wait; `data` the process
    data of each, in the same order.
    """

    visited: tuple[str, ...]
    cancelled: tuple[str, ...]
    ended: bool
    outcome: str | None
    open: tuple[str, ...]
    data: tuple[Data, ...]
    entered: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


def run(definition: Definition, scenario: Scenario, *, restoring: bool = False) -> Result:
    """Run a scenario; `NotWaiting` when a move does not fit what is open, and the engine's other errors."""
    return Player(definition, scenario, restoring=restoring).play()


class Player:
    """An instance and what is left of its scenario.

    `step` stands in for the host's steps; without one they return what the scenario says.
    """

    def __init__(
        self,
        definition: Definition,
        scenario: Scenario,
        *,
        restoring: bool = False,
        step: Step | None = None,
        context: Context = NO_CONTEXT,
    ) -> None:
        self.definition = definition
        self.scenario = scenario
        self.restoring = restoring
        self.returns = {
            name: chain(given, repeat(given[-1])) for name, given in scenario.steps.items() if given
        }
        self.answers = {element: list(given) for element, given in scenario.answers.items()}
        self.trace: list[Trace] = []
        self.taken: dict[str, None] = {}
        self.step = step or self.told
        self.context = context
        self.instance = Instance.prepare(definition, self.step, context=context)

    def told(self, element: Element, data: Data) -> Data | None:
        """What the scenario says that the step of an element returns."""
        given = self.returns.get(element.step or "")
        return None if given is None else next(given)

    def play(self) -> Result:
        """Begin, make all moves, then give the answers that are left."""
        self.begin()
        for move in self.scenario.moves:
            self.make(move)
        for _ in range(MAX_MOVES):
            answered = next(
                (work for work in self.open("user_task") if self.answers.get(work.element.id)), None
            )
            if answered is None:
                break
            self.make(Move("complete", answered.element.id, self.answers[answered.element.id].pop(0)))
        return self.result()

    def begin(self) -> None:
        """Start the process with the data of the scenario; once, before anything else."""
        self.instance.begin(self.scenario.data)
        self._between()

    def make(self, move: Move) -> None:
        """Let one thing happen."""
        if move.kind == "receive":
            self.instance.receive(move.target)
        elif move.kind == "signal":
            self.instance.signal(move.target)
        elif move.kind == "fire":
            self.instance.fire(self._find("timer", move.target).id)
        else:
            self.instance.complete(self._find("user_task", move.target).id, move.data)
        self._between()

    def _between(self) -> None:
        self.trace += self.instance.trace
        self.taken |= dict.fromkeys(self.instance.taken)
        self.instance.trace.clear()
        if self.restoring:
            self.instance = Instance.load(
                self.definition, self.instance.dump(), self.step, context=self.context
            )

    def open(self, kind: str) -> list[OpenWork]:
        """The open work of a kind."""
        return [work for work in self.instance.open_work() if work.kind == kind]

    def _find(self, kind: str, element_id: str) -> OpenWork:
        for work in self.open(kind):
            if work.element.id == element_id:
                return work
        raise NotWaiting(f"{self.scenario.name}: {element_id} is not open.")

    def result(self) -> Result:
        """How it came out so far."""
        work = self.instance.open_work()
        return Result(
            self.happened("completed"),
            self.happened("cancelled"),
            self.instance.ended,
            self.instance.outcome,
            tuple(item.element.id for item in work),
            tuple(item.data for item in work),
            self.happened("entered"),
            tuple(self.taken),
        )

    def happened(self, event: str) -> tuple[str, ...]:
        """The ids of the elements to which something happened: entered, completed or cancelled."""
        return tuple(trace.element.id for trace in self.trace if trace.event == event)
