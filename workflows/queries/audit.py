"""The trail of an area for auditors and administrators: who did what, when, on which case (domain 7.3).

A page is read along one index for each part of what is asked, newest first, and costs the same however long the history
is. What would tell the answer to the offer of ESD staff is left out (X14): a line in its place would tell it as well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
)

from workflows import clock
from workflows.cases import PRIVATE_OUTCOMES, Case
from workflows.commands import command
from workflows.db import transaction
from workflows.definitions import MAIN_PROCESS, bundle_of, deployed
from workflows.disclosures import CHANNEL_OF_MESSAGE, SENT
from workflows.emergency_access import EmergencyAccess
from workflows.errors import NotAllowed
from workflows.history import OFTEN, READ, READINGS, SELDOM, HistoryEvent, record
from workflows.language import gettext
from workflows.outbox import ESD_ONLY_KINDS, OutboxMessage
from workflows.people import Actor, Person, actor_for
from workflows.privacy import ADM, AUD, OFFER_ELEMENTS
from workflows.queries import query
from workflows.queries.days import midnight
from workflows.queries.disclosures import searched_for, shown_words
from workflows.queries.sentences import sentence
from workflows.user_tasks import UserTask
from workflows.work import Work

PAGE = 50
AT_ONCE = 500
"""So many events an export reads in one transaction."""
MOST_PEOPLE = 10
"""A search for a person reads along the index of so many who match."""
OF_READING = frozenset({"where", "channel", "fields", "basis"})
"""What is told of a reading: the same of each, so that none at a step of the offer stands out."""
REFUSALS = ("refused", "ssn_blocked", "claim_lost")
OPENED = "emergency_access_opened"


@dataclass(frozen=True)
class TrailFilters:
    """What of the trail: `who` a part of a name or a user name, `kind` of event, number of the `case`, and the days
    (2026-11-20) `since` and `until`. With `shows` it is the ledger of disclosures alone, by `channel` too."""

    who: str = ""
    kind: str = ""
    case: str = ""
    since: str = ""
    until: str = ""
    channel: str = ""
    shows: bool = False


@dataclass(frozen=True)
class TrailRow:
    """One event of the trail; the case by its number, never by a name. `reason` is that of an emergency access,
    `receiver` the name of whoever was given a task, `shown` what a reading showed, in words."""

    id: int
    at: datetime
    who: str
    username: str
    case: str | None
    kind: str
    words: str
    detail: dict[str, object] = field(default_factory=dict)
    reason: str = ""
    receiver: str = ""
    shown: list[str] = field(default_factory=list)


@query
def trail(work: Work, filters: TrailFilters, before: int | None = None) -> tuple[list[TrailRow], int | None]:
    """The trail of the area, newest first, filtered; and the key of the next page."""
    if not work.actor.has(AUD, ADM):
        raise NotAllowed(gettext("The history of everything is read by auditors and administrators."))
    rows = _page(work, filters, before, PAGE + 1)
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


@query
def event_kinds(work: Work) -> list[str]:
    """The kinds of events to choose from: those that are everywhere, and the others of the area, found by one step of
    their index for each."""
    area = {"area": work.actor.area}
    of_area = work.db.scalars(text(_KINDS.format(f"area_code = :area AND {SELDOM}")), area)
    of_none = work.db.scalars(text(_KINDS.format(f"area_code IS NULL AND {SELDOM}")))
    return sorted({*OFTEN, *of_area, *of_none})


_KINDS = """
WITH RECURSIVE found AS (
    (SELECT kind FROM history_event WHERE {0} ORDER BY kind LIMIT 1)
    UNION ALL
    SELECT (SELECT e.kind FROM history_event e WHERE {0} AND e.kind > found.kind ORDER BY e.kind LIMIT 1)
    FROM found WHERE found.kind IS NOT NULL
)
SELECT kind FROM found WHERE kind IS NOT NULL
"""


@command
def begin_export(work: Work, filters: TrailFilters, form: str) -> TrailFilters:
    """Write down that the trail, as filtered, is taken out (`form`: csv or json): by auditors alone (domain 6.2).

    What cannot be looked for is refused before anything is written down or sent.
    """
    if not work.actor.has(AUD):
        raise NotAllowed(gettext("Auditors take out the history."))
    asked = {name: value for name, value in vars(filters).items() if value is not True and value}
    _page(work, filters, None, 1)
    record(work, "audit_exported", form=form, filters=sorted(asked), kind_of_event=filters.kind or None)
    return filters


def exported(actor: Actor, filters: TrailFilters) -> Iterator[TrailRow]:
    """The events of an export that was begun, newest first. A reason that was typed freely is not among them.

    A transaction for each few hundred, so that none stays open for as long as somebody takes to load them.
    """
    before: int | None = None
    while True:
        with transaction() as db:
            person = db.get(Person, actor.id)
            now_has = actor_for(db, person) if person and person.active else None
            if now_has is None or not now_has.has(AUD):
                return
            rows = _page(Work(db, now_has, clock.now()), filters, before, AT_ONCE)
        yield from rows
        if len(rows) < AT_ONCE:
            return
        before = rows[-1].id


def _page(work: Work, filters: TrailFilters, before: int | None, limit: int) -> list[TrailRow]:
    keys = _keys(work, filters, before, limit)
    if keys is None:
        return []
    rows = select(HistoryEvent, Person, Case.number).outerjoin(Person, Person.id == HistoryEvent.actor_id)
    rows = rows.outerjoin(Case, Case.id == HistoryEvent.case_id).where(HistoryEvent.id.in_(keys))
    found = work.db.execute(rows.order_by(HistoryEvent.at.desc(), HistoryEvent.id.desc())).all()
    names = _element_names(work, {event.element for event, _, _ in found if event.element})
    reasons = _reasons(work, [event.detail["access"] for event, _, _ in found if event.kind == OPENED])
    told = _recipients(work, found) if filters.shows else {}
    receivers = _names(work, {event.detail["to"] for event, _, _ in found if event.detail.get("to")})
    rows_told = [_row(event, person, number, names, reasons) for event, person, number in found]
    steps = _steps_asking(work, {name for row in rows_told for name in _fields_shown(row)})
    return [
        replace(
            row,
            receiver=receivers.get(row.detail.get("to"), "") or told.get(row.detail.get("id"), ""),
            shown=shown_words(_fields_shown(row), steps),
        )
        for row in rows_told
    ]


def _fields_shown(row: TrailRow) -> list[str]:
    """What a reading showed, by short names."""
    fields = row.detail.get("fields", []) if row.kind in READINGS else []
    return fields if isinstance(fields, list) else []


def _steps_asking(work: Work, names: set[str]) -> dict[str, str]:
    """For each question a task that asks it in the procedure that the area uses now; none at the offer (X14)."""
    newest = deployed(work.db, area=work.actor.area)
    if newest is None or not names:
        return {}
    bundle = bundle_of(work.db, newest.id)
    tasks = [one for one in bundle.definition(MAIN_PROCESS).elements.values() if one.id not in OFFER_ELEMENTS]
    return {
        name: gettext(task.name)
        for task in reversed(tasks)
        if task.form
        for name in names.intersection(bundle.forms[task.form].names)
    }


def _recipients(work: Work, found: Sequence[Any]) -> dict[object, str]:
    """To whom the messages among some events went, by their ids."""
    ids = [event.detail.get("id") for event, _, _ in found if event.kind in SENT]
    rows = select(OutboxMessage.message_id, Person.name).join(Person, Person.id == OutboxMessage.recipient_id)
    return {key: name for key, name in work.db.execute(rows.where(OutboxMessage.message_id.in_(ids)))}  # noqa: C416


def _ways(filters: TrailFilters) -> list[ColumnElement[bool]]:
    """The kinds of disclosures asked for, each with the index that has them: readings by channel, and messages that are
    about a case."""
    readings: ColumnElement[bool] = HistoryEvent.kind.in_(
        bindparam("readings", READINGS, expanding=True, literal_execute=True)
    )
    if filters.channel:
        readings = and_(readings, HistoryEvent.detail["channel"].as_string() == filters.channel)
    sent = [kind for kind, way in CHANNEL_OF_MESSAGE.items() if filters.channel in ("", way)]
    of_a_case = and_(HistoryEvent.kind.in_(sent), HistoryEvent.case_id.is_not(None))
    return [readings, *([of_a_case] if sent else [])]


_KIND = re.compile(r"[a-z0-9_]{1,80}")
"""A kind of event: a plain word, since it is written into the statement."""


def _keys(work: Work, filters: TrailFilters, before: int | None, limit: int) -> Select[int] | None:
    """The ids of the events of a page; None when nobody, no case and no kind is as asked."""
    if filters.kind and not _KIND.fullmatch(filters.kind.strip()):
        return None
    scopes = _scopes(work, filters)
    shared = [*_range(filters), *_not_before(work, before), ~_tells_offer()]
    if filters.kind:
        # Written out, so that the planner can tell whether the index of seldom kinds has it.
        kind = bindparam("kind", filters.kind.strip(), literal_execute=True, type_=String())
        shared.append(HistoryEvent.kind == kind)
    ways = _ways(filters) if filters.shows else [true()]
    parts = [_part(and_(scope, way, *shared), limit) for scope in scopes for way in ways]
    if not parts:
        return None
    found = union(*(select(part.c.at, part.c.id) for part in parts)).subquery()
    return select(found.c.id).order_by(found.c.at.desc(), found.c.id.desc()).limit(limit)


def _part(wanted: ColumnElement[bool], limit: int) -> Any:
    rows = select(HistoryEvent.at, HistoryEvent.id).where(wanted)
    return rows.order_by(HistoryEvent.at.desc(), HistoryEvent.id.desc()).limit(limit).subquery()


def _scopes(work: Work, filters: TrailFilters) -> list[ColumnElement[bool]]:
    """The ranges of the indexes to read: the area's events and those of no area, or those of people, or of a case."""
    mine = HistoryEvent.area_code == work.actor.area
    if filters.shows and filters.case:
        return [
            *_of_case(work, filters.case.strip()[:40], mine),
            and_(searched_for(filters.case.strip()[:40]), mine),
        ]
    anybody = [mine, HistoryEvent.area_code.is_(None)]
    ranges = _of_case(work, filters.case.strip()[:40], mine) if filters.case else anybody
    if not filters.who:
        return ranges
    people = [HistoryEvent.actor_id == person for person in _people(work, filters.who)]
    return [and_(person, or_(*ranges)) for person in people] if ranges else []


def _of_case(work: Work, number: str, mine: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """The events of a case, and the refusals that name it."""
    of_area = Case.number == number, Case.area_code == work.actor.area
    case_id = work.db.scalar(select(Case.id).where(*of_area))
    on = HistoryEvent.detail["on"]["case"].as_string() == number
    refused = and_(HistoryEvent.case_id.is_(None), HistoryEvent.kind.in_(REFUSALS), on, mine)
    return [HistoryEvent.case_id == case_id, refused] if case_id else []


def _people(work: Work, who: str) -> list[int]:
    part = f"%{who.strip()[:80].replace('%', '').replace('_', '')}%"
    named = or_(Person.username.ilike(part), Person.name.ilike(part))
    rows = select(Person.id).where(Person.area_code == work.actor.area, named).order_by(Person.name)
    return list(work.db.scalars(rows.limit(MOST_PEOPLE)))


def _range(filters: TrailFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.since:
        wanted.append(HistoryEvent.at >= midnight("since", filters.since))
    if filters.until:
        wanted.append(HistoryEvent.at < midnight("until", filters.until) + timedelta(days=1))
    return wanted


def _not_before(work: Work, before: int | None) -> list[ColumnElement[bool]]:
    if before is None:
        return []
    at = work.db.scalar(select(HistoryEvent.at).where(HistoryEvent.id == before))
    return [tuple_(HistoryEvent.at, HistoryEvent.id) < (at, before)] if at else []


def _tells_offer() -> ColumnElement[bool]:
    """Events that there are only when the offer was accepted, or that say what was answered. That somebody read facts
    at such a step stays in the trail, since every read does; its row says no more."""
    detail = HistoryEvent.detail
    at_step = and_(HistoryEvent.element.in_(OFFER_ELEMENTS), HistoryEvent.kind != READ)
    return or_(
        func.coalesce(at_step, False),
        func.coalesce(detail["message_kind"].as_string().in_(ESD_ONLY_KINDS), False),
        func.coalesce(detail["outcome"].as_string().in_(PRIVATE_OUTCOMES), False),
        func.coalesce(detail["on"]["element"].as_string().in_(OFFER_ELEMENTS), False),
    )


def _element_names(work: Work, elements: set[str]) -> dict[str, str]:
    """The names of tasks for the ids of their elements."""
    rows = select(UserTask.element, UserTask.name).where(UserTask.element.in_(elements)).distinct()
    return {element: name for element, name in work.db.execute(rows)}  # noqa: C416


def _names(work: Work, ids: set[int]) -> dict[object, str]:
    rows = select(Person.id, Person.name).where(Person.id.in_(ids))
    return {key: name for key, name in work.db.execute(rows)}  # noqa: C416


def _reasons(work: Work, ids: list[int]) -> dict[int, str]:
    rows = select(EmergencyAccess.id, EmergencyAccess.reason).where(EmergencyAccess.id.in_(ids))
    return {key: reason for key, reason in work.db.execute(rows)}  # noqa: C416


def _told(event: HistoryEvent) -> dict[str, object]:
    """The particulars of an event that are for everybody who reads the trail."""
    if event.kind == READ:
        return {name: value for name, value in event.detail.items() if name in OF_READING}
    if event.element in OFFER_ELEMENTS:
        return {}
    return {name: value for name, value in event.detail.items() if name != "esd_fields"}


def _row(
    event: HistoryEvent,
    person: Person | None,
    number: str | None,
    names: dict[str, str],
    reasons: dict[int, str],
) -> TrailRow:
    told = _told(event)
    return TrailRow(
        id=event.id,
        at=event.at,
        who=person.name if person else "Opt-In Desk",
        username=person.username if person else "",
        case=number,
        kind=event.kind,
        words=sentence(event, names),
        detail=told,
        reason=reasons.get(event.detail.get("access", 0), ""),
    )
