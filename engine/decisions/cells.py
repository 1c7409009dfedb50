"""The cells of a decision table: what a value must be for its rule to match (unary tests, DMN 1.3, 7.3.1).

    -            anything             "a", "b"     one of these         not("a", "b")   none of these
    < 5          an order             [1..5]       from 1 to 5          (1..5], ]1..5]  without 1
    limit * 2    equal to this        ["a", "b"]   an item of it        ? > a and ? < b a condition on the value

A bound of a range and a value may be any expression. Cells of constants have a `shape` that can be compared with
others exactly; any other is free: it is evaluated, and said to be unproved.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt

from engine.decisions.texts import VALUE, Names, compiled, is_constant
from engine.errors import ExpressionError
from engine.expressions import Context, Expression
from engine.expressions import values as of
from engine.expressions.dates import NO_CONTEXT
from engine.expressions.tokens import MAX_CHARACTERS, Token, tokens

Data = Mapping[str, object]
Reads = Callable[[object], object]
"""What makes a day, moment or duration of ISO text in a column that is about these."""

_LESS, _AT_MOST, _MORE, _AT_LEAST = of.ordered(lt), of.ordered(le), of.ordered(gt), of.ordered(ge)


@dataclass(frozen=True)
class Span:
    """Constants from `low` to `high`, with or without the ends themselves; None where there is no end."""

    low: object = None
    low_in: bool = False
    high: object = None
    high_in: bool = False
    is_nothing: bool = False

    @property
    def is_point(self) -> bool:
        """Whether it is one value alone."""
        return self.low_in and self.high_in and self.low is self.high


def point(value: object) -> Span:
    """The span of one value; of `None` the one that is nothing."""
    return Span(is_nothing=True) if value is None else Span(value, True, value, True)


@dataclass(frozen=True)
class _Part:
    """An expression of a cell, evaluated once when it is a constant."""

    expression: Expression
    constant: object = None
    is_constant: bool = False

    @staticmethod
    def of(pieces: list[Token], text: str) -> _Part:
        expression = compiled(pieces, text)
        if not is_constant(expression):
            return _Part(expression)
        return _Part(expression, expression.value({}), True)

    def value(self, data: Data, context: Context, reads: Reads) -> object:
        return self.constant if self.is_constant else reads(self.expression.value(data, context))


@dataclass(frozen=True)
class _Range:
    """`< 5`, `[1..5]`: nothing (`None`) lies in no range."""

    low: _Part | None
    low_in: bool
    high: _Part | None
    high_in: bool

    def matches(self, value: object, data: Data, context: Context, reads: Reads) -> bool:
        if value is None:
            return False
        after = self.low is None or (_AT_LEAST if self.low_in else _MORE)(
            value, self.low.value(data, context, reads)
        )
        return after and (
            self.high is None
            or (_AT_MOST if self.high_in else _LESS)(value, self.high.value(data, context, reads))
        )

    def spans(self) -> Iterator[Span]:
        low = self.low.constant if self.low else None
        high = self.high.constant if self.high else None
        yield Span(low, self.low_in, high, self.high_in)

    def parts(self) -> Iterator[_Part]:
        return (part for part in (self.low, self.high) if part)


@dataclass(frozen=True)
class _Equal:
    """A value, or a list of values."""

    part: _Part

    def matches(self, value: object, data: Data, context: Context, reads: Reads) -> bool:
        wanted = self.part.value(data, context, reads)
        if isinstance(wanted, list) and not isinstance(value, list):
            return of.among(value, wanted)
        return of.same(value, wanted)

    def spans(self) -> Iterator[Span]:
        wanted = self.part.constant
        yield from map(point, wanted if isinstance(wanted, list) else [wanted])

    def parts(self) -> Iterator[_Part]:
        yield self.part


@dataclass(frozen=True)
class _Condition:
    """A condition on the value (`?`) and on other fields."""

    part: _Part

    def matches(self, value: object, data: Data, context: Context, reads: Reads) -> bool:
        answer = self.part.expression.value({**data, VALUE: value}, context)
        if not isinstance(answer, bool):
            raise ExpressionError("A cell that asks a condition is neither true nor false.")
        return answer

    def spans(self) -> Iterator[Span]:
        return iter(())

    def parts(self) -> Iterator[_Part]:
        yield self.part


_Test = _Range | _Equal | _Condition


@dataclass(frozen=True)
class Cell:
    """One cell of a rule: `tests` of which one must match, or none of them when it is `negated`."""

    text: str
    tests: tuple[_Test, ...] = ()
    negated: bool = False

    @property
    def is_any(self) -> bool:
        """Whether every value will do."""
        return not self.tests

    @property
    def is_free(self) -> bool:
        """Whether the cell holds more than constants, so that it cannot be compared with others."""
        return any(
            isinstance(test, _Condition) or not part.is_constant
            for test in self.tests
            for part in test.parts()
        )

    @property
    def shape(self) -> tuple[Span, ...]:
        """The constants of a cell that is not free, before negation."""
        return tuple(span for test in self.tests for span in test.spans())

    @property
    def names(self) -> frozenset[str]:
        """The fields that the cell reads besides its input."""
        parts = (part for test in self.tests for part in test.parts())
        return frozenset(name for part in parts for name in part.expression.names) - {VALUE}

    def matches(
        self, value: object, data: Data, context: Context = NO_CONTEXT, reads: Reads = lambda value: value
    ) -> bool:
        """Whether a value will do, given the other data; `ExpressionError` when it cannot be compared."""
        if self.is_any:
            return True
        return any(test.matches(value, data, context, reads) for test in self.tests) != self.negated


def read_cell(text: str, names: Names) -> Cell:
    """The cell of a text, or `ExpressionError`."""
    written = text.strip()
    if len(written) > MAX_CHARACTERS:
        raise ExpressionError(f"The cell is longer than {MAX_CHARACTERS} characters.")
    source = names.plain(written)
    pieces = tokens(source)
    if not pieces or [piece.text for piece in pieces] == ["-"]:
        return Cell(written)
    negated = _is_negated(pieces)
    tests = tuple(_tests(pieces[2:-1] if negated else pieces, source))
    return Cell(written, tests, negated)


def _is_negated(pieces: list[Token]) -> bool:
    """`not(…)` around the whole cell; a `not(…)` that is part of a condition asks about `?` or goes on behind it."""
    if len(pieces) < 4 or pieces[0].text != "not" or pieces[1].text != "(":
        return False
    return _closing(pieces, 1) == len(pieces) - 1 and all(piece.text != "?" for piece in pieces)


def _closing(pieces: list[Token], opened: int) -> int:
    """The place of the bracket that closes another; the end when none does."""
    depth = 0
    for place in range(opened, len(pieces)):
        depth += (pieces[place].text in ("(", "[")) - (pieces[place].text in (")", "]"))
        if not depth:
            return place
    return len(pieces)


def _tests(pieces: list[Token], text: str) -> Iterator[_Test]:
    place = 0
    while place < len(pieces):
        dots = _dots(pieces, place)
        end = _range_end(pieces, dots) if dots else _comma(pieces, place)
        yield _range(pieces, place, dots, end, text) if dots else _test(pieces[place:end], text)
        place = end + 1 if not dots else end + 2
        if dots and end + 1 < len(pieces) and pieces[end + 1].text != ",":
            raise ExpressionError("After a range comes a comma or nothing.")
    if not pieces or pieces[-1].text == ",":
        raise ExpressionError("A value is missing in the cell.")


def _comma(pieces: list[Token], start: int) -> int:
    """The next comma outside of brackets, or the end."""
    depth = 0
    for place in range(start, len(pieces)):
        depth += (pieces[place].text in ("(", "[")) - (pieces[place].text in (")", "]"))
        if not depth and pieces[place].text == ",":
            return place
    return len(pieces)


def _dots(pieces: list[Token], start: int) -> int:
    """The place of the two dots of a range that begins here, or 0 when none begins here."""
    if pieces[start].text not in ("[", "(", "]"):
        return 0
    depth = 0
    for place in range(start + 1, len(pieces) - 1):
        text = pieces[place].text
        if (
            not depth
            and text == pieces[place + 1].text == "."
            and pieces[place].end == pieces[place + 1].start
        ):
            return place
        if not depth and text == ",":
            return 0
        depth += (text in ("(", "[")) - (text in (")", "]"))
        if depth < 0:
            return 0
    return 0


def _range_end(pieces: list[Token], dots: int) -> int:
    """The bracket that ends a range: the first one outside of other brackets behind its dots."""
    depth = 0
    for place in range(dots + 2, len(pieces)):
        text = pieces[place].text
        if not depth and text in (")", "]"):
            return place
        if not depth and text == "[" and (place + 1 == len(pieces) or pieces[place + 1].text == ","):
            return place
        depth += (text in ("(", "[")) - (text in (")", "]"))
    raise ExpressionError("A range has no closing bracket.")


def _range(pieces: list[Token], start: int, dots: int, end: int, text: str) -> _Range:
    low, high = pieces[start + 1 : dots], pieces[dots + 2 : end]
    if not low or not high:
        raise ExpressionError("A range needs both its ends, such as [1..5].")
    parts = _Part.of(low, text), _Part.of(high, text)
    found = _Range(parts[0], pieces[start].text == "[", parts[1], pieces[end].text == "]")
    if all(part.is_constant for part in parts) and _MORE(parts[0].constant, parts[1].constant):
        raise ExpressionError("A range begins above its end.")
    return found


def _test(pieces: list[Token], text: str) -> _Test:
    if not pieces:
        raise ExpressionError("A value is missing in the cell.")
    first = pieces[0].text
    if first in ("<", "<=", ">", ">="):
        part = _Part.of(pieces[1:], text)
        below = first in ("<", "<=")
        _orderable(part)
        return _Range(None if below else part, first == ">=", part if below else None, first == "<=")
    if first in ("=", "==", "!="):
        wanted = _Equal(_Part.of(pieces[1:], text))
        asked = Token("wrong", "?", pieces[0].start, pieces[0].start)
        return wanted if first != "!=" else _Condition(_Part.of([asked, *pieces], text))
    part = _Part.of(pieces, text)
    if VALUE in part.expression.names or isinstance(part.expression.tree, ast.Compare | ast.BoolOp):
        return _Condition(part)
    return _Equal(part)


def _orderable(part: _Part) -> None:
    if part.is_constant and isinstance(part.constant, bool | list | None):
        raise ExpressionError("Only numbers, texts, dates and durations have an order.")
