"""Two who act at the same moment: what each does, and what each is told, whoever of them is first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tasks import outbox
from tests.desk import AVERY, CASEY, JORDAN, KIM, ROBIN, Clock, Desk, answers
from tests.integration.acting import NOBODY_REACHED, actor, browser
from tests.integration.test_retention import old
from tests.integration.test_task_pages import form
from tests.killing import operations
from tests.killing.operations import KEY, SEARCH
from tests.killing.worlds import number, rows
from workflows.commands import moves, publications, timers
from workflows.commands.agreements import save_agreement
from workflows.commands.retention import anonymise_due
from workflows.errors import Refused
from workflows.people import SYSTEM

Act = Callable[[Desk, Any], str]
"""Does something; gives what the actor is told: a status, and for a refusal its code."""


Told = tuple[str, str]
"""What the one is told, and what the other."""


@dataclass(frozen=True)
class Race:
    """Two acts on what `prepare` makes.

    `first` is what both are told, in their order, when the one comes first; `second` when the other does; `also` is what
    they may be told besides. `settled` looks at what must be there in the end, whoever was first; it gives whether all is
    well.
    """

    name: str
    prepare: Callable[[Desk, Clock], Any]
    one: Act
    other: Act
    first: Told
    second: Told
    settled: Callable[[Any], bool] = lambda _: True
    also: frozenset[Told] = frozenset()


def asks(who: str, method: str, path: str, body: Any = None, **headers: str) -> Act:
    """Somebody's request through the API; `{}` in its path is the matter."""

    def act(desk: Desk, matter: Any) -> str:
        answer = desk.call(who, method, path.format(matter), body, **headers)
        code = answer.json["error"]["code"] if answer.status_code >= 400 and answer.json else ""
        return f"{answer.status_code} {code}".strip()

    return act


def completes(who: str, label: str, **different: Any) -> Act:
    """Somebody completes the matter, a task."""
    return lambda desk, task: asks(
        who, "POST", f"/tasks/{task}/complete", {"data": answers(label, **different)}
    )(desk, 0)


def runs(job: Callable[[], Any]) -> Act:
    """A job; how much of the work falls to it is for chance to say."""

    def act(_desk: Desk, _matter: Any) -> str:
        job()
        return "ran"

    return act


def refusable(command: Callable[..., Any], who: str, *words: Any) -> Act:
    """A command about the matter that has no address of its own."""

    def act(_desk: Desk, matter: Any) -> str:
        try:
            command(actor(who), *words, *([] if matter is None else [matter]))
        except Refused as refused:
            return refused.code
        return "done"

    return act


def _sends_page(desk: Desk, task: Any) -> str:
    sent = browser(desk, AVERY).post(
        f"/tasks/{task}", data={"action": "complete", **form("T2", total_wide=1)}
    )
    return str(sent.status_code)


def _task(label: str, who: str = AVERY) -> Callable[[Desk, Clock], str]:
    """The id of a task of a case that has come so far."""
    return lambda desk, _: operations.before(label, who)(desk)[2]


def _free_task(desk: Desk, _: Clock) -> str:
    """A partner's task that nobody has."""
    task = _task("T2")(desk, _)
    assert desk.call(AVERY, "POST", f"/tasks/{task}/release").status_code == 200
    return task


def _last_try(desk: Desk, clock: Clock) -> str:
    """The case manager's last try, whose time is over and whose clock has not run yet."""
    case = desk.to_request()
    for _ in range(3):
        desk.do(CASEY, case, "T7", **NOBODY_REACHED)
        clock.move(days=1, minutes=30)
    task = str(desk.task(AVERY, case, "T8")["id"])
    outbox.sweep()
    clock._traveller.shift(timedelta(days=12))
    return task


def _reminder_due(desk: Desk, clock: Clock) -> str:
    task = _task("T7", CASEY)(desk, clock)
    outbox.sweep()
    clock._traveller.shift(timedelta(days=1, hours=1))
    return task


def _case(desk: Desk, _: Clock) -> str:
    return desk.to_request()


def _long_closed(desk: Desk, _: Clock) -> str:
    case = desk.to_opted_in()
    old(case)
    return case


def _fires(_: Desk, task: Any) -> str:
    """The time limit that stands at a task, as the clock lets it pass."""
    query = "SELECT t.id FROM timer t JOIN user_task u ON u.case_id = t.case_id WHERE u.id = %s AND t.element = ANY(%s)"
    ((timer,),) = rows(
        query + " ORDER BY t.closed_at DESC LIMIT 1", task, ["TM_LastTryOver", "TM_RemindSupervisor"]
    )
    return str(timers.fire(SYSTEM, timer))


def _published(desk: Desk, _: Clock) -> str:
    task = _task("T7", CASEY)(desk, _)
    operations.approved(desk)
    return task


def _undone(desk: Desk, _: Clock) -> str:
    task = _published(desk, _)
    moves.go_on()
    publications.undo(actor(ROBIN), number("SELECT id FROM publication"))
    return task


def _to_undo(desk: Desk, _: Clock) -> int:
    _published(desk, _)
    moves.go_on()
    return number("SELECT id FROM publication")


def _of_task(act: Callable[[str], Act]) -> Act:
    """An act on the case of the matter, a task."""
    query = 'SELECT number FROM "case" c JOIN user_task t ON t.case_id = c.id WHERE t.id = %s'
    return lambda desk, task: act(rows(query, task)[0][0])(desk, 0)


def _withdraws(case: str) -> Act:
    return asks(AVERY, "POST", f"/cases/{case}/withdraw")


def _cancels(case: str) -> Act:
    return asks(AVERY, "POST", f"/cases/{case}/opened-in-error", {"reason": "begun_twice"})


def _suspends(_: Desk, __: Any) -> str:
    save_agreement(actor(ROBIN), "K-TEST-101", {"agency": "FWP", "status": "suspended"})
    return "done"


def _changed(desk: Desk, _: Clock) -> dict[str, str]:
    return operations.changed_folder(desk)


def _deploys(desk: Desk, files: Any) -> str:
    return str(operations.deploy(desk, files))


def _opens(**headers: str) -> Act:
    return asks(AVERY, "POST", "/cases", SEARCH, **headers)


def _once(kind: str, count: int = 1) -> Callable[[Any], bool]:
    """There are so many events of a kind."""
    return lambda _: number("SELECT count(*) FROM history_event WHERE kind = %s", kind) == count


def _cases(count: int) -> Callable[[Any], bool]:
    return lambda _: number('SELECT count(*) FROM "case"') == count


def _one_in_use(_: object) -> bool:
    """One version is in use for the area, and one for all areas."""
    query = "SELECT max(c) FROM (SELECT count(*) AS c FROM process_definition WHERE state = 'deployed' GROUP BY area_code) n"
    return number(query) == 1


def _nothing(*_: object) -> None:
    """A race that needs nothing prepared."""


CLOSED, TAKEN = "409 task_closed", "409 assigned_to_another"

RACES = [
    Race("claim, claim", _free_task, asks(AVERY, "POST", "/tasks/{}/claim"), asks(JORDAN, "POST", "/tasks/{}/claim"),
         ("200", TAKEN), (TAKEN, "200"), _once("task_claimed")),
    Race("claim, take the next", _free_task, asks(AVERY, "POST", "/tasks/{}/claim"), asks(JORDAN, "POST", "/worklist/next"),
         ("200", "409 nothing_free"), (TAKEN, "200"), _once("task_claimed")),
    Race("complete, complete", _free_task, completes(AVERY, "T2"), completes(JORDAN, "T2"),
         ("200", CLOSED), (CLOSED, "200"), _once("task_completed", 2)),
    Race("complete, release", _task("T2"), completes(AVERY, "T2"), asks(AVERY, "POST", "/tasks/{}/release"),
         ("200", CLOSED), ("200", "200"), _once("task_completed", 2)),
    Race("complete, reassign", _task("T2"), completes(AVERY, "T2"),
         asks(AVERY, "POST", "/tasks/{}/reassign", {"assignee": JORDAN}), ("200", CLOSED), (TAKEN, "200")),
    Race("two tabs, one page", _task("T2"), _sends_page, _sends_page, ("302", "302"), ("302", "302"),
         _once("task_completed", 2)),
    Race("two tabs, one key", _nothing, _opens(Idempotency_Key=KEY), _opens(Idempotency_Key=KEY),
         ("201", "201"), ("201", "201"), _cases(1)),
    Race("two tabs, two keys", _nothing, _opens(Idempotency_Key=KEY), _opens(Idempotency_Key="2"),
         ("201", "201"), ("201", "201"), _cases(2)),
    Race("one key, two requests", _nothing, _opens(Idempotency_Key=KEY),
         asks(AVERY, "POST", "/cases", {**SEARCH, "search_key": "eto_id"}, Idempotency_Key=KEY),
         ("201", "409 key_reused"), ("409 key_reused", "201"), _cases(1)),
    Race("complete, the time is over", _last_try, completes(AVERY, "T8"), _fires, ("200", "False"), (CLOSED, "True")),
    Race("complete, a reminder", _reminder_due, completes(CASEY, "T7"), _fires, ("200", "False"), ("200", "True")),
    Race("complete, withdraw", _task("T7", CASEY), completes(CASEY, "T7"), _of_task(_withdraws),
         ("200", "409 not_now"), (CLOSED, "200")),
    Race("complete, opened in error", _task("T7", CASEY), completes(CASEY, "T7"), _of_task(_cancels),
         ("200", "409 not_now"), (CLOSED, "200")),
    Race("deploy, start", _changed, _deploys, _opens(), ("2", "201"), ("2", "201"), _one_in_use),
    Race("complete, move", _published, completes(CASEY, "T7"), runs(moves.go_on), ("200", "ran"), ("200", "ran"),
         _once("publication_done")),
    Race("complete, move back", _undone, completes(CASEY, "T7"), runs(moves.go_on), ("200", "ran"), ("200", "ran"),
         _once("publication_undone")),
    Race("undo, undo", _to_undo, refusable(publications.undo, ROBIN), refusable(publications.undo, CASEY),
         ("done", "not_now"), ("not_now", "done"), _one_in_use),
    Race("approve, approve", lambda desk, _: operations.proposed(desk), refusable(publications.approve, KIM),
         refusable(publications.approve, CASEY), ("done", "not_now"), ("not_now", "done"), _one_in_use),
    Race("complete, the agreement is suspended", _task("T2"), completes(AVERY, "T2"), _suspends,
         ("200", "done"), ("200", "done"), also=frozenset({("403 held_by_agreement", "done")})),
    Race("read, anonymise", _long_closed, asks(CASEY, "GET", "/cases/{}"), runs(anonymise_due),
         ("200", "ran"), ("200", "ran"), _once("case_anonymised")),
    Race("two beats", _reminder_due, runs(timers.fire_due), runs(timers.fire_due), ("ran", "ran"), ("ran", "ran"),
         _once("timer_fired")),
    Race("two sweeps", _case, runs(outbox.sweep), runs(outbox.sweep), ("ran", "ran"), ("ran", "ran")),
]  # fmt: skip
