"""Moving the open cases of an approved publication, and moving them back: one transaction each, so that a crash leaves
every case wholly on one version. The rows say what is left, so whoever comes next goes on."""

from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy import Select, func, select

from workflows import case_moves
from workflows.cases import lock_case
from workflows.commands import command
from workflows.db import transaction
from workflows.definitions import bundle_of
from workflows.errors import Busy
from workflows.history import record
from workflows.moving import moves_between
from workflows.people import SYSTEM
from workflows.publications import Publication, PublicationCase
from workflows.share import share
from workflows.work import Work

log = structlog.get_logger()

BATCH = 200
MOST_ATTEMPTS = 3
"""So often a case is tried that is busy or whose database is away; then it stays on its version."""


def go_on(limit: int = BATCH) -> int:
    """Move cases of publications that run, and back those of publications that are undone; how many were looked at."""
    done = 0
    for state, of_case, act in (("running", "waiting", move_one), ("undoing", "moved", move_back_one)):
        for publication_id in _under_way(state):
            with share(_due(publication_id, of_case), limit) as ids:
                for case_id in ids:
                    _quietly(publication_id, partial(_try, publication_id, case_id, act))
                done += len(ids)
            _quietly(publication_id, partial(finish, SYSTEM, publication_id))
    return done


def _quietly(publication_id: int, act: Callable[[], None]) -> None:
    """Not even a failure to say that something failed holds up the others."""
    try:
        act()
    except Exception as error:
        log.error("set_aside", what="publication", id=publication_id, error=type(error).__name__)


def _under_way(state: str) -> list[int]:
    with transaction() as db:
        return list(
            db.scalars(select(Publication.id).where(Publication.state == state).order_by(Publication.id))
        )


def _due(publication_id: int, state: str) -> Select[int]:
    query = select(PublicationCase.case_id.label("id")).where(
        PublicationCase.publication_id == publication_id
    )
    return query.where(PublicationCase.state == state).order_by(PublicationCase.case_id)


def _try(publication_id: int, case_id: int, act: Callable[..., None]) -> None:
    """One case that cannot be moved does not hold up the others."""
    try:
        act(SYSTEM, publication_id, case_id)
    except case_moves.CameOutOtherwise as otherwise:
        set_aside(SYSTEM, publication_id, case_id, str(otherwise))
    except Exception as error:
        log.warning("move_set_aside", publication=publication_id, case=case_id, error=type(error).__name__)
        if not isinstance(error, Busy):
            try_later(SYSTEM, publication_id, case_id)


@command
def move_one(work: Work, publication_id: int, case_id: int) -> None:
    """Move one case, unless that is done."""
    case = lock_case(work.db, case_id)
    publication, entry = _entry(work, publication_id, case_id)
    if publication.state != "running" or entry.state != "waiting" or publication.definition_id is None:
        return
    if case.closed_at is not None:
        entry.state, entry.reason = "stays", CLOSED
        return
    before = case_moves.instances_row(work.db, case_id).definition_id
    moves = moves_between(bundle_of(work.db, before), bundle_of(work.db, publication.definition_id))
    case_moves.move(work, case, entry, moves, publication.definition_id)


@command
def move_back_one(work: Work, publication_id: int, case_id: int) -> None:
    """Move one case back, unless that is done."""
    case = lock_case(work.db, case_id)
    publication, entry = _entry(work, publication_id, case_id)
    if publication.state == "undoing" and entry.state == "moved" and publication.definition_id is not None:
        case_moves.move_back(work, case, entry, publication.definition_id)


@command
def set_aside(work: Work, publication_id: int, case_id: int, what: str) -> None:
    """A case that came out otherwise than foretold was rolled back, and it says so."""
    case = lock_case(work.db, case_id)
    _, entry = _entry(work, publication_id, case_id)
    entry.state, entry.reason = "rolled_back", what
    record(work, "case_move_rolled_back", case)


@command
def try_later(work: Work, publication_id: int, case_id: int) -> None:
    """A case that could not be moved is tried again, a few times."""
    publication, entry = _entry(work, publication_id, case_id)
    entry.attempts += 1
    if entry.attempts >= MOST_ATTEMPTS:
        entry.state = "rolled_back" if publication.state == "running" else "kept"
        entry.reason = FAILED


@command
def finish(work: Work, publication_id: int) -> None:
    """A publication of which no case is left is done, or undone."""
    publication = work.db.get_one(Publication, publication_id, with_for_update=True)
    ends = {
        "running": ("waiting", "done", "publication_done"),
        "undoing": ("moved", "undone", "publication_cases_back"),
    }
    if publication.state not in ends:
        return
    left, state, kind = ends[publication.state]
    if work.db.scalar(_due(publication_id, left).limit(1)) is not None:
        return
    counted = select(PublicationCase.state, func.count()).group_by(PublicationCase.state)
    mine = counted.where(PublicationCase.publication_id == publication_id)
    counts = {row[0]: row[1] for row in work.db.execute(mine)}
    publication.state, publication.finished_at = state, work.now
    record(work, kind, area=publication.area_code, key=publication.key, cases=counts)


CLOSED = "The case was closed in the meantime."
FAILED = "It could not be moved: a part of the product failed each time it was tried."


def _entry(work: Work, publication_id: int, case_id: int) -> tuple[Publication, PublicationCase]:
    publication = work.db.get_one(Publication, publication_id)
    return publication, work.db.get_one(PublicationCase, (publication_id, case_id), with_for_update=True)
