# mypy: disallow-subclassing-any=False
"""How events that wait run: catch events, receive tasks, boundary events, the starts of event sub-processes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    IntermediateCatchEvent,
    StartEvent,
)
from SpiffWorkflow.util.task import TaskState

from engine.events import Trigger
from engine.tasks import Activity, EventSubProcess, Lean, Way

if TYPE_CHECKING:
    from engine.tokens import Token

_CYCLE = re.compile(r"R(\d*)(/.*)")


class Catching(Lean):
    """An event that waits until one of its `triggers` (or, with `needs_all`, each of them) has come about."""

    triggers: tuple[Trigger, ...] = ()
    needs_all = False

    def _update_hook(self, my_task: Token) -> bool:
        if my_task.state != TaskState.WAITING:
            my_task._inherit_data()
            self.wait(my_task)
        return bool(my_task.internal_data.get("fired"))

    def wait(self, my_task: Token) -> None:
        """Begin to wait."""
        value = next((text for trigger in self.triggers if (text := trigger.value(my_task))), None)
        if value is not None:
            my_task.internal_data["value"] = value
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.top_workflow.waiting[my_task.id] = my_task

    def hears(self, kind: str, name: str | None) -> bool:
        """Whether it waits for what is thrown."""
        return any(trigger.hears(kind, name) for trigger in self.triggers)

    def is_caught(self, my_task: Token, kind: str, name: str | None) -> bool:
        """What is thrown has arrived; whether nothing else is missing now."""
        if not self.needs_all:
            return True
        seen = set(my_task.internal_data.get("seen", ()))
        seen |= {place for place, trigger in enumerate(self.triggers) if trigger.hears(kind, name)}
        my_task.internal_data["seen"] = sorted(seen)
        return len(seen) == len(self.triggers)

    def happen(self, my_task: Token) -> None:
        """The event comes about."""
        my_task.internal_data["fired"] = True
        self._update(my_task)  # type: ignore[attr-defined]

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.waiting.pop(my_task.id, None)

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.waiting.pop(my_task.id, None)
        super()._on_cancel(my_task)


class _Rival(Catching):
    """An event that may stand behind an event-based gateway: when it comes about, its rivals are cancelled."""

    raced = False

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


class Catch(_Rival, IntermediateCatchEvent):
    """An intermediate catch event."""


class Receive(_Rival, Activity, IntermediateCatchEvent):
    """A receive task: a catch event that boundary events may be attached to."""

    def wait(self, my_task: Token) -> None:
        """Begin to wait, and let the boundary events wait beside it."""
        super().wait(my_task)
        self._arm(my_task)


class _Staying(Catching):
    """An event that may come about again: unless it `interrupts`, it stays armed and sends a token each time."""

    interrupts = True

    def happen(self, my_task: Token) -> None:
        """The event comes about: with this token when it is the last time, else with a new one."""
        left = _cycles_left(my_task.internal_data.get("value"))
        if self.interrupts or left == "":
            super().happen(my_task)
            return
        if left is not None:
            my_task.internal_data["value"] = left
        my_task.internal_data.pop("seen", None)
        self.again(my_task)

    def again(self, my_task: Token) -> None:
        """Send a token of its own, and stay armed."""
        process = my_task.workflow
        token = process.new_token(self)
        token.data = my_task.data
        token._ready()

    def _on_cancel(self, my_task: Token) -> None:
        # An armed event that never fired leaves no trace when its activity or scope ends.
        if my_task.internal_data.get("fired"):
            super()._on_cancel(my_task)
        else:
            my_task.workflow.top_workflow.waiting.pop(my_task.id, None)
            my_task.leave()


def _cycles_left(value: object) -> str | None:
    """What is left of a timer after it has fired: the text of its next rounds, "" for none; None without a timer."""
    if not isinstance(value, str):
        return None
    cycle = _CYCLE.fullmatch(value)
    if cycle is None:
        return ""
    if not cycle[1]:
        return value
    left = int(cycle[1]) - 1
    return f"R{left}{cycle[2]}" if left > 0 else ""


class Boundary(_Staying, BoundaryEvent):
    """A boundary event. `host` in its internal data is the id of its activity's token."""

    def _on_ready(self, my_task: Token) -> None:
        super()._on_ready(my_task)
        host = my_task.internal_data.pop("host", None)
        if self.interrupts and host is not None:
            activity = my_task.workflow.tasks[host]
            activity.cancel()
            activity.task_spec.tell_thrower(activity)


class EventStart(_Staying, StartEvent):
    """A start event of an event sub-process, armed while the scope around it lives. `sub`: the sub-process.

    It leaves no trace of its own: the start event inside does.
    """

    sub: EventSubProcess

    def _on_ready(self, my_task: Token) -> None:
        self._on_ready_hook(my_task)
        my_task.internal_data["began"] = True
        if self.interrupts:
            my_task.workflow.cancel_others(my_task)

    def _on_complete(self, my_task: Token) -> None:
        self.move_on(my_task)

    def proceed(self, my_task: Token) -> None:
        """Begin the sub-process."""
        my_task.workflow.send(my_task, [Way("", self.sub)], entry=self.element.id)


class Start(Lean, StartEvent):
    """A start event: passed at once, for whatever begins a process there has happened."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Token) -> bool:
        return True
