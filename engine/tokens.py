# mypy: disallow-subclassing-any=False
"""The token: where a process stands. And what is remembered of where tokens were: the trace, and what can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import uuid4

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements import Element

if TYPE_CHECKING:
    from engine.process import Process

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
    `entry`: the start event of a handler that is an event sub-process; `before`: what runs before the handler.
    """

    activity: str
    data: Mapping[str, object]
    inner: tuple[Record, ...]
    handler: Any
    entry: str | None = None
    before: Record | None = None


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
