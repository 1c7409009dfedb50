"""A storm: many clients work through the API while the parts of a running product are killed at random.

Each client tries a request again until somebody acknowledged it, as a person or a program would, often sends it twice,
and sometimes races a rival for a task. Afterwards the parts are left alone until nothing waits, and then everything that
was acknowledged must be there once, every message delivered, and every invariant hold. The seed and all counts are
printed.
"""

import json
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import psycopg

from notifications import sink
from tests.console.test_demo import run
from tests.desk import AVERY, CASEY, DEVON, JORDAN, answers
from tests.end_to_end.product import Answer, Product, RemoteDesk, wait_for

PARTS = ("web", "worker", "beat", "redis", "postgres", "mail")
PATIENCE = 120.0
"""Seconds that a client tries one request; longer, and something is stuck."""
PATHS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "opt_in": [
        (AVERY, "T2", {}), (AVERY, "T3", {}), (AVERY, "T4", {}), (AVERY, "T5", {}), (CASEY, "T7", {}),
        (CASEY, "RO1", {}), (CASEY, "RO2", {}), (CASEY, "RO3", {}), (CASEY, "RO4", {}),
        (AVERY, "T10", {}), (AVERY, "T11", {}),
    ],
    "remain_opted_out": [
        (AVERY, "T2", {}), (AVERY, "T3", {}), (AVERY, "T4", {}), (AVERY, "T5", {}),
        (CASEY, "T7", {"decision": "remain_opted_out"}), (CASEY, "T12", {"offer_response": "declined"}),
        (AVERY, "T14", {}),
    ],
    "elsewhere": [(AVERY, "T2", {"total_wide": 1}), (AVERY, "AS1", {})],
}  # fmt: skip
"""Whole cases, each step by its person."""


@dataclass
class Tally:
    """What happened: `acknowledged` maps each task that a client was told is complete to its case."""

    numbers: list[str] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """One more of something."""
        with self.lock:
            self.counts[what] += 1


class Client(RemoteDesk):
    """Somebody who tries again until it is acknowledged."""

    def __init__(self, running: Product, tally: Tally, chance: random.Random) -> None:
        super().__init__(running.address, running.folder)
        self.tally, self.chance = tally, chance
        self._tokens = running.desk._tokens

    def surely(self, who: str, method: str, path: str, body: Any = None) -> Answer:
        """One request until there is an answer that is none of a dying part; often sent twice at once."""
        key, until = uuid.uuid4().hex, time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._twice(who, method, path, body, key) if method == "POST" else None
                answer = answer or self.call(who, method, path, body)
                if answer.status_code < 500 and not _is_busy(answer):
                    return answer
            except (OSError, HTTPException):
                self.tally.count("unacknowledged")
            if time.monotonic() > until:
                raise TimeoutError(f"{method} {path} was not answered for {PATIENCE:.0f} seconds")
            time.sleep(self.chance.uniform(0.05, 0.5))

    def _twice(self, who: str, method: str, path: str, body: Any, key: str) -> Answer:
        """Now and then a double click: the same request by two threads; either answer will do."""
        if self.chance.random() > 0.15:
            return self.call(who, method, path, body, Idempotency_Key=key)
        self.tally.count("double clicks")
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(self.call, who, method, path, body, Idempotency_Key=key) for _ in range(2)]
        found = [one.result() for one in both if not one.exception()]
        if not found:
            raise ConnectionError("Both were cut off.")
        return min(found, key=lambda answer: answer.status_code)

    def whole_case(self) -> None:
        """Open a case and bring it to its end."""
        path = self.chance.choice(list(PATHS.values()))
        search = {"office": "WSK", "search_key": "name", "total_own": 0}
        opened = self.surely(AVERY, "POST", "/cases", search)
        assert opened.status_code == 201, opened.get_data()
        number = str(opened.json["number"])
        with self.tally.lock:
            self.tally.numbers.append(number)
        for who, label, different in path:
            self._complete(number, who, label, different)
        self.tally.count("cases ended")

    def _complete(self, number: str, who: str, label: str, different: dict[str, Any]) -> None:
        task = self._wait_for_task(who, number, label)
        if self.chance.random() < 0.1:
            self._race(task, who)
        more = _somebody(self.chance) if label == "T5" else {}
        body = {"data": answers(label, **different, **more)}
        answer = self.surely(who, "POST", f"/tasks/{task}/complete", body)
        done = answer.status_code == 200 or (answer.status_code == 409 and _is_done(answer))
        assert done, f"{label} of {number}: {answer.get_data()}"
        with self.tally.lock:
            self.tally.acknowledged[task] = number

    def _wait_for_task(self, who: str, number: str, label: str) -> str:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self.surely(who, "GET", f"/worklist?view=role&q={number}")
            found = [item for item in answer.json["items"] if item["element"].split("_")[0] == label]
            if found:
                return str(found[0]["id"])
            time.sleep(0.1)
        raise TimeoutError(f"{label} of {number} did not come up")

    def _race(self, task: str, who: str) -> None:
        """A colleague claims the same task at the same moment; one of both has it, and gives it back."""
        rival = JORDAN if who == AVERY else DEVON
        with ThreadPoolExecutor(2) as pool:
            claims = [pool.submit(self.surely, one, "POST", f"/tasks/{task}/claim") for one in (who, rival)]
        self.tally.count("rival claims")
        for one, claim in zip((who, rival), claims, strict=True):
            if claim.result().status_code == 200:
                self.surely(one, "POST", f"/tasks/{task}/release")


def _is_busy(answer: Answer) -> bool:
    return answer.status_code == 409 and answer.json["error"]["code"] == "busy"


def _is_done(answer: Answer) -> bool:
    """Whether it was this very request, unacknowledged, that has closed the task before."""
    return bool(answer.json["error"]["code"] == "task_closed")


def _somebody(chance: random.Random) -> dict[str, str]:
    """A client whom nobody has thought of: letters by chance."""
    first, last = ("".join(chance.choices("abcdefghijklmnoprstuvw", k=9)).title() for _ in range(2))
    phone = f"360-555-{chance.randrange(100, 200):04d}"
    return {"client_first_name": first, "client_last_name": f"{last} SAMPLE", "phone": phone}


class Storm:
    """A running product, its clients, and who kills its parts."""

    def __init__(self, running: Product, seed: int, clients: int) -> None:
        self.running, self.seed, self.clients = running, seed, clients
        self.tally, self.over = Tally(), threading.Event()
        self.killed: Counter[str] = Counter()

    def blow(self, seconds: float, between: float) -> None:
        """Work for so long, killing a part now and then; then everybody finishes what they have begun."""
        for who in (AVERY, CASEY, JORDAN, DEVON):
            self.running.desk.get(who, "/me")  # Tokens are made before anything dies.
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        self._kill_until(time.monotonic() + seconds, between)
        self.over.set()
        for thread in threads:
            thread.join(10 * PATIENCE)
            assert not thread.is_alive(), "a client never came to an end"

    def _work(self, number: int) -> None:
        client = Client(self.running, self.tally, random.Random(f"{self.seed} {number}"))
        while not self.over.is_set():
            try:
                client.whole_case()
            except Exception as error:
                with self.tally.lock:
                    self.tally.failures.append(f"{type(error).__name__}: {error}")

    def _kill_until(self, end: float, between: float) -> None:
        chance = random.Random(self.seed)
        while time.monotonic() < end:
            time.sleep(chance.uniform(0.5, 1.5) * between)
            part = chance.choice(PARTS)
            with suppress(ProcessLookupError, KeyError, FileNotFoundError, json.JSONDecodeError):
                number = self.running.number_of(part)
                os.killpg(os.getpgid(number), signal.SIGKILL)
                self.killed[part] += 1

    def drain(self, seconds: float) -> None:
        """Wait until every message has gone out."""
        waiting = "SELECT count(*) FROM outbox_message WHERE state IN ('waiting', 'handing')"

        def empty() -> bool:
            with suppress(psycopg.OperationalError):
                return self.running.rows(waiting) == [(0,)]
            return False

        wait_for(empty, seconds, "the outbox to be empty")

    def verdict(self) -> dict[str, Any]:
        """What was lost, doubled or broken; every list must be empty. The counts say that something was tried."""
        return {
            "failures": self.tally.failures,
            "cases doubled or lost": self._cases(),
            "transitions lost": self._lost(),
            "transitions doubled": self._doubled(),
            "messages": self._messages(),
            "invariants": self._said("inspect"),
            "history": self._said("audit", "verify"),
        }

    def _cases(self) -> list[str]:
        known = Counter(self.tally.numbers)
        there = {number for (number,) in self.running.rows('SELECT number FROM "case"')}
        return sorted({number for number, count in known.items() if count > 1} | (known.keys() ^ there))

    def _lost(self) -> list[str]:
        done = "SELECT id FROM user_task WHERE ended_as = 'completed'"
        completed = {task for (task,) in self.running.rows(done)}
        return sorted(self.tally.acknowledged.keys() - completed)

    def _doubled(self) -> list[str]:
        """Cases with other than one event for each completed task."""
        found = self.running.rows(
            'SELECT c.number FROM "case" c WHERE (SELECT count(*) FROM history_event h WHERE h.case_id = c.id '
            "AND h.kind = 'task_completed') <> (SELECT count(*) FROM user_task t WHERE t.case_id = c.id "
            "AND t.ended_as = 'completed')"
        )
        return [number for (number,) in found]

    def _messages(self) -> list[str]:
        """Messages that are said to be sent and did not come, that came more than twice, or were never said to be sent."""
        came = Counter(str(mail.message["Message-ID"]) for mail in sink.read(self.running.demo.where.mail))
        sent = {
            one for (one,) in self.running.rows("SELECT message_id FROM outbox_message WHERE state = 'sent'")
        }
        self.tally.counts.update(messages=len(sent), doubled=sum(count == 2 for count in came.values()))
        often = {one for one, count in came.items() if count > 2}
        return sorted(often | (sent - came.keys()))

    def _said(self, *words: str) -> list[str]:
        """What a command of the operator finds."""
        done = run(self.running.folder, *words)
        return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()

    def __str__(self) -> str:
        counted = {"cases": len(self.tally.numbers), "transitions": len(self.tally.acknowledged)}
        return f"seed {self.seed}: {counted | dict(self.tally.counts)}, killed {dict(self.killed)}"
