"""Several hosts of one installation: loopback addresses of their own, folders of their own, and in common nothing but
PostgreSQL and Redis. Before them stands a balancer that asks `/readyz`, takes turns, and never sends anything twice."""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from web.console import embedded
from web.console.demo import optin
from workflows.settings import PROJECT

READY_WITHIN = 180


class Host:
    """One host: a web server and, when asked for, a worker; `tree` is the version of the product that it runs."""

    def __init__(self, address: str, folder: Path, environment: dict[str, str], tree: Path = PROJECT) -> None:
        self.address, self.folder, self.tree = address, folder, tree
        self.port = embedded.free_port()
        folder.mkdir()
        own = {"WEB_BIND": f"{address}:{self.port}", "DATA_DIR": str(folder / "data"), "TMPDIR": str(folder)}
        self.environment = {**environment, **own}
        self.web: subprocess.Popen[bytes] | None = None
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """One of the product's commands on this host."""
        log = (self.folder / f"{words[0]}.log").open("ab")
        child = subprocess.Popen(
            optin(*words), env={**self.environment, "PYTHONPATH": str(self.tree)}, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        self._started.append(child)
        return child

    def serve(self) -> None:
        """Start the web server, and wait until it is ready."""
        self.web = self.start("web")
        until = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            assert self.web.poll() is None and time.monotonic() < until, self.said("web")
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """What the balancer asks."""
        with suppress(OSError, http.client.HTTPException):
            return self.connect(2).ask("GET", "/readyz").status == 200
        return False

    def connect(self, timeout: float = 30) -> "Line":
        """A connection to the web server."""
        return Line(http.client.HTTPConnection(self.address, self.port, timeout=timeout))

    def ask_to_stop(self) -> None:
        """What a service manager does first."""
        assert self.web is not None
        self.web.send_signal(signal.SIGTERM)

    def see_off(self, seconds: float) -> int:
        """Wait for the end of the web server; its exit code."""
        assert self.web is not None
        return self.web.wait(seconds)

    def kill(self) -> None:
        """End whatever still runs here."""
        for child in self._started:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def said(self, part: str) -> str:
        """The end of what a part has said."""
        return (self.folder / f"{part}.log").read_text("utf-8", errors="replace")[-3000:]


@dataclass(frozen=True)
class Answer:
    """What a host said."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Line:
    """A connection that may be used again and again."""

    connection: http.client.HTTPConnection

    def ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request, sent once; a connection that the host has ended meanwhile is made anew before, as balancers do."""
        kept = self.connection.sock
        if kept is not None and select.select([kept], [], [], 0)[0]:
            self.connection.close()
        try:
            self.connection.request(method, path, body, headers or {})
            got = self.connection.getresponse()
            said = got.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        cookies = got.headers.get_all("Set-Cookie") or []
        return Answer(got.status, {**dict(got.headers), "Set-Cookie": "; ".join(cookies)}, said)


@dataclass
class Balancer:
    """Asks each host ten times a second whether it is ready, and gives each request to the next one that was."""

    hosts: list[Host]
    ready: list[Host] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _turn: Iterator[int] = field(default_factory=count)

    def watch(self) -> None:
        """Until it is over."""
        while not self.over.wait(0.1):
            self.ready = [host for host in self.hosts if host.is_ready()]

    def next(self) -> Host:
        """The host for the next request; waits while there is none, as people's requests would."""
        until = time.monotonic() + 5
        while not (ready := self.ready):
            assert time.monotonic() < until, "no host is ready"
            time.sleep(0.02)
        return ready[next(self._turn) % len(ready)]


class Person:
    """Somebody's browser, or program: cookies or a token, and a kept connection to each host, as a balancer has them."""

    def __init__(self, choose: Any, token: str = "") -> None:
        self.choose, self.token, self.cookies = choose, token, dict[str, str]()
        self._lines: dict[Host, Line] = {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request by way of the balancer, sent once; a connection that a host closes after its answer is renewed."""
        host = self.choose()
        line = self._lines.get(host) or self._lines.setdefault(host, host.connect())
        every = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            every |= {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            body = None if body is None else json.dumps(body)
        else:
            every |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if body is not None:
                body, every["Content-Type"] = urlencode(body), "application/x-www-form-urlencoded"
        answer = line.ask(method, path, body, every)
        if answer.headers.get("Connection", "").lower() == "close":
            self._lines.pop(host).connection.close()
        self.cookies |= dict(re.findall(r"(desk_\w+)=([^;]*)", answer.headers["Set-Cookie"]))
        return answer

    def send(self, path: str, on: str = "", **fields: str) -> Answer:
        """Fill in the form of a page."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", on or path).body)
        assert token, f"{on or path} has no form"
        return self.ask("POST", path, {"csrf_token": token.group(1), **fields})


def environment(database_url: str, redis_url: str, smtp_url: str) -> dict[str, str]:
    """What the hosts of an installation are given alike."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": smtp_url,
        "JOB_HINT": "tasks.outbox:nudge",
        "WEB_WORKERS": "1",
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def running(*hosts: Host) -> Iterator[None]:
    """The web servers of these hosts, started at the same time; whatever is left of them at the end is killed."""
    with ExitStack() as at_the_end:
        starting = [threading.Thread(target=host.serve) for host in hosts]
        for thread in starting:
            thread.start()
        for host in hosts:
            at_the_end.callback(host.kill)
        for thread in starting:
            thread.join()
        assert all(host.is_ready() for host in hosts), [host.said("web") for host in hosts]
        yield
