"""A precedence parser for the conditions of other tools: tokens in, the safe language's syntax out.

It never evaluates and never looks a name up. What two dialects would read in two ways is told apart by the
`Dialect`; what none of them says plainly is refused with a sentence that names the part.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Mapping
from decimal import Decimal

from engine.dialects import calls
from engine.dialects.tokens import Token, tokens
from engine.dialects.words import OPERATORS, VALUES, Dialect
from engine.errors import ExpressionError
from engine.expressions import MAX_DEPTH, MAX_NODES

_CONDITIONAL, _OR, _AND, _LOOSE_NOT, _EQUALITY, _ORDER, _SUM, _PRODUCT, _SIGN = range(1, 10)

_COMPARE: Mapping[str, type[ast.cmpop]] = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}
_CALCULATE: Mapping[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "%": ast.Mod, "**": ast.Pow,
}  # fmt: skip
_POWER: Mapping[str, int] = {
    "?": _CONDITIONAL, "if": _CONDITIONAL, "or": _OR, "and": _AND, "==": _EQUALITY, "!=": _EQUALITY, "=": _EQUALITY,
    "is": _EQUALITY, "in": _ORDER, "not": _ORDER, "between": _ORDER, **dict.fromkeys(_COMPARE, _ORDER),
    "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "**": _SIGN,
}  # fmt: skip
_C_LIKE = frozenset({"&&", "||", "==", "===", "!==", "!", "eq"})
_VARIABLES = frozenset({"variables", "environment.variables", "this.variables", "this.environment.variables"})
"""How bpmn-engine's diagrams reach the data of the process."""


def parse(text: str, dialect: Dialect) -> ast.expr:
    """The syntax of one condition, or `ExpressionError`. Its depth and size are bounded, so that it can be written.

    Parts are shared (`x between 1 and 5` reads `x` twice), so that a short text may stand for a huge one.
    """
    tree = _Parser(text, dialect).parse()
    layer, depth, nodes = [tree], 0, 0
    while layer:
        depth, nodes = depth + 1, nodes + len(layer)
        if depth > 2 * MAX_DEPTH or nodes > 2 * MAX_NODES:
            raise ExpressionError("The condition has too many parts or is nested too deeply.")
        layer = [
            child for node in layer for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
        ]
    return tree


class _Parser:
    """One pass over the tokens; each method reads what it is called after and leaves the rest."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0
        self.c_like = any(token.kind != "text" and token.value in _C_LIKE for token in self.tokens)

    def parse(self) -> ast.expr:
        tree = self.expression(0)
        if self.now.kind != "end":
            raise self.unexpected()
        return tree

    # -- tokens

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.now
        self.place += token.kind != "end"
        return token

    def sees(self, *values: str) -> bool:
        """Whether the next token is one of these signs, or words of this dialect."""
        token = self.now
        is_word = token.kind == "name" and token.value in self.dialect.words
        return (token.kind == "sign" or is_word) and token.value in values

    def skip(self, *values: str) -> bool:
        """Take the next token when it is one of these."""
        found = self.sees(*values)
        self.place += found
        return found

    def expect(self, value: str) -> None:
        if not self.skip(value):
            raise ExpressionError(f"“{value}” is missing before {self.now}.")

    def unexpected(self) -> ExpressionError:
        before = self.tokens[self.place - 1] if self.place else None
        if self.now.kind == "name" and before and before.kind == "name":
            return ExpressionError(
                f"“{before.value} {self.now.value}” are two words side by side. A field's name is one word, and a "
                'sentence cannot be decided: write a condition such as status == "open".'
            )
        after = f" after {before}" if before else ""
        return ExpressionError(f"Not understood: {self.now}{after}.")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("The condition is nested too deeply.")

    # -- operators between two parts

    def operator(self) -> str | None:
        """The operator that comes next by its usual name, or None."""
        token = self.now
        if token.kind not in ("sign", "name") or not self.sees(token.value):
            return None
        return OPERATORS.get(token.value, token.value)

    def expression(self, power: int) -> ast.expr:
        """All that binds more tightly than `power`."""
        self.deeper()
        left, last = self.prefix(), ""
        while (word := self.operator()) is not None and self.power(word) > power:
            if self.power(word) == self.power(last) == _ORDER and not self.chained(last, word):
                raise ExpressionError(f"Two comparisons in a row ({last} and {word}): join them with “and”.")
            self.take()
            left, last = self.infix(left, word, last), word
        self.depth -= 1
        return left

    def power(self, word: str) -> int:
        """How tightly an operator binds in this dialect; 0: it is none."""
        power = _POWER.get(word, 0)
        return _ORDER if power == _EQUALITY and not self.dialect.ranked else power

    def chained(self, last: str, word: str) -> bool:
        return self.dialect.chains and last in _COMPARE and word in _COMPARE

    def infix(self, left: ast.expr, word: str, last: str) -> ast.expr:
        if word in ("and", "or"):
            return calls.joined(_JOINED[word](), left, self.expression(_POWER[word]))
        if word in _COMPARE:
            return self.ordered(left, word, last)
        if word in _CALCULATE:
            return ast.BinOp(left, _CALCULATE[word](), self.expression(_POWER[word]))
        return _INFIX[word](self, left)

    def ordered(self, left: ast.expr, word: str, last: str) -> ast.expr:
        right, sign = self.expression(_ORDER), _COMPARE[word]()
        if last in _COMPARE and isinstance(left, ast.Compare):
            return ast.Compare(left.left, [*left.ops, sign], [*left.comparators, right])
        return calls.compared(left, sign, right)

    def equals(self, left: ast.expr) -> ast.expr:
        return calls.equal(left, self.expression(self.power("==")), self.dialect.coerces)

    def differs(self, left: ast.expr) -> ast.expr:
        return calls.negated(self.equals(left))

    def lone_equals(self, left: ast.expr) -> ast.expr:
        if not self.dialect.equals or self.c_like:
            raise ExpressionError("A single = sets a value in this language: write == to compare.")
        return self.equals(left)

    def is_(self, left: ast.expr) -> ast.expr:
        return self.differs(left) if self.skip("not") else self.equals(left)

    def question(self, test: ast.expr) -> ast.expr:
        yes = self.expression(0)
        self.expect(":")
        return ast.IfExp(test, yes, self.expression(0))

    def if_after(self, yes: ast.expr) -> ast.expr:
        test = self.expression(_CONDITIONAL)
        self.expect("else")
        return ast.IfExp(test, yes, self.expression(0))

    def between(self, value: ast.expr) -> ast.expr:
        low = self.expression(_ORDER)
        self.expect("and")
        return calls.within(value, low, "[", self.expression(_ORDER), "]")

    def not_in(self, left: ast.expr) -> ast.expr:
        self.expect("in")
        return calls.negated(self.among(left))

    # -- what stands right of “in”: a list, a range, or FEEL's tests

    def among(self, left: ast.expr) -> ast.expr:
        if not self.sees("(", "[", "]"):
            return calls.compared(left, ast.In(), self.expression(_ORDER))
        self.deeper()
        opening = self.take().value
        values, tests = list[ast.expr](), list[ast.expr]()
        while not self.skip(")", "]"):
            if self.sees("(", "[", "]"):
                tests.append(self.among(left))
            elif self.sees(*_COMPARE):
                tests.append(calls.compared(left, _COMPARE[self.take().value](), self.expression(_ORDER)))
            else:
                values.append(self.expression(_CONDITIONAL))
            if self.skip(".."):
                self.depth -= 1
                return self.range(left, opening, values)
            if not self.sees(")", "]"):
                self.expect(",")
        self.depth -= 1
        return calls.member(left, opening, values, tests)

    def range(self, value: ast.expr, opening: str, low: list[ast.expr]) -> ast.expr:
        high = self.expression(_CONDITIONAL)
        if len(low) != 1 or not self.sees(")", "]", "["):
            raise ExpressionError("A range is written [1..5].")
        return calls.within(value, low[0], opening, high, self.take().value)

    # -- the parts between the operators

    def prefix(self) -> ast.expr:
        for sign, read in _PREFIX.items():
            if self.skip(sign):
                return read(self)
        if self.now.kind == "number":
            return _number(self.take().value)
        return self.after(self.primary())

    def primary(self) -> ast.expr:
        if self.now.kind == "text":
            return ast.Constant(self.take().value)
        if self.skip("("):
            return self.closed(self.expression(0), ")")
        if self.skip("["):
            return ast.List(self.listed("]"))
        if self.sees(*VALUES):
            return ast.Constant(VALUES[self.take().value])
        return self.named()

    def closed(self, tree: ast.expr, sign: str) -> ast.expr:
        self.expect(sign)
        return tree

    def listed(self, closing: str) -> list[ast.expr]:
        """The parts up to a closing bracket, with commas between."""
        parts = list[ast.expr]()
        while not self.skip(closing):
            if parts:
                self.expect(",")
            parts.append(self.expression(0))
        return parts

    def denied(self) -> ast.expr:
        return calls.negated(self.expression(_LOOSE_NOT if self.dialect.loose_not else _SIGN))

    def minus(self) -> ast.expr:
        return ast.UnaryOp(ast.USub(), self.expression(_SIGN))

    def if_before(self) -> ast.expr:
        test = self.expression(0)
        self.expect("then")
        yes = self.expression(0)
        self.expect("else")
        return ast.IfExp(test, yes, self.expression(0))

    def quantified(self) -> ast.expr:
        raise ExpressionError("An expression over each item of a list is not understood: use contains(…).")

    def named(self) -> ast.expr:
        if self.now.kind != "name" or self.now.value in self.dialect.words - {"not", "empty"}:
            raise self.unexpected()
        for count in range(_LONGEST, 0, -1):
            name = self.function(count)
            if name is not None:
                self.place += count + 1
                return calls.called(name, self.listed(")"))
        return ast.Name(calls.plain(self.take().value))

    def function(self, words: int) -> str | None:
        """The name of the function that begins here in so many words, or None."""
        ahead = self.tokens[self.place : self.place + words + 1]
        if len(ahead) <= words or ahead[-1].value != "(" or any(token.kind != "name" for token in ahead[:-1]):
            return None
        name = " ".join(token.value for token in ahead[:-1])
        return name if words == 1 or name in calls.FUNCTIONS else None

    def after(self, tree: ast.expr) -> ast.expr:
        """What follows a part with a dot or a bracket."""
        turns = 0
        while self.sees(".", "["):
            turns += 1
            if turns > MAX_DEPTH:
                raise ExpressionError("The condition is nested too deeply.")
            tree = self.member(tree) if self.skip(".") else self.index(tree)
        return tree

    def member(self, tree: ast.expr) -> ast.expr:
        if self.now.kind != "name":
            raise self.unexpected()
        name = self.take().value
        if self.skip("("):
            return calls.method(tree, name, self.listed(")"))
        if _dotted(tree) in _VARIABLES and self.dialect.scripted:
            return ast.Name(calls.plain(name))
        return calls.item(tree, ast.Constant(name)) if keyword.iskeyword(name) else ast.Attribute(tree, name)

    def index(self, tree: ast.expr) -> ast.expr:
        self.expect("[")
        key = self.closed(self.expression(0), "]")
        if not self.dialect.first:
            if self.dialect.equals and isinstance(key, ast.Constant) and isinstance(key.value, int):
                raise ExpressionError(
                    "Items of a list are counted from 0 or from 1: wrap it in ${…} or begin with =."
                )
            return calls.item(tree, key)
        if (
            not isinstance(key, ast.Constant)
            or not isinstance(key.value, int)
            or key.value < self.dialect.first
        ):
            raise ExpressionError("A filter in brackets is not understood; [1] is the first item of a list.")
        return calls.item(tree, ast.Constant(key.value - self.dialect.first))


def _number(text: str) -> ast.expr:
    if "." not in text:
        return ast.Constant(int(text))
    if Decimal(repr(float(text))) != Decimal(text) or "e" in repr(float(text)):
        raise ExpressionError(f"The number {text} has too many digits.")
    return ast.Constant(float(text))


def _dotted(tree: ast.expr) -> str:
    parts = list[str]()
    while isinstance(tree, ast.Attribute):
        parts.append(tree.attr)
        tree = tree.value
    return ".".join([tree.id, *reversed(parts)]) if isinstance(tree, ast.Name) else ""


_LONGEST = max(name.count(" ") for name in calls.FUNCTIONS) + 1
_JOINED: Mapping[str, type[ast.boolop]] = {"and": ast.And, "or": ast.Or}
_INFIX: Mapping[str, Callable[[_Parser, ast.expr], ast.expr]] = {
    "==": _Parser.equals,
    "!=": _Parser.differs,
    "=": _Parser.lone_equals,
    "is": _Parser.is_,
    "in": _Parser.among,
    "not": _Parser.not_in,
    "between": _Parser.between,
    "?": _Parser.question,
    "if": _Parser.if_after,
}
_PREFIX: Mapping[str, Callable[[_Parser], ast.expr]] = {
    "!": lambda parser: calls.negated(parser.expression(_SIGN)),
    "not": _Parser.denied,
    "empty": lambda parser: calls.empty(parser.expression(_SIGN)),
    "-": _Parser.minus,
    "if": _Parser.if_before,
    "some": _Parser.quantified,
    "every": _Parser.quantified,
    "for": _Parser.quantified,
}
