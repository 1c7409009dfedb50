"""Whatever is translated says the same as before, and whatever is not is an `ExpressionError`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soaking import examples

from engine.dialects import condition
from engine.errors import ExpressionError
from engine.expressions import compile as compile_expression
from tests.unit.engine.foreign_conditions import DATA, FUNCTIONS, WRITERS, Tree, answer, conditions

_PIECES = st.sampled_from([
    "a", "b", "x.y", "1", "2.5", "'t'", '"t"', "(", ")", "[", "]", "..", ".", ",", "?", ":", "!", "not", "empty",
    "and", "or", "&&", "||", "==", "=", "!=", "<", ">=", "in", "between", "if", "then", "else", "is", "null", "true",
    "+", "-", "*", "/", "%", "**", "contains(", "x.contains(", "starts with(", "var:eq(", "execution", ".getVariable(",
    "${", "}", "#{", "= ", "\\", "\0", "“", "é", "_x", "class", "some", " ", "\n", ";",
])  # fmt: skip


@pytest.mark.parametrize("language", WRITERS)
@settings(max_examples=examples(80), deadline=None)
@given(tree=conditions)
def test_a_translated_condition_has_the_answer_it_had_before(language: str, tree: Tree) -> None:
    written = WRITERS[language].write(tree)
    meant = condition(written, "python" if language == "Python" else None, FUNCTIONS)
    assert compile_expression(meant, functions=FUNCTIONS).holds(DATA) is answer(tree)


@settings(max_examples=examples(250), deadline=None)
@given(
    text=st.lists(_PIECES, max_size=14).map(" ".join)
    | st.lists(_PIECES, max_size=8).map("".join)
    | st.text(),
    frame=st.sampled_from(["{}", "${{{}}}", "={}"]),
    language=st.sampled_from([None, "feel", "python", "JavaScript"]),
)
def test_any_text_is_translated_into_what_compiles_or_refused(
    text: str, frame: str, language: str | None
) -> None:
    try:
        meant = condition(frame.format(text), language, FUNCTIONS)
    except ExpressionError as refused:
        assert str(refused)
    else:
        compile_expression(meant, functions=FUNCTIONS)
