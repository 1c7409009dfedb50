"""What the reads and a durable step cost with ten thousand, a hundred thousand and a million cases."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select

from benchmarks import loader, permit, place, product
from benchmarks.table import Row
from workflows.cases import Case
from workflows.commands import timers, user_tasks
from workflows.db import transaction
from workflows.queries import cases as case_queries
from workflows.queries import worklist as lists
from workflows.share import share
from workflows.user_tasks import DUE, UserTask

SIZES = (10_000, 100_000, 1_000_000)
ALLOWED = 1.5


def measure(server: str, sizes: tuple[int, ...], rounds: int) -> list[Row]:
    """Fill one database to each size in turn, and time the same things in each."""
    name = "bench_growth"
    url = loader.prepared(server, name)
    found: dict[int, dict[str, float]] = {}
    for size in sizes:
        if loader.filled(url) > size:
            raise SystemExit(f"The database {name} holds more than {size} cases. Drop it, or ask for more.")
        loader.fill(url, size)
        found[size] = _times(rounds)
    return [_row(what, found) for what in found[sizes[0]]]


def _row(what: str, found: dict[int, dict[str, float]]) -> Row:
    sizes = sorted(found)
    growth = found[sizes[-1]][what] / found[sizes[0]][what]
    said = " / ".join(f"{found[size][what]:.2f}" for size in sizes)
    grown = " / ".join(f"{size // 1000} k" for size in sizes)
    return Row(f"{what}, ms at {grown}: {said}", f"≤ {ALLOWED} ×", f"{growth:.2f} ×", growth <= ALLOWED)


def _times(rounds: int) -> dict[str, float]:
    """The medians, in milliseconds. All are asked in turn, so that a busy moment falls on each."""
    inspector = product.actor(product.INSPECTOR)
    deep = _deep_key()
    numbers, tasks = _some_cases(rounds), iter(_some_tasks(rounds + 5))
    answers = permit.ANSWERS["Inspect"]
    ask: dict[str, Callable[[], object]] = {
        "role's queue, page 1": lambda: lists.worklist(inspector, "role"),
        "role's queue, page 200 or the last": lambda: lists.worklist(inspector, "role", deep),
        "badge, counted up to 100": lambda: lists.counts(inspector),
        "case page": lambda: case_queries.case_view(inspector, random.choice(numbers)),
        "due timers, batch of 100": _due_timers,
        "durable step on an old case": lambda: user_tasks.complete(inspector, next(tasks), answers),
    }
    taken: dict[str, list[float]] = {name: [] for name in ask}
    for turn in range(rounds + 5):
        for name, what in ask.items():
            begin = time.perf_counter()
            what()
            if turn >= 5:
                taken[name].append((time.perf_counter() - begin) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}


def _due_timers() -> None:
    with share(timers.due_timers(datetime.now(UTC)), timers.BATCH):
        pass


def _deep_key() -> str:
    """The key of page 200 of the inspectors' queue, or of a page near its end when it is shorter."""
    with transaction() as db:
        mine = (
            UserTask.closed_at.is_(None),
            UserTask.role == "esd_wioa_supervisor",
            UserTask.office_code != "WSC",
        )
        held = db.scalar(select(func.count()).select_from(UserTask).where(*mine)) or 0
        row = (
            select(UserTask)
            .where(*mine)
            .order_by(DUE, UserTask.id)
            .offset(min(200 * lists.PAGE, held * 9 // 10))
        )
        return lists.key_of(db.scalars(row.limit(1)).one())


def _some_cases(count: int) -> list[str]:
    """Numbers of cases from everywhere, of an office that the inspector serves."""
    with transaction() as db:
        last = db.scalar(select(func.max(Case.id))) or 0
        ids = [random.randrange(loader.FIRST + 1, last) // 4 * 4 for _ in range(count)]
        return list(db.scalars(select(Case.number).where(Case.id.in_(ids), Case.office_code != "WSC")))


def _some_tasks(count: int) -> list[str]:
    """Open tasks of the inspector from everywhere."""
    with transaction() as db:
        of = UserTask.closed_at.is_(None), UserTask.element == "Inspect", UserTask.office_code != "WSC"
        copies = UserTask.case_id > loader.FIRST  # the patterns stay where they stand
        return list(db.scalars(select(UserTask.id).where(*of, copies).order_by(func.random()).limit(count)))


def run(server: str, quick: bool) -> list[Row]:
    """The rows of the table; in a hurry only the first two sizes."""
    return measure(server, SIZES[:2] if quick else SIZES, 30 if quick else 100)


if __name__ == "__main__":
    import sys

    with place.server() as address:
        for row in measure(address, tuple(int(size) for size in sys.argv[1:]) or SIZES, 100):
            print(row)
