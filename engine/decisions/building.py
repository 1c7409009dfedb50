"""From a decision as drawn to one that can be evaluated, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from lxml import etree

from engine.decisions.cells import Cell, read_cell
from engine.decisions.domains import KIND_OF, Unprovable, constants, kind_of
from engine.decisions.reading import Drawn, child, children, tag, text_of
from engine.decisions.tables import (
    AGGREGATIONS,
    MAX_INPUTS,
    MAX_OUTPUTS,
    MAX_RULES,
    POLICIES,
    Column,
    Literal,
    Output,
    Rule,
    Table,
)
from engine.decisions.texts import Names, plain_name, read
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.expressions import Expression, compile, explain

Logic = Table | Literal
Read = TypeVar("Read")

_KINDS = {
    "string": "text", "number": "number", "double": "number", "float": "number", "decimal": "number",
    "integer": "integer", "int": "integer", "long": "integer", "short": "integer", "boolean": "boolean", "date": "date",
    "datetime": "moment", "dateandtime": "moment", "daytimeduration": "duration", "yearmonthduration": "duration",
    "daysandtimeduration": "duration", "yearsandmonthsduration": "duration",
}  # fmt: skip
_BOXED = frozenset(
    {"context", "invocation", "list", "relation", "functionDefinition", "conditional", "for", "filter"}
)
_MEND = "Write it in the language of conditions."


def build(drawn: Drawn) -> tuple[Logic | None, list[Problem]]:
    """The logic of a decision and its problems; None when it has none that can be evaluated."""
    builder = _Builder(drawn)
    table, literal = child(drawn.element, "decisionTable"), child(drawn.element, "literalExpression")
    if table is not None:
        return builder.table(table), builder.problems
    if literal is not None:
        return builder.literal(literal), builder.problems
    other = next((tag(part) for part in drawn.element if tag(part) in _BOXED), "nothing at all")
    reason = f"The decision is neither a table nor an expression but {other}."
    return None, [drawn.problem("D2", reason, "Make it a decision table.")]


def variable(drawn: Drawn) -> str:
    """The name under which other decisions read the result."""
    element = child(drawn.element, "variable")
    name = (element.get("name") if element is not None else None) or drawn.name or drawn.id
    return plain_name(name) or plain_name(drawn.id)


class _Builder:
    """Collects the problems of one decision while its parts are read."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.problems: list[Problem] = []

    def report(self, rule: str, reason: str, mend: str, at: etree._Element, *, warning: bool = False) -> None:
        self.problems.append(self.drawn.problem(rule, reason, mend, at, warning=warning))

    def read(self, text: str, at: etree._Element, how: Callable[[str, Names], Read]) -> Read | None:
        """A text of the file as `how` reads it, or None and a problem."""
        try:
            return how(text, self.drawn.names)
        except ExpressionError as error:
            reason = f"“{' '.join(text.split())[:60]}” is not understood: {error}"
            self.report("D5", reason, _mend(text, self.drawn.names), at)
            return None

    def literal(self, element: etree._Element) -> Logic | None:
        expression = self.read(text_of(element), element, read)
        return None if expression is None else Literal(variable(self.drawn), expression)

    def table(self, element: etree._Element) -> Logic | None:
        policy, aggregation = self._policy(element)
        inputs, outputs = children(element, "input"), children(element, "output")
        rules = children(element, "rule")
        if self._is_too_large(element, inputs, outputs, rules):
            return None
        columns = [self._column(column) for column in inputs]
        named = self._outputs(outputs)
        read = [self._rule(rule, number, columns, len(outputs)) for number, rule in enumerate(rules, 1)]
        if aggregation and len(outputs) > 1:
            self.report("D3", f"{aggregation} collects one output only.", "Take out the others.", element)
        found = [rule for rule in read if rule is not None]
        kept = [column for column in columns if column is not None]
        if any(not problem.warning for problem in self.problems):
            return None
        typed = tuple(self._typed(column, place, found) for place, column in enumerate(kept))
        self._check_kinds(rules, found, typed)
        return Table(policy, aggregation, typed, tuple(named), tuple(found))

    def _policy(self, element: etree._Element) -> tuple[str, str | None]:
        policy = " ".join(element.get("hitPolicy", "UNIQUE").upper().replace("_", " ").split()) or "UNIQUE"
        aggregation = (element.get("aggregation") or "").upper() or None
        if policy not in POLICIES:
            mend = f"Choose one of {', '.join(sorted(POLICIES))}."
            self.report("D3", f"The hit policy {policy[:30]} is not supported.", mend, element)
        if aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS):
            mend = "Choose COLLECT with SUM, MIN, MAX, COUNT or none of them."
            self.report("D3", f"{aggregation[:30]} does not go with {policy[:30]}.", mend, element)
        return policy, aggregation

    def _is_too_large(
        self,
        element: etree._Element,
        inputs: list[etree._Element],
        outputs: list[etree._Element],
        rules: list[etree._Element],
    ) -> bool:
        counted = (
            (rules, MAX_RULES, "rules"),
            (inputs, MAX_INPUTS, "inputs"),
            (outputs, MAX_OUTPUTS, "outputs"),
        )
        found = [(most, what) for elements, most, what in counted if len(elements) > most]
        for most, what in found:
            self.report(
                "D4", f"The table has more than {most} {what}.", "Split it into two decisions.", element
            )
        if not outputs:
            self.report("D12", "The table has no output.", "Add an output.", element)
        return bool(found) or not outputs

    def _column(self, element: etree._Element) -> Column | None:
        inner = child(element, "inputExpression")
        text = text_of(inner)
        kind, allowed = self._type(inner.get("typeRef") if inner is not None else None)
        listed = text_of(child(element, "inputValues")) or allowed
        label = element.get("label") or text or element.get("id") or "an input"
        expression = self.read(text, element, read) if text else self._no_input(element)
        cell = self.read(listed, element, read_cell) if listed else None
        if expression is None:
            return None
        return Column(
            element.get("id", ""), label, expression, kind, cell if cell and not cell.is_any else None
        )

    def _no_input(self, element: etree._Element) -> Expression | None:
        """An input without an expression serves a table whose rules ask nothing of it."""
        table = element.getparent()
        place = children(table, "input").index(element) if table is not None else 0
        rules = [] if table is None else children(table, "rule")
        asked = [children(rule, "inputEntry")[place : place + 1] for rule in rules]
        if any(text_of(cell) not in ("", "-") for cells in asked for cell in cells):
            self.report("D5", "An input has no expression.", "Write the field that it reads.", element)
            return None
        return compile("None")

    def _type(self, reference: str | None) -> tuple[str | None, str]:
        """The kind of a type, and the values it allows; types of the file are followed a few steps."""
        allowed = ""
        for _ in range(5):
            name = (reference or "").rpartition(":")[2].strip()
            kind = _KINDS.get(name.replace(" ", "").lower())
            item = self.drawn.types.get(name)
            if kind or item is None:
                return kind, allowed
            allowed = allowed or text_of(child(item, "allowedValues"))
            inner = child(item, "typeRef")
            reference = inner.text if inner is not None else None
            if item.get("isCollection") == "true":
                return None, ""
        return None, ""

    def _outputs(self, elements: list[etree._Element]) -> list[Output]:
        named, seen = [], set()
        for element in elements:
            name = plain_name(element.get("name") or "")
            if not name and len(elements) == 1:
                name = variable(self.drawn)
            if not name or name in seen:
                self.report("D12", "An output has no name, or the name of another.", "Name it.", element)
            seen.add(name)
            default = text_of(child(element, "defaultOutputEntry"))
            expression = self.read(default, element, read) if default else None
            named.append(Output(element.get("id", ""), name, expression))
        return named

    def _rule(
        self, element: etree._Element, number: int, columns: list[Column | None], outputs: int
    ) -> Rule | None:
        cells, entries = children(element, "inputEntry"), children(element, "outputEntry")
        if len(cells) != len(columns) or len(entries) != outputs:
            reason = (
                f"Rule {number} has {len(cells)} and {len(entries)} cells, not {len(columns)} and {outputs}."
            )
            self.report("D7", reason, "Give each input and each output one cell.", element)
            return None
        asked = [self._cell(cell) for cell in cells]
        given = [self._output(entry) for entry in entries]
        read_cells = tuple(cell for cell in asked if cell is not None)
        identity = element.get("id") or f"rule {number}"
        return Rule(identity, number, read_cells, tuple(given)) if len(read_cells) == len(asked) else None

    def _cell(self, element: etree._Element) -> Cell | None:
        cell = self.read(text_of(element), element, read_cell)
        known = {plain_name(name) for name in self.drawn.declared}
        if cell and cell.text.isidentifier() and cell.text in cell.names and cell.text not in known:
            reason = f"“{cell.text}” is read as a field of the data."
            mend = f'If it is a text, write "{cell.text}".'
            self.report("D23", reason, mend, element, warning=True)
        return cell

    def _output(self, element: etree._Element) -> Expression | None:
        text = text_of(element)
        return None if text in ("", "-") else self.read(text, element, read)

    @staticmethod
    def _typed(column: Column, place: int, rules: list[Rule]) -> Column:
        """A column whose type is not written is about dates when its constants are."""
        if column.kind is not None:
            return column
        cells = [rule.cells[place] for rule in rules if not rule.cells[place].is_free]
        try:
            kind = kind_of(value for cell in cells for value in constants(cell))
        except Unprovable:
            kind = None
        return Column(column.id, column.label, column.expression, kind, column.allowed)

    def _check_kinds(
        self, elements: list[etree._Element], rules: list[Rule], columns: tuple[Column, ...]
    ) -> None:
        """A constant of another kind than its column can never match."""
        for element, rule in zip(elements, rules, strict=True):
            for entry, cell, column in zip(children(element, "inputEntry"), rule.cells, columns, strict=True):
                wanted = "number" if column.kind == "integer" else column.kind
                for said in _other_kinds(cell, wanted):
                    reason = f"“{cell.text[:60]}” holds a {said}, but “{column.label}” is a {wanted}."
                    self.report("D6", reason, f"Write a {wanted}, or change the type of the input.", entry)


def _other_kinds(cell: Cell, wanted: str | None) -> Iterator[str]:
    if wanted is not None and not cell.is_free:
        kinds = {KIND_OF.get(type(value), "value") for value in constants(cell)}
        yield from sorted(kinds - {wanted})[:1]


def _mend(text: str, names: Names) -> str:
    """What to do about a text that does not compile, with the text that was meant when it can be guessed."""
    mistake = explain(names.plain(text))
    if mistake is None:
        return _MEND
    return f"{mistake.mend} Perhaps: {mistake.corrected}" if mistake.corrected else mistake.mend
