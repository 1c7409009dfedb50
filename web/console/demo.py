"""`optin demo`: the whole product on one machine, from one command, until Ctrl-C."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import click

from web.console import embedded, postgres
from web.console.children import CannotStart, Child, look_after, stop_all, wait_until
from web.console.place import Place, keys, remember
from web.console.show import show_sign_ins
from workflows.settings import PROJECT

DEFAULT_PORT = 8000
#: How often the children are looked at, in seconds.
GLANCE = 0.2


@dataclass
class Demo:
    """The parts that run, in the order in which they were started."""

    where: Place
    port: int
    environment: dict[str, str]
    servers: list[Child] = field(default_factory=list)
    mail: list[Child] = field(default_factory=list)
    beat: list[Child] = field(default_factory=list)
    working: list[Child] = field(default_factory=list)
    database: postgres.Server | None = None
    stopping: bool = False

    @property
    def children(self) -> list[Child]:
        """All children, servers first."""
        return [*self.servers, *self.mail, *self.working, *self.beat]

    @property
    def address(self) -> str:
        """Where the pages are."""
        return self.environment["PUBLIC_URL"]


def run(where: Place, wanted_port: str | None) -> None:
    """Start everything, say that it is ready, look after it, and stop it when asked to.

    Raises `CannotStart` with a sentence for the person when a part does not come up.
    """
    where.make()
    with _alone(where):
        demo = Demo(where, choose_port(wanted_port), _environment(where))
        with _told_to_stop(demo):
            try:
                _start(demo)
                _look_after_all(demo)
            except _Stop:
                pass
            finally:
                _stop(demo)


def choose_port(wanted: str | None) -> int:
    """The port asked for, else 8000, else any free one; `CannotStart` when the one asked for is taken."""
    if not wanted:
        return DEFAULT_PORT if embedded.is_free(DEFAULT_PORT) else embedded.free_port()
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535; it is '{wanted}'.")
    if not embedded.is_free(int(wanted)):
        raise CannotStart(
            f"Port {wanted} is in use by another program. Set PORT to a free one, or leave it out."
        )
    return int(wanted)


class _Stop(BaseException):
    """Raised out of any wait when the person, or the system, asks the demo to stop."""


@contextmanager
def _alone(where: Place) -> Iterator[None]:
    """Hold the lock of the folder: two demos on one database would stop each other's servers."""
    with where.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"A demo already runs with its data in {where.root}. Stop it, or set DATA_DIR to another."
            ) from None
        yield


@contextmanager
def _told_to_stop(demo: Demo) -> Iterator[None]:
    """Turn Ctrl-C, a polite kill and a closed terminal into one orderly stop."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        if not demo.stopping:
            demo.stopping = True
            raise _Stop

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _environment(where: Place) -> dict[str, str]:
    """What every part gets: our own environment, and the keys unless they were set from outside."""
    own = {"DATA_DIR": str(where.root), "DEMO": "true", "PYTHONUNBUFFERED": "1"}
    usual = {
        "WEBHOOK_ALLOW_LOOPBACK": "true",
        "DRAIN_SECONDS": "0",
        "OUTBOX_JOURNAL": str(where.root / "mail-journal"),
    }
    return {**usual, **keys(where), **os.environ, **own}


def _start(demo: Demo) -> None:
    """Start the parts one after the other; each is up before the next one needs it."""
    where, environment = demo.where, demo.environment
    environment.setdefault("PUBLIC_URL", f"http://{embedded.LOOPBACK}:{demo.port}")
    environment["WEB_BIND"] = f"{embedded.LOOPBACK}:{demo.port}"
    click.echo(f"Starting the demo; its data are in {where.root}")
    _start_database(demo)
    _start_queue(demo)
    _start_mail(demo)
    people = _prepare(demo)
    _start_working(demo)
    _write_down(demo)
    show_sign_ins(*people)
    click.echo(f"Ready: {demo.address}/")


def _start_database(demo: Demo) -> None:
    """PostgreSQL, unless DATABASE_URL names one."""
    if not demo.environment.get("DATABASE_URL"):
        click.echo("  PostgreSQL …")
        log = demo.where.log / "postgres.log"
        demo.database = postgres.start(demo.where.postgres, log, demo.environment)
        demo.servers.append(demo.database.child)
        demo.environment["DATABASE_URL"] = postgres.ensure_database(demo.database, "optin")


def _start_queue(demo: Demo) -> None:
    """Redis, unless REDIS_URL names one."""
    if not demo.environment.get("REDIS_URL"):
        click.echo("  Redis …")
        log, password = demo.where.log / "redis.log", demo.environment["REDIS_PASSWORD"]
        child, url = embedded.start_redis(demo.where.redis, log, demo.environment, password)
        demo.servers.append(child)
        demo.environment["REDIS_URL"] = url


def _start_mail(demo: Demo) -> None:
    """The mail server that keeps what it gets, unless SMTP_URL names another."""
    if not demo.environment.get("SMTP_URL"):
        click.echo("  mail …")
        child, url = embedded.start_mail(demo.where.mail, demo.where.log / "mail.log", demo.environment)
        demo.mail.append(child)
        demo.environment["SMTP_URL"] = url
        demo.environment["DEMO_MAIL_DIR"] = str(demo.where.mail)


def optin(*words: str) -> list[str]:
    """One of our own commands, run by the Python that runs us."""
    return [sys.executable, "-m", "web.console", *words]


def _prepare(demo: Demo) -> tuple[list[tuple[str, str]], str]:
    """Schema, procedure and sample data, in a process of its own, so that this one stays small.

    Returns the sign-ins (name, who this is) and their password.
    """
    click.echo("  schema, procedure and sample data …")
    log = demo.where.log / "prepare.log"
    with log.open("wb") as errors:
        done = subprocess.run(
            optin("prepare"),
            env=demo.environment,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=errors,
            check=False,
        )
    if done.returncode != 0:
        end = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-25:])
        raise CannotStart(f"The database could not be prepared. The end of the log ({log}):\n{end}")
    told = json.loads(done.stdout.splitlines()[-1])
    return [(name, who) for name, who in told["people"]], told["password"]


def _start_working(demo: Demo) -> None:
    """The web, the worker and the clock; returns when the pages answer."""
    click.echo("  web, worker and clock …")
    web = _part(demo, "The web server", "web")
    worker = _part(demo, "The worker", "worker")
    beat = _part(demo, "The clock", "beat")
    demo.working, demo.beat = [web, worker], [beat]
    for child in (web, worker, beat):
        child.start()
    wait_until(lambda: _healthy(demo.port), web)
    for child in (worker, beat):
        if not child.alive:
            raise child.failed("stopped while starting")


def _part(demo: Demo, name: str, command: str) -> Child:
    """One of our own long-running commands as a child."""
    return Child(name, optin(command), demo.where.log / f"{command}.log", demo.environment, PROJECT)


def _healthy(port: int) -> bool:
    """Whether the web server says that it is well."""
    try:
        with urllib.request.urlopen(f"http://{embedded.LOOPBACK}:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _write_down(demo: Demo) -> None:
    """Tell the other commands where the parts are."""
    names = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "PUBLIC_URL", "DEMO_MAIL_DIR")
    services: dict[str, object] = {name: demo.environment[name] for name in names if name in demo.environment}
    numbers = {child.log.stem: child.pid for child in demo.children}
    remember(demo.where, {**services, "processes": {"demo": os.getpid(), **numbers}})


def _look_after_all(demo: Demo) -> None:
    """Start every fallen child again, until somebody asks us to stop."""
    while True:
        time.sleep(GLANCE)
        restarted = [child for child in demo.children if look_after(child, click.echo, time.monotonic())]
        if restarted:
            _write_down(demo)


def _stop(demo: Demo) -> None:
    """Stop what runs: those who make work first, those who keep it last."""
    demo.stopping = True
    click.echo("Stopping …")
    databases = [child for child in demo.servers if demo.database and child is demo.database.child]
    queues = [child for child in demo.servers if child not in databases]
    stop_all([demo.beat, demo.working, demo.mail, queues, databases])
    if demo.database:
        demo.database.tidy()
    demo.where.services.unlink(missing_ok=True)
    click.echo("Stopped.")
