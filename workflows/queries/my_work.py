"""All that the page of My work shows, in one reading."""

from dataclasses import dataclass
from datetime import datetime

from workflows import privacy
from workflows.directory import directory
from workflows.organisations import Agency, offices
from workflows.people import ESD_ROLES, Person, missing_clearances, people_who_hold_both_keys, people_with
from workflows.queries import query, work_views
from workflows.queries.saved_views import ViewRow, views_of
from workflows.queries.work_filters import Filters, looked_at
from workflows.queries.worklist import Worklist, page_of
from workflows.work import Work

Choices = list[tuple[str, str]]
"""Code or user name, and the words beside it."""


@dataclass(frozen=True)
class MyWork:
    """The page: rows of a view, what each view holds (`counts`), saved views, those who may be given tasks, the offices
    and agencies to choose from, and when the reader last looked (None at the first visit)."""

    found: Worklist
    counts: dict[str, int]
    views: list[ViewRow]
    receivers: Choices
    offices: Choices
    agencies: Choices
    since: datetime | None


@query
def my_work(
    work: Work, view: str, after: str | None, limit: int, filters: Filters, listed: bool = True
) -> MyWork:
    """The page of a view, at most `limit` rows after a key; not `listed`, all but the rows."""
    return MyWork(
        found=page_of(work, view, after, limit, filters) if listed else Worklist([], None),
        counts=work_views.counts(work),
        views=views_of(work),
        receivers=[(p.username, p.name) for p in _receivers(work) if p.id != work.actor.id],
        offices=[(o.code, o.name) for o in offices(work.db) if o.area_code == work.actor.area],
        agencies=_agencies(work),
        since=looked_at(work),
    )


def _receivers(work: Work) -> list[Person]:
    """Those to whom the actor may give tasks; whether a task may be theirs is decided when it is given."""
    actor = work.actor
    if actor.has(privacy.SUP) and actor.holds_two_keys:
        return people_who_hold_both_keys(work.db, actor.area)
    if actor.has(privacy.CM) and not actor.missing_clearances:
        people = people_with(work.db, privacy.CM, agency=actor.agency)
        return [person for person in people if not missing_clearances(person)]
    return []


def _agencies(work: Work) -> Choices:
    """The partners of the area, for those who work with more than their own."""
    if not work.actor.has(*ESD_ROLES, privacy.PM):
        return []
    rows = [one for one in directory(work.db).rows(work.db, Agency) if one.area_code == work.actor.area]
    return sorted(((one.code, one.name) for one in rows if not one.is_esd), key=lambda choice: choice[1])
