# mypy: disallow-subclassing-any=False
"""How gateways run (BPMN 2.0.2, 13.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import (
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from SpiffWorkflow.util.task import TaskState

from engine.errors import ExpressionError, Incident
from engine.expressions import Expression
from engine.tasks import Lean, Way, choose, holds

if TYPE_CHECKING:
    from engine.tokens import Token


class _Choosing(Lean):
    """A gateway that looks at conditions before it has completed; where a `chooser` stands in for them, it is asked."""

    def _run_hook(self, my_task: Token) -> bool:
        my_task.internal_data["ways"] = self.decide(my_task)
        return True

    def chosen(self, my_task: Token) -> Sequence[Way]:
        """What was decided."""
        ways: Sequence[Way] = my_task.internal_data["ways"]
        return ways

    def decide(self, my_task: Token) -> Sequence[Way]:
        """The ways to take."""
        raise NotImplementedError

    def _picked(self, my_task: Token) -> list[Way] | None:
        chooser = my_task.workflow.top_workflow.chooser
        if chooser is None:
            return None
        if len(self.ways) < 2:
            return list(self.ways)
        picked = set(chooser.ways(self.element, [way.id for way in self.ways]))
        return [way for way in self.ways if way.id in picked]


class Exclusive(_Choosing, ExclusiveGateway):
    """An exclusive gateway: the first flow whose condition holds, else the default flow (13.4.2)."""

    def decide(self, my_task: Token) -> Sequence[Way]:
        """One way; none where the gateway leads nowhere."""
        if not self.ways:
            return ()
        picked = self._picked(my_task)
        if picked:
            return picked[:1]
        first = (way for way in self.ways if not way.default and holds(my_task, way))
        way = next(first, None) or next((way for way in self.ways if way.default), None)
        if way is None:
            raise Incident("No condition holds, and there is no default flow.", self.element.id)
        return [way]


class Join(Lean):
    """A gateway that waits for tokens on several incoming flows. `incoming`: the flows, in the order drawn."""

    incoming: tuple[str, ...] = ()

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        my_task._set_state(TaskState.WAITING)
        return self._take(my_task, self._complete_set(my_task))

    def _take(self, my_task: Token, taken: list[Token] | None) -> bool:
        """Melt the tokens into this one."""
        if taken is None:
            return False
        data: dict[str, object] = {}
        for token in taken:
            data.update(token.data)
            if token is not my_task:
                token.leave()
        my_task.data = data
        return True

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        raise NotImplementedError

    def _run_hook(self, my_task: Token) -> bool:
        return True


class Parallel(Join, ParallelGateway):
    """A parallel gateway: takes one token from each incoming flow, then sends one on each outgoing flow (13.4.1)."""

    def chosen(self, my_task: Token) -> Sequence[Way]:
        """All ways: a condition behind a parallel gateway has no meaning."""
        return self.ways

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        """One waiting token for each incoming flow, in order of arrival, or None while some are missing."""
        missing: Counter[str] = Counter(self.incoming)
        taken = []
        for token in my_task.workflow.waiting_at(self):
            flow = token.internal_data.get("via", "")
            if missing[flow] > 0 or not missing:
                missing[flow] -= 1
                taken.append(token)
        return None if +missing else taken


class Inclusive(_Choosing, Join, InclusiveGateway):
    """An inclusive gateway (13.4.3).

    It waits while a token elsewhere could still arrive on an empty incoming flow without passing the gateway,
    unless that token could as well arrive on a flow where one waits already. `leading`: for each incoming flow the
    elements from which it can be reached by flows that do not visit the gateway; `may_lead`: also those whose
    boundary events could lead there.
    """

    leading: dict[str, frozenset[str]]
    may_lead: dict[str, frozenset[str]]

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        """With one way in, at once; else when nothing else can happen first (`Run.release`)."""
        return [my_task] if len(self.incoming) < 2 else None

    def release(self, my_task: Token) -> bool:
        """Go on if no token can arrive any more; say whether it did."""
        process = my_task.workflow
        waiting = list(process.waiting_at(self))
        first: dict[str, Token] = {}
        for token in waiting:
            first.setdefault(token.internal_data["via"], token)
        others = {token.element.id for token in process.live if token.task_spec is not self}
        if self._may_arrive(first, others):
            return False
        self._take(my_task, list(first.values()))
        my_task._ready()
        return True

    def _may_arrive(self, full: Iterable[str], elsewhere: set[str]) -> bool:
        full = set(full)
        to_full = set().union(*(self.leading[flow] for flow in full))
        to_empty = set().union(*(self.may_lead[flow] for flow in self.incoming if flow not in full))
        return bool(elsewhere & (to_empty - to_full))

    def decide(self, my_task: Token) -> Sequence[Way]:
        """Every way whose condition holds, else the default one."""
        if not self.ways:
            return ()
        picked = self._picked(my_task)
        if picked:
            return picked
        return choose(my_task, self.ways, [w for w in self.ways if not w.default and holds(my_task, w)])


class Complex(Inclusive):
    """A complex gateway (13.4.5): it goes on when its `activation` holds for the tokens that have arrived.

    Then one token stays and remembers which flows have `passed`, until no other can arrive: what comes meanwhile is
    taken away. Without an activation condition it is an inclusive gateway.
    """

    activation: Expression | None = None

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        if self.activation is None or my_task.workflow.top_workflow.chooser is not None:
            return super()._complete_set(my_task)
        waiting = list(my_task.workflow.waiting_at(self))
        if any("passed" in token.internal_data for token in waiting):
            return None
        if not self._is_activated(my_task, len(waiting)):
            return None
        passed = sorted({token.internal_data["via"] for token in waiting})
        if len(passed) < len(self.incoming):
            staying = my_task.workflow.new_token(self)
            staying.internal_data.update(via=passed[0], passed=passed)
            staying._set_state(TaskState.WAITING)
        return waiting

    def _is_activated(self, my_task: Token, arrived: int) -> bool:
        try:
            data = {**my_task.data, "activationCount": arrived}
            context = my_task.workflow.top_workflow.context
            return self.activation is not None and self.activation.holds(data, context)
        except ExpressionError as error:
            raise Incident(
                f"The activation condition cannot be answered: {error}", self.element.id
            ) from error

    def release(self, my_task: Token) -> bool:
        """Begin anew when no token can arrive any more that belongs to the last time; say whether it did."""
        if "passed" not in my_task.internal_data:
            return self.activation is None and super().release(my_task)
        process = my_task.workflow
        passed = set(my_task.internal_data["passed"])
        late: dict[str, Token] = {}
        for token in process.waiting_at(self):
            if token is not my_task and token.internal_data["via"] not in passed:
                late.setdefault(token.internal_data["via"], token)
        others = {token.element.id for token in process.live if token.task_spec is not self}
        if self._may_arrive(passed | late.keys(), others):
            return False
        for token in (*late.values(), my_task):
            token.leave()
        self._begin_anew(list(process.waiting_at(self)))
        process.settle()
        return True

    def _begin_anew(self, early: list[Token]) -> None:
        """What came too early for the last time may be enough for the next one."""
        if early and self._take(early[-1], self._complete_set(early[-1])):
            early[-1]._ready()


class Gather(Join, ParallelGateway):
    """What stands before an activity that begins with several tokens (`startQuantity`); it leaves no trace."""

    quantity = 1

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        waiting = list(my_task.workflow.waiting_at(self))
        return waiting[: self.quantity] if len(waiting) >= self.quantity else None

    def _on_ready(self, my_task: Token) -> None:
        self._on_ready_hook(my_task)

    def _on_complete(self, my_task: Token) -> None:
        self.move_on(my_task)


class Race(Lean, EventBasedGateway):
    """An event-based gateway: the events behind it wait together, and the first one cancels the others (13.4.4)."""

    connect = BpmnStartTask.connect

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def proceed(self, my_task: Token) -> None:
        """Let all events behind it wait as rivals."""
        my_task.workflow.send(my_task, self.ways, race=my_task.id)
