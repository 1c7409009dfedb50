"""Running through the plain interface: work, events, the clock, the log, saving and loading."""

import json

import pytest
from sketches import ids, node, process, timer

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
    first, *_, last = conformance.log()
    assert (first["element_id"], first["event"]) == ("s", "completed")
    assert (last["element_id"], last["event"]) == ("g", "incident")
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


def test_a_join_that_waits_for_ever_is_named(deployed):
    split, join = node("exclusiveGateway", "g", default="stuck_f3"), node("parallelGateway", "j")
    ways = ("s -> g", "g -> a if x == 1", "g -> b", "a -> j", "b -> j", "j -> e")
    deployed(process("stuck", START, split, node("task", "a"), node("task", "b"), join, END, *ways))
    one = conformance.start("stuck", {"x": 1})
    conformance.complete("a")
    assert conformance.state(one) == "waiting"
    (item,) = conformance.waiting(one)
    assert (item["element_id"], item["kind"]) == ("j", "join")
    with pytest.raises(conformance.Incident) as incident:
        conformance.fire(item)
    assert incident.value.element_id == "j"
    before = conformance.canonical(one)
    assert conformance.canonical(conformance.load(conformance.save(one))) == before
    assert ids(conformance.log(one)) == ["s", "g", "a"]


SIGNAL, MESSAGE = '<signal id="sg" name="SAMPLE signal"/>', '<message id="ms" name="SAMPLE message"/>'


def throw(kind: str, reference: str) -> str:
    """An intermediate event that throws."""
    return node("intermediateThrowEvent", "t", event(kind, reference))


def event(kind: str, reference: str) -> str:
    """The definition of a message or signal event."""
    return f'<{kind}EventDefinition {kind}Ref="{reference}"/>'


def listeners(kind: str, reference: str) -> tuple[str, str]:
    """A process that such an event starts, and one that waits for it."""
    started = process(
        "started", node("startEvent", "b1", event(kind, reference)), node("task", "b2"), "b1 -> b2"
    )
    caught = node("intermediateCatchEvent", "c2", event(kind, reference))
    return started, process("waits", node("startEvent", "c1"), caught, node("task", "c3"), "c1 -> c2 -> c3")


def test_a_signal_reaches_every_instance_and_starts_processes(deployed):
    deployed(
        SIGNAL,
        process("throws", START, throw("signal", "sg"), END, "s -> t -> e"),
        *listeners("signal", "sg"),
    )
    conformance.start("waits")
    conformance.start("waits")
    sender = conformance.start("throws")
    assert sorted(ids(conformance.ready_tasks())) == ["b2", "c3", "c3"]
    assert {entry["event"] for entry in conformance.log(sender) if entry["element_id"] == "t"} == {
        "signal",
        "completed",
    }


def test_a_message_reaches_one_instance_that_waits_or_else_starts_a_process(deployed):
    deployed(
        MESSAGE,
        process("throws", START, throw("message", "ms"), END, "s -> t -> e"),
        *listeners("message", "ms"),
    )
    conformance.start("waits")
    conformance.start("throws")
    assert ids(conformance.ready_tasks()) == ["c3"]
    conformance.start("throws")
    assert sorted(ids(conformance.ready_tasks())) == ["b2", "c3"]


def test_processes_that_start_each_other_for_ever_are_stopped(deployed):
    content = (node("startEvent", "b", event("signal", "sg")), throw("signal", "sg"), END, "b -> t -> e")
    deployed(SIGNAL, process("again", *content), max_steps=50)
    with pytest.raises(conformance.StepLimit):
        conformance.start("again")


def test_a_loop_without_a_wait_is_stopped(deployed):
    deployed(process("circle", START, node("intermediateThrowEvent", "t"), "s -> t -> t"), max_steps=50)
    with pytest.raises(conformance.StepLimit):
        conformance.start("circle")
    assert conformance.state() == "error"


def test_a_stubbed_run_takes_the_flows_in_turn(deployed):
    ways = ("s -> g", "g -> a if nobody knows", "g -> b if nor this", "a -> g", "b -> e")
    tasks = (node("scriptTask", "a", "<script>import os</script>"), node("task", "b"))
    deployed(process("turns", START, node("exclusiveGateway", "g"), *tasks, END, *ways), scripts="stub")
    one = conformance.start("turns")
    assert ids(conformance.log(one)) == ["s", "g", "a", "g"]
    assert ids(conformance.ready_tasks(one)) == ["b"]


def test_the_turn_is_saved(deployed):
    ways = ("s -> a -> g", "g -> a if nobody knows", "g -> b if nor this", "b -> e")
    elements = (node("exclusiveGateway", "g"), node("task", "a"), node("task", "b"))
    deployed(process("turns", START, *elements, END, *ways), scripts="stub")
    one = conformance.start("turns")
    conformance.complete("a")
    one = conformance.load(conformance.save(one))
    conformance.complete("a")
    assert ids(conformance.ready_tasks(one)) == ["b"]


def test_a_repeating_timer_fires_at_each_of_its_times(deployed):
    boundary = node(
        "boundaryEvent", "tick", timer("R3/PT10S", "timeCycle"), attachedToRef="u", cancelActivity="false"
    )
    deployed(process("ticks", START, node("userTask", "u"), boundary, END, "s -> u -> e"))
    one = conformance.start("ticks")
    for seconds, ticks in ((9, 0), (1, 1), (10, 2), (10, 3), (1000, 3)):
        conformance.advance(seconds)
        assert ids(conformance.log(one)).count("tick") == ticks
    conformance.complete("u")
    assert conformance.state(one) == "ended"


def test_what_is_handed_over_from_outside_may_be_wrong_but_never_crashes(deployed):
    deployed(TASKS)
    for data in ({"x": object()}, {7: 1}, {"x": float("nan")}, {"x": "y" * 10**7}):
        with pytest.raises(conformance.Incident):
            conformance.start("tasks", data)
    with pytest.raises(conformance.Incident):
        conformance.start("tasks", {}, "no_such_element")


@pytest.mark.parametrize("tag", ["exclusiveGateway", "inclusiveGateway", "complexGateway", "userTask"])
def test_a_stubbed_run_never_asks_a_condition_not_even_on_a_lone_flow(deployed, tag):
    deployed(process("lone", START, node(tag, "g"), END, "s -> g", "g -> e if v == 0"), scripts="stub")
    one = conformance.start("lone")
    for task in conformance.ready_tasks(one):
        conformance.complete(task)
    assert conformance.state(one) == "ended"
