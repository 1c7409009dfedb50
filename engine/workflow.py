# mypy: disallow-subclassing-any=False
"""A running process on SpiffWorkflow's workflow and task classes, kept to its live part.

A `Token` is a SpiffWorkflow task. Live tokens are children of their process' root; a finished token leaves at
once. Data dictionaries are never changed in place, so that tokens share one until one of them differs.
SpiffWorkflow's log records carry data in `extra`; these classes write none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from SpiffWorkflow.bpmn.util.event import BpmnEvent, EventManager
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements import Element
from engine.errors import Incident
from engine.tasks import Boundary, Parallel

if TYPE_CHECKING:
    from engine.definition import Definition
    from engine.scripting import SafeEngine

MAX_STEPS = 10_000
"""Elements completed between two waits; more means that the diagram turns in circles."""


@dataclass(frozen=True)
class Trace:
    """What happened at an element since the instance was started or loaded."""

    element: Element
    event: Literal["entered", "completed", "cancelled"]


class Token(Task):
    """A SpiffWorkflow task that knows only the present: no logging, no prediction, no finished relatives."""

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
        self._children: list[str] = []
        self._state = state
        self._parent = parent.id if parent is not None else None
        if parent is not None:
            parent._children.append(self.id)

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
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
        """Do the element's work and go on to the next; what a host's step raises is passed on."""
        self.task_spec._run(self)
        self.complete()
        return True

    def leave(self) -> None:
        """Take the token out of the tree; its successors move up to the root."""
        process, root = self.workflow, self.workflow.task_tree
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


class Events(EventManager):
    """Delivers an event to every catcher that waits for it when it is thrown."""

    def catch(self, event: BpmnEvent, internal: bool = True) -> int:
        """Fire all catchers of an event and count them; an event nobody catches is gone."""
        armed = [token for token in self.workflow.tokens() if token.id in self.tasks]
        hearing = [token for token in armed if token.task_spec.catches(token, event)]
        for token in hearing:
            # An earlier catcher may have cancelled this one.
            if token.state == TaskState.WAITING:
                token.task_spec.catch(token, event)
                token.task_spec._update(token)
        return len(hearing)


class Process:
    """What the top process and a called one have in common; mixed in before SpiffWorkflow's classes."""

    tasks: dict[str, Token]
    top_workflow: Run
    task_tree: Token
    completed: bool
    spec: Any
    caller: Token | None = None

    def begin(self, data: dict[str, object]) -> None:
        """Put the first token at the start event."""
        self.plant()
        self.task_tree.data = data
        self.task_tree.task_spec._go_on(self.task_tree)

    def plant(self) -> None:
        """Make the root."""
        self.task_tree = Token(self, self.spec.start, state=TaskState.COMPLETED)
        self.end_data: dict[str, object] | None = None

    @property
    def live(self) -> list[Token]:
        """The tokens of this process, without its root and without those inside of called processes."""
        return [token for token in self.tasks.values() if token is not self.task_tree]

    def note(self, token: Token, event: Literal["entered", "completed", "cancelled"]) -> None:
        """Add to the trace."""
        self.top_workflow.trace.append(Trace(token.task_spec.element, event))

    def linked(self, link: str, target: str) -> list[Token]:
        """The waiting tokens that name `target` in their internal data under `link`."""
        waiting = self.top_workflow.event_manager.tasks.values()
        return [
            token for token in waiting if token.workflow is self and token.internal_data.get(link) == target
        ]

    def waiting_at(self, spec: Parallel) -> Iterator[Token]:
        """The tokens that wait at a join, in the order of their arrival."""
        return (t for t in self.tasks.values() if t.task_spec is spec and t.state == TaskState.WAITING)

    def arm(self, spec: Boundary, host: Token) -> None:
        """Let a boundary event wait beside its activity."""
        token = Token(self, spec, self.task_tree)
        token.data = host.data
        token.internal_data["host"] = host.id
        spec.wait(token)

    def fire_again(self, armed: Token) -> None:
        """Send a token from a boundary event that stays armed."""
        token = Token(self, armed.task_spec, self.task_tree)
        token.data = armed.data
        token._ready()

    def end_reached(self, token: Token, outcome: str | None, terminates: bool) -> None:
        """Remember the data at an end event; a terminating one cancels the others and its data count."""
        if self.caller is None:
            self.end_data = {}  # Nobody takes over the data of the top process.
            self.top_workflow.outcome = outcome or self.top_workflow.outcome
        else:
            before = self.end_data if self.end_data and not terminates else {}
            self.end_data = {**before, **token.data}
        if terminates:
            self.cancel_all(token)

    def cancel_all(self, but: Token | None = None) -> None:
        """Cancel every live token, called processes included."""
        self.completed = True
        for token in self.live:
            if token is not but and token.id in self.tasks and not token.has_state(TaskState.FINISHED_MASK):
                token.cancel()

    def settle(self) -> None:
        """Finish when an end event was reached and no token is left."""
        if self.end_data is not None and len(self.tasks) == 1:
            self.completed = True
            data, self.end_data = self.end_data, None
            self.finish(data)

    def finish(self, data: dict[str, object]) -> None:
        """The process has ended with these data."""
        raise NotImplementedError

    def collect_log_extras(self, dct: dict[str, object] | None = None) -> dict[str, object]:
        """Nothing: a log record must not carry data."""
        return {}


class Run(Process, BpmnWorkflow):
    """The top process of an instance, with what all its processes share: agenda, events, trace."""

    def __init__(self, definition: Definition, script_engine: SafeEngine) -> None:
        specs = definition.specs
        super().__init__(specs[definition.process_id], specs, script_engine, deserializing=True)
        self.event_manager = Events(self)
        self.agenda: deque[Token] = deque()
        self.people: dict[str, Token] = {}
        self.trace: list[Trace] = []
        self.outcome: str | None = None
        self.ended = False

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
        """An end event of the top process was reached and nothing is live: the instance has ended."""
        self.ended = True

    def fire(self, token: Token) -> None:
        """Let a waiting event happen."""
        token._set_internal_data(event_fired=True)
        token.task_spec._update(token)

    def go(self) -> None:
        """Run every element that needs nobody, until all tokens wait or the instance has ended."""
        for _ in range(MAX_STEPS):
            if not self.agenda:
                return
            token = self.agenda.popleft()
            if token.state == TaskState.READY:
                self._run(token)
        raise Incident(f"More than {MAX_STEPS} steps without a wait.", token.task_spec.element.id)

    def _run(self, token: Token) -> None:
        try:
            token.run()
        except SpiffWorkflowException as error:
            raise Incident(
                f"{type(error).__name__} in the process engine.", token.task_spec.element.id
            ) from error


class Called(Process, BpmnSubWorkflow):
    """A process inside another one: called, or embedded."""

    def __init__(self, spec: Any, caller: Token) -> None:
        self.caller: Token = caller
        super().__init__(spec, caller.id, caller.workflow.top_workflow, deserializing=True)

    def finish(self, data: dict[str, object]) -> None:
        """Hand the data back to the caller, which goes on."""
        self.top_workflow.subprocesses.pop(self.caller.id)
        self.caller.task_spec.finish(self.caller, data)
