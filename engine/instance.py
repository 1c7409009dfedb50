"""An instance of a process: start it, complete its work, let its events happen, save it and load it again.

An instance is a plain object of one thread. When a method raises anything but `NotWaiting`, `NotFlat` or
`EngineError` of its own before a change, the instance stands half way and refuses further use; load it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent

from engine import state as saved
from engine import tasks
from engine.definition import Definition
from engine.elements import Element
from engine.errors import EngineError, Incident, NotWaiting
from engine.scripting import SafeEngine, Step
from engine.values import flat
from engine.workflow import Run, Token, Trace

__all__ = ["Instance", "OpenWork", "Step", "Trace"]

Kind = Literal["user_task", "timer", "message", "signal"]


@dataclass(frozen=True)
class OpenWork:
    """Something an instance waits for.

    `id` stays the same from when it opens until it closes, through saving and loading. `kind`: a `user_task`
    (manual tasks too) is completed, a `timer` fired, a `message` received, a `signal` sent. `calling_lanes`:
    lanes of the call activities around it, outermost first. `value`: a timer's evaluated text. `name`: the
    message or signal.
    """

    id: str
    kind: Kind
    element: Element
    lane: str | None
    calling_lanes: tuple[str, ...]
    value: str | None
    name: str | None
    data: Mapping[str, object]
    process_id: str


class Instance:
    """A running process. Make one with `start` or `load`."""

    def __init__(self, definition: Definition, run: Run, status: str = "open") -> None:
        self.definition = definition
        self.cancelled = status == "cancelled"
        self._run = run
        self._usable = True

    @classmethod
    def start(cls, definition: Definition, data: Mapping[str, object], step: Step) -> Instance:
        """Start a process with flat data; it runs until it waits or ends."""
        values = flat(data, "The data to start with")
        run = Run(definition, SafeEngine(definition.conditions, step))
        instance = cls(definition, run)
        with instance._changing():
            run.begin(values)
        return instance

    @classmethod
    def load(cls, definition: Definition, state: bytes, step: Step) -> Instance:
        """Go on from a saved state, or raise `DamagedState`."""
        return cls(definition, *saved.load(definition, state, step))

    def dump(self) -> bytes:
        """The saved state: bytes that `load` takes."""
        self._demand_usable()
        status = "cancelled" if self.cancelled else "ended" if self.ended else "open"
        return saved.dump(self.definition, self._run, status)

    @property
    def ended(self) -> bool:
        """An end event was reached and nothing is live. A cancelled instance has not ended."""
        return self._run.ended

    @property
    def outcome(self) -> str | None:
        """The `outcome` of the end event at which the top process ended; None before."""
        return self._run.outcome if self.ended else None

    @property
    def trace(self) -> list[Trace]:
        """What happened since the instance was started or loaded, in order; a host may empty the list."""
        return self._run.trace

    def open_work(self) -> list[OpenWork]:
        """Everything the instance waits for: what people do and what has to happen."""
        run = self._run
        open_ = run.people.keys() | run.event_manager.tasks.keys()
        return [_open_work(token) for token in run.tokens() if token.id in open_]

    def complete(self, work_id: str, data: Mapping[str, object]) -> None:
        """Complete a user or manual task with flat data, which are merged into the process data."""
        self._demand_usable()
        token = self._run.people.get(work_id)
        if token is None:
            raise NotWaiting("This task is not open (any more).")
        values = flat(data, f"The answer to {token.task_spec.name}")
        with self._changing():
            token.data = {**token.data, **values}
            token.run()

    def is_waiting_for(self, message: str) -> bool:
        """Whether a message would be received."""
        return any(_name(token, tasks.Message) == message for token in self._run.event_manager.tasks.values())

    def receive(self, message: str) -> None:
        """Deliver a message to everything in this instance that waits for it."""
        self._demand_usable()
        if not self.is_waiting_for(message):
            raise NotWaiting(f"Nothing waits for the message {message}.")
        with self._changing():
            self._run.catch(BpmnEvent(tasks.Message(message)))

    def signal(self, name: str) -> None:
        """Send a signal to everything in this instance that waits for it; nobody waiting is no error."""
        with self._changing():
            self._run.catch(BpmnEvent(tasks.Signal(name)))

    def fire(self, work_id: str) -> None:
        """Let a waiting timer fire."""
        self._demand_usable()
        token = self._run.event_manager.tasks.get(work_id)
        if token is None or not isinstance(token.task_spec.event_definition, tasks.Timer):
            raise NotWaiting("This timer is not waiting (any more).")
        with self._changing():
            self._run.fire(token)

    def cancel(self) -> None:
        """End everything without taking a path. The instance has no open work then, and has not `ended`."""
        if self.ended or self.cancelled:
            raise NotWaiting("The instance is over already.")
        self._demand_usable()
        self._run.cancel_all()
        self.cancelled = True

    def _demand_usable(self) -> None:
        if not self._usable:
            raise EngineError("The instance stands half way through a change that failed; load it again.")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A change and all that follows from it; the instance is unusable unless all of it succeeds."""
        self._demand_usable()
        self._usable = False
        yield
        self._run.go()
        self._demand_open()
        self._usable = True

    def _demand_open(self) -> None:
        """Either ended, or waiting for something: an instance that does neither would be silent for ever."""
        run = self._run
        if not (run.ended or self.cancelled or run.people or run.event_manager.tasks):
            stuck = list(run.tokens())
            where = stuck[-1].task_spec.element.id if stuck else None
            raise Incident("Nothing is left that could happen, and no end event was reached.", where)


def _open_work(token: Token) -> OpenWork:
    spec = token.task_spec
    element: Element = spec.element
    kind: Kind = "user_task"
    if not spec.manual:
        kind = _KINDS[type(spec.event_definition)]
    name = spec.event_definition.name if kind in ("message", "signal") else None
    value = token.internal_data.get("value")
    return OpenWork(
        token.id, kind, element, element.lane, _calling_lanes(token), value, name, dict(token.data),
        element.process_id,
    )  # fmt: skip


_KINDS: Mapping[type, Kind] = {tasks.Timer: "timer", tasks.Message: "message", tasks.Signal: "signal"}


def _name(token: Token, kind: type[EventDefinition]) -> str | None:
    event = token.task_spec.event_definition
    return str(event.name) if isinstance(event, kind) else None


def _calling_lanes(token: Token) -> tuple[str, ...]:
    lanes: list[str] = []
    caller = token.workflow.caller
    while caller is not None:
        if isinstance(caller.task_spec, tasks.Call) and caller.task_spec.element.lane:
            lanes.insert(0, caller.task_spec.element.lane)
        caller = caller.workflow.caller
    return tuple(lanes)
