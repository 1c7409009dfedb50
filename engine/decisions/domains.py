"""The values an input may have, cut into the segments that the cells of its column tell apart.

All values of one segment are treated alike by every cell, so a cell is a set of segments (one bit each), two
cells share a value when their sets do, and a table can be checked exactly by looking at each segment once.

Numbers, days, moments and durations (and texts, where a cell asks for their order) are cut at each constant: below
the first, the first, between the first and the second, and so on. Texts are cut into those that are named and any
other one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import floor
from typing import Any

from engine.decisions.cells import Cell, Span
from engine.expressions.dates import Duration

MAX_CONSTANTS = 2_000


class Unprovable(Exception):
    """A column cannot be cut into segments; the message says why."""


@dataclass(frozen=True)
class Domain:
    """The segments of an input.

    `points`: the constants in order. Segment 2n is what lies before point n, segment 2n+1 is point n; where
    `is_cut` is false (texts without an order, truth values), segment n is point n and the last one is any other
    value. The very last segment is nothing (`None`). `all`: the segments that a value can lie in.
    """

    kind: str
    points: tuple[Any, ...]
    is_cut: bool
    all: int = field(default=0)

    @property
    def nothing(self) -> int:
        """The segment of no value at all."""
        return 1 << (2 * len(self.points) + 1 if self.is_cut else len(self.points) + 1)

    def mask(self, cell: Cell) -> int:
        """The segments in which a cell that is not free matches."""
        if cell.is_any:
            return self.all
        found = 0
        for span in cell.shape:
            found |= self._span(span)
        return self.all & (~found if cell.negated else found)

    def _span(self, span: Span) -> int:
        if span.is_nothing:
            return self.nothing
        if not self.is_cut:
            return 1 << bisect_left(self.points, span.low)
        first = 0 if span.low is None else 2 * self._place(span.low) + (1 if span.low_in else 2)
        last = (
            2 * len(self.points)
            if span.high is None
            else 2 * self._place(span.high) + (1 if span.high_in else 0)
        )
        return ((1 << (last + 1)) - 1) & ~((1 << first) - 1)

    def _place(self, value: object) -> int:
        key = _KEYS.get(self.kind, _itself)
        return bisect_left(self.points, key(value), key=key)

    def ends(self, segments: int) -> tuple[object, bool, object, bool]:
        """The ends of the lowest run of neighbouring segments: low, with it, high, with it; None without end."""
        first = (segments & -segments).bit_length() - 1
        run = segments >> first
        last = min(first + (~run & (run + 1)).bit_length() - 2, 2 * len(self.points))
        low = None if first == 0 else self.points[(first - 1) // 2]
        high = None if last == 2 * len(self.points) else self.points[last // 2]
        return low, first % 2 == 1, high, last % 2 == 1


def _itself(value: Any) -> Any:
    return value


def _length(value: Any) -> Any:
    """What orders durations of one sort: their months, or their span."""
    return (value.months, value.span) if isinstance(value, Duration) else value


_KEYS: dict[str, Callable[[Any], Any]] = {"duration": _length}
KIND_OF = {
    str: "text", int: "number", Decimal: "number", bool: "boolean", date: "date", datetime: "moment", Duration: "duration",
}  # fmt: skip


def constants(cell: Cell) -> list[object]:
    """The constants of a cell, `None` left out."""
    ends = (end for span in cell.shape for end in (span.low, span.high))
    return [end for end in ends if end is not None]


def kind_of(constants: Iterable[object]) -> str | None:
    """The one kind of some constants, None when there are none; `Unprovable` when there are several."""
    kinds = {KIND_OF.get(type(value)) for value in constants}
    if len(kinds) > 1 or None in kinds:
        raise Unprovable("its cells hold values of different kinds")
    return kinds.pop() if kinds else None


def domain(kind: str | None, cells: list[Cell], allowed: Cell | None) -> Domain:
    """The segments that some cells tell apart, or `Unprovable`. `kind`: what the column is said to hold."""
    all_cells = [*cells, allowed] if allowed else cells
    values = [value for cell in all_cells for value in constants(cell)]
    found = kind_of(values) or ("number" if kind == "integer" else kind) or "text"
    if found == "boolean":
        values = [False, True]
    points = _sorted(found, values)
    spans = [span for cell in all_cells for span in cell.shape]
    is_cut = found not in ("text", "boolean") or any(not (span.is_point or span.is_nothing) for span in spans)
    cut = Domain(found, points, is_cut)
    mentions_nothing = any(span.is_nothing for span in spans)
    return Domain(found, points, is_cut, _everything(cut, kind, allowed, mentions_nothing))


def _sorted(kind: str, values: list[Any]) -> tuple[Any, ...]:
    if kind == "duration" and len({bool(value.months) for value in values if value != Duration()}) > 1:
        raise Unprovable("months and days have no order")
    points = tuple(sorted(set(values), key=_KEYS.get(kind, _itself)))
    if len(points) > MAX_CONSTANTS:
        raise Unprovable(f"it names more than {MAX_CONSTANTS} values")
    return points


def _everything(cut: Domain, kind: str | None, allowed: Cell | None, mentions_nothing: bool) -> int:
    """The segments that a value can lie in at all."""
    count = 2 * len(cut.points) + 1 if cut.is_cut else len(cut.points) + 1
    full = (1 << count) - 1
    if cut.kind == "boolean":
        full = 0b11
    whole = kind if kind in ("integer", "date") else cut.kind
    if cut.is_cut and whole in ("integer", "date"):
        full &= ~_empty(whole, cut.points)
    if allowed is not None:
        full &= Domain(cut.kind, cut.points, cut.is_cut, full).mask(allowed)
    return full | (cut.nothing if mentions_nothing else 0)


def _empty(kind: str, points: tuple[Any, ...]) -> int:
    """The segments without any whole number or day in them: between neighbours, and points that are no numbers."""
    found = 0
    for place, value in enumerate(points):
        if kind == "integer" and not isinstance(value, int):
            found |= 1 << (2 * place + 1)
        if place and _is_next(kind, points[place - 1], value):
            found |= 1 << (2 * place)
    return found


def _is_next(kind: str, low: Any, high: Any) -> bool:
    if kind == "date":
        return bool(high - low <= timedelta(days=1))
    return bool(floor(low) + 1 >= high)
