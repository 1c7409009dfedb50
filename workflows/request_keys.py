"""Keys of requests: a command that is asked for twice under one key is done once (the API's `Idempotency-Key`).

The key is written in the transaction of the command itself, so that neither stands without the other. What is kept is
the number or id that the command gave, never what was typed: of the content there is a hash alone.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, Json
from workflows.errors import InvalidInput, KeyReused
from workflows.ssn_guard import guard_keys
from workflows.work import Work

P = ParamSpec("P")
R = TypeVar("R", bound=int | str | None)

LONGEST = 200


class RequestKey(Base):
    """What a key was first used for (a hash), and what came of it."""

    __tablename__ = "request_key"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[str]
    answer: Mapped[Json]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_request_key_at", "at"),)


def once(key: str | None, function: Callable[Concatenate[Work, P], R]) -> Callable[Concatenate[Work, P], R]:
    """The function, done once under a key of its actor; without a key, as often as it is asked for."""
    if not key:
        return function

    @wraps(function)
    def keyed(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> R:
        check_key(key)
        content = _hash([function.__name__, args, kwargs])
        known = _known(work, key, content)
        if known is not None:
            earlier: R = known.answer["answer"]
            return earlier
        answer = function(work, *args, **kwargs)
        _keep(work, key, content, answer)
        return answer

    return keyed


def check_key(key: str) -> None:
    """A key is short, and no place for a Social Security number."""
    if len(key) > LONGEST:
        raise InvalidInput(fields={"Idempotency-Key": f"A key has at most {LONGEST} characters."})
    guard_keys("Idempotency-Key", [key])


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _known(work: Work, key: str, content: str) -> RequestKey | None:
    """The earlier use of a key, found to be the same; nobody else uses the key until the end of the transaction."""
    name = func.hashtextextended(f"request {work.actor.id} {key}", 0)
    work.db.execute(select(func.pg_advisory_xact_lock(name)))
    row = work.db.get(RequestKey, (work.actor.id, key))
    if row is not None and row.content_hash != content:
        raise KeyReused()
    return row


def _keep(work: Work, key: str, content: str, answer: str | int | None) -> None:
    assert work.actor.id is not None  # noqa: S101  (only people send keys)
    row = RequestKey(
        person_id=work.actor.id, key=key, content_hash=content, answer={"answer": answer}, at=work.now
    )
    work.db.add(row)
