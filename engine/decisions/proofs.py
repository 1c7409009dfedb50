"""What can be proved about a decision table: which rules overlap, and what no rule answers.

The proofs are exact for cells of constants. Where a cell is free (it reads another field or asks a condition), or
inputs depend on each other, an overlap is only possible: that is said once, as a warning, and never as an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.decisions.cells import Cell
from engine.decisions.domains import Domain, Unprovable, domain
from engine.decisions.tables import Column, Rule, Table
from engine.expressions.dates import Duration

MAX_STEPS = 20_000
"""Steps of the search for a gap; a table that needs more is said to be too large for it."""
MAX_FINDINGS = 20
"""Overlaps and unreachable rules that are told one by one."""


@dataclass(frozen=True)
class Overlap:
    """Two rules that match the same values: the segments they share of each input. `is_certain`: it is proved."""

    first: Rule
    second: Rule
    shared: tuple[int, ...]
    is_certain: bool


@dataclass(frozen=True)
class _Group:
    """The columns with one and the same input, and its segments."""

    column: Column
    places: tuple[int, ...]
    domain: Domain


class Proof:
    """A table cut into segments; `unproved` says in sentences what could not be."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rules = table.rules
        self.unproved: list[str] = []
        self._free = {rule.id: any(cell.is_free for cell in rule.cells) for rule in table.rules}
        self._groups = list(self._grouped())
        self._dependent = self._depend()
        self._masks = [[self._mask(rule, group) for group in self._groups] for rule in self.rules]

    def _grouped(self) -> Iterator[_Group]:
        by_text: dict[str, list[int]] = {}
        for place, column in enumerate(self.table.columns):
            by_text.setdefault(column.expression.text, []).append(place)
        for places in by_text.values():
            column = self.table.columns[places[0]]
            cells = [rule.cells[place] for rule in self.rules for place in places]
            try:
                yield _Group(column, tuple(places), self._domain(column, [c for c in cells if not c.is_free]))
            except Unprovable as reason:
                self.unproved.append(f"“{column.label}” could not be checked: {reason}.")
                for rule in self.rules:
                    if any(not rule.cells[place].is_any for place in places):
                        self._free[rule.id] = True

    @staticmethod
    def _domain(column: Column, cells: list[Cell]) -> Domain:
        allowed = column.allowed if column.allowed and not column.allowed.is_free else None
        return domain(column.kind, cells, allowed)

    def _depend(self) -> bool:
        """Whether two inputs read the same field, so that not every combination of their values is possible."""
        names = [name for group in self._groups for name in group.column.expression.names]
        return len(names) > len(set(names))

    def _mask(self, rule: Rule, group: _Group) -> int:
        found = group.domain.all
        for place in group.places:
            if not rule.cells[place].is_free:
                found &= group.domain.mask(rule.cells[place])
        return found

    def overlaps(self) -> Iterator[Overlap]:
        """Every pair of rules that match the same values, or may."""
        for place, first in enumerate(self.rules):
            for other in range(place + 1, len(self.rules)):
                shared = self._shared(place, other)
                if shared is not None:
                    second = self.rules[other]
                    certain = not (self._free[first.id] or self._free[second.id] or self._dependent)
                    yield Overlap(first, second, shared, certain)

    def _shared(self, one: int, other: int) -> tuple[int, ...] | None:
        shared = []
        for left, right in zip(self._masks[one], self._masks[other], strict=True):
            if not left & right:
                return None
            shared.append(left & right)
        return tuple(shared)

    def never(self) -> Iterator[tuple[Rule, str]]:
        """Rules that no value matches, and under FIRST those that an earlier rule hides, with the reason."""
        for place, rule in enumerate(self.rules):
            if not all(self._masks[place]):
                yield rule, "no value of its inputs can match it"
            elif self.table.policy == "FIRST" and (before := self._hider(place)) is not None:
                yield rule, f"rule {before.number} matches everything that it matches"

    def _hider(self, place: int) -> Rule | None:
        for earlier in range(place):
            before = self.rules[earlier]
            covers = all(
                not mask & ~wide for mask, wide in zip(self._masks[place], self._masks[earlier], strict=True)
            )
            if covers and not self._free[before.id]:
                return before
        return None

    def gap(self) -> str | None:
        """Values that no rule matches, as a condition, or None when every value is answered.

        Rules with free cells count as if these matched, so that a gap is certain; where the gap would only be
        there without them, or the search is too long, `unproved` says so.
        """
        search = _Search(self)
        try:
            found = search.gap(0, (1 << len(self.rules)) - 1)
            certain = sum(1 << place for place, rule in enumerate(self.rules) if not self._free[rule.id])
            if found is None and any(self._free.values()) and search.gap(0, certain) is not None:
                self.unproved.append("Whether every value is answered depends on cells that ask conditions.")
        except Unprovable:
            self.unproved.append("The table is too large to prove that every value is answered.")
            return None
        if found is None or self._dependent:
            return None
        rest = [group.domain.all for group in self._groups[len(found) :]]
        return self.said([*found, *rest])

    def groups(self) -> list[dict[int, int]]:
        """For each input: the sets of rules that its segments leave, each with the segments that leave it."""
        return [self._left(place, group.domain) for place, group in enumerate(self._groups)]

    def _left(self, place: int, cut: Domain) -> dict[int, int]:
        """One pass over the table turned on its side: a row of bits for each segment instead of each rule."""
        width = cut.all.bit_length()
        rows = [format(masks[place], f"0{width}b") for masks in reversed(self._masks)]
        turned = reversed(list(zip(*rows, strict=True))) if rows else ("0" for _ in range(width))
        left: dict[int, int] = {}
        for segment, row in enumerate(turned):
            if cut.all >> segment & 1:
                rules = int("".join(row), 2)
                left[rules] = left.get(rules, 0) | 1 << segment
        return left

    def said(self, segments: Sequence[int]) -> str:
        """Segments of each input as a condition; an input whose value does not matter is left out."""
        pairs = zip(self._groups, segments, strict=True)
        parts = [_condition(group, mask) for group, mask in pairs if mask != group.domain.all]
        return " and ".join(parts) or "every value"


class _Search:
    """The search for a combination of segments that no rule matches: input by input, never twice the same."""

    def __init__(self, proof: Proof) -> None:
        self.groups = proof.groups()
        self.steps = 0
        self.covered: set[tuple[int, int]] = set()

    def gap(self, place: int, alive: int) -> list[int] | None:
        """Segments of the inputs from a place on that no rule still alive matches; None when all are matched."""
        if not alive:
            return []
        if place == len(self.groups) or (place, alive) in self.covered:
            return None
        for rules, segments in self.groups[place].items():
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise Unprovable
            found = self.gap(place + 1, alive & rules)
            if found is not None:
                return [segments, *found]
        self.covered.add((place, alive))
        return None


def _condition(group: _Group, mask: int) -> str:
    """Segments of one input as a condition in the safe language."""
    cut, text = group.domain, group.column.expression.text
    if len(group.column.expression.names) != 1 or text not in group.column.expression.names:
        text = f"({text})" if " " in text else text
    if mask == cut.nothing:
        return f"{text} == None"
    mask &= ~cut.nothing
    if not cut.is_cut:
        return _choice(cut, text, mask)
    if cut.kind in ("date", "moment", "duration") and not text.startswith(f"{cut.kind}("):
        text = f"{cut.kind}({text})"
    low, low_in, high, high_in = cut.ends(mask)
    if low is not None and low == high:
        return f"{text} == {_written(low)}"
    before = "" if low is None else f"{_written(low)} {'<=' if low_in else '<'} "
    after = "" if high is None else f" {'<=' if high_in else '<'} {_written(high)}"
    if before and not after:
        return f"{text} {'>=' if low_in else '>'} {_written(low)}"
    return f"{before}{text}{after}"


def _choice(cut: Domain, text: str, mask: int) -> str:
    named = [_written(value) for place, value in enumerate(cut.points) if mask >> place & 1]
    if mask >> len(cut.points) & 1:
        others = [_written(value) for place, value in enumerate(cut.points) if not mask >> place & 1]
        return f"{text} != {others[0]}" if len(others) == 1 else f"{text} not in [{', '.join(others)}]"
    return f"{text} == {named[0]}" if len(named) == 1 else f"{text} in [{', '.join(islice(named, 20))}]"


def _written(value: object) -> str:
    """A constant as the safe language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}'" if '"' in value else f'"{value}"'
    if isinstance(value, Duration):
        return f'duration("{value}")'
    if hasattr(value, "isoformat"):
        return f'{"moment" if hasattr(value, "hour") else "date"}("{value.isoformat()}")'
    return str(value)
