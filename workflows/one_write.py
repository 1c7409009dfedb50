"""Everything a unit of work has changed, written by one statement that is sent together with the commit.

The mapper would send one statement for each table and kind of change, and wait for each. Here they are the parts of
one statement, `WITH a AS (INSERT …), b AS (UPDATE …) SELECT`, whose rows go in as JSON. Its text depends on which
tables and columns are changed and not on how many rows, so the server prepares it once. Constraints and triggers
hold as ever: they are checked when the statement ends.
"""

import json
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.attributes import set_committed_value

from workflows.pipeline import Rows

Row = dict[str, Any]
Shape = tuple[str, Table, tuple[str, ...]]
"""What is done (`append`, `insert`, `update`, `delete`), to which table, with which columns; nobody asks for the number
of a row that is appended."""

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def append(db: Session, kind: type[DeclarativeBase], row: Row) -> None:
    """Have a row written that nobody changes or reads before the commit: no object is made of it."""
    db.info.setdefault("rows", []).append((kind.__table__, row))


class Pending:
    """What a session has not written yet; false when that is nothing."""

    def __init__(self, db: Session) -> None:
        self._changes: dict[Shape, list[tuple[Row, Any]]] = {}
        for table, row in db.info.get("rows", ()):
            self._changes.setdefault(("append", table, tuple(row)), []).append((row, None))
        for made in db.new:
            self._note("insert", made, _new_row(made))
        for kept in db.dirty:
            state = inspect(kept)
            if changed := state.committed_state.keys():
                self._note("update", kept, {name: state.dict[name] for name in (*changed, *_key(kept))})
        for gone in db.deleted:
            self._note("delete", gone, {name: gone.__dict__[name] for name in _key(gone)})

    def _note(self, what: str, changed: Any, row: Row) -> None:
        """Columns in one order, whichever was changed first, so that the same change is the same text."""
        shape = what, changed.__table__, tuple(sorted(row))
        self._changes.setdefault(shape, []).append((row, changed))

    def __bool__(self) -> bool:
        return bool(self._changes)

    @property
    def in_any_order(self) -> bool:
        """Whether the parts may be done in any order. Not when rows of one table both come and go: the mapper then
        knows which first."""
        coming, going = (
            {table for what, table, _ in self._changes if what in ways}
            for ways in (("append", "insert"), ("delete",))
        )
        return coming.isdisjoint(going)

    @property
    def statement(self) -> tuple[str, list[str]]:
        """The statement that writes it all, and its values."""
        return _text(tuple(self._changes)), [
            _json([row for row, _ in rows]) for rows in self._changes.values()
        ]

    def number(self, answer: Rows) -> None:
        """Tell the new objects the numbers that the database gave them, which it does in the order of the rows."""
        asked = [(shape, rows) for shape, rows in self._changes.items() if _numbered(shape)]
        for (shape, rows), numbers in zip(asked, answer[0], strict=False):
            for (_, made), number in zip(rows, json.loads(numbers or "[]"), strict=True):
                set_committed_value(made, _numbered(shape), number)


def _key(row: Any) -> tuple[str, ...]:
    return _key_of(row.__table__)


@cache
def _key_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def _new_row(made: Any) -> Row:
    """A new row with the defaults that the mapper would fill in; a number left out is the database's to give."""
    given = made.__dict__
    row = {name: given.get(name, default) for name, default in _defaults(made.__table__).items()}
    return {**row, **{name: given[name] for name in _key(made) if given.get(name) is not None}}


@cache
def _defaults(table: Table) -> Row:
    columns = (column for column in table.columns if column is not table.autoincrement_column)
    return {column.name: _default(column.default) for column in columns}


def _default(default: Any) -> object:
    """The value of a default, if there is one; a list or object is copied on its way into JSON."""
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _spelled(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"A column cannot hold a {type(value).__name__}.")


_json = json.JSONEncoder(default=_spelled, separators=(",", ":")).encode


@cache
def _numbered(shape: Shape) -> str:
    """The column whose number the database gives to rows of this shape; empty when none."""
    what, table, names = shape
    column = table.autoincrement_column
    return column.name if what == "insert" and column is not None and column.name not in names else ""


@cache
def _text(shapes: tuple[Shape, ...]) -> str:
    parts = [f"w{number} AS ({_part(number, *shape)})" for number, shape in enumerate(shapes, 1)]
    asked = [
        f'(SELECT json_agg("{_numbered(shape)}") FROM w{number})'  # noqa: S608
        for number, shape in enumerate(shapes, 1)
        if _numbered(shape)
    ]
    return f"WITH {', '.join(parts)} SELECT {', '.join(asked)}"


def _part(number: int, what: str, table: Table, names: tuple[str, ...]) -> str:
    """One part. Every name is one of our own tables' and is quoted."""
    into, listed = f'"{table.name}"', ", ".join(f'"{name}"' for name in names)
    typed = ", ".join(f'"{name}" {table.columns[name].type.compile(_DIALECT)}' for name in names)
    rows = f"json_to_recordset(${number}::json) AS r({typed})"
    if what in ("append", "insert"):
        given = _numbered((what, table, names))
        returning = f' RETURNING "{given}"' if given else ""
        return f"INSERT INTO {into} ({listed}) SELECT {listed} FROM {rows}{returning}"  # noqa: S608
    same = " AND ".join(f't."{name}" = r."{name}"' for name in _key_of(table))
    if what == "delete":
        return f"DELETE FROM {into} t USING {rows} WHERE {same}"  # noqa: S608
    changed = ", ".join(f'"{name}" = r."{name}"' for name in names if name not in _key_of(table))
    return f"UPDATE {into} t SET {changed} FROM {rows} WHERE {same}"  # noqa: S608
