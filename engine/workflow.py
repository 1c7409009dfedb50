# mypy: disallow-subclassing-any=False
"""A running instance on SpiffWorkflow's workflow classes, kept to its live part.

A `Token` is a SpiffWorkflow task. Live tokens are children of their process' root; a finished token leaves at
once. Data dictionaries are never changed in place, so that tokens share one until one of them differs.
SpiffWorkflow's log records carry data in `extra`; these classes write none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.errors import Incident, StepLimit
from engine.events import Conditional
from engine.gateways import Inclusive
from engine.process import Process
from engine.tokens import Chooser, Token, Trace

if TYPE_CHECKING:
    from engine.definition import Definition
    from engine.scripting import SafeEngine


class Run(Process, BpmnWorkflow):
    """The top process of an instance, with what all its processes share: agenda, events, trace.

    `waiting`: the tokens that wait for an event; `people`: those that wait for somebody. `latest`: what was written
    last under each name anywhere in the instance, kept where a conditional event needs it. `taken`: the ids of the
    sequence flows that tokens went along, in order; empty for a way that is not drawn as one.
    """

    def __init__(
        self,
        definition: Definition,
        script_engine: SafeEngine,
        chooser: Chooser | None = None,
    ) -> None:
        specs = definition.specs
        super().__init__(specs[definition.process_id], specs, script_engine, deserializing=True)
        self.limits = definition.limits
        self.chooser = chooser
        self.context = script_engine.context
        self.watches = definition.watches
        self.agenda: deque[Token] = deque()
        self.people: dict[str, Token] = {}
        self.waiting: dict[str, Token] = {}
        self.trace: list[Trace] = []
        self.taken: list[str] = []
        self.latest: dict[str, object] = {}
        self.outcome: str | None = None
        self.ended = False
        self.failed = False
        self.begun = 0

    def create_subprocess(self, my_task: Token, spec_name: str) -> Called:
        """A called process or embedded sub-process for a token."""
        process = Called(self.subprocess_specs[spec_name], my_task)
        self.subprocesses[my_task.id] = process
        return process

    def tokens(self) -> Iterator[Token]:
        """Every live token of the instance, in an order that saving and loading keeps."""
        for process in (self, *self.subprocesses.values()):
            yield from process.live

    def listening(self) -> list[Token]:
        """The tokens that wait for an event, in the same order."""
        return [token for token in self.tokens() if token.id in self.waiting]

    def finish(self, data: dict[str, object]) -> None:
        """Nothing of the top process is live: the instance has ended."""
        self.ended = True

    def count(self, spec: Any) -> None:
        """One more path has begun since the last wait; an `Incident` when they are too many."""
        self.begun += 1
        if self.begun > self.limits.tokens:
            raise Incident(f"More than {self.limits.tokens} paths begin without a wait.", spec.element.id)

    def write(self, token: Token, values: Mapping[str, object]) -> None:
        """Merge what somebody answered, a step returned or a decision gave into the data of a token."""
        token.data = {**token.data, **values}
        if self.watches:
            self.latest = {**self.latest, **values}

    def throw(self, token: Token, kind: str, name: str | None) -> None:
        """Throw a message or signal to whoever waits for it in this instance.

        Of the scopes around the thrower only the nearest one that listens hears it: what is caught inside is not
        caught outside again.
        """
        token.workflow.note(token, "message" if kind == "message" else "signal", name or None)
        around = self._around(token)
        nearest = next((level for level in around if any(t.task_spec.hears(kind, name) for t in level)), [])
        deaf = {other.id for level in around if level is not nearest for other in level}
        self.deliver(kind, name, deaf)

    def _around(self, token: Token) -> list[list[Token]]:
        """The armed boundary events and event sub-process starts around a token, from the inside to the outside."""
        levels, inside = [], self._host(token)
        while True:
            process = inside.workflow
            levels.append(process.linked("host", inside.id))
            levels.append(process.handlers_around(inside))
            if process.caller is None:
                return levels
            inside = self._host(process.caller)

    def deliver(self, kind: str, name: str | None, deaf: Collection[str] = ()) -> int:
        """Let every event come about that waits for a message or signal and is not deaf to it; how many did."""
        waiting = [token for token in self.listening() if token.id not in deaf]
        hearing = [token for token in waiting if token.task_spec.hears(kind, name)]
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
        """The nearest event around a token that catches a code; at the same distance the one that names it."""
        for level in self._around(token):
            hearing = [other for other in level if other.task_spec.hears(kind, name)]
            exact = (o for o in hearing if any(trigger.name == name for trigger in o.task_spec.triggers))
            if hearing:
                return next(exact, hearing[0])
        return None

    def _host(self, token: Token) -> Token:
        """The token beside which boundary events wait: of a loop's instance that of the whole loop."""
        loop = token.internal_data.get("loop")
        return token if loop is None else token.workflow.tasks[loop]

    def go(self) -> None:
        """Run every element that needs nobody, until all tokens wait or the instance has ended."""
        for _ in range(self.limits.steps):
            if self._look():
                continue
            if not self.agenda and not self._release():
                return
            if self.agenda:
                token = self.agenda.popleft()
                if token.state == TaskState.READY:
                    self._run(token)
        where = self.agenda[0].element.id if self.agenda else None
        raise StepLimit(f"More than {self.limits.steps} steps without a wait.", where)

    def _release(self) -> bool:
        """When all is quiet: let one inclusive gateway go on that nothing can reach any more."""
        held = (
            t for t in self.tokens() if isinstance(t.task_spec, Inclusive) and t.state == TaskState.WAITING
        )
        return any(token.task_spec.release(token) for token in list(held))

    def _look(self) -> bool:
        """Let an event come about whose condition has become true (10.5.5), before anything else goes on."""
        if not self.watches or self.chooser is not None:
            return False
        for token in self.listening():
            watching = [t for t in token.task_spec.triggers if isinstance(t, Conditional)]
            if watching and self._has_become_true(token, watching):
                token.task_spec.happen(token)
                return True
        return False

    def _has_become_true(self, token: Token, watching: Sequence[Conditional]) -> bool:
        data = {**token.data, **self.latest}
        now = any(trigger.holds(data, self.context) for trigger in watching)
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

    @property
    def parent_workflow(self) -> Process:
        """The process around. SpiffWorkflow would look for the caller's token in every process of the instance."""
        return self.caller.workflow

    def finish(self, data: dict[str, object]) -> None:
        """Hand the data back to the caller, which goes on."""
        self.top_workflow.subprocesses.pop(self.caller.id)
        self.caller.task_spec.finish(self.caller, data, self.records)
