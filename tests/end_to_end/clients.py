"""The clients of a storm: people who bring whole cases to their ends through the API, whatever dies meanwhile.

Each tries a request again until somebody acknowledged it, as a person or a program would, often sends it twice, and
sometimes races a rival for a task. What was acknowledged to them stands in the tally that they share.
"""

import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any

from tests.desk import AVERY, CASEY, DEVON, JORDAN, answers
from tests.end_to_end.product import Answer, Product, RemoteDesk

PATIENCE = 120.0
"""Seconds that a client tries one request; longer, and something is stuck."""
PEOPLE = (AVERY, CASEY, JORDAN, DEVON)

Step = tuple[str, str, dict[str, Any]]
"""Who completes the task with which label, and what is answered other than usual."""

REQUEST: list[Step] = [(AVERY, "T2", {}), (AVERY, "T3", {}), (AVERY, "T4", {}), (AVERY, "T5", {})]
PATHS: dict[str, tuple[int, list[Step]]] = {
    "elsewhere": (12, [(AVERY, "T2", {"total_wide": 1}), (AVERY, "AS1", {})]),
    "opened in error": (5, [(AVERY, "T2", {})]),
    "remain opted out": (2, [
        *REQUEST, (CASEY, "T7", {"decision": "remain_opted_out"}), (CASEY, "T12", {"offer_response": "declined"}),
        (AVERY, "T14", {}),
    ]),
    "opt in": (1, [
        *REQUEST, (CASEY, "T7", {}), (CASEY, "RO1", {}), (CASEY, "RO2", {}), (CASEY, "RO3", {}), (CASEY, "RO4", {}),
        (AVERY, "T10", {}), (AVERY, "T11", {}),
    ]),
}  # fmt: skip
"""Whole cases with how often they come, of twenty: most searches find the client elsewhere, and few requests go all
the way. "Opened in error" ends with that request in the place of a task."""


@dataclass
class Tally:
    """What happened: `acknowledged` maps each task that a client was told is complete to the moment in which it was,
    `ended` are the cases whose last step was acknowledged."""

    numbers: list[str] = field(default_factory=list)
    acknowledged: dict[str, datetime] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """One more of something."""
        with self.lock:
            self.counts[what] += 1

    def fail(self, what: str) -> None:
        """Something that must not be."""
        with self.lock:
            self.failures.append(what)


class Client(RemoteDesk):
    """Somebody who tries again until it is acknowledged."""

    def __init__(self, running: Product, tally: Tally, chance: random.Random) -> None:
        super().__init__(running.address, running.folder)
        self.tally, self.chance = tally, chance
        self._tokens = running.desk._tokens

    def surely(self, who: str, method: str, path: str, body: Any = None) -> Answer:
        """One request until there is an answer that is none of a dying part; often sent twice at once."""
        key, until, tries = uuid.uuid4().hex, time.monotonic() + PATIENCE, 0
        while True:
            tries += 1
            try:
                answer = self._perhaps_twice(who, method, path, body, key)
                if answer.status_code < 500 and not _is_busy(answer):
                    return answer
                self.tally.count("refused for now")
            except (OSError, HTTPException):
                self.tally.count("unacknowledged")
            if time.monotonic() > until:
                raise TimeoutError(f"{method} {path} was not answered for {PATIENCE:.0f} seconds")
            time.sleep(self.chance.uniform(0.05, 0.3) * min(tries, 8))

    def _perhaps_twice(self, who: str, method: str, path: str, body: Any, key: str) -> Answer:
        """Now and then a double click: the same request by two threads; either answer will do."""
        if method == "GET":
            return self.call(who, method, path)
        if self.chance.random() > 0.1:
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
        kind = self.chance.choices(list(PATHS), [weight for weight, _ in PATHS.values()])[0]
        opened = self.surely(AVERY, "POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0})
        assert opened.status_code == 201, opened.get_data()
        number = str(opened.json["number"])
        with self.tally.lock:
            self.tally.numbers.append(number)
        mine = {AVERY: str(opened.json["tasks"][0]["id"])}
        for who, label, different in PATHS[kind][1]:
            task = mine.pop(who, None) or self._wait_for_task(who, number, label)
            mine = self._complete(task, number, who, label, different)
        if kind == "opened in error":
            self._opened_in_error(number)
        with self.tally.lock:
            self.tally.ended.append(number)

    def _complete(
        self, task: str, number: str, who: str, label: str, different: dict[str, Any]
    ) -> dict[str, str]:
        """Complete a task; gives whose the next one is, when it is known."""
        if self.chance.random() < 0.05:
            self._race(task, who)
        more = _somebody(self.chance) if label == "T5" else {}
        body = {"data": answers(label, **different, **more)}
        answer = self.surely(who, "POST", f"/tasks/{task}/complete", body)
        done = answer.status_code == 200 or (answer.status_code == 409 and _is_done(answer))
        assert done, f"{label} of {number}: {answer.get_data()}"
        with self.tally.lock:
            self.tally.acknowledged[task] = datetime.now(UTC)
        following = answer.json.get("next")
        return {who: following} if following else {}

    def _opened_in_error(self, number: str) -> None:
        answer = self.surely(AVERY, "POST", f"/cases/{number}/opened-in-error", {"reason": "practice"})
        # Not now: it was this very request, unacknowledged, that has closed the case before.
        assert answer.status_code in (200, 409), answer.get_data()

    def _wait_for_task(self, who: str, number: str, label: str) -> str:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.tally.count("looks at the worklist")
            answer = self.surely(who, "GET", f"/worklist?view=role&q={number}")
            found = [item for item in answer.json["items"] if item["element"].split("_")[0] == label]
            if found:
                return str(found[0]["id"])
            time.sleep(0.1)
        raise TimeoutError(f"{label} of {number} did not come up")

    def _race(self, task: str, who: str) -> None:
        """A colleague claims the same task at the same moment; exactly one of both has it, and gives it back."""
        rival = JORDAN if who == AVERY else DEVON
        with ThreadPoolExecutor(2) as pool:
            claims = [pool.submit(self.surely, one, "POST", f"/tasks/{task}/claim") for one in (who, rival)]
        self.tally.count("rival claims")
        winners = [
            one for one, claim in zip((who, rival), claims, strict=True) if claim.result().status_code == 200
        ]
        if len(winners) != 1:
            self.tally.fail(f"{len(winners)} of two rivals have the task {task}")
        for one in winners:
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
