"""The names that expressions read: found where nothing before can have set them, and only there."""

import pytest
from bpmn_builder import files

import engine

SETS = {"A": ["answer"], "B": ["late"], "O": ["told"], "V": ["counted"]}
MAIN = """
start S
user A @Clerk
sub Z {
start ZS
user B @Clerk
end ZE
ZS -> B -> ZE
} @Clerk
call K process=other @Clerk
xor G
end E outcome=done
end X outcome=gone
S -> A -> Z -> K -> G
G -> E if CONDITION
G -> X
"""
OTHER = "start SO\n user O @Clerk\n end EO outcome=told_so\n SO -> O -> EO"


def unknown(condition: str, **change) -> list[engine.Problem]:
    """What is said of the names in a condition behind a task, a sub-process and a called process."""
    text = MAIN.replace("CONDITION", condition).replace("sub Z {", "sub Z @Clerk {").replace("} @Clerk", "}")
    bundle = files(main=text, other=OTHER)
    terms = {"names": lambda element: SETS.get(element.id, ()), **change}
    return [problem for problem in engine.check(bundle, "main", **terms) if problem.rule == "V8"]


@pytest.mark.parametrize("name", ["answer", "late", "told"])
def test_what_was_set_before_is_known(name):
    assert unknown(f'{name} == "yes"') == []


def test_the_outcome_of_a_called_process_is_known():
    assert unknown('outcome == "told_so"') == []


def test_what_nothing_sets_is_found_with_the_names_that_are_known():
    (problem,) = unknown('anwser == "yes"')
    assert "anwser" in problem.reason
    assert "answer" in problem.mend
    assert not problem.warning


def test_what_is_only_set_later_is_found():
    text = """
    start S
    xor G
    user A @Clerk
    end E
    S -> G
    G -> E if answer
    G -> A
    A -> E
    """
    found = engine.check(files(main=text), "main", names=lambda element: SETS.get(element.id, ()))
    assert [problem.rule for problem in found] == ["V8"]


def test_what_a_loop_sets_is_known_where_it_leads_back():
    text = """
    start S
    xor G
    user A @Clerk
    end E
    S -> G
    G -> E if has(answer) and answer
    G -> A
    A -> G
    """
    assert engine.check(files(main=text), "main", names=lambda element: SETS.get(element.id, ())) == []


def test_a_timer_that_reads_an_unknown_name_is_found():
    text = "start S\n user A @Clerk\n boundary T on=A timer=wanted\n end E\n S -> A -> E\n T -> E"
    found = engine.check(files(main=text), "main", names=lambda element: ())
    assert ("V8", "T") in {(problem.rule, problem.element_id) for problem in found}


def test_elsewhere_than_in_the_house_it_is_a_warning():
    (problem,) = unknown('anwser == "yes"', rules="standard")
    assert problem.warning


def test_without_the_names_of_the_host_nothing_is_checked():
    assert unknown('anwser == "yes"', names=None) == []


def test_an_expression_that_cannot_be_read_is_the_business_of_another_rule():
    assert unknown("== 3") == []
