"""One walk on two instances of a process: one is kept, the other saved and loaded after every move.

Everything that can be seen of the two must be the same at every wait: open work, trace, end, outcome, and the state
they save. And a state that is loaded and saved again has the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import chain, repeat

from bpmn_builder import files

import engine

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def without_ids(state: bytes) -> dict:
    """A saved state in which the chance-given ids are numbered."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"id {len(numbers)}")

    return json.loads(_ID.sub(number, state.partition(b"\n")[2].decode()))


def look(instance: engine.Instance) -> tuple:
    """Everything that can be seen of an instance from outside, without the chance-given ids."""
    work = [
        (w.element.id, w.kind, w.value, w.name, w.index, w.calling_lanes, w.data)
        for w in instance.open_work()
    ]
    stuck = [element.id for _, element in instance.stuck()]
    return work, stuck, instance.ended, instance.failed, instance.cancelled, instance.outcome


class Walk:
    """A process under way, both ways. A move that the engine refuses is refused both ways, and raised.

    `play("A")` and `play(("A", {…}))` complete a task (`A#1` its instance with index 1), `!T` lets an event
    happen, `<m` receives a message, `~s` sends a signal.
    """

    def __init__(
        self, definition: engine.Definition, data: Mapping, stepping=None, at: str | None = None
    ) -> None:
        stepping = stepping or (lambda: lambda element, data: None)
        self.definition = definition
        self.trace: list[engine.Trace] = []
        self.kept = engine.Instance.prepare(definition, stepping())
        self.step = stepping()
        self.restored = engine.Instance.prepare(definition, self.step)
        self._both(lambda instance: instance.begin(data, at=at))

    def play(self, *moves) -> Walk:
        """Make moves."""
        for move in moves:
            name, data = move if isinstance(move, tuple) else (move, {})
            self._both(lambda instance, name=name, data=data: _make(instance, name, data))
        return self

    def let(self, place: int, data: Mapping) -> Walk:
        """Let the open work at a position happen, whatever it is."""
        self._both(lambda instance: _let(instance, instance.open_work()[place], data))
        return self

    def cancel(self) -> Walk:
        """Cancel the instance."""
        self._both(lambda instance: instance.cancel())
        return self

    def _both(self, change) -> None:
        refusals = [_refusal(change, instance) for instance in (self.kept, self.restored)]
        assert [str(refusal) for refusal in refusals] == [str(refusals[0])] * 2
        refusal = refusals[0]
        assert self.kept.trace == self.restored.trace
        self.trace += self.kept.trace
        self.kept.trace.clear()
        self.restored.trace.clear()
        if refusal is None or isinstance(refusal, engine.NotWaiting) or self.stuck_at(refusal):
            self._save_and_load()
        if refusal is not None:
            raise refusal

    def stuck_at(self, refusal) -> bool:
        """Whether the instance stands at joins, where it still can be looked at and saved."""
        return isinstance(refusal, engine.Incident) and "Nothing is left" in refusal.reason

    def _save_and_load(self) -> None:
        state = self.restored.dump()
        self.restored = engine.Instance.load(self.definition, state, self.step)
        assert self.restored.dump() == state
        assert look(self.kept) == look(self.restored)
        assert without_ids(self.kept.dump()) == without_ids(state)

    # --- What came of it ---

    @property
    def open(self) -> list[str]:
        """The elements that wait, in order of the alphabet."""
        return sorted(work.element.id for work in self.kept.open_work())

    def data(self, element: str) -> dict:
        """The data of the first open work at an element."""
        return dict(next(w.data for w in self.kept.open_work() if w.element.id == element))

    @property
    def end(self) -> str | None:
        """ended, failed, cancelled, or None while it is open."""
        named = {"ended": self.kept.ended, "failed": self.kept.failed, "cancelled": self.kept.cancelled}
        return next((name for name, holds in named.items() if holds), None)

    @property
    def outcome(self) -> str | None:
        """The outcome of the end event."""
        return self.kept.outcome

    def did(self, *events: str) -> list[str]:
        """The elements at which these things happened, in order."""
        return [trace.element.id for trace in self.trace if trace.event in events]

    @property
    def completed(self) -> list[str]:
        """The elements that were completed, in order."""
        return self.did("completed")

    @property
    def cancelled(self) -> list[str]:
        """The elements that were cancelled, in order."""
        return self.did("cancelled")

    def threw(self, event: str) -> list[str | None]:
        """The names of what was thrown: messages, signals, or what nothing caught."""
        return [trace.name for trace in self.trace if trace.event == event]


def both_ways(text: str | dict[str, str], *moves, data=None, steps=None, at=None, limits=None) -> Walk:
    """Start a process (or a bundle, its first process `main`) and make moves."""
    processes = {"main": text} if isinstance(text, str) else text
    definition = engine.load(files(**processes), "main", rules="standard", limits=limits or engine.Limits())
    return Walk(definition, data or {}, lambda: _stepping(steps or {}), at).play(*moves)


def _refusal(change, instance: engine.Instance) -> engine.EngineError | None:
    try:
        change(instance)
    except engine.EngineError as refusal:
        return refusal
    return None


def _stepping(steps: Mapping):
    """What the host's steps do: return what is given in turn (the last one again and again), or raise it."""
    given = {name: chain(values, repeat(values[-1])) for name, values in steps.items()}

    def step(element, data):
        answer = next(given[element.step]) if element.step in given else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    return step


def _make(instance: engine.Instance, name: str, data: Mapping) -> None:
    if name.startswith("<"):
        instance.receive(name[1:])
    elif name.startswith("~"):
        instance.signal(name[1:])
    elif name.startswith("!"):
        instance.fire(_find(instance, name[1:]))
    else:
        instance.complete(_find(instance, name), data)


def _let(instance: engine.Instance, work: engine.OpenWork, data: Mapping) -> None:
    if work.kind in ("user_task", "worker_task"):
        instance.complete(work.id, data)
    elif work.kind == "message":
        instance.receive(work.name)
    elif work.kind == "signal":
        instance.signal(work.name)
    else:
        instance.fire(work.id)


def _find(instance: engine.Instance, name: str) -> str:
    element, _, index = name.partition("#")
    for work in instance.open_work():
        if work.element.id == element and (not index or work.index == int(index)):
            return work.id
    raise engine.NotWaiting(f"{name} is not open.")
