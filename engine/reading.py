"""Read BPMN files into plain records. Whether the drawing keeps the rules is judged by `validation`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from engine.door import BPMN, root_of
from engine.elements import Element, Problem

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

FLOW_NODES = frozenset({
    "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent",
    "implicitThrowEvent", "task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask",
    "receiveTask", "businessRuleTask", "callActivity", "subProcess", "adHocSubProcess", "transaction",
    "callChoreography", "choreographyTask", "subChoreography", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "eventBasedGateway", "complexGateway",
})  # fmt: skip
_SILENT = frozenset({
    "documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "incoming",
    "outgoing", "auditing", "monitoring",
})  # fmt: skip
"""Children that say nothing about how a process runs, or that are read by name."""


@dataclass(frozen=True)
class Event:
    """What an event waits for or does: `kind` none, timer, message, signal, terminate, or another one's tag.

    `name`: of the message or signal (None when the reference leads nowhere). `text`: the timer's expression;
    `form`: timeDate, timeDuration or timeCycle. `several`: more than one definition is drawn.
    """

    kind: str = "none"
    name: str | None = None
    text: str | None = None
    form: str | None = None
    several: bool = False


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `id` is None when the file gives none."""

    id: str | None
    name: str
    source: str
    target: str
    condition: str | None
    scope: str
    file: str


@dataclass(frozen=True)
class Node:
    """A flow node with what its tag says beside the `Element`; `scope`: the process or sub-process around."""

    element: Element
    scope: str
    file: str
    event: Event = Event()
    default: str | None = None
    called: str | None = None
    interrupting: bool = True
    oddities: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the element."""
        return self.element.id

    @property
    def kind(self) -> str:
        """The BPMN tag of the element."""
        return self.element.kind


@dataclass
class Scope:
    """A process or an embedded sub-process: a set of nodes and flows with a start of its own."""

    id: str
    name: str
    kind: str
    file: str
    process_id: str
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)


@dataclass
class Drawing:
    """Everything read from a bundle of files."""

    scopes: list[Scope] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    ids: list[tuple[str, str, str]] = field(default_factory=list)
    drawn: set[tuple[str, str]] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def nodes(self) -> Iterator[Node]:
        """All flow nodes, in the order of the files."""
        return (node for scope in self.scopes for node in scope.nodes)

    @property
    def flows(self) -> Iterator[Flow]:
        """All sequence flows."""
        return (flow for scope in self.scopes for flow in scope.flows)


def read(files: Mapping[str, bytes]) -> Drawing:
    """Read every file whose name ends in `.bpmn`; what cannot be read becomes a problem of the drawing."""
    drawing = Drawing()
    for name in sorted(files):
        if name.endswith(".bpmn"):
            root = root_of(name, files[name], drawing.problems)
            if root is not None:
                _File(name, root, drawing).read()
    return drawing


def _tag(local: str, namespace: str = BPMN) -> str:
    return f"{{{namespace}}}{local}"


def _local(node: etree._Element) -> str | None:
    """The BPMN tag of an XML element, or None for other vocabularies."""
    return str(node.tag).removeprefix(_tag("")) if str(node.tag).startswith(_tag("")) else None


def _text(node: etree._Element | None) -> str | None:
    return None if node is None else "".join(str(part) for part in node.itertext()).strip()


class _File:
    """The walk over one file."""

    def __init__(self, name: str, root: etree._Element, drawing: Drawing) -> None:
        self.name = name
        self.root = root
        self.drawing = drawing
        self.lanes: dict[str, str] = {}
        self.names: dict[str, str | None] = {}

    def read(self) -> None:
        """Everything of the file into the drawing."""
        self._read_ids()
        for kind in ("message", "signal"):
            for node in self.root.iterfind(_tag(kind)):
                self.names[f"{kind} {node.get('id')}"] = node.get("name")
        for lane in self.root.iter(_tag("lane")):
            for ref in lane.iterfind(_tag("flowNodeRef")):
                self.lanes[_text(ref) or ""] = lane.get("name") or ""
        for process in self.root.iterfind(_tag("process")):
            if process.get("isExecutable") == "false":
                self.drawing.idle.append(process.get("id") or "")
            else:
                self._read_process(process)

    def _read_ids(self) -> None:
        diagram = _tag("", BPMNDI)
        for node in self.root.iter():
            if str(node.tag).startswith(diagram):
                if node.get("bpmnElement"):
                    self.drawing.drawn.add((self.name, str(node.get("bpmnElement"))))
            elif node.get("id") and _local(node):
                self.drawing.ids.append((str(node.get("id")), self.name, str(_local(node))))

    def _read_process(self, process: etree._Element) -> None:
        if not process.get("id"):
            self._missing_id(process, "process")
            return
        identity = str(process.get("id"))
        self._read_scope(
            process, Scope(identity, process.get("name") or identity, "process", self.name, identity), None
        )

    def _read_scope(self, xml: etree._Element, scope: Scope, lane: str | None) -> None:
        self.drawing.scopes.append(scope)
        for child in xml:
            tag = _local(child)
            if tag == "sequenceFlow":
                scope.flows.append(self._flow(child, scope))
            elif tag in FLOW_NODES:
                self._read_node(child, tag, scope, lane)
            elif tag and tag not in _SILENT and not _of_event(tag) and not _loop(tag):
                self._refuse(child, "G12", f"{tag} is drawn, but would be ignored.", "Remove it.")

    def _flow(self, xml: etree._Element, scope: Scope) -> Flow:
        condition = _text(xml.find(_tag("conditionExpression")))
        return Flow(
            xml.get("id"), xml.get("name") or "", xml.get("sourceRef") or "", xml.get("targetRef") or "",
            condition, scope.id, self.name,
        )  # fmt: skip

    def _read_node(self, xml: etree._Element, tag: str, scope: Scope, lane: str | None) -> None:
        if not xml.get("id"):
            self._missing_id(xml, tag)
            return
        node = self._node(xml, tag, scope, lane)
        scope.nodes.append(node)
        if tag == "subProcess":
            inner = Scope(node.id, node.element.name, tag, self.name, scope.process_id)
            self._read_scope(xml, inner, node.element.lane)

    def _node(self, xml: etree._Element, tag: str, scope: Scope, lane: str | None) -> Node:
        identity = str(xml.get("id"))
        properties, step, oddities, scripts = _extensions(xml)
        element = Element(
            identity, xml.get("name") or "", tag, scope.process_id, self.lanes.get(identity, lane) or None,
            _text(xml.find(_tag("documentation"))) or "", MappingProxyType(properties), step, xml.get("attachedToRef"),
        )  # fmt: skip
        return Node(
            element, scope.id, self.name, self._event(xml), xml.get("default"), xml.get("calledElement"),
            xml.get("cancelActivity", "true") != "false", (*_oddities(xml, tag), *oddities), scripts,
        )  # fmt: skip

    def _event(self, xml: etree._Element) -> Event:
        drawn = [child for child in xml if _of_event(_local(child) or "")]
        if not drawn:
            return Event()
        kind = (_local(drawn[0]) or "").removesuffix("EventDefinition")
        name = self.names.get(f"{kind} {drawn[0].get(f'{kind}Ref')}")
        timer = next((child for child in drawn[0] if (_local(child) or "").startswith("time")), None)
        form = None if timer is None else _local(timer)
        return Event(kind, name, _text(timer), form, len(drawn) > 1)

    def _missing_id(self, xml: etree._Element, tag: str) -> None:
        self._refuse(
            xml,
            "G1",
            f"A {tag} has no id.",
            "Save the diagram with a modeler, which gives every element an id.",
        )

    def _refuse(self, xml: etree._Element, rule: str, reason: str, mend: str) -> None:
        self.drawing.problems.append(Problem(self.name, xml.get("id"), xml.get("name"), rule, reason, mend))


def _of_event(tag: str) -> bool:
    return tag.endswith("EventDefinition") or tag == "eventDefinitionRef"


def _loop(tag: str) -> bool:
    return tag.endswith("LoopCharacteristics")


def _oddities(xml: etree._Element, tag: str) -> Iterator[str]:
    """Attributes and children with a meaning that the engine does not give them."""
    inner = tag in ("subProcess", "transaction", "adHocSubProcess")
    for child in xml:
        name = _local(child)
        if name and (_loop(name) or not (inner or name in _SILENT or _of_event(name))):
            yield name
    for attribute, plain in _PLAIN.items():
        if xml.get(attribute, plain) != plain:
            yield attribute


_PLAIN = {
    "startQuantity": "1",
    "completionQuantity": "1",
    "isForCompensation": "false",
    "triggeredByEvent": "false",
    "instantiate": "false",
    "eventGatewayType": "Exclusive",
    "parallelMultiple": "false",
}
"""Attributes with the value that changes nothing."""

_EFFECTIVE = frozenset(
    {"messagePayload", "messageVariable", "payloadExpression", "variableName", "calledDecisionId"}
)
"""Extension elements that change what SpiffWorkflow does; what is not read is refused."""


def _extensions(xml: etree._Element) -> tuple[dict[str, str], str | None, list[str], tuple[str, ...]]:
    """An element's properties, its step, what else it asks for in this namespace, and its scripts."""
    properties: dict[str, str] = {}
    step, odd, scripts = None, list[str](), list[str]()
    for node in xml.iterfind(f"{_tag('extensionElements')}/{{{SPIFF}}}*"):
        name = str(node.tag).removeprefix(_tag("", SPIFF))
        if name == "properties":
            properties.update(
                {str(p.get("name")): p.get("value") or "" for p in node.iter(_tag("property", SPIFF))}
            )
        elif name == "serviceTaskOperator":
            step = node.get("id")
            odd += [f"{name} {part}" for part in _parameters(node)]
        elif name in ("preScript", "postScript"):
            scripts.append(name)
        elif name in _EFFECTIVE:
            odd.append(name)
    return properties, step, odd, tuple(scripts)


def _parameters(operator: etree._Element) -> Iterator[str]:
    yield from ("parameter" for _ in operator.iter(_tag("parameter", SPIFF)))
    if operator.get("resultVariable"):
        yield "resultVariable"
