"""Ad-hoc sub-processes (BPMN 2.0.2, 10.3.5, 13.3.5). Here each activity inside is done once."""

from both_ways import both_ways


def test_its_activities_are_open_together():
    """13.3.5: parallel ordering: all enabled activities may be done in any order; it is complete when all are."""
    walk = both_ways("start S\n adhoc Z {\n user A\n user B\n user C\n }\n user D\n S -> Z -> D")
    assert walk.open == ["A", "B", "C"]
    assert walk.play("C", "A").open == ["B"]
    assert walk.play("B").open == ["D"]


def test_with_an_order_one_comes_after_the_other():
    """13.3.5: sequential ordering: one at a time."""
    walk = both_ways("start S\n adhoc Z ordering=Sequential {\n user A\n user B\n }\n user D\n S -> Z -> D")
    assert walk.open == ["A"]
    assert walk.play("A").open == ["B"]
    assert walk.play("B").open == ["D"]


def test_flows_inside_say_what_comes_after_what():
    """10.3.5: flows may be drawn inside; what nothing leads to is enabled at first."""
    walk = both_ways("start S\n adhoc Z {\n user A\n user B\n user C\n A -> B\n }\n user D\n S -> Z -> D")
    assert walk.open == ["A", "C"]
    assert walk.play("A").open == ["B", "C"]
    assert walk.play("B", "C").open == ["D"]


def test_a_boundary_event_ends_it():
    """13.5.3: as any sub-process."""
    text = """
    start S
    adhoc Z {
    user A
    user B
    }
    boundary X on=Z message=m
    user D
    user H
    S -> Z -> D
    X -> H
    """
    assert both_ways(text, "A", "<m").open == ["H"]


def test_it_may_be_repeated():
    """10.3.8: a loop marker on an ad-hoc sub-process."""
    walk = both_ways(
        "start S\n adhoc Z times=2 sequential=yes {\n user A\n user B\n }\n user D\n S -> Z -> D"
    )
    walk.play("A", "B")
    assert walk.open == ["A", "B"]
    assert walk.play("B", "A").open == ["D"]


def test_it_may_hold_other_sub_processes():
    """10.3.5: activities of any kind."""
    walk = both_ways("start S\n adhoc Z {\n user A times=2\n sub Y {\n user B\n }\n }\n user D\n S -> Z -> D")
    assert walk.open == ["A", "A", "B"]
    assert walk.play("A", "A", "B").open == ["D"]
