"""People of an area, as administrators, supervisors and auditors see them, and what each sees of their own account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, tuple_

from workflows import privacy
from workflows.cases import Case
from workflows.commands.particulars import offices_to_choose
from workflows.errors import NotAllowed, NotFound
from workflows.language import gettext, marked, said
from workflows.organisations import Agency, offices
from workflows.people import (
    ROLES,
    ApiToken,
    LiftRequest,
    Person,
    PersonOffice,
    PersonRole,
    RoleRequest,
    SetupLink,
    SignIn,
    actor_for,
    missing_clearances,
    name_of,
)
from workflows.queries import query
from workflows.user_tasks import UserTask
from workflows.work import Work

PAGE = 50
STATES = {
    "": marked("Everybody"),
    "active": marked("May sign in"),
    "closed": marked("May not sign in"),
    "waiting": marked("Wait for approval"),
}


@dataclass(frozen=True)
class Asked:
    """A request about somebody that waits for a supervisor: who asked (a name), when, and for which role; without a
    role it is about the restriction."""

    asked_by: str
    asked_at: datetime
    role: str = ""


@dataclass(frozen=True)
class PersonRow:
    """A person with roles, offices (codes, and `office_names` of all by code) and what is missing for opening cases."""

    person: Person
    roles: list[str]
    offices: list[str]
    backup: list[str]
    office_names: dict[str, str]
    agency: str
    missing: tuple[str, ...]
    lift: Asked | None
    asked: list[Asked]

    @property
    def places(self) -> list[str]:
        """The offices by name: where the person works, and where they stand in."""
        standing_in, names = gettext("{office} (backup)"), self.office_names
        return [
            *(names[office] for office in self.offices),
            *(standing_in.format(office=names[office]) for office in self.backup),
        ]


@dataclass(frozen=True)
class Session:
    """A live session of a browser; its `id` is how the page speaks of it."""

    id: int
    started_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True)
class Access:
    """What opens the product for somebody at this moment: sessions, API tokens, a link to choose a password."""

    sessions: list[Session]
    tokens: int
    link_until: datetime | None


@query
def people(
    work: Work, q: str = "", role: str = "", office: str = "", state: str = "", after: int | None = None
) -> tuple[list[PersonRow], int | None]:
    """The people of the area by name, a page at a time, filtered; and the key of the next page."""
    _check_reads(work)
    rows = _filtered(work, q, role, office, state)
    if after:
        last = work.db.scalar(select(Person.name).where(Person.id == after))
        rows = rows.where(tuple_(Person.name, Person.id) > (last, after))
    found = work.db.execute(rows.order_by(Person.name, Person.id).limit(PAGE + 1)).all()
    items = [_person_row(work, person, agency) for person, agency in found[:PAGE]]
    return items, found[PAGE - 1][0].id if len(found) > PAGE else None


@query
def person_row(work: Work, username: str) -> PersonRow:
    """One person of the area."""
    _check_reads(work)
    found = work.db.execute(_of_area(work).where(Person.username == username)).first()
    if found is None:
        raise NotFound(gettext("There is no user named {username}.").format(username=username[:60]))
    return _person_row(work, *found)


@query
def access_of(work: Work, username: str) -> Access:
    """What opens the product for somebody of the area, for administrators."""
    if not work.actor.has(privacy.ADM):
        raise NotAllowed(gettext("Sessions of others are for administrators."))
    person = work.db.scalar(
        select(Person).where(Person.username == username, Person.area_code == work.actor.area)
    )
    if person is None:
        raise NotFound(gettext("There is no user named {username}.").format(username=username[:60]))
    return _access(work, person)


@dataclass(frozen=True)
class Held:
    """The open tasks that somebody holds: the numbers of the cases of a partner's tasks, and how many are Employment
    Security's, whose cases are not named, because who works on one may tell how the client decided."""

    numbers: list[str]
    esd: int


@query
def tasks_held(work: Work, username: str) -> Held:
    """What somebody of the area still holds, for administrators."""
    access_of(work.actor, username)
    rows = select(Case.number, UserTask.role).join(UserTask, UserTask.case_id == Case.id)
    rows = rows.join(Person, Person.id == UserTask.assignee_id)
    rows = rows.where(
        Person.username == username, Case.area_code == work.actor.area, UserTask.closed_at.is_(None)
    )
    found = work.db.execute(rows.order_by(Case.id)).all()
    partners = dict.fromkeys(number for number, role in found if role == privacy.CM)
    return Held(list(partners), sum(role != privacy.CM for _, role in found))


@query
def own_access(work: Work) -> Access:
    """What opens the product for whoever asks."""
    return _access(work, work.db.get_one(Person, work.actor.id))


def _access(work: Work, person: Person) -> Access:
    return Access(_sessions(work, person), _count_tokens(work, person), _link_until(work, person))


@query
def own_row(work: Work) -> PersonRow:
    """What is kept of whoever asks."""
    rows = select(Person, Agency.name).join(Agency, Agency.code == Person.agency_code)
    return _person_row(work, *work.db.execute(rows.where(Person.id == work.actor.id)).one())


@query
def waiting(work: Work) -> list[PersonRow]:
    """Those about whom a request waits for a supervisor."""
    _check_reads(work)
    rows = _of_area(work).where(_waits()).order_by(Person.name)
    return [_person_row(work, person, agency) for person, agency in work.db.execute(rows)]


@query
def waiting_count(work: Work) -> int:
    """How many people wait for a supervisor's approval; nought for those who do not approve."""
    if not work.actor.has(privacy.SUP):
        return 0
    rows = select(func.count()).select_from(Person).where(Person.area_code == work.actor.area, _waits())
    return work.db.scalar(rows) or 0


@query
def choices(work: Work) -> dict[str, list[tuple[str, str]]]:
    """What the forms about people offer: roles, offices and agencies of the area, as (value, words)."""
    rows = select(Agency.code, Agency.name).where(Agency.area_code == work.actor.area)
    agencies = [(code, name) for code, name in work.db.execute(rows.order_by(Agency.name))]
    return {"roles": said(ROLES), "offices": offices_to_choose(work), "agencies": agencies}


@query
def own_address(work: Work) -> str:
    """The e-mail address of whoever asks."""
    return work.db.get_one(Person, work.actor.id).email


def _check_reads(work: Work) -> None:
    if not work.actor.has(privacy.ADM, privacy.AUD, privacy.SUP):
        raise NotAllowed(gettext("People are kept by administrators."))


def _of_area(work: Work) -> Select[Person, str]:
    rows = select(Person, Agency.name).join(Agency, Agency.code == Person.agency_code)
    return rows.where(Person.area_code == work.actor.area)


def _filtered(work: Work, q: str, role: str, office: str, state: str) -> Select[Person, str]:
    rows = _of_area(work)
    if q:
        part = f"%{q[:80].replace('%', '').replace('_', '')}%"
        rows = rows.where(or_(Person.name.ilike(part), Person.username.ilike(part)))
    if role:
        rows = rows.where(exists().where(PersonRole.person_id == Person.id, PersonRole.role == role))
    if office:
        here = PersonOffice.person_id == Person.id, PersonOffice.office_code == office
        rows = rows.where(exists().where(*here))
    if state == "waiting":
        return rows.where(_waits())
    return rows.where(Person.active.is_(state == "active")) if state else rows


def _waits() -> Any:
    lift = exists().where(LiftRequest.person_id == Person.id, LiftRequest.decided_at.is_(None))
    return or_(lift, exists().where(RoleRequest.person_id == Person.id, RoleRequest.decided_at.is_(None)))


def _person_row(work: Work, person: Person, agency: str) -> PersonRow:
    actor = actor_for(work.db, person)
    return PersonRow(
        person=person,
        roles=sorted(actor.roles),
        offices=sorted(actor.offices),
        backup=sorted(actor.backup_offices),
        office_names={office.code: office.name for office in offices(work.db)},
        agency=agency,
        missing=missing_clearances(person) if actor.has(privacy.CM) else (),
        lift=_lift(work, person),
        asked=_asked(work, person),
    )


def _lift(work: Work, person: Person) -> Asked | None:
    open_ = LiftRequest.person_id == person.id, LiftRequest.decided_at.is_(None)
    row = work.db.scalar(select(LiftRequest).where(*open_))
    return Asked(name_of(work.db, row.asked_by_id), row.asked_at) if row else None


def _asked(work: Work, person: Person) -> list[Asked]:
    open_ = RoleRequest.person_id == person.id, RoleRequest.decided_at.is_(None)
    rows = work.db.scalars(select(RoleRequest).where(*open_).order_by(RoleRequest.id))
    return [Asked(name_of(work.db, row.asked_by_id), row.asked_at, row.role) for row in rows]


def _sessions(work: Work, person: Person) -> list[Session]:
    live = SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.expires_at > work.now
    rows = work.db.scalars(select(SignIn).where(*live).order_by(SignIn.started_at.desc()))
    return [Session(row.id, row.started_at, row.last_used_at, row.expires_at) for row in rows]


def _count_tokens(work: Work, person: Person) -> int:
    good = ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > work.now
    return work.db.scalar(select(func.count()).select_from(ApiToken).where(*good)) or 0


def _link_until(work: Work, person: Person) -> datetime | None:
    open_ = SetupLink.person_id == person.id, SetupLink.ended_at.is_(None), SetupLink.expires_at > work.now
    return work.db.scalar(select(func.max(SetupLink.expires_at)).where(*open_))
