"""Whether the history is whole: every chain of events looked at from its first link to its last (domain 7.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cases import Case
from workflows.history import HistoryEvent, follows

AT_ONCE = 1000


@dataclass(frozen=True)
class Chain:
    """The events of a case (by its number), or those without one (None). `broken_at` is the number of the first event
    that is missing or changed; `last_hash` stands for all of them."""

    case: str | None
    events: int
    broken_at: int | None
    last_hash: str


def chains(db: Session) -> Iterator[Chain]:
    """Every chain, that of the events without a case first; a case that lost its whole history is a broken one."""
    rows = select(HistoryEvent, Case.number).outerjoin(Case, Case.id == HistoryEvent.case_id)
    rows = rows.order_by(HistoryEvent.case_id.asc().nulls_first(), HistoryEvent.seq.asc().nulls_last())
    found = db.execute(rows.execution_options(yield_per=AT_ONCE))
    for number, group in groupby(found, key=lambda row: row.number):
        yield _chain(number, (row.HistoryEvent for row in group))
    recorded = select(HistoryEvent.id).where(HistoryEvent.case_id == Case.id)
    for number in db.scalars(select(Case.number).where(~recorded.exists()).order_by(Case.number)):
        yield Chain(number, 0, 1, "")


def _chain(number: str | None, events: Iterator[HistoryEvent]) -> Chain:
    count, last, broken_at = 0, "", None
    for count, event in enumerate(events, start=1):
        if broken_at is None and not follows(event, count, last):
            broken_at = count
        last = event.hash
    return Chain(number, count, broken_at, last)
