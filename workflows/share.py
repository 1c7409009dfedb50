"""Several workers at one heap of due rows: each takes a share that no other has in hand.

A share is held by advisory locks of a transaction that does nothing else, so it ends with the worker in whatever way
that ends. It only keeps workers out of each other's way: that nothing is done twice is for the lock of the case and
the lease of the message.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Select, String, cast, func, select

from workflows.db import transaction

K = TypeVar("K", int, str)

LOOK_AHEAD = 10
"""So many shares deep a worker looks for rows that nobody has: as many workers find work at once."""


@contextmanager
def share(due: Select[K], limit: int) -> Iterator[list[K]]:
    """The first rows of a query for ids, up to a limit, that no other worker has in hand until the block ends."""
    heap = due.limit(limit * LOOK_AHEAD).cte().prefix_with("MATERIALIZED")
    key: Any = heap.c.id
    mine = func.pg_try_advisory_xact_lock(func.hashtextextended(cast(key, String), 0))
    with transaction() as db:
        yield list(db.scalars(select(key).where(mine).limit(limit)))
