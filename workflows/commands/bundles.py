"""A whole bundle taken into a draft at once, and the bundles there are, for whoever keeps them as files."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from workflows.commands import command
from workflows.commands.drafts import begun, write_files
from workflows.db import transaction
from workflows.definitions import MAIN_PROCESS, Bundle, ProcessDefinition, bundle_of, deployed
from workflows.drafts import ProcessDraft, check_edits, draft_numbered
from workflows.errors import NotAllowed, NotFound, NotNow
from workflows.language import gettext
from workflows.people import actor_for, name_of, person_named
from workflows.work import Work


@command
def replace_files(work: Work, draft_id: int, files: Mapping[str, str], row_version: int) -> int:
    """Put a whole bundle in the place of a draft's files; gives the draft's new `row_version`. Raises as `change_draft`."""
    check_edits(work)
    draft = draft_numbered(work, draft_id, lock=True)
    return write_files(work, draft, {**dict.fromkeys(draft.files), **files}, row_version)


@dataclass(frozen=True)
class Imported:
    """A bundle that was taken into a draft, with what the draft held before."""

    draft_id: int
    before: Bundle
    after: Bundle


def import_bundle(username: str, area: str, files: Mapping[str, str], *, replace: bool = False) -> Imported:
    """Take a bundle into the draft of an area as one of its program managers (`optin bundle import`).

    What somebody has changed there is replaced only when that is asked for; `NotNow` otherwise.
    """
    with transaction() as db:
        person = person_named(db, username)
        if person is None:
            raise NotFound(gettext("There is no active user named {username}.").format(username=username))
        actor = actor_for(db, person)
    if actor.area != area:
        message = gettext("{name} does not belong to the area {area}.")
        raise NotAllowed(message.format(name=username, area=area))
    return _take_in(actor, dict(files), replace)


@command
def _take_in(work: Work, files: dict[str, str], replace: bool) -> Imported:
    draft = begun(work, MAIN_PROCESS)
    before = Bundle(draft.key, draft.files)
    if not replace:
        _check_untouched(work, draft, files)
    write_files(work, draft, {**dict.fromkeys(draft.files), **files}, draft.row_version)
    return Imported(draft.id, before, Bundle(draft.key, files))


def _check_untouched(work: Work, draft: ProcessDraft, files: Mapping[str, str]) -> None:
    base = work.db.get_one(ProcessDefinition, draft.base_id)
    if draft.files in (base.files, files):
        return
    message = gettext(
        "The draft holds changes, the last by {name}. Publish or export it first, or replace it."
    )
    raise NotNow(message.format(name=name_of(work.db, draft.edited_by_id)))


def files_of_version(number: int | None = None, area: str | None = None) -> Bundle:
    """The bundle of a version, or of the one that new cases start with (`optin bundle export`)."""
    with transaction() as db:
        known = select(ProcessDefinition).filter_by(key=MAIN_PROCESS, version=number)
        row = deployed(db, MAIN_PROCESS, area) if number is None else db.scalar(known)
        if row is None:
            raise NotFound(gettext("There is no such version."))
        return bundle_of(db, row.id)


def files_of_draft(area: str) -> Bundle:
    """The bundle of an area's draft (`optin bundle export --draft`)."""
    with transaction() as db:
        row = db.scalar(select(ProcessDraft).filter_by(key=MAIN_PROCESS, area_code=area))
        if row is None:
            raise NotFound(gettext("The area {area} has no draft.").format(area=area))
        return Bundle(row.key, row.files)
