"""What the examples of the rules are made of: one rule broken, the same diagram kept right, and parts of files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Example:
    """What breaks a rule, what comes near and keeps it, and the element that is named.

    `rules`: in which rule set it is tried; `terms`: what else the host says. The process is always P.
    """

    element: str | None
    broken: Files | bytes
    sound: Files | bytes
    rules: str = "standard"
    terms: Mapping[str, Any] = field(default_factory=dict)

    def bundle(self, which: str) -> Files:
        """The files of the broken or the sound side."""
        content = getattr(self, which)
        return {"P.bpmn": content} if isinstance(content, bytes) else content


TOP = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="defs">'
)


def bpmn(process: str, root: str = "", attributes: str = 'isExecutable="true"') -> bytes:
    """A file with one process."""
    return f'{TOP}{root}<process id="P" {attributes}>{process}</process></definitions>'.encode()


def flow(name: str, source: str, target: str, inside: str = "", attributes: str = "") -> str:
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}" {attributes}>{inside}</sequenceFlow>'


START, TASK, END = '<startEvent id="S"/>', '<task id="A"/>', '<endEvent id="E"/>'
LINE = flow("f1", "S", "A") + flow("f2", "A", "E")
PLAIN = START + TASK + END + LINE
FORMAL = 'xsi:type="tFormalExpression"'
ITEMS = '<itemDefinition id="I" structureRef="text"/><itemDefinition id="J" structureRef="number"/>'
MESSAGE = ITEMS + '<message id="M" name="m" itemRef="I"/>'


def task(inside: str, tag: str = "task", attributes: str = "") -> str:
    return f'{START}<{tag} id="A" {attributes}>{inside}</{tag}>{END}{LINE}'


def boundary(inside: str, attributes: str = "", flow: str = flow("f9", "T", "E")) -> str:
    return f'{START}{TASK}{END}{LINE}<boundaryEvent id="T" attachedToRef="A" {attributes}>{inside}</boundaryEvent>{flow}'


def sub(inside: str, attributes: str = "", tag: str = "subProcess") -> str:
    return f'{START}<{tag} id="A" {attributes}>{inside}</{tag}>{END}{LINE}'


def beside(inside: str) -> str:
    return f'{PLAIN}<subProcess id="Z" triggeredByEvent="true">{inside}</subProcess>'


def signal(name: str, event: str = "startEvent") -> str:
    return f'<{event} id="{name}"><signalEventDefinition/></{event}>'


CALLED = '<process id="Q" isExecutable="true">{}<endEvent id="QE"/><sequenceFlow id="q1" sourceRef="QS" targetRef="QE"/></process>'
CALL = f'{START}<callActivity id="A" calledElement="Q">{{}}</callActivity>{END}{LINE}'
