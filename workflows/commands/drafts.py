"""Drafts of a procedure: begun from the version in use, changed file by file, thrown away."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

import engine
from workflows.bundle_checks import BUNDLE_FILE
from workflows.bundle_files import MOST_BYTES, MOST_FILES
from workflows.commands import command
from workflows.definitions import MAIN_PROCESS, ProcessDefinition, deployed
from workflows.drafts import ProcessDraft, check_edits, draft_numbered
from workflows.errors import DraftChanged, InvalidInput, NotFound
from workflows.history import record
from workflows.language import gettext
from workflows.people import name_of
from workflows.ssn_guard import guard
from workflows.work import Work

_NEW_AFTER = timedelta(hours=1)
"""The history tells a change once an hour for each person, not each time that a page saves by itself."""

Changes = Mapping[str, str | None]


@command
def begin_draft(work: Work, key: str = MAIN_PROCESS) -> int:
    """Begin to change the version that the area's new cases start with; gives the draft's id, that of the one there is."""
    return begun(work, key).id


def begun(work: Work, key: str) -> ProcessDraft:
    """The draft of a procedure in the actor's area, begun now from the version in use unless there is one."""
    check_edits(work)
    base = deployed(work.db, key, work.actor.area)
    if base is None or work.actor.id is None:
        raise NotFound(gettext("No process is deployed. Ask an administrator to deploy one."))
    return draft_from(work, base, dict(base.files))


def draft_from(work: Work, base: ProcessDefinition, files: dict[str, str]) -> ProcessDraft:
    """The draft of a procedure in the actor's area: the one there is, else a new one with these files."""
    row = {
        "key": base.key, "area_code": work.actor.area, "base_id": base.id, "files": files, "row_version": 1,
        "begun_by_id": work.actor.id, "begun_at": work.now,
        "edited_by_id": work.actor.id, "edited_at": work.now,
    }  # fmt: skip
    new = insert(ProcessDraft).values(row).on_conflict_do_nothing(index_elements=["key", "area_code"])
    is_new = work.db.scalar(new.returning(ProcessDraft.id)) is not None
    if is_new:
        record(work, "draft_begun", key=base.key, version=base.version)
    known = select(ProcessDraft).filter_by(key=base.key, area_code=work.actor.area)
    return work.db.scalars(known).one()


@command
def change_draft(work: Work, draft_id: int, changes: Changes, row_version: int) -> int:
    """Write files into a draft, None takes one out; gives the draft's new `row_version`.

    A draft may hold what cannot run yet, never what is hostile. Raises `DraftChanged` with the name of whoever changed
    it since `row_version`; `InvalidInput` with the file that is refused.
    """
    check_edits(work)
    return write_files(work, draft_numbered(work, draft_id, lock=True), changes, row_version)


def write_files(work: Work, draft: ProcessDraft, changes: Changes, row_version: int) -> int:
    """Write files into a draft that is locked, as `change_draft` does."""
    _check_unchanged(work, draft, row_version)
    _check_files(changes)
    files = {name: text for name, text in {**draft.files, **changes}.items() if text is not None}
    _check_size(files)
    if files == draft.files:
        return draft.row_version
    told = draft.edited_by_id == work.actor.id and work.now - draft.edited_at < _NEW_AFTER
    draft.files, draft.row_version = files, draft.row_version + 1
    draft.edited_by_id, draft.edited_at = work.actor.id or draft.edited_by_id, work.now
    if not told:
        record(work, "draft_changed", key=draft.key, files=sorted(changes))
    return draft.row_version


@command
def discard_draft(work: Work, draft_id: int) -> None:
    """Throw a draft away; the versions are as they were."""
    check_edits(work)
    draft = draft_numbered(work, draft_id, lock=True)
    work.db.delete(draft)
    record(work, "draft_discarded", key=draft.key)


def _check_unchanged(work: Work, draft: ProcessDraft, row_version: int) -> None:
    if draft.row_version == row_version:
        return
    message = gettext("{name} has changed this draft in the meantime. Nothing was saved; load it again.")
    raise DraftChanged(message.format(name=name_of(work.db, draft.edited_by_id)))


def _check_files(changes: Changes) -> None:
    for name, text in changes.items():
        if not BUNDLE_FILE.fullmatch(name):
            raise InvalidInput(fields={name[:80]: gettext("A bundle has no file of this name.")})
        if text is not None:
            _check_text(name, text)


def _check_text(name: str, text: str) -> None:
    """No client fact that could be told from a number, and no XML that could hide something."""
    if "\0" in text:
        raise InvalidInput(fields={name: gettext("The file holds a character that no text has.")})
    if not name.endswith((".bpmn", ".dmn")):
        guard({name: text})
        return
    content = text.encode()
    for problem in engine.unreadable(name, content):
        raise InvalidInput(fields={name: f"{problem.reason} {problem.mend}"})
    guard(dict.fromkeys(engine.drawn_words({name: content}), name))


def _check_size(files: Mapping[str, str]) -> None:
    if len(files) > MOST_FILES or sum(len(text.encode()) for text in files.values()) > MOST_BYTES:
        message = gettext("A bundle holds at most {files} files and {size} MB.")
        raise InvalidInput(message.format(files=MOST_FILES, size=MOST_BYTES // 1_000_000))
