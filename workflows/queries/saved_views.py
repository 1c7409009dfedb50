"""The saved views that a person finds beside the worklist."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from workflows.people import name_of
from workflows.queries import query
from workflows.saved_views import SavedView, team_of
from workflows.work import Work


@dataclass(frozen=True)
class ViewRow:
    """A saved view: `filters` are those of the address; `owner` is the name of a colleague who shares it, or empty."""

    id: int
    name: str
    filters: dict[str, Any]
    shared: bool
    owner: str


@query
def saved_views(work: Work) -> list[ViewRow]:
    """One's own views, then those that one's team shares, each by name."""
    return views_of(work)


def views_of(work: Work) -> list[ViewRow]:
    """The same within a larger reading."""
    mine = SavedView.person_id == work.actor.id
    team = [person.id for person in team_of(work.db, work.actor)]
    shared = and_(SavedView.shared, SavedView.person_id.in_(team))
    rows = select(SavedView).where(or_(mine, shared)).order_by(~mine, SavedView.name, SavedView.id)
    return [_row(work, row) for row in work.db.scalars(rows)]


def _row(work: Work, row: SavedView) -> ViewRow:
    owner = "" if row.person_id == work.actor.id else name_of(work.db, row.person_id)
    return ViewRow(row.id, row.name, row.filters, row.shared, owner)
