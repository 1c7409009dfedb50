"""Signing heads of the history: by the clock, and when an operator asks."""

import structlog

from workflows import clock
from workflows.db import transaction
from workflows.heads import EVERY, add_head, newest_head

log = structlog.get_logger()


def sign_when_due() -> None:
    """Sign a head if the last one is an hour old."""
    with transaction() as db:
        last = newest_head(db)
    if last is None or last.at <= clock.now() - EVERY:
        sign_head()


def sign_head() -> str:
    """Sign a head now; gives its number and digest, or nothing when no chain grew. The log keeps a copy elsewhere."""
    with transaction() as db:
        head = add_head(db, clock.now())
    if head is None:
        return ""
    log.info("history_head", number=head.number, digest=head.digest, signature=head.signature)
    return f"Head {head.number}: {head.digest}"
