"""What a draft would take over from a newer version for all areas: what comes by itself, and what is to be chosen."""

from dataclasses import dataclass

from workflows.comparing_words import Group, Teller, Told, told
from workflows.definitions import Bundle
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import NotNow
from workflows.language import gettext
from workflows.merging import Conflict, merge
from workflows.origins import newer_of
from workflows.queries import query
from workflows.queries.drafts import DraftView, view_of
from workflows.work import Work


@dataclass(frozen=True)
class Choice:
    """Something that both changed: `title` of its file, and what each did since the version that both come from."""

    key: str
    file: str
    title: str
    mine: list[Told]
    theirs: list[Told]


@dataclass(frozen=True)
class TakeOver:
    """What taking over the changes of version `number` would do to a draft that comes from version `base`."""

    base: int
    number: int
    taken: list[Group]
    choices: list[Choice]


@query
def newer_version(work: Work, draft_id: int) -> int | None:
    """The number of a newer version for all areas whose changes the draft lacks."""
    check_edits(work)
    newer = newer_of(work, draft_numbered(work, draft_id))
    return newer.theirs.version if newer else None


@query
def take_over_view(work: Work, draft_id: int) -> tuple[DraftView, TakeOver]:
    """What a draft would take over. Raises `NotNow` when there is nothing newer."""
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    newer = newer_of(work, draft)
    if newer is None:
        raise NotNow(gettext("The draft has all changes of the newest version already."))
    view = view_of(work, draft)
    base, theirs = (Bundle(draft.key, row.files) for row in (newer.base, newer.theirs))
    merged = merge(base.files, theirs.files, draft.files)
    choices = _choices(base, theirs, view.bundle, merged.conflicts)
    taken = told(view.bundle, Bundle(draft.key, merged.files))
    return view, TakeOver(newer.base.version, newer.theirs.version, taken, choices)


def _choices(base: Bundle, theirs: Bundle, mine: Bundle, conflicts: list[Conflict]) -> list[Choice]:
    ours, others = Teller(base, mine), Teller(base, theirs)
    return [
        Choice(
            conflict.key,
            conflict.file,
            ours.title(conflict.file),
            [ours.told(change) for change in conflict.mine],
            [others.told(change) for change in conflict.theirs],
        )
        for conflict in conflicts
    ]
