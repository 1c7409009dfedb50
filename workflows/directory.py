"""The directory: people, roles, offices, agencies, agreements, settings, and who wants to be told how, read once and
kept until one of them changes.

These small tables decide every permission and change rarely. A trigger of the database gives the directory a new
version with any change of theirs, in the same transaction; every unit of work reads the version, so what a process
kept is never used a moment longer than it is true. Its objects belong to no session: read them, never change them.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base
from workflows.shared_session import SharedSession

TABLES = (
    "area",
    "office",
    "agency",
    "agreement",
    "person",
    "person_role",
    "person_office",
    "absence",
    "area_setting",
    "mail_choice",
    "webhook",
)
"""The tables whose changes make a new version."""

T = TypeVar("T")


class DirectoryVersion(Base):
    """One row: a random word, another one after each change, so that no word ever comes twice."""

    __tablename__ = "directory_version"
    single: Mapped[bool] = mapped_column(primary_key=True, default=True)
    version: Mapped[str]


class Directory:
    """The directory in one version. Threads may share it: its rows are loaded whole and then only read."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._kept: dict[Any, Any] = {}

    def rows(self, db: Session, kind: type[T]) -> list[T]:
        """All rows of one of the tables, by primary key."""
        if kind not in self._kept:
            self._kept[kind] = _own_rows(db, kind)
        rows: list[T] = self._kept[kind]
        return rows

    def derived(self, db: Session, make: Callable[[Session], T]) -> T:
        """What a function makes of the directory, made once a version."""
        if make not in self._kept:
            self._kept[make] = make(db)
        made: T = self._kept[make]
        return made


def _own_rows(db: Session, kind: type[T]) -> list[T]:
    """The rows as this transaction sees them, but as other objects than those it may be changing."""
    with Session(db.connection(), join_transaction_mode="rollback_only") as reader:
        rows = list(reader.scalars(select(kind).order_by(*inspect(kind).primary_key)))
        reader.expunge_all()
    return rows


_newest: WeakKeyDictionary[Engine, Directory] = WeakKeyDictionary()


def directory(db: Session) -> Directory:
    """The directory as this transaction sees it, its own changes included."""
    if "directory_touched" in db.info and _changes(db):
        db.flush()
        db.info.pop("directory", None)
    known: Directory | None = db.info.get("directory")
    return known or at_version(db, db.scalars(select(DirectoryVersion.version)).one())


def at_version(db: Session, version: str) -> Directory:
    """The directory of a version that this transaction has just read; one is kept for each database."""
    database = cast(SharedSession, db).database
    newest = _newest.get(database)
    if newest is None or newest.version != version:
        newest = _newest[database] = Directory(version)
    db.info["directory"] = newest
    return newest


@event.listens_for(Session, "transient_to_pending")
@event.listens_for(Session, "loaded_as_persistent")
def _note_touch(db: Session, row: Any) -> None:
    """Only a session that holds rows of these tables can have changed them."""
    if row.__tablename__ in TABLES:
        db.info["directory_touched"] = True


def _changes(db: Session) -> bool:
    """Whether this transaction has changes of the directory that are not written yet."""
    return any(row.__tablename__ in TABLES for row in (*db.new, *db.dirty, *db.deleted))
