"""Publications: a draft that is to become a version, who proposed and who approved it, and which open cases it moves."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, Json, JsonList
from workflows.errors import NotAllowed, NotFound
from workflows.language import gettext, marked
from workflows.work import Work

UNDO_WITHIN = timedelta(days=1)
"""So long after its approval a publication can be undone."""

UNDER_WAY = ("proposed", "running", "undoing")
"""The states of which an area has at most one publication of a procedure."""

STATES = {
    "proposed": marked("Waits for a second person"),
    "declined": marked("Declined"),
    "withdrawn": marked("Taken back"),
    "running": marked("Cases are being moved"),
    "done": marked("Published"),
    "undoing": marked("Is being undone"),
    "undone": marked("Undone"),
}

KINDS = {
    "unchanged": marked("Moves unchanged"),
    "changes": marked("Gains or loses something"),
    "cannot": marked("Cannot move"),
}
"""The classes of open cases: nothing is different for it from now on; something is; it finishes on its version."""

CASE_STATES = {
    "waiting": marked("Waits to be moved"),
    "moved": marked("Moved"),
    "stays": marked("Finishes on its version"),
    "rolled_back": marked("Rolled back: it came out otherwise than foretold"),
    "undone": marked("Moved back"),
    "kept": marked("Stays on the new version"),
}

MOVING = {"running": "waiting", "undoing": "moved"}
"""The states in which cases are moved, each with the state of the cases that are still to be dealt with."""


class Publication(Base):
    """A draft as it was proposed (`files`), and what became of it.

    `moves_cases`: also the open cases that can move, not new cases alone. `definition_id`: the version that it became;
    `former_id`: the area's own version that it replaced, None where that was the one for all areas. `reason`: why it
    was declined. `origin_id`: the version for all areas that it comes from.
    """

    __tablename__ = "publication"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    draft_id: Mapped[int]
    base_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    files: Mapped[Json] = mapped_column(deferred=True)
    sha256: Mapped[str]
    note: Mapped[str]
    moves_cases: Mapped[bool]
    state: Mapped[str]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    former_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    finished_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_publication_under_way",
            "key",
            "area_code",
            unique=True,
            postgresql_where="state IN ('proposed', 'running', 'undoing')",
        ),
    )


class PublicationCase(Base):
    """An open case that a publication is to move: what was foretold, and what came of it.

    `kind` is its class and `changes` what it gains, loses and has changed; of a case that cannot move `element` and
    `reason` say why. `waiting`: what it will wait for, foretold of the state with the hash `foretold_of`. For undoing:
    `definition_before`, `state_before`, `rows_before` (tasks and timers), and `hash_after` over what the move wrote at
    `moved_at`.
    """

    __tablename__ = "publication_case"
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    state: Mapped[str]
    kind: Mapped[str]
    changes: Mapped[JsonList]
    reason: Mapped[str] = mapped_column(default="")
    element: Mapped[str] = mapped_column(default="")
    element_name: Mapped[str] = mapped_column(default="")
    waiting: Mapped[JsonList]
    foretold_of: Mapped[str]
    definition_before: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    state_before: Mapped[bytes | None] = mapped_column(deferred=True)
    rows_before: Mapped[Json | None] = mapped_column(deferred=True)
    hash_after: Mapped[str] = mapped_column(default="")
    moved_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        Index("ix_publication_case_state", "publication_id", "state", "case_id"),
        Index("ix_publication_case_case", "case_id"),
    )


def check_reads(work: Work) -> None:
    """Whoever may propose or approve a publication may read it."""
    if not work.actor.has("program_manager", "esd_wioa_supervisor"):
        raise NotAllowed(gettext("Publications are for program managers and ESD WIOA supervisors."))


def may_decide(work: Work, publication: Publication) -> bool:
    """Whether the actor may be the second person: a program manager or supervisor of the area who did not propose it."""
    second = work.actor.id is not None and work.actor.id != publication.proposed_by_id
    able = work.actor.has("program_manager", "esd_wioa_supervisor")
    return second and able and work.actor.area == publication.area_code


def publication_numbered(work: Work, publication_id: int, *, lock: bool = False) -> Publication:
    """A publication of the actor's area; another area's is as if it had never been."""
    query = select(Publication).where(Publication.id == publication_id)
    query = query.where(Publication.area_code == work.actor.area)
    found = work.db.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(gettext("There is no such publication."))
    return found
