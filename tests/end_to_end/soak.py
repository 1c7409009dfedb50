"""A soak: a steady load for long, and what each process needs of memory and each kind of request of time meanwhile."""

import itertools
import random
import statistics
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.clients import PEOPLE, Client, Tally
from tests.end_to_end.product import Answer, Product

Points = list[tuple[float, float]]
"""Seconds since the beginning, and what was measured then."""
EVERY = 10.0
"""Seconds between two looks at the memory."""
WARM_UP = 0.25
"""The share of the time after which the processes hold what they always hold: caches, pools, prepared statements."""
CROWD = 16
"""So many cases may be under way at once; a load that needs more is too much for the machine."""


@dataclass(frozen=True)
class Trend:
    """How something went on: its median, and its slope an hour by Theil and Sen (the median of the slopes of all
    pairs, which a quarter of strange values does not move)."""

    level: float
    hourly: float
    hours: float

    @property
    def grown(self) -> float:
        """By which share of its level it has grown in the time that was looked at."""
        return self.hourly * self.hours / self.level if self.level else 0.0


def trend(points: Points) -> Trend:
    """The trend of two points or more at different times, in their order."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.combinations(points, 2)]
    hours = (points[-1][0] - points[0][0]) / 3600
    return Trend(statistics.median(value for _, value in points), statistics.median(slopes) * 3600, hours)


def memory(running: Product) -> dict[str, float]:
    """Megabytes by process: its resident set; of PostgreSQL's, which share most of theirs and come and go with the
    connections, what is one's own on the average. There are as many as ever worked at once, up to the size of the pools."""
    parts = dict(running.demo.services["processes"])
    servers = _family(parts.pop("postgres"))
    found = {
        f"{part} {place}" if place else part: _held(number, "VmRSS")
        for part, head in parts.items()
        for place, number in enumerate([head] if part == "demo" else _family(head))
    }
    return {**found, "postgres, each": statistics.mean(_held(number, "RssAnon") for number in servers)}


def _family(head: int) -> list[int]:
    """A process and those that it has started, in the order of their numbers."""
    children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
    return [head, *sorted(map(int, children))]


def _held(number: int, what: str) -> float:
    """Megabytes of a process; none when it is gone."""
    try:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


class Timed(Client):
    """A client whose requests are timed, by kind."""

    def __init__(
        self, running: Product, tally: Tally, chance: random.Random, times: dict[str, Points]
    ) -> None:
        super().__init__(running, tally, chance)
        self.times = times

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One call, timed."""
        answer = super().call(who, method, path, body, **headers)
        with self.tally.lock:
            self.times[kind_of(method, path)].append((time.monotonic(), answer.seconds))
        return answer


def kind_of(method: str, path: str) -> str:
    """The kind of a request: its method and address, without what is one case's or one task's."""
    parts = path.partition("?")[0].strip("/").split("/")
    return f"{method} /{'/'.join(['…' if place == 1 else part for place, part in enumerate(parts)])}"


class Soak:
    """A running product under a steady load: `a_minute` cases begin each minute, however long others take."""

    def __init__(self, running: Product, a_minute: float, seed: int) -> None:
        self.running, self.a_minute, self.seed = running, a_minute, seed
        self.tally, self.times = Tally(), defaultdict[str, Points](list)
        self.memory: dict[str, Points] = defaultdict(list)
        self.late = 0

    def go_on(self, seconds: float) -> None:
        """Load and look at the memory for so long; then let everybody finish."""
        for who in PEOPLE:
            self.running.desk.get(who, "/me")
        over = threading.Event()
        looking = threading.Thread(target=self._look, args=(over,))
        looking.start()
        with ThreadPoolExecutor(CROWD) as crowd:
            self._load(crowd, time.monotonic() + seconds)
        over.set()
        looking.join()

    def _load(self, crowd: ThreadPoolExecutor, until: float) -> None:
        began, pause = time.monotonic(), 60 / self.a_minute
        for number in range(int((until - began) / pause)):
            time.sleep(max(0.0, began + number * pause - time.monotonic()))
            crowd.submit(self._work, number, time.monotonic())

    def _work(self, number: int, due: float) -> None:
        self.late += time.monotonic() > due + 1
        try:
            Timed(self.running, self.tally, random.Random(f"{self.seed} {number}"), self.times).whole_case()
        except Exception as error:
            self.tally.fail(f"{type(error).__name__}: {error}")

    def _look(self, over: threading.Event) -> None:
        while not over.is_set():
            for process, value in memory(self.running).items():
                self.memory[process].append((time.monotonic(), value))
            over.wait(EVERY)

    def trends(self) -> dict[str, Trend]:
        """How the memory of each process went on after the warm-up."""
        warm = {process: points[int(len(points) * WARM_UP) :] for process, points in self.memory.items()}
        return {process: trend(points) for process, points in warm.items() if len(points) > 1}

    def report(self) -> str:
        """Both tables, and what was done."""
        lines = [
            f"{len(self.tally.ended)} cases, {len(self.tally.acknowledged)} tasks, {self.late} began late"
        ]
        lines += [f"{'process':24}{'MB':>8}{'MB an hour':>12}{'grown':>8}"]
        for process, one in self.trends().items():
            lines.append(f"{process:24}{one.level:8.1f}{one.hourly:12.2f}{one.grown:8.1%}")
        lines += [f"{'request, ms':44}{'times':>7}{'50 %':>7}{'95 %':>7}{'99 %':>7}{'an hour':>9}"]
        for kind, points in sorted(self.times.items()):
            lines.append(f"{kind:44}{len(points):7}{_percentiles(points)}{_hourly(points):9.1f}")
        return "\n".join(lines)


def _percentiles(points: Points) -> str:
    ordered = sorted(value * 1000 for _, value in points)
    return "".join(
        f"{ordered[min(len(ordered) - 1, int(len(ordered) * part))]:7.0f}" for part in (0.5, 0.95, 0.99)
    )


def _hourly(points: Points) -> float:
    """By how many milliseconds an hour a kind of request becomes slower, by the medians of a few dozen stretches."""
    size = max(1, len(points) // 40)
    stretches = [points[at : at + size] for at in range(0, len(points), size)]
    middle = [
        (statistics.median(t for t, _ in one), statistics.median(v * 1000 for _, v in one))
        for one in stretches
    ]
    return trend(middle).hourly if len(middle) > 1 else 0.0
