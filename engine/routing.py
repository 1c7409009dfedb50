"""Boxes, and the lines of right angles that lead from one to another past the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]

_OUT = 20
"""How far a line leaves a box before it turns."""


@dataclass(frozen=True)
class Box:
    """A rectangle; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower border."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, right: float, down: float) -> Box:
        """The same box elsewhere."""
        return Box(self.x + right, self.y + down, self.width, self.height)

    def grown(self, by: float) -> Box:
        """A box larger by so much on each side."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def meets(self, other: Box) -> bool:
        """Whether two boxes have some area together."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def has(self, point: Point) -> bool:
        """Whether a point lies in it or on its border."""
        return self.x <= point[0] <= self.right and self.y <= point[1] <= self.bottom

    def holds(self, other: Box) -> bool:
        """Whether the middle of another lies in it, and the other is no larger."""
        return self.has(other.middle) and other.width <= self.width and other.height <= self.height

    def cut_by(self, a: Point, b: Point) -> bool:
        """Whether a level or upright line runs through it."""
        left, right = sorted((a[0], b[0]))
        top, bottom = sorted((a[1], b[1]))
        return left < self.right and right > self.x and top < self.bottom and bottom > self.y


def route(source: Box, target: Box, others: Sequence[Box]) -> list[Point]:
    """The points of the line from one box to another that runs through the fewest others, then has the fewest turns."""
    boxes = (*others, source, target)
    best = min(map(plain, _ways(source, target)), key=lambda way: _cost(way, boxes))
    if _cost(best, boxes)[0] == 0:
        return best
    return min([best, *map(plain, _detours(source, target, others))], key=lambda way: _cost(way, boxes))


def _cost(way: list[Point], boxes: Iterable[Box]) -> tuple[int, int, float]:
    return _hits(way, boxes), len(way), _length(way)


def _detours(source: Box, target: Box, others: Iterable[Box]) -> Iterator[list[Point]]:
    """Ways along the free levels over and under the boxes that lie between."""
    (sx, sy), (tx, ty) = source.middle, target.middle
    left, right = min(source.x, target.x), max(source.right, target.right)
    between = [box for box in others if box.x < right and left < box.right]
    levels = sorted({y for box in between for y in (box.y - _OUT / 2, box.bottom + _OUT / 2)})
    out, in_ = source.right + _OUT / 2, target.x - _OUT / 2
    for level in levels:
        leave = source.y if level < sy else source.bottom
        enter = target.y if level < ty else target.bottom
        yield [(sx, leave), (sx, level), (tx, level), (tx, enter)]
        yield [(source.right, sy), (out, sy), (out, level), (in_, level), (in_, ty), (target.x, ty)]
        yield [(sx, leave), (sx, level), (in_, level), (in_, ty), (target.x, ty)]
        yield [(source.right, sy), (out, sy), (out, level), (tx, level), (tx, enter)]


def _ways(source: Box, target: Box) -> Iterator[list[Point]]:
    (sx, sy), (tx, ty) = source.middle, target.middle
    if source.right + _OUT <= target.x:
        for turn in ((source.right + target.x) / 2, target.x - _OUT, source.right + _OUT):
            yield [(source.right, sy), (turn, sy), (turn, ty), (target.x, ty)]
    leave, enter = (source.bottom, target.y) if ty > sy else (source.y, target.bottom)
    if (enter - leave) * (ty - sy) > 0:
        yield [(sx, leave), (sx, (leave + enter) / 2), (tx, (leave + enter) / 2), (tx, enter)]
    if not source.y <= ty <= source.bottom:
        yield [(sx, leave), (sx, ty), (target.x if tx > sx else target.right, ty)]
    if not target.y <= sy <= target.bottom:
        yield [(source.right if tx > sx else source.x, sy), (tx, sy), (tx, enter)]
    over, under = min(source.y, target.y) - _OUT, max(source.bottom, target.bottom) + _OUT
    yield [(sx, source.y), (sx, over), (tx, over), (tx, target.y)]
    yield [(sx, source.bottom), (sx, under), (tx, under), (tx, target.bottom)]


def _hits(way: list[Point], others: Iterable[Box]) -> int:
    return sum(box.cut_by(a, b) for box in others for a, b in pairwise(way))


def runs_through(points: list[Point], box: Box) -> bool:
    """Whether a line runs through a box."""
    return any(box.cut_by(a, b) for a, b in pairwise(points))


def is_level(points: list[Point]) -> bool:
    """Whether all pieces of a line are level or upright."""
    return all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))


def _length(way: list[Point]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(way))


def plain(points: list[Point]) -> list[Point]:
    """The same line without points that are there twice or lie on a straight piece."""
    once = [point for place, point in enumerate(points) if not place or point != points[place - 1]]
    kept = once[:1]
    for place in range(1, len(once) - 1):
        a, b, c = kept[-1], once[place], once[place + 1]
        if not (a[0] == b[0] == c[0] or a[1] == b[1] == c[1]):
            kept.append(b)
    return [*kept, *once[1:][-1:]]
