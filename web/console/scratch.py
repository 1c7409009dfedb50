"""A database of its own for one command, gone when the command ends, in whatever way.

On the server that DATABASE_URL names a new database is made and dropped; without one a real PostgreSQL out of a wheel
is started in a folder of its own. The environment names the new database meanwhile, and a queue and a mail server that
do not exist: nothing of an installation is read or written.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from web.console import postgres
from web.console.children import CannotStart, stop_all
from workflows import db
from workflows.settings import settings

NOWHERE = {
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "JOB_HINT": "",
    "LOG_LEVEL": "ERROR",
}
KEYS = ("SECRET_KEY", "FINGERPRINT_KEY")


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Have the settings name an empty database with the newest schema, called after `name`. Raises `CannotStart`."""
    with _server() as address:
        before = dict(os.environ)
        made = f"{name}_{secrets.token_hex(6)}"
        url = _make(address, made)
        try:
            keys = {key: secrets.token_hex(24) for key in KEYS}
            os.environ.update({**NOWHERE, **keys, "DATABASE_URL": url})
            settings.cache_clear()
            db.migrate()
            yield
        finally:
            db.forget(settings().database_url)
            os.environ.clear()
            os.environ.update(before)
            settings.cache_clear()
            _drop(address, made)


@contextmanager
def _server() -> Iterator[str]:
    """The address of a database to begin from: the configured one, or that of a server of our own."""
    if named := os.environ.get("DATABASE_URL"):
        yield named.replace("postgresql+psycopg://", "postgresql://", 1)
        return
    folder = Path(tempfile.mkdtemp(prefix="optin-scratch-"))
    try:
        server = postgres.start(folder / "postgres", folder / "postgres.log", os.environ, reckless=True)
        try:
            yield server.url("postgres")
        finally:
            stop_all([[server.child]])
            server.tidy()
            shutil.rmtree(server.home, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(address: str, name: str) -> str:
    """A new database beside another one; its address. What is written there need not outlive a loss of power."""
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            set_off = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
            connection.execute(set_off.format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise CannotStart(
            "No database of its own can be made on the server that DATABASE_URL names: its user must be allowed to "
            "(ALTER ROLE … CREATEDB). Or leave DATABASE_URL out, and a PostgreSQL is started for it. "
            f"It said: {str(error).strip().splitlines()[0]}"
        ) from None
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _drop(address: str, name: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
