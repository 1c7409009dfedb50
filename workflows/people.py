"""The people who work with the product: who they are, their roles and clearances, their sessions and tokens."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ForeignKey, Identity, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows import clock
from workflows.absences import covered_by
from workflows.db import Base
from workflows.directory import directory
from workflows.language import gettext, marked

ROLES = {
    "case_manager": marked("Case manager"),
    "esd_staff": marked("ESD staff"),
    "esd_wioa_supervisor": marked("ESD WIOA supervisor"),
    "program_manager": marked("Program manager"),
    "administrator": marked("Administrator"),
    "auditor": marked("Auditor"),
}
ESD_ROLES = frozenset({"esd_staff", "esd_wioa_supervisor"})
PARTNER_ROLES = frozenset({"case_manager", "program_manager"})


def roles_in_words(roles: Collection[str]) -> str:
    """What somebody is by their roles: `Case manager and Auditor`."""
    return gettext(" and ").join(gettext(words) for role, words in ROLES.items() if role in roles)


class Person(Base):
    """Somebody who may sign in. Clearances are those of domain 7.2: training, non-disclosure, ETO account."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    password_hash: Mapped[str]
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    is_esd_staff: Mapped[bool] = mapped_column(default=False)
    is_restricted_user: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    trained_on: Mapped[date | None]
    non_disclosure_on: Mapped[date | None]
    eto_account_active: Mapped[bool] = mapped_column(default=False)
    sample: Mapped[bool] = mapped_column(default=False)


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class PersonOffice(Base):
    """An office somebody works in, or stands in for (`backup`) when its own supervisors do not act."""

    __tablename__ = "person_office"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("office.code"), primary_key=True, index=True)
    backup: Mapped[bool] = mapped_column(default=False)


class SignIn(Base):
    """A session of the browser, kept on the server; only the hash of its key is stored."""

    __tablename__ = "session"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Identity(), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def is_live(self, now: datetime) -> bool:
        """Whether it opens the pages at a moment."""
        return self.ended_at is None and self.expires_at > now


class SignInFailure(Base):
    """A failed attempt to sign in; too many of them close the door for a while."""

    __tablename__ = "sign_in_failure"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token of the API; only its hash is stored, and `id` is how people speak of it."""

    __tablename__ = "api_token"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Identity(), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def is_good(self, now: datetime) -> bool:
        """Whether it opens the API at a moment."""
        return self.revoked_at is None and self.expires_at > now


class Approval:
    """The columns of an administrator's request about a person that a supervisor decides.

    `approved` is None while it waits.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]


class LiftRequest(Approval, Base):
    """An administrator's request to lift the restriction of ESD staff; it changes nothing until a supervisor approves.

    A person has at most one that waits.
    """

    __tablename__ = "lift_request"
    __table_args__ = (
        Index("ix_lift_request_open", "person_id", unique=True, postgresql_where="decided_at IS NULL"),
    )


class RoleRequest(Approval, Base):
    """An administrator's request to give somebody an ESD role; the role is theirs once a supervisor approves.

    A person has at most one that waits for each role.
    """

    __tablename__ = "role_request"
    role: Mapped[str]
    __table_args__ = (
        Index(
            "ix_role_request_open", "person_id", "role", unique=True, postgresql_where="decided_at IS NULL"
        ),
    )


class SetupLink(Base):
    """A link with which somebody chooses their password, once. Its key is made of `nonce` and the installation's own
    secret, so that a copy of the database opens nothing."""

    __tablename__ = "setup_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    nonce: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Actor:
    """Who is acting: what every permission is decided by. The system itself has no id and no role.

    `covers` are the ids of those whose substitute the person is today; `stands_in` the offices in whose backup group
    they are, and one of whose supervisors they stand in for today. `channel` is the door by which they came, one of
    `workflows.disclosures.CHANNELS`.
    """

    id: int | None
    username: str
    name: str
    agency: str
    area: str
    roles: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    backup_offices: frozenset[str] = frozenset()
    is_esd_staff: bool = False
    is_restricted_user: bool = True
    missing_clearances: tuple[str, ...] = field(default=())
    covers: frozenset[int] = frozenset()
    stands_in: frozenset[str] = frozenset()
    channel: str = "screen"

    def has(self, *roles: str) -> bool:
        """Whether the person holds at least one of the roles."""
        return bool(self.roles & set(roles))

    @property
    def holds_two_keys(self) -> bool:
        """ESD staff, not restricted, with an ESD role (X06; desk aid "Note"; policy 4013)."""
        return self.is_esd_staff and not self.is_restricted_user and self.has(*ESD_ROLES)


SYSTEM = Actor(id=None, username="system", name="Opt-In Desk", agency="", area="")


def missing_clearances(person: Person) -> tuple[str, ...]:
    """What a person still needs before opening a case (domain 7.2), each in words."""
    needed = (
        (person.trained_on is not None, marked("the date of the data-security training")),
        (person.non_disclosure_on is not None, marked("a signed notice of non-disclosure")),
        (person.eto_account_active, marked("an active account in the case management system")),
    )
    return tuple(words for fulfilled, words in needed if not fulfilled)


def needed(missing: tuple[str, ...]) -> str:
    """The sentence to a person who lacks clearances."""
    return gettext("You still need {clearances}.").format(
        clearances=gettext(" and ").join(map(gettext, missing))
    )


def actor_for(db: Session, person: Person) -> Actor:
    """Everything a permission may ask about a person, read once a request."""
    roles = [row.role for row in directory(db).rows(db, PersonRole) if row.person_id == person.id]
    offices = [row for row in directory(db).rows(db, PersonOffice) if row.person_id == person.id]
    backup = frozenset(o.office_code for o in offices if o.backup)
    covers = frozenset(covered_by(db, person.id, clock.now()))
    return Actor(
        id=person.id,
        username=person.username,
        name=person.name,
        agency=person.agency_code,
        area=person.area_code,
        roles=frozenset(roles),
        offices=frozenset(o.office_code for o in offices if not o.backup),
        backup_offices=backup,
        is_esd_staff=person.is_esd_staff,
        is_restricted_user=person.is_restricted_user,
        missing_clearances=missing_clearances(person),
        covers=covers,
        stands_in=backup & _supervised_by(db, covers),
    )


def _supervised_by(db: Session, people: frozenset[int]) -> frozenset[str]:
    """The own offices of those among some people who are supervisors."""
    if not people:
        return frozenset()
    supervisors = {person.id for person in people_with(db, "esd_wioa_supervisor")} & people
    rows = directory(db).rows(db, PersonOffice)
    return frozenset(row.office_code for row in rows if row.person_id in supervisors and not row.backup)


def person_named(db: Session, username: str) -> Person | None:
    """The active person of a user name."""
    return db.scalar(select(Person).where(Person.username == username, Person.active))


def person_of(db: Session, person_id: int | None) -> Person | None:
    """Somebody as the directory has them: to be read, never changed."""
    return directory(db).derived(db, _by_id).get(person_id or 0)


def name_of(db: Session, person_id: int | None) -> str:
    """Somebody's name; empty for nobody."""
    person = person_of(db, person_id)
    return person.name if person else ""


def people_with(
    db: Session, role: str, *, area: str | None = None, agency: str | None = None
) -> list[Person]:
    """The active people who hold a role, by name; of one area or agency when it is given."""
    return [
        person
        for person in directory(db).derived(db, _by_role).get(role, ())
        if area in (None, person.area_code) and agency in (None, person.agency_code)
    ]


def staff_of(db: Session, role: str, office: str, *, backup: bool = False) -> list[Person]:
    """The people of a role who work in an office (or stand in there)."""
    here = directory(db).derived(db, _by_office).get((office, backup), frozenset())
    return [person for person in people_with(db, role) if person.id in here]


def supervisors_for(db: Session, office: str, area: str) -> list[Person]:
    """The candidate group of an office: its supervisors, or all of the area when the office has none."""
    own = staff_of(db, "esd_wioa_supervisor", office)
    return own or people_with(db, "esd_wioa_supervisor", area=area)


def offices_with_supervisor(db: Session) -> frozenset[str]:
    """The offices that have a supervisor of their own; the others are served by the whole area."""
    return directory(db).derived(db, _staffed)


def people_who_hold_both_keys(db: Session, area: str) -> list[Person]:
    """The ESD people of an area who may record a decision or an edit (X06), by name, each once."""
    return directory(db).derived(db, _key_holders).get(area, [])


def _by_id(db: Session) -> dict[int, Person]:
    return {person.id: person for person in directory(db).rows(db, Person)}


def _by_role(db: Session) -> dict[str, list[Person]]:
    people = directory(db).derived(db, _by_id)
    found: dict[str, list[Person]] = {}
    for row in directory(db).rows(db, PersonRole):
        if people[row.person_id].active:
            found.setdefault(row.role, []).append(people[row.person_id])
    return {role: sorted(group, key=lambda person: person.name) for role, group in found.items()}


def _by_office(db: Session) -> dict[tuple[str, bool], frozenset[int]]:
    found: dict[tuple[str, bool], set[int]] = {}
    for row in directory(db).rows(db, PersonOffice):
        found.setdefault((row.office_code, row.backup), set()).add(row.person_id)
    return {key: frozenset(group) for key, group in found.items()}


def _staffed(db: Session) -> frozenset[str]:
    supervisors = {person.id for person in people_with(db, "esd_wioa_supervisor")}
    places = directory(db).derived(db, _by_office).items()
    return frozenset(office for (office, backup), group in places if not backup and group & supervisors)


def _key_holders(db: Session) -> dict[str, list[Person]]:
    holders = {person.id: person for role in ESD_ROLES for person in people_with(db, role)}
    found: dict[str, list[Person]] = {}
    for person in sorted(holders.values(), key=lambda person: person.name):
        if person.is_esd_staff and not person.is_restricted_user:
            found.setdefault(person.area_code, []).append(person)
    return found
