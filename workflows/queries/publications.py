"""Publishing as its pages show it: what is checked, what becomes of the open cases, who proposed and decided."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from workflows import foretelling, publication_checks
from workflows.cases import Case
from workflows.comparing_words import Group, told
from workflows.definitions import Bundle, ProcessDefinition, bundle_of, deployed
from workflows.drafts import check_edits, draft_numbered
from workflows.language import gettext
from workflows.organisations import Agency, Office
from workflows.people import name_of as person_name
from workflows.publication_checks import Check
from workflows.publications import (
    CASE_STATES,
    KINDS,
    MOVING,
    UNDER_WAY,
    UNDO_WITHIN,
    Publication,
    PublicationCase,
    check_reads,
    may_decide,
    publication_numbered,
)
from workflows.queries import query
from workflows.queries.drafts import DraftView, view_of
from workflows.queries.move_words import reason_words, sentences
from workflows.queries.processes import PROCESS_NAMES
from workflows.work import Work

PAGE = 50


@dataclass(frozen=True)
class CaseRow:
    """An open case: its number, office and agency (names), version; its class, what is different for it, and, once the
    cases are moved, what came of it (`state`, of `CASE_STATES`; empty before)."""

    number: str
    office: str
    agency: str
    version: int
    kind: str
    changes: list[str]
    reason: str
    state: str = ""


@dataclass(frozen=True)
class Prospect:
    """What becomes of the open cases: how many of each class, the same told in sentences with the number of cases, a
    page of cases, and the number after which the next page begins (or empty)."""

    counts: dict[str, int]
    told: list[tuple[str, int]]
    rows: list[CaseRow]
    following: str = ""


@dataclass(frozen=True)
class PublishView:
    """A draft on its way: the checks, the open cases, the publication that is under way (its id), and the version in
    use since the draft was begun, when that is another."""

    draft: DraftView
    checks: list[Check]
    prospect: Prospect | None
    under_way: int | None
    newer: int | None

    @property
    def is_sound(self) -> bool:
        """Whether every check is green."""
        return all(check.is_green for check in self.checks)


@dataclass(frozen=True)
class PublicationView:
    """A publication: who, when, why, what it became; what its reader may do; `outcome` counts its cases by what came
    of them, and `undo_until` is set while it can be undone."""

    id: int
    name: str
    state: str
    note: str
    moves_cases: bool
    draft_id: int
    base_version: int
    version: int | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    finished_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    may_approve: bool = False
    may_withdraw: bool = False
    undo_until: datetime | None = None
    outcome: dict[str, int] = field(default_factory=dict)

    @property
    def is_moving(self) -> bool:
        """Whether its cases are being moved, or moved back."""
        return self.state in MOVING

    @property
    def cases(self) -> int:
        """How many cases it is about."""
        return sum(self.outcome.values())

    @property
    def dealt_with(self) -> int:
        """How many of them have come where they are to stay."""
        return self.cases - self.outcome.get(MOVING.get(self.state, ""), 0)


@query
def publish_view(work: Work, draft_id: int, kind: str = "", after: str = "") -> PublishView:
    """What the Publish tab of a draft shows; the cases of a class, from a number on. They are looked at only when every
    check is green."""
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    bundle = Bundle(draft.key, draft.files)
    checks = publication_checks.checks(bundle)
    sound = all(check.is_green for check in checks)
    in_use = deployed(work.db, draft.key, work.actor.area)
    under_way = select(Publication.id).where(
        Publication.key == draft.key,
        Publication.area_code == draft.area_code,
        Publication.state.in_(UNDER_WAY),
    )
    return PublishView(
        view_of(work, draft),
        checks,
        _prospect(work, draft.key, bundle, kind, after) if sound else None,
        work.db.scalar(under_way.limit(1)),
        in_use.version if in_use and in_use.id != draft.base_id else None,
    )


@query
def publication_view(work: Work, publication_id: int) -> PublicationView:
    """One publication of the actor's area."""
    check_reads(work)
    (found,) = _views(work, [publication_numbered(work, publication_id)])
    return found


@query
def publication_proof(work: Work, publication_id: int) -> list[Check]:
    """The checks of a publication as they come out now."""
    check_reads(work)
    row = publication_numbered(work, publication_id)
    return publication_checks.checks(Bundle(row.key, row.files))


@query
def publication_changes(work: Work, publication_id: int) -> list[Group]:
    """What is different from the version that its draft was begun from, in words."""
    check_reads(work)
    row = publication_numbered(work, publication_id)
    return told(bundle_of(work.db, row.base_id), Bundle(row.key, row.files))


@query
def publication_cases(work: Work, publication_id: int, kind: str = "", after: str = "") -> Prospect:
    """What becomes of the open cases, while it waits for its second person; after that what came of each."""
    check_reads(work)
    row = publication_numbered(work, publication_id)
    if row.state == "proposed" and row.moves_cases:
        return _prospect(work, row.key, Bundle(row.key, row.files), kind, after)
    return _came(work, row, kind, after)


@query
def publications(work: Work) -> list[PublicationView]:
    """The publications of the actor's area, newest first."""
    check_reads(work)
    mine = select(Publication).where(Publication.area_code == work.actor.area)
    return _views(work, work.db.scalars(mine.order_by(Publication.id.desc()).limit(100)).all())


@query
def waiting_count(work: Work) -> int:
    """How many publications wait for the actor's approval; nought for those who do not approve."""
    if not work.actor.has("program_manager", "esd_wioa_supervisor"):
        return 0
    mine = Publication.area_code == work.actor.area, Publication.proposed_by_id != work.actor.id
    waiting = select(func.count()).select_from(Publication).where(Publication.state == "proposed", *mine)
    return work.db.scalar(waiting) or 0


def _prospect(work: Work, key: str, bundle: Bundle, kind: str, after: str) -> Prospect:
    found = foretelling.foretell(work, key, work.actor.area, bundle)
    names = _names(work)
    differences = Counter(words for one in found for words in _words(work, one.foreseen.told, one.foreseen))
    chosen = [one for one in found if kind in ("", one.foreseen.kind) and one.number > after]
    rows = [
        CaseRow(
            one.number, names.get(one.office, one.office), names.get(one.agency, one.agency), one.version,
            one.foreseen.kind, sentences(work.actor, one.foreseen.told), _reason(work, one.foreseen),
        )
        for one in chosen[:PAGE]
    ]  # fmt: skip
    counts = Counter(one.foreseen.kind for one in found)
    following = rows[-1].number if len(chosen) > PAGE else ""
    return Prospect({kind: counts[kind] for kind in KINDS}, differences.most_common(), rows, following)


def _words(work: Work, changes: Iterable[dict[str, object]], about: object) -> list[str]:
    return [*sentences(work.actor, changes), *filter(None, [_reason(work, about)])]


def _reason(work: Work, about: object) -> str:
    """Why a case cannot move: of a `Foreseen` or a `PublicationCase`."""
    why = (getattr(about, name) for name in ("element", "element_name", "reason"))
    return reason_words(work.actor, *why)


def _names(work: Work) -> dict[str, str]:
    """The names of the offices and agencies of the area, by code."""
    found: dict[str, str] = {}
    for kind in (Office, Agency):
        rows = select(kind.code, kind.name).where(kind.area_code == work.actor.area)
        found |= {row[0]: row[1] for row in work.db.execute(rows)}
    return found


def _came(work: Work, row: Publication, kind: str, after: str) -> Prospect:
    """What came of each case."""
    mine = PublicationCase.publication_id == row.id
    counts = _counts(work, mine, PublicationCase.kind)
    query = select(PublicationCase, Case, ProcessDefinition.version).join(
        Case, Case.id == PublicationCase.case_id
    )
    query = query.join(ProcessDefinition, ProcessDefinition.id == PublicationCase.definition_before)
    query = query.where(mine, Case.number > after, *([PublicationCase.kind == kind] if kind else []))
    found = work.db.execute(query.order_by(Case.number).limit(PAGE + 1)).all()
    names = _names(work)
    rows = [
        CaseRow(
            case.number, names.get(case.office_code, ""), names.get(case.agency_code, ""), version, entry.kind,
            sentences(work.actor, entry.changes), _reason(work, entry), entry.state,
        )
        for entry, case, version in found[:PAGE]
    ]  # fmt: skip
    following = rows[-1].number if len(found) > PAGE else ""
    return Prospect({kind: counts.get(kind, 0) for kind in KINDS}, [], rows, following)


def _counts(work: Work, mine: ColumnElement[bool], by: InstrumentedAttribute[str]) -> dict[str, int]:
    rows = select(by, func.count()).where(mine).group_by(by)
    return {row[0]: row[1] for row in work.db.execute(rows)}


def _views(work: Work, rows: Sequence[Publication]) -> list[PublicationView]:
    """Publications as they are shown; what is counted and looked up for them takes a query each, however many they are."""
    versions, outcomes = _versions(work, rows), _outcomes(work, rows)
    return [_view(work, row, versions, outcomes.get(row.id, {})) for row in rows]


def _versions(work: Work, rows: Sequence[Publication]) -> dict[int, int]:
    """The numbers of the versions that publications began from and became, by id."""
    ids = {one for row in rows for one in (row.base_id, row.definition_id) if one}
    query = select(ProcessDefinition.id, ProcessDefinition.version).where(ProcessDefinition.id.in_(ids))
    return {row[0]: row[1] for row in work.db.execute(query)}


def _outcomes(work: Work, rows: Sequence[Publication]) -> dict[int, dict[str, int]]:
    """How many cases of each publication came to each state."""
    by = PublicationCase.publication_id, PublicationCase.state
    query = select(*by, func.count()).where(by[0].in_([row.id for row in rows])).group_by(*by)
    found: dict[int, dict[str, int]] = {}
    for publication, state, number in work.db.execute(query):
        found.setdefault(publication, {})[state] = number
    return found


def _view(
    work: Work, row: Publication, versions: Mapping[int, int], counts: Mapping[str, int]
) -> PublicationView:
    proposed = row.state == "proposed"
    return PublicationView(
        row.id,
        gettext(PROCESS_NAMES.get(row.key, row.key)),
        row.state,
        row.note,
        row.moves_cases,
        row.draft_id,
        versions[row.base_id],
        versions.get(row.definition_id or 0),
        person_name(work.db, row.proposed_by_id),
        row.proposed_at,
        person_name(work.db, row.decided_by_id),
        row.decided_at,
        row.reason,
        row.finished_at,
        person_name(work.db, row.undone_by_id),
        row.undone_at,
        may_approve=proposed and may_decide(work, row),
        may_withdraw=proposed and work.actor.has("program_manager"),
        undo_until=_undo_until(work, row),
        outcome={state: counts[state] for state in CASE_STATES if state in counts},
    )


def _undo_until(work: Work, row: Publication) -> datetime | None:
    """Until when it can be undone; None when it cannot."""
    if row.state != "done" or row.decided_at is None:
        return None
    until = row.decided_at + UNDO_WITHIN
    if work.now > until:
        return None
    in_use = deployed(work.db, row.key, row.area_code)
    return until if in_use and in_use.id == row.definition_id else None
