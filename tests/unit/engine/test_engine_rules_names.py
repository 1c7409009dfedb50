"""The names that expressions read, and their kinds: found where nothing before can have set them, and only there."""

import dmn_builder
import pytest
from bpmn_builder import files

import engine

SETS = {"A": ["answer"], "B": ["late"], "O": ["told"], "V": ["counted"]}
KINDS = {
    "A": {"answer": ["yes", "no"], "amount": "integer", "ticked": "boolean", "born": "date", "word": "text",
          "said": ["aye", "nay"]},
    "B": {"answer": ["later"], "word": "integer", "said": "text"}, "O": {"odd": "unknown"},
}  # fmt: skip
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


def unlike(condition: str, text: str = MAIN, **change) -> list[engine.Problem]:
    """What is said of the kinds in a condition, where the forms and steps tell them."""
    text = text.replace("CONDITION", condition).replace("sub Z {", "sub Z @Clerk {").replace("} @Clerk", "}")
    terms = {"names": lambda element: KINDS.get(element.id, {}), **change}
    found = engine.check(files(main=text, other=OTHER), "main", **terms)
    return [problem for problem in found if problem.rule in ("V5", "V8", "V14")]


@pytest.mark.parametrize(
    ("condition", "told", "offered"),
    [
        ('answer == "yess"', "one of later, no, yes", 'answer == "yes"'),
        ('answer in ["yes", "lather"]', "never “lather”", 'answer in ["yes", "later"]'),
        ("answer", "true or false", "later, no, yes"),
        ('amount > "3"', "no order", "amount > 3"),
        ("amount == born", "never equals", "like with like"),
        ("date(born) > 3", "no order", "like with like"),
        ("born < today()", "no order", "date(born) < today()"),
        ('ticked == "yes"', "never equals", "ticked == true"),
        ("amount and ticked", "true or false", "Compare it"),
        ('outcome == "told_sow"', "told_so", 'outcome == "told_so"'),
        ("said > 3", "no order", 'said > "3"'),
        ("length(amount) > 3", "takes", "Give it"),
    ],
)
def test_what_can_never_be_right_is_refused_with_what_was_meant(condition, told, offered):
    (problem,) = unlike(condition)
    assert (problem.rule, problem.element_name, problem.warning) == ("V14", None, False)
    assert told in problem.reason
    assert offered in problem.mend


@pytest.mark.parametrize(
    "condition",
    [
        'answer == "later" or answer == "no"', "amount > 3", "ticked and not ticked", 'born < "2026-01-01"',
        'word == "x"', "word == 3", "odd == 3", "odd", 'outcome == "told_so"', "has(answer)", "answer == None",
        'said == "perhaps"',
    ],
)  # fmt: skip
def test_what_may_be_right_is_taken(condition):
    assert unlike(condition) == []


def test_a_version_that_runs_already_is_not_held_against_the_kinds():
    assert unlike('outcome == "told_sow"', names=None) == []


def test_of_a_variable_that_nobody_describes_nothing_is_guessed():
    names = {"A": ["answer", "amount"], "B": [], "O": []}
    assert unlike('amount > "3" and answer', names=lambda element: names.get(element.id, ())) == []


@pytest.mark.parametrize(
    ("parts", "refused"),
    [
        ("user B times=answer @Clerk", ["V14"]),
        ("user B times=amount until=amount @Clerk", ["V14"]),
        ("user B times=amount until='numberOfActiveInstances < 2' @Clerk", []),
        ("user B times=2 @Clerk\nboundary T on=B timer=amount", ["V14"]),
        ("user B times=2 @Clerk\nboundary T on=B timer=word", []),
        ("user B @Clerk\nboundary T on=B condition=amount", ["V14"]),
        ("user B @Clerk\nboundary T on=B condition='amount > 3'", []),
        ("user B while='answer == \"yess\"' @Clerk", ["V14"]),
    ],
)
def test_loops_timers_and_events_are_read_too(parts, refused):
    handled = "user H @Clerk\nend EH\nT -> H -> EH\n" if "boundary" in parts else ""
    text = f"start S\nuser A @Clerk\n{parts}\nend E\nS -> A -> B -> E\n{handled}"
    found = engine.check(
        files(main=text), "main", names=lambda element: KINDS.get(element.id, {}) if element.id == "A" else {}
    )
    assert [problem.rule for problem in found] == refused


def test_a_condition_that_an_event_waits_for_may_be_fulfilled_beside_it():
    text = """
    start S
    and F
    user A @Clerk
    catch C condition="answer == 'yes'"
    and J
    end E
    S -> F
    F -> A -> J
    F -> C -> J
    J -> E
    """
    assert unlike("", text) == []


DECIDED = """
start S
user A @Clerk
rule D decision=fee
xor G
end E
end X
S -> A -> D -> G
G -> E if CONDITION
G -> X
"""


@pytest.mark.parametrize(
    ("condition", "refused"), [('fee == "high"', []), ('fee == "hihg"', ["V14"]), ("fees > 3", ["V8"])]
)
def test_what_a_decision_table_gives_is_known(condition, refused):
    table = dmn_builder.table(["amount"], ["fee"], [["> 3", '"high"'], ["<= 3", '"low"']])
    bundle = {
        **files(main=DECIDED.replace("CONDITION", condition)),
        "fee.dmn": dmn_builder.file(dmn_builder.decision(table)),
    }
    found = engine.check(bundle, "main", names=lambda element: KINDS.get(element.id, {}))
    assert [problem.rule for problem in found] == refused


@pytest.mark.parametrize(
    ("condition", "offered"),
    [
        ("answer = 'yes'", "answer == 'yes'"),
        ("answer == yes", 'answer == "yes"'),
        ("anwser == 'yes'", "answer == 'yes'"),
    ],
)
def test_what_is_not_understood_is_offered_as_it_was_meant(condition, offered):
    (problem,) = unlike(condition)
    assert problem.mend.endswith(f"The whole is then: {offered}")
