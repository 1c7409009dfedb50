"""Where a case stands, in one sentence: who is waited for, since when, and what happens next by itself and when.

The sentence is made from what its reader may know: the state shown to them, the open tasks they see, and times that
follow from what they know already. Days are those of the office's calendar.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import privacy, turns, whose_clock
from workflows.cases import OUTCOMES, TaskRecord
from workflows.definitions import OPT_OUT_AGAIN
from workflows.incidents import CaseIncident
from workflows.language import gettext, marked, small_first
from workflows.people import Person
from workflows.privacy import Standing
from workflows.queries.days import by_day, on_day, since
from workflows.timers import EXPIRY, Timer, open_timers
from workflows.turns import Life
from workflows.user_tasks import UserTask, open_tasks
from workflows.work import Work


class Lines(NamedTuple):
    """A sentence about a task in three ways: without a due day, with one (`{due}`), and where no task is known."""

    plain: str
    with_due: str
    alone: str = ""


@dataclass(frozen=True)
class Scene:
    """What a sentence is made of. `tasks`: the open ones this reader may know of; `timers`: all that wait; `foretold`:
    what begins now has not happened yet; `life`: that of the case, where it is known already."""

    db: Session
    standing: Standing
    now: datetime
    tasks: list[UserTask]
    timers: list[Timer]
    foretold: bool = False
    life: Life | None = None

    def task(self, *labels: str) -> UserTask | None:
        """The first open task with one of these labels of the procedure."""
        return next((task for task in self.tasks if task.element.split("_")[0] in labels), None)

    def since(self, moment: datetime) -> str:
        """`since Tuesday`; `from then on` for what is only foretold."""
        if self.foretold and moment >= self.now:
            return gettext("from then on")
        return since(moment, self.now)

    def on(self, moment: datetime) -> str:
        """`on Friday`."""
        return on_day(moment, self.now)

    def next(self, levels: Iterable[str]) -> Timer | None:
        """The timer that is due next among those of some service levels, none that is due already."""
        return next((t for t in self.timers if t.level in levels and t.due_at > self.now), None)


def state_sentence(work: Work, standing: Standing, foretold: bool = False, life: Life | None = None) -> str:
    """Where a case stands for this reader, in one sentence, and whether that is late or hindered.

    `foretold`: the case is looked at as it would stand once something is done. A life that was read already is not
    read again.
    """
    scene = replace(_scene(work, standing), foretold=foretold, life=life)
    words = _words(scene, privacy.visible_status(standing))
    late = any(task.due_at and task.due_at < work.now for task in scene.tasks)
    told = [words, gettext("This is later than planned.") if late else "", _hindered(scene)]
    return " ".join(one for one in told if one)


def _scene(work: Work, standing: Standing) -> Scene:
    """A task that the state itself tells of is known to all: the supervisor's first, while the request is just sent."""
    told = privacy.visible_status(standing) == "submitted" and not standing.is_reduced
    tasks = [
        task
        for task in open_tasks(work.db, standing.case.id)
        if privacy.may_see_open(standing, task) or (told and task.is_esd)
    ]
    over = privacy.visible_status(standing) in ("closed", "on_hold") or _kept_from(standing)
    timers = [] if over else open_timers(work.db, standing.case.id)
    return Scene(work.db, standing, work.now, [] if over and not standing.is_esd else tasks, timers)


def _kept_from(standing: Standing) -> bool:
    return standing.is_reduced and not standing.audits


def _words(scene: Scene, status: str) -> str:
    case = scene.standing.case
    if status == "closed":
        return _closed(scene)
    if status == "on_hold" and case.held_at:
        return _held(scene, case.held_at)
    if _kept_from(scene.standing):
        return gettext("Only number and state are shown, because the agency’s agreement is not in force.")
    if case.process_key == OPT_OUT_AGAIN:
        return _opting_out(scene, status)
    return _SENTENCES[status](scene)


def _closed(scene: Scene) -> str:
    """The end that this reader is told, and when it came for them."""
    outcome = OUTCOMES.get(privacy.visible_outcome(scene.standing) or "", "")
    ended = scene.since(privacy.visible_closed_at(scene.standing) or scene.now)
    if not outcome:
        return gettext("Closed {since}.").format(since=ended)
    return gettext("Closed {since}: {outcome}.").format(since=ended, outcome=small_first(gettext(outcome)))


_DECIDES = Lines(
    marked(
        "On hold {since}, because the agency’s agreement is not in force; the program manager decides how it goes on."
    ),
    marked(
        "On hold {since}, because the agency’s agreement is not in force; "
        "the program manager decides how it goes on, due {due}."
    ),
)


def _held(scene: Scene, held_at: datetime) -> str:
    held = scene.since(held_at)
    if scene.task("T91"):
        return gettext(
            "On hold {since}, because the agency’s agreement is not in force; the supervisor serves the client directly."
        ).format(since=held)
    if decides := scene.task("T90"):
        return _by(scene, decides, _DECIDES, since=held)
    return gettext("On hold {since}, because the agency’s agreement is not in force.").format(since=held)


def _draft(scene: Scene) -> str:
    task = scene.tasks[0] if scene.tasks else None
    erased = next((timer for timer in scene.timers if timer.level == EXPIRY), None)
    if task is None and erased is None:
        return gettext("The case manager is working through steps 1 to 4.")
    if task is None:
        words = gettext("The case manager is working through steps 1 to 4; what is not sent {by} is erased.")
    elif erased is None:
        words = gettext("The case manager is at “{task}” {since}.")
    else:
        words = gettext("The case manager is at “{task}” {since}; what is not sent {by} is erased.")
    return words.format(
        task=gettext(task.name) if task else "",
        since=scene.since(task.opened_at) if task else "",
        by=by_day(erased.due_at, scene.now) if erased else "",
    )


_WAITING = {
    "": marked("Waiting for the client to contact {who} {since}."),
    "supervisor_claim_reminder": marked(
        "Waiting for the client to contact {who} {since}; a reminder goes out {day}."
    ),
    "supervisor_escalate_backup": marked(
        "Waiting for the client to contact {who} {since}; the backup supervisors are told {day}."
    ),
    "supervisor_escalate_pm": marked(
        "Waiting for the client to contact {who} {since}; the program manager is told {day}."
    ),
    "client_call_window": marked(
        "Waiting for the client to contact {who} {since}; "
        "if there is no call, the case manager is asked {day} to remind the client."
    ),
}
"""What the clock does next while the client is waited for, by its service level; nothing without one."""

_CHECKS = Lines(
    marked("Employment Security checks {since} whether there is a record."),
    marked("Employment Security checks {since} whether there is a record, due {due}."),
)


def _submitted(scene: Scene) -> str:
    """The request is sent. A check that the partner asked for is shown as what it is to Employment Security alone (X05)."""
    case, check, contact = scene.standing.case, scene.task("T4b"), scene.task("T7")
    if check and (scene.standing.is_esd or scene.standing.audits):
        return _by(scene, check, _CHECKS, since=scene.since(check.opened_at))
    if contact is None:
        sent = scene.since(check.opened_at if check else case.opened_at)
        return gettext("The request is with Employment Security {since}.").format(since=sent)
    if case.call_client:
        return _to_call(scene, contact)
    return _waiting(scene, contact)


def _waiting(scene: Scene, contact: UserTask) -> str:
    """What reminds the supervisor stands still while it is not the supervisor's turn, and is not foretold."""
    life = scene.life or whose_clock.life_of(scene.db, scene.standing.case, scene.now)
    still = frozenset() if turns.waits_for(life, turns.SUPERVISOR) else whose_clock.REMINDS.keys()
    timer = scene.next(_WAITING.keys() - still)
    level = timer.level if timer else ""
    return gettext(_WAITING[level]).format(
        who=_holder(scene, contact),
        since=scene.since(contact.opened_at),
        day=scene.on(timer.due_at) if timer else "",
    )


def _to_call(scene: Scene, contact: UserTask | None) -> str:
    who = _holder(scene, contact) if contact else gettext("Employment Security")
    return gettext("The client has not called; {who} is to call the client.").format(who=who)


def _holder(scene: Scene, task: UserTask) -> str:
    """Who holds a task of Employment Security: by name among its own people, to others by the role."""
    person = scene.db.get(Person, task.assignee_id) if task.assignee_id and scene.standing.is_esd else None
    return person.name if person else gettext("the ESD WIOA supervisor")


def _in_contact(scene: Scene) -> str:
    last_try, contact = scene.task("T8"), scene.task("T7")
    if last_try:
        return _last_try(scene, last_try)
    if scene.standing.case.call_client:
        return _to_call(scene, contact)
    if contact is None:
        return gettext("The supervisor is in contact with the client, or trying to be.")
    return _contact_goes_on(scene, contact)


def _last_try(scene: Scene, task: UserTask) -> str:
    tries, timer = scene.since(task.opened_at), scene.next(["cm_last_try_window"])
    if timer is None:
        return gettext("The case manager tries once more to reach the client {since}.").format(since=tries)
    return gettext(
        "The case manager tries once more to reach the client {since}; without success the case is closed {day}."
    ).format(since=tries, day=scene.on(timer.due_at))


_TRIED_ONCE = Lines(
    marked("The client was tried once and not reached; {who} tries again."),
    marked("The client was tried once and not reached; {who} tries again, due {due}."),
)
_TRIED = Lines(
    marked("The client was tried {attempts} times and not reached; {who} tries again."),
    marked("The client was tried {attempts} times and not reached; {who} tries again, due {due}."),
)


def _contact_goes_on(scene: Scene, contact: UserTask) -> str:
    """A further round of the supervisor's task, for those who may know of the one before."""
    attempts, who = scene.standing.case.attempts, _holder(scene, contact)
    if attempts:
        lines = _TRIED_ONCE if attempts == 1 else _TRIED
        return _by(scene, contact, lines, who=who, attempts=str(attempts))
    undecided = _latest_answer(scene, "T7", "decision") == "undecided"
    timer = scene.next(["undecided_window"] if undecided else [])
    if timer:
        words = gettext("The client has not decided yet; a reminder goes out {day}.")
        return words.format(day=scene.on(timer.due_at))
    words = gettext("{who} is in contact with the client {since}.")
    words = words.format(who=who, since=scene.since(contact.opened_at))
    return words[:1].upper() + words[1:]


_OPTING_IN = Lines(
    marked("ESD staff record the opt-in in the case management system {since}."),
    marked("ESD staff record the opt-in in the case management system {since}, due {due}."),
    marked("ESD staff record the opt-in in the case management system."),
)
_CONFIRMING = Lines(
    marked("The case manager checks that the record is visible {since}."),
    marked("The case manager checks that the record is visible {since}, due {due}."),
    marked("The case manager checks that the record is visible."),
)
_SERVING = Lines(
    marked("The case manager goes on serving the client {since}."),
    marked("The case manager goes on serving the client {since}, due {due}."),
    marked("The case manager goes on serving the client."),
)
_ASSIGNING = Lines(
    marked("The supervisor assigns the ESD staff who will work with the client."),
    marked("The supervisor assigns the ESD staff who will work with the client, due {due}."),
)
_OFFERING = Lines(
    marked("The supervisor offers the client to work with ESD staff."),
    marked("The supervisor offers the client to work with ESD staff, due {due}."),
)
_SETTING = Lines(
    marked("The supervisor sets the opt-out in the case management system."),
    marked("The supervisor sets the opt-out in the case management system, due {due}."),
)
_VERIFYING = Lines(
    marked("The client asked to opt out again; the supervisor verifies the wish."),
    marked("The client asked to opt out again; the supervisor verifies the wish, due {due}."),
)


def _opting_in(scene: Scene) -> str:
    return _since_by(scene, scene.task("RO1", "RO2", "RO3", "RO4", "AS1"), _OPTING_IN)


def _confirming(scene: Scene) -> str:
    return _since_by(scene, scene.task("T10", "AS1"), _CONFIRMING)


def _follow_up(scene: Scene) -> str:
    """Step 8; whether staff are still to be assigned is for Employment Security alone (X14)."""
    assign = scene.task("T13")
    if assign and not scene.task("T14"):
        return _by(scene, assign, _ASSIGNING)
    words = _since_by(scene, scene.task("T11", "T14"), _SERVING)
    return f"{words} {gettext('ESD staff are still to be assigned.')}" if assign else words


def _offering(scene: Scene) -> str:
    offer = scene.task("T12")
    return _follow_up(scene) if offer is None else _by(scene, offer, _OFFERING)


def _opting_out(scene: Scene, status: str) -> str:
    """The small case of a client who opts out again."""
    lines = _SETTING if status == "opting_in" else _VERIFYING
    return _by(scene, scene.task("OO1", "OO2"), lines)


_SENTENCES: dict[str, Callable[[Scene], str]] = {
    "draft": _draft,
    "submitted": _submitted,
    "in_contact": _in_contact,
    "opting_in": _opting_in,
    "confirming": _confirming,
    "follow_up": _follow_up,
    "offering": _offering,
}


def _by(scene: Scene, task: UserTask | None, lines: Lines, **values: str) -> str:
    """The line with the day by which the task is due, unless that has passed."""
    if task is None or task.due_at is None or task.due_at < scene.now:
        return gettext(lines.plain).format(**values)
    return gettext(lines.with_due).format(due=scene.on(task.due_at), **values)


def _since_by(scene: Scene, task: UserTask | None, lines: Lines) -> str:
    """The same with the day since when the task is open."""
    if task is None:
        return gettext(lines.alone)
    return _by(scene, task, lines, since=scene.since(task.opened_at))


def _latest_answer(scene: Scene, label: str, name: str) -> object:
    rows = select(TaskRecord.answers).where(TaskRecord.case_id == scene.standing.case.id)
    rows = rows.where(TaskRecord.element.startswith(f"{label}_", autoescape=True))
    return (scene.db.scalar(rows.order_by(TaskRecord.completed_at.desc()).limit(1)) or {}).get(name)


def _hindered(scene: Scene) -> str:
    """That something failed and is looked after: told to those who see all of the case, and to whoever met it."""
    standing = scene.standing
    rows = select(CaseIncident).where(CaseIncident.case_id == standing.case.id, CaseIncident.status == "open")
    if not standing.is_esd:
        rows = rows.where(~CaseIncident.private)
    if not (standing.is_esd or standing.audits):
        rows = rows.where(CaseIncident.person_id == standing.actor.id)
    found = scene.db.scalar(rows.order_by(CaseIncident.id.desc()).limit(1))
    words = gettext("Something did not work and is being looked after ({reference}).")
    return words.format(reference=found.reference) if found else ""
