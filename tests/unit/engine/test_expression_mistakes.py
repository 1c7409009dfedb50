"""Mistakes in expressions: each is found where it is, in a sentence, with the expression that was meant."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soaking import examples

from engine.expressions import FUNCTIONS, BadExpression, ExpressionError, check_types, compile, explain

KINDS = {
    "decision": ["opt_in", "withdraw"], "amount": "integer", "price": "number", "ok": "boolean", "name": "text",
    "opened": "date", "due": "moment", "ways": "list", "total_wide": "integer", "odd": "a kind of its own",
}  # fmt: skip

MENDED = [
    ('decision = "opt_in"', "=", 'decision == "opt_in"'), ("amount === 3", "===", "amount == 3"),
    ("amount !== 3", "!==", "amount != 3"), ("amount <> 3", "<>", "amount != 3"), ("amount ≠ 3", "≠", "amount != 3"),
    ("amount => 3", "=>", "amount >= 3"), ("amount =< 3", "=<", "amount <= 3"), ("amount ≥ 3", "≥", "amount >= 3"),
    ("amount ≤ 3", "≤", "amount <= 3"), ("ok && amount > 3", "&&", "ok and amount > 3"), ("ok || ok", "||", "ok or ok"),
    ("ok & ok", "&", "ok and ok"), ("ok | ok", "|", "ok or ok"), ("!ok", "!", "not ok"), ("ok&&!ok", "&&", "ok and not ok"),
    ("!(ok)", "!", "not (ok)"), ("ok AND amount > 3", "AND", "ok and amount > 3"), ("ok Or ok", "Or", "ok or ok"),
    ("NOT ok", "NOT", "not ok"), ("decision IN [\"opt_in\"]", "IN", 'decision in ["opt_in"]'),
    ("ok == TRUE", "TRUE", "ok == true"), ("ok == FALSE", "FALSE", "ok == false"), ("name == null", "null", "name == None"),
    ("name is null", "is", "name == None"), ("name is not None", "is not", "name != None"),
    ("amount eq 3", "eq", "amount == 3"), ("amount ge 3", "ge", "amount >= 3"),
    ("decision equals 'opt_in'", "equals", "decision == 'opt_in'"),
    ("decision == “opt_in”", "“opt_in”", 'decision == "opt_in"'),
    ("decision == ‘opt_in’", "‘opt_in’", 'decision == "opt_in"'),
    ("decision == „opt_in“", "„opt_in“", 'decision == "opt_in"'),
    ("decision == «opt_in»", "«opt_in»", 'decision == "opt_in"'),
    ('decision == "opt_in” and ok', "”", 'decision == "opt_in" and ok'),
    ("decision == opt_in", "opt_in", 'decision == "opt_in"'), ("decision == optin", "optin", 'decision == "opt_in"'),
    ("decision != Withdraw", "Withdraw", 'decision != "withdraw"'), ("name == SAMPLE", "SAMPLE", 'name == "SAMPLE"'),
    ("decision in [opt_in, withdrawn]", "opt_in", 'decision in ["opt_in", "withdraw"]'),
    ("decision not in [opt_in]", "opt_in", 'decision not in ["opt_in"]'),
    ("ok == yes", "yes", "ok == true"), ("ok == No", "No", "ok == false"), ("name == yes", "yes", 'name == "yes"'),
    ('decison == "opt_in"', "decison", 'decision == "opt_in"'), ("totalwide > 1", "totalwide", "total_wide > 1"),
    ("Amount > 1", "Amount", "amount > 1"), ("lenght(name) > 3", "lenght", "length(name) > 3"),
    ("len(name) > 3", "len", "length(name) > 3"), ("startsWith(name, 'a')", "startsWith", "starts_with(name, 'a')"),
    ("exists(name)", "exists", "has(name)"), ('name.contains("a")', "name.contains(", 'contains(name, "a")'),
    ("name.isEmpty()", "name.isEmpty(", "is_empty(name)"), ("ways.size() > 1", "ways.size(", "count(ways) > 1"),
    ('name contains "a"', 'name contains "a"', 'contains(name, "a")'),
    ("(ok and amount > 3", "(", "(ok and amount > 3)"), ("decision in ['opt_in'", "[", "decision in ['opt_in']"),
    ("ok)", ")", "ok"), ("[amount)", ")", "[amount]"), ('decision == "opt_in', '"', 'decision == "opt_in"'),
    ('decision == opt_in"', '"', 'decision == "opt_in"'), ("price > 3,5", "3,5", "price > 3.5"),
    ("${amount > 3}", "${", "amount > 3"), ("#{ok} and ok", "#{", "(ok) and ok"), ("= amount > 3", "=", "amount > 3"),
    ("ok;", ";", "ok"), ("amount\u00a0> 3", "\u00a0", "amount > 3"), ("am\u200bount > 3", "\u200b", "amount > 3"),
    ("amount – 3", "–", "amount - 3"), ("amount × 3", "×", "amount * 3"),
    ("if ok then 1 else 2", "then", "1 if ok else 2"), ("if ok then 1 else 2 ", "then", "1 if ok else 2"),
    ("decison = opt_in AND (ok || amount <> 3,5", "=", None),
    ("decison = opt_in AND (ok || amount <> 3", "=", 'decision == "opt_in" and (ok or amount != 3)'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant", "corrected"), MENDED)
def test_a_mistake_is_found_and_mended(text, meant, corrected):
    mistake = explain(text, KINDS)
    assert text[mistake.start : mistake.end] == meant
    assert mistake.corrected == corrected
    assert mistake.sentence.endswith(".") and mistake.mend.endswith((".", "…)."))


UNMENDED = [
    ("", "", "empty"), ("amount 3", "3", "not understood"), ("amount > ", ">", "not understood"),
    ('"a" "b"', '"a"', "side by side"), ("foo == 3", "foo", "no field foo"),
    ("decision == maybe", "maybe", "no value of decision"),
    ("frobnicate(name)", "frobnicate", "no function"), ("_x == 1", "_x", "underscore"), ("12n", "12", "neither a number"),
    ("amount > 3 # note", "#", "sign #"), ("name.__class__", "name.__class__", "underscore"),
    ("lower()", "lower()", "takes 1 value"),
    ("round(1, 2, 3)", "round(1, 2, 3)", "1 to 2 values"), ("amount ** 2", "amount ** 2", "calculated"),
    ("a\\b", "\\", "Backslash"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant", "said"), UNMENDED)
def test_a_mistake_that_cannot_be_guessed_is_still_placed(text, meant, said):
    mistake = explain(text, KINDS)
    assert text[mistake.start : mistake.end] == meant
    assert said in mistake.sentence
    assert mistake.corrected is None


def test_an_expression_without_a_mistake_has_none():
    assert explain('decision == "opt_in"', KINDS) is None
    assert explain("anything == else_", None) is None
    assert explain("no == 1 and yes == 2", ["yes", "no"]) is None


def test_fields_may_be_a_plain_list_of_names():
    assert explain("decison == opt_in", ["decision"]).corrected == 'decision == "opt_in"'
    assert explain("foo == 1", []).mend == "There are no fields here; a text needs quotes."


def test_the_compiler_says_where():
    with pytest.raises(BadExpression) as refusal:
        compile("  é == 3 and né ** 2 > 1")
    assert (refusal.value.start, refusal.value.end) == (13, 20)


PIECES = st.one_of(
    st.sampled_from([text for text, *_ in MENDED + UNMENDED]),
    st.sampled_from([*KINDS, *FUNCTIONS, "and", "OR", "is", "then", "if", "=", "&&", "(", ")", "[", "]", '"', "“",
    "!", ","]),
    st.text(max_size=4),
)  # fmt: skip


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(PIECES, max_size=8).map(" ".join), st.sampled_from([None, KINDS, [*KINDS]]))
def test_any_text_is_explained_and_every_offer_compiles(text, fields):
    mistake = explain(text, fields)
    if mistake is None:
        compile(text, fields)
        return
    assert 0 <= mistake.start <= mistake.end <= max(len(text), 1)
    if mistake.corrected is not None:
        assert compile(mistake.corrected, fields).text == mistake.corrected


NEVER = [
    ('decision == "opt_inn"', '"opt_inn"', 'decision == "opt_in"'), ('decision != "x"', '"x"', None),
    ('"withdrawn" == decision', '"withdrawn"', '"withdraw" == decision'), ('amount == "3"', '"3"', "amount == 3"),
    ("name == 3", "3", 'name == "3"'), ('ok == "true"', '"true"', "ok == true"), ("ok == 1", "1", None),
    ("amount and ok", "amount", None), ("ok or decision", "decision", None), ("not decision", "decision", None),
    ('decision in ["opt_in", "withdrawn"]', '"withdrawn"', 'decision in ["opt_in", "withdraw"]'),
    ("amount in [1, 'x']", "'x'", None), ("decision in amount", "amount", None), ("amount in decision", "amount", None),
    ("opened < today()", "opened", "date(opened) < today()"), ("now() > due", "due", "now() > moment(due)"),
    ('opened == date("2026-01-01")', "opened", 'date(opened) == date("2026-01-01")'), ("ok < 3", "ok", None),
    ("amount < name", "name", None), ("amount + name", "name", None), ('opened + duration("P2D")', "opened", None),
    ("-name", "name", None), ("lower(amount)", "amount", None), ("count(name)", "name", None),
    ("amount == 3 or 4", "4", None),
    ("name if amount else 3", "amount", None), ("1 == 'a'", "'a'", None),
    ("length(name) == '3'", "'3'", "length(name) == 3"),
    ("decision.x == 3", "decision.x", None), ("amount[0]", "amount[0]", None),
    ("has(name) == 'yes'", "'yes'", "has(name) == true"),
    ('(decision if ok else "x") == "y"', '"y"', None), ("1 < amount == 'x'", "'x'", None),
    ("price * 2 == '7'", "'7'", "price * 2 == 7"), ("[ok and 3]", "3", None), ("lower(lower(amount))", "amount", None),
    ("days_between(amount, today())", "amount", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant", "corrected"), NEVER)
def test_what_can_never_be_right_is_reported(text, meant, corrected):
    (mistake,) = check_types(compile(text), KINDS)
    assert text[mistake.start : mistake.end] == meant
    assert mistake.corrected == corrected
    if corrected:
        assert check_types(compile(corrected), KINDS) == []


FINE = [
    'decision == "opt_in"', "decision == None", "name != None", "unknown == 3 and foo", "unknown + 1", "unknown < 'a'",
    "not unknown", "odd == 3", "odd and ok", "odd + name_of_odd", "decision == name", 'opened < "2026-01-01"',
    "date(opened) < today()", "moment(due) - now() > duration('P1D')", "has(amount) and amount > 3", "price > amount",
    "max(amount, 3) > 'x'", "weekday(opened) == 6", "days_between(opened, today()) > 3", "is_empty(name) or is_empty(ways)",
    "'x' in ways", "'x' in name", "amount in ways", "contains(ways, 3)", "client.age > 3", "ways[0] == 3",
    "amount in [1, 2.5]",
    '(decision if ok else "x") == "x"', "decision in [name, unknown]", "ok == false", "service_level('x') == 3",
    "(1 if ok else 'a') == 'a'", "add_days(opened, 3) > today()", "decision > 'a'", "-amount < abs(amount)",
]  # fmt: skip


@pytest.mark.parametrize("text", FINE)
def test_there_is_no_false_alarm(text):
    functions = {**FUNCTIONS, "service_level": lambda key: key}
    assert check_types(compile(text, functions=functions), KINDS) == []


def test_a_condition_must_be_true_or_false():
    (mistake,) = check_types(compile("decision"), KINDS, "boolean")
    assert mistake.sentence == "A condition must be true or false; this is a text."
    for text in ("ok", "unknown", "has(decision)", "amount > 3"):
        assert check_types(compile(text), KINDS, "boolean") == []


VALUES = {
    "decision": st.sampled_from(["opt_in", "withdraw"]), "amount": st.integers(-3, 3), "ok": st.booleans(),
    "name": st.sampled_from(["", "a", "opt_in"]),
}  # fmt: skip
LEAVES = st.sampled_from(["decision", "amount", "ok", "name", '"opt_in"', '"other"', "3", "true", "[1, 2]"])
COMPARISONS = st.tuples(LEAVES, st.sampled_from(["==", "<", "in"]), LEAVES).map(" ".join)


@settings(max_examples=examples(200), deadline=None)
@given(COMPARISONS, st.fixed_dictionaries(VALUES))
def test_what_is_reported_is_never_true_for_any_data(text, data):
    expression = compile(text)
    if check_types(expression, KINDS) and " in [" not in text:
        with contextlib.suppress(ExpressionError):
            assert expression.evaluate(data) is False
