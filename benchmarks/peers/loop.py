"""The loop that every contestant runs: cases are asked for by number on the input, times come back as JSON lines.

Only the transactions of a case are timed, not how the next task is found. Nothing but the standard library is
imported, since each contestant brings a Python environment of its own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol


class Contestant(Protocol):
    """An engine with the permit deployed."""

    def open(self) -> Any:
        """Open a case; gives whatever names it."""

    def steps(self, case: Any, turns: int) -> Iterator[tuple[str, Callable[[], object]]]:
        """The transactions of a case after its opening, one after the other."""


class Times:
    """What some cases took, in milliseconds: all of it, and completing user tasks alone."""

    def __init__(self) -> None:
        self.wall = self.cpu = self.task_wall = self.task_cpu = 0.0
        self.cases = self.tasks = 0

    def take(self, what: Callable[[], Any], *, is_task: bool) -> Any:
        """Do something and take its time."""
        cpu, wall = time.process_time(), time.perf_counter()
        done = what()
        wall, cpu = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
        self.wall, self.cpu = self.wall + wall, self.cpu + cpu
        if is_task:
            self.task_wall, self.task_cpu = self.task_wall + wall, self.task_cpu + cpu
            self.tasks += 1
        return done


def run(contestant: Contestant, cases: int, turns: int, message: str) -> Times:
    """Lead some cases from their opening to their end."""
    times = Times()
    for _ in range(cases):
        case = times.take(contestant.open, is_task=False)
        for name, step in contestant.steps(case, turns):
            times.take(step, is_task=name != message)
        times.cases += 1
    return times


def serve(contestant: Contestant, message: str) -> None:
    """Answer each line `cases turns` of the input, until it ends."""
    print("ready", flush=True)
    for line in sys.stdin:
        cases, turns = map(int, line.split())
        print(json.dumps(vars(run(contestant, cases, turns, message))), flush=True)
