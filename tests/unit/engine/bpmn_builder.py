"""Small diagrams for tests, written as lines of text and turned into BPMN with shapes and lines.

start S                       end E outcome=done          terminate X
user A @Clerk                 service V step=count        call C process=other @Clerk
xor G    and P    race R      catch M message=paid        throw N signal=gone
boundary B on=A timer='"P2D"' interrupting=no
sub Z {  …  }
S -> A -> G
G -> E if x == 1
G -> A                        (the flow without a condition is the default)
"""

import shlex
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

TAGS = {
    "start": "startEvent", "end": "endEvent", "terminate": "endEvent", "boundary": "boundaryEvent",
    "catch": "intermediateCatchEvent", "throw": "intermediateThrowEvent", "user": "userTask",
    "manual": "manualTask", "service": "serviceTask", "call": "callActivity", "sub": "subProcess",
    "xor": "exclusiveGateway", "and": "parallelGateway", "race": "eventBasedGateway", "task": "task",
    "script": "scriptTask", "or": "inclusiveGateway", "rule": "businessRuleTask",
    "complex": "complexGateway", "choreography": "choreographyTask",
}  # fmt: skip
EVENTS = ("timer", "date", "message", "signal", "error")
ROOT = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">'
)


@dataclass
class Picture:
    """The parts of a file while it is drawn."""

    nodes: dict = field(default_factory=dict)
    flows: list = field(default_factory=list)
    lanes: dict = field(default_factory=dict)
    names: set = field(default_factory=set)
    shapes: list = field(default_factory=list)


def diagram(process: str, text: str, **attributes: str) -> bytes:
    """One process as a file. `attributes` go to the process."""
    picture = Picture()
    lines = iter([line.strip() for line in text.splitlines() if line.strip()])
    body = _scope(lines, picture)
    lanes = "".join(
        f"<bpmn:lane id={quoteattr(f'Lane_{process}_{number}')} name={quoteattr(name)}>"
        + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
        + "</bpmn:lane>"
        for number, (name, nodes) in enumerate(picture.lanes.items())
    )
    lane_set = f'<bpmn:laneSet id="Lanes_{process}">{lanes}</bpmn:laneSet>' if lanes else ""
    more = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    named = "".join(
        f'<bpmn:{kind} id="{kind}_{process}_{name}" name="{name}"/>' for kind, name in sorted(picture.names)
    )
    body = body.replace("_PROCESS_", f"_{process}_")
    shapes = "".join(picture.shapes).replace("_PROCESS_", f"_{process}_")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{ROOT}{named}'
        f'<bpmn:process id="{process}" name="Process {process}" isExecutable="true"{more}>{lane_set}{body}'
        f'</bpmn:process><bpmndi:BPMNDiagram id="D_{process}"><bpmndi:BPMNPlane id="P_{process}" '
        f'bpmnElement="{process}">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>'
    ).encode()


def files(**processes: str) -> dict[str, bytes]:
    """A bundle: a file for each process."""
    return {f"{name}.bpmn": diagram(name, text) for name, text in processes.items()}


def _scope(lines, picture: Picture) -> str:
    nodes, flows = {}, []
    for line in lines:
        if line == "}":
            break
        if " -> " in line:
            flows += _flows(line)
        else:
            _node(line, lines, nodes, picture)
    return _draw(nodes, flows, picture)


def _flows(line: str):
    path, _, condition = line.partition(" if ")
    stops = path.split(" -> ")
    return [(a.strip(), b.strip(), condition) for a, b in pairwise(stops)]


def _node(line: str, lines, nodes: dict, picture: Picture) -> None:
    opens = line.endswith("{")
    words, _, lane = line.removesuffix("{").strip().partition(" @")
    kind, identity, *rest = shlex.split(words)
    options = dict(part.split("=", 1) for part in rest)
    inner = _scope(lines, picture) if opens else ""
    nodes[identity] = (kind, options, inner)
    if lane:
        picture.lanes.setdefault(lane.strip(), []).append(identity)


def _draw(nodes: dict, flows: list, picture: Picture) -> str:
    known = [(f"F{len(picture.flows) + n}_PROCESS_", *flow) for n, flow in enumerate(flows)]
    picture.flows += known
    xml = ""
    for identity, (kind, options, inner) in nodes.items():
        plain = (flow for flow, source, _, condition in known if source == identity and not condition)
        default = next(plain, None) if kind == "xor" else None
        xml += _element(identity, kind, options, inner, default, picture)
        picture.shapes.append(f'<bpmndi:BPMNShape id="S_{identity}" bpmnElement="{identity}"/>')
    for flow, source, target, condition in known:
        inner = (
            f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
        )
        ends = f'sourceRef="{source}" targetRef="{target}"'
        xml += f'<bpmn:sequenceFlow id="{flow}" {ends}>{inner}</bpmn:sequenceFlow>'
        picture.shapes.append(f'<bpmndi:BPMNEdge id="E_{flow}" bpmnElement="{flow}"/>')
    return xml


def _element(identity, kind, options, inner, default, picture: Picture) -> str:
    attributes = {"id": identity, "name": f"Name of {identity}"}
    if default:
        attributes["default"] = default
    if "on" in options:
        attributes["attachedToRef"] = options["on"]
        attributes["cancelActivity"] = "false" if options.get("interrupting") == "no" else "true"
    if "process" in options:
        attributes["calledElement"] = options["process"]
    written = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    content = _extensions(options) + _event(kind, options, picture) + inner
    return f"<bpmn:{TAGS[kind]} {written}>{content}</bpmn:{TAGS[kind]}>"


def _extensions(options: dict) -> str:
    known = {"on", "interrupting", "process", "step", "doc", *EVENTS}
    properties = {key: value for key, value in options.items() if key not in known}
    xml = f"<bpmn:documentation>{escape(options['doc'])}</bpmn:documentation>" if "doc" in options else ""
    parts = "".join(
        f"<spiffworkflow:property name={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in properties.items()
    )
    content = f"<spiffworkflow:properties>{parts}</spiffworkflow:properties>" if parts else ""
    if "step" in options:
        content += f'<spiffworkflow:serviceTaskOperator id="{options["step"]}" resultVariable=""/>'
    return xml + (f"<bpmn:extensionElements>{content}</bpmn:extensionElements>" if content else "")


def _event(kind: str, options: dict, picture: Picture) -> str:
    if kind == "terminate":
        return "<bpmn:terminateEventDefinition/>"
    for name in ("message", "signal"):
        if name in options:
            picture.names.add((name, options[name]))
            return f'<bpmn:{name}EventDefinition {name}Ref="{name}_PROCESS_{options[name]}"/>'
    for name, tag in (("timer", "timeDuration"), ("date", "timeDate")):
        if name in options:
            text = f"<bpmn:{tag}>{escape(options[name])}</bpmn:{tag}>"
            return f"<bpmn:timerEventDefinition>{text}</bpmn:timerEventDefinition>"
    return "<bpmn:errorEventDefinition/>" if "error" in options else ""
