"""Where a draft comes from: the version for all areas that it was begun from, directly or through the area's variant."""

from dataclasses import dataclass

from sqlalchemy import select

from workflows.definitions import ProcessDefinition
from workflows.drafts import ProcessDraft
from workflows.work import Work


@dataclass(frozen=True)
class Newer:
    """The version for all areas that a draft comes from (`base`), and a newer one whose changes it lacks (`theirs`)."""

    base: ProcessDefinition
    theirs: ProcessDefinition


def newer_of(work: Work, draft: ProcessDraft) -> Newer | None:
    """The newer version for all areas that is in use, if there is one."""
    base = _for_all(work, work.db.get_one(ProcessDefinition, draft.base_id))
    shipped = select(ProcessDefinition).where(ProcessDefinition.area_code.is_(None))
    in_use = shipped.filter_by(key=draft.key, state="deployed").order_by(ProcessDefinition.version.desc())
    theirs = work.db.scalar(in_use.limit(1))
    if base is None or theirs is None or theirs.version <= base.version or theirs.sha256 == base.sha256:
        return None
    return Newer(base, theirs)


def _for_all(work: Work, row: ProcessDefinition) -> ProcessDefinition | None:
    """A version for all areas itself; of an area's variant the last one before it."""
    if row.area_code is None:
        return row
    shipped = select(ProcessDefinition).where(ProcessDefinition.area_code.is_(None))
    before = shipped.where(ProcessDefinition.key == row.key, ProcessDefinition.version < row.version)
    return work.db.scalar(before.order_by(ProcessDefinition.version.desc()).limit(1))
