"""The engine behind one small, plain interface: what a suite of diagrams with expected traces needs, and a tour.

configure()                                  # a fresh, empty engine
report = deploy("order.bpmn")                # what runs, and what is refused and why
order = start("order", {"amount": 3})        # runs until somebody or something is waited for
for task in ready_tasks(order): complete(task, {"approved": True})
for event in waiting(order): fire(event)     # or advance(seconds), for timers
print(state(order), [entry["element_id"] for entry in log(order)])

Behind it stands a host in memory (`engine.hosting`); all else is the engine's. Every function takes what `ready_tasks`
and `waiting` give, or its id; no instance means all of them, or where one is needed the last one. A bad diagram never
raises anything but `Incident` and `StepLimit`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from engine import door
from engine.definition import check
from engine.elements import Element, Problem
from engine.errors import EngineError, Incident, InvalidDefinition
from engine.hosting import Entry, Host, InTurn, Running, StepLimit, no_step
from engine.instance import Instance, OpenWork

__all__ = [
    "Incident", "StepLimit", "advance", "canonical", "complete", "configure", "deploy", "export", "fire", "load", "log",
    "ready_tasks", "save", "start", "state", "waiting",
]  # fmt: skip

Item = dict[str, Any]
_WORK = ("user_task", "worker_task")
_ASIDE = ("S1", "G20")
"""Rules that only say what is set aside."""

_host = Host(stub=False, all_processes=False, max_steps=10_000)
_contents: dict[str, bytes] = {}


def configure(**options: Any) -> None:
    """A fresh, empty engine.

    `scripts`: `asis`, or `stub` (conditions take the flows in turn, loops run twice); `force_executable`: run also
    what is not marked executable; `max_steps`: steps until `StepLimit`. Others are ignored.
    """
    global _host
    _host = Host(
        stub=options.get("scripts") == "stub",
        all_processes=bool(options.get("force_executable")),
        max_steps=int(options.get("max_steps") or 10_000),
    )
    _contents.clear()


# --- What can be run ---------------------------------------------------------------------------------------------


def deploy(path: str | Path, extra: Iterable[str | Path] = ()) -> Item:
    """Deploy every process of a file; `extra` are further files with processes that it calls.

    `definitions`: id, name, executable, status (`ok`, `refused`, `not-executable`), refusals and warnings of each
    process of the file; `error`: why the file as a whole cannot be used, or None. A refused process does not take
    the others with it.
    """
    problems: list[Problem] = []
    files: dict[str, bytes] = {}
    for each in map(Path, [path, *([extra] if isinstance(extra, str | Path) else extra)]):
        content = _content(each, problems)
        if content is None and not files:
            return {"definitions": [], "error": _refusal(problems[0])}
        # A saved instance is bound to the names of its files, which are not those of somebody's disk.
        name = f"{len(files):03}{'.dmn' if files and each.suffix == '.dmn' else '.bpmn'}"
        files |= {} if content is None else {name: content}
    reports = [_deploy(name, files, problems) for name in files if name.endswith(".bpmn")]
    if not problems and not reports[0]:
        problems = [
            one for one in check(files, rules="standard") if one.element_id and one.rule not in _ASIDE
        ]
    return {"definitions": reports[0], "error": _refusal(problems[0]) if problems else None}


def _content(path: Path, problems: list[Problem]) -> bytes | None:
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        problems.append(Problem(path.name, None, None, "X1", "The file cannot be read.", "Check the path."))
        return None


def _deploy(name: str, files: Mapping[str, bytes], problems: list[Problem]) -> list[Item]:
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
    _contents[identity] = files[name]
    if not executable and not _host.all_processes:
        _host.forget(identity)
        return report | {"status": "not-executable", **_looked_at(identity, files)}
    try:
        _host.define(identity, files)
    except InvalidDefinition as error:
        report |= {"status": "refused", "refusals": list(map(_refusal, error.problems))}
    except Exception as error:
        reason = f"The engine failed to read the process ({type(error).__name__})."
        problem = Problem(name, identity, process.get("name"), "X9", reason, "Report it with the diagram.")
        return report | {"status": "refused", "refusals": [_refusal(problem)]}
    return report | {"warnings": _looked_at(identity, files)["warnings"]}


def _looked_at(identity: str, files: Mapping[str, bytes]) -> Item:
    """The problems of a process, whether it is deployed or only drawn."""
    problems = check(files, identity, rules="standard", all_processes=True)
    own = [problem for problem in problems if problem.process_id in (None, identity)]
    return {
        "refusals": [_refusal(problem) for problem in own if not problem.warning],
        "warnings": [_refusal(problem) for problem in own if problem.warning],
    }


def _refusal(problem: Problem) -> Item:
    return {
        "element_id": problem.element_id, "element_name": problem.element_name, "rule": problem.rule,
        "reason": problem.reason, "mend": problem.mend, "named": problem.element_id is not None,
    }  # fmt: skip


def export(definition_id: str | Item) -> bytes:
    """The file that a process came with, byte for byte."""
    return _contents[_known(definition_id, _contents)]


def _known(name: str | Item, names: Mapping[str, object]) -> str:
    """The id of something deployed or started, or an `Incident`."""
    identity = str(name.get("id")) if isinstance(name, Mapping) else str(name)
    if identity not in names:
        raise Incident(f"There is no “{identity}” here.", None)
    return identity


# --- Running it --------------------------------------------------------------------------------------------------


def start(
    definition_id: str | Item, data: Mapping[str, Any] | None = None, start_element: str | None = None
) -> str:
    """Start a process and return the id of the instance, which runs until it waits or ends.

    `start_element`: the start event to begin at, when it is not the plain one.
    """
    return _host.start(_known(definition_id, _contents), data or {}, start_element).id


def ready_tasks(instance: str | None = None) -> list[Item]:
    """The work that a person or a worker has to do: id, instance, element_id, kind (its BPMN tag) and name."""
    return [_item(one, work, work.element.kind) for one, work in _open(instance) if work.kind in _WORK]


def complete(task: Item | str, data: Mapping[str, Any] | None = None) -> None:
    """Complete a task with data, which join the process data."""
    running, work_id = _find(task, ready_tasks())
    with _host.changing(running):
        running.instance.complete(work_id, data or {})


def waiting(instance: str | None = None) -> list[Item]:
    """The events that are waited for, in the same shape; `kind` is what they wait for: timer, message, …

    Of an instance in which nothing more can happen: the joins at which it stands, their kind is `join`.
    """
    events = [_item(one, work, work.kind) for one, work in _open(instance) if work.kind not in _WORK]
    return events + [_entry(one, *join, "join") for one in _chosen(instance) for join in one.stuck()]


def fire(item: Item | str) -> None:
    """Let a waiting event happen: the timer falls due, the message or signal comes, the condition holds."""
    running, work_id = _find(item, waiting())
    for join_id, element in running.stuck():
        if join_id == work_id:
            raise Incident("Not all of the tokens come that the join waits for.", element.id)
    # A timer that repeats keeps its id; its next time is counted from this one.
    running.due.pop(work_id, None)
    with _host.changing(running):
        running.instance.fire(work_id)


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


def _open(instance: str | None) -> Iterator[tuple[Running, OpenWork]]:
    """All that an instance, or every one, waits for."""
    for running in _chosen(instance):
        yield from ((running, work) for work in running.open_work())


def _chosen(instance: str | None) -> list[Running]:
    return list(_host.instances.values()) if instance is None else [_running(instance)]


def _item(running: Running, work: OpenWork, kind: str) -> Item:
    return _entry(running, work.id, work.element, kind)


def _entry(running: Running, identity: str, element: Element, kind: str) -> Item:
    return {
        "id": identity, "instance": running.id, "element_id": element.id, "kind": kind, "name": element.name,
    }  # fmt: skip


def _find(wanted: Item | str, items: list[Item]) -> tuple[Running, str]:
    """The open work that is meant: by its item, its id, or the id of its element."""
    name = wanted.get("id") if isinstance(wanted, Mapping) else wanted
    for key in ("id", "element_id"):
        for item in items:
            if item[key] == name:
                return _host.instances[item["instance"]], item["id"]
    raise Incident(
        "This is not open (any more).", wanted.get("element_id") if isinstance(wanted, Mapping) else None
    )


# --- What became of it -------------------------------------------------------------------------------------------


def state(instance: str | None = None) -> str:
    """Where an instance is: `ended`, `waiting`, `error` (an incident, or an error that nothing catches) or `cancelled`."""
    running = _running(instance)
    if running.failed or running.instance.failed:
        return "error"
    if running.instance.cancelled:
        return "cancelled"
    return "ended" if running.instance.ended else "waiting"


def _running(instance: str | Item | None) -> Running:
    """An instance by its id; the last one when none is given."""
    last = next(reversed(_host.instances), "")
    return _host.instances[_known(last if instance is None else instance, _host.instances)]


def _sound(running: Running) -> Instance:
    """The engine's instance, or an `Incident` when it met one."""
    if running.failed:
        raise Incident("The instance met an incident.", None)
    return running.instance


def log(instance: str | None = None) -> list[Item]:
    """What happened, in order: instance, definition (the process it is drawn in), element_id, kind and event."""
    chosen = None if instance is None else _running(instance).id
    return [_line(entry) for entry in _host.log if chosen in (None, entry.instance)]


def _line(entry: Entry) -> Item:
    return {
        "instance": entry.instance, "definition": entry.definition_id, "element_id": entry.element_id,
        "kind": entry.kind, "event": entry.event,
    }  # fmt: skip


# --- Keeping it --------------------------------------------------------------------------------------------------


def save(instance: str | None = None) -> str:
    """An instance as text that `load` takes: its saved state, how far its timers lie ahead, and its log."""
    running = _running(instance)
    return json.dumps({
        "id": running.id,
        "definition": running.definition_id,
        "state": _sound(running).dump().decode(),
        "ahead": {name: (moment - _host.now).total_seconds() for name, moment in running.due.items()},
        "taken": running.chooser.taken if running.chooser else None,
        "log": [asdict(entry) for entry in _host.log if entry.instance == running.id],
    })  # fmt: skip


def load(text: str) -> str:
    """The instance of a saved text, as it was then and under the same id."""
    try:
        saved = json.loads(text)
        definition = _host.definitions[saved["definition"]]
        chooser = None if saved["taken"] is None else InTurn(saved["taken"])
        instance = Instance.load(definition, saved["state"].encode(), no_step, chooser=chooser)
        due = {name: _host.now + timedelta(seconds=ahead) for name, ahead in saved["ahead"].items()}
        running = Running(saved["id"], saved["definition"], instance, chooser, due)
        _host.restore(running, [Entry(**entry) for entry in saved["log"]])
    except (EngineError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise Incident(f"The saved instance cannot be used: {error}", None) from error
    return running.id


def canonical(instance: str | None = None) -> str:
    """The state of an instance as text that is equal for equal states: chance-given ids are numbered instead."""
    running = _running(instance)
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"token {len(numbers)}")

    _, _, state_body = _sound(running).dump().decode().partition("\n")
    body = json.loads(_UUID.sub(number, state_body))
    ahead = sorted((_UUID.sub(number, name), str(moment - _host.now)) for name, moment in running.due.items())
    return json.dumps([body, ahead], sort_keys=True)


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
