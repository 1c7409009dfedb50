"""Several statements in one round trip, at the price of what the protocol itself costs.

The driver's own pipeline looks after cursors, types and results one by one, which takes more processor time than
a command spends on its case. Here a statement is a text with values that are texts, and an answer is rows of texts;
whatever is more than that travels as JSON. Each text is prepared once a connection.
"""

import select
import time
from collections.abc import Sequence
from itertools import count
from weakref import WeakKeyDictionary

import psycopg
from psycopg import errors
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from workflows.patience import SILENT

Statement = tuple[str, Sequence[str]]
"""A text with `$1`, `$2` …, and a value for each."""

Rows = list[tuple[str | None, ...]]

BEGIN: Statement = ("BEGIN", ())
COMMIT: Statement = ("COMMIT", ())
ROLLBACK: Statement = ("ROLLBACK", ())

_MOST = 300
"""So many texts are prepared on a connection; further ones the server reads each time."""

_prepared: WeakKeyDictionary[psycopg.Connection, dict[str, bytes]] = WeakKeyDictionary()
"""The name of each text that a connection has prepared."""

_numbers = count()


def forget(connection: psycopg.Connection) -> None:
    """Before the driver rolls back: it then throws away whatever was prepared on the connection."""
    _prepared.pop(connection, None)


def at_once(connection: psycopg.Connection, *statements: Statement) -> list[Rows]:
    """Send statements together and give the rows of each, in order; a transaction is begun when none is open.

    What comes after one that fails is not done, and its error is raised as the driver would.
    """
    if connection.pgconn.transaction_status == TransactionStatus.IDLE:
        return _answered(connection, (BEGIN, *statements))[1:]
    return _answered(connection, statements)


def alone(connection: psycopg.Connection, statement: Statement) -> Rows:
    """The rows of one statement that is a transaction of its own."""
    return _answered(connection, (statement,))[0]


def _answered(connection: psycopg.Connection, statements: Sequence[Statement]) -> list[Rows]:
    """A connection that is interrupted on the way is closed: its answers would be taken for those of the next. So what
    cannot be sent at all is found before."""
    known = _prepared.setdefault(connection, {})
    ready = [(text, [value.encode() for value in values]) for text, values in statements]
    new = _new_names(known, statements)
    patience = getattr(connection, "patience", None)
    until = None if patience is None else time.monotonic() + patience
    try:
        _send(connection.pgconn, new, {**known, **new} if new else known, ready)
        answers = _receive(connection.pgconn, until)
    except BaseException:
        connection.close()
        raise
    for answer in answers:
        if answer.status == ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(answer)
    known.update(new)
    return [_rows(answer) for answer in answers[len(new) :]]


def _new_names(known: dict[str, bytes], statements: Sequence[Statement]) -> dict[str, bytes]:
    new = [text for text in dict.fromkeys(text for text, _ in statements) if text not in known]
    return {text: b"desk_%d" % next(_numbers) for text in new[: max(0, _MOST - len(known))]}


def _send(
    link: PGconn, new: dict[str, bytes], names: dict[str, bytes], ready: list[tuple[str, list[bytes]]]
) -> None:
    link.enter_pipeline_mode()
    for text, name in new.items():
        link.send_prepare(name, text.encode())
    for text, raw in ready:
        if name := names.get(text, b""):
            link.send_query_prepared(name, raw)
        else:
            link.send_query_params(text.encode(), raw)
    link.pipeline_sync()


def _receive(link: PGconn, until: float | None) -> list[PGresult]:
    """All answers, until the server says that it is ready for more; until a moment at most."""
    eye, answers = select.poll(), []
    eye.register(link.socket, select.POLLIN | select.POLLOUT)
    while link.flush():
        _look(eye, until)
        link.consume_input()
    eye.modify(link.socket, select.POLLIN)
    while (answer := _next(link, eye, until)) is None or answer.status != ExecStatus.PIPELINE_SYNC:
        if answer is not None:
            answers.append(answer)
    link.exit_pipeline_mode()
    return answers


def _next(link: PGconn, eye: select.poll, until: float | None) -> PGresult | None:
    """The next answer; None stands between those of two statements."""
    while link.is_busy():
        _look(eye, until)
        link.consume_input()
    answer = link.get_result()
    if answer is None and link.status == ConnStatus.BAD:
        raise psycopg.OperationalError("The connection to the database is lost.")
    return answer


def _look(eye: select.poll, until: float | None) -> None:
    """Wait until something comes."""
    left = None if until is None else max(0.0, until - time.monotonic()) * 1000
    if not eye.poll(left):
        raise psycopg.OperationalError(SILENT)


def _rows(answer: PGresult) -> Rows:
    columns = range(answer.nfields)
    return [
        tuple(_text(answer.get_value(row, column)) for column in columns) for row in range(answer.ntuples)
    ]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
