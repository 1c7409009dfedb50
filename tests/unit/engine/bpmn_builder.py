"""Small diagrams for tests, written as lines of text and turned into BPMN with shapes and lines.

start S                       end E outcome=done          terminate X
user A @Clerk                 service V step=count        call C process=other @Clerk
receive W message=paid        send N message=gone         script P does="a = 1; b = 2"
xor G    or O    and P        race R                      complex C when="activationCount > 1"
catch M message=paid          throw N signal=gone         catch L link=x    throw K link=x
catch M message=a,b all=yes   catch C condition="x > 1"   catch T cycle='"R3/PT1H"'
end E error=lost              throw N escalation=late     end E cancel=yes  throw U compensate=A (all: everything)
boundary B on=A timer='"P2D"' interrupting=no             boundary B on=A error=any (every code)
boundary U on=A compensate=H  user H handler=yes
user A times=3 until="x > 1"  user A each=names item=name sequential=yes    user A while="x < 3" most=5 before=yes
user A times=3 tells="signal:done if numberOfCompletedInstances == 1"       task A takes=2 sends=3
rule D decision=fee           (a decision table)
sub Z {  …  }                 transaction Z {  …  }       adhoc Z ordering=Sequential {  …  }
on Z {  start S message=stop interrupting=no  …  }        (an event sub-process)
S -> A -> G
G -> E if x == 1
G -> A                        (the flow without a condition is the default behind xor, or written: G -> A else)
"""

import shlex
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import quoteattr

import bpmn_parts

TAGS = {
    "start": "startEvent", "end": "endEvent", "terminate": "endEvent", "boundary": "boundaryEvent",
    "catch": "intermediateCatchEvent", "throw": "intermediateThrowEvent", "user": "userTask",
    "manual": "manualTask", "service": "serviceTask", "call": "callActivity", "sub": "subProcess",
    "xor": "exclusiveGateway", "and": "parallelGateway", "race": "eventBasedGateway", "task": "task",
    "script": "scriptTask", "or": "inclusiveGateway", "rule": "businessRuleTask", "on": "subProcess",
    "complex": "complexGateway", "choreography": "choreographyTask", "receive": "receiveTask",
    "send": "sendTask", "transaction": "transaction", "adhoc": "adHocSubProcess",
}  # fmt: skip
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
    named = "".join(bpmn_parts.root(kind, name, process) for kind, name in sorted(picture.names))
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
    path, _, condition = line.removesuffix(" else").partition(" if ")
    stops = path.split(" -> ")
    condition = "else" if line.endswith(" else") else condition
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
        marked = (flow for flow, source, _, condition in known if source == identity and condition == "else")
        default = next(marked, None) or (next(plain, None) if kind == "xor" else None)
        xml += _element(identity, kind, options, inner, default, picture)
        picture.shapes.append(f'<bpmndi:BPMNShape id="S_{identity}" bpmnElement="{identity}"/>')
    for flow, source, target, condition in known:
        inner = bpmn_parts.formal("conditionExpression", None if condition in ("", "else") else condition)
        ends = f'sourceRef="{source}" targetRef="{target}"'
        xml += f'<bpmn:sequenceFlow id="{flow}" {ends}>{inner}</bpmn:sequenceFlow>'
        picture.shapes.append(f'<bpmndi:BPMNEdge id="E_{flow}" bpmnElement="{flow}"/>')
    return xml


def _element(identity, kind, options, inner, default, picture: Picture) -> str:
    given = {"id": identity, "name": f"Name of {identity}", **bpmn_parts.attributes(kind, options)}
    if default:
        given["default"] = default
    if kind in ("send", "receive") and "message" in options:
        picture.names.add(("message", options["message"]))
        given["messageRef"] = f"message_PROCESS_{options['message']}"
    written = " ".join(f"{key}={quoteattr(value)}" for key, value in given.items())
    content = bpmn_parts.extensions(options) + bpmn_parts.definitions(kind, options, picture.names)
    content += bpmn_parts.marker(options, picture.names) + bpmn_parts.body(kind, options) + inner
    element = f"<bpmn:{TAGS[kind]} {written}>{content}</bpmn:{TAGS[kind]}>"
    return element + (_association(identity, options) if kind == "boundary" else "")


def _association(identity: str, options: dict) -> str:
    """From a compensation boundary event to its handler."""
    if "compensate" not in options:
        return ""
    ends = f'sourceRef="{identity}" targetRef="{options["compensate"]}"'
    return f'<bpmn:association id="to_{identity}" associationDirection="One" {ends}/>'
