"""The interface: what it lists, what it refuses, what a failure leaves behind."""

import logging
import threading
from datetime import UTC, datetime

import pytest
from bpmn_builder import files

import engine
from engine.expressions import WEEKDAYS

TEXT = """
start S
user A @Clerk
boundary T on=A timer='service_level("two_days")' interrupting=no
boundary M on=A message=stop
service V step=remind
end EV
service W step=note
call K process=inner @Boss
end E outcome=done
end EM
S -> A -> W -> K -> E
T -> V -> EV
M -> EM
"""
INNER = "start SI\n user I @Caller\n catch P signal=go\n end EI\n SI -> I -> P -> EI"
DEFINITION = engine.load(files(main=TEXT, inner=INNER), "main")


def nothing(element, data):
    """A step that does nothing."""


def start(step=nothing, **data):
    return engine.Instance.start(DEFINITION, data, step)


def work(instance, element):
    return next(item for item in instance.open_work() if item.element.id == element)


def test_open_work_says_everything_about_itself():
    instance = start(case=7)
    by_element = {item.element.id: item for item in instance.open_work()}
    assert {key: (item.kind, item.value, item.name) for key, item in by_element.items()} == {
        "A": ("user_task", None, None), "T": ("timer", "two_days", None), "M": ("message", None, "stop"),
    }  # fmt: skip
    assert by_element["A"].element is DEFINITION.elements["A"]
    assert (by_element["A"].lane, by_element["A"].calling_lanes, by_element["A"].process_id) == (
        "Clerk",
        (),
        "main",
    )
    instance.complete(by_element["A"].id, {})
    inside = work(instance, "I")
    assert (inside.lane, inside.calling_lanes, inside.process_id) == ("Caller", ("Boss",), "inner")
    instance.complete(inside.id, {})
    assert (work(instance, "P").kind, work(instance, "P").name) == ("signal", "go")


def test_an_id_stays_the_same_through_other_events_and_saving():
    instance = start()
    ids = {item.element.id: item.id for item in instance.open_work()}
    instance.fire(ids["T"])
    again = engine.Instance.load(DEFINITION, instance.dump(), nothing)
    assert {item.element.id: item.id for item in again.open_work()} == {"A": ids["A"], "M": ids["M"]}


def test_the_data_of_open_work_are_a_copy():
    instance = start(case=7)
    work(instance, "A").data["case"] = 8
    assert work(instance, "A").data == {"case": 7}


def test_the_trace_tells_what_happened_since():
    instance = start()
    assert [(trace.element.id, trace.event) for trace in instance.trace] == [
        ("S", "entered"), ("S", "completed"), ("A", "entered"),
    ]  # fmt: skip
    again = engine.Instance.load(DEFINITION, instance.dump(), nothing)
    assert again.trace == []
    again.receive("stop")
    assert [(trace.element.id, trace.event) for trace in again.trace] == [
        ("M", "entered"), ("A", "cancelled"), ("M", "completed"), ("EM", "entered"), ("EM", "completed"),
    ]  # fmt: skip


def test_what_does_not_wait_is_refused_and_nothing_changes():
    instance = start()
    before = instance.dump()
    timer = work(instance, "T").id
    for refused in (
        lambda: instance.complete("no-such-id", {}),
        lambda: instance.complete(timer, {}),
        lambda: instance.fire(work(instance, "A").id),
        lambda: instance.receive("unheard"),
    ):
        with pytest.raises(engine.NotWaiting):
            refused()
    assert instance.dump() == before
    assert instance.is_waiting_for("stop") and not instance.is_waiting_for("unheard")


def test_a_task_is_completed_once():
    instance = start()
    task = work(instance, "A").id
    instance.complete(task, {})
    with pytest.raises(engine.NotWaiting):
        instance.complete(task, {})


@pytest.mark.parametrize(
    "value",
    [1.5, [1], {"a": 1}, {1}, (1,), b"x", object(), 2**63, -(2**64)],
    ids=lambda value: type(value).__name__,
)
def test_data_that_are_not_flat_are_refused_before_anything_changes(value):
    instance = start()
    before = instance.dump()
    with pytest.raises(engine.NotFlat) as refusal:
        instance.complete(work(instance, "A").id, {"answer": value})
    assert "answer" in str(refusal.value)
    assert instance.dump() == before
    with pytest.raises(engine.NotFlat):
        start(answer=value)
    with pytest.raises(engine.NotFlat, match="The step note of W"):
        other = start(lambda element, data: {"answer": value})
        other.complete(work(other, "A").id, {})


@pytest.mark.parametrize("name", ["", "a b", "_x", "__class__", "true", "None", "1", "a.b"])
def test_names_of_variables_are_plain_words(name):
    with pytest.raises(engine.NotFlat):
        engine.Instance.start(DEFINITION, {name: 1}, nothing)


class HostFailure(Exception):
    """An exception of the host's own."""


def failing(element, data):
    raise HostFailure(element.step)


def test_an_exception_of_a_step_surfaces_as_itself_and_the_instance_is_spent():
    instance = start(failing)
    saved = instance.dump()
    with pytest.raises(HostFailure, match="note") as failure:
        instance.complete(work(instance, "A").id, {})
    assert type(failure.value) is HostFailure
    for spent in (
        instance.dump,
        lambda: instance.signal("go"),
        instance.cancel,
        lambda: instance.receive("stop"),
    ):
        with pytest.raises(engine.EngineError, match="load it again"):
            spent()
    again = engine.Instance.load(DEFINITION, saved, nothing)
    again.complete(work(again, "A").id, {})
    assert work(again, "I")


def test_a_step_cannot_move_the_instance_that_called_it():
    def reentrant(element, data):
        instance.signal("go")

    instance = start(reentrant)
    with pytest.raises(engine.EngineError, match="half way"):
        instance.complete(work(instance, "A").id, {})


def test_a_step_cannot_change_the_data_but_by_returning_them():
    def meddling(element, data):
        with pytest.raises(TypeError):
            data["case"] = 8
        return {"seen": data["case"]}

    instance = start(meddling, case=7)
    instance.complete(work(instance, "A").id, {})
    assert work(instance, "I").data == {"case": 7, "seen": 7}


def test_cancelling_ends_everything_without_a_path():
    instance = start()
    instance.complete(work(instance, "A").id, {})
    instance.cancel()
    assert instance.open_work() == []
    assert (instance.ended, instance.cancelled, instance.outcome) == (False, True, None)
    assert [trace.element.id for trace in instance.trace if trace.event == "cancelled"] == ["I", "K"]
    again = engine.Instance.load(DEFINITION, instance.dump(), nothing)
    assert (again.ended, again.cancelled, again.open_work()) == (False, True, [])
    for over in (instance, again):
        with pytest.raises(engine.NotWaiting):
            over.cancel()
        over.signal("go")
        assert (over.ended, over.open_work()) == (False, [])


def test_an_ended_instance_takes_nothing_more():
    instance = start()
    instance.receive("stop")
    assert (instance.ended, instance.outcome) == (True, None)
    again = engine.Instance.load(DEFINITION, instance.dump(), nothing)
    assert (again.ended, again.open_work()) == (True, [])
    for over in (instance, again):
        with pytest.raises(engine.NotWaiting):
            over.receive("stop")
        with pytest.raises(engine.NotWaiting):
            over.cancel()


def test_the_timer_text_is_evaluated_with_the_data_when_it_starts_to_wait():
    text = """
    start S
    user A @Clerk
    boundary T on=A timer='"P1D" if urgent else service_level("slow")' interrupting=no
    boundary D on=A date=due interrupting=no
    end E
    S -> A -> E
    T -> E
    D -> E
    """
    definition = engine.load(files(main=text), "main")
    values = [
        sorted(
            item.value for item in engine.Instance.start(definition, data, nothing).open_work() if item.value
        )
        for data in ({"urgent": True, "due": "d1"}, {"urgent": False, "due": "d2"})
    ]
    assert values == [["P1D", "d1"], ["d2", "slow"]]
    for data in ({}, {"urgent": True, "due": 3}, {"urgent": 1, "due": "d"}, {"urgent": True, "due": ""}):
        with pytest.raises(engine.Incident) as refusal:
            engine.Instance.start(definition, data, nothing)
        assert refusal.value.element_id in ("T", "D")


def test_no_log_record_carries_data(caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("spiff").setLevel(logging.DEBUG)
    instance = start(answer="SAMPLE-VALUE")
    instance.complete(work(instance, "A").id, {})
    instance.cancel()
    for record in caplog.records:
        assert "SAMPLE-VALUE" not in str(vars(record))


@pytest.mark.parametrize("restored", [False, True])
def test_no_path_of_the_script_engine_runs_python(restored, tmp_path):
    """SpiffWorkflow would `eval` and `exec`: through its engine, and past it through the environment."""
    instance = start()
    if restored:
        instance = engine.Instance.load(DEFINITION, instance.dump(), nothing)
    scripts = instance._run.script_engine
    task = next(iter(instance._run.people.values()))
    mark = tmp_path / "ran"
    attack = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    for attempt in (
        lambda: scripts.environment.evaluate(attack, {}),
        lambda: scripts.environment.execute(attack, {}),
        lambda: scripts.environment.call_service({}, operation_name=attack),
        lambda: scripts.evaluate(task, attack),
        lambda: scripts.execute(task, attack),
        lambda: scripts.validate(attack),
    ):
        with pytest.raises(engine.EngineError):
            attempt()
    assert not mark.exists()


def test_one_definition_serves_many_threads():
    outcomes, failures = [], []

    def live() -> None:
        try:
            for _ in range(20):
                instance = start()
                instance.fire(work(instance, "T").id)
                for element in ("A", "I"):
                    instance = engine.Instance.load(DEFINITION, instance.dump(), nothing)
                    instance.complete(work(instance, element).id, {})
                instance.signal("go")
                outcomes.append(instance.outcome)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=live) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert outcomes == ["done"] * 160


def test_a_condition_may_ask_for_the_day_and_the_business_calendar_of_the_host():
    text = "start S\n user A @Clerk\n xor G\n end E outcome=late\n end F outcome=soon\n S -> A -> G\n"
    condition = 'business_days_between(date("2026-11-20"), today()) > 1'
    definition = engine.load(files(main=f"{text}G -> E if {condition}\nG -> F"), "main")
    for day, outcome in ((23, "soon"), (24, "late")):
        lent = engine.Context(datetime(2026, 11, day, 12, tzinfo=UTC), WEEKDAYS)
        instance = engine.Instance.start(definition, {}, nothing, context=lent)
        again = engine.Instance.load(definition, instance.dump(), nothing, context=lent)
        again.complete(work(again, "A").id, {})
        assert again.outcome == outcome
