"""Where a draft comes from, and what has been made since that it lacks.

A draft is begun from the version in use (`base_id`). Where that is the variant of an area, it also comes from a version
for all areas (`origin_id`), whose later changes are offered to it.
"""

from dataclasses import dataclass

from sqlalchemy import Select, select

from workflows.definitions import ProcessDefinition, deployed
from workflows.drafts import ProcessDraft
from workflows.work import Work


@dataclass(frozen=True)
class Newer:
    """Another version (`theirs`) whose changes since `base` a draft lacks."""

    base: ProcessDefinition
    theirs: ProcessDefinition


def newer_of(work: Work, draft: ProcessDraft) -> Newer | None:
    """First the version in use, when it is no longer the one that the draft was begun from; then one for all areas that
    is newer than the one that the area's variant comes from."""
    base = work.db.get_one(ProcessDefinition, draft.base_id)
    in_use = deployed(work.db, draft.key, draft.area_code)
    if in_use is not None and in_use.id != base.id:
        return Newer(base, in_use)
    origin = origin_of(work, draft)
    theirs = work.db.scalar(_for_all(draft.key).filter_by(state="deployed").limit(1))
    if origin is None or theirs is None or theirs.version <= origin.version or theirs.sha256 == origin.sha256:
        return None
    return Newer(origin, theirs)


def origin_of(work: Work, draft: ProcessDraft) -> ProcessDefinition | None:
    """The version for all areas that a draft comes from; of a variant that says nothing of it, the last one before."""
    if draft.origin_id is not None:
        return work.db.get_one(ProcessDefinition, draft.origin_id)
    base = work.db.get_one(ProcessDefinition, draft.base_id)
    if base.area_code is None:
        return base
    if base.origin_id is not None:
        return work.db.get_one(ProcessDefinition, base.origin_id)
    return work.db.scalar(_for_all(base.key).where(ProcessDefinition.version < base.version).limit(1))


def take(draft: ProcessDraft, newer: Newer) -> None:
    """From now on the draft counts as begun from the version whose changes it took over."""
    if newer.base.id == draft.base_id:
        draft.base_id, draft.origin_id = newer.theirs.id, newer.theirs.origin_id
    else:
        draft.origin_id = newer.theirs.id


def _for_all(key: str) -> Select[ProcessDefinition]:
    """The versions for all areas, newest first."""
    shipped = ProcessDefinition.key == key, ProcessDefinition.area_code.is_(None)
    return select(ProcessDefinition).where(*shipped).order_by(ProcessDefinition.version.desc())
