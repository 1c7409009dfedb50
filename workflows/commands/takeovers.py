"""The changes of a newer version for all areas, taken over into an area's draft."""

from workflows.commands import command
from workflows.commands.drafts import write_files
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import InvalidInput, NotNow
from workflows.history import record
from workflows.language import gettext
from workflows.merging import Choices, merge
from workflows.origins import newer_of, take
from workflows.work import Work


@command
def take_over(work: Work, draft_id: int, version: int, choices: Choices, row_version: int) -> int:
    """Put a newer version's changes into a draft, which from then on counts as begun from it; its new `row_version`.

    Raises `InvalidInput` with the key of each conflict that `choices` does not decide; `NotNow` when another version
    is in use by now; `DraftChanged` as `change_draft`.
    """
    check_edits(work)
    draft = draft_numbered(work, draft_id, lock=True)
    newer = newer_of(work, draft)
    if newer is None or newer.theirs.version != version:
        raise NotNow(gettext("There is no such newer version any more. Look at the draft again."))
    merged = merge(newer.base.files, newer.theirs.files, draft.files, choices)
    open_ones = [conflict.key for conflict in merged.conflicts if conflict.key not in choices]
    if open_ones:
        raise InvalidInput(fields=dict.fromkeys(open_ones, gettext("Choose which of the two is to hold.")))
    changes = {**dict.fromkeys(draft.files), **merged.files}
    row_version = write_files(work, draft, changes, row_version)
    take(draft, newer)
    record(work, "draft_took_over", key=draft.key, version=version)
    return row_version
