"""Signing in and out, and keeping people: what is changed, and whose sessions and tokens end."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from workflows import clock, history
from workflows.commands import command, lift_requests, role_requests
from workflows.commands.approvals import lock_person
from workflows.commands.particulars import change_particulars
from workflows.commands.role_requests import check_roles, roles_to_ask
from workflows.db import driver, transaction
from workflows.directory import at_version
from workflows.errors import InvalidInput, NotAllowed, NotSignedIn, SignInFailed, TooManyAttempts
from workflows.language import gettext
from workflows.people import (
    Actor,
    ApiToken,
    Person,
    PersonRole,
    SetupLink,
    SignIn,
    SignInFailure,
    actor_for,
    person_named,
    person_of,
)
from workflows.pipeline import alone
from workflows.settings import settings
from workflows.ssn_guard import guard
from workflows.work import Work

passwords = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = passwords.hash(secrets.token_hex(8))
USE_IS_NOTED = timedelta(minutes=1)
"""The last use of a session or token is known to this length, so that a busy one does not write on each call."""
MAX_FAILURES = 10
FAILURE_WINDOW = timedelta(minutes=15)


def sign_in(username: str, password: str) -> str:
    """Check a password and start a session; gives the session's key, which is stored nowhere.

    An unknown name takes as long as a wrong password. After ten failures a name is closed for fifteen minutes.
    """
    username = username.strip().lower()[:80]
    with transaction() as db:
        check_not_closed(Work(db, nobody(), clock.now()), username)
        person = person_named(db, username)
    if not fits(person.password_hash if person else _NOBODY, password) or person is None:
        note_failure(username)
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
SELECT s.person_id, coalesce(s.last_used_at > $3::timestamptz, false), v.version,
    (SELECT json_object_agg(p.key, p.value) FROM preferences p WHERE p.person_id = s.person_id)
FROM session s, directory_version v
WHERE s.key_hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2::timestamptz
"""


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, and what they have chosen for themselves, by key (`workflows.preferences`)."""

    actor: Actor
    preferences: dict[str, Any]


def signed_in(key: str) -> SignedIn:
    """Who signed in with a session's key; `NotSignedIn` when it is unknown, ended or over."""
    with transaction() as db:
        now = clock.now()
        rows = alone(
            driver(db), (_SESSION, [hash_of(key), now.isoformat(), (now - USE_IS_NOTED).isoformat()])
        )
        if not rows:
            raise NotSignedIn()
        person_id, is_noted, version, chosen = rows[0]
        at_version(db, str(version))
        actor = active_actor(db, int(person_id or 0))
        if is_noted != "t":
            db.execute(update(SignIn).where(SignIn.key_hash == hash_of(key)).values(last_used_at=now))
        return SignedIn(actor, json.loads(chosen) if chosen else {})


def session_id(key: str) -> int:
    """How pages speak of the session of a key; nought for an unknown one."""
    with transaction() as db:
        return db.scalar(select(SignIn.id).where(SignIn.key_hash == hash_of(key))) or 0


@command
def change_person(work: Work, username: str, values: Mapping[str, object]) -> None:
    """Change what is kept of a person, clearances and roles, and whether they may sign in (administrator).

    A partner role never stands beside an ESD role. An ESD role that an administrator gives, and that a restriction
    be lifted, are only asked here; a supervisor approves them (domain 6.2; `role_requests`, `lift_requests`).
    """
    if not work.actor.has("administrator", "esd_wioa_supervisor"):
        raise NotAllowed(gettext("Administrators change people; supervisors approve ESD roles."))
    if values.keys() - {"roles"} and not work.actor.has("administrator"):
        raise NotAllowed(gettext("Supervisors change ESD roles only."))
    guard(values)
    person = lock_person(work, username)
    before = set(work.db.scalars(select(PersonRole.role).where(PersonRole.person_id == person.id)))
    wanted = set(values["roles"]) if "roles" in values else before  # type: ignore[call-overload]
    check_roles(work, person, before, wanted)
    asked = roles_to_ask(work, person, before, wanted)
    after = wanted - asked
    changed = change_particulars(work, person, values) if work.actor.has("administrator") else []
    _check_keeps_own_access(work, person, after)
    work.db.execute(delete(PersonRole).where(PersonRole.person_id == person.id))
    work.db.add_all(PersonRole(person_id=person.id, role=role) for role in sorted(after))
    if before != after or not person.active:
        end_sessions(work, person.id)
    if not person.active:
        end_tokens(work, person.id)
    history.record(
        work, "person_changed", user=username, before=sorted(before), after=sorted(after), fields=changed
    )
    role_requests.ask(work, person, asked)
    if work.actor.has("administrator") and _asks_lift(person, values):
        lift_requests.ask(work, person)


@command
def end_access(work: Work, username: str) -> None:
    """End all sessions and tokens of a person at once (administrator); they may sign in again if they still may."""
    if not work.actor.has("administrator"):
        raise NotAllowed(gettext("Administrators end the sessions of others."))
    person = lock_person(work, username)
    sessions, tokens = end_sessions(work, person.id), end_tokens(work, person.id)
    history.record(work, "access_of_person_ended", user=username, sessions=sessions, tokens=tokens)


def end_sessions(work: Work, person_id: int, but: str = "") -> int:
    """End all sessions of a person at once, but for the one of a hash; gives how many."""
    live = SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.expires_at > work.now
    ended = update(SignIn).where(*live, SignIn.key_hash != but).values(ended_at=work.now)
    return len(work.db.scalars(ended.returning(SignIn.id)).all())


def end_tokens(work: Work, person_id: int) -> int:
    """Revoke all API tokens of a person, and the links with which they could choose a password; gives how many
    tokens it were."""
    links = SetupLink.person_id == person_id, SetupLink.ended_at.is_(None)
    work.db.execute(update(SetupLink).where(*links).values(ended_at=work.now))
    good = ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > work.now
    ended = update(ApiToken).where(*good).values(revoked_at=work.now)
    return len(work.db.scalars(ended.returning(ApiToken.id)).all())


def _check_keeps_own_access(work: Work, person: Person, after: set[str]) -> None:
    """Nobody locks themselves out, so that an area always keeps an administrator."""
    if person.id != work.actor.id or not work.actor.has("administrator"):
        return
    if not person.active or "administrator" not in after:
        words = gettext(
            "Another administrator takes your own access away. Leave your role and your sign-in as they are."
        )
        raise InvalidInput(fields={"roles" if person.active else "active": words})


def _asks_lift(person: Person, values: Mapping[str, object]) -> bool:
    """Whether the restriction of ESD staff is to go, which one person may only ask for."""
    wanted = bool(values.get("is_restricted_user", True))
    return not wanted and person.is_restricted_user and person.is_esd_staff and person.active


def check_not_closed(work: Work, username: str) -> None:
    """Refuse a name with too many failures in the last minutes."""
    since = SignInFailure.at > work.now - FAILURE_WINDOW
    query = select(func.count()).select_from(SignInFailure).where(SignInFailure.username == username, since)
    if (work.db.scalar(query) or 0) >= MAX_FAILURES:
        raise TooManyAttempts()


def fits(password_hash: str, password: str) -> bool:
    """Whether a password is the one of a hash."""
    try:
        return passwords.verify(password_hash, password[:1000])
    except (VerificationError, InvalidHashError):
        return False


def note_failure(username: str) -> None:
    """Count a failure of a name, and write it down in the area of its person."""
    with transaction() as db:
        db.add(SignInFailure(username=username, at=clock.now()))
        known = person_named(db, username)
        user, area = (known.username, known.area_code) if known else ("unknown", None)
        history.record(Work(db, nobody(), clock.now()), "sign_in_failed", area=area, user=user)


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
    person = person_of(db, person_id)
    if person is None or not person.active:
        raise NotSignedIn()
    return actor_for(db, person)


def nobody() -> Actor:
    """Whoever has not signed in."""
    return Actor(id=None, username="", name="", agency="", area="")


def hash_of(key: str) -> str:
    """What is stored of a key or token: enough to know it again, not to make it."""
    return hashlib.sha256(key.encode()).hexdigest()
