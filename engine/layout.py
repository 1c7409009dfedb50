"""Where the elements of a diagram are drawn (BPMN 2.0.2, 12), to be moved and added to, in the pixels of the drawing.

A `Layout` is one plane of a `Sheet`. Shapes and lines change in memory; `write` splices only what became different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.outline import Tag
from engine.reading import BPMNDI
from engine.routing import Box, Point, is_level, route, runs_through
from engine.sheet import Sheet, quoted

DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"

GAP = 30
"""The least room between two shapes in a row."""

_FARTHEST = 10_000_000
"""What is drawn farther away is no place; `nan` and `inf` are none either."""

_AROUND = frozenset({"participant", "lane", "subProcess", "transaction", "adHocSubProcess", "group"})
"""What holds other shapes; it grows where others move away."""


@dataclass
class Shape:
    """A shape: its `box`, the box of its `label`, and the tag it was read from, None for a new one."""

    element: str
    kind: str
    box: Box
    label: Box | None = None
    tag: Tag | None = None
    host: str | None = None

    @property
    def holds(self) -> bool:
        """Whether other shapes are drawn in it."""
        return self.kind in _AROUND

    def move(self, right: float, down: float) -> None:
        """Move it with its label."""
        self.box = self.box.moved(right, down)
        self.label = self.label and self.label.moved(right, down)


@dataclass
class Line:
    """The line of a flow or an association through its `points`."""

    element: str
    source: str
    target: str
    points: list[Point]
    label: Box | None = None
    tag: Tag | None = None


class Layout:
    """One plane: `shapes` and `lines` by the id of what they draw. `gone`: ids whose drawing is taken away."""

    def __init__(self, sheet: Sheet, plane: Tag) -> None:
        self.sheet = sheet
        self.plane = plane
        self.shapes: dict[str, Shape] = {}
        self.lines: dict[str, Line] = {}
        self.gone: set[str] = set()
        self._drawn = {tag.id: tag for tag in sheet.tags if tag.id and tag.space != BPMNDI}
        for tag in sheet.children(plane, "BPMNShape", BPMNDI):
            self._read_shape(tag)
        for tag in sheet.children(plane, "BPMNEdge", BPMNDI):
            self._read_line(tag)

    def _read_shape(self, tag: Tag) -> None:
        element, box = _drawn_id(tag), self._box(tag)
        drawn = self._drawn.get(element)
        if box is not None and drawn is not None:
            host = drawn.attributes.get("attachedToRef")
            self.shapes[element] = Shape(element, drawn.local, box, self._label(tag), tag, host)

    def _read_line(self, tag: Tag) -> None:
        element = _drawn_id(tag)
        drawn = self._drawn.get(element)
        points = [_point(each) for each in self.sheet.children(tag, "waypoint", DI)]
        if drawn is not None and len(points) > 1:
            ends = drawn.attributes.get("sourceRef", ""), drawn.attributes.get("targetRef", "")
            self.lines[element] = Line(element, *ends, points, self._label(tag), tag)

    def _box(self, tag: Tag) -> Box | None:
        bounds = next(self.sheet.children(tag, "Bounds", DC), None)
        if bounds is None:
            return None
        x, y, width, height = (_number(bounds, name) for name in ("x", "y", "width", "height"))
        return Box(x, y, width, height)

    def _label(self, tag: Tag) -> Box | None:
        label = next(self.sheet.children(tag, "BPMNLabel", BPMNDI), None)
        return None if label is None else self._box(label)

    def others(self, *left_out: str) -> list[Box]:
        """The boxes of all shapes that hold no others, but for some and what hangs on them."""
        out = set(left_out)
        found = (each for each in self.shapes.values() if not each.holds)
        return [each.box for each in found if each.element not in out and each.host not in out]

    def pool(self, element: str) -> Shape | None:
        """The pool that a shape is drawn in."""
        box = self.shapes[element].box
        pools = (each for each in self.shapes.values() if each.kind == "participant")
        return next((pool for pool in pools if pool.box.holds(box)), None)

    def carry(self, element: str, right: float, down: float) -> None:
        """Move a shape and the events on its border."""
        for shape in self.shapes.values():
            if element in (shape.element, shape.host):
                shape.move(right, down)

    def make_room(self, element: str, cut: float, width: float) -> None:
        """Push everything to the right of `cut` away by `width`, within the pool of an element.

        A shape moves when its middle lies to the right; what holds others grows. Lines follow their ends.
        """
        pool = self.pool(element)
        area = pool.box if pool else None
        moved = {name for name, shape in self.shapes.items() if self._moves(shape, cut, area)}
        level = {name for name, line in self.lines.items() if is_level(line.points)}
        for line in self.lines.values():
            self._stretch(line, moved, cut, width, area)
        for name, shape in self.shapes.items():
            if name in moved:
                shape.move(width, 0)
            elif shape.holds and shape.box.right > cut and (area is None or area.holds(shape.box)):
                shape.box = replace(shape.box, width=shape.box.width + width)
        self.redraw(*(name for name in level if not is_level(self.lines[name].points)))

    def make_room_below(self, level: float, height: float) -> None:
        """Push everything that begins below a level down."""
        for shape in self.shapes.values():
            if shape.box.y >= level:
                shape.move(0, height)
        for line in self.lines.values():
            line.points = [(x, y + height) if y >= level else (x, y) for x, y in line.points]
            if line.label and line.label.y >= level:
                line.label = line.label.moved(0, height)

    def _moves(self, shape: Shape, cut: float, area: Box | None) -> bool:
        if area is not None and not area.holds(shape.box):
            return False
        host = self.shapes.get(shape.host or "")
        if shape.holds:
            return shape.box.x >= cut
        return (host or shape).box.middle[0] >= cut

    def _stretch(self, line: Line, moved: set[str], cut: float, width: float, area: Box | None) -> None:
        """Move the points of a line with their ends; a vertical piece stays vertical."""
        if area is not None and not all(area.has(point) for point in line.points):
            return
        moves = [point[0] >= cut for point in line.points]
        for end, name in ((0, line.source), (-1, line.target)):
            if name in self.shapes:
                moves[end] = name in moved
        for inner, end in ((1, 0), (-2, -1)):
            if len(moves) > 2 and line.points[inner][0] == line.points[end][0]:
                moves[inner] = moves[end]
        line.points = [
            (x + width, y) if move else (x, y) for (x, y), move in zip(line.points, moves, strict=True)
        ]
        if line.label and line.label.middle[0] >= cut:
            line.label = line.label.moved(width, 0)

    def redraw(self, *lines: str) -> None:
        """Lead lines anew between the shapes at their ends, past the others."""
        for name in lines:
            line = self.lines.get(name)
            source = self.shapes.get(line.source) if line else None
            target = self.shapes.get(line.target) if line else None
            if line is None or source is None or target is None:
                continue
            line.points = route(source.box, target.box, self.others(line.source, line.target))
            line.label = line.label and _beside(line.points, line.label)

    def clear(self, *elements: str) -> None:
        """Lead those lines anew that run through shapes."""
        for element in elements:
            box, own = self.shapes[element].box, self.lines_of(element)
            lines = [name for name in self.lines if name not in own]
            self.redraw(*(name for name in lines if runs_through(self.lines[name].points, box)))

    def rewire(self, name: str, *, source: str | None = None, target: str | None = None) -> None:
        """Say that a line has another end; where it runs stays."""
        if line := self.lines.get(name):
            line.source, line.target = source or line.source, target or line.target

    def lines_of(self, *elements: str) -> list[str]:
        """The lines that begin or end at elements, or at events on their border."""
        near = {name for name, shape in self.shapes.items() if {name, shape.host} & set(elements)}
        return [name for name, line in self.lines.items() if {line.source, line.target} & near]

    def crossed(self, box: Box, *left_out: str) -> int:
        """How many pieces of lines run through a box."""
        lines = (line for name, line in self.lines.items() if name not in left_out)
        return sum(box.cut_by(a, b) for line in lines for a, b in pairwise(line.points))

    def write(self) -> None:
        """Splice into the sheet what has become different."""
        for shape in self.shapes.values():
            if shape.tag is not None and shape.element not in self.gone:
                self._write_box(shape.tag, shape.box)
                self._write_label(shape.tag, shape.label)
        for line in self.lines.values():
            if line.tag is not None and line.element not in self.gone:
                self._write_points(line.tag, line.points)
                self._write_label(line.tag, line.label)
        for tag in list(self.sheet.children(self.plane)):
            if _drawn_id(tag) in self.gone:
                self.sheet.remove(tag)
        self._write_new()

    def _write_new(self) -> None:
        known = self.sheet.indent(next(self.sheet.children(self.plane), self.plane))
        shapes = [self._new_shape(each, known) for each in self.shapes.values() if each.tag is None]
        lines = [self._new_line(each, known) for each in self.lines.values() if each.tag is None]
        if shapes or lines:
            self.sheet.append(self.plane, *shapes, *lines)

    def _write_label(self, tag: Tag, box: Box | None) -> None:
        label = next(self.sheet.children(tag, "BPMNLabel", BPMNDI), None)
        if label is not None and box is not None:
            self._write_box(label, box)

    def _write_box(self, tag: Tag, box: Box) -> None:
        for bounds in self.sheet.children(tag, "Bounds", DC):
            for name, value in (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height)):
                if _number(bounds, name) != value:
                    self.sheet.write(bounds, name, _written(value))

    def _write_points(self, tag: Tag, points: list[Point]) -> None:
        old = list(self.sheet.children(tag, "waypoint", DI))
        if [_point(each) for each in old] == points:
            return
        name = f"{old[0].prefix}waypoint"
        between = self.sheet.indent(old[-1])
        self.sheet.replace(old[0].start, old[-1].after, between.join(_waypoints(name, points)))

    def _new_shape(self, shape: Shape, indent: bytes) -> bytes:
        prefix, dc = self.plane.prefix, self._prefix(DC, "dc")
        box = shape.box
        numbers = " ".join(
            f'{name}="{_written(value)}"'
            for name, value in (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height))
        )
        more = ' isHorizontal="true"' if shape.kind == "lane" else ""
        name = quoted(shape.element)
        start = f'<{prefix}BPMNShape id="{name}_di" bpmnElement="{name}"{more}>'
        return f"{start}|  <{dc[0]}Bounds{dc[1]} {numbers}/>|</{prefix}BPMNShape>".encode().replace(
            b"|", indent
        )

    def _new_line(self, line: Line, indent: bytes) -> bytes:
        prefix, di = self.plane.prefix, self._prefix(DI, "di")
        name = quoted(line.element)
        inner = b"".join(
            indent + b"  " + point for point in _waypoints(f"{di[0]}waypoint{di[1]}", line.points)
        )
        start = f'<{prefix}BPMNEdge id="{name}_di" bpmnElement="{name}">'.encode()
        return start + inner + indent + f"</{prefix}BPMNEdge>".encode()

    def _prefix(self, space: str, usual: str) -> tuple[str, str]:
        """How a namespace is written here, and its declaration where no element of it is in the file."""
        known = next((tag.prefix for tag in self.sheet.tags if tag.space == space), None)
        return (f"{usual}:", f' xmlns:{usual}="{space}"') if known is None else (known, "")


def plane_of(sheet: Sheet, element: str) -> Layout | None:
    """The layout of the plane that an element is drawn on; None when it is not drawn."""
    for plane in sheet.every("BPMNPlane", BPMNDI):
        if any(_drawn_id(tag) == element for tag in sheet.children(plane)):
            return Layout(sheet, plane)
    return None


def free_rows(lane: Box, height: float, middle: float) -> Iterator[float]:
    """The places in a lane, as y of the upper border, beginning next to a middle."""
    lowest = lane.bottom - GAP / 2 - height
    places = [
        lane.y + GAP / 2 + step * 10 for step in range(int(max(0, lowest - lane.y - GAP / 2)) // 10 + 1)
    ]
    exact = middle - height / 2
    inside = [exact] if lane.y <= exact <= lane.bottom - height else []
    yield from sorted([*inside, *places], key=lambda y: abs(y - exact))


def is_free(box: Box, others: Iterable[Box]) -> bool:
    """Whether a box has some room around it."""
    wide = box.grown(GAP / 2 - 1)
    return not any(wide.meets(other) for other in others)


def _beside(points: list[Point], label: Box) -> Box:
    """A label next to the first piece of a line: over a level one, to the right of another."""
    (x, y), (to_x, to_y) = points[0], points[1]
    if y == to_y:
        return replace(label, x=min(x, to_x) + 6, y=y - label.height - 4)
    return replace(label, x=x + 6, y=min(y, to_y) + 6)


def _drawn_id(tag: Tag) -> str:
    return tag.attributes.get("bpmnElement", "").rpartition(":")[2]


def _number(tag: Tag, name: str) -> float:
    try:
        number = float(tag.attributes.get(name, "0"))
    except ValueError:
        return 0.0
    return number if abs(number) < _FARTHEST else 0.0


def _point(tag: Tag) -> Point:
    return _number(tag, "x"), _number(tag, "y")


def _written(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 2))


def _waypoints(name: str, points: list[Point]) -> list[bytes]:
    return [f'<{name} x="{_written(x)}" y="{_written(y)}"/>'.encode() for x, y in points]
