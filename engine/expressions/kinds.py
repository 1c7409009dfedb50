"""The check of kinds: what can be known about an expression before there are any data.

Given the kinds of the fields (from the forms of a process), it finds the comparisons that can never be true
and the operations that will be refused. It never guesses: what is unknown is never a mistake.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.expressions.compiler import WORDS, Expression, Source
from engine.expressions.functions import SIGNATURES
from engine.expressions.mistakes import Mistake, listed, nearest

Kind = str | Collection[str]
"""The kind of a field: text, integer, number, boolean, date, moment, list, or a collection of the texts it may
hold. Days and moments are ISO text in the data. Any other word is a kind of which nothing is known."""
UNKNOWN = "unknown"


@dataclass(frozen=True)
class _Known:
    """What is known of a part: its possible kinds; for texts, perhaps, the only ones it may be."""

    kinds: frozenset[str]
    choices: frozenset[str] | None = None
    when: str | None = None

    def said(self) -> str:
        """The kinds in words."""
        return " or ".join(_SAID[kind] for kind in sorted(self.kinds))


_SAID = {
    "text": "a text", "number": "a number", "boolean": "true or false", "list": "a list", "none": "None",
    "date": "a date", "moment": "a moment", "duration": "a duration",
}  # fmt: skip
_FIELDS = {
    "text": _Known(frozenset({"text"})),
    "integer": _Known(frozenset({"number"})),
    "number": _Known(frozenset({"number"})),
    "boolean": _Known(frozenset({"boolean"})),
    "list": _Known(frozenset({"list"})),
    "date": _Known(frozenset({"text"}), when="date"),
    "moment": _Known(frozenset({"text"}), when="moment"),
}
_TEMPORAL = frozenset({"date", "moment", "duration"})
_TRUTH = _Known(frozenset({"boolean"}))
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


Answer = Literal["boolean", "number", "text"]
"""What the place of an expression takes: a condition is true or false, a count a number, a time a text."""

_ANSWERS: Mapping[Answer, tuple[str, str]] = {
    "boolean": ("A condition must be true or false", "Compare it with something."),
    "number": ("Here a number is needed", "Write a whole number, or a field that holds one."),
    "text": ("A time is a text", 'Write a text in quotes such as "P2D".'),
}


def check_types(
    expression: Expression, kinds: Mapping[str, Kind], answer: Answer | None = None
) -> list[Mistake]:
    """What in an expression can never be right, given the kinds of its fields; empty when nothing is known wrong.

    Fields that are not in `kinds` are unknown and raise no alarm. `answer`: what the whole must be, None for anything.
    Places count in `expression.text`.
    """
    checker = _Checker(expression.text, kinds)
    known = checker.kind(expression.tree)
    if answer and known and answer not in known.kinds:
        demand, mend = _ANSWERS[answer]
        if answer == "boolean" and known.choices:
            mend = f"Compare it with one of these: {listed(known.choices)}."
        checker.report(expression.tree, f"{demand}; this is {known.said()}.", mend)
    return sorted(checker.found, key=lambda mistake: mistake.start)


class _Checker:
    """One walk over a tree; `kind` says what is known of a part and collects mistakes on the way."""

    def __init__(self, text: str, kinds: Mapping[str, Kind]) -> None:
        self.text = text
        self.source = Source(text)
        self.kinds = kinds
        self.found: list[Mistake] = []

    def report(self, node: ast.expr, sentence: str, mend: str, new: str | None = None) -> None:
        start, end = self.source.span(node)
        corrected = None if new is None else self.text[:start] + new + self.text[end:]
        self.found.append(Mistake(start, end, sentence, mend, corrected))

    def kind(self, node: ast.expr) -> _Known | None:
        look = _LOOKS.get(type(node))
        return look(self, node) if look else None

    def constant(self, node: ast.Constant) -> _Known | None:
        if isinstance(node.value, str):
            return _Known(frozenset({"text"}), frozenset({node.value}))
        return _OF_TYPE.get(type(node.value))

    def name(self, node: ast.Name) -> _Known | None:
        if node.id in WORDS:
            return _TRUTH
        kind = self.kinds.get(node.id)
        if isinstance(kind, str):
            return _FIELDS.get(kind)
        return None if kind is None else _Known(frozenset({"text"}), frozenset(kind))

    def inside(self, node: ast.Attribute | ast.Subscript) -> None:
        owner = self.kind(node.value)
        if owner and owner.kinds <= frozenset(_SAID) - {"list"}:
            self.report(
                node, f"There is nothing inside of {owner.said()}.", "Take out what stands behind it."
            )

    def list(self, node: ast.List) -> _Known:
        for part in node.elts:
            self.kind(part)
        return _Known(frozenset({"list"}))

    def boolean(self, node: ast.BoolOp) -> _Known:
        for part in node.values:
            self._must_be_truth(part, "“and” and “or” join")
        return _TRUTH

    def unary(self, node: ast.UnaryOp) -> _Known | None:
        if isinstance(node.op, ast.Not):
            self._must_be_truth(node.operand, "“not” takes")
            return _TRUTH
        return self._calculated(node.operand)

    def _must_be_truth(self, node: ast.expr, who: str) -> None:
        known = self.kind(node)
        if known and "boolean" not in known.kinds:
            sentence = f"{who} what is true or false; this is {known.said()}."
            self.report(node, sentence, "Compare it with something, or use has(…).")

    def arithmetic(self, node: ast.BinOp) -> _Known | None:
        left, right = self._calculated(node.left), self._calculated(node.right)
        numbers = frozenset({"number"})
        return left if left and right and left.kinds == right.kinds == numbers else None

    def _calculated(self, node: ast.expr) -> _Known | None:
        known = self.kind(node)
        if known and not known.kinds & ({"number"} | _TEMPORAL):
            mend = (
                f"Write {known.when}(…) around it."
                if known.when
                else "Calculate with numbers and dates only."
            )
            self.report(node, f"Only numbers and dates can be calculated; this is {known.said()}.", mend)
            return None
        return known

    def conditional(self, node: ast.IfExp) -> _Known | None:
        self._must_be_truth(node.test, "“if” takes")
        yes, no = self.kind(node.body), self.kind(node.orelse)
        if not (yes and no):
            return None
        both = yes.choices | no.choices if yes.choices is not None and no.choices is not None else None
        return _Known(yes.kinds | no.kinds, both)

    def call(self, node: ast.Call) -> _Known | None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "has":
            return _TRUTH
        signature = SIGNATURES.get(name)
        for place, argument in enumerate(node.args):
            known = self.kind(argument)
            wanted = frozenset(signature.kind(place).split("|")) if signature else frozenset({"any"})
            if known and "any" not in wanted and not known.kinds & (wanted | {"none"}):
                right = " or ".join(_SAID[kind] for kind in sorted(wanted))
                self.report(
                    argument, f"{name}(…) takes {right}; this is {known.said()}.", f"Give it {right}."
                )
        gives = frozenset(signature.gives.split("|")) if signature else frozenset({"any"})
        return None if "any" in gives else _Known(gives)

    def comparison(self, node: ast.Compare) -> _Known:
        left, parts = node.left, [node.left, *node.comparators]
        knowns = [self.kind(part) for part in parts]
        for place, operator in enumerate(node.ops):
            left, right = parts[place], parts[place + 1]
            if isinstance(operator, ast.In | ast.NotIn):
                self._among(left, knowns[place], right, knowns[place + 1])
            else:
                self._compared((left, knowns[place]), operator, (right, knowns[place + 1]))
        return _TRUTH

    def _among(self, left: ast.expr, known: _Known | None, right: ast.expr, container: _Known | None) -> None:
        if container and not container.kinds & {"list", "text"}:
            self.report(
                right, f"“in” asks a list or a text; this is {container.said()}.", "Write a list in brackets."
            )
        elif container and container.kinds == {"text"} and known and "text" not in known.kinds:
            self.report(
                left, f"Only a text can be part of a text; this is {known.said()}.", "Compare with ==."
            )
        if isinstance(right, ast.List):
            for part in right.elts:
                self._equal((left, known), (part, self.kind(part)), "true")

    def _compared(
        self, left: tuple[ast.expr, _Known | None], operator: ast.cmpop, right: tuple[ast.expr, _Known | None]
    ) -> None:
        if isinstance(operator, _ORDERED):
            self._has_order(left, right)
        else:
            self._equal(left, right, "true" if isinstance(operator, ast.Eq) else "false")

    def _has_order(self, left: tuple[ast.expr, _Known | None], right: tuple[ast.expr, _Known | None]) -> None:
        for node, known in (left, right):
            if known and not known.kinds & ({"number", "text"} | _TEMPORAL):
                self.report(node, f"There is no order with {known.said()}.", "Compare with == or !=.")
                return
        if left[1] and right[1] and not left[1].kinds & right[1].kinds:
            self._unlike(left, right, f"{left[1].said()} and {right[1].said()} have no order.".capitalize())

    def _equal(
        self, left: tuple[ast.expr, _Known | None], right: tuple[ast.expr, _Known | None], never: str
    ) -> None:
        one, other = left[1], right[1]
        if not (one and other) or "none" in one.kinds | other.kinds:
            return
        if not one.kinds & other.kinds:
            sentence = f"{one.said()} never equals {other.said()}, so this is never {never}.".capitalize()
            self._unlike(left, right, sentence)
        elif one.choices is not None and other.choices is not None and not one.choices & other.choices:
            self._no_choice(left, right, never)

    def _unlike(
        self, left: tuple[ast.expr, _Known | None], right: tuple[ast.expr, _Known | None], sentence: str
    ) -> None:
        """Two kinds that do not go together; a date of the data is still text and needs its function."""
        for (node, known), (_, other) in ((left, right), (right, left)):
            if known and other and known.kinds == {"text"} and other.kinds & _TEMPORAL:
                function = known.when or sorted(other.kinds & _TEMPORAL)[0]
                start, end = self.source.span(node)
                new = f"{function}({self.text[start:end]})"
                self.report(node, sentence, f"Write {new}.", new)
                return
        self.report(right[0], sentence, _mend(right[0], left[1]), _quoted(right[0], left[1]))

    def _no_choice(
        self, left: tuple[ast.expr, _Known | None], right: tuple[ast.expr, _Known | None], never: str
    ) -> None:
        value, owner = (left, right) if isinstance(left[0], ast.Constant) else (right, left)
        choices = (owner[1].choices if owner[1] else None) or frozenset()
        text = _text(value[0])
        said = "this" if text is None else f"“{text}”"
        sentence = f"The value is one of {listed(choices)}, and never {said}, so this is never {never}."
        near = None if text is None else nearest(text, choices)
        new = f'"{near}"' if near else None
        self.report(value[0], sentence, f"Write {new or 'one of them'}.", new)


def _text(node: ast.expr) -> str | None:
    """The text of a constant, None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _mend(node: ast.expr, wanted: _Known | None) -> str:
    new = _quoted(node, wanted)
    return f"Write {new}." if new else "Compare like with like."


def _quoted(node: ast.expr, wanted: _Known | None) -> str | None:
    """A constant in the other's kind: 3 for "3", and the other way round; None when there is none."""
    if not isinstance(node, ast.Constant) or not wanted:
        return None
    value = node.value
    if wanted.kinds == {"text"} and type(value) is int:
        return f'"{value}"'
    if wanted.kinds == {"number"} and isinstance(value, str) and value.isascii() and value.isdigit():
        return value
    if wanted.kinds == {"boolean"} and isinstance(value, str):
        return {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(value.lower())
    return None


_OF_TYPE = {
    bool: _TRUTH,
    int: _Known(frozenset({"number"})),
    float: _Known(frozenset({"number"})),
    type(None): _Known(frozenset({"none"})),
}
_LOOKS: Mapping[type, Callable[..., _Known | None]] = {
    ast.Constant: _Checker.constant,
    ast.Name: _Checker.name,
    ast.Attribute: _Checker.inside,
    ast.Subscript: _Checker.inside,
    ast.List: _Checker.list,
    ast.BoolOp: _Checker.boolean,
    ast.UnaryOp: _Checker.unary,
    ast.BinOp: _Checker.arithmetic,
    ast.Compare: _Checker.comparison,
    ast.IfExp: _Checker.conditional,
    ast.Call: _Checker.call,
}
