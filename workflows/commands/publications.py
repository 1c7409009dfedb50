"""Publishing a draft: proposed by a program manager, approved by a second person, undone within a day (domain 6.2).

After the approval new cases start with the version. Open cases are moved afterwards, one by one (`commands.moves`).
"""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from workflows import foretelling, outbox, publication_checks
from workflows.commands import command
from workflows.commands.definitions import add_version
from workflows.definitions import Bundle, ProcessDefinition, deployed
from workflows.drafts import ProcessDraft, check_edits, draft_numbered
from workflows.errors import InvalidBundle, InvalidInput, NotAllowed, NotNow
from workflows.foretelling import Foretold
from workflows.history import record
from workflows.language import gettext
from workflows.one_write import append
from workflows.origins import origin_of
from workflows.outbox import PUBLICATION_WANTED
from workflows.people import people_with
from workflows.publications import (
    UNDER_WAY,
    UNDO_WITHIN,
    Publication,
    PublicationCase,
    check_reads,
    may_decide,
    publication_numbered,
)
from workflows.ssn_guard import guard
from workflows.work import Work

LONGEST_NOTE = 500


@command
def propose(work: Work, draft_id: int, note: str, moves_cases: bool, row_version: int | None = None) -> int:
    """Propose that a draft becomes the version of its area, with the reason why; gives the publication's id.

    `moves_cases`: also the open cases that can move. Refused with every problem that a check finds (`InvalidBundle`),
    when the draft is another than the one that was looked at (`row_version`), when a publication is under way, and
    when the version in use is another than the one it was begun from.
    """
    check_edits(work)
    draft = draft_numbered(work, draft_id, lock=True)
    _check_note("note", note)
    if row_version not in (None, draft.row_version):
        raise NotNow(gettext("The draft was changed in the meantime. Look at the checks again."))
    _check_free(work, draft.key)
    _check_base(work, draft.key, draft.base_id)
    bundle = Bundle(draft.key, draft.files)
    _check_sound(bundle)
    _check_differs(work, draft, bundle)
    origin = origin_of(work, draft)
    row = Publication(
        key=draft.key, area_code=draft.area_code, draft_id=draft.id, base_id=draft.base_id, files=dict(draft.files),
        sha256=bundle.sha256, note=note.strip(), moves_cases=moves_cases, state="proposed",
        proposed_by_id=work.actor.id or 0, proposed_at=work.now, reason="",
        origin_id=origin.id if origin else None,
    )  # fmt: skip
    work.db.add(row)
    try:
        work.db.flush()
    except IntegrityError:
        raise NotNow(_taken()) from None
    _tell_second_person(work, row)
    record(work, "publication_proposed", key=row.key, sha256=row.sha256, moves_cases=moves_cases)
    return row.id


@command
def approve(work: Work, publication_id: int) -> int:
    """Approve a publication, by another program manager or a supervisor of the area; gives the number of the version.

    It is checked once more. From now on new cases start with it; where it moves open cases, what becomes of each is
    foretold now, and they are moved one by one after this.
    """
    row = _waiting(work, publication_id)
    if not may_decide(work, row):
        raise NotAllowed(
            gettext("Two people publish. Ask another program manager or a supervisor to approve it.")
        )
    _check_base(work, row.key, row.base_id)
    bundle = Bundle(row.key, row.files)
    _check_sound(bundle)
    former = deployed(work.db, row.key, row.area_code)
    row.former_id = former.id if former is not None and former.area_code == row.area_code else None
    foretold = foretelling.foretell(work, row.key, row.area_code, bundle) if row.moves_cases else []
    version = add_version(work, bundle, row.area_code, row.note, row.origin_id)
    _retire(work, row.former_id)
    for one in foretold:
        append(work.db, PublicationCase, _entry(row.id, one))
    row.definition_id, row.decided_by_id, row.decided_at = version.id, work.actor.id, work.now
    row.state = "running" if foretold else "done"
    row.finished_at = None if foretold else work.now
    _follow_up_draft(work, row, version)
    record(work, "publication_approved", key=row.key, version=version.version, cases=len(foretold))
    return version.version


@command
def decline(work: Work, publication_id: int, reason: str) -> None:
    """Decline a publication, with the reason; by whoever could approve it."""
    row = _waiting(work, publication_id)
    if not may_decide(work, row):
        raise NotAllowed(
            gettext("Whoever proposed a publication takes it back; a second person declines it.")
        )
    _check_note("reason", reason)
    row.state, row.reason = "declined", reason.strip()
    row.decided_by_id, row.decided_at = work.actor.id, work.now
    record(work, "publication_declined", key=row.key)


@command
def withdraw(work: Work, publication_id: int) -> None:
    """Take a publication back that nobody has decided yet; by whoever proposed it, or another program manager."""
    check_edits(work)
    row = _waiting(work, publication_id)
    row.state, row.finished_at = "withdrawn", work.now
    record(work, "publication_withdrawn", key=row.key)


@command
def undo(work: Work, publication_id: int) -> None:
    """Undo a publication within a day (program managers, supervisors): the version before is in use again, and each
    moved case in which nothing has happened since gets its state back; the others stay on the version."""
    check_reads(work)
    row = publication_numbered(work, publication_id, lock=True)
    if row.state != "done" or row.decided_at is None:
        raise NotNow(gettext("Only a publication whose cases are all moved can be undone."))
    if work.now - row.decided_at > UNDO_WITHIN:
        raise NotNow(gettext("A publication can be undone within a day. Publish the former version again."))
    _check_in_use(work, row)
    _check_free(work, row.key)
    _set_state(work, row.definition_id, "retired")
    _set_state(work, row.former_id, "deployed")
    row.state = "undoing" if row.moves_cases else "undone"
    row.undone_by_id, row.undone_at = work.actor.id, work.now
    record(work, "publication_undone", key=row.key)


def _waiting(work: Work, publication_id: int) -> Publication:
    check_reads(work)
    row = publication_numbered(work, publication_id, lock=True)
    if row.state != "proposed":
        raise NotNow(gettext("This publication is decided already."))
    return row


def _check_note(field: str, words: str) -> None:
    guard({field: words})
    if not words.strip():
        raise InvalidInput(fields={field: gettext("Say why, in a sentence.")})
    if len(words) > LONGEST_NOTE:
        raise InvalidInput(
            fields={field: gettext("Write at most {number} characters.").format(number=LONGEST_NOTE)}
        )


def _taken() -> str:
    return gettext("Another publication of this procedure is under way. Wait until it is decided and done.")


def _check_free(work: Work, key: str) -> None:
    under_way = select(Publication.id).where(
        Publication.key == key, Publication.area_code == work.actor.area, Publication.state.in_(UNDER_WAY)
    )
    if work.db.scalar(under_way.limit(1)) is not None:
        raise NotNow(_taken())


def _check_base(work: Work, key: str, base_id: int) -> None:
    """What a newer version in use changed would be lost."""
    in_use = deployed(work.db, key, work.actor.area)
    if in_use is None or in_use.id != base_id:
        message = gettext(
            "Version {version} is in use since. Compare the draft with it and take its changes over."
        )
        raise NotNow(message.format(version=in_use.version if in_use else "–"))


def _check_sound(bundle: Bundle) -> None:
    found = publication_checks.problems(bundle)
    if found:
        fields = {
            problem.place or problem.rule or str(number): problem.sentence
            for number, problem in enumerate(found)
        }
        raise InvalidBundle(
            gettext("The draft has problems that keep it from being published."), fields=fields
        )


def _check_differs(work: Work, draft: ProcessDraft, bundle: Bundle) -> None:
    base = work.db.get_one(ProcessDefinition, draft.base_id)
    if base.sha256 == bundle.sha256:
        raise NotNow(
            gettext("The draft is the same as version {}. Change something first.").format(base.version)
        )


def _check_in_use(work: Work, row: Publication) -> None:
    in_use = deployed(work.db, row.key, row.area_code)
    if in_use is None or in_use.id != row.definition_id:
        raise NotNow(gettext("A newer version is in use. Only the newest publication can be undone."))


def _entry(publication_id: int, one: Foretold) -> dict[str, object]:
    foreseen = one.foreseen
    return {
        "publication_id": publication_id, "case_id": one.case_id, "state": "waiting", "kind": foreseen.kind,
        "changes": foreseen.told, "reason": foreseen.reason, "element": foreseen.element,
        "element_name": foreseen.element_name, "waiting": [list(work) for work in foreseen.waiting],
        "foretold_of": one.state_hash, "definition_before": one.definition_id, "state_before": None,
        "rows_before": None, "hash_after": "", "moved_at": None, "attempts": 0,
    }  # fmt: skip


def _retire(work: Work, definition_id: int | None) -> None:
    _set_state(work, definition_id, "retired")


def _set_state(work: Work, definition_id: int | None, state: str) -> None:
    if definition_id is not None:
        chosen = update(ProcessDefinition).where(ProcessDefinition.id == definition_id)
        work.db.execute(chosen.values(state=state))


def _follow_up_draft(work: Work, row: Publication, version: ProcessDefinition) -> None:
    """A draft that was published is gone; one that was changed since goes on from the new version."""
    draft = work.db.get(ProcessDraft, row.draft_id, with_for_update=True)
    if draft is None:
        return
    if Bundle(draft.key, draft.files).sha256 == row.sha256:
        work.db.delete(draft)
    else:
        draft.base_id, draft.row_version = version.id, draft.row_version + 1
        draft.origin_id = draft.origin_id or row.origin_id


def _tell_second_person(work: Work, row: Publication) -> None:
    """Those who may approve it read of it in their inbox."""
    able = {
        person.id: person
        for role in ("program_manager", "esd_wioa_supervisor")
        for person in people_with(work.db, role, area=row.area_code)
        if person.id != work.actor.id
    }
    outbox.queue(work, PUBLICATION_WANTED, None, able.values(), publication=row.id)
