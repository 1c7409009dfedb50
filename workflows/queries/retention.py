"""What is kept, what is on hold, and what was destroyed when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text

from workflows import retention
from workflows.cases import Case
from workflows.errors import NotAllowed, NotFound
from workflows.language import gettext
from workflows.people import Person
from workflows.privacy import ADM, AUD, PM
from workflows.queries import query
from workflows.retention import RecordsHold
from workflows.settings import settings
from workflows.work import Work


@dataclass(frozen=True)
class Hold:
    """A case whose records are on hold."""

    number: str
    reason: str
    placed_by: str
    placed_at: datetime


@dataclass(frozen=True)
class Destroyed:
    """The records of a program year, by the year in which it ends: how many cases were anonymised, from when to when."""

    year: int
    cases: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Certificate:
    """What was destroyed of a program year: the numbers of the cases, and until when they had to be kept."""

    destroyed: Destroyed
    area: str
    numbers: list[str]


@dataclass(frozen=True)
class RetentionView:
    """`due` counts the cases that the next run anonymises."""

    holds: list[Hold]
    destroyed: list[Destroyed]
    due: int


@query
def retention_view(work: Work) -> RetentionView:
    """The area's holds, what was destroyed, and what is about to be."""
    _check(work)
    return RetentionView(_holds(work), _destroyed(work), _due(work))


@query
def certificate(work: Work, year: int) -> Certificate:
    """The certificate of destruction for a program year of the area."""
    _check(work)
    found = next((one for one in _destroyed(work) if one.year == year), None)
    if found is None:
        raise NotFound(gettext("Nothing of that program year was destroyed."))
    rows = select(Case.number).where(*_gone(work), _program_year() == year).order_by(Case.number)
    return Certificate(found, work.actor.area, list(work.db.scalars(rows)))


def _check(work: Work) -> None:
    if not work.actor.has(ADM, PM, AUD):
        raise NotAllowed(gettext("What is kept is shown to administrators, program managers and auditors."))


def _holds(work: Work) -> list[Hold]:
    rows = select(Case.number, RecordsHold.reason, Person.name, RecordsHold.placed_at)
    rows = rows.join(Case, Case.id == RecordsHold.case_id).join(Person, Person.id == RecordsHold.placed_by_id)
    mine = rows.where(Case.area_code == work.actor.area).order_by(RecordsHold.placed_at)
    return [Hold(*row) for row in work.db.execute(mine)]


def _destroyed(work: Work) -> list[Destroyed]:
    year = _program_year().label("year")
    rows = select(year, func.count(), func.min(Case.anonymised_at), func.max(Case.anonymised_at))
    found = work.db.execute(rows.where(*_gone(work)).group_by(year).order_by(year.desc()))
    return [Destroyed(int(ends), count, first, last) for ends, count, first, last in found if first and last]


def _program_year() -> ColumnElement[int]:
    """The year in which the program year of a case's end is over: half a year on, it is that day's year."""
    local = func.timezone(settings().time_zone, Case.closed_at)
    return func.date_part("year", local + text("interval '6 months'"))


def _gone(work: Work) -> tuple[ColumnElement[bool], ...]:
    return Case.area_code == work.actor.area, Case.anonymised_at.is_not(None)


def _due(work: Work) -> int:
    ends = next((end for _, end in retention.years_over(work.db, work.actor.area, work.now)), None)
    return len(retention.due(work.db, work.actor.area, ends)) if ends else 0
