"""Add, take away and reorder steps of a diagram, and hand them to another role; what is not concerned stays where it is.

A simple step is a task or an event with one way in and one way out and nothing on its border: it can be taken away, or
trade places with the simple step next to it. Everything else is done in the diagram. All raise `CannotEdit`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from engine.arranging import draw_lane, draw_step, join_lines, move_shape, trade_places
from engine.editing import operator
from engine.layout import plane_of
from engine.outline import SPIFF, Tag
from engine.sheet import CannotEdit, Sheet, inner, quoted

__all__ = [
    "NewStep",
    "add_lane",
    "add_step",
    "move_to_lane",
    "remove_step",
    "simple_neighbours",
    "swap_steps",
]

_STEPS = frozenset(
    {"userTask", "manualTask", "serviceTask", "callActivity", "businessRuleTask", "intermediateThrowEvent",
     "intermediateCatchEvent", "task", "scriptTask", "sendTask", "receiveTask"}
)  # fmt: skip
_IN_DIAGRAM = "Change it in the diagram."


@dataclass(frozen=True)
class NewStep:
    """A step to be added: `kind` is userTask, manualTask or serviceTask; `lane` the name of a lane of the process."""

    kind: str
    name: str
    lane: str
    help: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    step: str | None = None


class _Wires:
    """The flows and lanes of the process or sub-process that an element is drawn in."""

    def __init__(self, sheet: Sheet, near: str) -> None:
        self.sheet = sheet
        self.scope = sheet.parent(sheet.element(near))
        self.flows = list(sheet.children(self.scope, "sequenceFlow"))

    def into(self, element: str) -> list[Tag]:
        return [flow for flow in self.flows if _ref(flow, "targetRef") == element]

    def out_of(self, element: str) -> list[Tag]:
        return [flow for flow in self.flows if _ref(flow, "sourceRef") == element]

    def on_border(self, element: str) -> list[Tag]:
        events = self.sheet.children(self.scope, "boundaryEvent")
        return [event for event in events if _ref(event, "attachedToRef") == element]

    def redirect(self, element: str, kind: str, old: str, new: str) -> None:
        """Write another flow into an element's list of ways in or out, where it keeps one."""
        for reference in self.sheet.children(self.sheet.element(element), kind):
            if _plain(self.sheet.words(reference)) == old:
                self.sheet.fill(reference, inner(new))

    def lanes(self) -> list[Tag]:
        """The lanes that hold no others."""
        found = (tag for tag in self.sheet.every("lane") if self.sheet.around(tag, "process") is self.process)
        return [lane for lane in found if not any(self.sheet.children(lane, "childLaneSet"))]

    @property
    def process(self) -> Tag | None:
        return self.scope if self.scope.local == "process" else self.sheet.around(self.scope, "process")

    def lane_named(self, element: str, name: str) -> Tag:
        for lane in self.lanes():
            if lane.attributes.get("name") == name:
                return lane
        raise CannotEdit(element, f"The process has no lane “{name}”.", "Draw the lane in the diagram.")

    def entries(self, element: str) -> list[tuple[Tag, Tag]]:
        """The lanes that name an element, with the line that does."""
        return [
            (lane, entry)
            for lane in self.lanes()
            for entry in self.sheet.children(lane, "flowNodeRef")
            if _plain(self.sheet.words(entry)) == element
        ]

    def lane_of(self, element: str) -> str:
        """The id of the lane that names an element, or nothing."""
        return next((lane.id or "" for lane, _ in self.entries(element)), "")


def _simple(wires: _Wires, element: str) -> tuple[Tag, Tag]:
    """The way into a simple step and the way out of it."""
    kind = wires.sheet.element(element).local
    into, out = wires.into(element), wires.out_of(element)
    if kind not in _STEPS:
        raise CannotEdit(element, "This is no simple step.", _IN_DIAGRAM)
    if len(into) != 1 or len(out) != 1 or into[0] is out[0]:
        raise CannotEdit(element, "The step has more than one way in or out, or none.", _IN_DIAGRAM)
    if wires.on_border(element):
        raise CannotEdit(element, "Something may interrupt this step.", _IN_DIAGRAM)
    source = wires.sheet.element(_ref(into[0], "sourceRef"))
    if source.local == "eventBasedGateway":
        raise CannotEdit(element, "A gateway waits for this event.", _IN_DIAGRAM)
    if next(wires.sheet.children(out[0], "conditionExpression"), None) is not None:
        raise CannotEdit(element, "A condition stands behind this step.", "Take the condition away first.")
    return into[0], out[0]


def simple_neighbours(content: bytes) -> dict[str, tuple[str | None, str | None]]:
    """Each simple step of a diagram with the simple steps right before and after it, None where there is none."""
    sheet = Sheet(content)
    ways: dict[str, tuple[Tag, Tag]] = {}
    wires: dict[int, _Wires] = {}
    for tag in sheet.tags:
        if tag.id and tag.local in _STEPS and tag.parent is not None:
            known = wires.setdefault(tag.parent, _Wires(sheet, tag.id))
            with suppress(CannotEdit):
                ways[tag.id] = _simple(known, tag.id)
    return {
        element: (
            before if (before := _ref(into, "sourceRef")) in ways else None,
            after if (after := _ref(out, "targetRef")) in ways else None,
        )
        for element, (into, out) in ways.items()
    }


def lane_names(content: bytes, near: str) -> list[str]:
    """The names of the lanes of the process that an element is in."""
    return [lane.attributes.get("name", "") for lane in _Wires(Sheet(content), near).lanes()]


def lane_before(content: bytes, flow: str) -> str:
    """The name of the lane in which a flow begins, or nothing."""
    sheet = Sheet(content)
    source = _ref(sheet.element(flow), "sourceRef")
    return next((lane.attributes.get("name", "") for lane, _ in _Wires(sheet, flow).entries(source)), "")


def add_step(content: bytes, flow: str, new: NewStep, taken: Container[str] = ()) -> tuple[bytes, str]:
    """The diagram with a new step on a flow, and the step's id, made of its name; `taken`: ids that it may not have.

    Only if there is no room for its shape is what lies to the right in the same pool pushed on.
    """
    sheet = Sheet(content)
    wires = _Wires(sheet, flow)
    drawn = sheet.element(flow)
    source, target = _ref(drawn, "sourceRef"), _ref(drawn, "targetRef")
    if sheet.element(source).local == "eventBasedGateway":
        raise CannotEdit(source, "Behind this gateway stands what it waits for, nothing else.", _IN_DIAGRAM)
    lane = wires.lane_named(source, new.lane) if wires.lanes() else None
    ids = {tag.id for tag in sheet.tags}
    identity = _new_id(new.name, lambda name: name in ids or name in taken)
    onward = _unused(f"Flow_{identity}", lambda name: name in ids or name in taken)
    layout = plane_of(sheet, source)
    sheet.after(sheet.element(source), _written(sheet, drawn, new, identity, onward))
    sheet.after(drawn, _flow(drawn, onward, identity, target))
    sheet.write(drawn, "targetRef", identity)
    wires.redirect(target, "incoming", flow, onward)
    if lane is not None and wires.scope.local == "process":
        sheet.append(lane, _entry(lane, identity))
    if layout is not None and flow in layout.lines:
        draw_step(layout, flow, onward, lane.id or "" if lane is not None else "", (identity, new.kind))
        layout.write()
    return sheet.result(), identity


def _written(sheet: Sheet, near: Tag, new: NewStep, identity: str, onward: str) -> bytes:
    """The XML of a new step, indented like its neighbours."""
    indent = sheet.indent(near)
    deep = [indent + b"  " * depth if indent else b"" for depth in range(3)]
    bpmn = near.prefix
    parts = [f'<{bpmn}{new.kind} id="{identity}" name="{quoted(new.name)}">'.encode()]
    if new.help:
        parts.append(_element(f"{bpmn}documentation", inner(new.help)))
    if told := _extensions(near, new, deep[1:]):
        parts.append(_element(f"{bpmn}extensionElements", told + deep[1]))
    parts.append(_element(f"{bpmn}incoming", inner(near.id or "")))
    parts.append(_element(f"{bpmn}outgoing", inner(onward)))
    return deep[1].join(parts) + deep[0] + f"</{bpmn}{new.kind}>".encode()


def _extensions(near: Tag, new: NewStep, deep: list[bytes]) -> bytes:
    """The step and the properties of a new step, each on a line of its own."""
    prefix = "spiffworkflow:" if near.ours is None else near.ours
    declared = f' xmlns:spiffworkflow="{SPIFF}"' if near.ours is None else ""
    told = deep[1] + operator(near, new.step) if new.step else b""
    if new.properties:
        lines = [
            deep[1]
            + b"  " * bool(deep[1])
            + f'<{prefix}property name="{quoted(key)}" value="{quoted(value)}"/>'.encode()
            for key, value in new.properties.items()
        ]
        told += deep[1] + _element(f"{prefix}properties{declared}", b"".join(lines) + deep[1])
    return told


def _element(name: str, content: bytes) -> bytes:
    return f"<{name}>".encode() + content + f"</{name.split()[0]}>".encode()


def _flow(near: Tag, identity: str, source: str, target: str) -> bytes:
    ends = f'sourceRef="{quoted(source)}" targetRef="{quoted(target)}"'
    return f'<{near.prefix}sequenceFlow id="{quoted(identity)}" {ends}/>'.encode()


def _entry(lane: Tag, element: str) -> bytes:
    return _element(f"{lane.prefix}flowNodeRef", inner(element))


def remove_step(content: bytes, element: str) -> bytes:
    """The diagram without a simple step: the way into it leads on to what came after."""
    sheet = Sheet(content)
    wires = _Wires(sheet, element)
    into, out = _simple(wires, element)
    target = _ref(out, "targetRef")
    _check_alone(sheet, element, {into.id, out.id})
    layout = plane_of(sheet, element)
    sheet.write(into, "targetRef", target)
    wires.redirect(target, "incoming", out.id or "", into.id or "")
    notes = [tag for tag in sheet.every("association") if element in _ends(tag)]
    for tag in (sheet.element(element), out, *notes, *(entry for _, entry in wires.entries(element))):
        sheet.remove(tag)
    if layout is not None:
        layout.gone |= {element, out.id or "", *(tag.id or "" for tag in notes)}
        join_lines(layout, into.id or "", out.id or "", element)
        layout.write()
    return sheet.result()


def _check_alone(sheet: Sheet, element: str, flows: set[str | None]) -> None:
    """That nothing but its flows, its lane and notes leads to a step."""
    for tag in sheet.tags:
        if tag.id in flows or tag.local in ("association", "BPMNShape") or tag.id == element:
            continue
        if element in tag.attributes.values():
            raise CannotEdit(element, f"“{tag.id or tag.local}” needs this step.", _IN_DIAGRAM)


def swap_steps(content: bytes, first: str, second: str) -> bytes:
    """The diagram with two neighbouring simple steps in the other order; each stays with its role."""
    sheet = Sheet(content)
    wires = _Wires(sheet, first)
    into, between = _simple(wires, first)
    if _ref(between, "targetRef") != second:
        raise CannotEdit(second, "The two steps do not follow each other.", _IN_DIAGRAM)
    _, out = _simple(wires, second)
    if into is out:
        raise CannotEdit(second, "The two steps only lead to each other.", _IN_DIAGRAM)
    a, b, c = (flow.id or "" for flow in (into, between, out))
    sheet.write(into, "targetRef", second)
    sheet.write(between, "sourceRef", second)
    sheet.write(between, "targetRef", first)
    sheet.write(out, "sourceRef", first)
    wires.redirect(first, "incoming", a, b)
    wires.redirect(first, "outgoing", b, c)
    wires.redirect(second, "incoming", b, a)
    wires.redirect(second, "outgoing", c, b)
    layout = plane_of(sheet, first)
    if layout is not None and {first, second} <= layout.shapes.keys():
        layout.rewire(a, target=second)
        layout.rewire(b, source=second, target=first)
        layout.rewire(c, source=first)
        trade_places(layout, (first, second), (wires.lane_of(first), wires.lane_of(second)), [a, b, c])
        layout.write()
    return sheet.result()


def move_to_lane(content: bytes, element: str, lane: str) -> bytes:
    """The diagram with a step in another lane of its process, by the lane's name; events on its border go with it."""
    sheet = Sheet(content)
    wires = _Wires(sheet, element)
    if sheet.element(element).local == "boundaryEvent":
        raise CannotEdit(element, "The event goes with the step that it is on.", "Move that step.")
    if wires.scope.local != "process":
        raise CannotEdit(element, "The step lies in a sub-process, which has one role.", _IN_DIAGRAM)
    to = wires.lane_named(element, lane)
    moving = [element, *(event.id or "" for event in wires.on_border(element))]
    if all(known is to for known, _ in wires.entries(element)) and wires.entries(element):
        return content
    for each in moving:
        for _, entry in wires.entries(each):
            sheet.remove(entry)
    sheet.append(to, *(_entry(to, each) for each in moving))
    layout = plane_of(sheet, element)
    if layout is not None and to.id in layout.shapes:
        move_shape(layout, layout.shapes[element], layout.shapes[to.id])
        layout.write()
    return sheet.result()


def add_lane(content: bytes, near: str, name: str) -> bytes:
    """The diagram with one more lane, empty, at the bottom of the pool that an element lies in."""
    sheet = Sheet(content)
    wires = _Wires(sheet, near)
    if any(lane.attributes.get("name") == name for lane in wires.lanes()):
        return content
    process = wires.process
    lanes = process and next(sheet.children(process, "laneSet"), None)
    if not lanes:
        raise CannotEdit(near, "The process has no lanes.", "Draw them in the diagram.")
    ids = {tag.id for tag in sheet.tags}
    identity = _unused(f"Lane_{_new_id(name, lambda _: False)}", lambda made: made in ids)
    sheet.append(lanes, f'<{lanes.prefix}lane id="{identity}" name="{quoted(name)}"/>'.encode())
    layout = plane_of(sheet, near)
    if layout is not None and near in layout.shapes:
        draw_lane(layout, near, identity)
        layout.write()
    return sheet.result()


def _new_id(name: str, used: Callable[[str], bool]) -> str:
    """A readable id from a name: `CallTheClientAgain`, with a number if it is taken; `NewStep` where no letter is left."""
    plain_name = unicodedata.normalize("NFKD", name.replace("'", "")).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain_name)
    made = "".join(word[:1].upper() + word[1:] for word in words)[:40]
    return _unused(made if made[:1].isalpha() else "NewStep", used)


def _unused(name: str, used: Callable[[str], bool]) -> str:
    number, tried = 1, name
    while used(tried):
        number += 1
        tried = f"{name}_{number}"
    return tried


def _ref(tag: Tag, attribute: str) -> str:
    return _plain(tag.attributes.get(attribute, ""))


def _plain(reference: str) -> str:
    """A reference without the prefix that some tools put before it."""
    return reference.strip().rpartition(":")[2]


def _ends(tag: Tag) -> tuple[str, str]:
    return _ref(tag, "sourceRef"), _ref(tag, "targetRef")
