"""One connection for a unit of work, whoever speaks on it: the pipeline at once, the mapper once it is asked.

The mapper's own connection and transaction cost more processor time than the two round trips of a command that
hardly needs them. So a session holds the pooled connection itself, and makes the mapper's of it on first use.
"""

from contextlib import suppress
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from workflows.pipeline import ROLLBACK, at_once


class SharedSession(Session):
    """A session of one transaction; `end` must be called."""

    def __init__(self, database: Engine) -> None:
        super().__init__(database, expire_on_commit=False)
        self.database = database
        self._held: PoolProxiedConnection | None = None
        self._mapped: Connection | None = None

    @property
    def driver(self) -> psycopg.Connection:
        """The driver's connection, taken from the pool when it is first needed."""
        return cast(psycopg.Connection, self._hold().driver_connection)

    def _hold(self) -> PoolProxiedConnection:
        if self._held is None:
            self._held = self.database.raw_connection()
        return self._held

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Connection:
        """The mapper's connection, which is the same one."""
        if self._mapped is None:
            self._mapped = Connection(self.database, connection=self._hold())
        return self._mapped

    @property
    def is_open(self) -> bool:
        """Whether a transaction of the database is open."""
        return self._held is not None and _is_open(self.driver)

    def end(self) -> None:
        """Roll back what is not committed and give the connection back; a broken one is thrown away."""
        held, self._held = self._held, None
        if held is None:
            self.close()
            return
        driven = cast(psycopg.Connection | None, held.driver_connection)
        if driven is not None:  # The mapper has thrown a broken one away already.
            _roll_back(driven)
            if driven.closed:
                (held if self._mapped is None else self).invalidate()
        self.close()
        held.close()


def _roll_back(connection: psycopg.Connection) -> None:
    """Not by the driver, which would then forget every statement that it has prepared."""
    with suppress(psycopg.Error):
        if _is_open(connection):
            at_once(connection, ROLLBACK)


def _is_open(connection: psycopg.Connection) -> bool:
    return connection.pgconn.transaction_status != TransactionStatus.IDLE
