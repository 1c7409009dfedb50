# mypy: disallow-subclassing-any=False
"""Activities that run more than once: standard loops and multi-instance (BPMN 2.0.2, 10.3.8 and 13.3.6, 13.3.7).

The `Repeat` takes the place of the activity in the flow and carries its boundary events; the activity itself runs
as its instances, each a token linked by `loop`. What an instance changes in its data is merged when it completes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.util.task import TaskState

from engine.errors import ExpressionError, Incident
from engine.events import Trigger, throw_from
from engine.expressions import Expression
from engine.tasks import Activity

if TYPE_CHECKING:
    from engine.tokens import Token

Data = dict[str, object]


class Repeat(Activity, BpmnStartTask):
    """An activity with a loop marker.

    `body`: what runs each time. `counts`: how many instances (`total`), None for a standard loop, which goes on
    while `condition` holds, at most `maximum` times. `until`: a multi-instance stops when it holds. `items`: the
    list each instance takes its `item` from.
    """

    body: Any
    sequential = True
    test_before = False
    standard = False
    cardinality: Expression | None = None
    items: Expression | None = None
    item: str | None = None
    condition: Expression | None = None
    until: Expression | None = None
    maximum: int | None = None
    behavior = "All"
    throws: tuple[tuple[Expression | None, Trigger], ...] = ()

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        my_task._set_state(TaskState.STARTED)
        my_task.internal_data.update(started=0, done=0)
        self._arm(my_task)
        self._begin(my_task)
        return False

    def _begin(self, my_task: Token) -> None:
        total = self._total(my_task)
        if total is not None:
            my_task.internal_data["total"] = total
            self._demand_few(my_task, total)
        if total == 0 or (self.test_before and not self._goes_on(my_task)):
            self._finish(my_task)
        else:
            for _ in range(1 if self.sequential or total is None else total):
                self._start_one(my_task)
            self._step_out(my_task)

    def _total(self, my_task: Token) -> int | None:
        """How many instances there will be; None when a condition decides from round to round."""
        chooser = my_task.workflow.top_workflow.chooser
        if chooser is not None:
            return int(chooser.times(self.element))
        if self.standard:
            return None
        if self.items is not None:
            return len(self._collection(my_task))
        return self._number(my_task)

    def _collection(self, my_task: Token) -> list[object]:
        found = self._value(my_task, self.items, my_task.data)
        if not isinstance(found, list):
            raise Incident("The collection is not a list.", self.element.id)
        return found

    def _number(self, my_task: Token) -> int:
        value = self._value(my_task, self.cardinality, my_task.data)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Incident("The number of instances is not a whole number from 0.", self.element.id)
        return value

    def _demand_few(self, my_task: Token, number: int) -> None:
        most = my_task.workflow.top_workflow.limits.instances
        if number > most:
            raise Incident(f"There would be more than {most} instances.", self.element.id)

    def _start_one(self, my_task: Token) -> None:
        process = my_task.workflow
        internal = my_task.internal_data
        index = internal["started"]
        self._demand_few(my_task, index + 1)
        internal["started"] = index + 1
        instance = process.new_token(self.body)
        instance.internal_data.update(loop=my_task.id, index=index)
        instance.origin = instance.data = {**my_task.data, **self._own(my_task, index)}

    def _own(self, my_task: Token, index: int) -> Data:
        """What an instance finds in its data beside the activity's own."""
        own: Data = {"loopCounter": index + 1 if self.standard else index}
        if self.items is not None and self.item and my_task.workflow.top_workflow.chooser is None:
            own[self.item] = self._collection(my_task)[index]
        return own

    def _step_out(self, my_task: Token) -> None:
        """Let the new instances begin; an earlier one may have ended them all."""
        process = my_task.workflow
        for instance in process.instances(my_task):
            if instance.state == TaskState.FUTURE and instance.id in process.tasks:
                instance.task_spec._update(instance)

    def one_done(self, instance: Token) -> None:
        """An instance has completed: take over what it changed; then the next one, or the end."""
        process = instance.workflow
        my_task = process.tasks[instance.internal_data["loop"]]
        internal = my_task.internal_data
        internal["done"] += 1
        my_task.data = merged(my_task.data, instance)
        enough = self._tell(my_task)
        if my_task.stopped:
            return
        if enough or self._is_over(my_task):
            for other in list(process.instances(my_task)):
                if other is not instance:
                    other.cancel()
            self._finish(my_task)
        elif self.sequential or "total" not in internal:
            self._start_one(my_task)
            self._step_out(my_task)

    def _tell(self, my_task: Token) -> bool:
        """Throw what the activity throws when an instance completes (BPMN 2.0.2, table 10.30).

        True when a condition of the behaviour `Complex` holds: it cancels the remaining instances (table 10.31).
        """
        walked = my_task.workflow.top_workflow.chooser is not None
        if (self.behavior == "One" and my_task.internal_data["done"] > 1) or (
            self.behavior == "Complex" and walked
        ):
            return False  # Nobody reads the conditions of a walk.
        enough = False
        for condition, trigger in self.throws:
            if not my_task.stopped and (condition is None or self._asks(my_task, condition)):
                enough = enough or condition is not None
                self._throw(my_task, trigger)
        return enough

    def _throw(self, my_task: Token, trigger: Trigger) -> None:
        """The activity's own boundary events hear of the instance that is done, and do not interrupt the others."""
        own = my_task.workflow.linked("host", my_task.id)
        hearing = [token for token in own if token.task_spec.hears(trigger.kind, trigger.name)]
        for token in hearing:
            token.task_spec.again(token)
        if not hearing:
            throw_from(my_task, trigger)

    def _is_over(self, my_task: Token) -> bool:
        internal = my_task.internal_data
        total = internal.get("total")
        if total is None:
            return not self._goes_on(my_task)
        if internal["done"] >= total:
            return True
        return self.until is not None and self._asks(my_task, self.until)

    def _goes_on(self, my_task: Token) -> bool:
        """Whether a standard loop runs once more."""
        done = my_task.internal_data["done"]
        if "total" in my_task.internal_data:
            return bool(done < my_task.internal_data["total"])
        if self.maximum is not None and done >= self.maximum:
            return False
        return self.condition is None or self._asks(my_task, self.condition)

    def _asks(self, my_task: Token, condition: Expression) -> bool:
        if my_task.workflow.top_workflow.chooser is not None:
            return False
        answer = self._value(my_task, condition, {**self._numbers(my_task), **my_task.data})
        if not isinstance(answer, bool):
            raise Incident("The loop's condition is neither true nor false.", self.element.id)
        return answer

    def _value(self, my_task: Token, expression: Expression | None, data: Mapping[str, object]) -> object:
        if expression is None:
            raise Incident("The activity does not say how often it runs.", self.element.id)
        try:
            return expression.evaluate(data, my_task.workflow.top_workflow.context)
        except ExpressionError as error:
            raise Incident(f"The loop cannot be answered: {error}", self.element.id) from error

    def _numbers(self, my_task: Token) -> Data:
        """The counters that a condition may read, in the standard's names and in those of widespread tools."""
        internal = my_task.internal_data
        done, total = internal["done"], internal.get("total", internal["started"])
        active = internal["started"] - done
        return {
            "loopCounter": done, "numberOfInstances": total, "numberOfCompletedInstances": done,
            "numberOfActiveInstances": active, "numberOfTerminatedInstances": 0,
            "nrOfInstances": total, "nrOfCompletedInstances": done, "nrOfActiveInstances": active,
        }  # fmt: skip

    def _finish(self, my_task: Token) -> None:
        """Go on behind the activity; its instances have told all there is to tell."""
        my_task._set_state(TaskState.COMPLETED)
        self._disarm(my_task)
        self.move_on(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        for instance in list(my_task.workflow.instances(my_task)):
            instance.cancel()
        my_task.leave()
        self._disarm(my_task)


def merged(data: Data, result: Token) -> Data:
    """`data` with what a token changed since it began with its `origin`."""
    return {**data, **dict(_changes(result.origin or {}, result.data))}


def _changes(before: Data, after: Data) -> Iterator[tuple[str, object]]:
    for name, value in after.items():
        if name not in before or before[name] != value or type(before[name]) is not type(value):
            yield name, value
