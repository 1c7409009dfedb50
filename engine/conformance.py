"""The engine behind one small, plain interface: what a suite of diagrams with expected traces needs, and a tour.

configure()                                  # a fresh, empty engine
report = deploy("order.bpmn")                # what runs, and what is refused and why
order = start("order", {"amount": 3})        # runs until somebody or something is waited for
for task in ready_tasks(order): complete(task, {"approved": True})
for event in waiting(order): fire(event)     # or advance(seconds), for timers
print(state(order), [entry["element_id"] for entry in log(order)])

This module is a host like any other: it holds what a host holds (definitions, instances, a clock), hands messages
and signals from one instance to the others, and starts processes that wait for them. All else is the engine's.
Every function takes what `ready_tasks` and `waiting` give, or its id; no instance means all of them, or where one is
needed the last one. A bad diagram never raises anything but `Incident` and `StepLimit`.
"""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

import engine
from engine import door, errors
from engine.drawing import Scope
from engine.due import due
from engine.errors import EngineError, Incident
from engine.limits import Limits
from engine.reading import read

__all__ = [
    "Incident", "StepLimit", "advance", "canonical", "complete", "configure", "deploy", "export", "fire", "load", "log",
    "ready_tasks", "save", "start", "state", "waiting",
]  # fmt: skip

Item = dict[str, Any]


class StepLimit(Exception):
    """More steps were taken than `max_steps`: the diagram turns in circles."""


class _InTurn:
    """The choices of a stubbed run: the flows are taken in turn, loops run twice."""

    def __init__(self, taken: Mapping[str, int]) -> None:
        self.taken = Counter(taken)

    def ways(self, element: engine.Element, flows: Sequence[str]) -> list[str]:
        """The next flow."""
        self.taken[element.id] += 1
        return [flows[(self.taken[element.id] - 1) % len(flows)]]

    def times(self, element: engine.Element) -> int:
        """Twice."""
        return 2


@dataclass
class _Running:
    """An instance with what its host keeps beside it: when its timers fall due, and whether it met an incident.

    `instance` is None when it never came to a wait.
    """

    id: str
    definition_id: str
    chooser: _InTurn | None
    instance: engine.Instance | None = None
    due: dict[str, datetime] = field(default_factory=dict)
    failed: bool = False


class _Host:
    """Everything that `configure` makes new."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.stub = options.get("scripts") == "stub"
        self.force_executable = bool(options.get("force_executable"))
        self.max_steps = int(options.get("max_steps") or 10_000)
        # With stubbed choices conditions are never asked, so they may be in any language.
        self.terms: Any = {
            "rules": "walk" if self.stub else "standard", "limits": Limits(steps=self.max_steps),
            "all_processes": self.force_executable,
        }  # fmt: skip
        self.contents: dict[str, bytes] = {}
        self.definitions: dict[str, engine.Definition] = {}
        self.refused: dict[str, engine.Problem] = {}
        self.listening: dict[tuple[str, str | None], list[tuple[str, str]]] = {}
        self.instances: dict[str, _Running] = {}
        self.entries: list[Item] = []
        self.thrown: deque[tuple[str, str | None, str]] = deque()
        self.delivering = False
        self.now = datetime.now(UTC)


_host = _Host({})


def configure(**options: Any) -> None:
    """A fresh, empty engine.

    `scripts`: `asis`, or `stub` (conditions take the flows in turn, loops run twice); `force_executable`: run also
    what is not marked executable; `max_steps`: steps until `StepLimit`. Others are ignored.
    """
    global _host
    _host = _Host(options)


# --- What can be run ---------------------------------------------------------------------------------------------


def deploy(path: str | Path, extra: Iterable[str | Path] = ()) -> Item:
    """Deploy every process of a file; `extra` are further files with processes that it calls.

    `definitions`: id, name, executable, status (`ok`, `refused`, `not-executable`), refusals and warnings of each
    process of the file; `error`: why the file as a whole cannot be used, or None. A refused process does not take
    the others with it.
    """
    paths = [path, *([extra] if isinstance(extra, str | Path) else extra)]
    files: dict[str, bytes] = {}
    for position, each in enumerate(map(Path, paths)):
        try:
            files[f"{position:03} {each.name}.bpmn"] = each.read_bytes()
        except (OSError, ValueError):
            problem = engine.Problem(
                each.name, None, None, "X1", "The file cannot be read.", "Check the path."
            )
            return {"definitions": [], "error": _refusal(problem)}
    problems: list[engine.Problem] = []
    reports = [_deploy(name, files, problems) for name in files]
    return {"definitions": reports[0], "error": _refusal(problems[0]) if problems else None}


def _deploy(name: str, files: Mapping[str, bytes], problems: list[engine.Problem]) -> list[Item]:
    """Deploy the processes of one file of a bundle."""
    root = door.root_of(name, files[name], problems)
    if root is None:
        return []
    return [_define(process, name, files) for process in root.iterfind(f"{{{door.BPMN}}}process")]


def _define(process: etree._Element, name: str, files: Mapping[str, bytes]) -> Item:
    """Deploy one process, or say why not."""
    identity, executable = process.get("id") or "", process.get("isExecutable") not in ("false", "0")
    report: Item = {
        "id": identity, "name": process.get("name") or "", "executable": executable, "status": "ok", "refusals": [],
        "warnings": [],
    }  # fmt: skip
    _host.contents[identity] = files[name]
    _forget(identity)
    if not executable and not _host.force_executable:
        return report | {"status": "not-executable"}
    try:
        _host.definitions[identity] = engine.load(files, identity, **_host.terms)
    except engine.InvalidDefinition as error:
        _host.refused[identity] = error.problems[0]
        return report | {"status": "refused", "refusals": [_refusal(problem) for problem in error.problems]}
    _listen(identity, files)
    problems = engine.check(files, identity, **_host.terms)
    concerned = [problem for problem in problems if problem.warning and problem.process_id in (None, identity)]
    return report | {"warnings": [_refusal(problem) for problem in concerned]}


def _forget(identity: str) -> None:
    """A process of the same id that was deployed before is replaced."""
    _host.definitions.pop(identity, None)
    _host.refused.pop(identity, None)
    for listeners in _host.listening.values():
        listeners[:] = [listener for listener in listeners if listener[0] != identity]


def _listen(identity: str, files: Mapping[str, bytes]) -> None:
    """Remember which messages and signals start a process, and at which element."""
    drawing = read(files, all_processes=_host.force_executable)
    for scope in drawing.processes:
        if scope.id == identity:
            for kind, name, element_id in _starting(scope):
                _host.listening.setdefault((kind, name), []).append((identity, element_id))


def _starting(scope: Scope) -> Iterator[tuple[str, str | None, str]]:
    """The events that start a process: those of its start events and of what instantiates it."""
    for node in scope.nodes:
        if node.kind == "startEvent" or node.instantiates:
            yield from ((event.kind, event.name, node.id) for event in node.events)


def _refusal(problem: engine.Problem) -> Item:
    return {
        "element_id": problem.element_id, "element_name": problem.element_name, "rule": problem.rule,
        "reason": problem.reason, "mend": problem.mend, "named": problem.element_id is not None,
    }  # fmt: skip


def export(definition_id: str | Item) -> bytes:
    """The file that a process came with, byte for byte."""
    return _host.contents[_known(definition_id, _host.contents)]


def _known(name: str | Item, names: Mapping[str, object]) -> str:
    """The id of something deployed or started, or an `Incident`."""
    identity = str(name.get("id")) if isinstance(name, Mapping) else str(name)
    if identity not in names:
        raise Incident(f"There is no {identity} here.", None)
    return identity


# --- Running it --------------------------------------------------------------------------------------------------


def start(
    definition_id: str | Item, data: Mapping[str, Any] | None = None, start_element: str | None = None
) -> str:
    """Start a process and return the id of the instance, which runs until it waits or ends.

    `start_element`: the start event to begin at, when it is not the plain one.
    """
    identity = _known(definition_id, _host.contents)
    if identity not in _host.definitions:
        refusal = _host.refused.get(
            identity, {"reason": "The process is not executable.", "element_id": identity}
        )
        raise Incident(refusal["reason"], refusal["element_id"])
    running = _Running(str(len(_host.instances) + 1), identity)
    _host.instances[running.id] = running
    with _changing(running):
        running.instance = engine.Instance.start(_host.definitions[identity], data or {}, _step)
    return running.id


def _step(element: engine.Element, data: Mapping[str, object]) -> None:
    """What a service task does here: nothing."""


def ready_tasks(instance: str | None = None) -> list[Item]:
    """The work that a person or a worker has to do: id, instance, element_id, kind (its BPMN tag) and name."""
    return [_item(one, work, work.element.kind) for one, work in _open(instance) if work.kind == "task"]


def complete(task: Item | str, data: Mapping[str, Any] | None = None) -> None:
    """Complete a task with data, which join the process data."""
    running, work_id = _find(task, ready_tasks())
    with _changing(running) as instance:
        instance.complete(work_id, data or {})


def waiting(instance: str | None = None) -> list[Item]:
    """The events that are waited for, in the same shape; `kind` is what they wait for: timer, message, …"""
    return [_item(one, work, work.kind) for one, work in _open(instance) if work.kind != "task"]


def fire(item: Item | str) -> None:
    """Let a waiting event happen: the timer falls due, the message or signal comes, the condition holds."""
    running, work_id = _find(item, waiting())
    # A timer that repeats keeps its id; its next time is counted from this one.
    running.due.pop(work_id, None)
    with _changing(running) as instance:
        instance.fire(work_id)


def advance(seconds: float) -> None:
    """Move the clock on; the timers that fall due meanwhile fire in their order."""
    until = _host.now + timedelta(seconds=seconds)
    for _ in range(_host.max_steps):
        falling_due = [(moment, item) for moment, item in _timers() if moment <= until]
        if not falling_due:
            _host.now = until
            return
        moment, item = min(falling_due, key=lambda entry: entry[0])
        _host.now = max(_host.now, moment)
        fire(item)
    raise StepLimit(f"More than {_host.max_steps} timers fell due.")


def _timers() -> Iterator[tuple[datetime, Item]]:
    """The waiting timers and when each falls due."""
    for item in waiting():
        moment = _host.instances[item["instance"]].due.get(item["id"])
        if moment is not None:
            yield moment, item


def _open(instance: str | None) -> Iterator[tuple[_Running, engine.OpenWork]]:
    """All that an instance, or every one, waits for. One that met an incident waits for nothing."""
    chosen = list(_host.instances.values()) if instance is None else [_running(instance)]
    for running in chosen:
        if running.instance is not None and not running.failed:
            yield from ((running, work) for work in running.instance.open_work())


def _item(running: _Running, work: engine.OpenWork, kind: str) -> Item:
    return {
        "id": work.id, "instance": running.id, "element_id": work.element.id, "kind": kind,
        "name": work.element.name,
    }  # fmt: skip


def _find(wanted: Item | str, items: list[Item]) -> tuple[_Running, str]:
    """The open work that is meant: by its item, its id, or the id of its element."""
    name = wanted.get("id") if isinstance(wanted, Mapping) else wanted
    for key in ("id", "element_id"):
        for item in items:
            if item[key] == name:
                return _host.instances[item["instance"]], item["id"]
    raise Incident(
        "This is not open (any more).", wanted.get("element_id") if isinstance(wanted, Mapping) else None
    )


@contextmanager
def _changing(running: _Running) -> Iterator[engine.Instance]:
    """A change of an instance and what follows from it: in the log, on the clock and in the other instances."""
    try:
        yield running.instance  # type: ignore[misc]
    except Incident as incident:
        running.failed = True
        _take_over(running)
        _note(running, incident.element_id, None, "incident")
        if isinstance(incident, errors.StepLimit):
            raise StepLimit(str(incident)) from incident
        raise
    except EngineError as refused:
        raise Incident(str(refused), None) from refused
    _take_over(running)
    if not _host.delivering:
        _deliver()


def _take_over(running: _Running) -> None:
    """Write down what happened in an instance, and when its new timers fall due."""
    if running.instance is None:
        return
    for trace in running.instance.trace:
        if trace.event in ("message", "signal"):
            _host.thrown.append((trace.event, trace.name, running.id))
        if trace.event not in ("entered", "cancelled"):
            _note(running, trace.element.id, trace.element, trace.event)
    running.instance.trace.clear()
    timers = {work.id: work.value or "" for _, work in _open(running.id) if work.kind == "timer"}
    moments = {name: running.due.get(name) or _due(text) for name, text in timers.items()}
    running.due = {name: moment for name, moment in moments.items() if moment is not None}


def _deliver() -> None:
    """Hand what was thrown to the other instances, and start the processes that wait for it."""
    _host.delivering = True
    try:
        for _ in range(_host.max_steps):
            if not _host.thrown:
                return
            _hand_on(*_host.thrown.popleft())
        raise StepLimit(f"More than {_host.max_steps} messages and signals followed from each other.")
    finally:
        _host.delivering = False
        _host.thrown.clear()


def _hand_on(kind: str, name: str | None, sender: str) -> None:
    """A signal is for everybody; a message is for one: an instance that waits for it, or else a new one."""
    hearing = [running for running in _host.instances.values() if running.id != sender and _hears(running, kind, name)]
    starting = list(_host.listening.get((kind, name), ()))
    if kind == "message":
        hearing, starting = hearing[:1], [] if hearing else starting[:1]
    for running in hearing:
        with _changing(running) as instance:
            instance.receive(name) if kind == "message" else instance.signal(name)
    for definition_id, element_id in starting:
        start(definition_id, {}, element_id)


def _hears(running: _Running, kind: str, name: str | None) -> bool:
    return any(work.kind == kind and work.name == name for _, work in _open(running.id))


def _due(text: str) -> datetime | None:
    """When a timer falls due that begins to wait now; None for one without a time, which is only ever fired."""
    try:
        return due(text, _host.now)
    except ValueError:
        return None


def _note(running: _Running, element_id: str | None, element: engine.Element | None, event: str) -> None:
    definition = element.process_id if element else running.definition_id
    kind = element.kind if element else None
    _host.entries.append({
        "instance": running.id, "definition": definition, "element_id": element_id, "kind": kind, "event": event,
    })  # fmt: skip


# --- What became of it -------------------------------------------------------------------------------------------


def state(instance: str | None = None) -> str:
    """Where an instance is: `ended`, `waiting`, `error` (it met an incident) or `cancelled`."""
    running = _running(instance)
    if running.failed or running.instance is None:
        return "error"
    if running.instance.cancelled:
        return "cancelled"
    return "ended" if running.instance.ended else "waiting"


def _running(instance: str | Item | None) -> _Running:
    """An instance by its id; the last one when none is given."""
    last = next(reversed(_host.instances), "")
    return _host.instances[_known(last if instance is None else instance, _host.instances)]


def log(instance: str | None = None) -> list[Item]:
    """What happened, in order: instance, definition (the process it is drawn in), element_id, kind and event."""
    chosen = None if instance is None else _running(instance).id
    return [dict(entry) for entry in _host.entries if chosen in (None, entry["instance"])]


# --- Keeping it --------------------------------------------------------------------------------------------------


def save(instance: str | None = None) -> str:
    """An instance as text that `load` takes: its saved state, how far its timers lie ahead, and its log."""
    running = _running(instance)
    return json.dumps({
        "id": running.id,
        "definition": running.definition_id,
        "state": _dump(running),
        "ahead": {name: (moment - _host.now).total_seconds() for name, moment in running.due.items()},
        "taken": running.chooser.taken if running.chooser else None,
        "log": log(running.id),
    })  # fmt: skip


def _dump(running: _Running) -> str:
    if running.instance is None or running.failed:
        raise Incident("An instance that met an incident cannot be saved.", None)
    return running.instance.dump().decode()


def load(text: str) -> str:
    """The instance of a saved text, as it was then and under the same id."""
    try:
        saved = json.loads(text)
        definition = _host.definitions[saved["definition"]]
        chooser = None if saved["taken"] is None else _InTurn(saved["taken"])
        instance = engine.Instance.load(definition, saved["state"].encode(), _step, chooser=chooser)
        moments = {name: _host.now + timedelta(seconds=ahead) for name, ahead in saved["ahead"].items()}
        running = _Running(saved["id"], saved["definition"], chooser, instance, moments)
    except (EngineError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise Incident(f"The saved instance cannot be used: {error}", None) from error
    _host.instances[running.id] = running
    _host.entries = [entry for entry in _host.entries if entry["instance"] != running.id] + saved["log"]
    return running.id


def canonical(instance: str | None = None) -> str:
    """The state of an instance as text that is equal for equal states: chance-given ids are numbered instead."""
    running = _running(instance)
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"token {len(numbers)}")

    body = _UUID.sub(number, _dump(running).partition("\n")[2])
    ahead = sorted((_UUID.sub(number, name), str(moment - _host.now)) for name, moment in running.due.items())
    return json.dumps([state(running.id), json.loads(body), ahead], sort_keys=True)


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
