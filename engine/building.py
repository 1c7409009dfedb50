# mypy: disallow-subclassing-any=False
"""From a checked drawing to SpiffWorkflow's specifications: one for each process and embedded sub-process.

SpiffWorkflow's own parser is not used: it recurses along the flows (about 490 elements in a row are too
many), sorts conditions by their height on the canvas, and silently leaves out what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine import tasks
from engine.reading import Drawing, Node, Scope
from engine.timers import compile_timer


class ProcessSpec(BpmnProcessSpec):
    """A process as SpiffWorkflow runs it, with our root and without its joins at the end."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.task_specs.clear()
        self.start = tasks.Root(self, "Start")
        self.end = None


def build(drawing: Drawing) -> dict[str, ProcessSpec]:
    """The specifications of a drawing that keeps all rules, by the id of the process or sub-process."""
    return {scope.id: _scope(scope) for scope in drawing.scopes}


def _scope(scope: Scope) -> ProcessSpec:
    process = ProcessSpec(scope.id)
    specs = {node.id: _node(process, node) for node in scope.nodes}
    for node in scope.nodes:
        if node.kind == "startEvent":
            process.start.connect(specs[node.id])
        elif node.kind == "boundaryEvent":
            host = specs[node.element.attached_to or ""]
            host.boundaries = (*host.boundaries, specs[node.id])
    defaults = {node.default for node in scope.nodes if node.kind == "exclusiveGateway"}
    for flow in scope.flows:
        source, target = specs[flow.source], specs[flow.target]
        if flow.condition is not None and flow.id not in defaults:
            source.connect_outgoing_if(flow.condition, target)
        else:
            source.connect(target)
    return process


def _node(process: ProcessSpec, node: Node) -> Any:
    spec = _KINDS[node.kind](process, node)
    spec.element = node.element
    return spec


def _event(node: Node) -> EventDefinition:
    """The event definition of a node."""
    if node.event.kind == "timer":
        return tasks.Timer(node.id, compile_timer(node.event.text or ""))
    if node.event.kind == "message":
        return tasks.Message(node.event.name)
    if node.event.kind == "signal":
        return tasks.Signal(node.event.name)
    return tasks.TERMINATE if node.event.kind == "terminate" else tasks.NONE


def _plain(spec_class: Any) -> Any:
    return lambda process, node: spec_class(process, node.id)


def _of_event(spec_class: Any) -> Any:
    return lambda process, node: spec_class(process, node.id, _event(node))


def _boundary(process: ProcessSpec, node: Node) -> tasks.Boundary:
    return tasks.Boundary(process, node.id, _event(node), node.interrupting)


_KINDS: Mapping[str, Any] = {
    "startEvent": _of_event(tasks.Start),
    "endEvent": _of_event(tasks.End),
    "boundaryEvent": _boundary,
    "intermediateCatchEvent": _of_event(tasks.Catch),
    "intermediateThrowEvent": _of_event(tasks.Throw),
    "userTask": _plain(tasks.Person),
    "manualTask": _plain(tasks.Manual),
    "serviceTask": _plain(tasks.Service),
    "callActivity": lambda process, node: tasks.Call(process, node.id, node.called),
    "subProcess": lambda process, node: tasks.Embedded(process, node.id, node.id),
    "exclusiveGateway": _plain(tasks.Exclusive),
    "parallelGateway": _plain(tasks.Parallel),
    "eventBasedGateway": _of_event(tasks.Race),
}
