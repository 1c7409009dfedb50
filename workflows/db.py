"""The database: one engine a process, one transaction a command.

`transaction` is the only place where anything is committed. What must happen after the commit (a hint to the
queue that mail is waiting) is told to `after_commit`; it may fail, because the rows are the truth.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import psycopg
import structlog
from alembic import command as alembic_command
from alembic.config import Config
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, DateTime, Engine, create_engine, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import DeclarativeBase, Session

from workflows.errors import Busy, DatabaseFailed, InvalidInput, OutcomeUnknown, Unavailable
from workflows.language import gettext
from workflows.one_write import Pending
from workflows.patience import Patient, connected, options
from workflows.pipeline import COMMIT, at_once
from workflows.pipeline import forget as forget_prepared
from workflows.settings import settings
from workflows.shared_session import SharedSession

log = structlog.get_logger()

Json = dict[str, Any]
"""A JSON object in a column."""

JsonList = list[Any]
"""A JSON list in a column."""


MIGRATIONS = Path(__file__).parent / "migrations"


class Base(DeclarativeBase):
    """The base of all tables; every datetime column keeps its offset."""

    type_annotation_map = {datetime: DateTime(timezone=True), Json: JSONB, JsonList: JSONB}


_databases: dict[str, Engine] = {}
_lock = threading.Lock()


def database(url: str | None = None) -> Engine:
    """The engine of a database URL (by default the configured one), made once a process."""
    url = url or settings().database_url
    with _lock:
        if url not in _databases:
            made = create_engine(
                url,
                hide_parameters=True,
                pool_size=8,
                max_overflow=8,
                pool_timeout=settings().lock_seconds,
                pool_recycle=RENEWED,
                connect_args=options(),
            )
            event.listen(made, "do_connect", connected)
            event.listen(made, "checkin", _rest)
            event.listen(made, "checkout", _look_after_rest)
            event.listen(made, "rollback", _forget_prepared)
            event.listen(made, "after_cursor_execute", _forget_discarded)
            _databases[url] = made
        return _databases[url]


RENEWED = 900
"""A connection of so many seconds is replaced: what the server remembers for one (tables, plans) only grows."""
RESTED = 2.0
"""A connection unused for so many seconds may have died with its server and is tried before it is used."""
SIGN_OF_LIFE = 2.0
"""So many seconds a server may take to say that it is there."""


def _rest(_connection: object, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


def _look_after_rest(connection: Any, record: Any, _proxy: object) -> None:
    """Trying a connection before every use would cost each command a round trip."""
    if time.monotonic() - record.info.get("rests_since", time.monotonic()) < RESTED and not connection.closed:
        return
    try:
        with connection.waiting_at_most(SIGN_OF_LIFE):
            connection.execute("")
            forget_prepared(connection)
            connection.rollback()
    except psycopg.Error:
        raise DisconnectionError from None


def _forget_prepared(connection: Connection) -> None:
    """The driver throws away all that is prepared when it rolls back, which it does only when something is open."""
    if connection.invalidated:
        return
    driven = cast(psycopg.Connection, connection.connection.driver_connection)
    if driven.info.transaction_status != TransactionStatus.IDLE:
        forget_prepared(driven)


def _forget_discarded(_connection: Connection, cursor: psycopg.Cursor, *_about: object) -> None:
    """So it does after a change of the schema."""
    if (cursor.statusmessage or "").startswith(("ALTER", "DROP", "ROLLBACK", "DISCARD", "DEALLOCATE")):
        forget_prepared(cursor.connection)


def driver(db: Session) -> psycopg.Connection:
    """The driver's own connection of this transaction, for what must be sent at once."""
    return cast(SharedSession, db).driver


def forget(url: str) -> None:
    """Close the engine of a URL, so that its database can be dropped (tests)."""
    with _lock:
        known = _databases.pop(url, None)
    if known is not None:
        known.dispose()


def after_commit(db: Session, action: Callable[[], None]) -> None:
    """Have something done once this transaction is committed, and not at all when it is not."""
    db.info.setdefault("after_commit", []).append(action)


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed at the end, rolled back when anything is raised.

    A lock that cannot be had in time (`LOCK_SECONDS`) is a `Busy` refusal, a database that is away `Unavailable`;
    where the connection broke during the commit it is `OutcomeUnknown`.
    """
    db = SharedSession(database())
    try:
        with _failing_without_values():
            yield db
            with _not_knowing():
                _write_and_commit(db)
    finally:
        db.end()
    for action in db.info.get("after_commit", []):
        action()


@contextmanager
def rehearsal() -> Iterator[Session]:
    """A transaction in which something is tried out: it is rolled back whatever happens, and nothing comes after it."""
    db = SharedSession(database())
    try:
        with _failing_without_values():
            yield db
    finally:
        db.end()


@contextmanager
def snapshot() -> Iterator[Session]:
    """A transaction that sees one moment of the data however long it reads, and writes nothing."""
    with rehearsal() as db:
        db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield db


@contextmanager
def at_leisure(db: Session) -> Iterator[None]:
    """This transaction may take as long as it takes: a backup, a look at everything."""
    db.execute(text("SET LOCAL statement_timeout = 0"))
    db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    with cast(Patient, driver(db)).waiting_at_most(None):
        yield


@contextmanager
def _failing_without_values() -> Iterator[None]:
    """Whatever the database says against something is told without what was to be stored."""
    try:
        yield
    except psycopg.Error as error:
        raise _without_values(error) from None
    except DBAPIError as error:
        raise _without_values(error.orig) from None
    except UnicodeEncodeError:
        # Half a character has no bytes; the driver says so before the database is asked.
        raise _not_to_be_stored() from None
    except NoneFree:
        raise Unavailable() from None


@contextmanager
def _not_knowing() -> Iterator[None]:
    """When the connection breaks from here on, the server may have committed all the same."""
    try:
        yield
    except psycopg.OperationalError as error:
        if not error.sqlstate or error.sqlstate.startswith(_GONE):
            log.error("outcome_unknown", error=type(error).__name__, state=error.sqlstate)
            raise OutcomeUnknown() from None
        raise


def _write_and_commit(db: SharedSession) -> None:
    """What is not written yet goes with the commit, in one round trip."""
    pending = Pending(db)
    if not pending.in_any_order:
        db.flush()
        pending = Pending(db)
    if pending:
        written, _ = at_once(db.driver, pending.statement, COMMIT)
        pending.number(written)
    elif db.is_open:
        at_once(db.driver, COMMIT)


_BUSY = frozenset({"55P03", "40P01", "40001", "23505"})
"""A lock that is not to be had, a deadlock, or a row that somebody else has just written."""

_AWAY = ("08", "53", "57", "58", "25006", "25P03")
"""How the states begin that mean the server and not the statement: connections lost, no memory, disk or connection left,
stopping, told to stop a statement that takes too long, a disk that fails, a standby, a transaction left open."""
_GONE = ("08", "57P")
"""Of these, where the connection is gone. The driver itself names no state when it finds it broken."""


def _without_values(error: BaseException | None) -> Exception:
    """A failure of the database as our own exception: its text may hold the row, and so a fact about a client."""
    state = str(getattr(error, "sqlstate", None) or "")
    if state in _BUSY:
        return Busy()
    if isinstance(error, psycopg.DataError):
        return _not_to_be_stored()
    if state.startswith(_AWAY) or (not state and isinstance(error, psycopg.OperationalError)):
        log.error("database_away", error=type(error).__name__, state=state)
        return Unavailable()
    return DatabaseFailed(f"{type(error).__name__} {state}".strip())


def _not_to_be_stored() -> InvalidInput:
    return InvalidInput(gettext("Some part of this is not a text or number that can be stored."))


TABLE_SECONDS = 0.5
"""So long a change of the schema waits for a table. Whoever wants that table meanwhile waits behind it, and has more time;
and where each has what the other wants, it gives way before the server ends one of them, after a second."""
_NOT_NOW = ("55P03", "40P01")
"""Somebody else has it for too long; two wait for each other."""


def migrate(url: str | None = None) -> None:
    """Bring the schema to the newest version (`optin migrate`); safe to run from several processes at once, and while
    people work: it begins again as often as somebody has a table for longer than it waits."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    target = database(url)
    with (
        target.connect().execution_options(isolation_level="AUTOCOMMIT") as guard,
        target.connect() as connection,
    ):
        connection.execute(text(f"SET statement_timeout = 0; SET lock_timeout = '{TABLE_SECONDS}s'"))
        connection.commit()
        guard.execute(text("SET lock_timeout = 0"))
        guard.execute(text("SET statement_timeout = 0"))
        guard.execute(text("SELECT pg_advisory_lock(5512)"))
        config.attributes["connection"] = connection
        try:
            while not _upgraded(config):
                time.sleep(TABLE_SECONDS)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(5512)"))
    target.dispose()  # What was prepared before may not fit the new schema.


def _upgraded(config: Config) -> bool:
    """Whether all of it is done; where it came too late for a table nothing is."""
    try:
        alembic_command.upgrade(config, "head")
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state not in _NOT_NOW:
            raise
        log.warning("migration_waits", state=state)
        return False
    return True
