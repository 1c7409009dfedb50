"""Where a case stands, in one sentence: who is waited for, since when, and what happens next by itself and when.

The sentence is made from what its reader may know: the state shown to them, the open tasks they see, and times that
follow from what they know already. Days are those of the office's calendar.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import privacy
from workflows.cases import OUTCOMES, TaskRecord
from workflows.definitions import OPT_OUT_AGAIN
from workflows.incidents import CaseIncident
from workflows.people import Person
from workflows.privacy import Standing
from workflows.settings import settings
from workflows.timers import EXPIRY, Timer, open_timers
from workflows.user_tasks import UserTask, open_tasks
from workflows.work import Work

NEAR = 6
"""So many days before and after today the name of the weekday alone says which day is meant."""


@dataclass(frozen=True)
class Scene:
    """What a sentence is made of. `tasks`: the open ones this reader may know of; `timers`: all that wait."""

    db: Session
    standing: Standing
    now: datetime
    tasks: list[UserTask]
    timers: list[Timer]

    def task(self, *labels: str) -> UserTask | None:
        """The first open task with one of these labels of the procedure."""
        return next((task for task in self.tasks if task.element.split("_")[0] in labels), None)

    def since(self, moment: datetime) -> str:
        """`since Tuesday`."""
        return f"since {day_before(moment, self.now)}"

    def next(self, levels: Iterable[str]) -> Timer | None:
        """The timer that is due next among those of some service levels, none that is due already."""
        return next((t for t in self.timers if t.level in levels and t.due_at > self.now), None)


def state_sentence(work: Work, standing: Standing) -> str:
    """Where a case stands for this reader, in one sentence, and whether that is late or hindered."""
    scene = _scene(work, standing)
    words = _words(scene, privacy.visible_status(standing))
    late = any(task.due_at and task.due_at < work.now for task in scene.tasks)
    return words + (" This is later than planned." if late else "") + _hindered(scene)


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
        return "Only number and state are shown, because the agency’s agreement is not in force."
    if case.process_key == OPT_OUT_AGAIN:
        return _opting_out(scene, status)
    return _SENTENCES[status](scene)


def _closed(scene: Scene) -> str:
    """The end that this reader is told, and when it came for them."""
    outcome = OUTCOMES.get(privacy.visible_outcome(scene.standing) or "", "")
    ended = privacy.visible_closed_at(scene.standing) or scene.now
    words = f": {outcome[:1].lower()}{outcome[1:]}" if outcome else ""
    return f"Closed {scene.since(ended)}{words}."


def _held(scene: Scene, held_at: datetime) -> str:
    words = f"On hold {scene.since(held_at)}, because the agency’s agreement is not in force"
    if scene.task("T91"):
        return f"{words}; the supervisor serves the client directly."
    decides = scene.task("T90")
    return words + (_by(scene, decides, "; the program manager decides how it goes on") if decides else ".")


def _draft(scene: Scene) -> str:
    task = scene.tasks[0] if scene.tasks else None
    at = f"is at “{task.name}” {scene.since(task.opened_at)}" if task else "is working through steps 1 to 4"
    erased = next((timer for timer in scene.timers if timer.level == EXPIRY), None)
    tail = f"; what is not sent by {day_after(erased.due_at, scene.now)} is erased" if erased else ""
    return f"The case manager {at}{tail}."


_PLANS = {
    "supervisor_claim_reminder": "a reminder goes out {day}",
    "supervisor_escalate_backup": "the backup supervisors are told {day}",
    "supervisor_escalate_pm": "the program manager is told {day}",
    "client_call_window": "if there is no call, the case manager is asked {day} to remind the client",
}
"""What the clock does while the supervisor's task is open, by its service level."""


def _plan(scene: Scene) -> str:
    """What happens next by itself while the client is waited for."""
    timer = scene.next(_PLANS)
    return f"; {_PLANS[timer.level].format(day=on_day(timer.due_at, scene.now))}" if timer else ""


def plan_sentence(timers: Iterable[Timer], now: datetime) -> str:
    """What happens next by itself while a client who has not called yet is waited for; empty when nothing does.

    The timers are those of the case that still wait, next first.
    """
    timer = next((t for t in timers if t.level in _PLANS and t.due_at > now), None)
    words = _PLANS[timer.level].format(day=on_day(timer.due_at, now)) if timer else ""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _submitted(scene: Scene) -> str:
    """The request is sent. A check that the partner asked for is shown as what it is to Employment Security alone (X05)."""
    case, check, contact = scene.standing.case, scene.task("T4b"), scene.task("T7")
    if check and (scene.standing.is_esd or scene.standing.audits):
        return _by(
            scene,
            check,
            f"Employment Security checks {scene.since(check.opened_at)} whether there is a record",
        )
    if contact is None:
        sent = check.opened_at if check else case.opened_at
        return f"The request is with Employment Security {scene.since(sent)}."
    if case.call_client:
        return _to_call(scene, contact)
    return f"Waiting for the client to contact {_holder(scene, contact)} {scene.since(contact.opened_at)}{_plan(scene)}."


def _to_call(scene: Scene, contact: UserTask | None) -> str:
    who = _holder(scene, contact) if contact else "Employment Security"
    return f"The client has not called; {who} is to call the client."


def _holder(scene: Scene, task: UserTask) -> str:
    """Who holds a task of Employment Security: by name among its own people, to others by the role."""
    person = scene.db.get(Person, task.assignee_id) if task.assignee_id and scene.standing.is_esd else None
    return person.name if person else "the ESD WIOA supervisor"


def _in_contact(scene: Scene) -> str:
    last_try, contact = scene.task("T8"), scene.task("T7")
    if last_try:
        timer = scene.next(["cm_last_try_window"])
        tail = f"; without success the case is closed {on_day(timer.due_at, scene.now)}" if timer else ""
        return (
            f"The case manager tries once more to reach the client {scene.since(last_try.opened_at)}{tail}."
        )
    if scene.standing.case.call_client:
        return _to_call(scene, contact)
    if contact is None:
        return "The supervisor is in contact with the client, or trying to be."
    return _contact_goes_on(scene, contact)


def _contact_goes_on(scene: Scene, contact: UserTask) -> str:
    """A further round of the supervisor's task, for those who may know of the one before."""
    attempts, who = scene.standing.case.attempts, _holder(scene, contact)
    if attempts:
        times = "once" if attempts == 1 else f"{attempts} times"
        return _by(scene, contact, f"The client was tried {times} and not reached; {who} tries again")
    undecided = _latest_answer(scene, "T7", "decision") == "undecided"
    timer = scene.next(["undecided_window"] if undecided else [])
    if timer:
        return f"The client has not decided yet; a reminder goes out {on_day(timer.due_at, scene.now)}."
    return f"{who[:1].upper()}{who[1:]} is in contact with the client {scene.since(contact.opened_at)}."


def _opting_in(scene: Scene) -> str:
    task = scene.task("RO1", "RO2", "RO3", "RO4", "AS1")
    words = "ESD staff record the opt-in in the case management system"
    return _by(scene, task, f"{words} {scene.since(task.opened_at)}") if task else f"{words}."


def _confirming(scene: Scene) -> str:
    return _of_partner(scene, "checks that the record is visible", "T10", "AS1")


def _of_partner(scene: Scene, does: str, *labels: str) -> str:
    task = scene.task(*labels)
    words = f"The case manager {does}"
    return _by(scene, task, f"{words} {scene.since(task.opened_at)}") if task else f"{words}."


def _follow_up(scene: Scene) -> str:
    """Step 8; whether staff are still to be assigned is for Employment Security alone (X14)."""
    assign = scene.task("T13")
    if assign and not scene.task("T14"):
        return _by(scene, assign, "The supervisor assigns the ESD staff who will work with the client")
    words = _of_partner(scene, "goes on serving the client", "T11", "T14")
    return f"{words} ESD staff are still to be assigned." if assign else words


def _offering(scene: Scene) -> str:
    offer = scene.task("T12")
    if offer is None:
        return _follow_up(scene)
    return _by(scene, offer, "The supervisor offers the client to work with ESD staff")


def _opting_out(scene: Scene, status: str) -> str:
    """The small case of a client who opts out again."""
    task = scene.task("OO1", "OO2")
    if status == "opting_in":
        return _by(scene, task, "The supervisor sets the opt-out in the case management system")
    return _by(scene, task, "The client asked to opt out again; the supervisor verifies the wish")


_SENTENCES: dict[str, Callable[[Scene], str]] = {
    "draft": _draft,
    "submitted": _submitted,
    "in_contact": _in_contact,
    "opting_in": _opting_in,
    "confirming": _confirming,
    "follow_up": _follow_up,
    "offering": _offering,
}


def _by(scene: Scene, task: UserTask | None, words: str) -> str:
    """The same with the day by which it is due, unless that has passed."""
    if task is None or task.due_at is None or task.due_at < scene.now:
        return f"{words}."
    return f"{words}, due {on_day(task.due_at, scene.now)}."


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
    return f" Something did not work and is being looked after ({found.reference})." if found else ""


def day_before(moment: datetime, now: datetime) -> str:
    """A day that has come: `today`, `yesterday`, `Tuesday`, `March 3`, `March 3, 2025`."""
    local, today = moment.astimezone(settings().zone), now.astimezone(settings().zone)
    days = (today.date() - local.date()).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    if days <= NEAR:
        return f"{local:%A}"
    year = f", {local.year}" if local.year != today.year else ""
    return f"{local:%B} {local.day}{year}"


def day_after(moment: datetime, now: datetime) -> str:
    """A day to come: `today`, `tomorrow`, `Friday`, `Friday, March 6`; with the year when it is another one."""
    local, today = moment.astimezone(settings().zone), now.astimezone(settings().zone)
    days = (local.date() - today.date()).days
    if days <= 1:
        return "tomorrow" if days == 1 else "today"
    if days <= NEAR:
        return f"{local:%A}"
    year = f", {local.year}" if local.year != today.year else ""
    return f"{local:%A, %B} {local.day}{year}"


def on_day(moment: datetime, now: datetime) -> str:
    """`today`, `tomorrow`, `on Friday`."""
    words = day_after(moment, now)
    return words if words in ("today", "tomorrow") else f"on {words}"
