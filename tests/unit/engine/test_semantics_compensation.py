"""Compensation (BPMN 2.0.2, 10.7, 13.5.5)."""

from both_ways import both_ways

BOOKED = """
start S
user A
boundary UA on=A compensate=HA
user HA handler=yes
user B
boundary UB on=B compensate=HB
user HB handler=yes
throw T compensate={what}
user C
end E
S -> A -> B -> T -> C -> E
"""


def test_handlers_run_in_reverse_order_one_after_the_other():
    """13.5.5: what was completed last is compensated first; the throwing event waits for all of it."""
    walk = both_ways(BOOKED.format(what="all"), "A", "B")
    assert walk.open == ["HB"]
    assert walk.play("HB").open == ["HA"]
    assert walk.play("HA").open == ["C"]


def test_one_activity_alone_is_compensated():
    """10.7.2: a reference to an activity names what is meant."""
    walk = both_ways(BOOKED.format(what="A"), "A", "B")
    assert walk.open == ["HA"]
    assert walk.play("HA").open == ["C"]


def test_what_was_not_completed_is_not_compensated():
    """13.5.5: a handler exists only for a completed activity."""
    text = BOOKED.format(what="all").replace("S -> A -> B -> T", "and F\n S -> F\n F -> B -> E\n F -> A -> T")
    walk = both_ways(text, "A")
    assert walk.open == ["B", "HA"]
    assert walk.play("HA").open == ["B", "C"]


def test_nothing_to_compensate_lets_the_event_pass():
    """13.5.5: without a completed activity the throwing event is left at once."""
    text = """
    start S
    user A
    boundary U on=A compensate=H
    user H handler=yes
    throw T compensate=A
    user C
    S -> T -> C -> A
    """
    walk = both_ways(text)
    assert walk.open == ["C"]


def test_an_activity_is_compensated_once():
    """13.5.5: a handler that has run is gone."""
    text = BOOKED.format(what="A").replace("C -> E", "C -> T2 -> D -> E\n throw T2 compensate=all\n user D")
    walk = both_ways(text, "A", "B", "HA", "C")
    assert walk.open == ["HB"]
    assert walk.play("HB").open == ["D"]


def test_an_activity_that_was_completed_twice_is_compensated_twice():
    """13.5.5: each completed instance has its handler, with the data of its end."""
    text = """
    start S
    xor M
    user A
    boundary U on=A compensate=H
    user H handler=yes
    xor G
    throw T compensate=A
    end E
    S -> M -> A -> G
    G -> M if x < 2
    G -> T else
    T -> E
    """
    walk = both_ways(text, ("A", {"x": 1}), ("A", {"x": 2}))
    assert (walk.open, walk.data("H")) == (["H"], {"x": 2})
    assert walk.play("H").data("H") == {"x": 1}
    assert walk.play("H").end == "ended"


def test_each_of_many_handlers_keeps_its_own_data():
    """13.5.5: twelve rounds later every handler still sees what its round saw, also where data are repeated."""
    text = """
    start S
    xor M
    user A
    boundary U on=A compensate=H
    user H handler=yes
    xor G
    throw T compensate=A
    end E
    S -> M -> A -> G
    G -> M if x < 3
    G -> T else
    T -> E
    """
    rounds = [0, 1, 2, 1, 0, 2, 2, 1, 0, 1, 0, 3]
    walk = both_ways(text, *[("A", {"x": x}) for x in rounds])
    seen = []
    while walk.open:
        seen.append(walk.data("H")["x"])
        walk.play("H")
    assert seen == rounds[::-1]


def test_a_handler_sees_the_data_of_its_activity_and_what_it_changes_counts():
    """13.5.5: a handler works on the data of the moment of completion; its results join the process."""
    walk = both_ways(BOOKED.format(what="A"), ("A", {"a": 1}), ("B", {"a": 2, "b": 3}))
    assert walk.data("HA") == {"a": 1}
    assert walk.play(("HA", {"undone": True})).data("C") == {"a": 2, "b": 3, "undone": True}


def test_a_compensation_end_event_compensates_and_ends():
    """13.5.6, 13.5.5: it waits for its handlers, then consumes its token."""
    text = (
        BOOKED.format(what="all")
        .replace("throw T compensate=all", "end T compensate=all")
        .replace("T -> C -> E", "T")
    )
    walk = both_ways(text, "A", "B", "HB")
    assert (walk.open, walk.end) == (["HA"], None)
    assert walk.play("HA").end == "ended"


NESTED = """
start S
sub Z {marker} {{
start SZ
user A
boundary UA on=A compensate=HA
user HA handler=yes
sub Y {{
start SY
user B
boundary UB on=B compensate=HB
user HB handler=yes
end EY
SY -> B -> EY
}}
end EZ
SZ -> A -> Y -> EZ
}}
{more}
user C
throw T compensate={what}
user D
end E
S -> Z -> C -> T -> D -> E
"""


def test_a_sub_process_is_compensated_by_what_was_completed_inside():
    """13.5.5: without a handler of its own the handlers inside run, through all depths, in reverse order."""
    for what in ("all", "Z"):
        walk = both_ways(NESTED.format(marker="", more="", what=what), "A", "B", "C")
        assert walk.open == ["HB"]
        assert walk.play("HB").open == ["HA"]
        assert walk.play("HA").open == ["D"]


def test_a_handler_of_the_sub_process_takes_the_place_of_those_inside():
    """10.7.1, 13.5.5: a boundary handler compensates the sub-process as a whole."""
    more = "boundary UZ on=Z compensate=HZ\n user HZ handler=yes"
    walk = both_ways(NESTED.format(marker="", more=more, what="all"), "A", "B", "C")
    assert walk.open == ["HZ"]
    assert walk.play("HZ").open == ["D"]


def test_every_instance_of_an_activity_is_compensated():
    """13.5.5, 13.3.7: each completed instance of a multi-instance activity."""
    for marker in ("times=2", "times=2 sequential=yes"):
        walk = both_ways(NESTED.format(marker=marker, more="", what="Z"))
        while "C" not in walk.open:
            walk.play(walk.open[0])
        walk.play("C")
        undone = []
        while "D" not in walk.open:
            undone += walk.open
            walk.play(walk.open[0])
        assert undone == ["HB", "HA", "HB", "HA"]


def test_the_instances_of_a_task_are_compensated_with_their_own_data():
    """13.5.5, 13.3.7: the handler of an instance sees what the instance saw."""
    text = """
    start S
    user A each=names item=name
    boundary U on=A compensate=H
    user H handler=yes
    throw T compensate=A
    end E
    S -> A -> T -> E
    """
    walk = both_ways(text, "A#1", "A#0", data={"names": ["x", "y"]})
    assert (walk.open, walk.data("H")["name"]) == (["H"], "x")
    assert walk.play("H").data("H")["name"] == "y"
    assert walk.play("H").end == "ended"


def test_an_event_sub_process_compensates_its_sub_process():
    """13.5.5: a compensation event sub-process inside is the handler, and may compensate what was inside."""
    text = """
    start S
    sub Z {
    start SZ
    user A
    boundary UA on=A compensate=HA
    user HA handler=yes
    end EZ
    SZ -> A -> EZ
    on Y {
    start SY compensate=all
    user H
    throw TY compensate=all
    user K
    end EY
    SY -> H -> TY -> K -> EY
    }
    }
    user C
    throw T compensate=Z
    user D
    S -> Z -> C -> T -> D
    """
    walk = both_ways(text, "A", "C")
    assert walk.open == ["H"]
    assert walk.play("H").open == ["HA"]
    assert walk.play("HA").open == ["K"]
    assert walk.play("K").open == ["D"]


def test_a_compensation_start_does_not_wait_while_its_scope_is_active():
    """13.5.5: a compensation event sub-process begins only after its sub-process is complete."""
    text = """
    start S
    sub Z {
    user A
    on Y {
    start SY compensate=all
    user H
    SY -> H
    }
    }
    throw T compensate=Z
    user D
    S -> Z -> T -> D
    """
    walk = both_ways(text)
    assert walk.open == ["A"]
    walk.play("A")
    assert walk.open == ["H"]
    assert walk.play("H").open == ["D"]


def test_an_error_handler_may_compensate_its_scope():
    """13.5.5: an event sub-process for an error compensates what the scope around it had completed."""
    text = """
    start S
    sub Z {
    start SZ
    user A
    boundary UA on=A compensate=HA
    user HA handler=yes
    user B
    end X error=lost
    SZ -> A -> B -> X
    on Y {
    start SY error=lost
    throw TY compensate=A
    user K
    SY -> TY -> K
    }
    }
    user D
    S -> Z -> D
    """
    walk = both_ways(text, "A", "B")
    assert walk.open == ["HA"]
    assert walk.play("HA").open == ["K"]
    assert walk.play("K").open == ["D"]


def test_what_was_ended_with_its_scope_cannot_be_compensated_from_outside():
    """13.5.5: only a completed sub-process is compensated, not one that an error ended."""
    text = """
    start S
    sub Z {
    start SZ
    user A
    boundary UA on=A compensate=HA
    user HA handler=yes
    user B
    end X error=lost
    SZ -> A -> B -> X
    }
    boundary C on=Z error=lost
    throw T compensate=all
    user D
    end E
    S -> Z -> E
    C -> T -> D -> E
    """
    assert both_ways(text, "A", "B").open == ["D"]


def test_a_handler_may_be_a_sub_process():
    """10.7.1: any activity that is marked as compensation."""
    text = """
    start S
    user A
    boundary U on=A compensate=H
    sub H handler=yes {
    start SH
    user K times=2
    end EH
    SH -> K -> EH
    }
    throw T compensate=A
    user D
    S -> A -> T -> D
    """
    walk = both_ways(text, "A")
    assert walk.open == ["K", "K"]
    assert walk.play("K", "K").open == ["D"]


def test_a_handler_may_be_repeated():
    """10.7.1, 13.3.7: a handler with instances is done when all of them are."""
    text = """
    start S
    user A
    boundary U on=A compensate=H
    user H handler=yes times=2
    throw T compensate=A
    user D
    S -> A -> T -> D
    """
    walk = both_ways(text, "A", "H")
    assert walk.open == ["H"]
    assert walk.play("H").open == ["D"]


def test_interrupting_a_scope_ends_a_compensation_that_runs():
    """13.5.3, 13.5.5: handlers hang on the event that threw."""
    text = "start S\n sub P {\n" + BOOKED.format(what="all").replace("start S\n", "start SP\n").replace(
        "S -> A", "SP -> A"
    )
    text += "}\n boundary X on=P timer='\"PT1H\"'\n user Q\n S -> P\n X -> Q"
    walk = both_ways(text, "A", "B", "HB", "!X")
    assert (walk.open, "HA" in walk.cancelled) == (["Q"], True)


def test_work_beside_goes_on_while_handlers_run():
    """13.5.5: compensation concerns the path that threw it."""
    text = BOOKED.format(what="all").replace("S -> A", "and F\n user O\n S -> F\n F -> O -> E\n F -> A")
    walk = both_ways(text, "A", "B")
    assert walk.open == ["HB", "O"]
    walk.play("O", "HB", "HA", "C")
    assert walk.end == "ended"
