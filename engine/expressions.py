"""The safe language of conditions, timers and forms: one expression, no statements, no builtins.

    decision == "opt_in" and not (total_wide > 1 and right_person == "cannot_tell")

An expression is parsed once (Python's `ast`, expression mode), every node is looked up in a short table and
turned into a closure; what is not in the table is refused with a sentence for a person. Bounds: 1,000
characters, 200 nodes, depth 30, whole numbers of 64 bits.

- values: text in quotes, whole numbers, `true`/`True`, `false`/`False`, `None`, lists in brackets
- names of fields; `a.b`, `a["b"]`, `a[0]` look inside a mapping or list of the data, never at an object
- `and`, `or`, `not` take true or false only, so that a text such as "no" never counts as true
- `==`, `!=` compare like with like; `<`, `<=`, `>`, `>=` two numbers or two texts; `in`, `not in` a list
- `+`, `-`, `*` on whole numbers; `x if condition else y`
- functions: `has(x)`, `count(list)`, `length(text)`, `lower(text)`, `starts_with(text, text)`, `min`, `max`

A field that is missing raises `ExpressionError`; `has(x)` says whether it is there and not `None`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import ExpressionError

__all__ = ["FUNCTIONS", "Expression", "ExpressionError", "Function", "compile", "is_number"]

MAX_CHARACTERS = 1000
MAX_NODES = 200
MAX_DEPTH = 30
MAX_INTEGER = 2**63 - 1
MAX_LIST = 1000

Data = Mapping[str, object]
Evaluate = Callable[[Data], object]
Function = Callable[..., object]

_WORDS: Mapping[str, object] = {"true": True, "false": False}


def is_number(value: object) -> bool:
    """Whether a value is a whole number (true and false are not)."""
    return isinstance(value, int) and not isinstance(value, bool)


def _count(value: object) -> int:
    if not isinstance(value, list | tuple):
        raise ExpressionError("count(…) takes a list.")
    return len(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"{name}(…) takes text.")
    return value


def _extreme(name: str, choose: Callable[[list[int]], int]) -> Function:
    def extreme(*values: object) -> int:
        if not values or not all(is_number(value) for value in values):
            raise ExpressionError(f"{name}(…) takes whole numbers.")
        return choose([value for value in values if isinstance(value, int)])

    return extreme


FUNCTIONS: Mapping[str, Function] = {
    "count": _count,
    "length": lambda value: len(_text("length", value)),
    "lower": lambda value: _text("lower", value).lower(),
    "starts_with": lambda value, start: _text("starts_with", value).startswith(_text("starts_with", start)),
    "min": _extreme("min", min),
    "max": _extreme("max", max),
}
"""The functions every expression may call, besides `has`. Each takes time bounded by its arguments."""


@dataclass(frozen=True)
class Expression:
    """A compiled expression: `text` as written, `names` the fields it reads, `tree` for checks."""

    text: str
    names: frozenset[str]
    tree: ast.expr = field(repr=False, compare=False)
    _run: Evaluate = field(repr=False, compare=False)

    def evaluate(self, data: Data) -> object:
        """The value for these data, or `ExpressionError`; never any other exception, never a side effect."""
        try:
            return self._run(data)
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"“{self.text}” cannot be answered from these data.") from error

    def holds(self, data: Data) -> bool:
        """The answer of a condition: true or false, anything else is an `ExpressionError`."""
        value = self.evaluate(data)
        if not isinstance(value, bool):
            raise ExpressionError(f"“{self.text}” is neither true nor false.")
        return value


def compile(
    text: str, names: Container[str] | None = None, functions: Mapping[str, Function] = FUNCTIONS
) -> Expression:
    """Turn a text into an `Expression`, or raise `ExpressionError` with a sentence for a person.

    `names`: the fields that may be read (None: any). `functions`: what may be called besides `has`.
    """
    tree = _parse(text)
    compiler = _Compiler(names, functions)
    run = compiler.compile(tree, 1)
    return Expression(text.strip(), frozenset(compiler.names), tree, run)


def _parse(text: str) -> ast.expr:
    if not isinstance(text, str) or not text.strip():
        raise ExpressionError("The expression is empty.")
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"The expression is longer than {MAX_CHARACTERS} characters.")
    if "\\" in text or not all(char.isprintable() or char in "\t\r\n" for char in text):
        raise ExpressionError("Backslashes and characters that cannot be seen are not allowed.")
    try:
        tree = ast.parse(" ".join(text.split("\n")).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise ExpressionError(f"“{_short(text)}” is not an expression: {_why(error)}.") from error
    if sum(1 for _ in ast.walk(tree)) > 2 * MAX_NODES:
        raise ExpressionError("The expression has too many parts.")
    return tree


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:60] + "…"


def _why(error: BaseException) -> str:
    return str(error.msg) if isinstance(error, SyntaxError) and error.msg else "it is nested too deeply"


class _Compiler:
    """One walk over the tree: each node of the table becomes a closure, any other is refused."""

    def __init__(self, allowed: Container[str] | None, functions: Mapping[str, Function]) -> None:
        self.allowed = allowed
        self.functions = functions
        self.names: set[str] = set()
        self.nodes = 0

    def compile(self, node: ast.expr, depth: int) -> Evaluate:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise ExpressionError("The expression has too many parts or is nested too deeply.")
        rule = _RULES.get(type(node))
        if rule is None:
            raise ExpressionError(f"{_CALLED.get(type(node), 'This')} is not allowed in an expression.")
        return rule(self, node, depth + 1)

    def constant(self, node: ast.Constant, depth: int) -> Evaluate:
        value = node.value
        if not (value is None or isinstance(value, str | bool) or is_number(value)):
            raise ExpressionError("Only text in quotes, whole numbers, true, false and None are allowed.")
        if isinstance(value, int) and value > MAX_INTEGER:
            raise ExpressionError("A number is too large.")
        return lambda data: value

    def name(self, node: ast.Name, depth: int) -> Evaluate:
        if node.id in _WORDS:
            word = _WORDS[node.id]
            return lambda data: word
        return self._field(node.id)

    def _field(self, name: str) -> Evaluate:
        if name.startswith("_"):
            raise ExpressionError(f"The name {name} starts with an underscore, which is not allowed.")
        if self.allowed is not None and name not in self.allowed:
            raise ExpressionError(f"There is no field {name}. A text needs quotes.")
        self.names.add(name)

        def read(data: Data) -> object:
            if name not in data:
                raise ExpressionError(f"The field {name} has no value here.")
            return data[name]

        return read

    def attribute(self, node: ast.Attribute, depth: int) -> Evaluate:
        if node.attr.startswith("_"):
            raise ExpressionError(f"The name {node.attr} starts with an underscore, which is not allowed.")
        inner, key = self.compile(node.value, depth), node.attr
        return lambda data: _inside(inner(data), key)

    def subscript(self, node: ast.Subscript, depth: int) -> Evaluate:
        inner, key = self.compile(node.value, depth), self.compile(node.slice, depth)
        return lambda data: _inside(inner(data), key(data))

    def list(self, node: ast.List, depth: int) -> Evaluate:
        parts = [self.compile(part, depth) for part in node.elts]
        return lambda data: [part(data) for part in parts]

    def boolean(self, node: ast.BoolOp, depth: int) -> Evaluate:
        parts = [self.compile(part, depth) for part in node.values]
        if isinstance(node.op, ast.And):
            return lambda data: all(_truth(part(data)) for part in parts)
        return lambda data: any(_truth(part(data)) for part in parts)

    def unary(self, node: ast.UnaryOp, depth: int) -> Evaluate:
        inner = self.compile(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda data: not _truth(inner(data))
        if isinstance(node.op, ast.USub):
            return lambda data: -_whole(inner(data))
        raise ExpressionError("This sign is not allowed in an expression.")

    def arithmetic(self, node: ast.BinOp, depth: int) -> Evaluate:
        calculate = _ARITHMETIC.get(type(node.op))
        if calculate is None:
            raise ExpressionError("Only + - * can be calculated.")
        left, right = self.compile(node.left, depth), self.compile(node.right, depth)
        return lambda data: _bounded(calculate(_whole(left(data)), _whole(right(data))))

    def comparison(self, node: ast.Compare, depth: int) -> Evaluate:
        tests = [_COMPARISON.get(type(op)) for op in node.ops]
        if None in tests:
            raise ExpressionError("Compare with == != < <= > >= in or not in.")
        first = self.compile(node.left, depth)
        rest = [(test, self.compile(part, depth)) for test, part in zip(tests, node.comparators, strict=True)]

        def compare(data: Data) -> bool:
            left = first(data)
            for test, part in rest:
                right = part(data)
                if not (test and test(left, right)):
                    return False
                left = right
            return True

        return compare

    def conditional(self, node: ast.IfExp, depth: int) -> Evaluate:
        test, yes, no = (self.compile(part, depth) for part in (node.test, node.body, node.orelse))
        return lambda data: yes(data) if _truth(test(data)) else no(data)

    def call(self, node: ast.Call, depth: int) -> Evaluate:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise ExpressionError("Only the listed functions can be called, with plain arguments.")
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError("A star is not allowed in an expression.")
        if node.func.id == "has":
            return self._has(node, depth)
        function = self.functions.get(node.func.id)
        if function is None:
            raise ExpressionError(f"There is no function {node.func.id}(…).")
        arguments = [self.compile(argument, depth) for argument in node.args]
        return lambda data: function(*(argument(data) for argument in arguments))

    def _has(self, node: ast.Call, depth: int) -> Evaluate:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript):
            raise ExpressionError("has(…) takes the name of one field.")
        inner = self.compile(node.args[0], depth)

        def has(data: Data) -> bool:
            try:
                return inner(data) is not None
            except ExpressionError:
                return False

        return has


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError("and, or, not and if take true or false; compare texts and numbers first.")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ExpressionError("Only whole numbers can be calculated.")
    return value


def _bounded(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise ExpressionError("A number became too large.")
    return value


def _inside(container: object, key: object) -> object:
    """A key of a mapping or an index of a list: the only two ways to look inside a value."""
    if isinstance(container, dict) and isinstance(key, str) and key in container:
        return container[key]
    if isinstance(container, list) and is_number(key) and 0 <= key < len(container):  # type: ignore[operator]
        return container[key]  # type: ignore[call-overload]
    raise ExpressionError("There is no such part of the field.")


def _same(left: object, right: object) -> bool:
    """Equal and of one kind: `True == 1` is false, so that a tick is never mistaken for a number."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _among(left: object, right: object) -> bool:
    if not isinstance(right, list | tuple):
        raise ExpressionError("What stands right of “in” is not a list.")
    return any(_same(left, item) for item in right[:MAX_LIST])


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
    def compare(left: object, right: object) -> bool:
        if not ((is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str))):
            raise ExpressionError("Only two numbers or two texts have an order.")
        return test(left, right)

    return compare


_ARITHMETIC: Mapping[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_COMPARISON: Mapping[type, Callable[[object, object], bool]] = {
    ast.Eq: _same,
    ast.NotEq: lambda left, right: not _same(left, right),
    ast.In: _among,
    ast.NotIn: lambda left, right: not _among(left, right),
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
}
_RULES: Mapping[type, Callable[..., Evaluate]] = {
    ast.Constant: _Compiler.constant,
    ast.Name: _Compiler.name,
    ast.Attribute: _Compiler.attribute,
    ast.Subscript: _Compiler.subscript,
    ast.List: _Compiler.list,
    ast.BoolOp: _Compiler.boolean,
    ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.arithmetic,
    ast.Compare: _Compiler.comparison,
    ast.IfExp: _Compiler.conditional,
    ast.Call: _Compiler.call,
}
_CALLED: Mapping[type, str] = {
    ast.Lambda: "A lambda",
    ast.Dict: "A dictionary",
    ast.Set: "A set",
    ast.Tuple: "A tuple (write a list in brackets)",
    ast.ListComp: "A loop",
    ast.SetComp: "A loop",
    ast.DictComp: "A loop",
    ast.GeneratorExp: "A loop",
    ast.JoinedStr: "A formatted text",
    ast.NamedExpr: "An assignment",
    ast.Slice: "A slice",
    ast.Starred: "A star",
    ast.Await: "await",
    ast.Yield: "yield",
}
