# mypy: disallow-subclassing-any=False
"""How activities run: classes on SpiffWorkflow's extension points, one for each kind the engine supports.

They differ from SpiffWorkflow's own in four ways, each because of something observed in 3.2.0:

- no prediction: a token's successors are made when it completes, not in advance, and a finished token leaves
  the tree at once. So neither the tree nor the saved state grows in loops, and no path is too long (S17).
- a boundary event is a token beside its activity, linked by `host` (`catching`); one that does not interrupt
  stays armed, one that interrupts cancels its activity before anything else runs.
- what leads from one element to the next is a `Way`, one for each sequence flow, so that two flows between the
  same elements are two.
- a timer has no clock: it waits until the host fires it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    ManualTask,
    ServiceTask,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.util.task import TaskState

from engine.elements import Element
from engine.errors import BpmnError, Incident

if TYPE_CHECKING:
    from engine.assignments import Assignments
    from engine.catching import Boundary, EventStart
    from engine.decisions import Decision
    from engine.repeating import Repeat
    from engine.tokens import Record, Token


@dataclass(frozen=True, eq=False)
class Way:
    """A sequence flow as a token takes it: its id, the element behind it, its condition, whether it is the default."""

    id: str
    target: Any
    condition: str | None = None
    default: bool = False


class Lean:
    """What every kind of element has in common here; mixed in before SpiffWorkflow's class."""

    element: Element
    ways: tuple[Way, ...] = ()
    repeats: int = 1
    """Tokens sent along each way (`completionQuantity`)."""

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """The future is not written down: successors are made on completion."""

    def _on_ready(self, my_task: Token) -> None:
        # Definitions are checked when they are loaded, so SpiffWorkflow's own test on each step is left out.
        my_task.workflow.note(my_task, "entered")
        self._on_ready_hook(my_task)  # type: ignore[attr-defined]

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.note(my_task, "completed")
        self._on_complete_hook(my_task)  # type: ignore[attr-defined]
        self.move_on(my_task)

    def move_on(self, my_task: Token) -> None:
        """Send the token on, unless what it did has ended it, and take it out of the tree."""
        process = my_task.workflow
        if not (my_task.stopped or process.closing):
            self.proceed(my_task)
        my_task.leave()
        process.settle()

    def proceed(self, my_task: Token) -> None:
        """Hand the token to the elements behind this one; where nothing follows, its path ends."""
        if self.ways:
            my_task.workflow.send(my_task, self.chosen(my_task))
        else:
            my_task.workflow.end_reached(my_task)

    def chosen(self, my_task: Token) -> Sequence[Way]:
        """The ways a token takes: all without a condition, those whose condition holds, else the default one.

        An activity or event with several ways is an implicit split (BPMN 2.0.2, 13.3.1 and 8.4.13).
        """
        if not any(way.condition or way.default for way in self.ways):
            return self.ways
        chooser = my_task.workflow.top_workflow.chooser
        if chooser is not None:
            picked = chooser.ways(self.element, [way.id for way in self.ways])
            return [way for way in self.ways if way.id in picked or not (way.condition or way.default)]
        return choose(my_task, self.ways, [way for way in self.ways if _is_open(my_task, way)])

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.note(my_task, "cancelled")
        super()._on_cancel(my_task)  # type: ignore[misc]
        my_task.leave()


def choose(token: Token, ways: Sequence[Way], taken: list[Way]) -> list[Way]:
    """The ways taken; when no condition holds the default one, else an `Incident`."""
    conditional = any(way.condition and way in taken for way in ways)
    taken += [way for way in ways if way.default and not conditional]
    if not taken:
        raise Incident("No condition holds, and there is no default flow.", token.element.id)
    return taken


def _is_open(token: Token, way: Way) -> bool:
    return not way.default and holds(token, way)


def holds(token: Token, way: Way) -> bool:
    """Whether a way may be taken; one without a condition always."""
    if way.condition is None:
        return True
    answer: bool = token.workflow.top_workflow.script_engine.evaluate(token, way.condition)
    return answer


class Root(Lean, BpmnStartTask):
    """The root of a process' tree. It stays, completed, so that every token has a parent."""


class Activity(Lean):
    """A task or sub-process, which boundary events may be attached to.

    `handler`: the activity that compensates it; `handles`: it is one itself. `loop`: the `Repeat` that this one is an
    instance of.
    """

    boundaries: tuple[Boundary, ...] = ()
    handler: Activity | None = None
    handles = False
    loop: Repeat | None = None

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
        self.remember(my_task, ())

    def remember(self, my_task: Token, inner: Sequence[Record]) -> None:
        """Write down that the activity can be compensated, if it can."""
        if self.handler is not None:
            my_task.workflow.remember(my_task, inner)

    def proceed(self, my_task: Token) -> None:
        """Report to what started this activity: a loop, or a compensation. Else go on."""
        if self.tell_thrower(my_task):
            return
        if self.loop is not None:
            self.loop.one_done(my_task)
        else:
            super().proceed(my_task)

    def tell_thrower(self, my_task: Token) -> bool:
        """Where the activity compensates another one: it is over, done or interrupted. Whether it does."""
        thrower = my_task.internal_data.get("compensates")
        if thrower is None:
            return False
        waiting = my_task.workflow.tasks[thrower]
        waiting.task_spec.compensated(waiting, my_task)
        return True

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        self._disarm(my_task)

    def _disarm(self, my_task: Token) -> None:
        for waiting in my_task.workflow.linked("host", my_task.id):
            waiting.cancel()


class Person(Activity, UserTask):
    """A user task or plain task: waits until it is completed from outside."""


class Manual(Activity, ManualTask):
    """A manual task: waits like a user task."""


class Worker(Activity, UserTask):
    """A service, business rule or script task whose work is done outside: waits like a user task."""


class Script(Activity, ServiceTask):
    """A script task: its assignments are made in the safe language; any other script is passed over, never run."""

    assignments: Assignments | None = None

    def _run_hook(self, my_task: Token) -> bool:
        run = my_task.workflow.top_workflow
        if self.assignments is not None and run.chooser is None:
            run.write(my_task, run.script_engine.assign(my_task, self.assignments))
        return True


class Service(Activity, ServiceTask):
    """A service task: calls the host's step and merges what it returns into the process data.

    A step may raise `BpmnError`; the boundary events of the task and the scopes around it may catch it.
    """

    def _run_hook(self, my_task: Token) -> bool:
        run = my_task.workflow.top_workflow
        try:
            run.write(my_task, run.script_engine.call_service(my_task))
        except BpmnError as error:
            run.raise_from(my_task, "error", error.code)
        return True


class Decide(Activity, ServiceTask):
    """A business rule task with a decision table of the bundle."""

    decision: Decision

    def _run_hook(self, my_task: Token) -> bool:
        run = my_task.workflow.top_workflow
        run.write(my_task, run.script_engine.decide(my_task, self.decision))
        return True


class Send(Activity, ServiceTask):
    """A send task: throws its message."""

    name_of_message: str | None = None

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.top_workflow.throw(my_task, "message", self.name_of_message)
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

    def finish(self, my_task: Token, data: dict[str, object], records: Sequence[Record]) -> None:
        """The process inside has ended with these data: the caller goes on with them."""
        my_task.data = data
        my_task.internal_data["inner"] = tuple(records)
        # In its turn, not at once: a long row of empty sub-processes would call each other too deep.
        my_task._set_state(TaskState.READY)
        my_task.workflow.top_workflow.agenda.append(my_task)

    def remember(self, my_task: Token, inner: Sequence[Record]) -> None:
        """A sub-process can be compensated also by what was completed inside, and by its own event sub-process."""
        inside = my_task.internal_data.get("inner", ())
        if self.handler is not None or self.compensable(my_task, inside):
            my_task.workflow.remember(my_task, inside)

    def compensable(self, my_task: Token, inside: Sequence[Record]) -> bool:
        """Whether something inside could be compensated later."""
        return False

    def _on_cancel(self, my_task: Token) -> None:
        inside = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if inside is not None:
            inside.abandon()
        super()._on_cancel(my_task)


class Call(Called, CallActivity):
    """A call activity."""


class Embedded(Called, SubWorkflowTask):
    """An embedded sub-process or transaction. `undoing`: its event sub-process for compensation."""

    undoing: EventStart | None = None

    def compensable(self, my_task: Token, inside: Sequence[Record]) -> bool:
        """Whether something inside could be compensated later."""
        return bool(inside) or self.undoing is not None


class EventSubProcess(Embedded):
    """An event sub-process, begun by one of its start events (`entry` of its token)."""

    def start_workflow(self, my_task: Token) -> None:
        """Begin behind the start event that was triggered."""
        entry = my_task.internal_data.pop("entry")
        inside = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        inside.enclosed = my_task.internal_data.pop("enclosed", None)
        inside.begin(my_task.data, entry)

    def proceed(self, my_task: Token) -> None:
        """Its data are those of the scope's end; a compensation that began it is told."""
        if "compensates" in my_task.internal_data:
            super().proceed(my_task)
        else:
            my_task.workflow.end_reached(my_task)
