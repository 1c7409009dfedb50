"""The file of a case: all that a command needs of it, locked and read in one round trip.

The lock and the reading are two statements, because whoever waited for the lock must see what the one before wrote;
both are sent at once. They are SQL text that gives rows as JSON, since an object mapper would ask once for each
table. The rows become objects of the session, so that changing them is enough to have them saved. As long as the
transaction lasts nobody else changes the case, so a file that was read is not read again.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import DateTime, LargeBinary, inspect
from sqlalchemy.orm import Session, configure_mappers
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from workflows.db import Base, driver
from workflows.directory import at_version
from workflows.pipeline import at_once

T = TypeVar("T", bound=Base)

_CASE_OF = {
    "case": "$1::integer",
    "task": "(SELECT case_id FROM user_task WHERE id = $1)",
    "timer": "(SELECT case_id FROM timer WHERE id = $1)",
}
"""A case is named by its own id, or by that of a task or a timer."""

_LOCK = 'SELECT 1 FROM "case" WHERE id = {case} FOR NO KEY UPDATE'

_READ = """
SELECT json_build_array(to_json(c), to_json(i), d.sha256, v.version, opened, elements, done, waiting, armed,
  (SELECT json_agg(a) FROM task_draft a JOIN user_task t ON t.id = a.task_id WHERE t.case_id = c.id),
  (SELECT to_json(f) FROM client_facts f WHERE f.case_id = c.id),
  (SELECT json_build_array(h.seq, encode(h.hash, 'hex')) FROM history_event h
    WHERE h.case_id = c.id ORDER BY h.seq DESC LIMIT 1),
  (SELECT json_agg(json_build_array(m.kind, m.recipient_id, m.round)) FROM outbox_message m WHERE m.case_id = c.id))
FROM directory_version v CROSS JOIN "case" c
LEFT JOIN process_instance i ON i.case_id = c.id LEFT JOIN process_definition d ON d.id = i.definition_id
CROSS JOIN LATERAL (
  SELECT json_agg(t ORDER BY t.opened_at, t.id) FILTER (WHERE t.closed_at IS NULL) AS opened,
    json_agg(DISTINCT t.element) AS elements,
    json_object_agg(t.role, t.assignee_id ORDER BY t.closed_at, t.id) FILTER (WHERE t.ended_as = 'completed') AS done
  FROM user_task t WHERE t.case_id = c.id) tasks
CROSS JOIN LATERAL (
  SELECT json_agg(t ORDER BY t.due_at, t.id) AS waiting FROM timer t
  WHERE t.case_id = c.id AND (t.closed_at IS NULL OR t.closed_at = t.armed_at)) timers
CROSS JOIN LATERAL (
  SELECT json_object_agg(e.element, e.armed) AS armed FROM (
    SELECT element, json_build_array(min(armed_at), bool_or(fired_at IS NOT NULL)) AS armed
    FROM timer WHERE case_id = c.id GROUP BY element) e) times
WHERE c.id = {case}
"""


class CaseFile:
    """What is known of a locked case.

    `elements` are those that ever had a task; `last_assignee` is by role who completed the newest task; `armed` is by
    element when a timer was first armed and whether one fired; `messages` are (kind, recipient, round); `answers`
    are by element what was recorded in this transaction; `seq` and `hash` are those of the newest event of its
    history.
    """

    def __init__(self, db: Session) -> None:
        self._db = db
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._entities: dict[str, list[Any]] = {}
        self.elements: set[str] = set()
        self.last_assignee: dict[str, int | None] = {}
        self.armed: dict[str, tuple[datetime, bool]] = {}
        self.messages: list[tuple[str, int, int]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.seq = 0
        self.hash = ""

    def all(self, kind: type[T]) -> list[T]:
        """The rows of the case in one table, as objects of the session; what is opened meanwhile may be added."""
        table = kind.__tablename__
        if table not in self._entities:
            self._entities[table] = [_object(self._db, kind, row) for row in self._rows.pop(table, ())]
        found: list[T] = self._entities[table]
        return found

    def one(self, kind: type[T], key: object = None) -> T | None:
        """The row of the case in a table, or the one of that key; None when there is none."""
        rows = self.all(kind)
        name = _spelled(kind)[2]
        return next((row for row in rows if key is None or getattr(row, name) == key), None)

    def erase(self, kind: type[Base]) -> None:
        """Delete the rows of the case in a table; one that was not written yet is never written."""
        for row in self.all(kind):
            if row in self._db.new:
                self._db.expunge(row)
            else:
                self._db.delete(row)
        self.all(kind).clear()


def new_file(db: Session, case: Base) -> CaseFile:
    """The file of a case that this transaction has just made."""
    file = CaseFile(db)
    file.all(type(case)).append(case)
    return _keep(db, file, case.id)  # type: ignore[attr-defined]


def file_of(db: Session, case_id: int) -> CaseFile:
    """The file of a case, which is locked now if this transaction has not done so yet."""
    file = files_of(db).get(case_id) or locked(db, "case", case_id)
    if file is None:
        raise LookupError(f"There is no case {case_id}.")
    return file


def files_of(db: Session) -> dict[int, CaseFile]:
    """The files that this transaction has read, by the id of the case."""
    files: dict[int, CaseFile] = db.info.setdefault("files", {})
    return files


def locked(db: Session, by: str, key: object) -> CaseFile | None:
    """Lock a case until the end of the transaction and read its file; None when there is no such case.

    `by` says what `key` is the id of: `case`, `task` or `timer`.
    """
    db.flush()
    lock, read = _statements(by)
    _, rows = at_once(driver(db), (lock, [str(key)]), (read, [str(key)]))
    return _filled(db, json.loads(rows[0][0] or "")) if rows else None


@cache
def _statements(by: str) -> tuple[str, str]:
    return _LOCK.format(case=_CASE_OF[by]), _READ.format(case=_CASE_OF[by])


def _filled(db: Session, row: list[Any]) -> CaseFile:
    case, instance, sha256, version, tasks, elements, done, timers, armed, drafts, facts, event, messages = (
        row
    )
    if case["id"] in files_of(db):
        return files_of(db)[case["id"]]
    at_version(db, version)
    file = CaseFile(db)
    file._rows = {
        "case": [case],
        "process_instance": [instance] if instance else [],
        "user_task": tasks or [],
        "timer": timers or [],
        "task_draft": drafts or [],
        "client_facts": [facts] if facts else [],
    }
    file.elements = set(elements or ())
    file.last_assignee = done or {}
    file.armed = {name: (datetime.fromisoformat(at), fired) for name, (at, fired) in (armed or {}).items()}
    file.messages = [tuple(message) for message in messages or ()]
    file.seq, file.hash = event or (0, "")
    if instance:
        db.info.setdefault("sha256", {})[instance["definition_id"]] = sha256
    return _keep(db, file, case["id"])


def _keep(db: Session, file: CaseFile, case_id: int) -> CaseFile:
    files_of(db)[case_id] = file
    return file


@cache
def _spelled(kind: type[Base]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The columns of a table that JSON spells as text, which are moments and bytes; and its key."""
    columns = kind.__table__.columns
    moments = tuple(column.name for column in columns if isinstance(column.type, DateTime))
    raw = tuple(column.name for column in columns if isinstance(column.type, LargeBinary))
    configure_mappers()
    (key,) = inspect(kind).primary_key
    return moments, raw, key.name


def _object(db: Session, kind: type[T], row: dict[str, Any]) -> T:
    """A row as the session's own object; one that the session knows already is brought up to date."""
    moments, raw, key = _spelled(kind)
    for name in moments:
        if row[name] is not None:
            row[name] = datetime.fromisoformat(row[name])
    for name in raw:
        row[name] = bytes.fromhex(row[name].removeprefix("\\x"))
    known = db.identity_map.get(inspect(kind).identity_key_from_primary_key((row[key],)))
    if known is None:
        return _adopted(db, kind, row)
    # A newer schema may have columns that we do not know.
    for name in row.keys() & kind.__table__.columns.keys():
        set_committed_value(known, name, row[name])
    return known  # type: ignore[return-value]


def _adopted(db: Session, kind: type[T], row: dict[str, Any]) -> T:
    """What the mapper does with a row that it has read itself; adding an object from outside looks much further."""
    found: T = inspect(kind).class_manager.new_instance()  # type: ignore[assignment]
    found.__dict__.update(row)
    state = instance_state(found)
    state.key = cast(Any, inspect(kind).identity_key_from_instance(found))
    state.session_id = db.hash_key
    db.identity_map.add(state)
    return found
