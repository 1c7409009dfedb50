"""The whole product beside spiff-arena's backend and Viewflow: the same procedure, the same PostgreSQL, one run.

The contestants take turns, a few cases each, so that a busy moment of the machine falls on all. Viewflow is taken from
this environment (`pip install django-viewflow`) or from the Python that VIEWFLOW_PYTHON names. spiff-arena's backend is
the reader's own checkout: ARENA_BACKEND names its folder `spiffworkflow-backend`, ARENA_PYTHON a Python with its
libraries, ARENA_MORE further folders of sources. What is not there is left out and said so.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import IO

from benchmarks import meter, place
from benchmarks.table import Row
from workflows.settings import PROJECT

TARGETS = {"spiff-arena": (30, 50), "Viewflow": (5, 7)}
"""How many times as fast, in time and in processor time."""


@dataclass
class Rival:
    """A contestant in a process and a database of its own, with the sums of what its cases took."""

    name: str
    process: subprocess.Popen[str]
    url: str
    sums: dict[str, float] = field(default_factory=dict)

    def run(self, cases: int, turns: int) -> None:
        """Lead some cases through, and add up."""
        size, wal = meter.size(self.url), meter.wal(self.url)
        taken = json.loads(self._ask(f"{cases} {turns}"))
        taken |= {"bytes": meter.size(self.url) - size, "wal": meter.wal(self.url) - wal}
        for what, value in taken.items():
            self.sums[what] = self.sums.get(what, 0) + value

    def each(self, what: str) -> float:
        """What a case took on average."""
        return self.sums[what] / self.sums["cases"]

    def _ask(self, line: str) -> str:
        asked, said = _pipes(self.process)
        asked.write(line + "\n")
        asked.flush()
        while (answer := said.readline()) and not answer.startswith("{"):
            pass
        if not answer:
            raise SystemExit(f"{self.name} ended before it had answered.")
        return answer

    def stop(self) -> None:
        """End its process."""
        _pipes(self.process)[0].close()
        self.process.wait(30)


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _start(server: str, name: str, module: str, python: str) -> Rival:
    database = f"bench_{module}"
    url = place.prepare(server, database) if module == "own" else place.fresh(server, database)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        [python, "-m", f"benchmarks.peers.{module}", place.plain(url)],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return Rival(name, process, url)


def _rivals(server: str) -> list[Rival]:
    """The product and whoever of the others is there."""
    found = [_start(server, "this product", "own", sys.executable)]
    viewflow = os.environ.get("VIEWFLOW_PYTHON")
    if viewflow or importlib.util.find_spec("viewflow"):
        found.append(_start(server, "Viewflow", "viewflow_permit", viewflow or sys.executable))
    if os.environ.get("ARENA_BACKEND"):
        arena = os.environ.get("ARENA_PYTHON", sys.executable)
        found.append(_start(server, "spiff-arena", "arena_permit", arena))
    return found


def run(server: str, quick: bool) -> list[Row]:
    """The rows of the table."""
    rivals = _rivals(server)
    try:
        return _measured(rivals, rounds=2 if quick else 5)
    finally:
        for rival in rivals:
            rival.stop()


def _measured(rivals: list[Rival], rounds: int) -> list[Row]:
    loops: dict[str, float] = {}
    for rival in rivals:
        rival.run(2, 1)
        rival.sums.clear()
    for _ in range(rounds):
        for rival in rivals:
            rival.run(3 if rival.name == "spiff-arena" else 12, 1)
    rows = [_said(rival) for rival in rivals] + [row for rival in rivals for row in _beaten(rivals[0], rival)]
    for rival in rivals:
        rival.sums.clear()
        rival.run(1 if rival.name == "spiff-arena" else 3, 20)
        loops[rival.name] = rival.each("wall")
    said = ", ".join(f"{name} {time:.0f}" for name, time in loops.items())
    return [*rows, *_missing(rivals), Row("ms a case with twenty turns of its loop", "", said)]


def _said(rival: Rival) -> Row:
    figures = (
        f"{rival.each('wall'):.1f} ms, {rival.each('cpu'):.1f} ms CPU, "
        f"{rival.sums['task_wall'] / rival.sums['tasks']:.1f} ms a task, "
        f"{rival.each('bytes') / 1000:.1f} kB, {rival.each('wal') / 1000:.1f} kB WAL"
    )
    return Row(f"a case on {rival.name}", "", figures)


def _beaten(own: Rival, rival: Rival) -> list[Row]:
    if rival.name not in TARGETS:
        return []
    rows = []
    for what, words, target in zip(("wall", "cpu"), ("time", "CPU"), TARGETS[rival.name], strict=True):
        ratio = rival.each(what) / own.each(what)
        rows.append(Row(f"against {rival.name}, {words}", f"≥ {target} ×", f"{ratio:.1f} ×", ratio >= target))
    return rows


def _missing(rivals: list[Rival]) -> list[Row]:
    there = {rival.name for rival in rivals}
    return [
        Row(f"against {name}", "", "not installed here, left out") for name in TARGETS if name not in there
    ]
