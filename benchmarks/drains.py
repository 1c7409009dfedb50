"""Due timers and waiting mails, drained by one worker and by two: processes as Celery's are, on one database."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks import permit, place
from benchmarks.product import Permit
from benchmarks.table import Row
from workflows.commands import messages, timers
from workflows.settings import PROJECT

TARGET = 1.7
SHARE = 10
"""How many a worker takes at a time; small against the heap, so that both have work until it is gone."""
TIMERS = "timers"
MAILS = "mails"


class _Nowhere:
    """A mail server that takes every mail after the two milliseconds that a near one takes."""

    def send(self, _message: object) -> None:
        """Take a mail."""
        time.sleep(0.002)


def some(what: str, share: int) -> int:
    """Do up to so many of what is due; how many were done."""
    if what == TIMERS:
        return timers.fire_due(share)
    with messages.share_of_waiting(share) as ids:
        return messages.deliver(ids, _Nowhere())  # type: ignore[arg-type]


def drain(what: str) -> int:
    """What a worker does until nothing is left; how many it did."""
    done = 0
    while found := some(what, SHARE):
        done += found
    return done


def run(server: str, quick: bool) -> list[Row]:
    """The rows of the table."""
    rows = []
    count = 150 if quick else 600
    for what in (TIMERS, MAILS):
        url = place.prepare(server, "bench_drains")
        _heap(what, count, url)
        rates = {}
        for workers in (1, 2):
            place.execute(url, *_again(what))
            rates[workers] = _rate(what, workers, url)
        ratio = rates[2] / rates[1]
        said = f"{ratio:.2f} × ({rates[1]:.0f} and {rates[2]:.0f} a second)"
        rows.append(Row(f"due {what}, two workers against one", f"≥ {TARGET} ×", said, ratio >= TARGET))
    return rows


def _heap(what: str, count: int, url: str) -> None:
    """Cases that wait at their timer, or whose first mail waits. A snapshot is kept to drain the same heap twice."""
    permit_ = Permit()
    for _ in range(count):
        for name, step in permit_.steps(permit_.open()):
            if name == (permit.MESSAGE if what == TIMERS else "Review"):
                break
            step()
    place.execute(url, "UPDATE timer SET due_at = now() - interval '1 hour'")
    tables = ("case", "process_instance", "user_task", "timer", "outbox_message")
    place.execute(url, *(f'CREATE TABLE kept_{table} AS SELECT * FROM "{table}"' for table in tables))  # noqa: S608


def _again(what: str) -> list[str]:
    """Put back what a drain has changed."""
    if what == MAILS:
        return [
            "UPDATE outbox_message SET state = 'waiting', attempts = 0, lease = NULL, leased_until = NULL, "
            "sent_at = NULL",
            "VACUUM outbox_message",
        ]
    return [
        'UPDATE "case" c SET status = k.status, outcome = k.outcome, closed_at = k.closed_at '
        "FROM kept_case k WHERE k.id = c.id",
        "UPDATE process_instance c SET state = k.state FROM kept_process_instance k WHERE k.case_id = c.case_id",
        "UPDATE timer SET closed_at = NULL, fired_at = NULL, due_at = now() - interval '1 hour', attempts = 0",
        "VACUUM timer",
    ]


def _rate(what: str, workers: int, url: str) -> float:
    """How many a second are done by so many workers, from when the last of them is ready until the heap is empty."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.drains", what, url],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(workers)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    begin = time.perf_counter()
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    done = sum(int(one.communicate()[0] or 0) for one in started)
    return done / (time.perf_counter() - begin)


if __name__ == "__main__":
    place.use(sys.argv[2])
    some(sys.argv[1], 1)  # A worker lives long: what it reads at its first job is none of the others' cost.
    print("ready", flush=True)
    sys.stdin.readline()
    print(drain(sys.argv[1]), flush=True)
