"""A storm: many clients work through the API while the parts of a running product are killed at random.

Afterwards the parts are left alone until nothing waits, and then everything that was acknowledged must be there once,
every message delivered, and every invariant hold. The seed and all counts are printed.
"""

import math
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from notifications import sink
from tests.console.test_demo import run
from tests.end_to_end.clients import PATIENCE, PEOPLE, Client, Tally
from tests.end_to_end.keeping import Restored, take
from tests.end_to_end.product import Product, wait_for
from web.console.children import WELL_AFTER

PARTS = ("web", "worker", "beat", "redis", "postgres", "mail")
SENDING = ("worker", "postgres", "mail")
"""Those whose death may cut off the acknowledgement of a mail: who sends it, who takes it, where it is written down."""
ABOUT = (timedelta(seconds=5), timedelta(seconds=10))
"""So long before and after a mail arrived a death may explain that it went out again: a sender writes down what went
out at once after a few mails, and waits so long for a database that answers slowly."""
AT_ONCE = 0.2
"""The share of deaths that come within three seconds after another one."""
ENOUGH_FAILURES = 20
"""A storm in which so much fails tells nothing more."""

COMPLETED = "SELECT id FROM user_task WHERE ended_as = 'completed'"
UNEVEN = (
    'SELECT c.number FROM "case" c WHERE (SELECT count(*) FROM history_event h WHERE h.case_id = c.id '
    "AND h.kind = 'task_completed') <> (SELECT count(*) FROM user_task t WHERE t.case_id = c.id "
    "AND t.ended_as = 'completed')"
)
"""Cases with other than one event for each completed task: something was done twice, or by half."""


class Storm:
    """A running product, its clients, and who kills its parts."""

    def __init__(self, running: Product, seed: int, clients: int) -> None:
        self.running, self.seed, self.clients = running, seed, clients
        self.tally, self.over = Tally(), threading.Event()
        self.kills: list[tuple[datetime, str]] = []
        self.seconds: dict[str, float] = {}
        self.began = self.told = time.monotonic()
        self.last_case, self.last_message = self._last("case"), self._last("outbox_message")

    @property
    def age(self) -> float:
        """Seconds since it began to blow."""
        return time.monotonic() - self.began

    def _last(self, table: str) -> int:
        """What is younger than this is of the storm."""
        return int(self.running.rows(f'SELECT coalesce(max(id), 0) FROM "{table}"')[0][0])

    def blow(self, between: float, enough: Callable[["Storm"], bool]) -> None:
        """Work until it is enough, while a part is killed about every `between` cases; 0 kills none. Then everybody
        finishes what they have begun."""
        for who in PEOPLE:
            self.running.desk.get(who, "/me")  # Tokens are made before anything dies.
        self.began = time.monotonic()
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        self._kill_until(lambda: enough(self) or len(self.tally.failures) >= ENOUGH_FAILURES, between)
        self.over.set()
        for thread in threads:
            thread.join(10 * PATIENCE)
            assert not thread.is_alive(), "a client never came to an end"
        self.seconds["storm"] = self.age

    def _work(self, number: int) -> None:
        client = Client(self.running, self.tally, random.Random(f"{self.seed} {number}"))
        while not self.over.is_set():
            try:
                client.whole_case()
            except Exception as error:
                self.tally.fail(f"{type(error).__name__}: {error}")

    def _kill_until(self, enough: Callable[[], bool], between: float) -> None:
        """A part dies each time that about `between` cases have ended, mostly one that is up for long, since what falls
        again at once is started later and later; and now and then another one while the first is still away."""
        chance = random.Random(self.seed)
        while not enough():
            if self.kills and chance.random() < AT_ONCE:
                self._wait(time.monotonic, chance.uniform(0, 3), enough)
                parts = list(PARTS)
            else:
                self._wait(
                    lambda: len(self.tally.ended), chance.uniform(0.2, 1.8) * (between or math.inf), enough
                )
                parts = self._up_for_long()
            if not enough():
                self._kill(chance.choice(parts))

    def _wait(self, measure: Callable[[], float], more: float, enough: Callable[[], bool]) -> None:
        """Until something has grown by so much; how far the storm is, is told every minute."""
        due = measure() + more
        while measure() < due and not enough():
            time.sleep(0.05)
            if time.monotonic() > self.told + 60:
                self.told = time.monotonic()
                print(datetime.now(UTC).strftime("%H:%M:%S"), self, flush=True)  # noqa: T201 - it may last an hour.

    def _up_for_long(self) -> list[str]:
        since = datetime.now(UTC) - timedelta(seconds=WELL_AFTER)
        fallen = {part for when, part in self.kills if when > since}
        return [part for part in PARTS if part not in fallen] or list(PARTS)

    def _kill(self, part: str) -> None:
        """The process of a part with its group, unless the part lies dead already; its number may then be another's."""
        with suppress(ProcessLookupError, KeyError, ValueError, OSError):
            number = self.running.number_of(part)
            if _parent(number) == self.running.demo.process.pid:
                os.killpg(number, signal.SIGKILL)
                self.kills.append((datetime.now(UTC), part))

    def drain(self, seconds: float) -> None:
        """Wait until every message has gone out."""
        began = time.monotonic()
        waiting = "SELECT count(*) FROM outbox_message WHERE state IN ('waiting', 'handing')"

        def empty() -> bool:
            with suppress(psycopg.OperationalError):
                return self.running.rows(waiting) == [(0,)]
            return False

        wait_for(empty, seconds, "the outbox to be empty")
        self.seconds["drain"] = time.monotonic() - began

    def verdict(self) -> dict[str, Any]:
        """What was lost, doubled or broken; every list must be empty. The counts say that something was tried."""
        return {
            "failures": self.tally.failures,
            "cases doubled or lost": self._cases(),
            "cases stuck": self._stuck(),
            "transitions lost": self._lost(),
            "transitions doubled": self._doubled(),
            "messages": self._messages(),
            "invariants": self._said("inspect"),
            "history": self._said("audit", "verify"),
        }

    def _cases(self) -> list[str]:
        known = Counter(self.tally.numbers)
        there = {
            number
            for (number,) in self.running.rows('SELECT number FROM "case" WHERE id > %s', self.last_case)
        }
        return sorted({number for number, count in known.items() if count > 1} | (known.keys() ^ there))

    def _stuck(self) -> list[str]:
        """Cases that are open although their clients have done all there was to do."""
        opened = self.running.rows('SELECT number FROM "case" WHERE closed_at IS NULL')
        return sorted({number for (number,) in opened} & set(self.tally.ended))

    def _lost(self) -> list[str]:
        completed = {task for (task,) in self.running.rows(COMPLETED)}
        return sorted(self.tally.acknowledged.keys() - completed)

    def _doubled(self) -> list[str]:
        return [number for (number,) in self.running.rows(UNEVEN)]

    def _messages(self) -> list[str]:
        """Messages that failed, that are said to be sent and did not come, that came more than twice, or that came twice
        while nobody died who could have cut off the acknowledgement."""
        rows = self.running.rows(
            "SELECT message_id, state FROM outbox_message WHERE id > %s", self.last_message
        )
        came = arrivals(self.running.demo.where.mail, {message_id for message_id, _ in rows})
        sent = {message_id for message_id, state in rows if state == "sent"}
        twice = [one for one, times in came.items() if len(times) == 2]
        self.tally.counts.update({"messages": len(sent), "messages that came twice": len(twice)})
        wrong = {f"{one} failed" for one, state in rows if state == "failed"}
        wrong |= {f"{one} did not come" for one in sent - came.keys()}
        wrong |= {f"{one} came {len(times)} times" for one, times in came.items() if len(times) > 2}
        wrong |= {
            f"{one} came twice, at {came[one]}, and nobody died"
            for one in twice
            if not self._cut(came[one][0])
        }
        return sorted(wrong)

    def _cut(self, at: datetime) -> bool:
        """Whether somebody died about then whose death may have cut off the acknowledgement of a mail."""
        before, after = ABOUT
        return any(part in SENDING and at - before <= when <= at + after for when, part in self.kills)

    def restored(self) -> list[str]:
        """What is wrong with all of it after a backup and a restore."""
        taken = take(self.running, "storm")
        again = Restored(self.running, taken)
        self.seconds |= {"backup": taken.seconds, "restore --verify": again.seconds}
        self.tally.counts["kB of the backup"] = round(taken.megabytes * 1000)
        return again.found

    def _said(self, *words: str) -> list[str]:
        """What a command of the operator finds; how long it took is kept."""
        began = time.monotonic()
        done = run(self.running.folder, *words)
        self.seconds[" ".join(words)] = time.monotonic() - began
        return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()

    def __str__(self) -> str:
        counted = {"cases": len(self.tally.ended), "transitions": len(self.tally.acknowledged)}
        killed = Counter(part for _, part in self.kills)
        seconds = {what: round(value, 1) for what, value in self.seconds.items()}
        rate = (
            f", {len(self.tally.ended) / seconds['storm']:.2f} cases a second" if "storm" in seconds else ""
        )
        return (
            f"seed {self.seed}: {counted | dict(self.tally.counts)}, killed {len(self.kills)}: {dict(killed)}, "
            f"seconds {seconds}{rate}"
        )


def _parent(number: int) -> int:
    """The process that has started this one."""
    return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])


def arrivals(folder: Path, wanted: set[str]) -> dict[str, list[datetime]]:
    """When each of these messages came, by its Message-ID, oldest first; only their heads are read."""
    found: dict[str, list[datetime]] = {}
    for path in sorted(folder.glob("*.eml")):
        with path.open("rb") as file:
            head = file.read(4000).partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        known = re.search(r"^Message-ID:\s*(\S+)", head, re.IGNORECASE | re.MULTILINE)
        if known and known[1] in wanted:
            found.setdefault(known[1], []).append(sink.arrived(path))
    return found
