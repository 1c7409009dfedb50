"""What narrows a view of the worklist: words of a number, office or agency, and a few choices."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from workflows import privacy
from workflows.cases import Case
from workflows.directory import directory
from workflows.errors import InvalidInput
from workflows.history import HistoryEvent
from workflows.language import gettext, marked
from workflows.organisations import Agency, Area, Office
from workflows.people import ESD_ROLES
from workflows.preferences import LOOKED, preferences_of
from workflows.user_tasks import UserTask
from workflows.work import Work

LONGEST = 60

HELD = {"": marked("Anybody or nobody"), "nobody": marked("Nobody yet"), "others": marked("Somebody else")}
"""Who holds a task, with the words of the choice."""


@dataclass(frozen=True)
class Filters:
    """`q`: words of a case number, office or agency; `office`, `agency`: their codes; `held`: a key of `HELD`;
    `changed`: only what others changed since the reader last looked; `later`: one's own tasks that were put off."""

    q: str = ""
    office: str = ""
    agency: str = ""
    held: str = ""
    changed: bool = False
    later: bool = False


def narrowed(work: Work, filters: Filters) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `UserTask` and `Case` that the filters ask for."""
    _check(work.db, filters)
    found: list[ColumnElement[bool]] = []
    if filters.q:
        found.append(_sought(work.db, filters.q[:LONGEST]))
    if filters.office:
        found.append(UserTask.office_code == filters.office)
    if filters.agency:
        found.append(UserTask.agency_code == filters.agency)
    if filters.held:
        found.append(_held_by(work, filters.held))
    if filters.changed:
        found.append(UserTask.case_id.in_(_changes(work, looked_at(work))))
    return tuple(found)


def _check(db: Session, filters: Filters) -> None:
    wrong: dict[str, str] = {}
    if filters.office and filters.office not in {office.code for office in directory(db).rows(db, Office)}:
        wrong["office"] = gettext("There is no such office. Choose one of the list.")
    if filters.agency and filters.agency not in {agency.code for agency in directory(db).rows(db, Agency)}:
        wrong["agency"] = gettext("There is no such agency. Choose one of the list.")
    if filters.held not in HELD:
        wrong["held"] = gettext("Choose nobody or others, or leave it out.")
    if wrong:
        raise InvalidInput(fields=wrong)


def _held_by(work: Work, held: str) -> ColumnElement[bool]:
    if held == "nobody":
        return UserTask.assignee_id.is_(None)
    return and_(UserTask.assignee_id.is_not(None), UserTask.assignee_id != work.actor.id)


def is_name(db: Session, words: str) -> bool:
    """Whether words can only be a person's name: no number, and no office or agency has them in its name."""
    return not any(c.isdigit() for c in words) and not any(_places(db, words))


def _sought(db: Session, words: str) -> ColumnElement[bool]:
    if any(c.isdigit() for c in words):
        return _numbered(words)
    areas, places, agencies = _places(db, words)
    found = [
        UserTask.area_code.in_(areas),
        UserTask.office_code.in_(places),
        UserTask.agency_code.in_(agencies),
    ]
    return or_(false(), *(one for one, codes in zip(found, (areas, places, agencies), strict=True) if codes))


def _numbered(words: str) -> ColumnElement[bool]:
    """A case whose number begins with this, or ends with it when it does not begin with the letters of an area."""
    text = "".join(c for c in words.upper() if c == "-" or (c.isascii() and c.isalnum()))
    if text[:1].isalpha():
        return Case.number.like(f"{text}%")
    return func.reverse(Case.number).like(f"{text[::-1]}%")


def _places(db: Session, words: str) -> tuple[list[str], list[str], list[str]]:
    """The codes of the areas, offices and agencies that have words in code or name."""
    text = _plain(words).strip(" -")
    if not text:
        return [], [], []
    areas = [area.code for area in directory(db).rows(db, Area) if _plain(area.code) == text]
    offices = [
        office.code for office in directory(db).rows(db, Office) if _has(text, office.code, office.name)
    ]
    agencies = [one.code for one in directory(db).rows(db, Agency) if _has(text, one.code, one.name)]
    return areas, offices, agencies


def _has(text: str, code: str, name: str) -> bool:
    return _plain(code) == text or text in _plain(name)


def _plain(text: str) -> str:
    """Letters without accents and case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))


TOLD = (
    "task_opened",
    "task_claimed",
    "task_released",
    "task_reassigned",
    "task_completed",
    "claim_released_idle",
    "note_written",
    "entry_corrected",
    "reminder_asked",
    "request_sent",
    "contact_made",
    "contact_attempted",
    "client_has_not_called",
    "partner_told",
    "case_held",
    "case_resumed",
    "case_withdrawn",
)
"""The kinds of events that count as a change for those who work on a case. Mails and readings do not."""

TOLD_TO_ALL = ("task_opened", "case_held", "case_resumed")
"""Of these, what is told to those who see of a case its number and state only."""


def looked_at(work: Work) -> datetime | None:
    """When the actor looked at the worklist before this visit; None when this is the first one."""
    found = preferences_of(work.db, work.actor.id).get(LOOKED)
    return datetime.fromisoformat(found["since"]) if found else None


def changed_cases(work: Work, case_ids: list[int], since: datetime | None) -> set[int]:
    """Those of some cases in which others did something since a moment that the actor may know of."""
    if since is None or not case_ids:
        return set()
    return set(work.db.scalars(_changes(work, since, HistoryEvent.case_id.in_(case_ids))))


def _changes(work: Work, since: datetime | None, *more: ColumnElement[bool]) -> Select[int | None]:
    """The cases of events that others wrote since a moment and that the actor may know of."""
    by_others = or_(HistoryEvent.actor_id.is_(None), HistoryEvent.actor_id != (work.actor.id or 0))
    rows = select(HistoryEvent.case_id).join(Case, Case.id == HistoryEvent.case_id)
    rows = rows.where(HistoryEvent.at > (since or work.now), HistoryEvent.kind.in_(TOLD), by_others, *more)
    return rows.where(*([] if work.actor.has(*ESD_ROLES) else [_may_know(work)])).distinct()


def _may_know(work: Work) -> ColumnElement[bool]:
    """Outside ESD: what is not ESD's own or tells of the offer (X14), and of others' cases only that work came up."""
    offer = HistoryEvent.element.in_(privacy.OFFER_ELEMENTS)
    own = or_(Case.agency_code == work.actor.agency, HistoryEvent.kind.in_(TOLD_TO_ALL))
    return and_(~HistoryEvent.esd_only, or_(HistoryEvent.element.is_(None), ~offer), own)
