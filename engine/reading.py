"""Read BPMN files into the records of `drawing`. Whether a drawing keeps the rules is judged by `validation`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from engine.door import BPMN, root_of
from engine.drawing import INSIDES, Drawing, Event, Flow, Loop, Node, Scope, Text
from engine.elements import Element, Problem
from engine.extensions import Extensions, read_extensions
from engine.limits import DEFAULT, Limits

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

FLOW_NODES = frozenset({
    "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent",
    "implicitThrowEvent", "task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask",
    "receiveTask", "businessRuleTask", "callActivity", "subProcess", "adHocSubProcess", "transaction",
    "callChoreography", "choreographyTask", "subChoreography", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "eventBasedGateway", "complexGateway", "event",
})  # fmt: skip
_GLOBAL_TASKS = {
    "globalTask": "task", "globalUserTask": "userTask", "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask", "globalBusinessRuleTask": "businessRuleTask",
}  # fmt: skip
_SILENT = frozenset({
    "documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "incoming",
    "outgoing", "auditing", "monitoring", "flowNodeRef", "script", "supports", "humanPerformer", "performer",
    "potentialOwner", "resourceRole", "activationCondition", "completionCondition",
    "rendering", "outgoingConversationLinks", "categoryValueRef",
})  # fmt: skip
"""Children that say nothing about how a process runs, or that are read by name."""
_ASIDE = frozenset({
    "dataObject", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput", "ioSpecification",
    "ioBinding", "property", "dataInputAssociation", "dataOutputAssociation", "inputSet", "outputSet",
    "correlationSubscription", "supportedInterfaceRef", "dataState",
})  # fmt: skip
"""Children about data that the engine does not move: kept in the file, drawn, and set aside with a warning."""


def read(files: Mapping[str, bytes], *, all_processes: bool = False, limits: Limits = DEFAULT) -> Drawing:
    """Read every file whose name ends in `.bpmn`; what cannot be read becomes a problem of the drawing.

    `all_processes`: those too that say they are not executable.
    """
    drawing = Drawing()
    for name in sorted(files):
        if name.endswith(".bpmn"):
            root = root_of(name, files[name], drawing.problems, limits)
            if root is not None:
                _File(name, root, drawing, all_processes).read()
    return drawing


def _tag(local: str, namespace: str = BPMN) -> str:
    return f"{{{namespace}}}{local}"


_SPACE = _tag("")


def local_name(node: etree._Element) -> str | None:
    """The BPMN tag of an XML element, or None for other vocabularies."""
    tag = str(node.tag)
    return tag[len(_SPACE) :] if tag.startswith(_SPACE) else None


def _plain_text(node: etree._Element | None) -> str | None:
    return None if node is None else "".join(str(part) for part in node.itertext()).strip()


def _expression(node: etree._Element | None) -> Text | None:
    """An expression child; without a formal type it is prose, unless it is empty of any type."""
    if node is None:
        return None
    kind = node.get(XSI_TYPE)
    formal = kind is None or kind.rpartition(":")[2] == "tFormalExpression"
    return Text(_plain_text(node) or "", node.get("language"), formal)


def _of_event(tag: str) -> bool:
    return tag.endswith("EventDefinition") or tag == "eventDefinitionRef"


def _is_loop(tag: str) -> bool:
    return tag.endswith("LoopCharacteristics")


class _File:
    """The walk over one file."""

    def __init__(self, name: str, root: etree._Element, drawing: Drawing, all_processes: bool) -> None:
        self.name = name
        self.root = root
        self.drawing = drawing
        self.all_processes = all_processes
        self.lanes: dict[str, str] = {}
        self.roots: dict[str, etree._Element] = {}
        self.handlers: dict[str, str] = {}
        self.flow_ids: Counter[str] = Counter()

    def read(self) -> None:
        """Everything of the file into the drawing."""
        self.drawing.roots[self.name] = self.root
        self._read_ids()
        self.roots = {str(node.get("id")): node for node in self.root if node.get("id")}
        for lane in self.root.iter(_tag("lane")):
            for ref in lane.iterfind(_tag("flowNodeRef")):
                self.lanes[self._id(_plain_text(ref)) or ""] = lane.get("name") or ""
        for association in self.root.iter(_tag("association")):
            source, target = self._id(association.get("sourceRef")), self._id(association.get("targetRef"))
            self.handlers.setdefault(source or "", target or "")
        for child in self.root:
            self._read_root(child)

    def _read_ids(self) -> None:
        diagram = _tag("", BPMNDI)
        for node in self.root.iter():
            if str(node.tag).startswith(diagram):
                if node.get("bpmnElement"):
                    self.drawing.drawn.add((self.name, self._id(node.get("bpmnElement")) or ""))
            elif node.get("id") and local_name(node):
                self.drawing.ids.append((str(node.get("id")), self.name, str(local_name(node))))

    def _id(self, reference: str | None) -> str | None:
        """A reference without the namespace prefix that some tools put before it."""
        return None if reference is None else reference.strip().rpartition(":")[2]

    def _read_root(self, xml: etree._Element) -> None:
        tag = local_name(xml)
        if tag == "process":
            if xml.get("isExecutable") == "false" and not self.all_processes:
                self.drawing.idle.append(xml.get("id") or "")
            else:
                self._read_process(xml)
        elif tag in _GLOBAL_TASKS and xml.get("id"):
            self._read_global_task(xml, _GLOBAL_TASKS[tag])

    def _read_process(self, process: etree._Element) -> None:
        if not process.get("id"):
            self._missing_id(process, "process", None)
            return
        identity = str(process.get("id"))
        scope = Scope(identity, process.get("name") or identity, "process", self.name, identity)
        self._read_scope(process, scope, None)

    def _read_global_task(self, xml: etree._Element, kind: str) -> None:
        """A task that call activities share: a process with nothing but this task."""
        identity = str(xml.get("id"))
        scope = Scope(identity, xml.get("name") or identity, "globalTask", self.name, identity)
        scope.nodes.append(self._node(xml, kind, scope, None))
        self.drawing.scopes.append(scope)

    def _read_scope(self, xml: etree._Element, scope: Scope, lane: str | None) -> None:
        self.drawing.scopes.append(scope)
        for child in xml:
            tag = local_name(child)
            if tag == "sequenceFlow":
                scope.flows.append(self._flow(child, scope))
            elif tag in FLOW_NODES:
                self._read_node(child, tag, scope, lane)
            elif tag in _ASIDE:
                self._set_aside(child, tag, scope)
            elif tag and tag not in _SILENT and not _of_event(tag) and not _is_loop(tag):
                self._refuse(child, "G12", f"{tag} is drawn, but would be ignored.", "Remove it.", scope)

    def _flow(self, xml: etree._Element, scope: Scope) -> Flow:
        source, target = self._id(xml.get("sourceRef")) or "", self._id(xml.get("targetRef")) or ""
        drawn = xml.get("id")
        made = drawn or f"{source}->{target}"
        self.flow_ids[made] += 1
        identity = made if drawn or self.flow_ids[made] == 1 else f"{made}#{self.flow_ids[made]}"
        condition = _expression(xml.find(_tag("conditionExpression")))
        return Flow(
            identity, drawn, xml.get("name") or "", source, target,
            condition if condition and condition.text else None, scope.id, self.name,
        )  # fmt: skip

    def _read_node(self, xml: etree._Element, tag: str, scope: Scope, lane: str | None) -> None:
        if not xml.get("id"):
            self._missing_id(xml, tag, scope)
            return
        node = self._node(xml, tag, scope, lane)
        scope.nodes.append(node)
        if tag in INSIDES:
            inner = Scope(
                node.id, node.element.name, tag, self.name, scope.process_id, scope.id, node.on_event,
                in_turn=tag == "adHocSubProcess" and xml.get("ordering") == "Sequential",
                until=_expression(xml.find(_tag("completionCondition"))),
            )  # fmt: skip
            self._read_scope(xml, inner, node.element.lane)

    def _node(self, xml: etree._Element, tag: str, scope: Scope, lane: str | None) -> Node:
        identity = str(xml.get("id"))
        found = read_extensions(xml)
        element = Element(
            identity, xml.get("name") or "", tag, scope.process_id, self.lanes.get(identity, lane) or None,
            _plain_text(xml.find(_tag("documentation"))) or "", MappingProxyType(found.properties),
            found.step, self._id(xml.get("attachedToRef")), found.form, found.roles, found.due,
        )  # fmt: skip
        children = [name for child in xml if (name := local_name(child))]
        return Node(
            element, scope.id, self.name,
            events=tuple(self._events(xml, tag)),
            all_events=xml.get("parallelMultiple") == "true",
            default=self._id(xml.get("default")),
            called=self._id(xml.get("calledElement")) or found.called,
            interrupting=_interrupts(xml, tag),
            handler=self.handlers.get(identity),
            compensates=xml.get("isForCompensation") == "true",
            on_event=tag == "subProcess" and xml.get("triggeredByEvent") == "true",
            instantiates=xml.get("instantiate") == "true",
            tokens_in=xml.get("startQuantity", "1"),
            tokens_out=xml.get("completionQuantity", "1"),
            loop=self._loop(xml, found),
            decision=found.decision,
            activation=_expression(xml.find(_tag("activationCondition"))),
            oddities=(*_oddities(xml, tag, children), *found.odd),
            aside=tuple(name for name in children if name in _ASIDE and tag not in INSIDES),
            scripts=found.scripts,
            script=_plain_text(xml.find(_tag("script"))) or "",
        )  # fmt: skip

    def _events(self, xml: etree._Element, tag: str) -> Iterator[Event]:
        if tag in ("receiveTask", "sendTask"):
            yield self._named("message", xml.get("messageRef"))
        for child in xml:
            name = local_name(child) or ""
            if name == "eventDefinitionRef":
                reference = self._id(_plain_text(child)) or ""
                shared = self.roots.get(reference)
                yield Event("unknown", refers=reference) if shared is None else self._event(shared)
            elif name.endswith("EventDefinition"):
                yield self._event(child)

    def _event(self, xml: etree._Element) -> Event:
        kind = (local_name(xml) or "").removesuffix("EventDefinition")
        reference = xml.get(f"{kind}Ref")
        if kind == "timer":
            timer = next((child for child in xml if (local_name(child) or "").startswith("time")), None)
            return Event(kind, text=_expression(timer), form=None if timer is None else local_name(timer))
        if kind == "conditional":
            return Event(kind, text=_expression(xml.find(_tag("condition"))))
        if kind == "link":
            return self._link(xml)
        if kind == "compensate":
            return Event(kind, activity=self._id(xml.get("activityRef")))
        return self._named(kind, reference)

    def _link(self, xml: etree._Element) -> Event:
        """A link; many tools write its name only on the event around it."""
        around = xml.getparent()
        name = xml.get("name") or (around.get("name") if around is not None else None)
        ends = (*xml.iterfind(_tag("source")), *xml.iterfind(_tag("target")))
        joins = tuple(self._id(_plain_text(end)) or "" for end in ends)
        return Event("link", name or None, id=xml.get("id"), joins=joins)

    def _named(self, kind: str, reference: str | None) -> Event:
        """An event with the name or code by which those of its kind find each other.

        A reference that leads nowhere is taken for the name itself, as some tools write it.
        """
        if reference is None:
            return Event(kind)
        referred = self.roots.get(self._id(reference) or "")
        if referred is None or local_name(referred) != kind:
            return Event(kind, reference, reference, dangling=True)
        by = {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
        return Event(kind, referred.get(by) or referred.get("id"), reference)

    def _loop(self, xml: etree._Element, found: Extensions) -> Loop | None:
        for child in xml:
            tag = local_name(child) or ""
            if tag == "standardLoopCharacteristics":
                condition = _expression(child.find(_tag("loopCondition")))
                before = child.get("testBefore") == "true"
                return Loop("while", condition, before, child.get("loopMaximum"))
            if tag == "multiInstanceLoopCharacteristics":
                return self._instances(child, found)
        return None

    def _instances(self, xml: etree._Element, found: Extensions) -> Loop:
        item = xml.find(_tag("inputDataItem"))
        return Loop(
            "sequential" if xml.get("isSequential") == "true" else "parallel",
            cardinality=_expression(xml.find(_tag("loopCardinality"))),
            collection=_plain_text(xml.find(_tag("loopDataInputRef"))) or found.collection,
            item=found.item if item is None else item.get("name") or item.get("id"),
            completion=_expression(xml.find(_tag("completionCondition"))),
            behavior=xml.get("behavior", "All"),
            throws=tuple(self._behavior(xml)),
        )

    def _behavior(self, xml: etree._Element) -> Iterator[tuple[Text | None, Event]]:
        """What is thrown when an instance completes (BPMN 2.0.2, table 10.30)."""
        for attribute in ("noneBehaviorEventRef", "oneBehaviorEventRef"):
            shared = self.roots.get(self._id(xml.get(attribute)) or "")
            if shared is not None and xml.get("behavior", "All").lower() in attribute.lower():
                yield None, self._event(shared)
        for definition in xml.iterfind(_tag("complexBehaviorDefinition")):
            if xml.get("behavior") == "Complex":
                condition = _expression(definition.find(_tag("condition"))) or Text("")
                events = definition.iterfind(_tag("event"))
                thrown = [each for event in events for each in self._events(event, "event")]
                yield from ((condition, each) for each in thrown or [Event()])

    def _set_aside(self, xml: etree._Element, tag: str, scope: Scope) -> None:
        reason = f"The {tag} is drawn for readers: the engine does not move its data."
        mend = "Nothing needs to be done if the process does not depend on it."
        self._problem(xml, "G20", reason, mend, scope, warning=True)

    def _missing_id(self, xml: etree._Element, tag: str, scope: Scope | None) -> None:
        mend = "Save the diagram with a modeler, which gives every element an id."
        self._refuse(xml, "G1", f"A {tag} has no id.", mend, scope)

    def _refuse(self, xml: etree._Element, rule: str, reason: str, mend: str, scope: Scope | None) -> None:
        self._problem(xml, rule, reason, mend, scope, warning=False)

    def _problem(
        self, xml: etree._Element, rule: str, reason: str, mend: str, scope: Scope | None, *, warning: bool
    ) -> None:
        process = None if scope is None else scope.process_id
        self.drawing.problems.append(
            Problem(
                self.name,
                xml.get("id") or (scope.id if scope else None),
                xml.get("name"),
                rule,
                reason,
                mend,
                process,
                warning,
            )
        )


def _interrupts(xml: etree._Element, tag: str) -> bool:
    attribute = "isInterrupting" if tag == "startEvent" else "cancelActivity"
    return xml.get(attribute, "true") not in ("false", "0")


def _oddities(xml: etree._Element, tag: str, children: list[str]) -> Iterator[str]:
    """Attributes and children with a meaning that the engine does not give them."""
    for name in children:
        known = name in _SILENT or name in _ASIDE or _of_event(name) or _is_loop(name)
        if not (known or tag in INSIDES or tag.startswith("global")):
            yield name
    if xml.get("eventGatewayType", "Exclusive") != "Exclusive":
        yield "eventGatewayType"
    for definition in xml.iterfind(_tag("compensateEventDefinition")):
        if definition.get("waitForCompletion") == "false":
            yield "waitForCompletion"
