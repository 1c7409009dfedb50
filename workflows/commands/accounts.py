"""Accounts: a new person, the link that lets them choose a password, and what each changes for themselves."""

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select, update

from workflows import clock, history, outbox
from workflows.commands import command, role_requests
from workflows.commands.approvals import lock_person
from workflows.commands.particulars import change_particulars, check_particulars
from workflows.commands.people import (
    check_not_closed,
    end_sessions,
    fits,
    hash_of,
    nobody,
    note_failure,
    passwords,
)
from workflows.db import transaction
from workflows.errors import InvalidInput, NotAllowed, NotFound, NotNow
from workflows.language import gettext, marked
from workflows.organisations import Agency
from workflows.people import Person, PersonRole, SetupLink, SignIn, actor_for, person_named
from workflows.setup_links import link_of, new_link
from workflows.social_security import find
from workflows.ssn_guard import guard
from workflows.work import Work

SHORTEST, LONGEST = 12, 200
_USERNAME = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
_LINK_OVER = marked(
    "This link was used already, or its three days are over. Ask an administrator for a new one."
)


@command
def add_person(work: Work, values: Mapping[str, Any]) -> str:
    """Add a person of the administrator's area; gives the user name. A link to choose a password goes out by mail.

    `values`: username, name, email, agency, offices, backup, roles, and the clearances of `change_person`. The agency
    stays: whoever moves to another one gets a new account, so that the history keeps telling who acted for whom.
    """
    if not work.actor.has("administrator"):
        raise NotAllowed(gettext("Administrators add people."))
    guard(values)
    person = _new_person(work, values)
    roles = set(map(str, values.get("roles") or ()))
    errors = _gather(lambda: change_particulars(work, person, {**values, "active": True}))
    errors |= _gather(lambda: role_requests.check_roles(work, person, set(), roles))
    if errors:
        raise InvalidInput(fields=errors)
    asked = role_requests.roles_to_ask(work, person, set(), roles)
    work.db.add_all(PersonRole(person_id=person.id, role=role) for role in sorted(roles - asked))
    work.db.flush()
    history.record(work, "person_added", user=person.username, roles=sorted(roles - asked))
    role_requests.ask(work, person, asked)
    _send_link(work, person)
    return person.username


def _gather(check: Callable[[], object]) -> dict[str, str]:
    """What a check refuses, so that all is said at once."""
    try:
        check()
    except InvalidInput as refused:
        return refused.fields
    return {}


def _new_person(work: Work, values: Mapping[str, Any]) -> Person:
    """The row, with a password that nobody knows; its user name is free and its agency one of the area."""
    username = str(values.get("username") or "").strip().lower()
    agency = work.db.get(Agency, str(values.get("agency") or ""))
    errors = {}
    if not _USERNAME.fullmatch(username) or not 3 <= len(username) <= 60:
        errors["username"] = gettext("Enter 3 to 60 small letters and digits, such as first.last.")
    elif work.db.scalar(select(Person.id).where(Person.username == username)):
        errors["username"] = gettext("This user name is taken. Choose another one.")
    if agency is None or agency.area_code != work.actor.area:
        errors["agency"] = gettext("Choose the agency.")
    if errors or agency is None:
        raise InvalidInput(fields=_gather(lambda: check_particulars(work, values)) | errors)
    person = Person(
        username=username,
        name=str(values.get("name") or ""),
        email=str(values.get("email") or ""),
        password_hash=passwords.hash(secrets.token_hex(32)),
        agency_code=agency.code,
        area_code=agency.area_code,
        is_esd_staff=agency.is_esd,
        is_restricted_user=True,
        active=True,
    )
    work.db.add(person)
    work.db.flush()
    return person


@command
def send_setup_link(work: Work, username: str) -> None:
    """Mail somebody a link to choose a new password (administrator); one that was sent before ends."""
    if not work.actor.has("administrator"):
        raise NotAllowed(gettext("Administrators send the link."))
    person = lock_person(work, username)
    if not person.active:
        raise NotNow(gettext("This person may not sign in. Let them sign in again first."))
    history.record(work, "setup_link_sent", user=username)
    _send_link(work, person)


def _send_link(work: Work, person: Person) -> None:
    earlier = SetupLink.person_id == person.id, SetupLink.ended_at.is_(None)
    work.db.execute(update(SetupLink).where(*earlier).values(ended_at=work.now))
    link = new_link(person, work.now)
    work.db.add(link)
    work.db.flush()
    outbox.queue(work, "account_set_up", None, [person], setup=link.id)


def name_of_link(token: str) -> str:
    """The user name that a link is for; `NotFound` when it may not be used any more."""
    with transaction() as db:
        return _person_of_link(Work(db, nobody(), clock.now()), token)[1].username


def choose_password(token: str, password: str, again: str) -> str:
    """Set the password with a link, once; every session of the person ends. Gives the user name."""
    with transaction() as db:
        work = Work(db, nobody(), clock.now())
        link, person = _person_of_link(work, token)
        _check_password(person, password, again)
        work.actor = actor_for(db, person)
        person.password_hash = passwords.hash(password)
        link.ended_at = work.now
        end_sessions(work, person.id)
        db.flush()
        history.record(work, "password_set", user=person.username)
        return person.username


def _person_of_link(work: Work, token: str) -> tuple[SetupLink, Person]:
    link = link_of(work.db, token, work.now)
    person = work.db.get(Person, link.person_id, with_for_update={"key_share": True}) if link else None
    if link is None or person is None or not person.active:
        raise NotFound(gettext(_LINK_OVER))
    return link, person


def check_own_password(username: str, password: str) -> None:
    """Whether somebody knows their own password; failures count as those of signing in do."""
    with transaction() as db:
        check_not_closed(Work(db, nobody(), clock.now()), username)
        person = person_named(db, username)
    if person is None or not fits(person.password_hash, password):
        note_failure(username)
        raise InvalidInput(
            fields={"current": gettext("This is not your password. Type the one you signed in with.")}
        )


@command
def change_password(work: Work, password: str, again: str, session_key: str) -> None:
    """Set one's own new password, after `check_own_password`; all other sessions end."""
    person = lock_person(work, work.actor.username)
    _check_password(person, password, again)
    person.password_hash = passwords.hash(password)
    end_sessions(work, person.id, but=hash_of(session_key))
    work.db.flush()
    history.record(work, "password_changed")


def _check_password(person: Person, password: str, again: str) -> None:
    """Long, no Social Security number, not made of the name; whether it is a good one nobody can tell by rules."""
    plain = password.lower()
    names = [
        part for part in re.split(r"[.\W]+", f"{person.username} {person.name}".lower()) if len(part) > 3
    ]
    errors = {}
    if not SHORTEST <= len(password) <= LONGEST:
        errors["password"] = gettext(
            "Choose {shortest} to {longest} characters; several words are easy to remember."
        ).format(shortest=SHORTEST, longest=LONGEST)
    elif find(password):
        errors["password"] = gettext("This looks like a Social Security number. Choose something else.")
    elif len(set(plain)) < 5 or any(name in plain for name in names):
        errors["password"] = gettext("Choose something that is not made of your name or of few letters.")
    elif password != again:
        errors["again"] = gettext("The two do not match. Type the same password twice.")
    if errors:
        raise InvalidInput(fields=errors)


@command
def end_session(work: Work, session_id: int) -> None:
    """End one of one's own sessions; one that is over already is no error."""
    row = work.db.scalar(select(SignIn).where(SignIn.id == session_id, SignIn.person_id == work.actor.id))
    if row is None:
        raise NotFound(gettext("There is no such session of yours."))
    if row.is_live(work.now):
        row.ended_at = work.now
        work.db.flush()
        history.record(work, "session_ended")


@command
def end_other_sessions(work: Work, session_key: str) -> int:
    """End all of one's own sessions but the present one; gives how many."""
    count = end_sessions(work, work.actor.id or 0, but=hash_of(session_key))
    if count:
        history.record(work, "session_ended", sessions=count)
    return count
