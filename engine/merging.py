"""Two people's changes of one diagram put together, element by element.

That is done where one of them changed only what elements say (names, lanes, help, conditions, times, properties) and
left the drawing and its paths alone: those facts are then written into the other one's diagram. Two drawings that were
both redrawn are not put together, since nothing could say whether the result still means something. What comes out is
read back and held to what was meant; where it differs there is no result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace

from lxml import etree

from engine.comparing import (
    WHOLES,
    Drawn,
    drawn,
    elements_of,
    facts_of,
    operators_of,
    parsed,
    properties_of,
    timers_of,
)
from engine.document import Xml, children, tag_of, text_of
from engine.door import BPMN
from engine.outline import SPIFF

_SHAPE = ("source", "target", "attached_to", "inside")
_ATTRIBUTES = {"name": "name", "default": "default", "called": "calledElement", "process": "processRef"}
_KEPT = frozenset({"incoming", "outgoing", "flowNodeRef", "childLaneSet"})
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

Drawing = Mapping[str, Drawn]


@dataclass(frozen=True)
class Clash:
    """A fact of an element that both changed, each in another way."""

    id: str
    what: str
    base: str
    one: str
    other: str


@dataclass(frozen=True)
class Joined:
    """The diagram with the changes of both; in a clash it holds what was chosen."""

    content: bytes
    clashes: tuple[Clash, ...]


class _CannotJoin(Exception):
    """The changes cannot be put together by elements."""


def join(base: bytes, one: bytes, other: bytes, takes_other: Callable[[Clash], bool]) -> Joined | None:
    """The changes of both since `base`; `takes_other` decides a clash. None: they cannot be put together."""
    drawings = drawn(base), drawn(one), drawn(other)
    was, first, second = drawings
    if was is None or first is None or second is None:
        return None
    try:
        if _same_shape(was, second):
            return _joined(_Sides(was, first, second), one, other, takes_other)
        if _same_shape(was, first):
            found = _joined(
                _Sides(was, second, first), other, one, lambda each: not takes_other(_turned(each))
            )
            return replace(found, clashes=tuple(_turned(clash) for clash in found.clashes))
    except _CannotJoin:
        pass
    return None


def _turned(clash: Clash) -> Clash:
    return replace(clash, one=clash.other, other=clash.one)


def _same_shape(was: Drawing, now: Drawing) -> bool:
    """Whether the drawing and its paths are as they were."""
    return was.keys() == now.keys() and all(_outline(was[key]) == _outline(now[key]) for key in was)


def _outline(element: Drawn) -> tuple[str, ...]:
    return element.kind, element.place, *(element.facts.get(what, "") for what in _SHAPE)


@dataclass(frozen=True)
class _Sides:
    """What both began with, the one whose drawing is kept, and the one whose facts are written into it."""

    was: Drawing
    kept: Drawing
    written: Drawing

    def changes(self) -> Iterator[tuple[str, str, str, str]]:
        """Each fact that the second one changed: element, fact, before, after; lanes last, when they have their names."""
        found = [
            (key, what, self.was[key].facts.get(what, ""), element.facts.get(what, ""))
            for key, element in self.written.items()
            for what in dict.fromkeys([*self.was[key].facts, *element.facts])
        ]
        changed = (change for change in found if change[2] != change[3])
        yield from sorted(changed, key=lambda change: change[1] == "lane")


def _joined(sides: _Sides, kept: bytes, written: bytes, takes: Callable[[Clash], bool]) -> Joined:
    meant = {key: dict(element.facts) for key, element in sides.kept.items()}
    root, source = parsed(kept), elements_of(parsed(written))
    targets, clashes = elements_of(root), list[Clash]()
    for key, what, before, after in sides.changes():
        if key not in sides.kept:
            raise _CannotJoin
        now = sides.kept[key].facts.get(what, "")
        if now not in (before, after):
            clashes.append(Clash(key, what, before, now, after))
        if now == after or (now != before and not takes(clashes[-1])):
            continue
        _put(meant[key], what, after)
        untouched = sides.was[key].facts == sides.kept[key].facts
        _write(root, targets[key], source[key] if untouched else None, what, after)
    if {key: dict(element.facts) for key, element in facts_of(root).items()} != meant:
        raise _CannotJoin
    return Joined(etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n", tuple(clashes))


def _put(facts: dict[str, str], what: str, value: str) -> None:
    facts[what] = value
    if not value:
        del facts[what]


def _write(root: Xml, element: Xml, source: Xml | None, what: str, value: str) -> None:
    """Write a fact; one that cannot be written by itself comes with all of the element, when nobody else changed it."""
    if what == "lane":
        _to_lane(root, element, value)
    elif what in _ATTRIBUTES:
        _set_attribute(element, _ATTRIBUTES[what], value)
    elif source is not None and tag_of(element) not in WHOLES:
        _exchange(element, source)
    elif what.startswith("property."):
        _set_property(element, what.removeprefix("property."), value)
    elif what in _WRITERS:
        _WRITERS[what](element, value)
    else:
        raise _CannotJoin


def _exchange(element: Xml, source: Xml) -> None:
    """All that the source says, in the place of what the element says; its paths stay as they are."""
    element.attrib.clear()
    element.attrib.update(source.attrib)
    for child in [each for each in element if tag_of(each) not in _KEPT]:
        element.remove(child)
    said = [deepcopy(each) for each in source if isinstance(each.tag, str) and tag_of(each) not in _KEPT]
    before = [each for each in said if tag_of(each) in ("documentation", "extensionElements")]
    element[:0] = before
    element.extend(each for each in said if each not in before)


def _set_attribute(element: Xml, attribute: str, value: str) -> None:
    element.set(attribute, value)
    if not value:
        del element.attrib[attribute]


def _to_lane(root: Xml, element: Xml, lane: str) -> None:
    """Hand an element to the lane of a name."""
    key, lanes = str(element.get("id")), list(root.iter(f"{{{BPMN}}}lane"))
    goal = next((each for each in lanes if lane in (each.get("name"), each.get("id"))), None)
    if goal is None:
        raise _CannotJoin
    for reference in [ref for each in lanes for ref in children(each, "flowNodeRef") if text_of(ref) == key]:
        goal.append(reference)


def _set_property(element: Xml, name: str, value: str) -> None:
    known = [each for each in properties_of(element) if each.get("name") == name]
    if not value:
        for each in known:
            _parent(each).remove(each)
    elif known:
        known[0].set("value", value)
    else:
        etree.SubElement(_inside(element), f"{{{SPIFF}}}property", name=name, value=value)


def _parent(element: Xml) -> Xml:
    found = element.getparent()
    if found is None:
        raise _CannotJoin
    return found


def _inside(element: Xml) -> Xml:
    """The list of an element's properties, made where there is none."""
    extensions = next(children(element, "extensionElements"), None)
    if extensions is None:
        extensions = etree.Element(f"{{{BPMN}}}extensionElements")
        element.insert(len(list(children(element, "documentation"))), extensions)
    found = extensions.find(f"{{{SPIFF}}}properties")
    return etree.SubElement(extensions, f"{{{SPIFF}}}properties") if found is None else found


def _set_child(tag: str, place: int | None, type_: str = "") -> Callable[[Xml, str], None]:
    """A writer of the text of the only child of a tag, which is made at a place (None: the last) or taken out."""

    def write(element: Xml, value: str) -> None:
        known = list(children(element, tag))
        if len(known) > 1:
            raise _CannotJoin
        if not value:
            element.remove(known[0])
            return
        child = known[0] if known else etree.Element(f"{{{BPMN}}}{tag}", {_TYPE: type_} if type_ else {})
        if not known:
            element.insert(len(element) if place is None else place, child)
        child.text = value

    return write


def _set_timer(element: Xml, value: str) -> None:
    times = timers_of(element)
    if len(times) != 1 or not value:
        raise _CannotJoin
    times[0].text = value


def _set_step(element: Xml, value: str) -> None:
    operators = operators_of(element)
    if len(operators) != 1 or not value:
        raise _CannotJoin
    operators[0].set("id", value)


_WRITERS: Mapping[str, Callable[[Xml, str], None]] = {
    "documentation": _set_child("documentation", 0),
    "condition": _set_child("conditionExpression", None, "tFormalExpression"),
    "text": _set_child("text", 0),
    "timer": _set_timer,
    "step": _set_step,
}
