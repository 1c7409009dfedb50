"""What people do with their worklist: take the next task, do many at once, put off, save a view, say what was seen."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from workflows import access, clock, privacy
from workflows.cases import Case
from workflows.commands import command, user_tasks
from workflows.commands.many import Outcome, at_most, each
from workflows.errors import HeldByAgreement, InvalidInput, NotAllowed, NotFound
from workflows.follow_ups import FollowUp, day_of
from workflows.language import gettext, marked
from workflows.organisations import shortcoming_at
from workflows.people import ESD_ROLES, Actor, needed
from workflows.preferences import LOOKED, keep_preference, preferences_of
from workflows.queries import work_views
from workflows.queries.work_filters import Filters, is_name
from workflows.saved_views import SavedView
from workflows.ssn_guard import guard
from workflows.user_tasks import UserTask
from workflows.work import Work

TRIED = 20
"""So many of the first free tasks are tried when somebody takes the next one."""

AT_ONCE = 50
FURTHEST = timedelta(days=365)
MOST_VIEWS = 20
LONGEST_NAME = 60

HIDDEN = marked("There is no such task that you may see.")

VISIT = timedelta(minutes=30)
"""Whoever comes back after this long begins a new visit: what changed since the one before is new to them."""

NOTED = timedelta(minutes=1)
"""When somebody last looked is known to this length, so that not every look is written."""


@command
def take_next(work: Work) -> str:
    """Claim the first task by due time, of the actor's role, that nobody holds; gives its id."""
    _check_may_take(work)
    role = work_views.only(work_views.asked(work, "role", limit=TRIED), UserTask.assignee_id.is_(None))
    keys = work_views.keys(work, role)
    return user_tasks.claim_first(work, list(work.db.scalars(keys)) if keys is not None else [])


def _check_may_take(work: Work) -> None:
    """Whether there are tasks that the actor may take at all; each is looked at again when it is claimed."""
    actor = work.actor
    if actor.has(privacy.PM):
        return
    if actor.has(*ESD_ROLES):
        privacy.check_two_keys(actor, privacy.ESD, frozenset())
        return
    if not actor.has(privacy.CM):
        raise NotAllowed(gettext("Your role has no tasks to take."))
    if actor.missing_clearances:
        raise NotAllowed(needed(actor.missing_clearances))
    if shortcoming_at(work.db, actor.agency, work.now):
        raise HeldByAgreement()


def claim_many(actor: Actor, task_ids: Sequence[str]) -> list[Outcome]:
    """Claim tasks, each by a command of its own with its own permission."""
    return _each(task_ids, partial(user_tasks.claim, actor))


def release_many(actor: Actor, task_ids: Sequence[str]) -> list[Outcome]:
    """Give tasks back, each by a command of its own."""
    return _each(task_ids, partial(user_tasks.release, actor))


def reassign_many(actor: Actor, task_ids: Sequence[str], username: str) -> list[Outcome]:
    """Give tasks to a person, each by a command of its own."""
    if not username:
        raise InvalidInput(fields={"assignee": gettext("Choose who is to have the tasks.")})
    return _each(task_ids, lambda task_id: user_tasks.reassign(actor, task_id, username))


def put_off_many(actor: Actor, task_ids: Sequence[str], until: date | None) -> list[Outcome]:
    """Keep tasks out of one's own list until a day; without a day they are shown again at once."""
    _check_day(until, clock.now())
    return _each(task_ids, lambda task_id: put_off(actor, task_id, until))


def _each(task_ids: Sequence[str], do: Callable[[str], None]) -> list[Outcome]:
    if not task_ids:
        raise InvalidInput(fields={"tasks": gettext("Choose the tasks first.")})
    too_many = gettext("Choose at most {number} tasks at once.").format(number=AT_ONCE)
    return each(at_most(AT_ONCE, task_ids, "tasks", too_many), partial(_try, do))


def _try(do: Callable[[str], None], task_id: str) -> None:
    """A task that is hidden is refused like one that never was."""
    try:
        do(task_id)
    except NotFound:
        raise NotFound(gettext(HIDDEN)) from None


@command
def put_off(work: Work, task_id: str, until: date | None) -> None:
    """Keep a task that the actor holds out of their own list until a day; None shows it again at once."""
    _check_day(until, work.now)
    task = work.db.get(UserTask, task_id)
    if task is None:
        raise NotFound(gettext(HIDDEN))
    if task.assignee_id != work.actor.id or task.closed_at:
        access.task_standing(work, task, work.db.get_one(Case, task.case_id))
        raise NotAllowed(gettext("Only a task that you hold can be put off."))
    own = FollowUp.person_id == work.actor.id
    work.db.execute(
        delete(FollowUp).where(own, (FollowUp.task_id == task_id) | (FollowUp.show_on <= day_of(work.now)))
    )
    if until:
        work.db.add(FollowUp(person_id=work.actor.id or 0, task_id=task_id, show_on=until, set_at=work.now))


def _check_day(until: date | None, now: datetime) -> None:
    if until is None:
        return
    if until <= day_of(now):
        raise InvalidInput(fields={"until": gettext("Choose a day after today.")})
    if until > day_of(now) + FURTHEST:
        raise InvalidInput(fields={"until": gettext("Choose a day within a year.")})


@command
def save_view(work: Work, name: str, view: str, filters: Filters, shared: bool) -> int:
    """Keep a view under a name, over one of that name of one's own; gives its id."""
    name = " ".join(name.split())
    guard({"name": name, "q": filters.q})
    work_views.asked(work, view, filters)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(
            fields={
                "name": gettext("Give the view a name of at most {number} characters.").format(
                    number=LONGEST_NAME
                )
            }
        )
    if filters.q and is_name(work.db, filters.q):
        raise InvalidInput(fields={"q": gettext("A search for a client’s name cannot be saved.")})
    _check_room(work, name)
    kept = {key: value for key, value in asdict(filters).items() if value}
    row = insert(SavedView).values(
        person_id=work.actor.id, name=name, filters={"view": view, **kept}, shared=shared, saved_at=work.now
    )
    new = {key: row.excluded[key] for key in ("filters", "shared", "saved_at")}
    row = row.on_conflict_do_update(index_elements=[SavedView.person_id, SavedView.name], set_=new)
    return work.db.scalars(row.returning(SavedView.id)).one()


def _check_room(work: Work, name: str) -> None:
    others = select(func.count()).where(SavedView.person_id == work.actor.id, SavedView.name != name)
    if (work.db.scalar(others) or 0) >= MOST_VIEWS:
        raise InvalidInput(
            fields={"name": gettext("You have {number} views. Remove one first.").format(number=MOST_VIEWS)}
        )


@command
def remove_view(work: Work, view_id: int) -> None:
    """Remove a saved view of one's own, for the team as well when it was shared."""
    row = work.db.get(SavedView, view_id)
    if row is None or row.person_id != work.actor.id:
        raise NotFound(gettext("There is no such view of yours."))
    work.db.delete(row)


@command
def look(work: Work, seen: bool = False) -> None:
    """Note that the actor looks at the worklist now. What others did before this visit counts as changed until the
    next one, or until the actor says that all of it was `seen`."""
    known = preferences_of(work.db, work.actor.id).get(LOOKED)
    last = datetime.fromisoformat(known["last"]) if known else None
    if known is None or last is None or seen:
        since = work.now
    elif work.now - last < NOTED:
        return
    else:
        since = last if work.now - last > VISIT else datetime.fromisoformat(known["since"])
    value = {"since": since.isoformat(), "last": work.now.isoformat()}
    keep_preference(work.db, work.actor.id or 0, LOOKED, value)
