"""The team: who holds how much, what is late and what waits, in numbers and case numbers; never a fact about a client."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from workflows import privacy
from workflows.absences import absence_of, absences, office_day
from workflows.cases import Case
from workflows.errors import InvalidInput, NotAllowed
from workflows.language import gettext
from workflows.organisations import Agency, Office, offices
from workflows.people import (
    Actor,
    Person,
    actor_for,
    name_of,
    people_who_hold_both_keys,
    person_of,
    roles_in_words,
    staff_of,
)
from workflows.queries import query
from workflows.queries.worklist import key_of, unkey
from workflows.substitutes import possible_substitutes
from workflows.team import check_leads, is_leader, led_offices, possible_backups, team_of
from workflows.user_tasks import DUE, UserTask
from workflows.work import Work

PAGE = 50
T = TypeVar("T")
OURS = (privacy.SUP, privacy.ESD)
"""The lanes of Employment Security's own tasks."""
VIEWS = ("late", "waiting", "all")


@dataclass(frozen=True)
class Load:
    """What somebody of the team holds, and until when they are away, with the name of who stands in."""

    username: str
    name: str
    roles: str
    offices: list[str]
    held: int
    late: int
    away_until: date | None
    substitute: str


@dataclass(frozen=True)
class OfficeLoad:
    """The open work of Employment Security in an office: open cases, tasks, those nobody holds, those past their time."""

    code: str
    name: str
    cases: int
    tasks: int
    waiting: int
    late: int
    backups: list[str]


@dataclass(frozen=True)
class TeamView:
    """Offices and people. People are for their supervisor; program managers see the numbers of the offices."""

    offices: list[OfficeLoad]
    people: list[Load]


@dataclass(frozen=True)
class TeamTask:
    """An open task of the team's offices."""

    id: str
    case: str
    name: str
    step: str
    office: str
    agency: str
    holder: str | None
    holder_away: bool
    due: datetime | None
    late: bool


@query
def team(work: Work) -> TeamView:
    """The load of the offices one leads, and of their people; of the whole area in numbers for program managers."""
    check_sees(work.actor)
    leads = is_leader(work.actor)
    codes = led_offices(work.db, work.actor) if leads else _of_area(work)
    people = team_of(work.db, work.actor) if leads else []
    return TeamView(_office_loads(work, _named(work, codes)), _loads(work, people))


@dataclass(frozen=True)
class AbsenceRow:
    """An absence of the team that is not over: who is away, who stands in; `begun`: since its first day or later."""

    id: int
    name: str
    substitute: str
    first_day: date
    last_day: date
    begun: bool


@dataclass(frozen=True)
class Away:
    """What the page of absences needs: those entered, the team, the name of the one that was chosen (or empty), and who
    could stand in for that one."""

    rows: list[AbsenceRow]
    people: list[tuple[str, str]]
    chosen: str
    substitutes: list[tuple[str, str]]


@query
def away(work: Work, username: str = "") -> Away:
    """The absences of one's team that are not over, the next first; its people, and who could stand in for one of them."""
    check_leads(work.actor)
    people = team_of(work.db, work.actor)
    ids, today = {person.id: person.name for person in people}, office_day(work.now)
    found = [row for row in absences(work.db) if row.person_id in ids and row.last_day >= today]
    rows = [
        AbsenceRow(
            row.id,
            ids[row.person_id],
            name_of(work.db, row.substitute_id),
            row.first_day,
            row.last_day,
            row.first_day <= today,
        )
        for row in sorted(found, key=lambda row: (row.first_day, row.id))
    ]
    chosen = next((person for person in people if person.username == username), None)
    able = possible_substitutes(work.db, chosen) if chosen else []
    return Away(rows, _pairs(people), chosen.name if chosen else "", _pairs(able))


def _pairs(people: Iterable[Person]) -> list[tuple[str, str]]:
    """People as a choice offers them: user name and name."""
    return [(person.username, person.name) for person in people]


@dataclass(frozen=True)
class BackupGroup:
    """The backup group of an office: who could be in it as (user name, name), and who is."""

    code: str
    name: str
    own: list[str]
    possible: list[tuple[str, str]]
    members: list[str]


@query
def backup_groups(work: Work) -> list[BackupGroup]:
    """The backup groups of the offices one leads."""
    check_leads(work.actor)
    return [_group(work, office) for office in _named(work, led_offices(work.db, work.actor))]


def _group(work: Work, office: Office) -> BackupGroup:
    own = staff_of(work.db, privacy.SUP, office.code)
    members = staff_of(work.db, privacy.SUP, office.code, backup=True)
    possible = {one.username: one.name for one in (*possible_backups(work.db, office), *members)}
    return BackupGroup(
        code=office.code,
        name=office.name,
        own=[person.name for person in own],
        possible=sorted(possible.items(), key=lambda pair: pair[1]),
        members=[person.username for person in members],
    )


@query
def receivers(work: Work) -> list[tuple[str, str]]:
    """Those to whom a supervisor may give ESD's tasks, as (user name, name)."""
    check_leads(work.actor)
    return _pairs(people_who_hold_both_keys(work.db, work.actor.area))


@query
def team_tasks(
    work: Work, view: str = "late", holder: str = "", after: str | None = None
) -> tuple[list[TeamTask], str | None]:
    """The open tasks of Employment Security in the offices one leads, by due time: the late ones, those nobody holds,
    or all; perhaps of one holder. And the key of the next page."""
    check_leads(work.actor)
    if view not in VIEWS:
        raise InvalidInput(fields={"view": gettext("Choose late, waiting or all.")})
    rows = select(UserTask, Case.number, Office.name, Agency.name).join(Case, Case.id == UserTask.case_id)
    rows = rows.join(Office, Office.code == UserTask.office_code)
    rows = rows.join(Agency, Agency.code == UserTask.agency_code).where(
        in_team(work), *_chosen(work, view, holder)
    )
    if after:
        rows = rows.where(tuple_(DUE, UserTask.id) > unkey(after))
    found = work.db.execute(rows.order_by(DUE, UserTask.id).limit(PAGE + 1)).all()
    items = [_task(work, *row) for row in found[:PAGE]]
    return items, key_of(found[PAGE - 1][0]) if len(found) > PAGE else None


@query
def task_names(work: Work, ids: Iterable[str]) -> dict[str, str]:
    """Case number and name of tasks by their ids, of those in the team's offices alone."""
    check_leads(work.actor)
    rows = select(UserTask.id, UserTask.name, Case.number).join(Case, Case.id == UserTask.case_id)
    rows = rows.where(UserTask.id.in_(list(ids)), in_team(work))
    return {task_id: f"{number}, {gettext(name)}" for task_id, name, number in work.db.execute(rows)}


def check_sees(actor: Actor) -> None:
    """Refuse everybody but supervisors with both keys and program managers."""
    if not (is_leader(actor) or actor.has(privacy.PM)):
        raise NotAllowed(
            gettext(
                "The team is for ESD WIOA supervisors who are not restricted users, and program managers."
            )
        )


def in_team(work: Work) -> ColumnElement[bool]:
    """The open tasks of the offices one leads, stands in for, or is let into as a backup."""
    own = sorted({*led_offices(work.db, work.actor), *work.actor.stands_in})
    backup = and_(Case.backup_opened, UserTask.office_code.in_(work.actor.backup_offices))
    here = or_(UserTask.office_code.in_(own), backup)
    return and_(UserTask.closed_at.is_(None), UserTask.role.in_(OURS), here)


def _chosen(work: Work, view: str, holder: str) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if view == "late":
        parts.append(UserTask.due_at < work.now)
    if view == "waiting":
        parts.append(UserTask.assignee_id.is_(None))
    if holder:
        parts.append(UserTask.assignee_id.in_(select(Person.id).where(Person.username == holder[:80])))
    return parts


def _of_area(work: Work) -> list[str]:
    return [office.code for office in offices(work.db) if office.area_code == work.actor.area]


def _named(work: Work, codes: list[str]) -> list[Office]:
    return [office for office in offices(work.db) if office.code in codes]


@dataclass(frozen=True)
class Count:
    """How many open tasks there are, how many of them nobody holds, and how many are past their time."""

    tasks: int
    waiting: int
    late: int


NOTHING = Count(0, 0, 0)


def _office_loads(work: Work, places: list[Office]) -> list[OfficeLoad]:
    cases, tasks = _open_cases(work, places), _open_tasks(work, places)
    return [
        _office_load(work, office, cases.get(office.code, 0), tasks.get(office.code, NOTHING))
        for office in places
    ]


def _office_load(work: Work, office: Office, cases: int, open_: Count) -> OfficeLoad:
    backups = staff_of(work.db, privacy.SUP, office.code, backup=True)
    return OfficeLoad(
        code=office.code,
        name=office.name,
        cases=cases,
        tasks=open_.tasks,
        waiting=open_.waiting,
        late=open_.late,
        backups=[person.name for person in backups],
    )


def _open_cases(work: Work, places: list[Office]) -> dict[str, int]:
    """How many cases are open in each of some offices; one with none is left out."""
    here = Case.office_code.in_([office.code for office in places])
    of_area = Case.area_code.in_({office.area_code for office in places})
    rows = select(Case.office_code, func.count()).where(Case.closed_at.is_(None), of_area, here)
    return {code: number for code, number in work.db.execute(rows.group_by(Case.office_code))}  # noqa: C416


def _open_tasks(work: Work, places: list[Office]) -> dict[str, Count]:
    """The open tasks of Employment Security by office."""
    here = UserTask.office_code.in_([office.code for office in places])
    return _counted(work, UserTask.office_code, UserTask.role.in_(OURS), here)


def _counted(work: Work, by: InstrumentedAttribute[T], *which: ColumnElement[bool]) -> dict[T, Count]:
    """The open tasks of those named, counted by one of their columns; what has none is left out."""
    waits, late = case((UserTask.assignee_id.is_(None), 1)), case((UserTask.due_at < work.now, 1))
    rows = select(by, func.count(), func.count(waits), func.count(late)).group_by(by)
    found = work.db.execute(rows.where(UserTask.closed_at.is_(None), *which))
    return {key: Count(tasks, waiting, over) for key, tasks, waiting, over in found}


def _loads(work: Work, people: list[Person]) -> list[Load]:
    held = _counted(work, UserTask.assignee_id, UserTask.assignee_id.in_([one.id for one in people]))
    return [_load(work, person, held.get(person.id, NOTHING)) for person in people]


def _load(work: Work, person: Person, held: Count) -> Load:
    actor, absence = actor_for(work.db, person), absence_of(work.db, person.id, work.now)
    return Load(
        username=person.username,
        name=person.name,
        roles=roles_in_words(actor.roles),
        offices=sorted(actor.offices),
        held=held.tasks,
        late=held.late,
        away_until=absence.last_day if absence else None,
        substitute=name_of(work.db, absence.substitute_id) if absence else "",
    )


def _task(work: Work, task: UserTask, number: str, office: str, agency: str) -> TeamTask:
    holder = person_of(work.db, task.assignee_id)
    return TeamTask(
        id=task.id,
        case=number,
        name=gettext(task.name),
        step=task.procedure_ref,
        office=office,
        agency=agency,
        holder=holder.name if holder else None,
        holder_away=holder is not None and absence_of(work.db, holder.id, work.now) is not None,
        due=task.due_at,
        late=task.due_at is not None and task.due_at < work.now,
    )
