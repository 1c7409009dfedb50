"""Complex gateways (BPMN 2.0.2, 10.6.5 and 13.4.5)."""

import pytest
from both_ways import both_ways

import engine

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


AGAIN = """
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
"""A complex gateway in a loop."""


def test_a_complex_gateway_in_a_loop_works_in_every_round():
    """13.4.5: after its reset it waits for start again."""
    walk = both_ways(AGAIN)
    walk.play("A", "B", ("D", {"again": True}))
    assert walk.open == ["A", "B"]
    walk.play("B", "A", ("D", {"again": False}))
    assert (walk.end, walk.completed.count("X")) == ("ended", 2)


def test_what_comes_too_early_for_a_complex_gateway_counts_after_its_reset():
    """13.4.5: waiting for start again, the condition is asked for the tokens that are there already."""
    walk = both_ways(AGAIN, "A", ("D", {"again": True}), "A")
    assert walk.open == ["B", "B"]
    walk.play("B")
    assert walk.open == ["B", "D"]


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
