"""A process in two copies, one kept in memory and one saved and restored after every change; they must agree."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from engine import Element, Instance, OpenWork, Trace
from tests.bundle.procedure import BUNDLE, definition, label
from workflows import steps

TRIES = BUNDLE.service_levels.number("contact_attempts_max")


class Host:
    """What the steps return, without a database: the same rules as in `workflows.steps`."""

    def __init__(self, may_open: bool, duplicate: bool) -> None:
        self.fixed = {"check_may_open": {"may_open": may_open}, "check_duplicates": {"duplicate": duplicate}}
        self.tries = 0
        self.returned: list[tuple[str, Mapping[str, object]]] = []

    def step(self, element: Element, data: Mapping[str, object]) -> Mapping[str, object] | None:
        """Run the step of an element and remember what it returned."""
        name = element.step or ""
        rule = getattr(self, name, None)
        result = rule(element, data) if rule else self.fixed.get(name)
        if result is not None:
            self.returned.append((name, result))
        return result

    def count(self, element: Element, data: Mapping[str, object]) -> Any:
        """The real step: it needs nothing but the process data."""
        return steps.count(SimpleNamespace(element=element, data=data))  # type: ignore[arg-type]

    def note_contact(self, _element: Element, data: Mapping[str, object]) -> dict[str, object]:
        """A try that does not reach a verified client uses one up (domain 5.2)."""
        reached = data["contact_result"] == "reached" and data["identity_verified"] == "yes"
        self.tries = 0 if reached else self.tries + 1
        return {"attempts_left": max(0, TRIES - self.tries)}

    def reset_attempts(self, _element: Element, _data: Mapping[str, object]) -> None:
        """The case manager reached the client."""
        self.tries = 0


class Copy:
    """One copy of the walk: the instance, its host, and everything that happened."""

    def __init__(self, process: str, may_open: bool, duplicate: bool, *, restoring: bool) -> None:
        self.host = Host(may_open, duplicate)
        self.restoring = restoring
        self.trace: list[Trace] = []
        self.taken: set[str] = set()
        self.instance = Instance.start(definition(process), {}, self.host.step)
        self.rest()

    def rest(self) -> None:
        """Take over the trace; save and restore if this copy does."""
        self.trace += self.instance.trace
        self.taken |= set(self.instance.taken)
        self.instance.trace.clear()
        if self.restoring:
            self.instance = Instance.load(self.instance.definition, self.instance.dump(), self.host.step)

    def happen(self, place: int, data: Mapping[str, object]) -> None:
        """Let the open work in a place of the list happen."""
        work = self.instance.open_work()[place]
        if work.kind == "user_task":
            self.instance.complete(work.id, data)
        elif work.kind == "timer":
            self.instance.fire(work.id)
        else:
            self.instance.receive(work.name or "")
        self.rest()

    def look(self) -> tuple[object, ...]:
        """Everything that has to be the same in both copies; ids of work differ."""
        work = [
            (item.kind, item.element.id, item.lane, item.calling_lanes, item.value, item.name, item.data)
            for item in self.instance.open_work()
        ]
        return work, self.instance.ended, self.instance.outcome, self.trace, self.taken, self.host.returned


class Walk:
    """Both copies, moved together."""

    def __init__(self, process: str, may_open: bool = True, duplicate: bool = False) -> None:
        self.kept, self.restored = (
            Copy(process, may_open, duplicate, restoring=restoring) for restoring in (False, True)
        )
        self.compare()

    def compare(self) -> None:
        """Restored equals kept: visited elements, open work with its data, outcome."""
        assert self.restored.look() == self.kept.look()

    def happen(self, place: int, data: Mapping[str, object]) -> None:
        """Let the open work in a place of the list happen in both copies."""
        self.kept.happen(place, data)
        self.restored.happen(place, data)
        self.compare()

    def happen_to(self, target: str, data: Mapping[str, object]) -> None:
        """The same for the first work at an element, or the first that waits for a message of this name."""
        place = next(i for i, work in enumerate(self.open) if target in (work.element.id, work.name))
        self.happen(place, data)

    @property
    def open(self) -> list[OpenWork]:
        """The open work of the kept copy."""
        return self.kept.instance.open_work()

    @property
    def open_tasks(self) -> list[str]:
        """The labels of the open user tasks, sorted."""
        return sorted(label(work.element.id) for work in self.open if work.kind == "user_task")

    @property
    def ended(self) -> bool:
        """Whether both copies have ended."""
        return self.kept.instance.ended

    @property
    def outcome(self) -> str | None:
        """How both copies ended."""
        return self.kept.instance.outcome

    def seen(self, event: str) -> list[Element]:
        """The elements to which something happened (`entered`, `completed`, `cancelled`), in order."""
        return [trace.element for trace in self.kept.trace if trace.event == event]
