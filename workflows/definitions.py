"""Process definitions: a bundle of diagrams, forms, mails and service levels, deployed as one version."""

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import ForeignKey, UniqueConstraint, func, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

import engine
from workflows import language
from workflows.db import Base, Json, driver
from workflows.directory import DirectoryVersion, at_version
from workflows.forms import Form
from workflows.newest import keep_newest
from workflows.pipeline import at_once
from workflows.service_levels import ServiceLevels

MAIN_PROCESS = "opt_in_5512pro"
OPT_OUT_AGAIN = "opt_out_again"

ROLE_OF_LANE = {
    "Partner case manager": "case_manager",
    "ESD WIOA supervisor": "esd_wioa_supervisor",
    "ESD staff": "esd_staff",
    "Program manager": "program_manager",
    "System": "system",
    "Staff of the office": "caller",
}
"""The allow-list of lane names; `caller` takes the role of the lane that called the process."""


class ProcessDefinition(Base):
    """One version of a process bundle; `files` maps each path in the bundle to its text, `note` says why it was made.

    `origin_id`: of an area's variant the version for all areas that it comes from.
    """

    __tablename__ = "process_definition"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    version: Mapped[int]
    files: Mapped[Json] = mapped_column(deferred=True)
    sha256: Mapped[str]
    state: Mapped[str]
    deployed_at: Mapped[datetime]
    deployed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="")
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    __table_args__ = (UniqueConstraint("key", "version"),)


def role_of(lane: str | None, calling_lanes: tuple[str, ...]) -> str:
    """The role that works in a lane; "Staff of the office" is whoever called, looked up from the inside out."""
    for name in (lane, *reversed(calling_lanes)):
        role = ROLE_OF_LANE.get(name or "")
        if role and role != "caller":
            return role
    raise ValueError(f"Lane {lane!r} leads to no role.")


@dataclass(frozen=True)
class Bundle:
    """A bundle ready to run: parsed once a process and shared (design 6)."""

    key: str
    files: Mapping[str, str]

    @cached_property
    def diagrams(self) -> dict[str, bytes]:
        """The diagrams and decision tables of the bundle, by name."""
        return {name: text.encode() for name, text in self.files.items() if name.endswith((".bpmn", ".dmn"))}

    @cached_property
    def file_of_process(self) -> dict[str, str]:
        """The file that holds each process of the bundle."""
        found = ((match, name) for name, text in self.diagrams.items() for match in _PROCESS.findall(text))
        return {match.decode(): name for match, name in found}

    @cached_property
    def routes(self) -> engine.Routes:
        """Where the flows of the diagrams lead."""
        return engine.routes(self.diagrams)

    @cached_property
    def service_levels(self) -> ServiceLevels:
        """The times the procedure keeps (domain 5.2)."""
        return ServiceLevels.parse(self.files["service_levels.toml"])

    def definition(self, process: str) -> engine.Definition:
        """The runnable definition of one process of the bundle, with all that it calls."""
        with _parsing:
            if process not in self._definitions:
                self._definitions[process] = engine.load(
                    self.diagrams,
                    process,
                    lanes=frozenset(ROLE_OF_LANE),
                    service_levels=self.service_levels.keys(),
                )
        return self._definitions[process]

    @cached_property
    def _definitions(self) -> dict[str, engine.Definition]:
        return {}

    @cached_property
    def forms(self) -> dict[str, Form]:
        """Each form by its file name without the folder."""
        found = (name for name in self.files if name.startswith("forms/"))
        return {name.removeprefix("forms/"): Form.parse(self.files[name].encode()) for name in found}

    def mail(self, kind: str) -> dict[str, str]:
        """The words of one message: `subject.txt`, `body.txt`, `body.html`."""
        folder = f"mail/{kind}/"
        return {
            name.removeprefix(folder): text for name, text in self.files.items() if name.startswith(folder)
        }

    @property
    def mails(self) -> list[str]:
        """The kinds of messages that the bundle has words of, by name."""
        return sorted({name.split("/")[1] for name in self.files if name.startswith("mail/")})

    @property
    def sha256(self) -> str:
        """One hash over all files of the bundle, names included."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}\0{len(self.files[name])}\0{self.files[name]}".encode())
        return digest.hexdigest()


_PROCESS = re.compile(rb'<(?:\w+:)?process\s[^>]*?id="([^"]+)"')
_parsing = threading.RLock()
_bundles: dict[int, tuple[str, Bundle]] = {}
_KEPT = 50


def bundle_of(db: Session, definition_id: int) -> Bundle:
    """The bundle of a version, from this process's memory when its hash is known there."""
    sha256 = _hash(db, definition_id)
    known = _bundles.get(definition_id)
    if known and known[0] == sha256:
        return known[1]
    row = db.get_one(ProcessDefinition, definition_id)
    bundle = Bundle(row.key, row.files)
    with _parsing:
        keep_newest(_bundles, definition_id, (row.sha256, bundle), _KEPT)
    return bundle


_HASH = "SELECT d.sha256, v.version FROM process_definition d, directory_version v WHERE d.id = $1::integer"


def _hash(db: Session, definition_id: int) -> str | None:
    """The hash of a version, which never changes; with it comes the version of the directory, asked for next."""
    hashes: dict[int, str | None] = db.info.setdefault("sha256", {})
    if definition_id not in hashes:
        (rows,) = at_once(driver(db), (_HASH, [str(definition_id)]))
        hashes[definition_id], version = rows[0] if rows else (None, None)
        if version:
            at_version(db, version)
    return hashes[definition_id]


_learned: dict[str, int] = {}


def learn_words(db: Session) -> None:
    """Take in what the bundles say in the chosen language, all versions of them; the newest has the last word.

    Pages name tasks of bundles that were never read in this process, such as the worklist.
    """
    chosen = language.chosen()
    if chosen == language.ENGLISH:
        return
    newest = db.scalar(select(func.max(ProcessDefinition.id))) or 0
    if _learned.get(chosen) == newest:
        return
    name = f"words/{chosen}.po"
    words = ProcessDefinition.files[name].astext
    rows = select(words).where(words.is_not(None)).group_by(words).order_by(func.max(ProcessDefinition.id))
    for text in db.scalars(rows):
        language.learn({name: text})
    _learned[chosen] = newest


def deployed(db: Session, key: str = MAIN_PROCESS, area: str | None = None) -> ProcessDefinition | None:
    """The version that new cases start with: an area's own variant if it has one, else the one for all."""
    query = select(ProcessDefinition, DirectoryVersion.version).join(DirectoryVersion, true())
    query = query.where(ProcessDefinition.key == key, ProcessDefinition.state == "deployed")
    own = ProcessDefinition.area_code.is_(None) | (ProcessDefinition.area_code == area)
    newest = ProcessDefinition.area_code.nulls_last(), ProcessDefinition.version.desc()
    row = db.execute(query.where(own).order_by(*newest).limit(1)).first()
    if row is None:
        return None
    found, version = row
    at_version(db, version)
    db.info.setdefault("sha256", {})[found.id] = found.sha256
    return found
