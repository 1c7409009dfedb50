"""Conditions as other tools write them, turned into the safe language of `engine.expressions`.

    ${approved && amount lt 100}          approved and amount < 100
    = status in ("new", "open")           status in ['new', 'open']
    !test.contains("a")                   not contains(test, 'a')

Only the simple kind: fields, values, comparisons, and/or/not, a short table of functions and methods. What
would run code, ask the other engine's objects, or can be read in two ways is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from engine.dialects.grammar import parse
from engine.dialects.words import BARE, FEEL, JUEL, PYTHON, SCRIPT, VALUES, Dialect
from engine.errors import ExpressionError
from engine.expressions import FUNCTIONS, Expression, Function
from engine.expressions import compile as compile_expression

_LANGUAGES: Mapping[str, Dialect] = {
    "feel": FEEL, "python": PYTHON, "juel": JUEL, "javascript": SCRIPT, "ecmascript": SCRIPT, "groovy": SCRIPT,
    "mvel": SCRIPT, "java": SCRIPT,
}  # fmt: skip
"""Parts of a `language` attribute that tell the dialect; XPath is only the default that tools leave in."""

_OBJECTS = frozenset({"execution", "variableContainer"})
"""What the engines of JUEL put beside the fields of the process."""

_NO_TRUTH = (ast.List, ast.BinOp)


def condition(text: str, language: str | None = None, functions: Mapping[str, Function] = FUNCTIONS) -> str:
    """A condition in the safe language, or `ExpressionError` with a sentence saying what is not understood.

    `language`: the expression's own, or the file's, as written. `functions`: as `engine.expressions.compile`.
    """
    found = read(text, language, functions)
    constant = isinstance(found.tree, ast.Constant) and not isinstance(literal(found), bool)
    if constant or isinstance(found.tree, _NO_TRUTH):
        raise ExpressionError(f"“{found.text}” is neither true nor false.")
    return found.text


def expression(text: str, language: str | None = None, functions: Mapping[str, Function] = FUNCTIONS) -> str:
    """Any expression in the safe language: a condition, or the value of a cardinality or a collection."""
    return read(text, language, functions).text


def literal(found: Expression) -> object:
    """The value of an expression that is nothing but a value, or None."""
    return found.tree.value if isinstance(found.tree, ast.Constant) else None


def read(text: str, language: str | None = None, functions: Mapping[str, Function] = FUNCTIONS) -> Expression:
    """The compiled expression of a foreign text."""
    if not text.strip():
        raise ExpressionError("The condition is empty.")
    inner, dialect = _unwrapped(text.strip(), language)
    return _as_it_is(inner, dialect, functions) or _translated(inner, dialect, functions)


def _unwrapped(text: str, language: str | None) -> tuple[str, Dialect]:
    """The text without its wrapper, and the dialect that the wrapper or the language tells."""
    if text.startswith(("${", "#{")) and text.endswith("}"):
        return text[2:-1].strip(), JUEL
    if text.startswith("=") and not text.startswith("=="):
        return text[1:].strip(), FEEL
    told = (dialect for word, dialect in _LANGUAGES.items() if word in (language or "").lower())
    return text.removesuffix(";"), next(told, BARE)


def _as_it_is(text: str, dialect: Dialect, functions: Mapping[str, Function]) -> Expression | None:
    """The text itself when it is written in the safe language already, or None.

    `null` is no word of the safe language: there, `x == null` would compare two fields.
    """
    if dialect not in (BARE, PYTHON):
        return None
    try:
        found = compile_expression(text, functions=functions)
    except ExpressionError:
        return None
    return None if found.names & {*VALUES} else found


def _translated(text: str, dialect: Dialect, functions: Mapping[str, Function]) -> Expression:
    tree = parse(text, dialect)
    names = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}
    if dialect.scripted and names & _OBJECTS:
        raise ExpressionError(f"“{min(names & _OBJECTS)}” belongs to another engine: name the field itself.")
    found = ast.unparse(tree)
    if "\\" in found:
        raise ExpressionError("A text has both kinds of quotes or a hidden character.")
    return compile_expression(found, functions=functions)
