"""An instance of a process: start it, complete its work, let its events happen, save it and load it again.

An instance is a plain object of one thread. When a method raises anything but `NotWaiting`, `NotFlat` or
`EngineError` of its own before a change, the instance stands half way and refuses further use; load it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from engine import state as saved
from engine import tasks
from engine.definition import Definition
from engine.elements import Element
from engine.errors import EngineError, NotWaiting, Stuck
from engine.expressions import Context
from engine.expressions.dates import NO_CONTEXT
from engine.scripting import SafeEngine, Step
from engine.tokens import Chooser, Token, Trace
from engine.workflow import Run

__all__ = ["Chooser", "Instance", "OpenWork", "Step", "Trace"]

Kind = Literal["user_task", "worker_task", "timer", "message", "signal", "conditional", "several", "plain"]


@dataclass(frozen=True)
class OpenWork:
    """Something an instance waits for.

    `id` stays the same from when it opens until it closes, through saving and loading. `kind`: a `user_task`
    (manual and plain tasks too) and a `worker_task` (work of another system) are completed, a `timer` fired, a
    `message` received, a `signal` sent, a `conditional` comes about by the data; an event that waits for several
    things is `several`, one that does not say for what `plain`.
    `calling_lanes`: lanes of the call activities around it, outermost first, `calls`: their ids. `value`: a timer's
    evaluated text. `name`: the message or signal. `index`: which instance of a multi-instance or round of a loop.
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
    index: int | None = None
    calls: tuple[str, ...] = ()


class Instance:
    """A running process. Make one with `start` or `load`."""

    def __init__(self, definition: Definition, run: Run, status: str = "open") -> None:
        self.definition = definition
        self.cancelled = status == "cancelled"
        self._run = run
        self._usable = True

    @classmethod
    def start(
        cls,
        definition: Definition,
        data: Mapping[str, object],
        step: Step,
        *,
        at: str | None = None,
        chooser: Chooser | None = None,
        context: Context = NO_CONTEXT,
    ) -> Instance:
        """Start a process; it runs until it waits or ends.

        `data`: what the definition takes (flat in the house). `step`: the host's service call. `at`: one of
        `definition.starts`, where there are several; what it waits for counts as happened. `chooser`: stands in for
        conditions and loop markers. `context`: the moment and the business calendar that expressions may ask for.
        """
        instance = cls.prepare(definition, step, chooser=chooser, context=context)
        instance.begin(data, at=at)
        return instance

    @classmethod
    def prepare(
        cls,
        definition: Definition,
        step: Step,
        *,
        chooser: Chooser | None = None,
        context: Context = NO_CONTEXT,
    ) -> Instance:
        """An instance that has not begun: for a host that wants its trace also when it meets an incident at once."""
        return cls(definition, Run(definition, SafeEngine(definition, step, context), chooser))

    def begin(self, data: Mapping[str, object], *, at: str | None = None) -> None:
        """Put the first tokens where the process begins, once, and run until it waits or ends; see `start`."""
        values = self.definition.taken(data, "The data to start with")
        entry = _entry(self.definition, at)
        with self._changing():
            self._run.begin(values, entry)

    @classmethod
    def load(
        cls,
        definition: Definition,
        state: bytes,
        step: Step,
        *,
        chooser: Chooser | None = None,
        context: Context = NO_CONTEXT,
    ) -> Instance:
        """Go on from a saved state, or raise `DamagedState`."""
        return cls(definition, *saved.load(definition, state, SafeEngine(definition, step, context), chooser))

    def dump(self) -> bytes:
        """The saved state: bytes that `load` takes."""
        self._demand_usable()
        return saved.dump(self.definition, self._run, self._status())

    def _status(self) -> str:
        if self.cancelled:
            return "cancelled"
        return "ended" if self.ended else "failed" if self.failed else "open"

    @property
    def ended(self) -> bool:
        """An end event was reached and nothing is live. A cancelled instance has not ended."""
        return self._run.ended

    @property
    def failed(self) -> bool:
        """An error was thrown that nothing in the diagram catches: everything was ended."""
        return self._run.failed

    @property
    def outcome(self) -> str | None:
        """The `outcome` of the end event at which the top process ended; None before."""
        return self._run.outcome if self.ended else None

    @property
    def trace(self) -> list[Trace]:
        """What happened since the instance was started or loaded, in order; a host may empty the list."""
        return self._run.trace

    @property
    def taken(self) -> list[str]:
        """The ids of the sequence flows that were taken since the instance was started or loaded, in order."""
        return [flow for flow in self._run.taken if flow]

    def open_work(self) -> list[OpenWork]:
        """Everything the instance waits for: what people do and what has to happen."""
        run = self._run
        open_ = run.people.keys() | {token.id for token in self._fireable()}
        return [_open_work(token) for token in run.tokens() if token.id in open_]

    def complete(self, work_id: str, data: Mapping[str, object]) -> None:
        """Complete a task of a person or worker with data that are merged into the process data."""
        self._demand_usable()
        token = self._run.people.get(work_id)
        if token is None:
            raise NotWaiting("This task is not open (any more).")
        values = self.definition.taken(data, f"The answer to {token.element.id}")
        with self._changing():
            self._run.write(token, values)
            token.run()

    def is_waiting_for(self, message: str) -> bool:
        """Whether a message would be received."""
        return self.hears("message", message)

    def hears(self, kind: Literal["message", "signal"], name: str | None) -> bool:
        """Whether something waits for a message or signal; None: one that is drawn without a name."""
        return any(token.task_spec.hears(kind, name) for token in self._run.waiting.values())

    def receive(self, message: str) -> None:
        """Deliver a message to everything in this instance that waits for it."""
        self._demand_usable()
        if not self.is_waiting_for(message):
            raise NotWaiting(f"Nothing waits for the message {message}.")
        with self._changing():
            self._run.deliver("message", message)

    def signal(self, name: str | None) -> None:
        """Send a signal to all that waits for it here; nobody waiting is no error. None: one drawn without a name."""
        with self._changing():
            self._run.deliver("signal", name)

    def fire(self, work_id: str) -> None:
        """Let an event that waits come about: a timer that is due, or any other that the host knows has happened."""
        self._demand_usable()
        token = next((token for token in self._fireable() if token.id == work_id), None)
        if token is None:
            raise NotWaiting("This event is not waiting (any more).")
        with self._changing():
            token.task_spec.happen(token)

    def cancel(self) -> None:
        """End everything without taking a path. The instance has no open work then, and has not `ended`."""
        if self.ended or self.failed or self.cancelled:
            raise NotWaiting("The instance is over already.")
        self._demand_usable()
        self._run.abandon()
        self.cancelled = True

    def _demand_usable(self) -> None:
        if not self._usable:
            raise EngineError("The instance stands half way through a change that failed; load it again.")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A change and all that follows from it; the instance is unusable unless all of it succeeds."""
        self._demand_usable()
        self._usable = False
        self._run.begun = 0
        yield
        self._run.go()
        self._usable = True
        self._demand_open()

    def _demand_open(self) -> None:
        """Either ended, or waiting for something: an instance that does neither would be silent for ever."""
        stuck = self.stuck()
        if stuck:
            reason = "Nothing is left that could happen, and no end event was reached."
            raise Stuck(reason, stuck[-1][1].id)

    def stuck(self) -> list[tuple[str, Element]]:
        """Where tokens stand for ever, with an id each: joins whose other tokens cannot come any more.

        Empty as long as anything can happen.
        """
        run = self._run
        if run.ended or run.failed or self.cancelled or run.people or self._fireable():
            return []
        return [(token.id, token.element) for token in run.tokens()]

    def _fireable(self) -> list[Token]:
        """The events that the world outside of the diagram can let happen; an error or escalation it cannot."""
        return [token for token in self._run.waiting.values() if _kind_of_event(token) is not None]


def _entry(definition: Definition, at: str | None) -> str | None:
    """Where to begin: as asked; None where the drawing says so; else at the first of the events."""
    drawn = definition.elements.keys() & definition.specs[definition.process_id].task_specs.keys()
    if at is not None and at not in drawn:
        raise NotWaiting(f"The process has no element {at}.")
    if at is None and not definition.specs[definition.process_id].first and definition.starts:
        return definition.starts[0]
    return at


def _open_work(token: Token) -> OpenWork:
    spec, element = token.task_spec, token.element
    kind: Kind = "worker_task" if isinstance(spec, tasks.Worker) else "user_task"
    name = None
    if not spec.manual:
        kind = _kind_of_event(token) or "several"
        name = next((trigger.name for trigger in spec.triggers if kind in ("message", "signal")), None)
    return OpenWork(
        token.id, kind, element, element.lane, _calling_lanes(token), token.internal_data.get("value"), name,
        dict(token.data), element.process_id, token.internal_data.get("index"),
        tuple(call.id for call in _calls(token)),
    )  # fmt: skip


_FIRED_FROM_OUTSIDE: tuple[Kind, ...] = ("timer", "message", "signal", "conditional")


def _kind_of_event(token: Token) -> Kind | None:
    """What an event waits for; None for what only the diagram itself can throw."""
    kinds = [trigger.kind for trigger in token.task_spec.triggers]
    if not kinds:
        return "plain"
    if not any(kind in _FIRED_FROM_OUTSIDE for kind in kinds):
        return None
    return next(kind for kind in _FIRED_FROM_OUTSIDE if kind == kinds[0]) if len(kinds) == 1 else "several"


def _calling_lanes(token: Token) -> tuple[str, ...]:
    return tuple(call.lane for call in _calls(token) if call.lane)


def _calls(token: Token) -> list[Element]:
    """The call activities around a token, outermost first."""
    found: list[Element] = []
    caller = token.workflow.caller
    while caller is not None:
        if isinstance(caller.task_spec, tasks.Call):
            found.insert(0, caller.task_spec.element)
        caller = caller.workflow.caller
    return found
