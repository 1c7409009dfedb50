# mypy: disallow-subclassing-any=False
"""A running process on SpiffWorkflow's workflow and task classes, kept to its live part.

A `Token` is a SpiffWorkflow task. Live tokens are children of their process' root; a finished token leaves at
once. Data dictionaries are never changed in place, so that tokens share one until one of them differs.
SpiffWorkflow's log records carry data in `extra`; these classes write none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import uuid4

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.catching import Boundary, EventStart
from engine.elements import Element
from engine.errors import Incident, StepLimit
from engine.events import Conditional
from engine.gateways import Inclusive, Join
from engine.tasks import Embedded, EventSubProcess, Way

if TYPE_CHECKING:
    from engine.definition import Definition
    from engine.scripting import SafeEngine

What = Literal[
    "entered", "completed", "cancelled", "message", "signal", "uncaught_error", "uncaught_escalation"
]


@dataclass(frozen=True)
class Trace:
    """What happened at an element since the instance was started or loaded.

    `name`: of the message or signal it threw, or the code of the error or escalation that nothing caught.
    """

    element: Element
    event: What
    name: str | None = None


@dataclass(frozen=True, eq=False)
class Record:
    """A completed activity that can be compensated, with its data then and what was completed inside of it.

    `handler`: what runs to compensate it, None for a sub-process that is compensated by what was inside;
    `entry`: the start event of a handler that is an event sub-process.
    """

    activity: str
    data: Mapping[str, object]
    inner: tuple[Record, ...]
    handler: Any
    entry: str | None = None


class Chooser(Protocol):
    """Stands in for conditions: a person who walks through a drawing, or a test."""

    def ways(self, element: Element, flows: Sequence[str]) -> Collection[str]:
        """Which of the flows out of a gateway or activity are taken; at least one."""

    def times(self, element: Element) -> int:
        """How often an activity with a loop marker runs."""


class Token(Task):
    """A SpiffWorkflow task that knows only the present: no logging, no prediction, no finished relatives.

    `stopped`: what it threw has ended it before it could go on. `origin`: the data it began with, where only
    what it changes is taken over.
    """

    workflow: Process

    def __init__(
        self,
        workflow: Process,
        task_spec: Any,
        parent: Token | None = None,
        state: int = TaskState.FUTURE,
        id: str | None = None,
    ) -> None:
        # SpiffWorkflow's own constructor reads a clock and makes the id a UUID object; work ids are text.
        self.id = id or str(uuid4())
        self.workflow = workflow
        workflow.tasks[self.id] = self
        self.task_spec = task_spec
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0.0
        self.data: dict[str, object] = {}
        self.internal_data: dict[str, Any] = {}
        self.stopped = False
        self.origin: dict[str, object] | None = None
        self._children: list[str] = []
        self._state = state
        self._parent = parent.id if parent is not None else None
        if parent is not None:
            parent._children.append(self.id)

    @property
    def element(self) -> Element:
        """The element as drawn at which the token is."""
        element: Element = self.task_spec.element
        return element

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        # An instance of a loop and a compensation handler were given data of their own.
        if self.origin is None:
            self.data = self.parent.data

    def _ready(self) -> None:
        self._state = TaskState.READY
        self.task_spec._on_ready(self)
        top = self.workflow.top_workflow
        if self.task_spec.manual:
            top.people[self.id] = self
        else:
            top.agenda.append(self)

    def run(self) -> bool:
        """Do the element's work and go on, unless it has to wait; what a host's step raises is passed on."""
        if self.task_spec._run(self) is None:
            if self._state == TaskState.READY:
                self._state = TaskState.STARTED
            return False
        if not self.stopped:
            self.complete()
        return True

    def stop(self) -> None:
        """End the token: cancel it, or, while it is completing, keep it from going on."""
        if self._state & TaskState.FINISHED_MASK:
            self.stopped = True
        else:
            self.cancel()

    def cancel(self) -> None:
        """Cancel the token with everything that hangs on it."""
        if self.id in self.workflow.tasks and not self._state & TaskState.FINISHED_MASK:
            self._state = TaskState.CANCELLED
            self.stopped = True
            self.task_spec._on_cancel(self)

    def leave(self) -> None:
        """Take the token out of the tree; its successors move up to the root."""
        process, root = self.workflow, self.workflow.task_tree
        if self.id not in process.tasks:
            return
        process.tasks[self._parent or root.id]._children.remove(self.id)
        for child in self.children:
            child._parent = root.id
            root._children.append(child.id)
        self._children = []
        del process.tasks[self.id]
        process.top_workflow.people.pop(self.id, None)

    def collect_log_extras(self, dct: dict[str, object] | None = None) -> dict[str, object]:
        """Nothing: a log record must not carry data."""
        return {}


class Process:
    """What the top process and one inside another have in common; mixed in before SpiffWorkflow's classes.

    `closing`: a terminating end event was reached, or the process is being left: nothing goes on. `records`: what
    can be compensated here. `enclosed`: in an event sub-process that compensates a sub-process that has ended, what
    can be compensated there.
    """

    tasks: dict[str, Token]
    top_workflow: Run
    task_tree: Token
    spec: Any
    caller: Token | None = None
    enclosed: list[Record] | None = None

    def begin(self, data: dict[str, object], entry: str | None = None) -> None:
        """Put the first tokens where the process begins, or behind nothing at the element `entry`."""
        self.plant()
        self.task_tree.data = data
        for spec in self.spec.handlers:
            self.arm(spec, None)
        self.send(self.task_tree, [Way("", spec) for spec in self.spec.entries(entry)])
        self.settle()

    def plant(self) -> None:
        """Make the root."""
        self.task_tree = Token(self, self.spec.start, state=TaskState.COMPLETED)
        self.end_data: dict[str, object] | None = None
        self.closing = False
        self.over = False
        self.records: list[Record] = []

    def new_token(self, spec: Any) -> Token:
        """A token that comes along no flow."""
        return Token(self, spec, self.task_tree)

    def send(self, token: Token, ways: Iterable[Way], **internal: object) -> None:
        """Hand a token to the elements behind it; each new one gets `internal` into its internal data."""
        fresh = []
        for way in list(ways) * token.task_spec.repeats:
            child = token._add_child(way.target)
            child.internal_data.update(internal)
            if isinstance(way.target, Join):
                child.internal_data["via"] = way.id
            fresh.append(child)
        for child in fresh:
            # A successor may have been cancelled by what its sibling did on arrival.
            if child.state == TaskState.FUTURE and child.id in self.tasks:
                child.task_spec._update(child)

    @property
    def live(self) -> list[Token]:
        """The tokens of this process, without its root and without those inside of called processes."""
        return [token for token in self.tasks.values() if token is not self.task_tree]

    def note(self, token: Token, event: What, name: str | None = None) -> None:
        """Add to the trace."""
        self.top_workflow.trace.append(Trace(token.element, event, name))

    def linked(self, link: str, target: str) -> list[Token]:
        """The waiting tokens that name `target` in their internal data under `link`."""
        waiting = self.top_workflow.waiting.values()
        return [
            token for token in waiting if token.workflow is self and token.internal_data.get(link) == target
        ]

    def instances(self, repeat: Token) -> list[Token]:
        """The live instances of an activity with a loop marker."""
        return [token for token in self.live if token.internal_data.get("loop") == repeat.id]

    def handlers_of(self, thrower: Token) -> list[Token]:
        """The compensation handlers that run for a throw event."""
        return [token for token in self.live if token.internal_data.get("compensates") == thrower.id]

    def waiting_at(self, spec: Any) -> Iterator[Token]:
        """The tokens that wait at a join, in the order of their arrival."""
        return (t for t in self.tasks.values() if t.task_spec is spec and t.state == TaskState.WAITING)

    def arm(self, spec: Boundary | EventStart, host: Token | None) -> None:
        """Let a boundary event wait beside its activity, or the start of an event sub-process in its scope."""
        token = self.new_token(spec)
        token.data = self.task_tree.data if host is None else host.data
        if host is not None:
            token.internal_data["host"] = host.id
        spec.wait(token)

    def end_reached(self, token: Token, outcome: str | None = None, terminates: bool = False) -> None:
        """Remember the data where a path ends; a terminating end event cancels the others and its data count."""
        if self.caller is None:
            self.end_data = {}  # Nobody takes over the data of the top process.
            self.top_workflow.outcome = outcome or self.top_workflow.outcome
        else:
            before = self.end_data if self.end_data and not terminates else {}
            self.end_data = {**before, **token.data}
        if terminates:
            self.closing = True
            self.cancel_others(token)

    def cancel_others(self, but: Token | None = None) -> None:
        """End every other live token, with the processes inside."""
        for token in self.live:
            if token is not but and token.id in self.tasks:
                token.stop()

    def abandon(self) -> None:
        """End the process from outside: nothing of it goes on, and nobody is told."""
        self.closing = self.over = True
        self.cancel_others()

    def settle(self) -> None:
        """Finish when nothing is left that could go on."""
        if self.over or any(not _is_armed(token) for token in self.live):
            return
        self.over = True
        for armed in self.live:
            armed.cancel()
        self.finish(self.task_tree.data if self.end_data is None else self.end_data)

    def finish(self, data: dict[str, object]) -> None:
        """The process has ended with these data."""
        raise NotImplementedError

    def remember(self, token: Token, inner: Sequence[Record]) -> None:
        """An activity that can be compensated has completed."""
        self.records.append(record_of(token.task_spec, token.data, tuple(inner)))

    def to_compensate(self, activity: str | None) -> list[Record]:
        """Take what is to be compensated, the last one to be begun first; each is compensated once (13.5.5)."""
        records = self._compensable(activity)
        chosen = [record for record in records if activity in (None, record.activity)]
        for record in chosen:
            records.remove(record)
        return list(_flat(chosen))

    def _compensable(self, activity: str | None) -> list[Record]:
        """The records a throw event here is about: in an event sub-process those of the scope around it."""
        if self.enclosed is not None:
            return self.enclosed
        caller = self.caller
        handles = caller is not None and isinstance(caller.task_spec, EventSubProcess)
        if caller is None or not handles or any(record.activity == activity for record in self.records):
            return self.records
        return caller.workflow._compensable(activity)

    def handler(self, kind: str, name: str | None, inside: Token) -> Token | None:
        """The event sub-process' start that catches what is thrown inside; the one with its code before any other."""
        if isinstance(inside.task_spec, EventSubProcess):
            return None  # What a handler throws is for the scopes around it.
        armed = (token for token in self.top_workflow.waiting.values() if token.workflow is self)
        return _nearest((t for t in armed if isinstance(t.task_spec, EventStart)), kind, name)

    def boundary(self, kind: str, name: str | None, host: Token) -> Token | None:
        """The boundary event of an activity that catches what is thrown inside of it."""
        return _nearest(self.linked("host", host.id), kind, name)

    def collect_log_extras(self, dct: dict[str, object] | None = None) -> dict[str, object]:
        """Nothing: a log record must not carry data."""
        return {}


def record_of(spec: Any, data: Mapping[str, object], inner: tuple[Record, ...]) -> Record:
    """What compensates an activity: its handler, else its own event sub-process, else what was inside of it."""
    undoing = spec.undoing if spec.handler is None and isinstance(spec, Embedded) else None
    if undoing is None:
        return Record(spec.element.id, data, inner, spec.handler)
    return Record(spec.element.id, data, inner, undoing.sub, undoing.element.id)


def _is_armed(token: Token) -> bool:
    return isinstance(token.task_spec, EventStart) and not token.internal_data.get("began")


def _nearest(tokens: Iterable[Token], kind: str, name: str | None) -> Token | None:
    hearing = [token for token in tokens if token.task_spec.hears(kind, name)]
    exact = (token for token in hearing if any(trigger.name == name for trigger in token.task_spec.triggers))
    return next(exact, None) or next(iter(hearing), None)


def _flat(records: Iterable[Record]) -> Iterator[Record]:
    """Records with a handler; of a sub-process without one, those inside."""
    for record in records:
        if record.handler is None:
            yield from _flat(record.inner)
        else:
            yield record


class Run(Process, BpmnWorkflow):
    """The top process of an instance, with what all its processes share: agenda, events, trace.

    `waiting`: the tokens that wait for an event; `people`: those that wait for somebody. `latest`: what was written
    last under each name anywhere in the instance, kept where a conditional event needs it.
    """

    def __init__(
        self, definition: Definition, script_engine: SafeEngine, chooser: Chooser | None = None
    ) -> None:
        specs = definition.specs
        super().__init__(specs[definition.process_id], specs, script_engine, deserializing=True)
        self.limits = definition.limits
        self.chooser = chooser
        self.watches = definition.watches
        self.agenda: deque[Token] = deque()
        self.people: dict[str, Token] = {}
        self.waiting: dict[str, Token] = {}
        self.trace: list[Trace] = []
        self.latest: dict[str, object] = {}
        self.outcome: str | None = None
        self.ended = False
        self.failed = False

    def create_subprocess(self, my_task: Token, spec_name: str) -> Called:
        """A called process or embedded sub-process for a token."""
        process = Called(self.subprocess_specs[spec_name], my_task)
        self.subprocesses[my_task.id] = process
        return process

    def tokens(self) -> Iterator[Token]:
        """Every live token of the instance, in an order that saving and loading keeps."""
        for process in (self, *self.subprocesses.values()):
            yield from process.live

    def finish(self, data: dict[str, object]) -> None:
        """Nothing of the top process is live: the instance has ended."""
        self.ended = True

    def write(self, token: Token, values: Mapping[str, object]) -> None:
        """Merge what somebody answered, a step returned or a decision gave into the data of a token."""
        token.data = {**token.data, **values}
        if self.watches:
            self.latest = {**self.latest, **values}

    def throw(self, token: Token, kind: str, name: str | None) -> None:
        """Throw a message or signal to whoever waits for it in this instance."""
        token.workflow.note(token, "message" if kind == "message" else "signal", name)
        self.deliver(kind, name)

    def deliver(self, kind: str, name: str | None) -> int:
        """Let every event come about that waits for a message or signal; how many did."""
        hearing = [token for token in self.waiting.values() if token.task_spec.hears(kind, name)]
        for token in hearing:
            # An earlier catcher may have cancelled this one.
            if token.state == TaskState.WAITING and token.task_spec.is_caught(token, kind, name):
                token.task_spec.happen(token)
        return len(hearing)

    def raise_from(self, token: Token, kind: str, name: str | None) -> None:
        """Throw an error, escalation or cancellation outwards to the nearest scope that catches it (10.5.1, 13.5)."""
        catcher = self._catcher(token, kind, name)
        if catcher is not None:
            catcher.data = token.data
            catcher.task_spec.happen(catcher)
        elif kind == "error":
            token.workflow.note(token, "uncaught_error", name)
            self.failed = True
            self.abandon()
        elif kind == "escalation":
            token.workflow.note(token, "uncaught_escalation", name)

    def _catcher(self, token: Token, kind: str, name: str | None) -> Token | None:
        process, inside = token.workflow, token
        found = process.boundary(kind, name, self._host(token)) or process.handler(kind, name, token)
        while found is None and process.caller is not None:
            inside = self._host(process.caller)
            process = inside.workflow
            found = process.boundary(kind, name, inside) or process.handler(kind, name, inside)
        return found

    def _host(self, token: Token) -> Token:
        """The token beside which boundary events wait: of a loop's instance that of the whole loop."""
        loop = token.internal_data.get("loop")
        return token if loop is None else token.workflow.tasks[loop]

    def go(self) -> None:
        """Run every element that needs nobody, until all tokens wait or the instance has ended."""
        for _ in range(self.limits.steps):
            if not self.agenda and not self._stir():
                return
            if self.agenda:
                token = self.agenda.popleft()
                if token.state == TaskState.READY:
                    self._run(token)
        where = self.agenda[0].element.id if self.agenda else None
        raise StepLimit(f"More than {self.limits.steps} steps without a wait.", where)

    def _stir(self) -> bool:
        """When all is quiet: let one inclusive gateway go on that nothing can reach any more, or a condition fire."""
        held = (
            t for t in self.tokens() if isinstance(t.task_spec, Inclusive) and t.state == TaskState.WAITING
        )
        if any(token.task_spec.release(token) for token in list(held)):
            return True
        return self.watches and self.chooser is None and self._look()

    def _look(self) -> bool:
        """Let an event come about whose condition has become true (10.5.5)."""
        for token in list(self.waiting.values()):
            watching = [t for t in token.task_spec.triggers if isinstance(t, Conditional)]
            if watching and self._has_become_true(token, watching):
                token.task_spec.happen(token)
                return True
        return False

    def _has_become_true(self, token: Token, watching: Sequence[Conditional]) -> bool:
        data = {**token.data, **self.latest}
        now = any(trigger.holds(data) for trigger in watching)
        before = token.internal_data.get("held", False)
        token.internal_data["held"] = now
        if now and not before:
            token.data = data
        return now and not before

    def _run(self, token: Token) -> None:
        try:
            token.run()
        except SpiffWorkflowException as error:
            raise Incident(f"{type(error).__name__} in the process engine.", token.element.id) from error


class Called(Process, BpmnSubWorkflow):
    """A process inside another one: called, or embedded."""

    def __init__(self, spec: Any, caller: Token) -> None:
        self.caller: Token = caller
        super().__init__(spec, caller.id, caller.workflow.top_workflow, deserializing=True)

    def finish(self, data: dict[str, object]) -> None:
        """Hand the data back to the caller, which goes on."""
        self.top_workflow.subprocesses.pop(self.caller.id)
        self.caller.task_spec.finish(self.caller, data, self.records)
