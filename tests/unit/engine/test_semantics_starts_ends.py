"""How processes and sub-processes begin and end (BPMN 2.0.2, 10.5.2, 10.5.3, 13.2, 13.3.4, 13.5.1, 13.5.6)."""

import pytest
from both_ways import both_ways
from bpmn_builder import files

import engine

TWO_STARTS = (
    "start S\n start M message=order\n user A\n user B\n end E outcome=done\n S -> A -> E\n M -> B -> E"
)


def test_a_process_begins_at_its_plain_start_event():
    """13.2, 13.5.1: each start event begins an instance of its own; without a trigger it is the plain one."""
    walk = both_ways(TWO_STARTS)
    assert (walk.completed, walk.open) == (["S"], ["A"])


def test_a_trigger_begins_the_process_at_its_own_start_event_alone():
    """13.5.1: the start event that was triggered gets the token, no other one does."""
    walk = both_ways(TWO_STARTS, at="M")
    assert (walk.completed, walk.open) == (["M"], ["B"])
    assert walk.play("B").end == "ended"


def test_a_process_without_start_event_begins_at_everything_that_nothing_leads_to():
    """10.5.2, 13.2: where no start event is drawn, all that has no incoming flow begins with the process."""
    walk = both_ways("user A\n user B\n and J\n user C\n A -> J\n B -> J\n J -> C")
    assert walk.open == ["A", "B"]
    assert walk.play("B", "A").open == ["C"]


def test_nothing_behind_an_element_ends_its_path():
    """10.5.3: where no end event is drawn, what has no outgoing flow is an end."""
    walk = both_ways("user A\n task B\n A -> B", "A")
    assert (walk.open, walk.end) == (["B"], None)
    assert walk.play("B").end == "ended"


def test_a_process_ends_when_its_last_token_is_consumed():
    """13.5.6: an end event consumes its token; the process is over when none is left."""
    text = "start S\n and F\n user A\n user B\n end EA\n end EB\n S -> F\n F -> A -> EA\n F -> B -> EB"
    walk = both_ways(text, "A")
    assert (walk.end, walk.open) == (None, ["B"])
    assert walk.play("B").end == "ended"


def test_an_end_event_takes_every_token_that_reaches_it():
    """13.5.6: an end event is passed as often as a token comes."""
    walk = both_ways(
        "start S\n and F\n user A\n user B\n end E\n S -> F\n F -> A -> E\n F -> B -> E", "A", "B"
    )
    assert (walk.completed.count("E"), walk.end) == (2, "ended")


def test_a_terminate_end_ends_every_token_of_its_process():
    """13.5.6: terminating ends all other tokens at once, activities with what is inside of them too."""
    text = """
    start S
    and F
    user A
    sub Z {
    start SZ
    user B times=2
    boundary T on=B timer='"PT1H"' interrupting=no
    end EZ
    end ET
    SZ -> B -> EZ
    T -> ET
    }
    terminate X
    end E
    S -> F
    F -> A -> X
    F -> Z -> E
    """
    walk = both_ways(text, "A")
    assert (walk.end, walk.open) == ("ended", [])
    assert sorted(walk.cancelled) == ["B", "B", "Z"]


def test_a_terminate_end_inside_a_sub_process_ends_the_sub_process_alone():
    """13.5.6: termination concerns the scope in which the end event is drawn; the one around goes on normally."""
    text = """
    start S
    and F
    sub Z {
    start SZ
    and FZ
    user A
    user B
    terminate X
    end EZ
    SZ -> FZ
    FZ -> A -> X
    FZ -> B -> EZ
    }
    user C
    user D
    end E
    S -> F
    F -> Z -> D -> E
    F -> C -> E
    """
    walk = both_ways(text, "A")
    assert (walk.open, walk.cancelled) == (["C", "D"], ["B"])


def test_a_terminate_end_inside_of_a_called_process_ends_the_call_normally():
    """13.3.4, 13.5.6: the called process is over, and the call activity goes on."""
    main = "start S\n call K process=inner\n user C\n end E\n S -> K -> C -> E"
    inner = "start I\n and F\n user A\n user B\n terminate X\n end EI\n I -> F\n F -> A -> X\n F -> B -> EI"
    assert both_ways({"main": main, "inner": inner}, "A").open == ["C"]


def test_a_sub_process_is_complete_when_nothing_is_left_inside():
    """13.3.4: all tokens inside are consumed, whatever end event they reach; then one token goes on."""
    text = """
    start S
    sub Z {
    start SZ
    and F
    user A
    user B
    end EZ
    SZ -> F
    F -> A -> EZ
    F -> B -> EZ
    }
    user C
    end E
    S -> Z -> C -> E
    """
    walk = both_ways(text, "A")
    assert walk.open == ["B"]
    assert walk.play("B").open == ["C"]
    assert walk.completed.count("Z") == 1


def test_a_sub_process_without_events_begins_at_all_that_nothing_leads_to():
    """13.3.4: without a start event, every activity and gateway without an incoming flow gets a token."""
    walk = both_ways("sub Z {\n user A\n user B\n user C\n A -> C\n }\n user D\n Z -> D")
    assert walk.open == ["A", "B"]
    assert walk.play("A", "B").open == ["C"]
    assert walk.play("C").open == ["D"]


def test_an_empty_sub_process_is_passed():
    """13.3.4: with nothing inside, nothing is left to be done."""
    assert both_ways("start S\n sub Z {\n }\n user A\n end E\n S -> Z -> A -> E").open == ["A"]


def test_an_empty_sub_process_can_be_repeated():
    """13.3.4, 13.3.7: three times nothing."""
    walk = both_ways("start S\n sub Z times=3 {\n }\n user A\n end E\n S -> Z -> A -> E")
    assert (walk.open, walk.completed) == (["A"], ["S", "Z", "Z", "Z"])


def test_an_end_event_throws_before_its_token_is_gone():
    """13.5.6: a message or signal end event throws, then consumes its token."""
    text = """
    start S
    and F
    user A
    catch M message=ready
    end X message=ready
    end E outcome=heard
    S -> F
    F -> A -> X
    F -> M -> E
    """
    walk = both_ways(text, "A")
    assert (walk.threw("message"), walk.end, walk.outcome) == (["ready"], "ended", "heard")


def test_an_end_event_throws_all_of_its_results():
    """10.5.3: a multiple end event throws each of what it holds."""
    walk = both_ways("start S\n end X message=a signal=b escalation=c\n S -> X")
    assert (walk.threw("message"), walk.threw("signal")) == (["a"], ["b"])
    assert (walk.threw("uncaught_escalation"), walk.end) == (["c"], "ended")


def test_a_signal_end_inside_reaches_what_waits_outside():
    """10.5.5: a signal is for everything that waits for it, across scopes."""
    text = """
    start S
    and F
    catch M signal=go
    sub Z {
    start SZ
    user A
    end X signal=go
    SZ -> A -> X
    }
    user B
    end E
    S -> F
    F -> M -> B -> E
    F -> Z -> E
    """
    assert both_ways(text, "A").open == ["B"]


def test_a_receive_task_that_instantiates_begins_the_process():
    """10.3.3: a receive task without incoming flow may begin the process; then its message has come."""
    text = "receive W message=order instantiates=yes\n user A\n end E\n W -> A -> E"
    walk = both_ways(text, "<order", "A")
    assert (walk.completed, walk.end) == (["W", "A", "E"], "ended")


def test_an_error_end_that_nothing_catches_ends_the_process_as_failed():
    """10.5.5, 13.5.6: an error without a handler ends everything around it."""
    text = """
    start S
    and F
    user A
    user B
    end X error=lost
    end E
    S -> F
    F -> A -> X
    F -> B -> E
    """
    walk = both_ways(text, "A")
    assert (walk.end, walk.cancelled, walk.threw("uncaught_error")) == ("failed", ["B"], ["lost"])
    assert (walk.open, walk.outcome) == ([], None)


def test_a_cancelled_instance_is_neither_ended_nor_open():
    """13.2: the state of an instance that was ended from outside."""
    walk = both_ways("start S\n user A\n end E\n S -> A -> E").cancel()
    assert (walk.end, walk.open, walk.cancelled) == ("cancelled", [], ["A"])
    with pytest.raises(engine.NotWaiting):
        walk.play("A")


def test_a_process_begins_only_where_something_is_drawn():
    """13.5.1: an element that does not exist begins nothing, and the process can still begin where it should."""
    definition = engine.load(files(main=TWO_STARTS), "main", rules="standard")
    instance = engine.Instance.prepare(definition, lambda element, data: None)
    for wrong in ("nowhere", "[root]"):
        with pytest.raises(engine.NotWaiting, match="has no element"):
            instance.begin({}, at=wrong)
    instance.begin({}, at="M")
    assert [work.element.id for work in instance.open_work()] == ["B"]
