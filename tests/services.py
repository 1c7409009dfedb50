"""The servers of the tests: a real PostgreSQL, a real Redis and a mail sink, started by the suite itself.

One run of pytest, with however many workers, has one folder. The first test that needs the servers starts,
under a lock, one process that keeps them (`python -m tests.services`); it ends when the run ends, in any way.
DATABASE_URL and REDIS_URL, when set, name servers to use instead.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from web.console import embedded, postgres
from web.console.children import Child, stop_all
from workflows import db
from workflows.settings import PROJECT, settings

#: Tells the workers of one run where its folder is.
RUN = "OPTIN_TEST_RUN"
TEMPLATE = "optin_template"
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"


@dataclass(frozen=True)
class Servers:
    """The addresses of the servers of this run."""

    database_url: str
    redis_url: str

    def database(self, name: str) -> str:
        """The address of one database of the server."""
        before, _, after = self.database_url.partition("://")
        authority, _, rest = after.partition("/")
        query = rest.partition("?")[2]
        return f"{before}://{authority}/{name}" + (f"?{query}" if query else "")


def begin() -> None:
    """At the start of a run: its folder, and the servers named from outside, written down there."""
    folder = Path(tempfile.mkdtemp(prefix="optin-test-"))
    named = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    (folder / "named.json").write_text(json.dumps({**named, "owner": os.getpid()}), "utf-8")
    os.environ[RUN] = str(folder)


def end() -> None:
    """At the end of a run: stop what was started, remove the folder."""
    folder = Path(os.environ.pop(RUN))
    with suppress(OSError, ValueError):
        keeper = int((folder / "keeper.pid").read_text("utf-8"))
        os.kill(keeper, signal.SIGTERM)
        _wait_for_end(keeper)
    shutil.rmtree(folder, ignore_errors=True)


def _wait_for_end(number: int, seconds: float = 15.0) -> None:
    """Wait until a process that may or may not be our child is gone."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(ChildProcessError):
            os.waitpid(number, os.WNOHANG)
        os.kill(number, 0)
        time.sleep(0.05)


def servers() -> Servers:
    """The servers of this run; the first to ask has them started."""
    folder = Path(os.environ[RUN])
    with locked(folder):
        known = folder / "servers.json"
        if not known.exists():
            _start_keeper(folder, known)
        return Servers(**json.loads(known.read_text("utf-8")))


def template(of: Servers) -> str:
    """The name of a database with the schema, the deployed procedure and the sample data; made once a run.

    It is made by the very command with which the demo makes its own.
    """
    folder = Path(os.environ[RUN])
    with locked(folder):
        done = folder / "template"
        if not done.exists():
            execute(of, f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}")
            run_optin("prepare", DATABASE_URL=of.database(TEMPLATE))
            done.touch()
    return TEMPLATE


def run_optin(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command `optin …` to its end; what it said is in the failure when it fails."""
    command = [sys.executable, "-m", "web.console", *words]
    done = subprocess.run(
        command, env={**os.environ, **environment}, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"optin {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}"
    return done


def clone(of: Servers, source: str) -> str:
    """A new database made from another one, by its name; while it is used, the next one is made."""
    name = _ahead.pop((of, source), None) or _clerk.submit(_made_from, of, source)
    _ahead[of, source] = _clerk.submit(_made_from, of, source)
    return name.result()


def drop(of: Servers, name: str) -> None:
    """Have a database removed, whoever is still connected, and what was made of it ahead; nobody waits for it."""
    _clerk.submit(execute, of, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    if made := _ahead.pop((of, name), None):
        _clerk.submit(lambda: execute(of, f"DROP DATABASE {made.result()} WITH (FORCE)"))


def drop_what_is_left() -> None:
    """Remove the databases that were made for a next test when there is none any more."""
    while _ahead:
        (of, _), made = _ahead.popitem()
        drop(of, made.result())
    _clerk.submit(int).result()  # One thread, one after the other: now all is done.


_clerk = ThreadPoolExecutor(1)
_ahead: dict[tuple[Servers, str], Future[str]] = {}


def _made_from(of: Servers, source: str) -> str:
    name = f"optin_{uuid.uuid4().hex}"
    execute(of, f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")
    return name


def execute(of: Servers, *statements: str) -> None:
    """Run statements outside any transaction on the server's own database."""
    address = of.database("postgres").replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def named(address: str) -> Iterator[None]:
    """The settings name this database for a while; nothing is connected to it afterwards."""
    before = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = address
    settings.cache_clear()
    url = settings().database_url
    try:
        yield
    finally:
        db.forget(url)
        os.environ["DATABASE_URL"] = before
        settings.cache_clear()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_keeper(folder: Path, known: Path) -> None:
    """Start the process that keeps the servers, and wait until it wrote their addresses down."""
    with (folder / "keeper.log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.services", str(folder)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (folder / "keeper.pid").write_text(str(keeper.pid), "utf-8")
    until = time.monotonic() + 120
    while not known.exists():
        if keeper.poll() is not None or time.monotonic() > until:
            raise RuntimeError("The servers of the tests did not start:\n" + _log(folder))
        time.sleep(0.05)


def _log(folder: Path) -> str:
    return (folder / "keeper.log").read_text("utf-8")


class _Ended(BaseException):
    """The run is over."""


def keep(folder: Path) -> None:
    """Start the servers, write down their addresses, and stop them when the run is over."""

    def ended(_number: int, _frame: object) -> None:
        raise _Ended

    signal.signal(signal.SIGTERM, ended)
    named = json.loads((folder / "named.json").read_text("utf-8"))
    started: list[Child] = []
    homes: list[Path] = []
    try:
        found = Servers(_postgres(folder, named, started, homes), _redis(folder, named, started))
        beside = folder / "servers.new"
        beside.write_text(json.dumps(vars(found)), "utf-8")
        beside.rename(folder / "servers.json")
        while _runs(named["owner"]) and folder.exists():
            time.sleep(0.5)
    except _Ended:
        pass
    finally:
        stop_all([[child] for child in reversed(started)])
        for left in (*homes, folder):
            shutil.rmtree(left, ignore_errors=True)


def _postgres(folder: Path, named: dict[str, str], started: list[Child], homes: list[Path]) -> str:
    """The server named from outside, else our own, without care for a loss of power."""
    if "DATABASE_URL" in named:
        return named["DATABASE_URL"]
    server = postgres.start(folder / "postgres", folder / "postgres.log", os.environ, reckless=True)
    started.append(server.child)
    homes += [server.home, server.sockets]
    return server.url("postgres")


def _redis(folder: Path, named: dict[str, str], started: list[Child]) -> str:
    """The Redis named from outside, else our own."""
    if "REDIS_URL" in named:
        return named["REDIS_URL"]
    home = folder / "redis"
    home.mkdir(mode=0o700)
    child, url = embedded.start_redis(home, folder / "redis.log", os.environ, "only-for-tests")
    started.append(child)
    return url


def _runs(number: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
