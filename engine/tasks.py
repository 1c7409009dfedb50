# mypy: disallow-subclassing-any=False
"""How each element runs: classes on SpiffWorkflow's extension points, one for each kind the engine supports.

They differ from SpiffWorkflow's own in four ways, each because of something observed in 3.2.0:

- no prediction: a token's successors are made when it completes, not in advance, and a finished token leaves
  the tree at once. So neither the tree nor the saved state grows in loops, and no path is too long (S17).
- a boundary event is a token beside its activity, linked by `host`; a message or signal that does not
  interrupt stays armed, one that interrupts cancels its activity before anything else runs.
- a parallel gateway takes exactly one token from each incoming flow.
- a timer has no clock: it waits until the host fires it. A message or signal carries no data (V13).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ManualTask,
    ParallelGateway,
    ServiceTask,
    StartEvent,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from engine.elements import Element
from engine.errors import ExpressionError, Incident
from engine.expressions import Expression

if TYPE_CHECKING:
    from engine.workflow import Token


class Timer(EventDefinition):
    """A timer that the host fires. `value` is the text its expression gives when it starts to wait."""

    def __init__(self, name: str, expression: Expression) -> None:
        super().__init__(name)
        self.expression = expression

    def value(self, task: Token) -> str:
        """The evaluated text, or an `Incident` when the expression gives none."""
        element: Element = task.task_spec.element
        try:
            text = self.expression.evaluate(task.data)
        except ExpressionError as error:
            raise Incident(f"The timer cannot be evaluated: {error}", element.id) from error
        if not isinstance(text, str) or not text:
            raise Incident("The timer's expression gave no text.", element.id)
        return text


class Message(MessageEventDefinition):
    """A message by name. It carries no data."""

    def catch(self, my_task: Token, event: BpmnEvent | None = None) -> None:
        """Mark the event as fired; nothing of the sender's data is taken over."""
        EventDefinition.catch(self, my_task, event)

    def throw(self, my_task: Token) -> None:
        """Deliver the message to whoever waits for it in this instance."""
        EventDefinition.throw(self, my_task)

    def update_task_data(self, my_task: Token) -> None:
        """Nothing arrives with a message."""


class Signal(SignalEventDefinition):
    """A signal by name, heard by every catcher in the instance. It carries no data."""

    catch = EventDefinition.catch
    throw = EventDefinition.throw

    def update_task_data(self, my_task: Token) -> None:
        """Nothing arrives with a signal."""


class Lean:
    """What every kind of element has in common here; mixed in before SpiffWorkflow's class."""

    element: Element

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """The future is not written down: successors are made on completion."""

    def _on_ready(self, my_task: Token) -> None:
        # Definitions are checked when they are loaded, so SpiffWorkflow's own test on each step is left out.
        my_task.workflow.note(my_task, "entered")
        self._on_ready_hook(my_task)  # type: ignore[attr-defined]

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.note(my_task, "completed")
        self._on_complete_hook(my_task)  # type: ignore[attr-defined]
        if not my_task.workflow.completed:
            self._go_on(my_task)
        my_task.leave()
        my_task.workflow.settle()

    def _go_on(self, my_task: Token) -> None:
        """Hand the token to the elements behind this one."""
        if not my_task._children:
            for spec in self.outputs:  # type: ignore[attr-defined]
                my_task._add_child(spec, TaskState.FUTURE)
        for child in my_task.children:
            # A successor may have been cancelled by what its sibling did on arrival.
            if child is not None and child.state == TaskState.FUTURE:
                child.task_spec._update(child)

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.note(my_task, "cancelled")
        super()._on_cancel(my_task)  # type: ignore[misc]
        my_task.leave()


class Root(Lean, BpmnStartTask):
    """The root of a process' tree. It stays, completed, so that every token has a parent."""


class Activity(Lean):
    """A task or sub-process, which boundary events may be attached to."""

    boundaries: tuple[Boundary, ...] = ()

    def _arm(self, my_task: Token) -> None:
        """Let the boundary events wait, with the data of the activity's entry (V13)."""
        for spec in self.boundaries:
            my_task.workflow.arm(spec, my_task)

    def _on_ready(self, my_task: Token) -> None:
        super()._on_ready(my_task)
        self._arm(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)  # type: ignore[misc]
        self._disarm(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        self._disarm(my_task)

    def _disarm(self, my_task: Token) -> None:
        for waiting in my_task.workflow.linked("host", my_task.id):
            waiting.cancel()


class Person(Activity, UserTask):
    """A user task: waits until it is completed from outside."""


class Manual(Activity, ManualTask):
    """A manual task: waits like a user task."""


class Service(Activity, ServiceTask):
    """A service task: calls the host's step and merges what it returns into the process data."""

    def _execute(self, task: Token) -> bool:
        task.data = {**task.data, **task.workflow.top_workflow.script_engine.call_service(task)}
        return True


class Called(Activity):
    """A call activity or embedded sub-process: started inside, until a process of its own has ended."""

    spec: str

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        my_task._set_state(TaskState.STARTED)
        my_task.workflow.note(my_task, "entered")
        self._arm(my_task)
        self.start_workflow(my_task)
        return False

    def start_workflow(self, my_task: Token) -> None:
        """Begin the process inside with the caller's data."""
        my_task.workflow.top_workflow.create_subprocess(my_task, self.spec).begin(my_task.data)

    def finish(self, my_task: Token, data: dict[str, object]) -> None:
        """The process inside has ended with these data: the caller goes on with them."""
        my_task.data = data
        my_task.run()

    def _on_cancel(self, my_task: Token) -> None:
        inside = my_task.workflow.top_workflow.subprocesses.pop(my_task.id)
        inside.cancel_all()
        super()._on_cancel(my_task)


class Call(Called, CallActivity):
    """A call activity."""


class Embedded(Called, SubWorkflowTask):
    """An embedded sub-process."""


class Start(Lean, StartEvent):
    """A plain start event."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Token) -> bool:
        return True


class End(Lean, EndEvent):
    """An end event, plain or terminating. Its `outcome` becomes a process variable of the same name."""

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        outcome = self.element.properties.get("outcome")
        if outcome is not None:
            my_task.data = {**my_task.data, "outcome": outcome}
        terminates = isinstance(self.event_definition, TerminateEventDefinition)
        my_task.workflow.end_reached(my_task, outcome, terminates)


class _Catching(Lean):
    """An event that waits: for a message, a signal, or the host's firing of a timer."""

    event_definition: EventDefinition

    def _update_hook(self, my_task: Token) -> bool:
        if my_task.state != TaskState.WAITING:
            my_task._inherit_data()
            self.wait(my_task)
        return bool(self.event_definition.has_fired(my_task))

    def wait(self, my_task: Token) -> None:
        """Begin to wait."""
        if isinstance(self.event_definition, Timer):
            my_task.internal_data["value"] = self.event_definition.value(my_task)
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.top_workflow.event_manager.add_task(my_task)

    def _run_hook(self, my_task: Token) -> bool:
        return True


class Catch(_Catching, IntermediateCatchEvent):
    """An intermediate catch event; behind an event-based gateway its rivals are cancelled when it fires."""

    def wait(self, my_task: Token) -> None:
        """Begin to wait."""
        super().wait(my_task)
        my_task.workflow.note(my_task, "entered")

    def _on_ready(self, my_task: Token) -> None:
        self._on_ready_hook(my_task)
        race = my_task.internal_data.get("race")
        if race is not None:
            for rival in my_task.workflow.linked("race", race):
                rival.cancel()


class Boundary(_Catching, BoundaryEvent):
    """A boundary event. `host` in its internal data is the id of its activity's token."""

    def _on_ready(self, my_task: Token) -> None:
        super()._on_ready(my_task)
        host = my_task.internal_data.pop("host", None)
        if self.cancel_activity and host is not None:
            my_task.workflow.tasks[host].cancel()

    def catch(self, my_task: Token, event: BpmnEvent) -> None:
        """Fire; what does not interrupt stays armed, and fires through a token of its own."""
        if self.cancel_activity:
            super().catch(my_task, event)
        else:
            my_task.workflow.fire_again(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        # An armed event that never fired leaves no trace when its activity ends.
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)
        my_task.leave()


class Throw(Lean, IntermediateThrowEvent):
    """An intermediate throw event. What it throws is heard before its successors begin."""

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        self.event_definition.throw(my_task)


class Exclusive(Lean, ExclusiveGateway):
    """An exclusive gateway: the first flow whose condition holds, else the default flow."""


class Parallel(Lean, ParallelGateway):
    """A parallel gateway: takes one token from each incoming flow, then sends one on each outgoing flow."""

    def _update_hook(self, my_task: Token) -> bool:
        source = my_task.parent.task_spec.name
        my_task._inherit_data()
        my_task.internal_data["from"] = source
        my_task._set_state(TaskState.WAITING)
        taken = self._complete_set(my_task)
        if taken is None:
            return False
        merged: dict[str, object] = {}
        for token in taken:
            merged.update(token.data)
            if token is not my_task:
                token.leave()
        my_task.data = merged
        return True

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        """One waiting token for each incoming flow, in order of arrival, or None while some are missing."""
        missing: Counter[str] = Counter(self._inputs)
        taken = []
        for token in my_task.workflow.waiting_at(self):
            source = token.internal_data["from"]
            if missing[source]:
                missing[source] -= 1
                taken.append(token)
        return None if +missing else taken


class Race(Lean, EventBasedGateway):
    """An event-based gateway: the events behind it wait together, and the first one cancels the others."""

    connect = BpmnStartTask.connect

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Token) -> bool:
        for spec in self.outputs:
            child = my_task._add_child(spec, TaskState.FUTURE)
            child.internal_data["race"] = my_task.id
        return True


NONE = NoneEventDefinition()
TERMINATE = TerminateEventDefinition()
