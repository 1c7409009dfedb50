"""Backups: every table at one moment, in one sealed file; and back again into an empty database, counted and verified.

The file is sealed (`workflows.sealed`) over gzip over records: each is its length in four bytes and its content. First
comes the header in JSON, then for each table, in the order in which rows may be inserted, its rows in PostgreSQL's own
text format in as many records as it takes and an empty one, at last the footer in JSON: how many rows each table has,
and their SHA-256. Nothing touches a disk unsealed. It is made by the product itself, so that whoever runs a worker
can make one, and every table of the schema is in it by construction.
"""

import gzip
import hashlib
import io
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, cast

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from workflows import clock, models
from workflows.db import at_leisure, driver, migrate, snapshot, transaction
from workflows.heads import newest_head
from workflows.invariants import violations
from workflows.sealed import NotSealedForUs, Opening, Sealing

FORMAT = "opt-in-desk-backup/1"
LONGEST = 16 * 1024 * 1024
"""Bytes of a record; a longer one is none of ours."""
_LENGTH = struct.Struct(">I")


class CannotRestore(Exception):
    """The backup cannot be restored here; the sentence says why and what to do."""


@dataclass(frozen=True)
class Kept:
    """What a backup holds: until when surely everything, how many rows, the number of the last signed head."""

    made_at: datetime
    rows: int
    head: int


def tables() -> list[Table]:
    """Every table, in the order in which rows may be inserted."""
    return list(models.Base.metadata.sorted_tables)


def back_up(target: IO[bytes], key: str) -> Kept:
    """Write everything into a file, sealed with a key, as it was at one moment, while people work."""
    with snapshot() as db, at_leisure(db), Sealing(target, key) as sealed, _packed(sealed) as packed:
        header = _header(db)
        _write(packed, json.dumps(header).encode())
        footer = {table.name: _copied(db, table, packed) for table in tables()}
        _write(packed, json.dumps(footer).encode())
    return _kept(header, footer)


def _packed(sealed: Sealing) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=cast(IO[bytes], sealed), mode="wb", compresslevel=6)


def _header(db: Session) -> dict[str, Any]:
    """The first read fixes the moment that the transaction sees: what was committed before `made_at` is all in it."""
    made_at, head = clock.now(), newest_head(db)
    return {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "schema": db.scalar(_SCHEMA),
        "columns": {table.name: [column.name for column in table.columns] for table in tables()},
        "sequences": {name: last for name, last in db.execute(_SEQUENCES) if last is not None},
        "head": head.number if head else 0,
    }


_SCHEMA = text("SELECT version_num FROM alembic_version")
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")


def _copied(db: Session, table: Table, target: gzip.GzipFile) -> list[Any]:
    """Write the rows of a table; how many they are, and their hash."""
    digest = hashlib.sha256()
    with driver(db).cursor() as cursor:
        with cursor.copy(
            f"COPY {_named(table.name, [column.name for column in table.columns])} TO STDOUT"
        ) as rows:
            for piece in rows:
                digest.update(piece)
                _write(target, bytes(piece))
        _write(target, b"")
        return [cursor.rowcount, digest.hexdigest()]


def _named(table: str, columns: list[str]) -> str:
    """A table of ours with its columns, as COPY names them."""
    return f'"{table}" ({", ".join(f"{chr(34)}{name}{chr(34)}" for name in columns)})'


def _write(target: gzip.GzipFile, record: bytes) -> None:
    target.write(_LENGTH.pack(len(record)) + record)


def _kept(header: dict[str, Any], footer: dict[str, list[Any]]) -> Kept:
    rows = sum(count for count, _ in footer.values())
    return Kept(datetime.fromisoformat(header["made_at"]), rows, header["head"])


def restore(source: io.BufferedReader, key: str) -> Kept:
    """Fill the configured database, which must be empty, from a backup: all of it or nothing.

    Raises `CannotRestore`, also when a table came out with other rows than it had.
    """
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(Opening(source, key))) as packed:
            return _restored(packed)
    except NotSealedForUs as error:
        raise CannotRestore(f"{error.__doc__} Nothing was restored.") from None
    except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        raise CannotRestore(f"The backup cannot be read ({type(error).__name__}).") from error


def _restored(packed: gzip.GzipFile) -> Kept:
    header = json.loads(_record(packed))
    if header["format"] != FORMAT:
        raise CannotRestore("This is no backup that this version can read.")
    migrate()
    with transaction() as db, at_leisure(db):
        _prepare(db, header["schema"])
        found = {table.name: _filled(db, table, header["columns"], packed) for table in tables()}
        footer = json.loads(_record(packed))
        wrong = sorted(name for name in footer.keys() | found.keys() if footer.get(name) != found.get(name))
        if wrong or packed.read(1):
            raise CannotRestore(f"It came out other than it was ({', '.join(wrong)}). Nothing was restored.")
        for name, last in header["sequences"].items():
            db.execute(
                text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": f'"{name}"', "last": last}
            )
    return _kept(header, footer)


def _prepare(db: Session, wanted: str) -> None:
    """An empty database with the schema that the backup was made of."""
    schema = db.scalar(_SCHEMA)
    if schema != wanted:
        mend = "Install the version that made it, restore, and upgrade then."
        raise CannotRestore(f"The backup has the schema {wanted}, this version has {schema}. {mend}")
    if db.scalar(text("SELECT EXISTS (SELECT FROM history_event) OR EXISTS (SELECT FROM person)")):
        raise CannotRestore("The database is not empty. Give one that nobody has used, in DATABASE_URL.")
    for table in reversed(tables()):
        if db.execute(table.select().limit(1)).first():
            db.execute(table.delete())  # What the migrations have put there.


def _record(packed: gzip.GzipFile) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(packed, _LENGTH.size))
    if length > LONGEST:
        raise CannotRestore("The backup is damaged: a record is longer than any of ours.")
    return _exactly(packed, length)


def _exactly(packed: gzip.GzipFile, length: int) -> bytes:
    found = packed.read(length)
    if len(found) != length:
        raise CannotRestore("The backup ends too early.")
    return found


def _filled(db: Session, table: Table, columns: dict[str, list[str]], packed: gzip.GzipFile) -> list[Any]:
    """Insert the rows of a table; how many they are, and their hash."""
    digest = hashlib.sha256()
    if set(columns[table.name]) != {column.name for column in table.columns}:
        raise CannotRestore(f"The table {table.name} of the backup has other columns than here.")
    with driver(db).cursor() as cursor:
        with cursor.copy(f"COPY {_named(table.name, columns[table.name])} FROM STDIN") as rows:
            while piece := _record(packed):
                digest.update(piece)
                rows.write(piece)
        return [cursor.rowcount, digest.hexdigest()]


def verified() -> Iterator[str]:
    """What is wrong with the restored data, by every invariant, in lines; none when all is well. Mail and timers that
    were due are late by nature, and go out once workers run."""
    for found in violations():
        if found.invariant not in ("messages_go_out", "timers_fire"):
            yield f"{found.invariant}: {found.about}: {found.what}"
