"""What would happen if a task were completed now: found out by doing it, in a transaction that is never written.

The engine runs the real process of the case with the real steps, and whatever they would have written is looked at and
rolled back. Then the clock is moved on from one time limit to the next, as if nobody did anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from workflows import access, clock, instances, privacy, turns, whose_clock
from workflows.area_settings import labels_of
from workflows.cases import OUTCOMES
from workflows.commands.user_tasks import Tryout, try_out
from workflows.db import rehearsal
from workflows.errors import Incident, Refused
from workflows.language import gettext, small_first
from workflows.outbox import OutboxMessage
from workflows.people import ROLES, Actor, person_of
from workflows.privacy import Standing
from workflows.queries.state_words import state_sentence
from workflows.queries.told import Told, may_name, told_of
from workflows.refusals import record_refusal
from workflows.task_forms import options_for
from workflows.timers import EXPIRY, Timer, open_timers
from workflows.turns import Life
from workflows.user_tasks import UserTask, form_of, open_tasks
from workflows.work import Work

MOST_LIMITS = 6
"""So many time limits ahead are told; what comes after them is too far away to matter now."""


@dataclass(frozen=True)
class NextTask:
    """A task that opens: its name, clause and role in words, who will have it (empty: nobody yet), by when."""

    name: str
    step: str
    role: str
    holder: str
    mine: bool
    due: datetime | None


@dataclass(frozen=True)
class Later:
    """Something that happens by itself at a moment if nobody does anything: a sentence, and the people who are told as
    far as the reader may know them; `ends`: the case is over then."""

    at: datetime
    words: str
    to: tuple[str, ...] = ()
    ends: bool = False


@dataclass(frozen=True)
class Preview:
    """What would happen: where the case would stand in a sentence, the tasks that open, who gets an e-mail, and what
    happens if nobody does anything. `known` is false when the process could not go on; `answers` are every question
    with its name, label and answer in words."""

    answers: list[tuple[str, str, str]]
    known: bool = True
    sentence: str = ""
    tasks: list[NextTask] = field(default_factory=list)
    mails: list[Told] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)


def preview(actor: Actor, task_id: str, raw: Mapping[str, object] | None = None) -> Preview:
    """What completing a task with these answers would bring, by default with those of its draft.

    Refused as completing it would be; nothing is written but the refusal.
    """
    about: dict[str, str] = {}
    try:
        with rehearsal() as db:
            return _previewed(Work(db, actor, clock.now(), about=about), task_id, raw)
    except Refused as refused:
        record_refusal(actor, "preview", refused, about)
        raise


def _previewed(work: Work, task_id: str, raw: Mapping[str, object] | None) -> Preview:
    task = work.db.get(UserTask, task_id)
    case_id = task.case_id if task else 0
    before, said = _open_ids(work, case_id), _message_ids(work, case_id)
    try:
        done = try_out(work, task_id, raw)
    except Incident:
        return Preview([], known=False)
    standing = access.standing(work, done.case)
    opened = [one for one in open_tasks(work.db, case_id) if one.id not in before]
    return Preview(
        answers=_overview(work, done),
        sentence=_sentence(work, standing),
        tasks=[_next(work, standing, one) for one in opened if privacy.may_see_open(standing, one)],
        mails=_told(work, standing, said),
        later=_later(work, standing),
    )


def _open_ids(work: Work, case_id: int) -> set[str]:
    rows = select(UserTask.id).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None))
    return set(work.db.scalars(rows))


def _message_ids(work: Work, case_id: int) -> set[int]:
    return set(work.db.scalars(select(OutboxMessage.id).where(OutboxMessage.case_id == case_id)))


def _overview(work: Work, done: Tryout) -> list[tuple[str, str, str]]:
    form = form_of(done.bundle, done.task)
    options = options_for(work.db, form, work.actor.offices, done.case)
    return form.overview(done.answers.all, options, labels_of(work.db, done.case.area_code))


def _sentence(work: Work, standing: Standing) -> str:
    """Where the case would stand, for this reader."""
    if privacy.visible_status(standing) == "closed":
        ended = small_first(gettext(OUTCOMES.get(privacy.visible_outcome(standing) or "", "")))
        words = gettext("The case is closed: {outcome}.") if ended else gettext("The case is closed.")
        return words.format(outcome=ended)
    return state_sentence(work, standing, foretold=True)


def _next(work: Work, standing: Standing, task: UserTask) -> NextTask:
    holder = person_of(work.db, task.assignee_id)
    named = holder is not None and may_name(standing, holder)
    return NextTask(
        gettext(task.name),
        task.procedure_ref,
        gettext(ROLES.get(task.role, task.role)),
        holder.name if holder and named else "",
        task.assignee_id == work.actor.id,
        task.due_at,
    )


def _told(work: Work, standing: Standing, before: set[int]) -> list[Told]:
    """The messages that were written since."""
    work.db.flush()
    rows = select(OutboxMessage).where(OutboxMessage.case_id == standing.case.id).order_by(OutboxMessage.id)
    return told_of(work, standing, [row for row in work.db.scalars(rows) if row.id not in before])


def _later(work: Work, standing: Standing) -> list[Later]:
    """What the clock would do from one time limit to the next, and the reminders of tasks that are then late."""
    open_ = open_tasks(work.db, standing.case.id)
    late = [
        Later(task.due_at, gettext("Whoever holds “{}” is reminded").format(gettext(task.name)))
        for task in open_
        if task.due_at and task.due_at > work.now and privacy.may_see_open(standing, task)
    ]
    limits = list(_limits(work, standing))
    over = next((one.at for one in limits if one.ends), None)
    return sorted([*limits, *(one for one in late if over is None or one.at < over)], key=lambda one: one.at)


def _limits(work: Work, standing: Standing) -> Iterator[Later]:
    """Let one time limit after the other pass, each at its moment."""
    for _ in range(MOST_LIMITS):
        work.db.flush()
        life = whose_clock.life_of(work.db, standing.case, work.now)
        timers = open_timers(work.db, standing.case.id)
        running = [one for one in timers if not _stands_still(standing, life, one)]
        timer = min(running, key=lambda one: one.due_at, default=None)
        if timer is None:
            return
        if timer.level == EXPIRY:
            yield Later(
                timer.due_at, gettext("What was begun is erased, and the request is closed"), ends=True
            )
            return
        try:
            yield from _passes(work, standing, timer)
        except Incident:
            return


def _stands_still(standing: Standing, life: Life, timer: Timer) -> bool:
    """Whether a time limit does not run: of a partner while the case is on hold, of a party that is not waited for."""
    if standing.case.held_at is not None and timer.role == privacy.CM:
        return True
    party = whose_clock.REMINDS.get(timer.level or "")
    return party is not None and not turns.waits_for(life, party)


def _passes(work: Work, standing: Standing, timer: Timer) -> list[Later]:
    """One time limit passes: who is told, and whether that ends the case."""
    said = _message_ids(work, standing.case.id)
    work.now = max(work.now, timer.due_at)
    timer.fired_at = timer.closed_at = work.now
    instances.change(work, standing.case, lambda instance: instance.fire(timer.id))
    found = [Later(work.now, told.words, told.to) for told in _told(work, standing, said)]
    if privacy.visible_status(standing) == "closed":
        found.append(Later(work.now, _sentence(work, standing).removesuffix("."), ends=True))
    return found
