"""Decision tables and literal decisions as they are evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.decisions.cells import Cell, Data
from engine.errors import ExpressionError
from engine.expressions import FUNCTIONS, UNKNOWN, Context, Expression, Kind
from engine.expressions.dates import read_day, read_duration, read_moment
from engine.expressions.values import plain

MAX_RULES, MAX_INPUTS, MAX_OUTPUTS = 500, 20, 20

SINGLE = frozenset({"UNIQUE", "FIRST", "ANY"})
POLICIES = SINGLE | {"COLLECT", "RULE ORDER"}
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})

_READ: Mapping[str, Callable[[str], object]] = {
    "date": read_day, "moment": read_moment, "duration": read_duration,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """An input: its expression, the `kind` of its values if that is known, and the values it may have.

    Kinds: text, number, integer, boolean, date, moment, duration. `allowed` is None where nothing is said.
    """

    id: str
    label: str
    expression: Expression
    kind: str | None = None
    allowed: Cell | None = None

    def value(self, data: Data, context: Context) -> object:
        """The value of the input."""
        return self.reads(self.expression.value(data, context))

    def reads(self, value: object) -> object:
        """A value as the column compares it: ISO text becomes the day, moment or duration it is about."""
        read = _READ.get(self.kind or "")
        return read(value) if read and isinstance(value, str) else value


@dataclass(frozen=True)
class Output:
    """An output: its name, and what it is when no rule matches (None for nothing)."""

    id: str
    name: str
    default: Expression | None = None


@dataclass(frozen=True)
class Rule:
    """A row: `number` counts from 1 as the modelers show it; an empty output is None."""

    id: str
    number: int
    cells: tuple[Cell, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Table:
    """A decision table; what it gives depends on its hit policy (DMN 1.3, 8.2.10)."""

    policy: str
    aggregation: str | None
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...] = field(repr=False)

    @property
    def gives(self) -> Mapping[str, Kind]:
        """The names of the outputs, each with its kind: of texts the only ones it can be."""
        columns = zip(*(rule.outputs for rule in self.rules), strict=True)
        cells = dict(zip((output.name for output in self.outputs), columns, strict=False))
        if self.policy not in SINGLE:
            return dict.fromkeys((output.name for output in self.outputs), UNKNOWN)
        return {out.name: _kind_of([*cells.get(out.name, ()), out.default]) for out in self.outputs}

    def decide(self, data: Data, context: Context) -> dict[str, object]:
        """The outputs for these data, or `ExpressionError`."""
        hits = self._hits(data, context)
        if self.policy not in SINGLE:
            return self._collected(list(hits), data, context)
        first = next(hits, None)
        if first is None:
            return {output.name: _value(output.default, data, context) for output in self.outputs}
        answer = self._answer(first, data, context)
        if self.policy != "FIRST":
            self._alone(first, answer, hits, data, context)
        return answer

    def _hits(self, data: Data, context: Context) -> Iterator[Rule]:
        """The rules that match, in their order; an input is evaluated when the first cell asks for it."""
        known: dict[int, object] = {}
        for rule in self.rules:
            if all(self._matches(rule, place, known, data, context) for place in range(len(self.columns))):
                yield rule

    def _matches(
        self, rule: Rule, place: int, known: dict[int, object], data: Data, context: Context
    ) -> bool:
        cell = rule.cells[place]
        if cell.is_any:
            return True
        column = self.columns[place]
        try:
            if place not in known:
                known[place] = column.value(data, context)
            return cell.matches(known[place], data, context, column.reads)
        except ExpressionError as error:
            reason = f"Rule {rule.number} cannot be answered for “{column.label}”: {error}"
            raise ExpressionError(reason) from error

    def _alone(
        self, first: Rule, answer: dict[str, object], others: Iterator[Rule], data: Data, context: Context
    ) -> None:
        """Refuse a second hit of UNIQUE, and of ANY one with another answer: the first is never taken silently."""
        for other in others:
            if self.policy == "UNIQUE" or self._answer(other, data, context) != answer:
                only = "only one rule may match" if self.policy == "UNIQUE" else "they do not agree"
                raise ExpressionError(f"Rules {first.number} and {other.number} both match, and {only}.")

    def _answer(self, rule: Rule, data: Data, context: Context) -> dict[str, object]:
        pairs = zip(self.outputs, rule.outputs, strict=True)
        return {output.name: _value(expression, data, context) for output, expression in pairs}

    def _collected(self, hits: Sequence[Rule], data: Data, context: Context) -> dict[str, object]:
        answers = [self._answer(rule, data, context) for rule in hits]
        if self.aggregation == "COUNT":
            return {self.outputs[0].name: len(hits)}
        names = [output.name for output in self.outputs]
        lists = {name: [answer[name] for answer in answers] for name in names}
        if self.aggregation is None:
            return dict(lists)
        name = names[0]
        return {name: plain(FUNCTIONS[self.aggregation.lower()](lists[name])) if hits else None}


@dataclass(frozen=True)
class Literal:
    """A decision that is one expression."""

    name: str
    expression: Expression

    @property
    def gives(self) -> Mapping[str, Kind]:
        """Its name, of a kind that nobody knows."""
        return {self.name: UNKNOWN}

    def decide(self, data: Data, context: Context) -> dict[str, object]:
        """The value under the decision's name, or `ExpressionError`."""
        return {self.name: self.expression.evaluate(data, context)}


def _kind_of(cells: Sequence[Expression | None]) -> Kind:
    """The kind of an output whose cells are fixed values of one kind."""
    trees = [cell.tree for cell in cells if cell is not None]
    fixed = [tree.value for tree in trees if isinstance(tree, ast.Constant)]
    if not fixed or len(fixed) < len(trees):
        return UNKNOWN
    if all(isinstance(value, str) for value in fixed):
        return frozenset(map(str, fixed))
    return "integer" if all(type(value) is int for value in fixed) else UNKNOWN


def _value(expression: Expression | None, data: Data, context: Context) -> object:
    return None if expression is None else expression.evaluate(data, context)
