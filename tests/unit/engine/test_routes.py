"""Where the flows of a bundle lead."""

from bpmn_builder import diagram

from engine import routes

MAIN = """
    start S
    user A
    xor G
    call C process=other
    user B
    user X
    boundary T on=A timer='"P2D"'
    sub Z {
        start SZ
        user I
        end EZ
        SZ -> I -> EZ
    }
    end E
    S -> A -> G
    G -> C if x == 1
    G -> B
    C -> Z -> E
    B -> A
    T -> X -> E
"""
OTHER = """
    start S2
    user D
    end E2
    S2 -> D -> E2
"""
WAYS = routes({"main.bpmn": diagram("main", MAIN), "other.bpmn": diagram("other", OTHER)})


def test_each_branch_is_told_to_its_end_before_the_next() -> None:
    assert [name for name in WAYS.after("S", ()) if name in "ABCDI"] == ["A", "C", "D", "I", "B"]


def test_what_breaks_in_does_not_come_by_itself() -> None:
    assert "X" not in WAYS.after("S", ())
    assert WAYS.after("T", ()) == ["X", "E"]


def test_a_called_process_goes_on_behind_its_caller_and_a_sub_process_behind_itself() -> None:
    assert WAYS.after("D", ("C",)) == ["E2", "Z", "SZ", "I", "EZ", "E"]
    assert WAYS.after("D", ()) == ["E2"]
    assert WAYS.after("I", ()) == ["EZ", "E"]


def test_a_loop_ends_and_leads_back_to_where_it_began() -> None:
    assert "A" in WAYS.after("A", ())


def test_an_unknown_element_leads_nowhere() -> None:
    assert WAYS.after("nothing", ()) == []


def test_who_calls_a_process() -> None:
    assert (WAYS.callers("other"), WAYS.callers("main")) == (("C",), ())
