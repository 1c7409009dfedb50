"""The procedure that is measured: a permit, in the size of a usual case.

Three lanes, six user tasks, two choices, an event-based gateway with a message and a timer, four service tasks.
A case takes eight transactions: it is opened, six tasks are completed, one message arrives; each further turn of its
loop takes two. The same diagram is run by the engine, by the whole product, and by the peers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

CLERK, INSPECTOR, SYSTEM = "Partner case manager", "ESD WIOA supervisor", "System"
MESSAGE = "documents_arrived"
PROCESS = "permit"


@dataclass(frozen=True)
class Node:
    """An element: its id is also its name; `detail` is the form of a task, the step of a service task."""

    id: str
    kind: str
    lane: str
    detail: str = ""


NODES = (
    Node("Begin", "startEvent", CLERK),
    Node("Apply", "userTask", CLERK, "Apply"),
    Node("CheckMayOpen", "serviceTask", SYSTEM, "check_may_open"),
    Node("Allowed", "exclusiveGateway", SYSTEM),
    Node("TellInspectors", "serviceTask", SYSTEM, "notify_supervisor"),
    Node("Review", "userTask", INSPECTOR, "Review"),
    Node("Wait", "eventBasedGateway", INSPECTOR),
    Node("Arrived", "message", INSPECTOR),
    Node("TooLate", "timer", INSPECTOR, "documents_window"),
    Node("Inspect", "userTask", INSPECTOR, "Inspect"),
    Node("Decide", "userTask", INSPECTOR, "Decide"),
    Node("Again", "exclusiveGateway", INSPECTOR),
    Node("Write", "userTask", INSPECTOR, "Write"),
    Node("CountRounds", "serviceTask", SYSTEM, "count"),
    Node("HandOver", "userTask", CLERK, "HandOver"),
    Node("TellClerk", "serviceTask", SYSTEM, "notify_partner_remains_opted_out"),
    Node("Granted", "endEvent", SYSTEM, "opted_in"),
    Node("Refused", "endEvent", SYSTEM, "not_permitted"),
    Node("Lapsed", "endEvent", INSPECTOR, "withdrawn"),
)

FLOWS = (
    ("Begin", "Apply", ""),
    ("Apply", "CheckMayOpen", ""),
    ("CheckMayOpen", "Allowed", ""),
    ("Allowed", "TellInspectors", "may_open"),
    ("Allowed", "Refused", ""),
    ("TellInspectors", "Review", ""),
    ("Review", "Wait", ""),
    ("Wait", "Arrived", ""),
    ("Wait", "TooLate", ""),
    ("Arrived", "Inspect", ""),
    ("TooLate", "Lapsed", ""),
    ("Inspect", "Decide", ""),
    ("Decide", "Again", ""),
    ("Again", "Inspect", 'again == "yes"'),
    ("Again", "Write", ""),
    ("Write", "CountRounds", ""),
    ("CountRounds", "HandOver", ""),
    ("HandOver", "TellClerk", ""),
    ("TellClerk", "Granted", ""),
)

ANSWERS: dict[str, dict[str, Any]] = {
    "Apply": {"summary": "A shed of 20 square metres behind the house.", "kind": "building"},
    "Review": {"summary": "The plan of the site is missing.", "complete": "no"},
    "Inspect": {"summary": "Seen on site; the distance to the fence is kept.", "fit": "yes"},
    "Decide": {"summary": "Nothing speaks against it.", "again": "no"},
    "Write": {"summary": "Granted under the usual conditions.", "fee": 120},
    "HandOver": {"summary": "Handed over at the desk.", "handed_over": "yes"},
}
"""The answers of each task. Those of the loop's last turn; `again` is "yes" in the others."""

BEFORE: tuple[str, ...] = ("Apply", "Review")
"""The tasks before the message arrives."""

TURN: tuple[str, ...] = ("Inspect", "Decide")
AFTER: tuple[str, ...] = ("Write", "HandOver")

_CHOICES = {
    "kind": ["building", "fence", "sign"],
    "complete": ["yes", "no"],
    "fit": ["yes", "no"],
    "again": ["yes", "no"],
    "handed_over": ["yes", "no"],
}

_SPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in (
        ("bpmn", "http://www.omg.org/spec/BPMN/20100524/MODEL"),
        ("bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI"),
        ("dc", "http://www.omg.org/spec/DD/20100524/DC"),
        ("di", "http://www.omg.org/spec/DD/20100524/DI"),
        ("xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("spiffworkflow", "http://spiffworkflow.org/bpmn/schema/1.0/core"),
    )
)


def tasks(turns: int = 1) -> list[tuple[str, dict[str, Any]]]:
    """The tasks of a case in order with their answers; `turns` is how often its loop is gone through."""
    rounds = [
        (name, {**ANSWERS[name], **({"again": "yes"} if name == "Decide" else {})})
        for name in TURN * (turns - 1)
    ]
    return [*((n, ANSWERS[n]) for n in BEFORE), *rounds, *((n, ANSWERS[n]) for n in (*TURN, *AFTER))]


def diagram(*, scripts: bool = False) -> bytes:
    """The diagram. With `scripts` the service tasks are script tasks that do as little as a script can, for engines
    whose service tasks call another server."""
    nodes = "".join(_element(node, scripts) for node in NODES)
    flows = "".join(_flow(number, *flow) for number, flow in enumerate(FLOWS))
    lanes = "".join(
        f'<bpmn:lane id="Lane_{number}" name="{lane}">'
        + "".join(f"<bpmn:flowNodeRef>{node.id}</bpmn:flowNodeRef>" for node in NODES if node.lane == lane)
        + "</bpmn:lane>"
        for number, lane in enumerate((CLERK, INSPECTOR, SYSTEM))
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions {_SPACES} id="Definitions_permit" '
        'targetNamespace="https://opt-in-desk.example/bpmn"><bpmn:collaboration id="Collaboration">'
        f'<bpmn:participant id="Pool" name="Permit" processRef="{PROCESS}"/></bpmn:collaboration>'
        f'<bpmn:process id="{PROCESS}" name="Permit" isExecutable="true">'
        f'<bpmn:laneSet id="Lanes">{lanes}</bpmn:laneSet>{nodes}{flows}</bpmn:process>'
        f'<bpmn:message id="Message_documents" name="{MESSAGE}"/>{_drawing()}</bpmn:definitions>'
    ).encode()


def _element(node: Node, scripts: bool) -> str:
    ends = "".join(
        f"<bpmn:{way}>Flow_{number}</bpmn:{way}>"
        for way, end in (("incoming", 1), ("outgoing", 0))
        for number, flow in enumerate(FLOWS)
        if flow[end] == node.id
    )
    names = f'id="{node.id}" name="{node.id}"'
    if node.kind == "exclusiveGateway":
        default = next(n for n, flow in enumerate(FLOWS) if flow[0] == node.id and not flow[2])
        return f'<bpmn:exclusiveGateway {names} default="Flow_{default}">{ends}</bpmn:exclusiveGateway>'
    if node.kind == "message":
        what = f'<bpmn:messageEventDefinition id="Event_{node.id}" messageRef="Message_documents"/>'
        return f"<bpmn:intermediateCatchEvent {names}>{ends}{what}</bpmn:intermediateCatchEvent>"
    if node.kind == "timer":
        length = '"P5D"' if scripts else f'service_level("{node.detail}")'
        what = (
            f'<bpmn:timerEventDefinition id="Event_{node.id}">'
            f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{length}</bpmn:timeDuration>'
            "</bpmn:timerEventDefinition>"
        )
        return f"<bpmn:intermediateCatchEvent {names}>{ends}{what}</bpmn:intermediateCatchEvent>"
    if node.kind == "serviceTask" and scripts:
        result = "may_open = True" if node.id == "CheckMayOpen" else "rounds = 1"
        return f"<bpmn:scriptTask {names}>{ends}<bpmn:script>{result}</bpmn:script></bpmn:scriptTask>"
    return f"<bpmn:{node.kind} {names}>{_extensions(node)}{ends}</bpmn:{node.kind}>"


def _extensions(node: Node) -> str:
    def properties(**named: str) -> str:
        inner = "".join(
            f'<spiffworkflow:property name="{name}" value={quoteattr(value)}/>'
            for name, value in named.items()
        )
        return f"<spiffworkflow:properties>{inner}</spiffworkflow:properties>"

    inside = {
        "userTask": lambda: properties(formJsonSchemaFilename=f"{node.detail}.json", due="task_due"),
        "serviceTask": lambda: (
            f'<spiffworkflow:serviceTaskOperator id="{node.detail}" resultVariable="">'
            "<spiffworkflow:parameters/></spiffworkflow:serviceTaskOperator>"
            + (properties(counter="rounds") if node.detail == "count" else "")
        ),
        "endEvent": lambda: properties(outcome=node.detail),
    }.get(node.kind)
    return f"<bpmn:extensionElements>{inside()}</bpmn:extensionElements>" if inside else ""


def _flow(number: int, source: str, target: str, condition: str) -> str:
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="Flow_{number}" name="{target}" {ends}>{inner}</bpmn:sequenceFlow>'


def _drawing() -> str:
    place = {node.id: (40 + 140 * number, 60) for number, node in enumerate(NODES)}
    shapes = "".join(
        f'<bpmndi:BPMNShape id="Shape_{name}" bpmnElement="{name}">'
        f'<dc:Bounds x="{x}" y="{y}" width="100" height="80"/></bpmndi:BPMNShape>'
        for name, (x, y) in place.items()
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="Edge_{number}" bpmnElement="Flow_{number}">'
        f'<di:waypoint x="{place[source][0] + 100}" y="100"/><di:waypoint x="{place[target][0]}" y="100"/>'
        "</bpmndi:BPMNEdge>"
        for number, (source, target, _) in enumerate(FLOWS)
    )
    return (
        '<bpmndi:BPMNDiagram id="Diagram"><bpmndi:BPMNPlane id="Plane" bpmnElement="Collaboration">'
        f"{shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )


def forms() -> dict[str, str]:
    """The forms of the tasks as the product reads them, by path in the bundle."""
    import json

    return {f"forms/{name}.json": json.dumps(_form(name, answers)) for name, answers in ANSWERS.items()}


def _form(name: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "type": "object",
        "additionalProperties": False,
        "properties": {field: _field(field, value) for field, value in answers.items()},
        "required": list(answers),
    }


def _field(name: str, value: object) -> dict[str, Any]:
    readers = {"x-visible-to": ["case_manager", "esd_wioa_supervisor", "esd_staff", "auditor"]}
    if name in _CHOICES:
        labels = {choice: choice.capitalize() for choice in _CHOICES[name]}
        more = {"enum": _CHOICES[name], "x-labels": labels, "x-keep": "process"}
        return {"type": "string", "title": name, **more, **readers}
    if isinstance(value, int):
        return {"type": "integer", "title": name, "minimum": 0, "maximum": 100000, **readers}
    return {"type": "string", "title": name, "minLength": 1, "maxLength": 500, **readers}


LEVELS = """
[calendar]
time_zone = "America/Los_Angeles"
opens = "08:00"
closes = "17:00"

[task_due]
after = "2 business days"
meaning = "By then a task is done."

[documents_window]
after = "5 business days"
meaning = "By then the documents have arrived."
"""


def bundle() -> dict[str, str]:
    """Everything the product deploys, by path; the words of the mails come with the product's own bundle."""
    return {"permit.bpmn": diagram().decode(), "service_levels.toml": LEVELS, **forms()}
