"""A stubbed run: all work is done, all events come, choices are made in turn, until the end or a bound."""

from collections import Counter
from pathlib import Path
from typing import Any

from engine import conformance

MOVES = 60


def every_process(path: Path) -> list[dict[str, Any]]:
    """How each process of a file comes out: its status and refusals, and of what runs the course of two runs."""
    _configure()
    report = conformance.deploy(path)
    rows = [{"id": "", "status": "refused", "refusals": [report["error"]]}] if report["error"] else []
    for entry in report["definitions"]:
        rows.append({**entry, "same_file": conformance.export(entry["id"]) == path.read_bytes()})
    for row in rows:
        if row["status"] == "ok":
            row["kept"], row["restored"] = course(path, row["id"], False), course(path, row["id"], True)
    return rows


def _configure() -> None:
    conformance.configure(scripts="stub", max_steps=2_000)


def course(path: Path, definition_id: str, restoring: bool) -> tuple[str, list[Any], list[int]]:
    """How a run ends (`ended`, `waits`, `stuck`, …), its log, and the waits at which a loaded state was not equal."""
    _configure()
    conformance.deploy(path)
    unequal: list[int] = []
    try:
        verdict = _run(conformance.start(definition_id), restoring, unequal)
    except conformance.StepLimit:
        verdict = "circles"
    except conformance.Incident as incident:
        verdict = f"incident at {incident.element_id}: {incident.reason}"
    return verdict, [(entry["element_id"], entry["event"]) for entry in conformance.log()], unequal


def _run(instance: str, restoring: bool, unequal: list[int]) -> str:
    fired: Counter[str] = Counter()
    for move in range(MOVES):
        if conformance.state(instance) != "waiting":
            return conformance.state(instance)
        if restoring:
            before = conformance.canonical(instance)
            instance = conformance.load(conformance.save(instance))
            unequal += [move] if conformance.canonical(instance) != before else []
        if not _move(instance, fired):
            joins = [item["element_id"] for item in conformance.waiting(instance)]
            return f"stands at {joins}" if joins else "stuck"
    return "waits"


def _move(instance: str, fired: Counter[str]) -> bool:
    """Do the first task, or let the event happen that happened least; whether anything was left to do."""
    tasks = conformance.ready_tasks(instance)
    events = [event for event in conformance.waiting(instance) if event["kind"] != "join"]
    events.sort(key=lambda event: fired[event["element_id"]])
    if tasks:
        conformance.complete(tasks[0])
    elif events:
        fired[events[0]["element_id"]] += 1
        conformance.fire(events[0])
    return bool(tasks or events)
