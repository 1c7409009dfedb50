"""A running product's data taken out by `optin backup`, and put into an empty database beside it by `optin restore`."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.console.test_demo import environment
from tests.end_to_end.product import Product
from web.console.demo import optin
from web.console.place import keys
from workflows.settings import PROJECT

KEY = "k" * 32


@dataclass(frozen=True)
class Taken:
    """A backup: its file, what the command said of it, and how long it took in seconds."""

    file: Path
    said: str
    seconds: float

    @property
    def megabytes(self) -> float:
        """Its size."""
        return self.file.stat().st_size / 1e6


def ask(running: Product, *words: str, **settings: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """A command of the operator with settings of its own, and how many seconds it took."""
    own = {**keys(running.demo.where), "BACKUP_KEY": KEY, **settings}
    began = time.monotonic()
    done = subprocess.run(
        optin(*words), env={**environment(running.folder), **own}, cwd=PROJECT, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    return done, time.monotonic() - began


def take(running: Product, name: str) -> Taken:
    """Back everything up into a file of this name, beside the product's folder."""
    file = running.folder.parent / f"{name}.backup"
    done, seconds = ask(running, "backup", str(file))
    assert done.returncode == 0, done.stderr
    return Taken(file, done.stdout.strip(), seconds)


class Restored:
    """A backup in a database of its own on the same server: what `--verify` found, and the seconds of it."""

    def __init__(self, running: Product, taken: Taken) -> None:
        there = urlsplit(running.demo.services["DATABASE_URL"])
        self.url = urlunsplit(
            there._replace(path=f"/{re.sub('[^a-z0-9]', '_', taken.file.stem)}_{os.getpid()}")
        )
        running.rows(f"CREATE DATABASE {urlsplit(self.url).path[1:]} TEMPLATE template0")
        done, self.seconds = ask(running, "restore", str(taken.file), "--verify", DATABASE_URL=self.url)
        self.said = done.stdout.strip()
        ended = f"restore ended with {done.returncode}"
        self.found = [] if done.returncode == 0 else [*(done.stdout + done.stderr).splitlines(), ended]

    @property
    def moment(self) -> datetime:
        """Everything that was acknowledged before it is there; told to the second."""
        told = re.search(r"as of (\S+ \S+) UTC", self.said)
        assert told, self.said
        return datetime.fromisoformat(told[1]).replace(tzinfo=UTC)

    def rows(self, question: str) -> list[tuple[object, ...]]:
        """The answer of the restored database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(question).fetchall()
