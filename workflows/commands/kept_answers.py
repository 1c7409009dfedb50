"""Keeping what was typed into a page whose session had ended, and giving it back to that person alone."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from workflows import clock
from workflows.commands.people import hash_of
from workflows.db import transaction
from workflows.kept_answers import KEPT_FOR, KeptAnswers
from workflows.people import Actor, SignIn
from workflows.ssn_guard import guard

LARGEST = 65_536
"""Of more characters than these nothing is kept; no form of ours has so many."""


def keep(session_key: str, path: str, answers: Mapping[str, Any]) -> bool:
    """Keep what the person of a session, running or over, typed into the form of a page; whether it was kept.

    The page is shown again only to that person. A session that nobody ever had keeps nothing. Raises `InvalidInput` for
    what may not be stored (`SsnFound`) or cannot be.
    """
    guard(answers)
    if not answers or len(str(answers)) > LARGEST:
        return False
    with transaction() as db:
        session = db.get(SignIn, hash_of(session_key))
        if session is None:
            return False
        values = {"session_hash": session.key_hash, "answers": dict(answers), "kept_at": clock.now()}
        new = insert(KeptAnswers).values(person_id=session.person_id, path=path, **values)
        key = [KeptAnswers.person_id, KeptAnswers.path]
        db.execute(new.on_conflict_do_update(index_elements=key, set_=values))
        return True


def kept_for(actor: Actor, path: str) -> dict[str, Any] | None:
    """What the actor typed into a page and never sent, None when there is nothing."""
    with transaction() as db:
        row = db.get(KeptAnswers, (actor.id, path))
        fresh = row is not None and row.kept_at > clock.now() - KEPT_FOR
        return dict(row.answers) if row and fresh else None


def forget(actor: Actor, path: str) -> None:
    """Erase what the actor typed into a page: it is saved elsewhere now."""
    with transaction() as db:
        mine = KeptAnswers.person_id == actor.id, KeptAnswers.path == path
        db.execute(delete(KeptAnswers).where(*mine))


def destroy_of_others(session_key: str, actor: Actor) -> None:
    """Erase what somebody else typed in the session that the actor's follows at the same browser."""
    with transaction() as db:
        here = KeptAnswers.session_hash == hash_of(session_key), KeptAnswers.person_id != actor.id
        db.execute(delete(KeptAnswers).where(*here))
