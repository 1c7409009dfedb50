"""The flow of the permit for Viewflow, imported once Django is set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.models import Process

from benchmarks import permit


def _page(_request: object) -> None:
    """No page is shown: the tasks are completed by their activations."""


class Permit(flow.Flow):
    """The nodes of the diagram."""

    process_class = Process
    lock_impl = lock.select_for_update_lock

    begin = flow.StartHandle().Next(this.apply)
    apply = flow.View(_page).Assign(username="clerk").Next(this.check_may_open)
    check_may_open = flow.Function(this.do_check).Next(this.allowed)
    allowed = flow.If(lambda a: a.process.data["may_open"]).Then(this.tell_inspectors).Else(this.refused)
    tell_inspectors = flow.Function(this.do_tell).Next(this.review)
    review = flow.View(_page).Next(this.arrived)
    arrived = flow.Handle().Next(this.inspect)
    inspect = flow.View(_page).Next(this.decide)
    decide = flow.View(_page).Next(this.again)
    again = flow.If(lambda a: a.process.data.get("again") == "yes").Then(this.inspect).Else(this.write)
    write = flow.View(_page).Next(this.count_rounds)
    count_rounds = flow.Function(this.do_count).Next(this.hand_over)
    hand_over = flow.View(_page).Assign(username="clerk").Next(this.tell_clerk)
    tell_clerk = flow.Function(this.do_tell).Next(this.granted)
    granted = flow.End()
    refused = flow.End()

    def do_check(self, activation: Any) -> None:
        """The step that checks."""
        activation.process.data = {**(activation.process.data or {}), "may_open": True}
        activation.process.save()

    def do_tell(self, activation: Any) -> None:
        """The steps that would write a mail."""

    def do_count(self, activation: Any) -> None:
        """The step that counts."""
        activation.process.data = {**activation.process.data, "rounds": 1}
        activation.process.save()


class Contestant:
    """The permit with its two people."""

    def __init__(self) -> None:
        call_command("migrate", verbosity=0)
        self.people = {name: User.objects.create_user(name) for name in ("clerk", "inspector")}

    def open(self) -> Process:
        """A new case."""
        return Permit.begin.run()

    def steps(self, case: Process, turns: int) -> Iterator[tuple[str, Callable[[], object]]]:
        """The transactions of a case after its opening."""
        for number, (element, answers) in enumerate(permit.tasks(turns)):
            if number == len(permit.BEFORE):
                yield permit.MESSAGE, partial(Permit.arrived.run, self._open_task(case))
            task = self._open_task(case)
            user = self.people["clerk" if element in ("Apply", "HandOver") else "inspector"]
            yield element, partial(self._complete, task, user, answers)

    def _open_task(self, case: Process) -> Any:
        return Permit.task_class.objects.get(process_id=case.pk, finished=None)

    def _complete(self, task: Any, user: User, answers: dict[str, Any]) -> None:
        with Permit.lock(task.process_id):
            task.refresh_from_db()
            activation = task.flow_task.activation_class(task)
            if activation.assign.can_proceed():
                activation.assign(user)
            activation.start(None)
            activation.process.data = {**(activation.process.data or {}), **answers}
            activation.process.save()
            activation.execute()
