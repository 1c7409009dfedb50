"""From text to closures: parse once, look every node up in a short table, refuse what is not in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from operator import ge, gt, le, lt

from engine.errors import ExpressionError
from engine.expressions import values
from engine.expressions.dates import NO_CONTEXT, Context
from engine.expressions.functions import FUNCTIONS, SIGNATURES, Contextual, Function
from engine.expressions.tokens import BadExpression, UnknownName, check
from engine.expressions.values import truth

MAX_NODES = 200
MAX_DEPTH = 30
MAX_DIGITS = 15
"""Digits of a number with decimals; every such number is the same as a decimal and as a float."""

Data = Mapping[str, object]
Evaluate = Callable[[Data, Context], object]

WORDS: Mapping[str, object] = {"true": True, "false": False}
"""Names that are values; Python's own `True`, `False` and `None` are constants already."""

_NUMBER = re.compile(r"[0-9]{1,19}(?:\.[0-9]{1,15})?")
_SPACES = str.maketrans("\t\r\n", "   ")


@dataclass(frozen=True)
class Expression:
    """A compiled expression: `text` as written, `names` the fields it reads, `tree` for checks."""

    text: str
    names: frozenset[str]
    tree: ast.expr = field(repr=False, compare=False)
    _run: Evaluate = field(repr=False, compare=False)

    def evaluate(self, data: Data, context: Context = NO_CONTEXT) -> object:
        """The plain value for these data, or `ExpressionError`; never any other exception, no side effect.

        Text, whole numbers, `float` for other numbers, true, false, `None`, and lists and mappings of these;
        days, moments and durations as ISO 8601 text.
        """
        value = self.value(data, context)
        if value is True or value is False:
            return value
        return self._guarded(lambda: values.plain(value))

    def value(self, data: Data, context: Context = NO_CONTEXT) -> object:
        """The value as the language holds it: dates as dates, decimals as `Decimal`; else as `evaluate`."""
        try:
            return self._run(data, context)
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"“{self.text}” cannot be answered from these data.") from error

    def holds(self, data: Data, context: Context = NO_CONTEXT) -> bool:
        """The answer of a condition: true or false, anything else is an `ExpressionError`."""
        value = self.value(data, context)
        if value is True or value is False:
            return value
        raise ExpressionError(f"“{self.text}” is neither true nor false.")

    def _guarded(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except (TypeError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"“{self.text}” cannot be answered from these data.") from error


def compile(
    text: str, names: Container[str] | None = None, functions: Mapping[str, Function] = FUNCTIONS
) -> Expression:
    """Turn a text into an `Expression`, or raise `ExpressionError` with a sentence for a person.

    `names`: the fields that may be read (None: any). `functions`: what may be called besides `has`.
    """
    if names is None and functions is FUNCTIONS and isinstance(text, str):
        return _once(text)
    return _compiled(text, names, functions)


@lru_cache(maxsize=256)
def _once(text: str) -> Expression:
    """The expression of a text, kept: several rules read it, and the one that is built of it."""
    return _compiled(text, None, FUNCTIONS)


def _compiled(text: str, names: Container[str] | None, functions: Mapping[str, Function]) -> Expression:
    check(text)
    source = Source(text)
    tree = _parse(source)
    compiler = _Compiler(source, names, functions)
    run = compiler.compile(tree, 1)
    return Expression(text.strip(), frozenset(compiler.names), tree, run)


class Source:
    """The text of an expression with the places of its nodes; Python counts bytes, people count characters."""

    def __init__(self, text: str) -> None:
        line = text.translate(_SPACES)
        self.line = line.strip()
        self.offset = len(line) - len(line.lstrip())
        self._encoded = self.line.encode()

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Where a node stands in the text as written."""
        return self.place(node.col_offset), self.place(node.end_col_offset or 0)

    def place(self, byte: int) -> int:
        """The character of the text as written at a byte of the line."""
        return self.offset + len(self._encoded[:byte].decode(errors="ignore"))

    def written(self, node: ast.expr) -> str:
        """What was written for a node."""
        return self._encoded[node.col_offset : node.end_col_offset].decode(errors="ignore")


def _parse(source: Source) -> ast.expr:
    try:
        tree = ast.parse(source.line, mode="eval").body
    except SyntaxError as error:
        start = source.offset + (error.offset - 1 if error.offset else len(source.line))
        reason = f"“{_short(source.line)}” is not an expression: {error.msg or 'invalid syntax'}."
        raise BadExpression(reason, start, start + 1) from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        reason = f"“{_short(source.line)}” is not an expression: it is nested too deeply."
        raise BadExpression(reason, source.offset, source.offset + len(source.line)) from error
    if sum(1 for _ in ast.walk(tree)) > 2 * MAX_NODES:
        raise BadExpression(
            "The expression has too many parts.", source.offset, source.offset + len(source.line)
        )
    return tree


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:60] + "…"


class _Compiler:
    """One walk over the tree: each node of the table becomes a closure, any other is refused."""

    def __init__(
        self, source: Source, allowed: Container[str] | None, functions: Mapping[str, Function]
    ) -> None:
        self.source = source
        self.allowed = allowed
        self.functions = functions
        self.names: set[str] = set()
        self.nodes = 0

    def bad(self, node: ast.expr, reason: str) -> BadExpression:
        return BadExpression(reason, *self.source.span(node))

    def compile(self, node: ast.expr, depth: int) -> Evaluate:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise self.bad(node, "The expression has too many parts or is nested too deeply.")
        rule = _RULES.get(type(node))
        if rule is None:
            raise self.bad(node, f"{_CALLED.get(type(node), 'This')} is not allowed in an expression.")
        return rule(self, node, depth + 1)

    def constant(self, node: ast.Constant, depth: int) -> Evaluate:
        value = self._number(node) if type(node.value) in (int, float, complex) else node.value
        if not (value is None or isinstance(value, str | bool | int | Decimal)):
            raise self.bad(node, "Only text in quotes, numbers, true, false and None are allowed.")
        return lambda data, context: value

    def _number(self, node: ast.Constant) -> int | Decimal:
        written = self.source.written(node)
        if not _NUMBER.fullmatch(written):
            raise self.bad(node, f"{written} is not a number; write plain digits such as 12 or 3.5.")
        if "." in written and len(written) - 1 > MAX_DIGITS:
            raise self.bad(node, f"A number with decimals has at most {MAX_DIGITS} digits.")
        if int(written.partition(".")[0]) > values.MAX_INTEGER:
            raise self.bad(node, "A number is too large.")
        return values.number(Decimal(written)) if "." in written else int(written)

    def name(self, node: ast.Name, depth: int) -> Evaluate:
        if node.id in WORDS:
            word = WORDS[node.id]
            return lambda data, context: word
        return self._field(node)

    def _field(self, node: ast.Name) -> Evaluate:
        name, plain, admitted = node.id, values.PLAIN, values.admitted
        if name.startswith("_"):
            raise self.bad(node, f"The name {name} starts with an underscore, which is not allowed.")
        if self.allowed is not None and name not in self.allowed:
            reason = f"There is no field {name}. A text needs quotes."
            raise UnknownName(reason, *self.source.span(node), name, is_function=False)
        self.names.add(name)

        def read(data: Data, context: Context) -> object:
            if name not in data:
                raise ExpressionError(f"The field {name} has no value here.")
            value = data[name]
            return value if type(value) in plain else admitted(value)

        return read

    def attribute(self, node: ast.Attribute, depth: int) -> Evaluate:
        if node.attr.startswith("_"):
            raise self.bad(node, f"The name {node.attr} starts with an underscore, which is not allowed.")
        inner, key = self.compile(node.value, depth), node.attr
        return lambda data, context: values.inside(inner(data, context), key)

    def subscript(self, node: ast.Subscript, depth: int) -> Evaluate:
        inner, key = self.compile(node.value, depth), self.compile(node.slice, depth)
        return lambda data, context: values.inside(inner(data, context), key(data, context))

    def list(self, node: ast.List, depth: int) -> Evaluate:
        parts = [self.compile(part, depth) for part in node.elts]
        return lambda data, context: [part(data, context) for part in parts]

    def boolean(self, node: ast.BoolOp, depth: int) -> Evaluate:
        parts = [self.compile(part, depth) for part in node.values]
        ends = isinstance(node.op, ast.Or)

        def junction(data: Data, context: Context) -> bool:
            for part in parts:
                value = part(data, context)
                if value is ends or (value is not True and value is not False and truth(value)):
                    return ends
            return not ends

        return junction

    def unary(self, node: ast.UnaryOp, depth: int) -> Evaluate:
        inner = self.compile(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda data, context: not truth(inner(data, context))
        if isinstance(node.op, ast.USub):
            return lambda data, context: values.negative(inner(data, context))
        raise self.bad(node, "This sign is not allowed in an expression.")

    def arithmetic(self, node: ast.BinOp, depth: int) -> Evaluate:
        calculate = _ARITHMETIC.get(type(node.op))
        if calculate is None:
            raise self.bad(node, "Only + - * / can be calculated.")
        left, right = self.compile(node.left, depth), self.compile(node.right, depth)
        return lambda data, context: calculate(left(data, context), right(data, context))

    def comparison(self, node: ast.Compare, depth: int) -> Evaluate:
        tests = [_COMPARISON[type(op)] for op in node.ops if type(op) in _COMPARISON]
        if len(tests) < len(node.ops):
            raise self.bad(node, "Compare with == != < <= > >= in or not in.")
        first = self.compile(node.left, depth)
        rest = [(test, self.compile(part, depth)) for test, part in zip(tests, node.comparators, strict=True)]
        return _chain(first, rest) if len(rest) > 1 else _compared(first, *rest[0])

    def conditional(self, node: ast.IfExp, depth: int) -> Evaluate:
        test, yes, no = (self.compile(part, depth) for part in (node.test, node.body, node.orelse))
        return lambda data, context: (yes if truth(test(data, context)) else no)(data, context)

    def call(self, node: ast.Call, depth: int) -> Evaluate:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.bad(node, "Only the listed functions can be called, with plain arguments.")
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.bad(node, "A star is not allowed in an expression.")
        name = node.func.id
        if name == "has":
            return self._has(node, depth)
        function = self.functions.get(name)
        if function is None:
            reason = f"There is no function {name}(…)."
            raise UnknownName(reason, *self.source.span(node.func), name, is_function=True)
        if function is FUNCTIONS.get(name) and not SIGNATURES[name].fits(len(node.args)):
            raise self.bad(node, f"{name}(…) takes {_how_many(name)}, not {len(node.args)}.")
        return _called(function, [self.compile(argument, depth) for argument in node.args])

    def _has(self, node: ast.Call, depth: int) -> Evaluate:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript):
            raise self.bad(node, "has(…) takes the name of one field.")
        inner = self.compile(node.args[0], depth)

        def has(data: Data, context: Context) -> bool:
            try:
                return inner(data, context) is not None
            except ExpressionError:
                return False

        return has


def _compared(left: Evaluate, test: Callable[[object, object], bool], right: Evaluate) -> Evaluate:
    return lambda data, context: test(left(data, context), right(data, context))


def _chain(first: Evaluate, rest: list[tuple[Callable[[object, object], bool], Evaluate]]) -> Evaluate:
    """`a < b < c`: each part is evaluated once, and the rest not at all once a comparison fails."""

    def compare(data: Data, context: Context) -> bool:
        left = first(data, context)
        for test, part in rest:
            right = part(data, context)
            if not test(left, right):
                return False
            left = right
        return True

    return compare


def _called(function: Function, arguments: list[Evaluate]) -> Evaluate:
    if isinstance(function, Contextual):
        inner = function.call
        return lambda data, context: inner(context, *[argument(data, context) for argument in arguments])
    return lambda data, context: function(*[argument(data, context) for argument in arguments])


def _how_many(name: str) -> str:
    signature = SIGNATURES[name]
    most = len(signature.takes)
    if signature.more:
        return f"{signature.least} or more values"
    numbers = str(most) if most == signature.least else f"{signature.least} to {most}"
    return f"{numbers} value{'' if most == 1 else 's'}"


_ARITHMETIC: Mapping[type, Callable[[object, object], object]] = {
    ast.Add: values.add,
    ast.Sub: values.subtract,
    ast.Mult: values.multiply,
    ast.Div: values.divide,
}
_COMPARISON: Mapping[type, Callable[[object, object], bool]] = {
    ast.Eq: values.same,
    ast.NotEq: lambda left, right: not values.same(left, right),
    ast.In: values.among,
    ast.NotIn: lambda left, right: not values.among(left, right),
    ast.Lt: values.ordered(lt),
    ast.LtE: values.ordered(le),
    ast.Gt: values.ordered(gt),
    ast.GtE: values.ordered(ge),
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
