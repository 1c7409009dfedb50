"""Two drawings of a diagram compared: which elements came, went, changed in meaning, or only stand elsewhere.

Each element is taken apart into facts, so that a difference is told as what it means and not as lines of XML; whatever
no fact names is kept as one more (`rest`), so that no difference is passed over. How a file is written (prefixes, white
space, the order of elements, which tool saved it) is no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from engine.document import Xml, around, children, local_id, tag_of, text_of
from engine.door import BPMN, root_of
from engine.outline import SPIFF

Kind = Literal["added", "removed", "changed", "moved"]

WHOLES = frozenset(
    {"definitions", "process", "subProcess", "transaction", "adHocSubProcess", "collaboration"}
)
"""What holds elements that are compared one by one."""
_LISTS = frozenset({"laneSet", "childLaneSet"})
_INNER = frozenset({"incoming", "outgoing", "flowNodeRef"})
_ENDS = {
    "sourceRef": "source", "targetRef": "target", "attachedToRef": "attached_to", "default": "default",
    "calledElement": "called", "cancelActivity": "interrupting", "isInterrupting": "interrupting",
    "processRef": "process",
}  # fmt: skip
_WRITTEN_BY = frozenset({"exporter", "exporterVersion", "id"})
_TIMES = ("timeDate", "timeDuration", "timeCycle")
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_PROPERTIES, _PROPERTY = f"{{{SPIFF}}}properties", f"{{{SPIFF}}}property"
_OPERATOR = f"{{{SPIFF}}}serviceTaskOperator"
_EXTENSIONS = f"{{{BPMN}}}extensionElements"
_SHAPES = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@dataclass(frozen=True)
class Drawn:
    """An element by its facts; `kind` is its BPMN tag.

    `facts`: `name`, `lane` (its name), `documentation`, `condition`, `timer`, `step`, `property.<name>`, `source`,
    `target`, `attached_to`, `default`, `called`, `interrupting`, `process`, `text`, `inside` (the process or
    sub-process around), and `rest`: everything else in a form of its own. `place`: how it is drawn.
    """

    id: str
    kind: str
    name: str
    facts: Mapping[str, str]
    place: str


@dataclass(frozen=True)
class Difference:
    """One difference of an element between `before` and `after`.

    `kind`: `added`, `removed`, `changed` (then `what` is the fact, and a fact that is not there is empty), or `moved`.
    `tag` and `name` are those of the later drawing that has it.
    """

    kind: Kind
    id: str
    tag: str
    name: str
    what: str = ""
    before: str = ""
    after: str = ""


def drawn(content: bytes) -> dict[str, Drawn] | None:
    """The elements of a diagram by their ids, in the order of the file; None when it is no BPMN."""
    root = root_of("diagram.bpmn", content, [])
    return None if root is None else facts_of(root)


def facts_of(root: Xml) -> dict[str, Drawn]:
    """The elements of a parsed diagram by their ids."""
    lanes, places = _lanes(root), _places(root)
    return {key: _drawn(key, element, lanes, places) for key, element in elements_of(root).items()}


def elements_of(root: Xml) -> dict[str, Xml]:
    """What is compared one by one, under its id; one without an id under its tag and ends."""
    found: dict[str, Xml] = {}
    seen: Counter[str] = Counter()
    for element in _elements(root):
        key = _key(element)
        seen[key] += 1
        found[key if seen[key] == 1 else f"{key}#{seen[key]}"] = element
    return found


def differences(before: bytes, after: bytes) -> list[Difference] | None:
    """Every difference of two diagrams, in the order of the later one; None when one of them is no BPMN."""
    old, new = drawn(before), drawn(after)
    return None if old is None or new is None else list(between(old, new))


def between(old: Mapping[str, Drawn], new: Mapping[str, Drawn]) -> Iterator[Difference]:
    """Every difference of two drawings: what is new or changed, then what is gone."""
    for key, element in new.items():
        if key in old:
            yield from _changes(old[key], element)
        else:
            yield Difference("added", key, element.kind, element.name)
    for key, element in old.items():
        if key not in new:
            yield Difference("removed", key, element.kind, element.name)


def _changes(old: Drawn, new: Drawn) -> Iterator[Difference]:
    told = new.id, new.kind, new.name
    if old.kind != new.kind:
        yield Difference("changed", *told, "kind", old.kind, new.kind)
    for what in dict.fromkeys([*old.facts, *new.facts]):
        was, now = old.facts.get(what, ""), new.facts.get(what, "")
        if was != now:
            yield Difference("changed", *told, what, was, now)
    if old.place != new.place:
        yield Difference("moved", *told)


def _elements(root: Xml) -> Iterator[Xml]:
    yield root
    for child in root.iterdescendants(f"{{{BPMN}}}*"):
        parent = child.getparent()
        if parent is not None and tag_of(parent) in WHOLES | _LISTS and _is_told(child):
            yield child


def _is_told(element: Xml) -> bool:
    return tag_of(element) not in _LISTS | _INNER | {"documentation", "extensionElements"}


def _key(element: Xml) -> str:
    if tag_of(element) == "definitions":
        return "definitions"
    ends = [str(element.get(end)) for end in ("sourceRef", "targetRef") if element.get(end)]
    return str(element.get("id") or f"{tag_of(element)}({', '.join(ends)})")


def _lanes(root: Xml) -> dict[str, str]:
    """The lane of each node: the innermost one's name, its id when it has none."""
    found: dict[str, str] = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for node in children(lane, "flowNodeRef"):
            found[local_id(text_of(node))] = str(lane.get("name") or lane.get("id") or "")
    return found


def _places(root: Xml) -> dict[str, str]:
    """How each element is drawn: where its shape or edge stands, and how it looks."""
    shapes = (each for tag in ("BPMNShape", "BPMNEdge") for each in root.iter(f"{_SHAPES}{tag}"))
    return {
        local_id(str(shape.get("bpmnElement"))): said(shape, without=("id", "bpmnElement"))
        for shape in shapes
    }


def _drawn(key: str, element: Xml, lanes: Mapping[str, str], places: Mapping[str, str]) -> Drawn:
    facts = {name: value for name, value in _facts(element) if value}
    if key in lanes:
        facts["lane"] = lanes[key]
    whole = around(element, *WHOLES - {"definitions", "collaboration"})
    if whole is not None:
        facts["inside"] = str(whole.get("id") or "")
    return Drawn(key, tag_of(element), str(element.get("name") or ""), facts, places.get(key, ""))


def _facts(element: Xml) -> Iterator[tuple[str, str]]:
    yield "name", str(element.get("name") or "")
    for attribute, what in _ENDS.items():
        yield what, local_id(str(element.get(attribute) or ""))
    yield "documentation", "\n\n".join(text_of(each) for each in children(element, "documentation"))
    yield "condition", "\n".join(_expression(each) for each in children(element, "conditionExpression"))
    yield "text", "\n".join(text_of(each) for each in children(element, "text"))
    yield "timer", "\n".join(text_of(each) for each in timers_of(element))
    yield from _extensions(element)
    yield "rest", _rest(element)


def _expression(element: Xml) -> str:
    language = element.get("language")
    return f"{text_of(element)} ({language})" if language else text_of(element)


def timers_of(element: Xml) -> list[Xml]:
    """The expressions of an event's timers."""
    definitions = children(element, "timerEventDefinition")
    return [time for definition in definitions for time in children(definition, *_TIMES)]


def properties_of(element: Xml) -> list[Xml]:
    """The properties of an element, as its extension elements hold them."""
    return [
        each for part in element.findall(_EXTENSIONS) for each in part.iterfind(f"{_PROPERTIES}/{_PROPERTY}")
    ]


def operators_of(element: Xml) -> list[Xml]:
    """The operator of a service task."""
    return [each for part in element.findall(_EXTENSIONS) for each in part.findall(_OPERATOR)]


def _extensions(element: Xml) -> Iterator[tuple[str, str]]:
    for each in properties_of(element):
        yield f"property.{each.get('name')}", str(each.get("value") or "")
    yield "step", ", ".join(str(each.get("id")) for each in operators_of(element))


def _rest(element: Xml) -> str:
    """What no fact names, in a form that does not depend on how it is written."""
    told = {"documentation", "conditionExpression", "text", *_INNER, *_LISTS}
    gone = {*properties_of(element)}
    if tag_of(element) in WHOLES:
        gone |= {each for each in element if tag_of(each) != "extensionElements"}
    gone |= set(children(element, *told))
    without = ("name", *_ENDS, *(_WRITTEN_BY if tag_of(element) == "definitions" else ("id",)))
    written = said(element, without, gone, silent=timers_of(element), unnamed=operators_of(element))
    return "" if written == said_empty(tag_of(element)) else written.removeprefix(tag_of(element))


def said_empty(tag: str) -> str:
    """How an element without attributes, text and children is put."""
    return f"{tag}()"


def said(
    element: Xml,
    without: Collection[str] = (),
    gone: Collection[Xml] = (),
    silent: Collection[Xml] = (),
    unnamed: Collection[Xml] = (),
) -> str:
    """An element in a form that does not depend on prefixes, white space and the order of attributes.

    `without`: its own attributes that are left out; `gone`: elements inside that are; `silent`: those whose text is;
    `unnamed`: those whose id is.
    """
    inside = [said(each, ("id",) if each in unnamed else (), gone, silent, unnamed)
              for each in element if each not in gone and isinstance(each.tag, str)]  # fmt: skip
    text = "" if element in silent else (element.text or "").strip()
    attributes = [
        f"{name!s}={_value(name, value)}"
        for name, value in sorted(element.attrib.items())
        if name not in without
    ]
    parts = [*attributes, *([repr(text)] if text else []), *(each for each in inside if each)]
    if not parts and tag_of(element) in _CONTAINERS:
        return ""
    return f"{tag_of(element)}({', '.join(parts)})"


_CONTAINERS = frozenset({"extensionElements", _PROPERTIES, f"{{{SPIFF}}}parameters"})


def _value(name: object, value: object) -> str:
    """A value without what differs from tool to tool: the prefix of a type, how a number is written."""
    text = str(value)
    if name == _TYPE:
        return local_id(text)
    try:
        return f"{float(text):g}" if name in ("x", "y", "width", "height") else text
    except ValueError:
        return text


def parsed(content: bytes) -> Xml:
    """A diagram that is known to be harmless as XML to be changed, its comments kept."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    return etree.fromstring(content, parser)
