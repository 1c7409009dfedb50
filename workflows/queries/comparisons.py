"""Two versions of a procedure side by side, or a draft beside a version: what differs, in words and by element."""

from dataclasses import dataclass

from sqlalchemy import select

import engine
from workflows.bundle_checks import BundleProblem, problems
from workflows.comparing_words import Group, told
from workflows.definitions import Bundle, ProcessDefinition, bundle_of
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import NotFound
from workflows.language import ENGLISH, chosen, gettext
from workflows.queries import query
from workflows.queries.drafts import DraftView, view_of
from workflows.queries.processes import check_reads, in_sight, version_numbered
from workflows.work import Work

KINDS = ("added", "removed", "changed", "moved")
"""From the one that says most of an element to the one that says least."""


@dataclass(frozen=True)
class Comparison:
    """What differs between two bundles; `before` and `after` are their files, `versions` the numbers there are.

    `from_version`, `to_version`: the versions that are compared; `to_version` is None for a draft.
    """

    key: str
    groups: list[Group]
    before: dict[str, str]
    after: dict[str, str]
    versions: list[int]
    from_version: int
    to_version: int | None

    @property
    def diagrams(self) -> list[Group]:
        """The groups of the diagrams that can be drawn."""
        return [group for group in self.groups if group.file.endswith(".bpmn")]


def marks_of(group: Group) -> dict[str, str]:
    """Each element of a diagram that differs, with the kind of change that says most of it."""
    changes = [told.change for told in (*group.changes, *group.moved) if told.change.element]
    ordered = sorted(changes, key=lambda change: KINDS.index(change.kind), reverse=True)
    return {change.element: change.kind for change in ordered}


@query
def draft_comparison(work: Work, draft_id: int, version: int | None = None) -> tuple[DraftView, Comparison]:
    """A draft beside the version it was begun from, or another one."""
    check_edits(work)
    draft = view_of(work, draft_numbered(work, draft_id))
    before = draft.base_version if version is None else version
    old = bundle_of(work.db, version_numbered(work, draft.key, before).id)
    return draft, _comparison(work, old, draft.bundle, before, None)


@query
def draft_and_files(
    work: Work, draft_id: int, files: dict[str, str]
) -> tuple[DraftView, list[Group], list[BundleProblem]]:
    """A draft, what would change if a whole bundle took the place of its files, and what is wrong with that one."""
    check_edits(work)
    draft = view_of(work, draft_numbered(work, draft_id))
    new = Bundle(draft.key, files)
    return draft, told(draft.bundle, new), problems(new)


@query
def version_comparison(
    work: Work, key: str, before: int | None = None, after: int | None = None
) -> Comparison:
    """Two versions; when they are not named the newest one, and the one before it."""
    check_reads(work)
    numbers = versions_of(work, key)
    if not numbers:
        raise NotFound(gettext("There is no process {key}.").format(key=key[:80]))
    new = numbers[0] if after is None else after
    old = next((number for number in numbers if number < new), new) if before is None else before
    before_that, after_that = (
        bundle_of(work.db, version_numbered(work, key, number).id) for number in (old, new)
    )
    return _comparison(work, before_that, after_that, old, new)


@query
def drawn_draft(work: Work, draft_id: int, file: str) -> str:
    """A diagram of a draft to be looked at, its words in the chosen language."""
    check_edits(work)
    bundle = view_of(work, draft_numbered(work, draft_id)).bundle
    if file not in bundle.diagrams:
        raise NotFound(gettext("The draft has no file {name}.").format(name=file[:80]))
    text = bundle.diagrams[file]
    return text.decode() if chosen() == ENGLISH else engine.reworded(text, gettext).decode()


def versions_of(work: Work, key: str) -> list[int]:
    """The numbers of the versions that the actor may see, newest first."""
    mine = ProcessDefinition.key == key, in_sight(work)
    rows = select(ProcessDefinition.version).where(*mine).order_by(ProcessDefinition.version.desc())
    return list(work.db.scalars(rows))


def _comparison(work: Work, old: Bundle, new: Bundle, before: int, after: int | None) -> Comparison:
    files = dict(old.files), dict(new.files)
    return Comparison(new.key, told(old, new), *files, versions_of(work, new.key), before, after)
