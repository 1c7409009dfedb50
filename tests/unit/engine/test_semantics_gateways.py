"""How tokens split and join at gateways (BPMN 2.0.2, 13.3.1, 13.4, 10.6)."""

import pytest
from both_ways import both_ways

import engine

FORK = "start S\n and F\n user A\n user B\n user C\n end E\n"


def test_a_parallel_join_takes_one_token_from_each_flow_and_keeps_the_rest():
    """13.4.1: activation consumes exactly one token of each incoming flow; excess tokens stay for the next time."""
    text = """
    start S
    and F
    user A
    user B
    user C
    xor M
    and J
    user D
    end E
    S -> F
    F -> A -> M
    F -> B -> M
    F -> C -> J
    M -> J
    J -> D -> E
    """
    walk = both_ways(text, "A", "C")
    assert walk.open == ["B", "D"]
    with pytest.raises(engine.Incident, match="Nothing is left"):
        walk.play("B", "D")
    assert [element.id for _, element in walk.kept.stuck()] == ["J"]


def test_a_parallel_gateway_sends_a_token_on_every_flow_whatever_stands_on_it():
    """13.4.1, 10.6.4: a parallel gateway knows no conditions."""
    walk = both_ways("start S\n and F\n user A\n user B\n S -> F\n F -> A if 1 > 2\n F -> B")
    assert walk.open == ["A", "B"]


def test_a_gateway_joins_and_splits_at_once():
    """10.6.4, 13.4.1: one gateway may do both."""
    text = FORK + "and G\n user D\n S -> F\n F -> A -> G\n F -> B -> G\n G -> C -> E\n G -> D -> E"
    walk = both_ways(text, "A")
    assert walk.open == ["B"]
    assert walk.play("B").open == ["C", "D"]


def test_an_exclusive_gateway_lets_each_token_pass_alone():
    """13.4.2: every token that arrives is routed by itself: as a join it waits for nothing."""
    text = FORK + "xor G\n S -> F\n F -> A -> G\n F -> B -> G\n G -> C -> E"
    walk = both_ways(text, "A")
    assert walk.open == ["B", "C"]
    assert walk.play("B").open == ["C", "C"]


def test_an_exclusive_gateway_takes_the_first_flow_whose_condition_holds():
    """13.4.2: conditions are asked in their order, and the rest is not asked any more."""
    text = """
    start S
    xor G
    user A
    user B
    user C
    S -> G
    G -> A if x > 5
    G -> B if x > 1
    G -> C else
    """
    assert [both_ways(text, data={"x": x}).open for x in (9, 3, 0)] == [["A"], ["B"], ["C"]]


def test_an_exclusive_gateway_without_a_way_is_an_incident():
    """13.4.2: when no condition holds and there is no default flow, an exception is thrown."""
    text = "start S\n xor G\n user A\n user B\n S -> G\n G -> A if x > 5\n G -> B if x > 1"
    with pytest.raises(engine.Incident, match="No condition holds") as refusal:
        both_ways(text, data={"x": 0})
    assert refusal.value.element_id == "G"


def test_the_first_event_behind_an_event_based_gateway_decides():
    """13.4.4: the event that comes first gets the token, the others cease to wait."""
    text = """
    start S
    race R
    catch M message=paid
    receive W message=asked
    catch T timer='"PT1H"'
    catch C condition="x > 1"
    user A
    user B
    user D
    user U
    S -> R
    R -> M -> A
    R -> W -> B
    R -> T -> D
    R -> C -> U
    """
    assert both_ways(text, data={"x": 0}).open == ["C", "M", "T", "W"]
    for move, opened in (("<paid", "A"), ("<asked", "B"), ("!T", "D"), ("!C", "U")):
        walk = both_ways(text, move, data={"x": 0})
        assert walk.open == [opened]
        assert len(walk.cancelled) == 3


def test_boundary_events_of_a_rival_are_gone_with_it():
    """13.4.4: a receive task that lost is cancelled with the events attached to it."""
    text = """
    start S
    race R
    catch M message=paid
    receive W message=asked
    boundary T on=W timer='"PT1H"' interrupting=no
    user A
    end E
    S -> R
    R -> M -> A -> E
    R -> W -> E
    T -> E
    """
    walk = both_ways(text)
    assert walk.open == ["M", "T", "W"]
    assert walk.play("<paid").open == ["A"]


def test_an_interrupting_boundary_event_of_a_rival_ends_the_race():
    """13.4.4, 13.5.3: leaving one of the rivals another way than by its message leaves the rest waiting."""
    text = """
    start S
    race R
    catch M message=paid
    receive W message=asked
    boundary T on=W timer='"PT1H"'
    user A
    user B
    S -> R
    R -> M -> A
    R -> W -> A
    T -> B
    """
    walk = both_ways(text, "!T")
    assert "B" in walk.open and "W" not in walk.open


@pytest.mark.parametrize("marker", ["times=2", "takes=2"])
def test_a_rival_takes_one_message(marker):
    """10.6.6: what follows an event-based gateway waits once; a repeated receive task there is refused."""
    text = f"start S\n race R\n receive W message=m {marker}\n catch M message=n\n S -> R\n R -> W\n R -> M"
    with pytest.raises(engine.InvalidDefinition, match="takes one message"):
        both_ways(text)


def test_several_flows_out_of_an_activity_each_get_a_token():
    """13.3.1: more than one outgoing flow without a condition is a parallel split."""
    walk = both_ways("start S\n user A\n user B\n user C\n S -> A\n A -> B\n A -> C", "A")
    assert walk.open == ["B", "C"]


def test_several_flows_into_an_activity_begin_it_each_time():
    """13.3.1: more than one incoming flow is uncontrolled: each token begins an instance of its own."""
    walk = both_ways(FORK + "S -> F\n F -> A -> C -> E\n F -> B -> C", "A", "B")
    assert walk.open == ["C", "C"]


def test_conditional_flows_out_of_an_activity_split_inclusively():
    """13.3.1, 8.4.13: of conditional flows those are taken that hold, the default flow when none does."""
    text = """
    start S
    user A
    user B
    user C
    user D
    S -> A
    A -> B if x > 1
    A -> C if x > 2
    A -> D else
    """
    assert [both_ways(text, ("A", {"x": x})).open for x in (1, 2, 3)] == [["D"], ["B"], ["B", "C"]]


def test_an_unconditional_flow_is_taken_beside_conditional_ones():
    """13.3.1: a flow without a condition always gets its token."""
    text = "start S\n user A\n user B\n user C\n S -> A\n A -> B if x > 1\n A -> C"
    assert [both_ways(text, ("A", {"x": x})).open for x in (1, 2)] == [["C"], ["B", "C"]]


def test_an_activity_begins_with_as_many_tokens_as_it_demands():
    """10.3.2: startQuantity tokens are needed to begin, and consumed together."""
    text = """
    start S
    and F
    user A takes=2
    user B
    user C
    user D
    S -> F
    F -> B -> A
    F -> C -> A
    F -> D -> A
    """
    walk = both_ways(text, "B")
    assert walk.open == ["C", "D"]
    assert walk.play("C").open == ["A", "D"]


def test_an_activity_sends_as_many_tokens_as_it_says():
    """10.3.2: completionQuantity tokens leave on every outgoing flow."""
    assert both_ways("start S\n user A sends=3\n user B\n S -> A -> B", "A").open == ["B", "B", "B"]


def test_a_circle_without_a_wait_stops_at_the_limit():
    """13.3.1: nothing forbids such a circle; it is stopped and named, and does not hang."""
    text = "start S\n xor G\n throw T\n end E\n S -> G -> T\n T -> G if x\n T -> E else"
    with pytest.raises(engine.StepLimit, match="More than 50 steps"):
        both_ways(text, data={"x": True}, limits=engine.Limits(steps=50))
