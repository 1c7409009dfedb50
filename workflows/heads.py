"""Signed heads: now and then the ends of all chains of the history are signed, so that cutting one off shows as well.

A head names the chains that grew since the head before it, each with the number and the hash of its last event, and
carries the hash of the head before. Whoever rules the database can write a chain anew from any event on, or drop its
end; they cannot sign, and what was signed and kept elsewhere (the log has every head) cannot be taken back.
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import func, insert, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base, Json
from workflows.history import Hash, HistoryEvent, spelled_event
from workflows.settings import settings
from workflows.standalone import verify_history

EVERY = timedelta(hours=1)
FORM = 2
OVERLAP = 10_000
"""So many events before the last head's newest are looked at again: a transaction that began before it may have been
committed after it."""
_ONE_AT_A_TIME = 55122
"""The lock under which heads are signed; any number that nothing else locks by."""


class HistoryHead(Base):
    """A head: `ends` maps a case's id, or nothing for the events without one, to number and hash of its last event.

    `form` is 2 for those that sign a hash of each end, so that one chain can be proved without telling of the others."""

    __tablename__ = "history_head"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    form: Mapped[int]
    at: Mapped[datetime]
    newest_id: Mapped[int]
    ends: Mapped[Json]
    digest: Mapped[str] = mapped_column(Hash)
    key: Mapped[str]
    signature: Mapped[str]


def signing_key() -> Ed25519PrivateKey:
    """The installation's own key: `SIGNING_KEY`, or one that follows from `SECRET_KEY`."""
    given = settings().signing_key or settings().secret_key
    return Ed25519PrivateKey.from_private_bytes(
        hmac.digest(given.encode(), b"heads of the history", hashlib.sha256)
    )


def public_key() -> str:
    """What others verify our signatures with: 64 hexadecimal digits, to be told to them before they need it."""
    return signing_key().public_key().public_bytes_raw().hex()


def sign(digest: str) -> str:
    """The signature of a hash, hexadecimal."""
    return signing_key().sign(bytes.fromhex(digest)).hex()


def newest_head(db: Session) -> HistoryHead | None:
    """The last head that was signed."""
    return db.scalar(select(HistoryHead).order_by(HistoryHead.number.desc()).limit(1))


def add_head(db: Session, now: datetime) -> HistoryHead | None:
    """Sign the ends of the chains that grew since the last head; None when none did."""
    db.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    last = newest_head(db)
    newest, ends = _ends_since(db, last)
    if not ends:
        return None
    head = {
        "number": (last.number if last else 0) + 1, "form": FORM, "at": now.isoformat(), "ends": ends, "key": public_key(),
    }  # fmt: skip
    digest = verify_history.digest(last.digest if last else "", head)
    row = {**head, "at": now, "newest_id": newest, "digest": digest, "signature": sign(digest)}
    return db.scalars(insert(HistoryHead).values(row).returning(HistoryHead)).one()


def _ends_since(db: Session, last: HistoryHead | None) -> tuple[int, dict[str, list[Any]]]:
    """The newest event's id, and the end of each chain that has one which no head has named yet."""
    known = last.newest_id if last else 0
    newest = db.scalar(select(func.max(HistoryEvent.id))) or 0
    if newest <= known:
        return known, {}
    rows = select(HistoryEvent.case_id, HistoryEvent.seq, HistoryEvent.hash).where(
        HistoryEvent.id > known - OVERLAP, HistoryEvent.id <= newest
    )
    rows = rows.ext(distinct_on(HistoryEvent.case_id)).order_by(HistoryEvent.case_id, HistoryEvent.seq.desc())
    found = {str(case or ""): [seq, link] for case, seq, link in db.execute(rows)}
    told = _told(db, last, list(found))
    return newest, {chain: end for chain, end in found.items() if told.get(chain) != end}


def _told(db: Session, last: HistoryHead | None, chains: list[str]) -> dict[str, list[Any]]:
    """What the last few heads said of these chains."""
    if last is None:
        return {}
    recent = select(HistoryHead.ends).where(HistoryHead.newest_id > last.newest_id - OVERLAP)
    told: dict[str, list[Any]] = {}
    for ends in db.scalars(recent.order_by(HistoryHead.number)):
        told |= {chain: ends[chain] for chain in ends.keys() & set(chains)}
    return told


def exported(db: Session) -> Iterator[str]:
    """The whole history as the lines of a file that `workflows/standalone/verify_history.py` verifies with Python alone."""
    yield verify_history.spelled({"format": verify_history.FORMATS[-1], "key": public_key()})
    rows = select(HistoryEvent).order_by(HistoryEvent.case_id.asc().nulls_first(), HistoryEvent.seq)
    for event in db.scalars(rows.execution_options(yield_per=1000)):
        yield verify_history.spelled({"event": {**spelled_event(event), "hash": event.hash}})
    for head in db.scalars(select(HistoryHead).order_by(HistoryHead.number)):
        yield verify_history.spelled({"head": _spelled_head(head)})


def _spelled_head(head: HistoryHead) -> dict[str, Any]:
    named = ("number", "form", "ends", "key", "digest", "signature")
    return {"at": head.at.isoformat(), **{name: getattr(head, name) for name in named}}


def proof_of(db: Session, case_id: int, most: int) -> dict[str, Any] | None:
    """The newest head that covers events of a case, up to number `most`, without telling of any other chain; None while
    there is none. `covers` is the number of the event, `before` the hash of the head before."""
    chain = str(case_id)
    ends = HistoryHead.ends[chain]
    rows = select(HistoryHead).where(HistoryHead.form == FORM, HistoryHead.ends.has_key(chain))
    rows = rows.where(ends[0].as_integer() <= most).order_by(HistoryHead.number.desc()).limit(1)
    head = db.scalar(rows)
    if head is None:
        return None
    before = db.get(HistoryHead, head.number - 1)
    told = {name: value for name, value in _spelled_head(head).items() if name != "ends"}
    covers = {"chain": chain, "covers": head.ends[chain][0], "before": before.digest if before else ""}
    return {**told, **covers, "leaves": verify_history.leaves({"ends": head.ends})}


def head_findings(db: Session) -> Iterator[str]:
    """What is wrong with the heads, or with the chains that they name, in sentences; none when all is whole."""
    verifier = verify_history.Verifier(public_key(), _signed_by)
    for head in db.scalars(select(HistoryHead).order_by(HistoryHead.number)):
        verifier.hashes = _hashes(db, head.ends)
        yield from verifier.head(_spelled_head(head))


def _hashes(db: Session, ends: dict[str, list[Any]]) -> dict[tuple[str, int], str]:
    """The hashes that the events named by a head have now, by chain and number."""
    cases = [int(chain) for chain in ends if chain]
    numbers = [seq for seq, _ in ends.values()]
    named = or_(HistoryEvent.case_id.in_(cases), HistoryEvent.case_id.is_(None))
    rows = select(HistoryEvent.case_id, HistoryEvent.seq, HistoryEvent.hash)
    found = db.execute(rows.where(named, HistoryEvent.seq.in_(numbers)))
    return {(str(case or ""), int(seq or 0)): link for case, seq, link in found}


def _signed_by(key: str, message: bytes, signature: bytes) -> bool:
    """As `verify_history.signed_by`, quicker."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
