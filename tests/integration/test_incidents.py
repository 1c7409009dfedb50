"""A case that cannot go on: everything before it stands, an incident is left, what was typed is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine, select, text

import engine
from engine.errors import Stuck
from tests.desk import AVERY, CASEY, REMY, SOL, Clock, Desk
from tests.integration.acting import actor, browser, stored
from workflows import incidents, receivers, steps
from workflows.commands import agreements, cases, user_tasks
from workflows.db import DatabaseFailed, transaction
from workflows.errors import Busy, Incident
from workflows.history import HistoryEvent
from workflows.incidents import MOST_ATTEMPTS, CaseIncident
from workflows.instances import ProcessInstance
from workflows.settings import PROJECT
from workflows.steps import Context
from workflows.timers import Timer

CANARY = "Pennywhistle-the-canary"
Break = Callable[..., None]


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Have a step fail, for one case alone when one is named."""

    def put(step: str, error: BaseException | Any, case: str | None = None) -> None:
        usual = steps.STEPS[step]

        def broken(context: Context) -> Any:
            if case not in (None, context.case.number):
                return usual(context)
            if isinstance(error, BaseException):
                raise error
            return error

        monkeypatch.setitem(steps.STEPS, step, broken)

    return put


def rows() -> list[CaseIncident]:
    with transaction() as db:
        return list(db.scalars(select(CaseIncident).order_by(CaseIncident.id)))


def only() -> CaseIncident:
    found = rows()
    assert len(found) == 1, [row.same_as for row in found]
    return found[0]


def to_t5(desk: Desk) -> str:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    return number


def state_of(database: Engine) -> list[Any]:
    """Everything of the cases but what an incident may add: drafts, claims and history."""
    tables = ('"case"', "process_instance", "client_facts", "task_record", "note", "outbox_message", "timer")
    with database.connect() as connection:
        return [connection.execute(text(f"SELECT t::text FROM {name} t ORDER BY 1")).all() for name in tables]


FAILURES = {
    "a fault of ours": (RuntimeError(CANARY), "RuntimeError"),
    "nothing flat": ({"x": [CANARY]}, "NotFlat"),
    "round in circles": (engine.StepLimit("More than 10 steps without a wait.", "E"), "StepLimit"),
    "nothing left": (Stuck("Nothing is left that could happen.", "E"), "Stuck"),
    "no answer": (engine.Incident("A condition cannot be answered.", "E"), "Incident"),
    "an error nobody catches": (engine.BpmnError(CANARY), "Uncaught"),
    "an expression": (engine.ExpressionError("It is outside of the language."), "ExpressionError"),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_every_failure_of_a_completion_leaves_the_case_as_it_was(
    desk: Desk, database: Engine, breaks: Break, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    error, name = FAILURES[kind]
    number = to_t5(desk)
    task = desk.task(AVERY, number, "T5")["id"]
    before, history = state_of(database), desk.history(AVERY, number)
    breaks("notify_supervisor", error)
    answer = desk.answer(AVERY, number, "T5")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "incident")
    assert state_of(database) == before
    assert desk.history(AVERY, number) == [*history, "incident_met"]
    row = only()
    assert (row.kind, row.tried, row.subject, row.count, row.status) == (name, "complete", task, 1, "open")
    assert row.reference in answer.json["error"]["message"]
    assert row.cause.endswith(".")
    assert desk.labels(AVERY, number) == {"T5"}
    for place in (answer.get_data(as_text=True), f"{row.cause}{row.same_as}{row.name}", caplog.text):
        assert CANARY not in place


def test_where_a_step_fails_is_named_as_it_is_drawn(desk: Desk, breaks: Break) -> None:
    breaks("notify_supervisor", RuntimeError())
    desk.answer(AVERY, to_t5(desk), "T5")
    row = only()
    drawn = engine_name("notify_supervisor")
    assert (row.element, row.element_name) == drawn
    assert row.cause == "A part of the product failed (RuntimeError)."


def engine_name(step: str) -> tuple[str, str]:
    """Id and name of the element that calls a step, as the file draws it."""
    file = PROJECT / "bpmn" / "opt_in_5512pro" / "opt_in_request.bpmn"
    operator = next(
        node for node in etree.parse(file).iter("{*}serviceTaskOperator") if node.get("id") == step
    )
    task = operator.getparent().getparent()
    return task.get("id"), task.get("name")


def test_what_was_typed_is_kept_as_the_draft(desk: Desk, breaks: Break) -> None:
    number = to_t5(desk)
    breaks("notify_supervisor", RuntimeError())
    answer = desk.answer(AVERY, number, "T5", reason="Wants a welding course in spring.")
    assert "kept as a draft" in answer.json["error"]["message"]
    task = desk.get(AVERY, f"/tasks/{desk.task(AVERY, number, 'T5')['id']}")
    assert task["draft"]["reason"] == "Wants a welding course in spring."
    assert task["draft"]["client_first_name"] == "Marlo"
    assert only().draft_kept


def test_no_value_reaches_the_incident_or_the_history(desk: Desk, database: Engine, breaks: Break) -> None:
    number = to_t5(desk)
    breaks("notify_supervisor", ValueError("Marlo Pennywhistle 360-555-0101"))
    desk.answer(AVERY, number, "T5")
    with database.connect() as connection:
        connection.execute(text("DELETE FROM task_draft"))
        connection.commit()
    kept = stored(database)
    assert "Pennywhistle" not in kept
    assert "555-0101" not in kept


def test_the_same_failure_counts_up_and_says_so_once(desk: Desk, breaks: Break) -> None:
    number = to_t5(desk)
    breaks("notify_supervisor", RuntimeError())
    references = {desk.answer(AVERY, number, "T5").json["error"]["message"] for _ in range(3)}
    assert len(references) == 1
    assert only().count == 3
    assert desk.history(AVERY, number).count("incident_met") == 1
    breaks("check_duplicates", RuntimeError())
    desk.answer(AVERY, number, "T5")
    assert [row.count for row in rows()] == [3, 1], "it stands elsewhere"


def test_a_refusal_is_no_incident(desk: Desk, breaks: Break) -> None:
    number = to_t5(desk)
    desk.do(AVERY, number, "T5")
    second = to_t5(desk)
    assert desk.answer(AVERY, second, "T5").json["error"]["code"] == "duplicate_case"
    assert rows() == []


def test_an_ssn_is_refused_before_anything_is_kept(desk: Desk, database: Engine, breaks: Break) -> None:
    number = to_t5(desk)
    breaks("notify_supervisor", RuntimeError())
    assert desk.answer(AVERY, number, "T5", reason="her number is 900-12-3456").status_code == 422
    assert rows() == []
    assert "900-12-3456" not in stored(database)


def test_completing_it_after_all_ends_the_incident(desk: Desk, clock: Clock, breaks: Break) -> None:
    number = to_t5(desk)
    usual = steps.STEPS["notify_supervisor"]
    breaks("notify_supervisor", RuntimeError())
    desk.answer(AVERY, number, "T5")
    steps.STEPS["notify_supervisor"] = usual
    desk.do(AVERY, number, "T5")
    assert desk.outcome(number) == ("submitted", None)
    clock.tick()
    assert only().status == "resolved"
    assert "incident_resolved" in desk.history(CASEY, number)


def test_a_start_that_fails_leaves_no_case_and_an_incident(desk: Desk, breaks: Break) -> None:
    breaks("check_may_open", RuntimeError(CANARY))
    body = {"office": "WSK", "search_key": "name", "total_own": 0}
    answer = desk.call(AVERY, "POST", "/cases", body)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "incident")
    desk.call(AVERY, "POST", "/cases", body)
    row = only()
    assert (row.case_id, row.tried, row.count, row.area_code) == (None, "start", 2, "OLY")
    assert row.element_name
    assert desk.get(AVERY, "/cases")["items"] == []
    with transaction() as db:
        met = list(db.scalars(select(HistoryEvent).where(HistoryEvent.kind == "incident_met")))
    assert [event.case_id for event in met] == [None]


@pytest.mark.parametrize(
    ("verb", "step"),
    [("withdraw", "notify_partner_withdrawn"), ("opened-in-error", "purge_client_facts")],
)
def test_a_message_that_fails_is_an_incident(
    desk: Desk, database: Engine, breaks: Break, verb: str, step: str
) -> None:
    number = desk.to_request()
    before = state_of(database)
    breaks(step, RuntimeError(CANARY))
    body = {"reason": "practice"} if verb == "opened-in-error" else None
    answer = desk.call(CASEY, "POST", f"/cases/{number}/{verb}", body)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "incident")
    assert state_of(database) == before
    assert only().tried == verb.replace("-", "_")
    assert desk.labels(CASEY, number) == {"T7"}


def test_a_wish_to_opt_out_that_fails_is_kept_with_the_case_it_came_from(desk: Desk, breaks: Break) -> None:
    number = desk.to_opted_in()
    breaks("notify_opt_out_again_wanted", RuntimeError())
    assert desk.call(CASEY, "POST", f"/cases/{number}/opt-out-again").status_code == 409
    row = only()
    with transaction() as db:
        assert db.get_one(ProcessInstance, row.case_id)
    assert (row.tried, row.subject) == ("opt_out_again", number)
    assert "incident_met" in desk.history(CASEY, number)


def test_a_failure_in_a_linked_case_is_that_cases(desk: Desk, breaks: Break) -> None:
    first, second = desk.to_decision(), desk.to_request(REMY, "WSJ")
    for label in ("RO1", "RO2", "RO3"):
        desk.do(CASEY, first, label)
    damage(second)
    assert desk.answer(CASEY, first, "RO4").status_code == 409
    row = only()
    assert (row.kind, row.tried) == ("DamagedState", "complete")
    assert "incident_met" in desk.history(CASEY, second)
    assert "incident_met" not in desk.history(CASEY, first)
    assert "incident_met" not in desk.history(REMY, second), "the partner learns nothing of another's task"
    assert desk.labels(CASEY, first) == {"RO4"}


def damage(number: str) -> None:
    """Cut off the end of a saved state."""
    with transaction() as db:
        numbered = select(steps.Case.id).where(steps.Case.number == number).scalar_subquery()
        row = db.scalars(select(ProcessInstance).where(ProcessInstance.case_id == numbered)).one()
        row.state = row.state[:-7]


def test_a_damaged_state_is_named_and_the_case_stays_readable(desk: Desk) -> None:
    number = desk.to_request()
    damage(number)
    assert desk.answer(CASEY, number, "T7").status_code == 409
    assert desk.call(CASEY, "POST", f"/cases/{number}/withdraw").status_code == 409
    assert [(row.kind, row.tried) for row in rows()] == [
        ("DamagedState", "complete"),
        ("DamagedState", "withdraw"),
    ]
    assert rows()[0].cause.startswith("The saved state of the process is damaged.")
    assert desk.case(CASEY, number)["number"] == number
    for who in (AVERY, CASEY):
        page = browser(desk, who).get(f"/cases/{number}")
        assert page.status_code == 200
        assert "could not go on" in page.get_data(as_text=True)


def test_a_process_that_does_not_wait_for_what_the_rows_say_is_an_incident(desk: Desk) -> None:
    first, second = desk.to_request(), desk.to_request(**SOL)
    assert first != second
    with transaction() as db:
        one, other = db.scalars(select(ProcessInstance).order_by(ProcessInstance.case_id))
        one.state = other.state
    assert desk.answer(CASEY, first, "T7").status_code == 409
    assert only().kind == "NotWaiting"


# The clock


def test_a_timer_that_fails_holds_up_no_neighbour_and_is_set_aside(
    desk: Desk, clock: Clock, breaks: Break
) -> None:
    sick, sound = desk.to_request(), desk.to_request(**SOL)
    breaks("remind_supervisor", RuntimeError(CANARY), sick)
    clock.move(days=1, minutes=1)
    assert "remind_supervisor" in desk.kinds(sound)
    assert "remind_supervisor" not in desk.kinds(sick)
    row = only()
    assert (row.tried, row.count, row.person_id) == ("timer", 1, None)
    for _ in range(12):
        clock.move(hours=1)
    assert only().count == MOST_ATTEMPTS, "the clock has given up by itself"
    with transaction() as db:
        timer = db.get_one(Timer, row.subject)
    assert (timer.attempts, timer.closed_at) == (MOST_ATTEMPTS, None)
    assert desk.history(CASEY, sick).count("incident_met") == 1
    assert desk.history(CASEY, sick).count("timer_fired") == 0
    assert "incident_met" not in desk.history(AVERY, sick), "the supervisor's reminder is ESD's own work"


def test_the_clock_waits_longer_each_time(desk: Desk, clock: Clock, breaks: Break) -> None:
    number = desk.to_request()
    breaks("remind_supervisor", RuntimeError(), number)
    clock.move(days=1, minutes=1)
    counts = []
    for _ in range(6):
        clock.move(minutes=10, seconds=1)
        counts.append(only().count)
    assert counts == [2, 2, 3, 3, 3, 4]


def test_a_busy_case_is_no_incident_and_counts_for_nothing(desk: Desk, clock: Clock, breaks: Break) -> None:
    number = desk.to_request()
    usual = steps.STEPS["remind_supervisor"]
    breaks("remind_supervisor", Busy())
    clock.move(days=1, minutes=1)
    assert rows() == []
    with transaction() as db:
        assert {timer.attempts for timer in db.scalars(select(Timer))} == {0}
    steps.STEPS["remind_supervisor"] = usual
    clock.move(minutes=11)
    assert "remind_supervisor" in desk.kinds(number)


def test_a_reminder_that_fails_rests_for_an_hour(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.to_decision()
    desk.record_edit(number)

    def broken(*_: Any) -> Any:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(receivers, "holders", broken)
    clock.move(days=3)
    clock.tick()
    row = only()
    task = desk.task(AVERY, number, "T10")
    assert (row.tried, row.subject, row.name, row.count) == ("remind", task["id"], task["name"], 1)
    clock.move(hours=1, minutes=1)
    assert only().count == 2


def test_a_review_that_fails_is_an_incident_of_its_case(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.to_request()

    def broken(*_: Any) -> Any:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(agreements, "_tell_of_age", broken)
    agreements.review()
    agreements.review()
    assert (only().tried, only().subject, only().count) == ("review", number, 2)


# Where it cannot be written


def test_when_nothing_can_be_written_the_person_is_told_no_fairy_tale(
    desk: Desk, breaks: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = to_t5(desk)
    breaks("notify_supervisor", RuntimeError())

    def away(*_: Any, **__: Any) -> Any:
        raise DatabaseFailed("OperationalError")

    monkeypatch.setattr(incidents, "_kept", away)
    message = desk.answer(AVERY, number, "T5").json["error"]["message"]
    assert "P-" not in message
    assert "tell your administrator" in message
    assert rows() == []


def test_a_draft_that_cannot_be_kept_is_not_promised(
    desk: Desk, breaks: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = to_t5(desk)
    breaks("notify_supervisor", RuntimeError())

    def away(*_: Any) -> Any:
        raise DatabaseFailed("OperationalError")

    monkeypatch.setattr(user_tasks, "save_draft", away)
    assert "draft" not in desk.answer(AVERY, number, "T5").json["error"]["message"]
    assert not only().draft_kept


def test_the_commands_raise_what_was_written(desk: Desk, breaks: Break) -> None:
    number = desk.to_request()
    breaks("notify_partner_withdrawn", RuntimeError())
    with pytest.raises(Incident) as met:
        cases.withdraw(actor(CASEY), number)
    assert met.value.met is not None
    assert (met.value.met.tried, met.value.met.case_number) == ("withdraw", number)
