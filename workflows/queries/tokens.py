"""The API tokens of a person, for that person and for administrators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows.commands.tokens import may_look_after
from workflows.errors import NotFound
from workflows.language import gettext
from workflows.people import ApiToken, Person
from workflows.queries import query
from workflows.work import Work


@dataclass(frozen=True)
class TokenRow:
    """A token that still opens the API. The token itself is stored nowhere; `id` is its number."""

    id: int
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True)
class Tokens:
    """Whose tokens they are, newest first."""

    username: str
    name: str
    rows: list[TokenRow]


@query
def tokens(work: Work, username: str = "") -> Tokens:
    """The good tokens of a person, by default of whoever asks; those of others are for administrators of the area."""
    owner = work.db.scalar(select(Person).where(Person.username == (username or work.actor.username)))
    if owner is None or not may_look_after(work.actor, owner):
        raise NotFound(
            gettext("There is no user named {username} whose tokens you may see.").format(username=username)
        )
    good = ApiToken.revoked_at.is_(None), ApiToken.expires_at > work.now
    found = select(ApiToken).where(ApiToken.person_id == owner.id, *good).order_by(ApiToken.id.desc())
    rows = [TokenRow(t.id, t.created_at, t.last_used_at, t.expires_at) for t in work.db.scalars(found)]
    return Tokens(owner.username, owner.name, rows)
