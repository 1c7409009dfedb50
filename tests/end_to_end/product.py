"""The whole product as a person starts it: `optin demo` with its processes, driven from outside."""

import json
import queue
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from notifications import sink
from notifications.sink import Received
from tests import services
from tests.console.test_demo import Demo, environment, gone
from tests.desk import Desk
from web.console import embedded
from web.console.demo import optin
from web.console.place import Place
from workflows.commands.tokens import create_token
from workflows.settings import PROJECT

Found = TypeVar("Found")

#: Short, so that the tests need not wait for what a real installation waits for.
LEASE = 1
#: Invented, and each but once: a second open request for the same client is a duplicate.
_NAMES = iter(
    f"{first} {last}"
    for last in ("Bramblewhistle", "Cindersomething", "Duskmeadow", "Ferngully", "Grousepepper")
    for first in ("Ansel", "Birdie", "Clover", "Dorrit", "Emmet", "Fable", "Ginger", "Hollis")
)


def somebody() -> dict[str, str]:
    """A client whom no other test knows."""
    first, last = next(_NAMES).split()
    return {
        "client_first_name": first,
        "client_last_name": last,
        "phone": f"360-555-01{(len(first) * 7 + ord(last[0])) % 100:02d}",
    }


@dataclass(frozen=True)
class Answer:
    """What came back over the wire, under the names by which the tests know an answer."""

    status_code: int
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def get_data(self, as_text: bool = True) -> str:
        """The body as text."""
        return self.body.decode()


class RemoteDesk(Desk):
    """The desk of the tests, over the network: each call carries a token of its person."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.folder = address, folder
        self._tokens: dict[str, str] = {}

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One call as a person, whatever comes of it."""
        every = {
            "Authorization": f"Bearer {self._token(who)}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the address is the demo's own.
            f"{self.address}/api/v1{path}", data, every, method=method
        )
        return _ask(request)

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            with services.named(json.loads(Place(self.folder).services.read_text("utf-8"))["DATABASE_URL"]):
                self._tokens[who] = create_token(who)
        return self._tokens[who]


def _ask(request: urllib.request.Request) -> Answer:
    before = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=30) as got:  # noqa: S310 - as above.
            status, body = got.status, got.read()
    except urllib.error.HTTPError as refused:
        status, body = refused.code, refused.read()
    return Answer(status, body, time.monotonic() - before)


class Started(Demo):
    """A demo with settings of its own beside those that it makes."""

    def __init__(self, folder: Path, port: int, settings: dict[str, str]) -> None:
        self.where, self.port, self.said = Place(folder), port, []
        self._lines = queue.Queue()
        self.process = subprocess.Popen(
            optin("demo"), env={**environment(folder, port), **settings}, cwd=PROJECT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()


class Product:
    """A running demo: its folder, its desk, its mails, its database, its processes."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder, self.port, self.settings = folder, embedded.free_port(), settings
        self.address = f"http://127.0.0.1:{self.port}"
        self.desk = RemoteDesk(self.address, folder)
        self.demo = self._start()

    def _start(self) -> Started:
        demo = Started(self.folder, self.port, self.settings)
        demo.hear("Ready: ")
        return demo

    def start_again(self) -> None:
        """Start in the same folder; the tokens of before stay good."""
        self.demo = self._start()

    def stop(self) -> None:
        """End it in the orderly way, if it still runs."""
        if self.demo.process.poll() is None:
            self.demo.process.terminate()
            self.demo.process.wait(30)

    def number_of(self, part: str) -> int:
        """The process id of a part as it is now."""
        return int(self.demo.services["processes"][part])

    def mails(self, to: str, about: str) -> list[Received]:
        """The mails to a person whose subject holds these words, oldest first."""
        kept = sink.read(self.demo.where.mail)
        return [mail for mail in kept if mail.to.split("@")[0] == to and about in mail.subject]

    def mail(self, to: str, about: str, seconds: float = 20) -> Received:
        """The mail to a person about something, waited for; there must be no second one."""
        found = wait_for(lambda: self.mails(to, about), seconds, f"a mail to {to} about {about}")
        assert len(found) == 1, [mail.subject for mail in found]
        return found[0]

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """The answer of the database itself."""
        with psycopg.connect(self.demo.services["DATABASE_URL"], autocommit=True) as connection:
            answer = connection.execute(question, values)
            return answer.fetchall() if answer.description else []


def wait_for(look: Callable[[], Found], seconds: float, what: str) -> Found:
    """Look again and again until there is something; what was waited for is in the failure."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"waited {seconds:.0f} seconds for {what}"
        time.sleep(0.1)
    return found


_at_the_end = ExitStack()


@cache
def shared() -> Product:
    """The product that all tests of this process share; `let_go` stops it."""
    return _at_the_end.enter_context(product(OUTBOX_LEASE_SECONDS=str(LEASE)))


def let_go() -> None:
    """Stop the shared product, if it was ever started."""
    _at_the_end.close()
    shared.cache_clear()


@contextmanager
def product(**settings: str) -> Iterator[Product]:
    """A demo with a folder of its own; it is stopped and the folder removed, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="optin-") as outer:
        Path(outer).chmod(0o711)
        running = Product(Path(outer) / "demo", settings)
        try:
            yield running
        finally:
            family = running.demo.descendants()
            running.stop()
            left = gone(family, 10)
            subprocess.run(["/bin/kill", "-9", *map(str, left)], check=False) if left else None
