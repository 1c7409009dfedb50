# mypy: disallow-subclassing-any=False
"""How events that throw run: intermediate throw events and end events, compensation among them (BPMN 2.0.2, 13.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.defaults import EndEvent, IntermediateThrowEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from engine.events import Compensate, Trigger, throw_from
from engine.repeating import merged
from engine.tasks import EventSubProcess, Lean

if TYPE_CHECKING:
    from engine.tokens import Record, Token

NONE = NoneEventDefinition()


class Throwing(Lean):
    """An event that throws what its `triggers` say; what it throws is heard before its successors begin."""

    triggers: tuple[Trigger, ...] = ()

    def _run_hook(self, my_task: Token) -> bool | None:
        """Compensate first; None while handlers are running."""
        queue: list[Record] = []
        for trigger in self.triggers:
            if isinstance(trigger, Compensate):
                queue += my_task.workflow.to_compensate(trigger.activity)
            elif trigger.kind == "cancel":
                my_task.workflow.cancel_others(my_task)
                queue += my_task.workflow.to_compensate(None)
        my_task.internal_data["queue"] = queue
        return True if self._next(my_task) is None else None

    def _next(self, my_task: Token) -> Token | None:
        """Begin the next handler, in reverse order of completion; None when all are done."""
        queue: list[Record] = my_task.internal_data.get("queue", [])
        if not queue:
            return None
        record = queue.pop()
        handler = my_task.workflow.new_token(record.handler)
        handler.origin = handler.data = dict(record.data)
        handler.internal_data["compensates"] = my_task.id
        if isinstance(record.handler, EventSubProcess):
            handler.internal_data.update(entry=record.entry, enclosed=list(record.inner))
        handler.task_spec._update(handler)
        return handler

    def compensated(self, my_task: Token, handler: Token) -> None:
        """A handler is done: the next one, or go on."""
        my_task.data = merged(my_task.data, handler)
        if self._next(my_task) is None:
            my_task.complete()

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)  # type: ignore[misc]
        for trigger in self.triggers:
            if not my_task.stopped:
                throw_from(my_task, trigger)

    def _on_cancel(self, my_task: Token) -> None:
        for handler in my_task.workflow.handlers_of(my_task):
            handler.cancel()
        super()._on_cancel(my_task)


class Throw(Throwing, IntermediateThrowEvent):
    """An intermediate throw event."""


class End(Throwing, EndEvent):
    """An end event. Its `outcome` becomes a process variable of the same name; a terminating one ends its scope."""

    def proceed(self, my_task: Token) -> None:
        """The path ends here."""
        outcome = self.element.properties.get("outcome")
        if outcome is not None:
            my_task.data = {**my_task.data, "outcome": outcome}
        terminates = any(trigger.kind == "terminate" for trigger in self.triggers)
        my_task.workflow.end_reached(my_task, outcome, terminates)
