"""Drafts: what a program manager is changing, a whole bundle that is not a version yet."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, Json
from workflows.errors import NotAllowed, NotFound
from workflows.language import gettext
from workflows.work import Work

OPEN_EDIT = timedelta(minutes=15)
"""So long after a change somebody is taken to be still at it, and others are warned."""


class ProcessDraft(Base):
    """A procedure as it is being changed for one area; there is at most one of each.

    `base_id` is the version it was begun from, `origin_id` the one for all areas that the base comes from, where the base
    does not say that itself. `row_version` rises by one with every change: whoever saves names the
    one that was read, so that no change of another window or person is lost.
    """

    __tablename__ = "process_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    base_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    files: Mapped[Json]
    row_version: Mapped[int]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("key", "area_code"),)


def check_edits(work: Work) -> None:
    """Program managers change the procedure of their area (domain 6.2, "Publish BPMN")."""
    if not work.actor.has("program_manager"):
        raise NotAllowed(gettext("The procedure is changed by program managers."))


def draft_numbered(work: Work, draft_id: int, *, lock: bool = False) -> ProcessDraft:
    """A draft of the actor's area; another area's is as if it had never been."""
    mine = ProcessDraft.id == draft_id, ProcessDraft.area_code == work.actor.area
    query = select(ProcessDraft).where(*mine)
    found = work.db.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(gettext("There is no such draft. It may have been published or thrown away."))
    return found
