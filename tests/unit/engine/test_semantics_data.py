"""How data go along with tokens. The standard leaves much of it open (10.4); this is what the engine promises."""

import pytest
from both_ways import both_ways

import engine

SPLIT = """
start S
and F
user A
user B
{join} J
user C
end E
S -> F
F -> A -> J
F -> B -> J
J -> C -> E
"""


def test_branches_do_not_see_what_the_others_write():
    """Each token has its own data until a join."""
    text = SPLIT.format(join="and").replace("user B", "user B\n user D").replace("F -> B", "F -> D -> B")
    walk = both_ways(text, ("A", {"x": "a"}), "D", data={"x": ""})
    assert walk.data("B") == {"x": ""}


@pytest.mark.parametrize("join", ["and", "or"])
def test_a_join_merges_what_its_tokens_carry(join):
    """The names of all tokens together."""
    walk = both_ways(SPLIT.format(join=join), ("B", {"b": 2}), ("A", {"a": 1}))
    assert walk.data("C") == {"a": 1, "b": 2}


@pytest.mark.parametrize("join", ["and", "or"])
def test_at_a_join_the_token_that_came_last_wins(join):
    """Of one name with two values the later one counts, both ways."""
    walk = both_ways(SPLIT.format(join=join), ("B", {"x": "b"}), ("A", {"x": "a"}))
    assert walk.data("C") == {"x": "a"}
    walk = both_ways(SPLIT.format(join=join), ("A", {"x": "a"}), ("B", {"x": "b"}))
    assert walk.data("C") == {"x": "b"}


def test_a_sub_process_takes_its_data_out():
    """What is written inside goes on behind it."""
    walk = both_ways("start S\n sub Z {\n user A\n }\n user C\n S -> Z -> C", ("A", {"a": 1}), data={"x": 0})
    assert walk.data("C") == {"x": 0, "a": 1}


def test_the_ends_of_a_sub_process_are_merged():
    """Each path that ends brings what it wrote."""
    text = "start S\n sub Z {\n user A\n user B\n }\n user C\n S -> Z -> C"
    assert both_ways(text, ("B", {"b": 2}), ("A", {"a": 1})).data("C") == {"a": 1, "b": 2}


def test_a_terminate_end_decides_the_data():
    """What other paths had written is gone with them."""
    text = """
    start S
    sub Z {
    user A
    user B
    end E1
    terminate X
    A -> E1
    B -> X
    }
    user C
    S -> Z -> C
    """
    assert both_ways(text, ("A", {"a": 1}), ("B", {"b": 2})).data("C") == {"b": 2}


def test_an_event_brings_the_data_of_the_begin_of_its_activity():
    """A boundary event goes on with what its activity began with; what is inside and unfinished is lost."""
    text = """
    start S
    sub Z {
    user A
    user B
    A -> B
    }
    boundary X on=Z message=m
    user H
    S -> Z
    X -> H
    """
    assert both_ways(text, ("A", {"a": 1}), "<m", data={"x": 0}).data("H") == {"x": 0}


def test_an_error_brings_the_data_of_what_threw_it():
    """So that the handler can know why."""
    text = """
    start S
    sub Z {
    user A
    end X error=lost
    A -> X
    }
    boundary C on=Z error=any
    user H
    S -> Z
    C -> H
    """
    assert both_ways(text, ("A", {"why": "gone"})).data("H") == {"why": "gone"}


def test_a_script_assigns():
    """A script that does nothing but assign is carried out, each line reading what the earlier ones wrote."""
    walk = both_ways('start S\n script P does="a = x + 1; b = a * 2"\n user C\n S -> P -> C', data={"x": 1})
    assert walk.data("C") == {"x": 1, "a": 2, "b": 4}


def test_any_other_script_is_passed_over():
    """Nothing is ever run by an interpreter."""
    walk = both_ways('start S\n script P does="import os"\n user C\n S -> P -> C', data={"x": 1})
    assert (walk.data("C"), walk.completed) == ({"x": 1}, ["S", "P"])


def test_lists_and_nested_values_are_kept():
    """What JSON can say goes through a saved state unchanged, numbers and truth values apart."""
    data = {"n": 1, "t": True, "f": 1.5, "none": None, "list": [1, True, {"a": []}], "text": "ä\n\"'"}
    walk = both_ways("start S\n user A\n user B\n S -> A -> B", "A", data=data)
    assert walk.data("B") == data
    assert [type(value) for value in walk.data("B").values()] == [type(value) for value in data.values()]


def test_equal_numbers_of_different_kinds_stay_what_they_are():
    """1, 1.0 and true are equal to Python, and three different values."""
    text = """
    start S
    and F
    user A
    user B
    user C
    user A2
    user B2
    user C2
    S -> F
    F -> A -> A2
    F -> B -> B2
    F -> C -> C2
    """
    walk = both_ways(text, ("A", {"x": 1}), ("B", {"x": True}), ("C", {"x": 1.0}))
    for instance in (walk.kept, walk.restored):
        values = {work.element.id: work.data["x"] for work in instance.open_work()}
        assert [type(values[name]) for name in ("A2", "B2", "C2")] == [int, bool, float]


def test_what_is_no_data_is_refused_and_nothing_is_changed():
    """A set or a moment would not come back from a saved state as what it was."""
    walk = both_ways("start S\n user A\n user B\n S -> A -> B")
    for wrong in ({"x": {1}}, {"x": object()}, {"x": float("nan")}, {1: 2}):
        with pytest.raises(engine.NotFlat):
            walk.kept.complete(walk.kept.open_work()[0].id, wrong)
    assert walk.play("A").open == ["B"]


def test_an_outcome_is_a_word_of_the_end_event():
    """An end event with an outcome writes it into the data; that of the top process is the instance's."""
    text = """
    start S
    sub Z {
    user A
    end EZ outcome=inner
    A -> EZ
    }
    user C
    end E outcome=done
    S -> Z -> C -> E
    """
    walk = both_ways(text, "A")
    assert walk.data("C") == {"outcome": "inner"}
    assert walk.play("C").outcome == "done"
