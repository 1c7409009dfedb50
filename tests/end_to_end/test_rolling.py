"""A new version is brought in while people work, host by host, with a migration first: no request fails.

`make rolling` takes minutes and prints what it counted; ROLLING is how many clients work meanwhile.
"""

import os
import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis as redis_client

from notifications import sink
from tests.desk import AVERY, Desk, answers
from tests.end_to_end.hosts import Balancer, Host, Person, environment, running
from tests.next_version import add_migration
from workflows import db
from workflows.commands.tokens import create_token
from workflows.invariants import violations
from workflows.sample import PASSWORD
from workflows.settings import PROJECT, settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("ROLLING" not in os.environ, reason="LEFT OUT: make rolling brings in a new version."),
]

CLIENTS = int(os.environ.get("ROLLING", "4"))
PACKAGES = ("engine", "workflows", "notifications", "tasks", "web", "bpmn")
MARK = "/* the next version */"
TABLES = ("case", "user_task", "timer", "task_draft", "client_facts", "process_instance", "person", "session")


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The product as it is, with another style sheet and a migration of its own."""
    tree = tmp_path / "next"
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tree / package)
    with (tree / "web/static/css/desk.css").open("a") as sheet:
        sheet.write(f"\n{MARK}\n")
    add_migration(tree / "workflows/migrations", TABLES)
    return tree


@dataclass
class Crowd:
    """People and programs who work without a pause; whatever goes wrong is kept."""

    balancer: Balancer
    tokens: list[str]
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def program(self, number: int) -> None:
        """A program that opens cases and completes their first tasks."""
        person = Person(self.balancer.next, self.tokens[number])
        while not self.over.is_set():
            opened = self._ask(
                person, "POST", "/api/v1/cases", {"office": "WSK", "search_key": "name", "total_own": 0}
            )
            if opened is None:
                continue
            self.opened.append(str(opened["number"]))
            listed = self._ask(person, "GET", f"/api/v1/worklist?view=role&q={opened['number']}")
            for item in (listed or {}).get("items", []):
                self._ask(person, "POST", f"/api/v1/tasks/{item['id']}/complete", {"data": answers("T2")})

    def browser(self, number: int) -> None:
        """Somebody who reads pages with all that belongs to them, and sends forms."""
        person = Person(self.balancer.next)
        self._page(person, lambda: person.send("/sign-in", username=AVERY, password=PASSWORD))
        chance = random.Random(number)
        while not self.over.is_set():
            page = self._page(person, lambda: person.ask("GET", "/work"))
            for asset in [part.split('"')[0] for part in page.split('="') if part.startswith("/static/")]:
                self._page(person, lambda asset=asset: person.ask("GET", asset))
            if chance.random() < 0.3:
                self._page(person, lambda: person.send("/language", on="/work", language="en", next="/work"))

    def _ask(self, person: Person, method: str, path: str, body: object = None) -> dict[str, object] | None:
        said = self._try(lambda: person.ask(method, path, body), f"{method} {path.split('?')[0]}")
        return said.json if said else None

    def _page(self, person: Person, ask: object) -> str:
        said = self._try(ask, "page")
        return said.body if said else ""

    def _try(self, ask: object, what: str) -> object:
        try:
            answer = ask()  # type: ignore[operator]
        except Exception as error:
            self.failures.append(f"{what}: {type(error).__name__} {error}")
            return None
        self.counts[f"{'api' if '/api/' in what else 'page'} {answer.status}"] += 1
        if answer.status >= 400:
            self.failures.append(f"{what}: {answer.status} {answer.body[:200]}")
            return None
        return answer


@contextmanager
def working(crowd: Crowd) -> Iterator[None]:
    """The crowd works until the end of the block, and everybody finishes what they have begun."""
    watch = threading.Thread(target=crowd.balancer.watch)
    watch.start()
    threads = [
        threading.Thread(target=crowd.program if number % 2 else crowd.browser, args=(number,))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        crowd.over.set()
        for thread in threads:
            thread.join(60)
        crowd.balancer.over.set()
        watch.join()


def sheet_of(host: Host) -> bool:
    """Whether a host answers with the style sheet of the next version."""
    return MARK in host.connect().ask("GET", "/static/css/desk.css").body


def test_no_request_fails_while_a_new_version_is_brought_in(
    desk: Desk,
    redis: redis_client.Redis,
    mail_sink: tuple[Path, str],
    tmp_path: Path,
    next_version: Path,
) -> None:
    folder, smtp = mail_sink
    common = {**environment(settings().database_url, settings().redis_url, smtp), "DRAIN_SECONDS": "3"}
    hosts = [Host("127.0.0.11", tmp_path / "a", common), Host("127.0.0.12", tmp_path / "b", common)]
    operator = Host("127.0.0.13", tmp_path / "operator", common, next_version)
    crowd = Crowd(Balancer(hosts), [create_token(AVERY) for _ in range(CLIENTS)])
    with running(*hosts):
        workers = {host: host.start("worker") for host in hosts}
        clock = hosts[0].start("beat")
        with working(crowd):
            time.sleep(3)
            assert operator.start("migrate").wait(60) == 0, operator.said("migrate")
            time.sleep(2)
            assert all(host.is_ready() for host in hosts), (
                "the version before serves on with the newer schema"
            )
            for host in hosts:
                workers[host].terminate()
                host.ask_to_stop()
                assert host.see_off(60) == 0, host.said("web")
                assert workers[host].wait(100) == 0, host.said("worker")
                host.tree = next_version
                host.serve()
                workers[host] = host.start("worker")
                time.sleep(2)
            assert all(sheet_of(host) for host in hosts)
            time.sleep(2)
        _drained()
        for child in (clock, *workers.values()):
            child.terminate()
            assert child.wait(100) in (0, -signal.SIGTERM), "it ends in good order, or has only just begun"
    counts = f"{sum(crowd.counts.values())} requests {dict(crowd.counts)}, {len(crowd.opened)} cases"
    said = f"{counts}, {len(crowd.failures)} failed"
    print(said, *crowd.failures, sep="\n")  # noqa: T201 - the counts are what a run is about
    assert crowd.failures == [], said
    assert min(crowd.counts["api 201"], crowd.counts["page 200"]) > 5, "too little was asked"
    kept = [one.message_id for one in sink.read(folder)]
    assert len(kept) == len(set(kept)), "no message came twice"
    assert list(violations()) == []


def _drained() -> None:
    until = time.monotonic() + 60
    waiting = "SELECT count(*) FROM outbox_message WHERE state IN ('waiting', 'handing')"
    while True:
        with db.transaction() as session:
            if session.connection().exec_driver_sql(waiting).scalar() == 0:
                return
        assert time.monotonic() < until, "messages wait"
        time.sleep(0.2)
