"""How long a process takes to read and check a definition of three hundred elements; once a process."""

from __future__ import annotations

import time

import engine
from benchmarks import engine_state
from benchmarks.table import Row

ELEMENTS = 300
TARGET = 300.0


def bundle() -> dict[str, bytes]:
    """A diagram of so many elements: tasks in a row, with a choice after every ninth."""
    flows, before = [], "S"
    for number in range(1, ELEMENTS - 1):
        node = f"{'G' if number % 10 == 0 else 'A'}{number}"
        flows.append(f"{before} {node}")
        if before.startswith("G"):
            flows.append(f"{before} E{number} kind == 'short'")
        before = node
    flows.append(f"{before} E0")
    return {"long.bpmn": engine_state.diagram("long", ";".join(flows))}


def run(_server: str, quick: bool) -> list[Row]:
    """The rows of the table."""
    files = bundle()
    taken = []
    for _ in range(3 if quick else 10):
        begin = time.perf_counter()
        definition = engine.load(files, "long")
        taken.append((time.perf_counter() - begin) * 1000)
    what = f"a definition of {len(definition.elements)} elements: read and check, ms"
    return [Row(what, f"< {TARGET:.0f}", f"{min(taken):.0f}", min(taken) < TARGET)]
