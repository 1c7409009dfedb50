"""Where the shapes of added and moved steps are drawn: where there is room, else where room is made."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from engine.layout import GAP, Layout, Line, Shape, free_rows, is_free
from engine.routing import Box, plain

_WIDTH, _HEIGHT = 120, 80
_LANE = 160
"""The height of a new lane."""


def draw_step(layout: Layout, flow: str, onward: str, lane: str, step: tuple[str, str]) -> None:
    """Give a new step (id, kind) a shape: on the line that it interrupts if there is room, else beside its source."""
    line, area = layout.lines[flow], layout.shapes.get(lane)
    source, target = layout.shapes.get(line.source), layout.shapes.get(line.target)
    box = _on_line(layout, line, area)
    if box is None and source is not None:
        box = _beside(layout, source, target, area)
    if box is None:
        box = Box(line.points[0][0] + GAP, line.points[0][1] - _HEIGHT / 2, _WIDTH, _HEIGHT)
    identity, kind = step
    layout.shapes[identity] = Shape(identity, kind, box)
    new = layout.lines[onward] = Line(onward, identity, line.target, list(line.points))
    line.target = identity
    place = _middle(line, box)
    if place is None:
        layout.redraw(flow, onward)
    else:
        _split(line, new, box, place)
    layout.clear(identity)


def _middle(line: Line, box: Box) -> int | None:
    """The level piece of a line that a box lies on, as the place of its first point."""
    for place, (a, b) in enumerate(pairwise(line.points)):
        if a[1] == b[1] == box.middle[1] and min(a[0], b[0]) < box.x and box.right < max(a[0], b[0]):
            return place
    return None


def _split(line: Line, new: Line, box: Box, place: int) -> None:
    """Cut a line in two at a box on it."""
    level, right = box.middle[1], line.points[place][0] < line.points[place + 1][0]
    before, behind = (box.x, box.right) if right else (box.right, box.x)
    new.points = plain([(behind, level), *line.points[place + 1 :]])
    line.points = plain([*line.points[: place + 1], (before, level)])


def _on_line(layout: Layout, line: Line, area: Shape | None) -> Box | None:
    """A free place on a level piece of a line, in its lane: the one that fewest other lines cross."""
    found = []
    for a, b in pairwise(line.points):
        left, right = min(a[0], b[0]) + GAP, max(a[0], b[0]) - GAP - _WIDTH
        if a[1] == b[1] and left <= right:
            places = dict.fromkeys((left, (left + right) / 2, right))
            found += [Box(x, a[1] - _HEIGHT / 2, _WIDTH, _HEIGHT) for x in places]
    others = layout.others()
    fit = [box for box in found if is_free(box, others) and _within(area, box)]
    return min(fit, key=lambda box: layout.crossed(box, line.element), default=None)


def _within(area: Shape | None, box: Box) -> bool:
    return area is None or (area.box.y <= box.y and box.bottom <= area.box.bottom)


def _beside(layout: Layout, source: Shape, target: Shape | None, area: Shape | None) -> Box | None:
    """A place to the right of the source, in the lane; where there is none, all that lies there is pushed on."""
    x, level = _right_of(layout, source) + 2 * GAP, source.box.middle[1]
    onward = target is not None and target.box.x >= source.box.right
    box = Box(x, level - _HEIGHT / 2, _WIDTH, _HEIGHT)
    room = not onward or (target is not None and box.right + GAP <= target.box.x)
    return (_free(layout, box, area) if room else None) or _with_room(layout, source, box, area)


def _right_of(layout: Layout, source: Shape) -> float:
    """Where a shape ends, or the activity on whose border it is."""
    return layout.shapes.get(source.host or "", source).box.right


def _with_room(layout: Layout, source: Shape, box: Box, area: Shape | None, *left_out: str) -> Box | None:
    """A place in a lane where room was made for a box; the farther right, the less is in its way."""
    layout.make_room(source.element, box.x - GAP, box.width + 4 * GAP)
    places = (box.moved(right, 0) for right in range(0, 2 * GAP + 1, 10))
    return next((free for each in places if (free := _free(layout, each, area, *left_out))), None)


def _free(layout: Layout, wish: Box, area: Shape | None, *left_out: str) -> Box | None:
    """The free place straight above or below a box, in the lane, that few lines cross and that lies near."""
    rows = free_rows(area.box, wish.height, wish.middle[1]) if area is not None else iter((wish.y,))
    others = layout.others(*left_out)
    fit = [box for y in rows if is_free(box := wish.moved(0, y - wish.y), others)]
    lines = layout.lines_of(*left_out) if left_out else ()
    return min(fit, key=lambda box: layout.crossed(box.grown(5), *lines), default=None)


def join_lines(layout: Layout, into: str, out: str, element: str) -> None:
    """Lead the line into a step on along the line out of it."""
    first, second = layout.lines.get(into), layout.lines.get(out)
    shape = layout.shapes.pop(element, None)
    if first is None or second is None or shape is None:
        return
    first.target = second.target
    del layout.lines[out]
    a, b = first.points[-1], second.points[0]
    if a[1] == b[1] or a[0] == b[0]:
        first.points = plain([*first.points, *second.points])
    else:
        layout.redraw(into)


def trade_places(layout: Layout, steps: tuple[str, str], lanes: tuple[str, str], flows: list[str]) -> None:
    """Let two shapes trade places; in different lanes each keeps its own row if that is free.

    `flows`: those into the first, between them, and on, all wired as they are now.
    """
    first, second = steps
    one, two = layout.shapes[first], layout.shapes[second]
    old, same_lane = (one.box, two.box), lanes[0] == lanes[1]
    across = old[1].middle[0] - old[0].middle[0]
    down = old[1].middle[1] - old[0].middle[1] if same_lane else 0
    layout.carry(first, across, down)
    layout.carry(second, -across, -down)
    for shape, lane in zip((one, two), lanes, strict=True):
        if not same_lane and not is_free(shape.box, layout.others(shape.element)):
            box = _free(layout, shape.box, layout.shapes.get(lane), shape.element) or shape.box
            layout.carry(shape.element, 0, box.y - shape.box.y)
    if not same_lane or (old[0].width, old[0].height) != (old[1].width, old[1].height):
        layout.redraw(*flows)
        layout.clear(first, second)


def move_shape(layout: Layout, shape: Shape, lane: Shape) -> None:
    """Put a shape into a lane, straight up or down where that is free, else with room made for it."""
    wish = shape.box
    box = _free(layout, wish, lane, shape.element)
    if box is None:
        box = _with_room(layout, shape, wish.moved(GAP, 0), lane, shape.element)
    if box is None:
        box = wish.moved(0, lane.box.middle[1] - wish.middle[1])
    lines = layout.lines_of(shape.element)
    layout.carry(shape.element, box.x - shape.box.x, box.y - shape.box.y)
    layout.redraw(*lines)
    layout.clear(shape.element)


def draw_lane(layout: Layout, near: str, lane: str) -> None:
    """Draw a new lane under those of a pool; what lies under the pool makes room."""
    pool = layout.pool(near)
    lanes = [shape.box for shape in layout.shapes.values() if shape.kind == "lane"]
    if pool is None or not lanes:
        return
    box = Box(min(each.x for each in lanes), pool.box.bottom, max(each.width for each in lanes), _LANE)
    layout.make_room_below(pool.box.bottom, _LANE)
    pool.box = replace(pool.box, height=pool.box.height + _LANE)
    layout.shapes[lane] = Shape(lane, "lane", box)
