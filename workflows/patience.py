"""How long anybody waits for the database: bounded on both sides, so that a server which accepts and never answers, a
lock that nobody gives back, or a process that was frozen while it held one, holds up nothing for long.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from workflows.settings import settings

T = TypeVar("T")

CONNECT_SECONDS = 3
"""A server is given so long to take a connection."""
IDLE_SECONDS = 120
"""A transaction in which nothing happens for so long is ended by the server, and its locks are free: longer than a job
may last, in which a share of rows is held."""
ANSWER_SECONDS = 5.0
"""So much longer than a statement may last an answer is waited for, since the server itself ends one that lasts longer."""


class Patient(psycopg.Connection[Any]):
    """A connection on which an answer is waited for so many seconds (`patience`; None: for ever). One that waited in
    vain is closed: what the server still says would be taken for the answer to something else."""

    patience: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """The driver's own wait, with an end."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            self.close()
            raise psycopg.OperationalError(SILENT) from None

    @contextmanager
    def waiting_at_most(self, seconds: float | None) -> Iterator[None]:
        """Another patience for a while."""
        before, self.patience = self.patience, seconds
        try:
            yield
        finally:
            self.patience = before


SILENT = "The database does not answer."


def options() -> dict[str, Any]:
    """How to connect: what the server ends by itself, and that a host which vanished is noticed."""
    lock, statement = (
        int(seconds * 1000) for seconds in (settings().lock_seconds, settings().statement_seconds)
    )
    limits = f"-c lock_timeout={lock} -c statement_timeout={statement}"
    vanished = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    return {
        "options": f"-c timezone=UTC {limits} -c idle_in_transaction_session_timeout={IDLE_SECONDS}s {vanished}",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }


def connected(_dialect: object, _record: object, words: list[Any], named: dict[str, Any]) -> Patient:
    """A new connection, as the pool asks for one."""
    made = Patient.connect(*words, **named)
    made.patience = settings().statement_seconds + ANSWER_SECONDS
    return made
