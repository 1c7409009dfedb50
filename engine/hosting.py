"""A host in memory: it keeps what a host of the engine keeps, without a database.

Definitions and what starts them; instances and when their timers fall due; a clock that is moved by hand; a log. It
hands messages and signals from one instance to the others and starts the processes that wait for them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from engine.definition import Definition, load
from engine.drawing import Scope
from engine.due import due
from engine.elements import Element, Problem
from engine.errors import EngineError, Incident, InvalidDefinition, Stuck
from engine.errors import StepLimit as EngineStepLimit
from engine.instance import Instance, OpenWork
from engine.limits import Limits
from engine.reading import read

__all__ = ["Entry", "Host", "InTurn", "Running", "StepLimit", "no_step"]


class StepLimit(Exception):
    """More steps were taken than allowed: the diagram turns in circles."""


class InTurn:
    """The choices of a stubbed run: flows are taken in turn, loops run twice. `taken`: how many each element took."""

    def __init__(self, taken: Mapping[str, int]) -> None:
        self.taken = Counter(taken)

    def ways(self, element: Element, flows: Sequence[str]) -> Collection[str]:
        """The next flow."""
        self.taken[element.id] += 1
        return [flows[(self.taken[element.id] - 1) % len(flows)]]

    def times(self, element: Element) -> int:
        """Twice."""
        return 2


@dataclass
class Running:
    """An instance with what its host keeps beside it.

    `due`: when its timers fall due, by work id. `failed`: it met an incident, and nothing more happens in it.
    """

    id: str
    definition_id: str
    instance: Instance
    chooser: InTurn | None
    due: dict[str, datetime] = field(default_factory=dict)
    failed: bool = False

    def open_work(self) -> list[OpenWork]:
        """What it waits for."""
        return [] if self.failed else self.instance.open_work()

    def stuck(self) -> list[tuple[str, Element]]:
        """Where it stands for ever."""
        return [] if self.failed else self.instance.stuck()


@dataclass(frozen=True)
class Entry:
    """A line of the log: what happened in which instance, at which element (None: nobody knows where)."""

    instance: str
    definition_id: str
    element_id: str | None
    kind: str | None
    event: str


class Host:
    """Definitions, instances, a clock and a log.

    `stub`: choices are made in turn, conditions are not asked; `all_processes`: also those not marked executable;
    `max_steps`: of an instance between two waits.
    """

    def __init__(self, *, stub: bool, all_processes: bool, max_steps: int) -> None:
        self.stub = stub
        self.all_processes = all_processes
        self.max_steps = max_steps
        self.now = datetime.now(UTC)
        self.definitions: dict[str, Definition] = {}
        self.refused: dict[str, Problem] = {}
        self.instances: dict[str, Running] = {}
        self.log: list[Entry] = []
        self._listening: dict[tuple[str, str | None], list[tuple[str, str]]] = {}
        self._thrown: deque[tuple[Literal["message", "signal"], str | None, str]] = deque()
        self._delivering = False
        # With stubbed choices conditions are never asked, so they may be in any language.
        self._terms: Any = {
            "rules": "walk" if stub else "standard",
            "limits": Limits(steps=max_steps),
            "all_processes": all_processes,
        }

    # --- Definitions ---

    def define(self, identity: str, files: Mapping[str, bytes]) -> None:
        """Take in a process of a bundle, or raise `InvalidDefinition`."""
        self.forget(identity)
        try:
            self.definitions[identity] = load(files, identity, **self._terms)
        except InvalidDefinition as error:
            self.refused[identity] = error.problems[0]
            raise
        for scope in read(files, all_processes=self.all_processes).processes:
            if scope.id == identity:
                self._listen(scope)

    def forget(self, identity: str) -> None:
        """A process of this id that was taken in before is replaced."""
        self.definitions.pop(identity, None)
        self.refused.pop(identity, None)
        for listeners in self._listening.values():
            listeners[:] = [listener for listener in listeners if listener[0] != identity]

    def _listen(self, process: Scope) -> None:
        """Remember which messages and signals start a process, and at which element."""
        for node in process.nodes:
            if node.kind == "startEvent" or node.instantiates:
                for event in node.events:
                    self._listening.setdefault((event.kind, event.name), []).append((process.id, node.id))

    # --- Instances ---

    def start(self, identity: str, data: Mapping[str, object], start_element: str | None) -> Running:
        """Start a process, or raise an `Incident` that says why it cannot run."""
        definition = self.definitions.get(identity)
        if definition is None:
            problem = self.refused.get(identity)
            raise Incident(problem.reason, problem.element_id) if problem else Incident(_IDLE, identity)
        chooser = InTurn({}) if self.stub else None
        instance = Instance.prepare(definition, no_step, chooser=chooser)
        running = Running(str(len(self.instances) + 1), identity, instance, chooser)
        self.instances[running.id] = running
        with self.changing(running):
            instance.begin(data, at=start_element)
        return running

    def restore(self, running: Running, log: list[Entry]) -> None:
        """Put an instance back to an earlier state; what it did since is no more in the log."""
        self.instances[running.id] = running
        done = [entry for entry in self.log if entry.instance == running.id]
        kept = len(log) if done[: len(log)] == log else 0
        since = {id(entry) for entry in done[kept:]}
        self.log = [entry for entry in self.log if id(entry) not in since] + log[kept:]

    @contextmanager
    def changing(self, running: Running) -> Iterator[None]:
        """A change of an instance and what follows from it: in the log, on the clock, in the other instances."""
        try:
            yield
        except Stuck:
            pass  # It stands where it is, like one that waits; `Running.stuck` says where.
        except Incident as incident:
            running.failed = True
            self._take_over(running)
            element = running.instance.definition.elements.get(incident.element_id or "")
            self._note(running, incident.element_id, element, "incident")
            if isinstance(incident, EngineStepLimit):
                raise StepLimit(str(incident)) from incident
            raise
        except EngineError as refused:
            raise Incident(str(refused), None) from refused
        except Exception as error:
            # Whatever the diagram did to the engine, a host is told where it happened and goes on with the others.
            running.failed = True
            self._take_over(running)
            self._note(running, None, None, "incident")
            raise Incident(f"The engine failed ({type(error).__name__}).", None) from error
        self._take_over(running)
        if not self._delivering:
            self._deliver()

    def _take_over(self, running: Running) -> None:
        """Write down what happened in an instance, and when its new timers fall due."""
        for trace in running.instance.trace:
            if trace.event in ("message", "signal"):
                self._thrown.append((trace.event, trace.name, running.id))
            if trace.event not in ("entered", "cancelled"):
                self._note(running, trace.element.id, trace.element, trace.event)
        running.instance.trace.clear()
        timers = {work.id: work.value or "" for work in running.open_work() if work.kind == "timer"}
        moments = {name: running.due.get(name) or self._due(text) for name, text in timers.items()}
        running.due = {name: moment for name, moment in moments.items() if moment is not None}

    def _due(self, text: str) -> datetime | None:
        """When a timer falls due that begins to wait now; None for one without a time, which is only ever fired."""
        try:
            return due(text, self.now)
        except ValueError:
            return None

    def _note(self, running: Running, element_id: str | None, element: Element | None, event: str) -> None:
        process_id = element.process_id if element else running.definition_id
        self.log.append(Entry(running.id, process_id, element_id, element.kind if element else None, event))

    # --- Messages and signals ---

    def _deliver(self) -> None:
        """Hand on what was thrown, and what is thrown because of it."""
        self._delivering = True
        followed = 0
        try:
            while self._thrown:
                followed += self._hand_on(*self._thrown.popleft())
                if followed > _MOST_HANDED_ON:
                    raise StepLimit(
                        f"More than {_MOST_HANDED_ON} messages and signals followed from each other."
                    )
        finally:
            self._delivering = False
            self._thrown.clear()

    def _hand_on(self, kind: Literal["message", "signal"], name: str | None, sender: str) -> bool:
        """A signal is for everybody; a message is for one: an instance that waits for it, or else a new one.

        Whether anybody heard it. A message that is drawn without a name finds nobody.
        """
        others = [one for one in self.instances.values() if one.id != sender and not one.failed]
        hearing = [running for running in others if running.instance.hears(kind, name)]
        starting = list(self._listening.get((kind, name), ()))
        if kind == "message":
            hearing, starting = hearing[:1], [] if hearing or name is None else starting[:1]
        for running in hearing:
            self._tell(running, kind, name)
        for identity, element_id in starting:
            self.start(identity, {}, element_id)
        return bool(hearing or starting)

    def _tell(self, running: Running, kind: str, name: str | None) -> None:
        with self.changing(running):
            if kind == "signal":
                running.instance.signal(name)
            elif name is not None:
                running.instance.receive(name)


_MOST_HANDED_ON = 250
_IDLE = "The process is not executable."


def no_step(element: Element, data: Mapping[str, object]) -> None:
    """What a service task does here: nothing."""
