"""Decision tables: what they answer, and what is wrong with those that are refused."""

import json
import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soaking import examples

from engine import decisions
from engine.decisions import reading
from engine.decisions.domains import MAX_CONSTANTS
from engine.decisions.proofs import MAX_STEPS
from engine.decisions.reading import NAMESPACES
from engine.decisions.tables import MAX_INPUTS, MAX_OUTPUTS, MAX_RULES
from engine.decisions.texts import MAX_NAMES
from engine.errors import ExpressionError, InvalidDefinition
from engine.expressions import WEEKDAYS, Context
from tests.unit.engine.dmn_builder import decision, file, literal, table
from workflows.settings import PROJECT

FEE = table(
    ["status", ("amount", "number")],
    ["fee", "why"],
    [
        ['"open"', "< 5", "0", '"small"'],
        ['"open"', "[5..10[", "amount * 0.5", '"middle"'],
        ['"open"', ">= 10", "5", '"large"'],
        ['not("open")', "-", "", '"closed"'],
    ],
)


def load(*parts: str, identity: str = "fee"):
    return decisions.load({"fees.dmn": file(*parts)}, identity)


def decide(inner: str, data: dict, context: Context = Context()):  # noqa: B008 - it is frozen
    return load(decision(inner)).decide(data, context)


def problems(*parts: str, identity: str = "fee", **files: bytes):
    with pytest.raises(InvalidDefinition) as refusal:
        decisions.load({"fees.dmn": file(*parts), **files}, identity)
    return refusal.value.problems


@pytest.mark.parametrize(
    ("status", "amount", "answer"),
    [
        ("open", 4, {"fee": 0, "why": "small"}),
        ("open", 5, {"fee": 2.5, "why": "middle"}),
        ("open", 8, {"fee": 4, "why": "middle"}),
        ("open", 9.99, {"fee": 4.995, "why": "middle"}),
        ("open", 10, {"fee": 5, "why": "large"}),
        ("shut", 7, {"fee": None, "why": "closed"}),
    ],
)
def test_a_table_answers(status, amount, answer):
    found = decide(FEE, {"status": status, "amount": amount})
    assert found == answer
    assert {type(value) for value in found.values()} <= {int, float, str, type(None)}


def test_the_data_are_not_changed():
    data = {"status": "open", "amount": 4}
    decide(FEE, data)
    assert data == {"status": "open", "amount": 4}


CELLS = [
    ("-", [1, "a", None, True], []), ("", [1, None], []), ("3", [3, 3.0], [4, "3", True, None]),
    ('"a","b"', ["a", "b"], ["c", "", None, 1]), ('"a", "b,c"', ["b,c"], ["b"]), ("< 5", [4, -1, 4.9], [5, 6, None]),
    ("<= 5", [5], [5.1]), ("> 5", [5.1], [5]), (">= 5", [5], [4.9]), ("[1..5]", [1, 3, 5], [0.9, 5.1, None]),
    ("]1..5[", [3], [1, 5]), ("(1..5)", [3], [1, 5]), ("(1..5]", [5], [1]), ("[1..5)", [1], [5]), ("[-5..-1.5]", [-2], [-1]),
    ("[1..2],[4..5], 9", [1, 4.5, 9], [3, 8]), ("]1..2[,]4..5[", [1.5, 4.5], [1, 2, 4]), ("not(3)", [4, None], [3]),
    ('not("a","b")', ["c"], ["a", "b"]), ("not(< 5)", [5, None], [4]), ("not([1..5])", [0], [1, 5]),
    ("true", [True], [False, 1]),
    ("false", [False], [True, 0]), ("null", [None], [0, "", False]), ("None", [None], [0]), ('not(null)', [0, ""], [None]),
    ("-3", [-3], [3]), ("limit", [7], [8]), ("< limit", [6], [7]), ("limit * 2", [14], [7]),
    ("[limit..limit * 2]", [7, 14], [15]),
    ("sizes", [1, 2], [3]), ('["a", "b"]', ["a", "b"], ["c"]), ("? > 3 and ? < limit", [4], [3, 7]),
    ('contains(?, "x")', ["axa"], ["a"]),
    ("not(? == 3)", [4], [3]), ("!= 3", [4, "a"], [3]), ("= 3", [3], [4]), ("limit == 7", [1, "a"], []),
    ("limit > 9", [], [1]),
    ('lower("A")', ["a"], ["A"]), ('< "m"', ["a"], ["m", "z"]), ('["a".."m"]', ["b", "m"], ["n"]), ("min(1, 5)", [1], [5]),
    ("count([1, 2]), count([])", [2, 0], [1]), ("? in [1, 2] or limit == 8", [1], [3]), ("(1 + 2)", [3], [1]),
    ("(limit)", [7], [1]),
]  # fmt: skip


FEEL = [
    ('upper case("a")', ["A"], ["a"]), ("if limit > 3 then 1 else 2", [1], [2]), ('? in ("a", "b")', ["a"], ["c"]),
    ("? between 1 and 5", [3], [6]), ("list contains(sizes, ?)", [1], [3]), ('starts with(?, "op")', ["open"], ["shut"]),
    ("< string length(\"abc\")", [2], [3]), ("1, != 5", [1, 4], [5]), ("sizes[1]", [1], [2]),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "matching", "other"), CELLS + FEEL)
def test_a_cell_matches(cell, matching, other):
    made = load(decision(table(["value"], ["hit"], [[cell, "true"]], "FIRST")))
    for value, hit in [*((value, True) for value in matching), *((value, None) for value in other)]:
        assert made.decide({"value": value, "limit": 7, "sizes": [1, 2]}) == {"hit": hit}, value


TEMPORAL = [
    ("date", '< date("2026-11-21")', "2026-11-20", "2026-11-21"),
    ("", '[date("2026-01-01")..date("2026-12-31")]', "2026-06-01", "2027-01-01"),
    ("date", '@"2026-11-21"', "2026-11-21", "2026-11-22"),
    ("dateTime", '>= date and time("2026-11-21T10:00:00Z")', "2026-11-21T02:00:00-08:00", "2026-11-21T09:59:00Z"),
    ("dayTimeDuration", '<= duration("PT36H")', "P1D", "P2D"), ("", '> @"P1M"', "P2M", "P1M"),
    ("date", "> opened", "2026-11-02", "2026-11-01"),
    ("feel:date", "<= today()", "2026-11-24", "2026-11-25"), ("date", 'not(@"2026-11-21")', "2026-11-20", "2026-11-21"),
    ("date", "? > add_business_days(today(), 2)", "2026-11-27", "2026-11-26"),
    ("date and time", '< @"2026-11-21T10:00:00Z"', "2026-11-21T09:00:00Z", "2026-11-21T11:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "cell", "matching", "other"), TEMPORAL)
def test_dates_of_the_data_are_text_and_are_compared_as_dates(kind, cell, matching, other):
    made = load(decision(table([("day", kind)], ["hit"], [[cell, "true"]], "FIRST")))
    context = Context(datetime(2026, 11, 24, tzinfo=UTC), WEEKDAYS)
    assert made.decide({"day": matching, "opened": "2026-11-01"}, context) == {"hit": True}
    assert made.decide({"day": other, "opened": "2026-11-01"}, context) == {"hit": None}


RULES = [["< 5", "1", '"a"'], ["< 9", "2", '"b"'], ["-", "3", '"c"']]
POLICIES = [
    ("FIRST", "", 3, {"n": 1, "t": "a"}), ("FIRST", "", 7, {"n": 2, "t": "b"}),
    ("RULE ORDER", "", 7, {"n": [2, 3], "t": ["b", "c"]}),
    ("COLLECT", "", 3, {"n": [1, 2, 3], "t": ["a", "b", "c"]}), ("COLLECT", "", 30, {"n": [3], "t": ["c"]}),
    ("COLLECT", "SUM", 3, {"n": 6}), ("COLLECT", "MIN", 3, {"n": 1}), ("COLLECT", "MAX", 3, {"n": 3}),
    ("COLLECT", "COUNT", 7, {"n": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "aggregation", "value", "answer"), POLICIES)
def test_hit_policies(policy, aggregation, value, answer):
    outputs = ["n"] if aggregation else ["n", "t"]
    rules = [rule[: 1 + len(outputs)] for rule in RULES]
    assert decide(table(["value"], outputs, rules, policy, aggregation), {"value": value}) == answer


def test_collecting_nothing():
    none = [["< 5", "1.5"], ["< 5", "2.5"]]
    for aggregation, answer in [("", []), ("SUM", None), ("MIN", None), ("MAX", None), ("COUNT", 0)]:
        assert decide(table(["value"], ["n"], none, "COLLECT", aggregation), {"value": 9}) == {"n": answer}
    assert decide(table(["value"], ["n"], none, "COLLECT", "SUM"), {"value": 1}) == {"n": 4}
    assert decide(table(["value"], ["n"], none, "COLLECT", "MAX"), {"value": 1}) == {"n": 2.5}


def test_any_agrees_or_refuses():
    rules = [["< 5", "a"], ["< 9", "b"]]
    made = load(decision(table(["value"], ["n"], rules, "ANY")))
    assert made.decide({"value": 3, "a": 1, "b": 1}) == {"n": 1}
    with pytest.raises(ExpressionError, match="Rules 1 and 2 both match, and they do not agree"):
        made.decide({"value": 3, "a": 1, "b": 2})
    assert made.decide({"value": 7, "b": 2}) == {"n": 2}


def test_two_hits_of_unique_are_an_error_and_never_the_first():
    made = load(decision(table(["value"], ["n"], [["< limit", "1"], ["> 3", "2"]])))
    assert made.decide({"value": 1, "limit": 5}) == {"n": 1}
    with pytest.raises(
        ExpressionError, match="Decision fee: Rules 1 and 2 both match, and only one rule may match"
    ):
        made.decide({"value": 4, "limit": 5})


def test_no_hit_gives_the_defaults():
    rules = [["< 5", "1", "2"]]
    assert decide(table(["value"], ["a", ("b", "limit + 1")], rules), {"value": 9, "limit": 3}) == {
        "a": None,
        "b": 4,
    }


def test_an_input_is_asked_only_when_a_cell_needs_it():
    made = load(decision(table(["a", "b"], ["n"], [["1", "-", "1"], ["not(1)", "2", "2"]], "FIRST")))
    assert made.decide({"a": 1}) == {"n": 1}
    with pytest.raises(
        ExpressionError, match="Rule 2 cannot be answered for “b”: The field b has no value here"
    ):
        made.decide({"a": 3})
    with pytest.raises(ExpressionError, match="Only two numbers"):
        decide(table(["a"], ["n"], [["< 5", "1"]]), {"a": "x"})


def test_a_decision_may_require_others():
    size = decision(table(["amount"], ["size"], [["< 5", '"small"'], [">= 5", '"large"']]), "size")
    base = decision(literal("amount * 2"), "base", ["size"], variable="base price")
    fee = decision(
        table(["size", "Base Price"], ["fee"], [['"small"', "-", "1"], ['"large"', "> 20", "base price + 1"]], "FIRST"),
        requires=["size", "base"],
    ).replace("Base Price", "base price")  # fmt: skip
    made = load(size, base, fee)
    assert [identity for identity, *_ in made.steps] == ["size", "base", "fee"]
    assert made.decide({"amount": 1}) == {"fee": 1}
    assert made.decide({"amount": 20}) == {"fee": 41}
    assert load(size, base, fee, identity="base").decide({"amount": 3}) == {"base_price": 6}
    other = decisions.load({"a.dmn": file(size), "b.dmn": file(base, fee), "c.txt": b"?"}, "fee")
    assert other.decide({"amount": 20}) == {"fee": 41}


def test_a_result_of_several_outputs_is_read_by_its_parts():
    both = decision(table(["n"], ["low", "high"], [["-", "n - 1", "n + 1"]]), "both", name="The Range")
    fee = decision(literal("The Range.low + high"), requires=["both"])
    assert load(both, fee).decide({"n": 5}) == {"fee": 10}


def test_a_diamond_of_requirements_is_decided_once_each():
    parts = [decision(literal("n"), "d0")]
    parts += [
        decision(literal(f"d{n - 1} + 1"), f"d{n}", [f"d{n - 1}", f"d{max(n - 2, 0)}"]) for n in range(1, 60)
    ]
    made = load(*parts, identity="d59")
    began = time.process_time()
    assert made.decide({"n": 1}) == {"d59": 60}
    assert time.process_time() - began < 1


def test_names_with_spaces_are_words_joined_by_underscores():
    declared = "<inputData id='i' name='Applicant Age'/><inputData id='j' name='Risk / Class'/>"
    inner = table(
        [("Applicant Age", "number"), "Risk / Class"],
        ["The Fee"],
        [["< 18", '"Applicant Age"', "Applicant Age * 2"]],
    )
    made = decisions.load({"f.dmn": file(decision(inner), extra=declared)}, "fee")
    assert made.decide({"Applicant Age": 10, "Risk / Class": "Applicant Age"}) == {"The_Fee": 20}
    assert made.decide({"Applicant_Age": 10, "Risk_Class": "Applicant Age"}) == {"The_Fee": 20}


def test_types_of_the_file_give_their_kind_and_values():
    allowed = '<allowedValues><text>"low","high"</text></allowedValues>'
    types = f"<itemDefinition name='tRisk'><typeRef>string</typeRef>{allowed}</itemDefinition>"
    inner = table([("risk", "tRisk")], ["n"], [['"low"', "1"], ['"high"', "2"]])
    assert decisions.check({"f.dmn": file(decision(inner), extra=types)}) == []
    (warning,) = decisions.check({"f.dmn": file(decision(inner))})
    assert (warning.rule, warning.warning) == ("D20", True)


@pytest.mark.parametrize("namespace", sorted(NAMESPACES))
def test_every_version_of_the_standard_is_read(namespace):
    assert decisions.load({"f.dmn": file(decision(FEE), namespace=namespace)}, "fee").id == "fee"


def test_what_other_namespaces_add_is_passed_over():
    foreign = "<x:decision xmlns:x='urn:x' id='other'/><extensionElements><x:y xmlns:x='urn:x'/></extensionElements>"
    assert decisions.load({"f.dmn": file(decision(FEE), extra=foreign)}, "fee").decide(
        {"status": "x", "amount": 1}
    )


REFUSED = [
    (table(["a"], ["n"], [["1", "1"]], "PRIORITY"), "D3", "table"),
    (table(["a"], ["n"], [["1", "1"]], "OUTPUT ORDER"), "D3", "table"),
    (table(["a"], ["n"], [["1", "1"]], "MADE UP"), "D3", "table"),
    (table(["a"], ["n"], [["1", "1"]], "COLLECT", "AVG"), "D3", "table"),
    (table(["a"], ["n"], [["1", "1"]], "UNIQUE", "SUM"), "D3", "table"),
    (table(["a"], ["n", "m"], [["1", "1", "1"]], "COLLECT", "SUM"), "D3", "table"),
    (table(["a"], ["n"], [["1", "1"]] * 501, "FIRST"), "D4", "table"), (table(["a"] * 21, ["n"], []), "D4", "table"),
    (table(["a"], [f"n{n}" for n in range(21)], []), "D4", "table"), (table(["a b"], ["n"], [["1", "1"]]), "D5", "in1"),
    (table([""], ["n"], [["1", "1"]]), "D5", "in1"), (table([("a", "string", '"a" "b"')], ["n"], [["-", "1"]]), "D5", "in1"),
    (table(["a"], [("n", "1 +")], [["1", "1"]]), "D5", "out1"), (table(["a"], ["n"], [["import os", "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [["-", "x.__class__"]]), "D5", "r1c2"), (table(["a"], ["n"], [["[1..]", "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [["[1..2", "1"]]), "D5", "r1c1"), (table(["a"], ["n"], [["[5..1]", "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [["1,", "1"]]), "D5", "r1c1"), (table(["a"], ["n"], [[",1", "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [["<", "1"]]), "D5", "r1c1"), (table(["a"], ["n"], [["< true", "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [["not()", "1"]]), "D5", "r1c1"), (table(["a"], ["n"], [["[1..2]3", "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [['["a"..5]', "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [['date("2026-02-30")', "1"]]), "D5", "r1c1"),
    (table(["a"], ["n"], [["1 / 0", "1"]]), "D5", "r1c1"), (table(["a"], ["n"], [["x" * 1001, "1"]]), "D5", "r1c1"),
    (table([("a", "number")], ["n"], [['"1"', "1"]]), "D6", "r1c1"),
    (table([("a", "string")], ["n"], [["1", "1"]]), "D6", "r1c1"),
    (table([("a", "boolean")], ["n"], [['"true"', "1"]]), "D6", "r1c1"),
    (table([("a", "date")], ["n"], [['"2026-01-01"', "1"]]), "D6", "r1c1"),
    (table(["a", "b"], ["n"], [["1", "1"]]), "D7", "r1"), (table(["a"], ["n"], [["1"]]), "D7", "r1"),
    (table(["a"], [], [["1"]]), "D12", "table"),
    (table(["a"], ["n", "n"], [["1", "1", "1"]]), "D12", "out2"),
    (table(["a"], ["n", ""], [["1", "1", "1"]]), "D12", "out2"),
    (literal("lambda: 1"), "D5", "literal"), (literal(""), "D5", "literal"), ("", "D2", "fee"), ("<context/>", "D2", "fee"),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "rule", "element"), REFUSED)
def test_what_is_wrong_is_said_with_its_place(inner, rule, element):
    (problem,) = problems(decision(inner))
    assert (problem.rule, problem.element_id, problem.file, problem.warning) == (
        rule,
        element,
        "fees.dmn",
        False,
    )
    assert problem.reason.endswith(".") and problem.mend
    assert problem in decisions.check({"fees.dmn": file(decision(inner))})


def test_all_problems_are_told_at_once_with_the_text_that_was_meant():
    found = problems(
        decision(table(["a b"], ["n"], [["<> 3", "x ="], ["“x”", "1"], ['"a"', "1", "2"]], "MADE UP"))
    )
    assert [problem.rule for problem in found] == ["D3", "D5", "D5", "D5", "D5", "D7"]
    assert any(problem.mend.endswith('Perhaps: "x"') for problem in found)


def test_requirements_that_lead_nowhere_or_in_circles():
    a, b = decision(literal("b"), "a", ["b"]), decision(literal("a"), "b", ["a"])
    assert [(p.rule, p.element_id) for p in problems(a, b, identity="a")] == [("D11", "b")]
    assert [p.rule for p in problems(decision(literal("1"), "a", ["a"]), identity="a")] == ["D11"]
    (missing,) = problems(decision(literal("1"), "a", ["nowhere"]), identity="a")
    assert (missing.rule, missing.element_id) == ("D10", "a")
    assert [p.rule for p in problems(decision(literal("1")), identity="nowhere")] == ["D1"]
    long = [decision(literal("1"), f"d{n}", [f"d{n + 1}"]) for n in range(99)] + [
        decision(literal("1"), "d99")
    ]
    assert load(*long, identity="d0").decide({}) == {"d0": 1}
    assert decisions.check({"f.dmn": file(*long, decision(literal("1"), "d100"))})[0].rule == "D4"


def test_ids_are_there_and_used_once():
    twice = file(decision(literal("1")), decision(literal("2")))
    assert [p.rule for p in decisions.check({"f.dmn": twice})] == ["D12"]
    assert [p.rule for p in decisions.check({"f.dmn": file(decision(literal("1"), ""))})] == ["D12"]


def test_a_decision_is_not_refused_for_the_faults_of_others():
    files = {
        "a.dmn": file(decision(literal("1"), "a")),
        "b.dmn": b"not xml",
        "c.dmn": file(decision("", "c")),
    }
    assert decisions.load(files, "a").decide({}) == {"a": 1}
    assert [problem.rule for problem in decisions.check(files)] == ["X1", "D2"]
    again = {**files, "d.dmn": file(decision(literal("2"), "a"))}
    with pytest.raises(InvalidDefinition, match="The id a is used twice"):
        decisions.load(again, "a")


def test_names_with_spaces_are_bounded():
    many = "".join(f"<inputData id='i{n}' name='name {n}'/>" for n in range(201))
    long = f"<inputData id='i' name='{'n ' * 150}'/>"
    for extra in (many, long):
        with pytest.raises(InvalidDefinition) as refusal:
            decisions.load({"f.dmn": file(decision(literal("1")), extra=extra)}, "fee")
        assert [problem.rule for problem in refusal.value.problems] == ["D4"]


HOSTILE = [
    (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + file(decision(FEE)), "X2"), (b"not xml", "X1"), (b"", "X1"), (b"<a/>", "X1"),
    (file(decision(FEE), namespace="urn:other"), "X1"), (file(decision(FEE), extra="<?x y?>"), "X3"),
    (b"x" * 9_000_000, "X4"),
    (b"<?xml version='1.0' encoding='ebcdic'?><a/>", "X5"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "rule"), HOSTILE)
def test_a_hostile_file_is_refused_at_the_door(content, rule):
    assert [problem.rule for problem in decisions.check({"f.dmn": content})] == [rule]


def test_a_word_without_quotes_is_a_field_and_is_warned_of():
    made = load(decision(table(["a"], ["n"], [["open", "1"], ["limit", "2"]], "FIRST")))
    told = [problem for problem in made.warnings if problem.rule == "D23"]
    assert (told[0].element_id, told[0].mend) == (
        "r1c1",
        'If it is a text, write "open".',
    )
    declared = "<inputData id='i' name='open'/><inputData id='j' name='limit'/>"
    quiet = decisions.check(
        {
            "f.dmn": file(
                decision(table(["a"], ["n"], [["open", "1"], ["limit", "2"]], "FIRST")), extra=declared
            )
        }
    )
    assert [problem.rule for problem in quiet if problem.rule == "D23"] == []


def test_an_empty_input_that_nobody_asks_is_no_trouble():
    assert decide(table([""], ["n"], [["-", "1"], ["", "2"]], "COLLECT"), {}) == {"n": [1, 2]}


def test_a_large_table_is_loaded_and_asked_in_little_time():
    rules = [[f"[{10 * n}..{10 * n + 10}[", f'"k{n}"', *["-"] * 18, str(n)] for n in range(500)]
    began = time.process_time()
    made = load(decision(table([("a", "number"), "b", *[f"c{n}" for n in range(18)]], ["n"], rules)))
    assert time.process_time() - began < 10
    began = time.process_time()
    assert made.decide({"a": 4995, "b": "k499"}) == {"n": 499}
    assert time.process_time() - began < 0.5


PIECES = st.one_of(
    st.sampled_from(
        ["[", "]", "(", ")", "..", ",", "not(", "<", "<=", "-", "?", "and", "or", "in", "=", "!=", ".", "@"]
    ),
    st.sampled_from(
        [
            "1",
            "5.5",
            '"a"',
            "value",
            "limit",
            "null",
            "true",
            'date("2026-01-01")',
            '@"P1D"',
            "today()",
            "sizes[1]",
        ]
    ),
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=3),
)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(PIECES, max_size=9).map("".join),
    st.integers(0, 2),
    st.sampled_from([1, 5.5, "a", None, True, "2026-01-01"]),
)
def test_any_text_in_any_place_is_answered_or_refused_with_a_sentence(text, place, value):
    inputs = [text if place == 2 else "value"]
    rules = [[text if place == 0 else "-", text if place == 1 else "1"], ["< 3", "2"]]
    content = {"f.dmn": file(decision(table(inputs, ["n"], rules)))}
    told = [problem for problem in decisions.check(content) if not problem.warning]
    if told:
        assert all(problem.reason.endswith(".") and problem.mend for problem in told)
        return
    try:
        answer = decisions.load(content, "fee").decide({"value": value, "limit": 7, "sizes": [1, 2]})
    except ExpressionError as error:
        assert str(error).startswith("Decision fee: ")
        return
    assert answer.keys() == {"n"}


PAGE = (PROJECT / "docs" / "decision-tables.md").read_text("utf-8")
ROWS = re.findall(r"^\| (`.+?) \| `(.+)` \| (?:`(.+)` )?\|$", PAGE.split("## Hit")[0], re.MULTILINE)


@pytest.mark.parametrize(("cells", "matching", "other"), ROWS)
def test_a_cell_of_the_page_matches_what_the_page_says(cells, matching, other):
    for cell in re.findall(r"`([^`]+)`", cells):
        made = load(decision(table(["value"], ["hit"], [[cell, "true"]], "FIRST")))
        assert made.decide({"value": json.loads(matching), "limit": 7}) == {"hit": True}
        assert not other or made.decide({"value": json.loads(other), "limit": 7}) == {"hit": None}


def test_the_page_tells_every_code_and_bound():
    told = {code for codes in re.findall(r"^\| ([DX][^|]*?) ?(?:\(warning\) )?\|", PAGE, re.MULTILINE)
            for code in re.findall(r"[DX]\d+", codes)}  # fmt: skip
    used = set(re.findall(r"\b(D\d+)\b", reading.__doc__))
    assert told - {"X1", "X5"} == used
    for bound in (
        MAX_RULES,
        MAX_INPUTS,
        MAX_OUTPUTS,
        reading.MAX_DECISIONS,
        MAX_STEPS,
        MAX_CONSTANTS,
        MAX_NAMES,
    ):
        assert f"{bound:,}" in PAGE
    assert len(ROWS) == 18
