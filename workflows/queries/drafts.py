"""Drafts of a procedure: what is in one, who is at it, and what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from workflows.bundle_checks import BundleProblem, problems
from workflows.definitions import Bundle, ProcessDefinition
from workflows.drafts import OPEN_EDIT, ProcessDraft, check_edits, draft_numbered
from workflows.people import name_of as person_name
from workflows.queries import query
from workflows.queries.processes import name_of
from workflows.work import Work


@dataclass(frozen=True)
class DraftView:
    """A draft with all its files, path → text.

    `base_version`: the number of the version it was begun from. `open_edit`: the name of somebody else who changed it
    in the last minutes, or empty.
    """

    id: int
    key: str
    name: str
    area: str
    base_id: int
    base_version: int
    files: dict[str, str]
    row_version: int
    begun_by: str
    begun_at: datetime
    edited_by: str
    edited_at: datetime
    open_edit: str

    @cached_property
    def bundle(self) -> Bundle:
        """The draft as a bundle; it may hold what cannot run yet."""
        return Bundle(self.key, self.files)


@query
def draft_view(work: Work, draft_id: int) -> DraftView:
    """One draft of the actor's area."""
    check_edits(work)
    return view_of(work, draft_numbered(work, draft_id))


@query
def drafts(work: Work) -> dict[str, DraftView]:
    """The drafts of the actor's area, by the key of their procedure."""
    check_edits(work)
    rows = work.db.scalars(select(ProcessDraft).filter_by(area_code=work.actor.area))
    return {row.key: view_of(work, row) for row in rows}


@query
def draft_problems(work: Work, draft_id: int) -> list[BundleProblem]:
    """Everything that is wrong with a draft, warnings too."""
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    return problems(Bundle(draft.key, draft.files))


def view_of(work: Work, draft: ProcessDraft) -> DraftView:
    """A draft as its pages show it."""
    base = work.db.get_one(ProcessDefinition, draft.base_id)
    others = draft.edited_by_id != work.actor.id and work.now - draft.edited_at < OPEN_EDIT
    editor = person_name(work.db, draft.edited_by_id)
    return DraftView(
        id=draft.id,
        key=draft.key,
        name=name_of(draft.key),
        area=draft.area_code,
        base_id=draft.base_id,
        base_version=base.version,
        files=draft.files,
        row_version=draft.row_version,
        begun_by=person_name(work.db, draft.begun_by_id),
        begun_at=draft.begun_at,
        edited_by=editor,
        edited_at=draft.edited_at,
        open_edit=editor if others else "",
    )
