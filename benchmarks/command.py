"""One completed task at the level of the commands: statements, round trips, time, processor time, bytes."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

from benchmarks import engine_state, meter, permit, place
from benchmarks.product import Permit
from benchmarks.table import Row
from engine import Instance
from workflows.definitions import Bundle


def run(server: str, quick: bool) -> list[Row]:
    """The rows of the table."""
    url = place.prepare(server, "bench_command")
    ear = meter.Listener(url)
    place.use(ear.url)
    permit_ = Permit()
    counts = _counts(permit_, ear)
    place.use(url)
    ear.close()
    wall, cpu = _times(permit_, 10 if quick else 40)
    held, logged = _bytes(permit_, url, 100 if quick else 300)
    own = _engine_alone()
    most = max(found.trips for found in counts.values())
    said = ", ".join(f"{name} {found.statements}" for name, found in counts.items())
    return [
        Row("round trips for completing a task, at most", "≤ 4", str(most), most <= 4),
        Row("statements, begin and commit included", "", said),
        Row("CPU ms a completed task, median", "≤ 1.5", f"{cpu:.2f}", cpu <= 1.5),
        Row(
            "the same, × the engine's own load + step + dump",
            "≤ 2 ×",
            f"{cpu / own:.1f} × {own:.3f}",
            cpu <= 2 * own,
        ),
        Row("ms a completed task, median", "", f"{wall:.2f}"),
        Row("kB a finished case holds", "≤ 12", f"{held / 1000:.1f}", held <= 12_000),
        Row("kB a case adds to the log of changes", "", f"{logged / 1000:.1f}"),
    ]


def _counts(permit_: Permit, ear: meter.Listener) -> dict[str, meter.Counts]:
    """What each transaction of a case asks of PostgreSQL, once everything is warm."""
    for _ in range(7):
        case = permit_.open()
        found = {}
        for name, step in permit_.steps(case):
            ear.reset()
            step()
            found[name] = replace(ear.counts)
    return {name: counts for name, counts in found.items() if name != permit.MESSAGE}


def _times(permit_: Permit, cases: int) -> tuple[float, float]:
    """The medians of time and processor time, in milliseconds."""
    wall, cpu = [], []
    for _ in range(cases):
        for name, step in permit_.steps(permit_.open()):
            begin, spent = time.perf_counter(), time.process_time()
            step()
            if name != permit.MESSAGE:
                wall.append(time.perf_counter() - begin)
                cpu.append(time.process_time() - spent)
    return statistics.median(wall) * 1000, statistics.median(cpu) * 1000


def _bytes(permit_: Permit, url: str, cases: int) -> tuple[float, float]:
    """The bytes that a finished case holds in all tables and indexes, and those written to the log of changes.

    The server's own vacuum comes when it likes. Room that is free again counts for the next case, so as many cases
    are led through before, and both sizes are taken after a vacuum.
    """
    sizes = []
    for _ in range(2):
        wal = meter.wal(url)
        for _case in range(cases):
            for _name, step in permit_.steps(permit_.open()):
                step()
        logged = (meter.wal(url) - wal) / cases
        place.execute(url, "VACUUM")
        sizes.append(meter.size(url))
    return (sizes[1] - sizes[0]) / cases, logged


def _engine_alone() -> float:
    """Processor time of load, complete and dump at a task of the permit, in milliseconds, at its best."""
    bundle = Bundle(permit.PROCESS, permit.bundle())
    definition = bundle.definition(permit.PROCESS)

    def step(_element: object, _data: object) -> dict[str, object]:
        return {"may_open": True}

    def completed(state: bytes, answers: dict[str, object]) -> bytes:
        instance = Instance.load(definition, state, step)
        instance.complete(next(work.id for work in instance.open_work()), answers)
        instance.open_work()
        return instance.dump()

    state = completed(Instance.start(definition, {}, step).dump(), {"kind": "building"})
    return engine_state.measure(lambda: completed(state, {"complete": "no"}), 200)
