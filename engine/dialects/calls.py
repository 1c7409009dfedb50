"""Functions and methods of other languages, each as the safe language says it.

Nothing is called here: a name of the table becomes a piece of syntax, any other is refused by name.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Mapping, Sequence
from inspect import signature

from engine.errors import ExpressionError

Build = Callable[..., ast.expr]


def call(name: str, *arguments: ast.expr) -> ast.expr:
    """A call of one function of the safe language."""
    return ast.Call(ast.Name(name), list(arguments), [])


def negated(inner: ast.expr) -> ast.expr:
    """The denial: of a denial, the thing itself; of an equality, the inequality."""
    if isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.Not):
        return inner.operand
    if isinstance(inner, ast.Compare) and len(inner.ops) == 1 and type(inner.ops[0]) in _OPPOSITE:
        return ast.Compare(inner.left, [_OPPOSITE[type(inner.ops[0])]()], inner.comparators)
    return ast.UnaryOp(ast.Not(), inner)


_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


def joined(word: ast.boolop, *parts: ast.expr) -> ast.expr:
    """`and` or `or` of some parts; a part that is the same word is laid flat, so that chains stay shallow."""
    flat = list[ast.expr]()
    for part in parts:
        same = isinstance(part, ast.BoolOp) and type(part.op) is type(word)
        flat += part.values if same and isinstance(part, ast.BoolOp) else [part]
    return ast.BoolOp(word, flat) if len(flat) > 1 else flat[0]


def compared(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """One comparison."""
    return ast.Compare(left, [operator], [right])


def is_path(node: ast.expr) -> bool:
    """Whether a piece is a field or a look inside one, the only thing `has` can be asked about."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def equal(left: ast.expr, right: ast.expr, coerces: bool = False) -> ast.expr:
    """Equality. With null it asks whether the field is there, for a field never set is null in other engines.

    `coerces`: the text "true" equals true, too (Jakarta Expression Language 3.0, 1.9.2).
    """
    for one, other in ((left, right), (right, left)):
        if isinstance(one, ast.Constant) and one.value is None and is_path(other):
            return negated(call("has", other))
        if coerces and isinstance(one, ast.Constant) and one.value in ("true", "false") and is_path(other):
            return compared(other, ast.In(), ast.List([one, ast.Constant(one.value == "true")]))
    return compared(left, ast.Eq(), right)


def empty(value: ast.expr) -> ast.expr:
    """Whether nothing is there: no field, or an empty text or list."""
    found = call("is_empty", value)
    return joined(ast.Or(), negated(call("has", value)), found) if is_path(value) else found


def _blank(value: ast.expr) -> ast.expr:
    return equal(call("trim", value), ast.Constant(""))


def _same_letters(left: ast.expr, right: ast.expr) -> ast.expr:
    return equal(call("lower", left), call("lower", right))


def item(container: ast.expr, key: ast.expr) -> ast.expr:
    """A look inside a mapping or a list."""
    if isinstance(key, ast.UnaryOp) and isinstance(key.op, ast.USub):
        raise ExpressionError("An index that counts from the end of a list is not understood.")
    return ast.Subscript(container, key)


def _has_item(container: ast.expr, key: ast.expr) -> ast.expr:
    return call("has", item(container, key))


def _itself(value: ast.expr) -> ast.expr:
    return value


def _safe(name: str) -> Build:
    return lambda *arguments: call(name, *arguments)


METHODS: Mapping[tuple[str, int], Build] = {
    ("contains", 1): _safe("contains"),
    ("includes", 1): _safe("contains"),
    ("equals", 1): equal,
    ("equalsIgnoreCase", 1): _same_letters,
    ("startsWith", 1): _safe("starts_with"),
    ("startswith", 1): _safe("starts_with"),
    ("endsWith", 1): _safe("ends_with"),
    ("endswith", 1): _safe("ends_with"),
    ("isEmpty", 0): _safe("is_empty"),
    ("isBlank", 0): _blank,
    ("size", 0): _safe("count"),
    ("length", 0): _safe("length"),
    ("toLowerCase", 0): _safe("lower"),
    ("lower", 0): _safe("lower"),
    ("toUpperCase", 0): _safe("upper"),
    ("upper", 0): _safe("upper"),
    ("trim", 0): _safe("trim"),
    ("strip", 0): _safe("trim"),
    ("get", 1): item,
    ("prop", 1): item,
    ("containsKey", 1): _has_item,
    ("hasProp", 1): _has_item,
    ("numberValue", 0): _itself,
    ("stringValue", 0): _itself,
    ("boolValue", 0): _itself,
}
"""Methods by name and number of arguments; the receiver comes first."""


def field(name: ast.expr) -> ast.expr:
    """The field a text names, as in `execution.getVariable("status")`; a field stays itself."""
    if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isidentifier():
        return ast.Name(plain(name.value))
    if is_path(name):
        return name
    raise ExpressionError("A variable is asked for by something else than its name.")


def _asked(test: Callable[[ast.expr, ast.expr], ast.expr]) -> Build:
    """A test of Flowable's kind, which is false when the variable is missing."""

    def build(name: ast.expr, value: ast.expr) -> ast.expr:
        return joined(ast.And(), call("has", field(name)), test(field(name), value))

    return build


def _ordered(operator: type[ast.cmpop]) -> Build:
    return _asked(lambda left, right: compared(left, operator(), right))


def _contains_all(name: ast.expr, first: ast.expr, *others: ast.expr) -> ast.expr:
    wanted = [call("contains", field(name), value) for value in (first, *others)]
    return joined(ast.And(), call("has", field(name)), *wanted)


def _contains_any(name: ast.expr, first: ast.expr, *others: ast.expr) -> ast.expr:
    wanted = [call("contains", field(name), value) for value in (first, *others)]
    return joined(ast.And(), call("has", field(name)), joined(ast.Or(), *wanted))


def _or_else(value: ast.expr, other: ast.expr) -> ast.expr:
    return ast.IfExp(call("has", value), value, other)


_VARIABLES: Mapping[tuple[str, ...], Build] = {
    ("get",): field,
    ("getOrDefault",): lambda name, other: _or_else(field(name), other),
    ("exists",): lambda name: call("has", field(name)),
    ("equals", "eq"): _asked(equal),
    ("notEquals", "ne"): lambda name, value: negated(equal(field(name), value)),
    ("lowerThan", "lessThan", "lt"): _ordered(ast.Lt),
    ("lowerThanOrEquals", "lessThanOrEquals", "lte"): _ordered(ast.LtE),
    ("greaterThan", "gt"): _ordered(ast.Gt),
    ("greaterThanOrEquals", "gte"): _ordered(ast.GtE),
    ("isEmpty", "empty"): lambda name: empty(field(name)),
    ("isNotEmpty", "notEmpty"): lambda name: negated(empty(field(name))),
    ("contains",): _contains_all,
    ("containsAny",): _contains_any,
}
"""Flowable's functions on variables: the names of each, after `variables:`, `vars:` or `var:`."""

FUNCTIONS: Mapping[str, Build] = {
    "starts with": _safe("starts_with"),
    "ends with": _safe("ends_with"),
    "upper case": _safe("upper"),
    "lower case": _safe("lower"),
    "string length": _safe("length"),
    "list contains": _safe("contains"),
    "is empty": empty,
    "is blank": _blank,
    "is defined": _safe("has"),
    "get value": item,
    "date and time": _safe("moment"),
    "get or else": _or_else,
    "len": _safe("length"),
    "bpmn:getDataObject": field,
    **{
        f"{prefix}:{name}": build
        for names, build in _VARIABLES.items()
        for name in names
        for prefix in ("variables", "vars", "var")
    },
}
"""Functions of FEEL (DMN 1.3, 10.3.4), Camunda's additions to it, Python, XPath in BPMN, and Flowable."""

EXECUTION: Mapping[str, Build] = {
    "getVariable": field,
    "getVariableLocal": field,
    "hasVariable": lambda name: call("has", field(name)),
}
"""What a condition may ask `execution` for."""


def built(name: str, build: Build, arguments: Sequence[ast.expr]) -> ast.expr:
    """The piece of syntax for a call, or `ExpressionError` when the number of arguments is another."""
    try:
        signature(build).bind(*arguments)
    except TypeError:
        raise ExpressionError(f"{name}(…) has a number of arguments that is not understood.") from None
    return build(*arguments)


def within(value: ast.expr, low: ast.expr, opening: str, high: ast.expr, closing: str) -> ast.expr:
    """Whether a value lies in a range: `[` before it and `]` behind it include the end, other brackets do not."""
    above = compared(value, ast.GtE() if opening == "[" else ast.Gt(), low)
    below = compared(value, ast.LtE() if closing == "]" else ast.Lt(), high)
    return joined(ast.And(), above, below)


def member(left: ast.expr, opening: str, values: list[ast.expr], tests: list[ast.expr]) -> ast.expr:
    """Membership in a list of values, or any of some tests. `x in (y)` is `x in y`, for `y` may be a list."""
    if opening == "(" and len(values) == 1 and not tests and is_path(values[0]):
        return compared(left, ast.In(), values[0])
    listed = [compared(left, ast.In(), ast.List(values))] if values or not tests else []
    return joined(ast.Or(), *tests, *listed)


def plain(name: str) -> str:
    """A field's name, or `ExpressionError` when it is a word that the safe language keeps to itself."""
    if keyword.iskeyword(name):
        raise ExpressionError(f"“{name}” is a word of the expression language: give the field another name.")
    return name


def called(name: str, arguments: list[ast.expr]) -> ast.expr:
    """A call of a function by name; one that no table has is left for the safe language to judge."""
    if name in FUNCTIONS:
        return built(name, FUNCTIONS[name], arguments)
    if ":" in name:
        raise ExpressionError(f"The function {name}(…) is not known here.")
    return call(plain(name), *arguments)


def method(receiver: ast.expr, name: str, arguments: list[ast.expr]) -> ast.expr:
    """A call of a method, or `ExpressionError` for one that is not a plain question."""
    if isinstance(receiver, ast.Name) and receiver.id == "execution" and name in EXECUTION:
        return built(name, EXECUTION[name], arguments)
    build = METHODS.get((name, len(arguments)))
    if build is None:
        raise ExpressionError(f"The method {name}(…) runs code of another engine: compare a field instead.")
    return build(receiver, *arguments)
