"""Bearer tokens of the API: made on the machine, told to nobody again, revoked by their owner or an administrator."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from workflows import clock, history
from workflows.commands import command
from workflows.commands.people import USE_IS_NOTED, active_actor, hash_of
from workflows.db import transaction
from workflows.errors import NotFound, NotSignedIn
from workflows.language import gettext
from workflows.people import Actor, ApiToken, Person, actor_for, person_named
from workflows.work import Work

TOKEN_LIFE = timedelta(days=365)


def create_token(username: str) -> str:
    """Make a bearer token of a person for the API (`optin token`); gives the token, which is stored nowhere."""
    with transaction() as db:
        person = person_named(db, username)
        if person is None:
            raise NotFound(gettext("There is no active user named {username}.").format(username=username))
        token, now = secrets.token_urlsafe(32), clock.now()
        row = ApiToken(
            token_hash=hash_of(token), person_id=person.id, created_at=now, expires_at=now + TOKEN_LIFE
        )
        db.add(row)
        db.flush()
        history.record(Work(db, actor_for(db, person), now), "token_created", user=username, token=row.id)
        return token


def actor_of_token(token: str) -> Actor:
    """Who a bearer token belongs to; `NotSignedIn` when it is unknown, revoked or over."""
    with transaction() as db:
        row, now = db.get(ApiToken, hash_of(token)), clock.now()
        if row is None or not row.is_good(now):
            raise NotSignedIn("The token is not valid. Make a new one with `optin token USERNAME`.")
        actor = active_actor(db, row.person_id)
        _note_use(db, row, now)
        return replace(actor, channel="api")


@command
def revoke_token(work: Work, token_id: int) -> None:
    """End a token for good, by its owner or an administrator of the area; one that is over already is no error."""
    found = select(ApiToken, Person).join(Person, Person.id == ApiToken.person_id)
    row = work.db.execute(found.where(ApiToken.id == token_id).with_for_update(of=ApiToken)).first()
    if row is None or not may_look_after(work.actor, row.Person):
        raise NotFound(gettext("There is no such token that you may revoke."))
    if row.ApiToken.revoked_at is None:
        row.ApiToken.revoked_at = work.now
        history.record(work, "token_revoked", user=row.Person.username, token=token_id)


def may_look_after(actor: Actor, owner: Person) -> bool:
    """Whether somebody may see and revoke the tokens of a person."""
    return owner.id == actor.id or (actor.has("administrator") and owner.area_code == actor.area)


def _note_use(db: Session, row: ApiToken, now: datetime) -> None:
    """Written only when the minute is over, and by one of several calls at once."""
    if row.last_used_at is not None and row.last_used_at > now - USE_IS_NOTED:
        return
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USE_IS_NOTED)
    db.execute(update(ApiToken).where(ApiToken.id == row.id, stale).values(last_used_at=now))
