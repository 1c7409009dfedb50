"""Overlaps and gaps are found exactly: against trying every value, and with an example that is so."""

import re
import time
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soaking import examples

from engine import decisions
from engine.errors import InvalidDefinition
from engine.expressions import compile
from tests.unit.engine.dmn_builder import decision, file, table


def told(inputs, rules, policy="UNIQUE", outputs=("n",)):
    """The problems of a table of these rules, as (code, reason)."""
    content = file(decision(table(inputs, outputs, rules, policy)))
    return [(problem.rule, problem.reason) for problem in decisions.check({"f.dmn": content})]


def numbered(cells):
    """Rules with their number as output."""
    return [[*row, str(number)] for number, row in enumerate(cells, 1)]


def test_an_overlap_is_told_with_an_example():
    rules = [
        ['"open"', "< 5"],
        ['"open"', "[3..10["],
        ['"open","shut"', ">= 5"],
        ['"shut"', "< 5"],
        ['not("open","shut")', "-"],
    ]
    assert told(["status", "amount"], numbered(rules)) == [
        ("D8", 'status == "open" and 3 <= amount < 5 matches rules 1 and 2, and only one may match.'),
        ("D8", 'status == "open" and 5 <= amount < 10 matches rules 2 and 3, and only one may match.'),
    ]  # fmt: skip
    with pytest.raises(InvalidDefinition):
        decisions.load({"f.dmn": file(decision(table(["status", "amount"], ["n"], numbered(rules))))}, "fee")


def test_a_gap_is_told_with_an_example_and_refuses_nothing():
    rules = numbered([['"open"', "< 5"], ['"open"', "> 5"], ['not("open")', "-"]])
    assert told(["status", "amount"], rules) == [
        ("D20", 'status == "open" and amount == 5 matches no rule, so there is no answer for it.')
    ]
    made = decisions.load({"f.dmn": file(decision(table(["status", "amount"], ["n"], rules)))}, "fee")
    assert [warning.element_id for warning in made.warnings] == ["table"]
    assert told(["status", "amount"], rules, outputs=[("n", "0")]) == []


EXAMPLES = [
    (["a"], [["1"], ["2"]], "a < 1"), (["a"], [["< 1"], ["> 1"]], "a == 1"), (["a"], [["<= 1"], ["> 2"]], "1 < a <= 2"),
    (["a"], [["<= 1"], [">= 2"]], "1 < a < 2"), ([("a", "integer")], [["<= 1"], [">= 3"]], "1 < a < 3"),
    (["a"], [["< 3"]], "a >= 3"),
    (["a"], [['"x"']], 'a != "x"'), (["a"], [['"x","y"']], 'a not in ["x", "y"]'), (["a"], [['not("x")']], 'a == "x"'),
    (["a"], [['not("x","y")']], 'a in ["x", "y"]'), (["a"], [["true"]], "a == false"),
    (["a"], [["null"], ['"x"']], 'a != "x"'),
    (["a"], [['"x"'], ['not("x", null)']], "a == None"), ([("a", "string", '"x","y","z"')], [['"x"']], 'a in ["y", "z"]'),
    ([("a", "number", "[0..10]")], [["< 5"]], "5 <= a <= 10"),
    ([("a", "date")], [['<= date("2026-01-01")'], ['> date("2026-01-03")']],
     'date("2026-01-01") < date(a) <= date("2026-01-03")'),
     (["date(a)"], [['< date("2026-01-01")']], 'date(a) >= date("2026-01-01")'),
    (["a"], [['< duration("P1D")']], 'duration(a) >= duration("P1D")'), (["a"], [['< "m"']], 'a >= "m"'),
    (["a + 1"], [["< 5"]], "(a + 1) >= 5"),
    ([("a", "dateTime")], [['< @"2026-01-01T00:00:00Z"']], 'moment(a) >= moment("2026-01-01T00:00:00+00:00")'),
    (["a"], [["'\"'"]], "a != '\"'"),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "cells", "example"), EXAMPLES)
def test_how_an_example_is_written(inputs, cells, example):
    assert told(inputs, numbered(cells)) == [
        ("D20", f"{example} matches no rule, so there is no answer for it.")
    ]
    compile(example)


COMPLETE = [
    (["a"], [["< 5"], [">= 5"]]), ([("a", "integer")], [["<= 1"], [">= 2"]]), ([("a", "integer")], [["< 1.5"], ["> 1.5"]]),
    ([("a", "date")], [['<= date("2026-01-01")'], ['>= date("2026-01-02")']]), (["a"], [["true"], ["false"]]),
    ([("a", "string", '"x","y"')], [['"x"'], ['"y"']]), ([("a", "number", "[0..10]")], [["[0..5)"], ["[5..10]"]]),
    (["a"], [['"x"'], ['not("x")']]), (["a"], [["-"]]), ([], [[]]), (["a", "a"], [["< 5", "-"], [">= 5", "> 2"]]),
    (["a", "b"], [["< 5", "true"], ["< 5", "false"], [">= 5", "-"]]), (["a"], [["1", ], ["< 1"], ["> 1"]]),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "cells"), COMPLETE)
def test_a_complete_table_is_left_alone(inputs, cells):
    assert told(inputs, numbered(cells)) == []


def test_any_may_overlap_where_it_agrees():
    assert told(["a"], [["< 5", "1"], ["< 9", "1"], [">= 9", "2"]], "ANY") == []
    assert told(["a"], [["< 5", "1.0"], ["< 9", "1"], [">= 9", "2"]], "ANY") == []
    assert told(["a"], [["< 5", "1"], ["< 9", "2"], [">= 9", "2"]], "ANY") == [
        ("D9", "a < 5 matches rules 1 and 2, and they do not agree.")
    ]
    ((code, reason),) = told(["a"], [["< 5", "a"], ["< 9", "b"], [">= 9", "2"]], "ANY")
    assert (code, reason) == (
        "D21",
        "Rules 1 and 2 may both match where a < 5; their cells cannot be compared exactly.",
    )


def test_what_cannot_be_proved_is_a_warning():
    assert [code for code, _ in told(["a"], numbered([["< limit"], [">= limit"]]))] == ["D21", "D21"]
    assert [code for code, _ in told(["a"], numbered([["? > 3"], ["1"]]))] == ["D21", "D21"]
    assert told(["a", "a * 2"], numbered([["< 5", "-"], [">= 5", "> 20"], [">= 5", "<= 20"]])) == []
    ((code, reason),) = told(["a", "a * 2"], numbered([["< 5", "-"], ["-", ">= 10"]]))
    assert (code, "may both match" in reason) == ("D21", True)
    assert any("values of different kinds" in reason for _, reason in told(["a"], numbered([["1"], ['"x"']])))
    assert any("months and days" in reason for _, reason in told(["a"], numbered([['@"P1M"'], ['@"P1D"']])))


def test_rules_that_never_decide():
    assert told(["a"], numbered([["< 5"], ["< 3"], ["-"]]), "FIRST") == [
        ("D22", "Rule 2 never decides: rule 1 matches everything that it matches.")
    ]
    assert told([("a", "string", '"x","y"')], numbered([["-"], ['"z"']]), "RULE ORDER") == [
        ("D22", "Rule 2 never decides: no value of its inputs can match it.")
    ]
    assert ("D22", "Rule 1 never decides: no value of its inputs can match it.") in told(
        ["a", "a"], numbered([["< 5", "> 5"]])
    )
    assert told(["a"], numbered([["< limit"], ["< 3"], ["-"]]), "FIRST") == []


def test_collecting_tables_may_overlap_and_have_gaps():
    assert told(["a"], numbered([["< 5"], ["< 3"]]), "COLLECT") == []
    assert told(["a"], numbered([["< 5"], ["< 3"]]), "RULE ORDER") == []


NUMBERS = st.sampled_from(
    [
        "-",
        "1",
        "< 2",
        ">= 2",
        "> 3",
        "[1..3]",
        "]1..3[",
        "(2..3]",
        "1,3",
        "not(2)",
        "not([1..2])",
        "<= 1, > 3",
        "2.5",
    ]
)
TEXTS = st.sampled_from(["-", '"x"', '"x","y"', 'not("x")', 'not("x","y")', '"z"'])
TRUTHS = st.sampled_from(["-", "true", "false", "not(true)"])
ROWS = st.lists(st.tuples(NUMBERS, TEXTS, TRUTHS, NUMBERS), min_size=1, max_size=6)
POINTS = [0, 1, 1.5, 2, 2.5, 2.7, 3, 4]
VALUES = [
    dict(zip("abcd", values, strict=True))
    for values in product(POINTS, ["x", "y", "z", "other"], [True, False], POINTS)
]


@settings(max_examples=examples(40), deadline=None)
@given(ROWS)
def test_overlaps_and_gaps_are_those_of_trying_every_value(rows):
    """The points lie in every segment that these cells can cut, so trying them all is a proof too."""
    single = [_hits(row) for row in rows]
    pairs = {
        (i + 1, j + 1) for i, j in combinations(range(len(rows)), 2) if any(map(_both, single[i], single[j]))
    }
    found = told(list("abcd"), numbered(rows))
    overlaps = [(match, reason) for code, reason in found if code == "D8"
                for match in [re.search(r"matches rules (\d+) and (\d+)", reason)]]  # fmt: skip
    assert {(int(match[1]), int(match[2])) for match, _ in overlaps} == pairs
    for match, reason in overlaps:
        hits = [
            _both(*both) for both in zip(single[int(match[1]) - 1], single[int(match[2]) - 1], strict=True)
        ]
        _check_example(reason.split(" matches rules")[0], hits)
    gaps = [reason for code, reason in found if code == "D20"]
    uncovered = [not any(hits) for hits in zip(*single, strict=True)]
    assert bool(gaps) == any(uncovered)
    for reason in gaps:
        _check_example(reason.split(" matches no rule")[0], uncovered)
    assert [code for code, _ in found if code == "D21"] == []


def _both(one: bool, other: bool) -> bool:
    return one and other


def _hits(row):
    """Which of the values one rule matches, asked of the running table itself."""
    made = decisions.load(
        {"f.dmn": file(decision(table(list("abcd"), ["n"], [[*row, "1"]], "FIRST")))}, "fee"
    )
    return [made.decide(value)["n"] == 1 for value in VALUES]


def _check_example(example, expected):
    """Every value that the example is about is one of the expected, and there is one."""
    if example == "Every value":
        assert all(expected)
        return
    condition = compile(example)
    about = [hit for value, hit in zip(VALUES, expected, strict=True) if condition.holds(value)]
    assert about and all(about)


DATES = st.sampled_from(
    [
        "-",
        '@"2026-01-02"',
        '< @"2026-01-02"',
        '>= @"2026-01-03"',
        '[@"2026-01-01"..@"2026-01-03"]',
        'not(@"2026-01-02")',
    ]
)
WHOLE = st.sampled_from(
    ["-", "1", "< 2", ">= 2", "> 3", "]1..3[", "not([1..2])", "<= 1, > 3", "> 2.5", "null", "not(null)"]
)
DAYS = [f"2026-01-0{day}" for day in range(1, 6)]


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(DATES, WHOLE), min_size=1, max_size=5))
def test_whole_numbers_and_days_have_nothing_between_them(rows):
    values = [{"d": day, "w": whole} for day in ["2025-12-31", *DAYS] for whole in [0, 1, 2, 3, 4, None]]
    inputs = [("d", "date"), ("w", "integer")]
    if not any("null" in whole for _, whole in rows):
        values = [value for value in values if value["w"] is not None]
    single = []
    for row in rows:
        made = decisions.load({"f.dmn": file(decision(table(inputs, ["n"], [[*row, "1"]], "FIRST")))}, "fee")
        single.append([made.decide(value)["n"] == 1 for value in values])
    codes = [code for code, _ in told(inputs, numbered(rows))]
    assert ("D8" in codes) == any(any(map(_both, *pair)) for pair in combinations(single, 2))
    assert ("D20" in codes) == any(not any(hits) for hits in zip(*single, strict=True))


def test_of_many_overlaps_the_first_are_told_and_the_others_counted():
    found = told(["a"], numbered([["< 5"]] * 10))
    assert [code for code, _ in found] == ["D8"] * 21 + ["D20"]
    assert found[20][1] == "25 more pairs of rules overlap."


def test_the_largest_tables_are_checked_in_bounded_time():
    wide = [[f"[{n + m}..{n + m + 400}]" for m in range(20)] for n in range(500)]
    long = [['"' + '","'.join(f"v{n}_{m}" for m in range(90)) + '"' for _ in range(20)] for n in range(20)]
    free = [[f"< x{m}" for m in range(20)] for _ in range(500)]
    checkers = [["true" if n >> m & 1 else "false" for m in range(9)] + ["-"] * 11 for n in range(500)]
    for cells in (wide, long, free, checkers):
        began = time.process_time()
        found = told([f"a{m}" for m in range(20)], numbered(cells))
        assert time.process_time() - began < 15
        assert len(found) < 100
