"""Running through the plain interface: work, events, the clock, the log, saving and loading."""

import json

import pytest
from conftest import ids, node, process, timer

from engine import conformance

START, END = node("startEvent", "s"), node("endEvent", "e")
TASKS = process("tasks", START, node("userTask", "a"), node("manualTask", "b"), END, "s -> a -> b -> e")
CLOCKS = process(
    "clocks", START, node("parallelGateway", "p"), node("intermediateCatchEvent", "late", timer("PT1H")),
    node("intermediateCatchEvent", "early", timer("PT5M")), node("userTask", "u"),
    node("boundaryEvent", "first", timer("PT1M"), attachedToRef="u"), "s -> p -> late", "p -> early", "p -> u",
)  # fmt: skip


def test_a_task_is_completed_by_its_item_its_id_or_its_element(deployed):
    deployed(TASKS)
    for name in (lambda task: task, lambda task: task["id"], lambda task: task["element_id"]):
        one = conformance.start("tasks")
        (task,) = conformance.ready_tasks(one)
        assert (task["instance"], task["element_id"], task["kind"], task["name"]) == (
            one,
            "a",
            "userTask",
            "Name of a",
        )
        conformance.complete(name(task))
        assert ids(conformance.ready_tasks(one)) == ["b"]
        conformance.complete(name(conformance.ready_tasks(one)[0]), {"done": True})
        assert conformance.state(one) == "ended"


def test_every_function_takes_no_instance_for_all_or_the_last(deployed):
    deployed(TASKS)
    first, last = conformance.start("tasks"), conformance.start("tasks")
    assert [task["instance"] for task in conformance.ready_tasks()] == [first, last]
    assert conformance.canonical() == conformance.canonical(last) == conformance.canonical(first)
    assert {entry["instance"] for entry in conformance.log()} == {first, last}
    assert json.loads(conformance.save())["id"] == last
    conformance.complete(conformance.ready_tasks(last)[0])
    assert conformance.state() == "waiting"
    assert conformance.canonical(first) != conformance.canonical(last)


def test_the_log_says_what_was_completed_in_order(deployed):
    deployed(TASKS)
    one = conformance.start("tasks")
    conformance.complete("a")
    conformance.complete("b")
    kinds = [("s", "startEvent"), ("a", "userTask"), ("b", "manualTask"), ("e", "endEvent")]
    assert conformance.log(one) == [
        {"instance": one, "definition": "tasks", "element_id": element, "kind": kind, "event": "completed"}
        for element, kind in kinds
    ]
    conformance.log(one)[0]["event"] = "changed"
    assert conformance.log()[0]["event"] == "completed"


def test_what_is_not_open_or_not_known_is_an_incident(deployed):
    deployed(TASKS)
    conformance.start("tasks")
    (task,) = conformance.ready_tasks()
    conformance.complete(task)
    refused = (
        lambda: conformance.complete(task), lambda: conformance.fire(task), lambda: conformance.state("none"),
        lambda: conformance.start("none"), lambda: conformance.load("{}"), lambda: conformance.load("no JSON"),
    )  # fmt: skip
    for call in refused:
        with pytest.raises(conformance.Incident):
            call()
    assert conformance.state() == "waiting"


def test_a_condition_without_an_answer_is_an_incident_with_its_log(deployed):
    deployed(
        process(
            "choice",
            START,
            node("exclusiveGateway", "g"),
            END,
            node("endEvent", "f"),
            "s -> g",
            "g -> e if x == 1",
            "g -> f if x == 2",
        )
    )
    with pytest.raises(conformance.Incident) as incident:
        conformance.start("choice", {"x": 3})
    assert incident.value.element_id == "g"
    assert conformance.state() == "error"
    assert [(entry["element_id"], entry["event"]) for entry in conformance.log()] == [
        ("s", "completed"),
        ("g", "incident"),
    ]
    assert (conformance.ready_tasks(), conformance.waiting()) == ([], [])
    with pytest.raises(conformance.Incident):
        conformance.save()


def test_the_clock_fires_timers_in_their_order(deployed):
    deployed(CLOCKS)
    one = conformance.start("clocks")
    assert {(event["element_id"], event["kind"]) for event in conformance.waiting(one)} == {
        ("late", "timer"), ("early", "timer"), ("first", "timer"),
    }  # fmt: skip
    conformance.advance(59)
    assert ids(conformance.log(one)) == ["s", "p"]
    conformance.advance(1)
    assert ids(conformance.log(one))[2:] == ["first"]
    conformance.advance(7200)
    assert ids(conformance.log(one))[3:] == ["early", "late"]
    assert conformance.state(one) == "ended"


def test_a_waiting_event_is_fired_by_hand(deployed):
    deployed(CLOCKS)
    one = conformance.start("clocks")
    conformance.fire("late")
    assert ids(conformance.log(one))[2:] == ["late"]
    assert "late" not in ids(conformance.waiting(one))


def test_a_saved_instance_is_again_as_it_was_then(deployed):
    deployed(CLOCKS)
    one = conformance.start("clocks")
    conformance.advance(30)
    text, before = conformance.save(one), conformance.canonical(one)
    conformance.advance(7200)
    ended = conformance.log(one)
    assert conformance.load(text) == one
    assert conformance.canonical(one) == before
    assert ids(conformance.log(one)) == ["s", "p"]
    conformance.advance(7200)
    assert conformance.log(one) == ended


def test_a_saved_instance_is_loaded_into_a_fresh_engine(deployed):
    deployed(CLOCKS)
    conformance.start("clocks")
    conformance.advance(200)
    text, before = conformance.save(), conformance.canonical()
    deployed(CLOCKS)
    one = conformance.load(text)
    assert conformance.canonical(one) == before
    conformance.advance(99)
    assert "early" not in ids(conformance.log(one))
    conformance.advance(1)
    assert "early" in ids(conformance.log(one))


def test_equal_states_of_two_instances_are_equal_and_others_are_not(deployed):
    deployed(CLOCKS)
    first, second = conformance.start("clocks"), conformance.start("clocks")
    assert conformance.canonical(first) == conformance.canonical(second)
    conformance.fire(next(event for event in conformance.waiting(first) if event["element_id"] == "early"))
    assert conformance.canonical(first) != conformance.canonical(second)
