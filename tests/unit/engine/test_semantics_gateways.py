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


SPLIT = """
start S
or O
user A
user B
user C
or J
user D
end E outcome=joined
S -> O
O -> A if a
O -> B if b
O -> C else
A -> J
B -> J
C -> J
J -> D -> E
"""


@pytest.mark.parametrize(
    ("a", "b", "opened"),
    [(True, True, ["A", "B"]), (True, False, ["A"]), (False, True, ["B"]), (False, False, ["C"])],
)
def test_an_inclusive_split_takes_every_flow_whose_condition_holds_else_the_default(a, b, opened):
    """13.4.3: all conditions are asked; the default flow gets a token when none of them holds."""
    walk = both_ways(SPLIT, data={"a": a, "b": b})
    assert walk.open == opened
    assert walk.play(*opened).open == ["D"]
    assert walk.completed.count("J") == 1


def test_an_inclusive_split_without_a_way_is_an_incident():
    """13.4.3: when no condition holds and there is no default flow, an exception is thrown."""
    text = SPLIT.replace("O -> C else", "O -> C if a and b")
    with pytest.raises(engine.Incident, match="No condition holds"):
        both_ways(text, data={"a": False, "b": False})


def test_an_inclusive_join_waits_for_a_token_that_can_still_come():
    """13.4.3: it is not activated while a token upstream of an empty flow could arrive there."""
    walk = both_ways(SPLIT, "B", data={"a": True, "b": True})
    assert walk.open == ["A"]
    assert walk.play("A").open == ["D"]


def test_an_inclusive_join_goes_on_when_the_other_token_ends_elsewhere():
    """13.4.3: once no token can arrive on the empty flows, it is activated, also without a new token."""
    text = """
    start S
    and F
    user A
    user B
    xor G
    end X
    or J
    user D
    S -> F
    F -> A -> J
    F -> B -> G
    G -> X if away
    G -> J else
    J -> D
    """
    walk = both_ways(text, "A")
    assert walk.open == ["B"]
    assert both_ways(text, "A", ("B", {"away": True})).open == ["D"]
    assert both_ways(text, "A", ("B", {"away": False})).completed.count("J") == 1


def test_an_inclusive_join_goes_on_when_the_other_token_is_cancelled():
    """13.4.3: a token that an interrupting event took away can not arrive."""
    text = """
    start S
    and F
    user A
    user B
    boundary T on=B timer='"PT1H"'
    end X
    or J
    user D
    S -> F
    F -> A -> J
    F -> B -> J
    T -> X
    J -> D
    """
    walk = both_ways(text, "A")
    assert walk.open == ["B", "T"]
    assert walk.play("!T").open == ["D"]


def test_an_inclusive_join_waits_for_what_a_boundary_event_may_bring():
    """13.4.3: a token inside an activity may reach the join through its boundary event."""
    text = """
    start S
    and F
    user A
    user B
    user C
    boundary T on=B timer='"PT1H"'
    or J
    user D
    end E
    S -> F
    F -> A -> J
    F -> B -> E
    T -> C -> J
    J -> D -> E
    """
    assert both_ways(text, "A").open == ["B", "T"]
    assert both_ways(text, "A", "!T", "C").open == ["D"]
    assert both_ways(text, "A", "B").open == ["D"]


LOOPING = """
start S
xor M
or O
user A
user B
or J
xor G
user C
end E
S -> M -> O
O -> A if a
O -> B else
A -> J
B -> J
J -> C -> G
G -> M if again
G -> E else
"""


def test_an_inclusive_join_in_a_loop_does_not_wait_for_itself():
    """13.4.3: a way that leads through the gateway itself counts for nothing; each round joins once."""
    walk = both_ways(LOOPING, data={"a": True})
    for again in (True, True, False):
        walk.play("A", ("C", {"again": again}))
    assert (walk.end, walk.completed.count("J")) == ("ended", 3)


def test_an_inclusive_join_waits_for_a_token_that_turns_in_a_loop_before_it():
    """13.4.3: a loop upstream is a way that may lead to the empty flow."""
    text = """
    start S
    and F
    user A
    xor M
    user B
    xor G
    or J
    user D
    S -> F
    F -> A -> J
    F -> M -> B -> G
    G -> M if again
    G -> J else
    J -> D
    """
    walk = both_ways(text, "A", ("B", {"again": True}), ("B", {"again": True}))
    assert walk.open == ["B"]
    assert walk.play(("B", {"again": False})).open == ["D"]


def test_an_inclusive_join_does_not_wait_for_what_may_as_well_come_where_a_token_is_already():
    """13.4.3: a token with a way to a flow that has one already is not waited for."""
    text = """
    start S
    and F
    user A
    user B
    xor G
    or J
    user D
    S -> F
    F -> A -> J
    F -> B -> G
    G -> J if x
    G -> A else
    J -> D
    """
    # B may lead to the empty flow, but as well to A and so to the flow at which a token waits.
    walk = both_ways(text, "A")
    assert walk.open == ["B", "D"]


def test_two_inclusive_joins_in_a_row():
    """13.4.3: the second one waits as long as a token stands at the first."""
    text = """
    start S
    and F
    user A
    user B
    user C
    or J
    or K
    user D
    end E
    S -> F
    F -> A -> J
    F -> B -> J
    F -> C -> K
    J -> K
    K -> D -> E
    """
    assert both_ways(text, "C", "A").open == ["B"]
    walk = both_ways(text, "C", "A", "B")
    assert (walk.open, walk.completed.count("K")) == (["D"], 1)
    assert both_ways(text, "A", "B").open == ["C"]


def test_two_inclusive_joins_that_wait_for_each_other_are_noticed_and_named():
    """13.4.3: a token at the one may reach the empty flow of the other: by the text both wait, for ever."""
    text = """
    start S
    and F
    user A
    user B
    or J
    or K
    xor GJ
    xor GK
    end E
    S -> F
    F -> A -> J
    F -> B -> K
    J -> GJ
    K -> GK
    GJ -> K if jump
    GJ -> E else
    GK -> J if jump
    GK -> E else
    """
    walk = both_ways(text, "A", data={"jump": False})
    with pytest.raises(engine.Incident, match="Nothing is left"):
        walk.play("B")
    assert [element.id for _, element in walk.kept.stuck()] == ["J", "K"]


def test_two_flows_between_the_same_gateways_are_two():
    """13.4.3, 13.4.1: tokens are counted by the flow on which they come, not by where they come from."""
    for join in ("and", "or"):
        text = f"start S\n and F\n {join} J\n user A\n end E\n S -> F\n F -> J\n F -> J\n J -> A -> E"
        walk = both_ways(text)
        assert (walk.open, walk.completed.count("J")) == (["A"], 1)


def test_two_flows_between_the_same_inclusive_gateways_in_a_loop_join_once():
    """13.4.3: in every round the join consumes both tokens."""
    text = """
    start S
    xor M
    or O
    or J
    user A
    xor G
    end E
    S -> M -> O
    O -> J if x > 0
    O -> J if x > 1
    O -> J else
    J -> A -> G
    G -> M if x < 4
    G -> E else
    """
    walk = both_ways(text, ("A", {"x": 3}), ("A", {"x": 1}), ("A", {"x": 4}), data={"x": 2})
    assert (walk.end, walk.completed.count("J")) == ("ended", 3)


def test_an_inclusive_join_behind_links():
    """13.4.3, 10.5.5: a pair of links is a way like a flow."""
    text = """
    start S
    and F
    user A
    user B
    throw K link=x
    catch L link=x
    or J
    user D
    S -> F
    F -> A -> J
    F -> B -> K
    L -> J
    J -> D
    """
    assert both_ways(text, "A").open == ["B"]
    assert both_ways(text, "A", "B").open == ["D"]


def test_an_inclusive_join_takes_one_token_of_each_flow_and_is_activated_again_for_the_rest():
    """13.4.3: activation consumes one token of each flow that has one; others activate it again."""
    text = """
    start S
    and F
    user A
    user B
    user C
    xor M
    or J
    user D
    S -> F
    F -> A -> M
    F -> B -> M
    F -> C -> J
    M -> J
    J -> D
    """
    walk = both_ways(text, "A", "B")
    # A token can come only from C, on the empty flow.
    assert walk.open == ["C"]
    walk.play("C")
    assert (walk.open, walk.completed.count("J")) == (["D", "D"], 2)


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


COMPLEX = """
start S
and F
user A
user B
user C
complex X when="{when}"
user D
end E
S -> F
F -> A -> X
F -> B -> X
F -> C -> X
X -> D -> E
"""


def test_a_complex_gateway_goes_on_when_its_activation_condition_holds():
    """13.4.5: waiting for start, the condition is asked for every token; activationCount counts them."""
    walk = both_ways(COMPLEX.format(when="activationCount >= 2"), "A")
    assert walk.open == ["B", "C"]
    assert walk.play("C").open == ["B", "D"]


def test_a_complex_gateway_takes_away_what_comes_late_and_begins_anew():
    """13.4.5: waiting for reset, it consumes the tokens on the flows that had none, and is then as at first."""
    walk = both_ways(COMPLEX.format(when="activationCount >= 2"), "A", "B", "C", "D")
    assert (walk.completed.count("D"), walk.end) == (1, "ended")


def test_a_complex_gateway_does_not_wait_for_late_tokens_before_it_goes_on():
    """13.4.5: what follows the gateway is done while it still waits for the rest."""
    walk = both_ways(COMPLEX.format(when="activationCount >= 1"), "B", "D")
    assert (walk.open, walk.end) == (["A", "C"], None)
    assert walk.play("A", "C").end == "ended"
    assert walk.completed.count("X") == 1


def test_a_complex_gateway_may_ask_the_data():
    """13.4.5: the condition may read process data too."""
    text = COMPLEX.format(when="activationCount >= needed")
    assert both_ways(text, "A", data={"needed": 1}).open == ["B", "C", "D"]
    assert both_ways(text, "A", "B", data={"needed": 3}).open == ["C"]


def test_a_complex_gateway_in_a_loop_works_in_every_round():
    """13.4.5: after its reset it waits for start again."""
    text = """
    start S
    xor M
    and F
    user A
    user B
    complex X when="activationCount >= 1"
    user D
    xor G
    end E
    S -> M -> F
    F -> A -> X
    F -> B -> X
    X -> D -> G
    G -> M if again
    G -> E else
    """
    walk = both_ways(text)
    walk.play("A", "B", ("D", {"again": True}))
    assert walk.open == ["A", "B"]
    walk.play("B", "A", ("D", {"again": False}))
    assert (walk.end, walk.completed.count("X")) == ("ended", 2)


def test_a_complex_gateway_that_splits_takes_every_flow_whose_condition_holds():
    """13.4.5: behind it the conditions decide as behind an inclusive gateway."""
    text = """
    start S
    complex X
    user A
    user B
    user C
    S -> X
    X -> A if a
    X -> B if b
    X -> C else
    """
    assert both_ways(text, data={"a": True, "b": True}).open == ["A", "B"]
    assert both_ways(text, data={"a": False, "b": False}).open == ["C"]


def test_a_complex_gateway_whose_condition_cannot_be_asked_is_an_incident():
    """13.4.5: a condition without an answer decides nothing."""
    with pytest.raises(engine.Incident, match="activation condition") as refusal:
        both_ways(COMPLEX.format(when="activationCount > missing"), "A")
    assert refusal.value.element_id == "X"


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
