"""Standard loops and multi-instance activities (BPMN 2.0.2, 10.3.8, 13.3.6, 13.3.7)."""

import pytest
from both_ways import both_ways

import engine

LOOP = "start S\n user A {marker}\n user C\n end E\n S -> A -> C -> E"


def loop(marker: str) -> str:
    """A task with a marker, and one behind it."""
    return LOOP.format(marker=marker)


def test_a_loop_that_tests_afterwards_runs_at_least_once():
    """13.3.6: testBefore false: the condition is asked after each round."""
    walk = both_ways(loop('while="x < 2"'), data={"x": 5})
    assert walk.open == ["A"]
    assert walk.play("A").open == ["C"]


def test_a_loop_that_tests_before_may_not_run_at_all():
    """13.3.6: testBefore true: the condition is asked before the first round too."""
    assert both_ways(loop('while="x < 2" before=yes'), data={"x": 5}).open == ["C"]
    assert both_ways(loop('while="x < 2" before=yes'), data={"x": 0}).open == ["A"]


def test_a_loop_runs_as_long_as_its_condition_holds():
    """13.3.6: each round sees what the last one wrote."""
    walk = both_ways(loop('while="x < 3"'), *[("A", {"x": x}) for x in (1, 2, 3)], data={"x": 0})
    assert (walk.open, walk.completed.count("A")) == (["C"], 3)


@pytest.mark.parametrize(("most", "rounds"), [(1, 1), (3, 3)])
def test_a_loop_never_runs_more_often_than_its_maximum(most, rounds):
    """13.3.6: loopMaximum bounds the rounds."""
    walk = both_ways(loop(f'while="True" most={most}'), *["A"] * rounds)
    assert walk.open == ["C"]


def test_a_loop_with_maximum_zero_that_tests_before_does_not_run():
    """13.3.6: the bound is reached before the first round."""
    assert both_ways(loop('while="True" most=0 before=yes')).open == ["C"]


def test_a_loop_knows_the_number_of_its_round():
    """10.3.8: loopCounter counts the rounds and can be read inside."""
    walk = both_ways(loop('while="loopCounter < 2"'))
    assert walk.data("A")["loopCounter"] == 1
    assert walk.play("A").data("A")["loopCounter"] == 2
    assert walk.play("A").open == ["C"]


def test_a_loop_over_a_sub_process():
    """13.3.6: each round is a new instance of the sub-process."""
    text = 'start S\n sub Z while="again" {\n user A\n user B\n A -> B\n }\n user C\n S -> Z -> C'
    walk = both_ways(text, "A", ("B", {"again": True}), "A", ("B", {"again": False}))
    assert walk.open == ["C"]


def test_a_loop_with_a_condition_that_has_no_answer_is_an_incident():
    """13.3.6: a condition over a missing name decides nothing."""
    with pytest.raises(engine.Incident, match="loop") as refusal:
        both_ways(loop('while="missing < 2"'), "A")
    assert refusal.value.element_id == "A"


def test_parallel_instances_are_open_together():
    """13.3.7: all instances begin at once; the activity is complete when all of them are."""
    walk = both_ways(loop("times=3"))
    assert walk.open == ["A", "A", "A"]
    assert [w.index for w in walk.kept.open_work()] == [0, 1, 2]
    assert walk.play("A#2", "A#0").open == ["A"]
    assert walk.play("A#1").open == ["C"]


def test_sequential_instances_come_one_after_the_other():
    """13.3.7: isSequential: the next one begins when the last one is complete."""
    walk = both_ways(loop("times=3 sequential=yes"))
    for index in range(3):
        assert [(w.element.id, w.index) for w in walk.kept.open_work()] == [("A", index)]
        walk.play("A")
    assert walk.open == ["C"]


@pytest.mark.parametrize(
    "marker", ["times=0", "times=0 sequential=yes", "each=names", "each=names sequential=yes"]
)
def test_no_instances_let_the_activity_pass(marker):
    """13.3.7: zero instances: the activity is complete at once, and one token goes on."""
    walk = both_ways(loop(marker), data={"names": []})
    assert (walk.open, walk.completed.count("A")) == (["C"], 0)


def test_no_instances_leave_no_boundary_event_behind():
    """13.3.7, 13.5.3: what is complete has no armed events."""
    text = loop("times=0") + "\n boundary B on=A message=m\n user H\n B -> H"
    assert both_ways(text).open == ["C"]


def test_the_number_of_instances_is_asked_once():
    """13.3.7: loopCardinality is evaluated when the activity begins."""
    walk = both_ways(loop("times=n sequential=yes"), ("A", {"n": 9}), ("A", {"n": 9}), data={"n": 2})
    assert walk.open == ["C"]


@pytest.mark.parametrize("number", [-1, True, "3", None, 1.5])
def test_a_number_of_instances_that_is_none_is_an_incident(number):
    """13.3.7: loopCardinality is a whole number."""
    with pytest.raises(engine.Incident, match="number of instances"):
        both_ways(loop("times=n"), data={"n": number})


def test_more_instances_than_allowed_are_an_incident():
    """The limit is the engine's own: a typing error must not open a million tasks."""
    with pytest.raises(engine.Incident, match="more than 5"):
        both_ways(loop("times=6"), limits=engine.Limits(instances=5))


def test_each_instance_gets_its_part_of_the_collection():
    """10.3.8: inputDataItem is the instance's part of loopDataInput."""
    walk = both_ways(loop("each=names item=name"), data={"names": ["x", "y", "z"]})
    assert [work.data["name"] for work in walk.kept.open_work()] == ["x", "y", "z"]


def test_a_collection_that_is_no_list_is_an_incident():
    """10.3.8: loopDataInput is a collection."""
    with pytest.raises(engine.Incident, match="not a list"):
        both_ways(loop("each=names item=name"), data={"names": "xyz"})


def test_a_completion_condition_ends_the_rest():
    """13.3.7: asked after each instance; when it holds, the instances left are cancelled and one token goes on."""
    walk = both_ways(loop('times=4 until="numberOfCompletedInstances == 2"'), "A#3")
    assert walk.open == ["A", "A", "A"]
    walk.play("A#0")
    assert (walk.open, walk.cancelled) == (["C"], ["A", "A"])


def test_a_completion_condition_ends_a_sequence():
    """13.3.7: no further instance begins."""
    walk = both_ways(
        loop('times=4 sequential=yes until="found"'), ("A", {"found": False}), ("A", {"found": True})
    )
    assert (walk.open, walk.completed.count("A")) == (["C"], 2)


def test_the_counters_of_instances_can_be_read():
    """10.3.8, table 10.31: numberOfInstances, of active and of completed ones."""
    until = "numberOfInstances == 3 and numberOfCompletedInstances == 2 and numberOfActiveInstances == 1"
    assert both_ways(loop(f'times=3 until="{until}"'), "A", "A").open == ["C"]


def test_an_instance_sees_its_own_data_and_changes_are_merged():
    """10.3.8: what instances change is taken over when they complete, the last one counting."""
    walk = both_ways(
        loop("times=3"), ("A#0", {"a": 1, "x": "first"}), ("A#2", {"c": 3, "x": "second"}), data={"x": ""}
    )
    assert walk.data("A") == {"x": "", "loopCounter": 1}
    walk.play(("A#1", {}))
    assert {key: walk.data("C")[key] for key in "acx"} == {"a": 1, "c": 3, "x": "second"}


def test_what_an_instance_did_not_change_does_not_overwrite():
    """10.3.8: an instance that only carries a value does not write it back."""
    walk = both_ways(loop("times=2"), ("A#0", {"x": "new"}), ("A#1", {}), data={"x": "old"})
    assert walk.data("C")["x"] == "new"


BOUNDARY = """
start S
user A {marker}
boundary B on=A {what}
user H
user C
end E
S -> A -> C -> E
B -> H -> E
"""
MARKERS = ["times=3", "times=3 sequential=yes", 'while="True" most=3']


@pytest.mark.parametrize("marker", MARKERS)
def test_an_interrupting_boundary_event_ends_all_instances(marker):
    """13.3.7, 13.5.3: the event is attached to the activity as a whole."""
    walk = both_ways(BOUNDARY.format(marker=marker, what="message=m"), "A", "<m")
    assert walk.open == ["H"]
    assert walk.play("H").end == "ended"


@pytest.mark.parametrize("marker", MARKERS)
def test_a_boundary_event_that_does_not_interrupt_stays_through_all_rounds(marker):
    """13.3.7, 13.5.3: it is armed once for the activity, and gone with its last instance."""
    walk = both_ways(BOUNDARY.format(marker=marker, what="message=m interrupting=no"), "<m", "A", "A", "<m")
    assert walk.open == ["A", "B", "H", "H"]
    assert walk.play("A").open == ["C", "H", "H"]


def test_instances_within_instances():
    """13.3.7: an inner activity has its instances in each outer one."""
    text = """
    start S
    sub Z times=2 {
    start SZ
    user A times=2
    end EZ
    SZ -> A -> EZ
    }
    user C
    S -> Z -> C
    """
    walk = both_ways(text)
    assert walk.open == ["A"] * 4
    assert walk.play("A", "A", "A").open == ["A"]
    assert walk.play("A").open == ["C"]


def test_a_sequence_within_parallel_instances():
    """13.3.7: each outer instance turns at its own pace."""
    text = """
    start S
    sub Z times=2 {
    start SZ
    user A times=2 sequential=yes
    end EZ
    SZ -> A -> EZ
    }
    user C
    S -> Z -> C
    """
    walk = both_ways(text, "A", "A")
    assert walk.open == ["A"] * (1 if "EZ" in walk.completed else 2)
    while "A" in walk.open:
        walk.play("A")
    assert (walk.open, walk.completed.count("A"), walk.completed.count("Z")) == (["C"], 4, 2)


def test_a_call_activity_with_instances():
    """13.3.7, 13.3.4: each instance calls a process of its own."""
    main = "start S\n call K process=inner each=names item=name\n user C\n end E\n S -> K -> C -> E"
    inner = "start I\n user A\n end EI\n I -> A -> EI"
    walk = both_ways({"main": main, "inner": inner}, data={"names": ["x", "y"]})
    assert sorted(work.data["name"] for work in walk.kept.open_work()) == ["x", "y"]
    assert walk.play("A", "A").open == ["C"]


def test_a_call_activity_within_instances():
    """13.3.7, 13.3.4: a sub-process with instances that calls."""
    main = """
    start S
    sub Z times=2 sequential=yes {
    call K process=inner
    boundary B on=K message=m interrupting=no
    user H
    B -> H
    }
    user C
    S -> Z -> C
    """
    inner = "start I\n user A\n end EI\n I -> A -> EI"
    walk = both_ways({"main": main, "inner": inner}, "<m", "A")
    assert walk.open == ["H"]
    assert walk.play("H").open == ["A", "B"]
    assert walk.play("A").open == ["C"]


def test_a_terminate_end_in_one_instance_ends_that_instance_alone():
    """13.5.6, 13.3.7: the others go on."""
    text = """
    start S
    sub Z times=2 {
    start SZ
    and F
    user A
    user B
    terminate X
    SZ -> F
    F -> A -> X
    F -> B -> X
    }
    user C
    S -> Z -> C
    """
    walk = both_ways(text, "A")
    assert walk.open == ["A", "B"]
    assert walk.play("B").open == ["C"]


def test_receive_tasks_with_instances_each_take_a_message():
    """13.3.7, 10.3.3: a message is heard by every instance that waits."""
    text = "start S\n receive W message=m times=2\n user C\n S -> W -> C"
    walk = both_ways(text)
    assert walk.open == ["W", "W"]
    assert walk.play("<m").open == ["C"]


def test_a_sequence_of_receive_tasks_takes_one_message_each():
    """13.3.7: the next instance waits for the next message."""
    text = "start S\n receive W message=m times=2 sequential=yes\n user C\n S -> W -> C"
    assert both_ways(text, "<m").open == ["W"]
    assert both_ways(text, "<m", "<m").open == ["C"]


def test_a_condition_of_the_behaviour_complex_throws_and_cancels_the_remaining_instances():
    """10.3.8, tables 10.30 and 10.31: it also produces a token, which goes on behind the activity."""
    text = BOUNDARY.format(
        marker='times=3 tells="signal:half if numberOfCompletedInstances == 2"',
        what="signal=half interrupting=no",
    )
    walk = both_ways(text, "A")
    assert walk.open == ["A", "A", "B"]
    walk.play("A")
    assert walk.open == ["C", "H"]


def test_an_event_of_an_instance_does_not_interrupt_the_activity():
    """10.3.8: the event that hears it may be an interrupting one; the activity ends by its own condition."""
    marker = 'times=3 sequential=yes tells="signal:half if numberOfCompletedInstances == 2"'
    walk = both_ways(BOUNDARY.format(marker=marker, what="signal=half"), "A")
    assert walk.open == ["A", "B"]
    assert walk.play("A").open == ["C", "H"]


def test_a_condition_of_the_behaviour_complex_may_throw_nothing():
    """10.3.8, table 10.31: it then only ends the activity."""
    walk = both_ways('start S\n user A times=3 tells=" if loopCounter == 1"\n user C\n S -> A -> C', "A")
    assert walk.open == ["C"]


def test_automatic_instances_need_nobody():
    """13.3.7: service tasks with instances run through."""
    text = "start S\n service V step=count each=names item=name\n user C\n S -> V -> C"
    walk = both_ways(text, data={"names": ["x", "y"]}, steps={"count": [{"a": 1}, {"b": 2}]})
    assert (walk.open, walk.completed.count("V")) == (["C"], 2)
    assert {key: walk.data("C")[key] for key in "ab"} == {"a": 1, "b": 2}


def test_two_tokens_that_reach_an_activity_repeat_it_twice():
    """13.3.1, 13.3.7: each token begins all the instances."""
    text = "start S\n and F\n user A times=2\n xor M\n user C\n S -> F\n F -> M\n F -> M\n M -> A -> C"
    walk = both_ways(text)
    assert walk.open == ["A"] * 4
    walk.play("A", "A", "A", "A")
    assert walk.open == ["C", "C"]
