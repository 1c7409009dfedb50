"""Conditions of other tools: what each becomes in the safe language, and what is refused with which words."""

from __future__ import annotations

import pytest

from engine.dialects import condition, expression
from engine.errors import ExpressionError
from tests.unit.engine.foreign_conditions import FUNCTIONS

_FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"
_XPATH = "http://www.w3.org/1999/XPath"
_GROOVY = "http://groovy.codehaus.org/"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${approved}", "approved"),
        ("#{!approved}", "not approved"),
        ("${not approved}", "not approved"),
        ("${not a == b}", "(not a) == b"),
        ("${!!a}", "a"),
        ("${a == b}", "a == b"),
        ("${ a  eq 1 }", "a == 1"),
        ("${a == b < c}", "a == (b < c)"),
        ("${a < b == c}", "(a < b) == c"),
        ("1 < x.y < len(z)", "1 < x.y < length(z)"),
        ("${a ne 'x'}", "a != 'x'"),
        ("${a lt 1 or b gt 2 and c le 3 || d ge 4}", "a < 1 or (b > 2 and c <= 3) or d >= 4"),
        ("${order.price > 100 && order.price < 250}", "order.price > 100 and order.price < 250"),
        ("${orders[1].price <= 100}", "orders[1].price <= 100"),
        ("${order['sent on'] != null}", "has(order['sent on'])"),
        ("${x == null}", "not has(x)"),
        ("${null != x}", "has(x)"),
        ("${empty x}", "not has(x) or is_empty(x)"),
        ("${not empty x.y}", "not (not has(x.y) or is_empty(x.y))"),
        ("${a > 1 ? b : c == 2}", "b if a > 1 else c == 2"),
        ("${a ? b : c ? d : e}", "b if a else d if c else e"),
        ("${execution.getVariable('x') != null && !x}", "has(x) and (not x)"),
        ('${execution.hasVariable("x")}', "has(x)"),
        ("${vacation == 'true'}", "vacation in ['true', True]"),
        ("${vacation != 'false'}", "vacation not in ['false', False]"),
        ("${x.contains('a')}", "contains(x, 'a')"),
        ("${!x.equals('a')}", "x != 'a'"),
        ("${x.equalsIgnoreCase('A')}", "lower(x) == lower('A')"),
        ("${x.startsWith('a') && x.endsWith('b')}", "starts_with(x, 'a') and ends_with(x, 'b')"),
        ("${x.isEmpty()}", "is_empty(x)"),
        ("${list.size() > 3}", "count(list) > 3"),
        ("${name.trim().length() == 0}", "length(trim(name)) == 0"),
        ("${map.get('k') == 1}", "map['k'] == 1"),
        ("${map.containsKey('k')}", "has(map['k'])"),
        ('${customer.prop("age").numberValue() >= 21}', "customer['age'] >= 21"),
        ("${var:eq(x, 1)}", "has(x) and x == 1"),
        ("${variables:getOrDefault('x', 0) > 1}", "(x if has(x) else 0) > 1"),
        ("${vars:containsAny(x, 'a', 'b')}", "has(x) and (contains(x, 'a') or contains(x, 'b'))"),
        ("${environment.variables.x == 1}", "x == 1"),
        ("${content.break}", "content['break']"),
        ('${a == "}"}', "a == '}'"),
        ("${a - b * 2 < -1}", "a - b * 2 < -1"),
        ("${between == 1 and then == 2}", "between == 1 and then == 2"),
        ("= x > 3", "x > 3"),
        ('=status = "open"', "status == 'open'"),
        ('= status != "open" and not(done)', "status != 'open' and (not done)"),
        ('= x in ("a", "b")', "x in ['a', 'b']"),
        ("= x in [1..5]", "x >= 1 and x <= 5"),
        ("= x in ]1..5[", "x > 1 and x < 5"),
        ("= x in (1..5]", "x > 1 and x <= 5"),
        ("= x in (< 3, [7..9], 5)", "x < 3 or (x >= 7 and x <= 9) or x in [5]"),
        ("= x in names", "x in names"),
        ("= x between 1 and 5 and y", "x >= 1 and x <= 5 and y"),
        ('= contains(x, "a")', "contains(x, 'a')"),
        ('= starts with(lower case(x), "a")', "starts_with(lower(x), 'a')"),
        ("= string length(x) = 3", "length(x) == 3"),
        ("= list contains(l, 3)", "contains(l, 3)"),
        ("= count(l) > 0", "count(l) > 0"),
        ("= l[1] = 3", "l[0] == 3"),
        ("= is defined(x)", "has(x)"),
        ("= x = null", "not has(x)"),
        ('= if a then b = 1 else c = "x"', "b == 1 if a else c == 'x'"),
        ("= if a = 1 then true else false", "True if a == 1 else False"),
        ('= get or else(x, "none") = "some"', "(x if has(x) else 'none') == 'some'"),
        ('= due < date("2026-11-21")', "due < date('2026-11-21')"),
        ('test.contains("a")', "contains(test, 'a')"),
        ('!test.contains("a")', "not contains(test, 'a')"),
        ("amount<3", "amount<3"),
        ("amount <\n 3", "amount <\n 3"),
        ("a == 'x' && b", "a == 'x' and b"),
        ("a === 'x' || b !== undefined", "a == 'x' or has(b)"),
        ("x == 'a' and y", "x == 'a' and y"),
        ("'a' in x", "'a' in x"),
        ("x in ('a', 'b')", "x in ['a', 'b']"),
        ("x not in ('a', 'b')", "x not in ['a', 'b']"),
        ("x is not None", "has(x)"),
        ("1 < x < 5", "1 < x < 5"),
        ("not x.startswith('a') == y", "starts_with(x, 'a') != y"),
        ("a if x is None else b", "a if not has(x) else b"),
        ("x == null", "not has(x)"),
        ("done = true", "done == True"),
        ("true", "true"),
        ("TRUE", "True"),
        ("bpmn:getDataObject('clarified') = 'yes'", "clarified == 'yes'"),
        ("not(bpmn:getDataObject('approved'))", "not approved"),
        ('decision == "opt_in" and not (n > 1)', 'decision == "opt_in" and not (n > 1)'),
    ],
)
def test_a_condition_is_turned_into_the_safe_language(written: str, meant: str) -> None:
    assert condition(written, functions=FUNCTIONS) == meant


@pytest.mark.parametrize(
    ("written", "language", "meant"),
    [
        ("a = 1", _FEEL, "a == 1"),
        ("l[2] = 1", _FEEL, "l[1] == 1"),
        ("${a == 1}", _FEEL, "a == 1"),
        ("a == 'x' && !b;", "JavaScript", "a == 'x' and (not b)"),
        ("this.variables.input <= 50", "JavaScript", "input <= 50"),
        ("amount lt 3", "juel", "amount < 3"),
        ("x.lower() == 'a'", "python", "lower(x) == 'a'"),
        ("not a == b", "python", "not a == b"),
        ("true", _GROOVY, "True"),
        ("i > 1", _XPATH, "i > 1"),
        ("a == b", "_invalid_uri%$!", "a == b"),
    ],
)
def test_the_language_tells_the_dialect_unless_a_wrapper_does(
    written: str, language: str, meant: str
) -> None:
    assert condition(written, language, FUNCTIONS) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("${}", "the end"),
        ("=", "the end"),
        ("credit ok?", "two words side by side"),
        ("A non-formal condition", "two words side by side"),
        ('Vacation Approval = "Approved"', "“Vacation Approval”"),
        ("${a = 1}", "write =="),
        ("a = 1 && b", "write =="),
        ("${order.isPremiumOrder()}", "isPremiumOrder(…)"),
        ("${bean.check(x)}", "check(…)"),
        ("${execution.processInstanceId == 'a'}", "another engine"),
        ("${a} && ${b}", "holds the whole condition"),
        ("${a == '${b}'}", "has an expression inside"),
        ("${variables:base64(x)}", "variables:base64(…)"),
        ("${var:eq(x)}", "number of arguments"),
        ("${var:eq(1, 2)}", "something else than its name"),
        ("${x.contains()}", "contains(…)"),
        ("${l[-1] == 2}", "from the end"),
        ("${continue == true}", "“continue”"),
        ("${execution.getVariable('class') == 1}", "“class”"),
        ("${a b}", "two words"),
        ("${a == }", "the end"),
        ("${(a == 1}", "“)” is missing"),
        ("${[1, 2}", "“,” is missing"),
        ("${a ? b}", "“:” is missing"),
        ("= l[x > 1]", "filter"),
        ("= l[0] = 1", "filter"),
        ("= some r in l satisfies r = 1", "each item"),
        ("= every r in l satisfies r = 1", "each item"),
        ("= x between 1", "“and” is missing"),
        ("= x in [1, 2..3]", "range"),
        ("= x in [1..2", "range"),
        ("= 1 < x < 5", "in a row"),
        ("= a = b < c", "in a row"),
        ("a < b == true && c", "in a row"),
        ("a.lower() == b < c", "in a row"),
        ("l[1] = 3", "from 0 or from 1"),
        ('= x = "a\\"b"', "backslash"),
        ('= x = "a', "no closing quote"),
        ("x == “a”", "straight quotes"),
        ("x == 'a' @", "“@”"),
        ("x ==\0 1", "hidden character"),
        ("x.y. == 1", "“==”"),
        ("${a.1}", "“1”"),
        ("import os", "“import”"),
        ("exec('x')", "no function exec"),
        ("${''.getClass().forName('x')}", "getClass(…)"),
        ("${__import__('os')}", "no function"),
        ("${x.__class__}", "underscore"),
        ("lambda: x", "lambda"),
        ("23", "neither true nor false"),
        ("${'yes'}", "neither true nor false"),
        ("${null}", "neither true nor false"),
        ("${a + b}", "neither true nor false"),
        ("${'it\\'s' == x}", "backslash"),
        ("${x == 1.000000000000000000001}", "too many digits"),
        ("(" * 40 + "a" + ")" * 40 + " && b", "too deeply"),
        ("!" * 900 + "a", "too deeply"),
        ("${a" + ".b" * 300 + "}", "too deeply"),
        ("${a" + "+a" * 400 + " == 1}", "too deeply"),
        ("= x in " + "(" * 900, "too deeply"),
        ("=" + "(" * 20 + "x" + " between 1 and 2)" * 20, "too many parts"),
        ("x" + " in (<1, <2)" * 70, "in a row"),
        ("${" + "a" * 1001 + "}", "longer than"),
    ],
)
def test_what_is_not_understood_is_refused_with_a_sentence_naming_it(written: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        condition(written, functions=FUNCTIONS)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


def test_long_chains_are_no_depth() -> None:
    written = "${" + " && ".join(["a"] * 60) + "}"
    assert condition(written).count("and") == 59


def test_an_expression_may_have_any_value() -> None:
    assert expression("${n + 1}") == "n + 1"
    assert expression("= [1, 2]") == "[1, 2]"
