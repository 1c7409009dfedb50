"""Where the measuring happens: a real PostgreSQL with its usual care for the disk, and databases made in it.

DATABASE_URL, when set, names a server to use instead (its account must be able to make databases). OPTIN_BENCH_DIR
names the folder of everything that is kept from one run to the next: the server's data, the grown databases, the
flame graphs. Without it a folder in the user's cache is used.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from web.console import postgres
from web.console.children import stop_all
from workflows.settings import PROJECT, settings

USUAL = Path.home() / ".cache" / "opt-in-desk-benchmarks"
KEYS = {
    "SECRET_KEY": "only-for-measuring-" * 3,
    "FINGERPRINT_KEY": "only-for-measuring-too-" * 3,
    "JOB_HINT": "",
}


def folder() -> Path:
    """The folder of what is kept, made when it is not there."""
    place = Path(os.environ.get("OPTIN_BENCH_DIR") or USUAL)
    place.mkdir(parents=True, exist_ok=True)
    return place


@contextmanager
def server() -> Iterator[str]:
    """The address of a running PostgreSQL; our own is stopped at the end."""
    if named := os.environ.get("DATABASE_URL"):
        yield named
        return
    started = postgres.start(folder() / "postgres", folder() / "postgres.log", os.environ)
    try:
        yield started.url("postgres")
    finally:
        stop_all([[started.child]])
        started.tidy()


def address(server_url: str, name: str) -> str:
    """The address of one database of a server."""
    before, _, after = server_url.partition("://")
    authority, _, rest = after.partition("/")
    query = rest.partition("?")[2]
    return f"{before}://{authority}/{name}" + (f"?{query}" if query else "")


def plain(url: str) -> str:
    """An address as libpq takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def fresh(server_url: str, name: str) -> str:
    """A new, empty database in the place of one of that name; its address."""
    execute(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    return address(server_url, name)


def exists(server_url: str, name: str) -> bool:
    """Whether a server has a database of that name."""
    return bool(scalar(server_url, "SELECT count(*) FROM pg_database WHERE datname = %s", name))


def execute(url: str, *statements: str) -> None:
    """Run statements, each on its own."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def scalar(url: str, statement: str, *values: object) -> int:
    """The one number that a statement gives."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        row = connection.execute(statement, values).fetchone()
    return int(row[0]) if row else 0


def use(url: str) -> None:
    """Have the product of this process work on a database."""
    os.environ.update(KEYS, DATABASE_URL=url)
    settings.cache_clear()


def prepare(server_url: str, name: str) -> str:
    """A new database with schema, procedure and sample data, made by the command that the demo uses; its address.

    The product of this process then works on it.
    """
    url = fresh(server_url, name)
    use(url)
    command = [sys.executable, "-m", "web.console", "prepare"]
    done = subprocess.run(
        command, cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"The database could not be prepared:\n{done.stdout}{done.stderr}")
    return url
