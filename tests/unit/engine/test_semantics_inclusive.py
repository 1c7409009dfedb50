"""Inclusive gateways (BPMN 2.0.2, 10.6.3 and 13.4.3)."""

import pytest
from both_ways import both_ways

import engine

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
