"""Signing in and out, and keeping people's roles and clearances."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from workflows import clock, history
from workflows.commands import command, lift_requests
from workflows.commands.lift_requests import lock_person
from workflows.db import driver, transaction
from workflows.directory import at_version
from workflows.errors import InvalidInput, NotAllowed, NotSignedIn, SignInFailed, TooManyAttempts
from workflows.people import (
    ESD_ROLES,
    PARTNER_ROLES,
    ROLES,
    Actor,
    Person,
    PersonRole,
    SignIn,
    SignInFailure,
    actor_for,
    actor_of,
    person_named,
)
from workflows.pipeline import alone
from workflows.settings import settings
from workflows.work import Work

passwords = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = passwords.hash(secrets.token_hex(8))
MAX_FAILURES = 10
FAILURE_WINDOW = timedelta(minutes=15)


def sign_in(username: str, password: str) -> str:
    """Check a password and start a session; gives the session's key, which is stored nowhere.

    An unknown name takes as long as a wrong password. After ten failures a name is closed for fifteen minutes.
    """
    username = username.strip().lower()[:80]
    with transaction() as db:
        _check_not_closed(Work(db, _nobody(), clock.now()), username)
        person = person_named(db, username)
    if not _fits(person.password_hash if person else _NOBODY, password) or person is None:
        _note_failure(username)
        raise SignInFailed()
    return _start_session(person.id)


def sign_out(key: str) -> None:
    """End a session; an unknown key is no error."""
    with transaction() as db:
        row = db.get(SignIn, hash_of(key))
        if row and row.ended_at is None:
            row.ended_at = clock.now()
            actor = actor_for(db, db.get_one(Person, row.person_id))
            history.record(Work(db, actor, clock.now()), "signed_out")


_SESSION = """
SELECT s.person_id, v.version FROM session s, directory_version v
WHERE s.key_hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2::timestamptz
"""


def actor_of_session(key: str) -> Actor:
    """Who a session belongs to; `NotSignedIn` when it is unknown, ended or over."""
    with transaction() as db:
        rows = alone(driver(db), (_SESSION, [hash_of(key), clock.now().isoformat()]))
        if not rows:
            raise NotSignedIn()
        person_id, version = rows[0]
        at_version(db, str(version))
        return active_actor(db, int(person_id or 0))


@command
def change_person(work: Work, username: str, values: Mapping[str, object]) -> None:
    """Change clearances and roles of a person, and whether they may sign in (administrator).

    A partner role never stands beside an ESD role. An ESD role is given by a supervisor (domain 6.2). That a
    restriction be lifted is only asked here; a supervisor approves it (`lift_requests`).
    """
    if not work.actor.has("administrator", "esd_wioa_supervisor"):
        raise NotAllowed("Administrators change people; supervisors approve ESD roles.")
    person = lock_person(work, username)
    before = set(work.db.scalars(select(PersonRole.role).where(PersonRole.person_id == person.id)))
    after = set(values["roles"]) if "roles" in values else before  # type: ignore[call-overload]
    _check_roles(work, person, before, after)
    work.db.execute(delete(PersonRole).where(PersonRole.person_id == person.id))
    work.db.add_all(PersonRole(person_id=person.id, role=role) for role in sorted(after))
    changed = _set_clearances(person, values) if work.actor.has("administrator") else []
    if not person.active or before != after:
        end_sessions(work, person.id)
    history.record(
        work, "person_changed", user=username, before=sorted(before), after=sorted(after), fields=changed
    )
    if work.actor.has("administrator") and _asks_lift(person, values):
        lift_requests.ask(work, person)


def end_sessions(work: Work, person_id: int) -> None:
    """End all sessions of a person at once, so that a change of roles holds from now on."""
    work.db.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=work.now)
    )


def _check_roles(work: Work, person: Person, before: set[str], after: set[str]) -> None:
    if unknown := after - set(ROLES):
        raise InvalidInput(fields={"roles": f"There is no role {', '.join(sorted(unknown))}."})
    if after & ESD_ROLES and after & PARTNER_ROLES:
        raise InvalidInput(fields={"roles": "A partner role and an ESD role cannot be held together."})
    if "case_manager" in after and person.is_esd_staff:
        raise InvalidInput(fields={"roles": "Employment Security staff cannot be a partner’s case manager."})
    if after & ESD_ROLES and not person.is_esd_staff:
        raise InvalidInput(fields={"roles": "Only Employment Security staff can hold an ESD role."})
    if (after - before) & ESD_ROLES and not work.actor.has("esd_wioa_supervisor"):
        raise NotAllowed("An ESD role is given by a supervisor.")
    if (after ^ before) - ESD_ROLES and not work.actor.has("administrator"):
        raise NotAllowed("Supervisors change ESD roles only.")


def _asks_lift(person: Person, values: Mapping[str, object]) -> bool:
    """Whether the restriction of ESD staff is to go, which one person may only ask for."""
    wanted = bool(values.get("is_restricted_user", True))
    return not wanted and person.is_restricted_user and person.is_esd_staff and person.active


def _set_clearances(person: Person, values: Mapping[str, object]) -> list[str]:
    changed = []
    for name in ("trained_on", "non_disclosure_on"):
        if name in values:
            setattr(person, name, _day_or_none(name, values[name]))
            changed.append(name)
    for name in ("eto_account_active", "active"):
        if name in values:
            setattr(person, name, bool(values[name]))
            changed.append(name)
    restricts = bool(values.get("is_restricted_user", False)) or not person.is_esd_staff
    if restricts and not person.is_restricted_user:
        person.is_restricted_user = True
        changed.append("is_restricted_user")
    return changed


def _day_or_none(name: str, value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        raise InvalidInput(fields={name: "Enter a date, such as 2026-07-01."}) from None


def _check_not_closed(work: Work, username: str) -> None:
    since = SignInFailure.at > work.now - FAILURE_WINDOW
    query = select(func.count()).select_from(SignInFailure).where(SignInFailure.username == username, since)
    if (work.db.scalar(query) or 0) >= MAX_FAILURES:
        raise TooManyAttempts()


def _fits(password_hash: str, password: str) -> bool:
    try:
        return passwords.verify(password_hash, password[:1000])
    except (VerificationError, InvalidHashError):
        return False


def _note_failure(username: str) -> None:
    with transaction() as db:
        db.add(SignInFailure(username=username, at=clock.now()))
        known = person_named(db, username)
        history.record(
            Work(db, _nobody(), clock.now()), "sign_in_failed", user=username if known else "unknown"
        )


def _start_session(person_id: int) -> str:
    key = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction() as db:
        db.add(
            SignIn(
                key_hash=hash_of(key),
                person_id=person_id,
                started_at=now,
                expires_at=now + timedelta(hours=settings().session_hours),
            )
        )
        history.record(Work(db, actor_for(db, db.get_one(Person, person_id)), now), "signed_in")
    return key


def active_actor(db: Session, person_id: int) -> Actor:
    """The actor of a person who may still sign in; `NotSignedIn` when not."""
    actor = actor_of(db, person_id)
    if actor is None:
        raise NotSignedIn()
    return actor


def _nobody() -> Actor:
    return Actor(id=None, username="", name="", agency="", area="")


def hash_of(key: str) -> str:
    """What is stored of a key or token: enough to know it again, not to make it."""
    return hashlib.sha256(key.encode()).hexdigest()
