"""What the house demands beyond BPMN, so that people can work a case with a diagram and like to read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from engine.drawing import Drawing, Flow, Node
from engine.elements import Problem
from engine.judging import Host, Rule, of_flow, of_node, of_scope
from engine.walking import following, walk
from engine.ways import edges

RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")


def reserved_ids(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V1: `Start`, `End` and a few others name parts of SpiffWorkflow, where the diagram should run too."""
    for node in drawing.nodes:
        if node.id in RESERVED or node.id.endswith(_RESERVED_ENDS):
            yield of_node(node, "V1", f"The id {node.id} is reserved.", "Give the element another id.")


def tasks_of_a_kind(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V6: every task has a type. V5: no scripts."""
    for node in drawing.nodes:
        if node.kind == "task":
            yield of_node(
                node, "V6", "The task has no type.", "Make it a user task, a manual task or a service task."
            )
        elif node.kind == "scriptTask":
            yield of_node(node, "V5", "Script tasks are not allowed.", "Use a service task with a step.")
        elif node.kind == "businessRuleTask" and node.decision is None:
            yield of_node(node, "V7", "The business rule task names no decision.", "Choose a decision table.")
        for script in node.scripts:
            yield of_node(
                node, "V5", f"A {script} is not allowed.", "Remove it; use a service task with a step."
            )


def condition_places(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G9: conditions stand on flows out of an exclusive or inclusive gateway."""
    nodes = {node.id: node for node in drawing.nodes}
    for flow in drawing.flows:
        source = nodes.get(flow.source)
        if flow.condition is not None and source is not None and source.kind not in _DECIDING:
            reason = "A condition stands on a flow that is not out of an exclusive or inclusive gateway."
            mend = "Draw an exclusive gateway and put the condition behind it."
            yield of_flow(drawing, flow, "G9", reason, mend)


_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})


def default_flows(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V3: a gateway that decides has a default flow, and conditions on the others."""
    for scope in drawing.scopes:
        leaving: dict[str, list[Flow]] = {}
        for flow in scope.flows:
            leaving.setdefault(flow.source, []).append(flow)
        for node in scope.nodes:
            out = leaving.get(node.id, [])
            if node.kind in _DECIDING and len(out) > 1:
                yield from _of_gateway(drawing, node, out)
            elif node.default and node.kind not in _DECIDING:
                yield of_node(
                    node,
                    "G9",
                    "Only an exclusive or inclusive gateway has a default flow.",
                    "Remove the default mark.",
                )


def _of_gateway(drawing: Drawing, node: Node, out: list[Flow]) -> Iterator[Problem]:
    if node.default not in {flow.id for flow in out if flow.drawn_id}:
        yield of_node(
            node, "V3", "The gateway has no default flow.", "Mark one flow out of it as the default flow."
        )
    for flow in out:
        if flow.condition is None and flow.id != node.default:
            reason = "The flow out of a gateway that decides has no condition."
            yield of_flow(drawing, flow, "V3", reason, "Write a condition.")


def lane_names(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V4: lane names come from the host's list."""
    if host.lanes is None:
        return
    for node in drawing.nodes:
        if node.element.lane is not None and node.element.lane not in host.lanes:
            reason = f"The lane “{node.element.lane}” leads to no role."
            yield of_node(node, "V4", reason, "Use a lane name of the list.")


def tasks_in_lanes(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V4: a user task, a manual task and a call activity lie in a lane: it says who works."""
    for node in drawing.nodes:
        if node.kind in ("userTask", "manualTask") and not node.element.lane:
            yield of_node(node, "V4", "The task lies in no lane.", "Draw it inside a lane.")
        elif node.kind == "callActivity" and not node.element.lane and host.lanes is not None:
            yield of_node(node, "V4", "The call activity lies in no lane.", "Draw it inside a lane.")


def steps(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V7: a service task names a step that the host has."""
    for node in drawing.nodes:
        if node.kind != "serviceTask":
            continue
        if not node.element.step:
            yield of_node(node, "V7", "The service task names no step.", "Choose a step.")
        elif host.steps is not None and node.element.step not in host.steps:
            reason = f"There is no step “{node.element.step}”."
            yield of_node(node, "V7", reason, "Choose a step of the list.")


def drawn(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V11: every node and flow has its shape, so that a modeler can show it."""
    for node in drawing.nodes:
        if (node.file, node.id) not in drawing.drawn:
            yield of_node(node, "V11", "The element has no shape in the diagram.", _SHAPE)
    for flow in drawing.flows:
        if flow.drawn_id and (flow.file, flow.id) not in drawing.drawn:
            yield of_flow(drawing, flow, "V11", "The flow has no line in the diagram.", _SHAPE)


_SHAPE = "Open the file in a modeler, draw the element there and save."

_OUTCOME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def lists(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G25: a multi-instance activity counts its instances: process data hold no list to take them from."""
    for node in drawing.nodes:
        if node.loop is not None and node.loop.collection is not None:
            reason = "The activity takes its instances from a list, and the data of a case hold no list."
            yield of_node(node, "G25", reason, "Write a loop cardinality: how many instances there are.")


def outcomes(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G17: an outcome is one plain word, because expressions compare it."""
    for node in drawing.nodes:
        outcome = node.element.properties.get("outcome")
        if node.kind == "endEvent" and outcome is not None and not _OUTCOME.fullmatch(outcome):
            yield of_node(
                node, "G17", "The outcome is not a plain word.", "Write it in a-z, digits and underscores."
            )


def flow_ids(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G1: every sequence flow has an id (without one it would not exist for other engines)."""
    for flow in drawing.flows:
        if not flow.drawn_id:
            yield of_flow(
                drawing, flow, "G1", "A sequence flow has no id.", "Save the diagram with a modeler."
            )


def starts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G6: a process or sub-process begins with exactly one start event, a process with a plain one."""
    for scope in drawing.scopes:
        events = [node for node in scope.nodes if node.kind == "startEvent"]
        if len(events) != 1 and not scope.on_event:
            reason = "There is no start event." if not events else f"There are {len(events)} start events."
            yield of_scope(scope, "G6", reason, "Draw exactly one start event.")
        for node in events if scope.around is None else ():
            if node.events:
                reason = "The process begins with an event that nobody listens for before a case is open."
                yield of_node(node, "G6", reason, "Make it a plain start event.")


def ends(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G7: a process or sub-process has an end event."""
    for scope in drawing.scopes:
        if not any(node.kind == "endEvent" for node in scope.nodes):
            yield of_scope(scope, "G7", "There is no end event.", "Draw an end event.")


def ways_out(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G5: every node but an end event has a way out. G8: only gateways have several."""
    for scope in drawing.scopes:
        out = Counter(flow.source for flow in scope.flows)
        for node in scope.nodes:
            count = out[node.id]
            if not count and not _may_end(node):
                yield of_node(node, "G5", "No flow leads out of the element.", "Lead it to an end event.")
            elif count > 1 and node.kind != "endEvent" and not node.kind.endswith("Gateway"):
                yield of_node(
                    node, "G8", "Several flows lead out of the element.", "Draw the gateway that is meant."
                )


def _may_end(node: Node) -> bool:
    beside = node.compensates or node.on_event or node.has("compensate")
    return node.kind == "endEvent" or beside or (node.kind == "intermediateThrowEvent" and node.has("link"))


def can_end(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G5: from every node an end event can be reached."""
    for scope in drawing.scopes:
        finals = [node.id for node in scope.nodes if node.kind == "endEvent"]
        back = walk(finals, following((target, source) for source, target in edges(scope)))
        leading = {flow.source for flow in scope.flows}
        for node in scope.nodes:
            if finals and node.id not in back and node.id in leading:
                yield of_node(
                    node, "G5", "No way leads from here to an end event.", "Draw a way to an end event."
                )


RULES: tuple[Rule, ...] = (
    reserved_ids, tasks_of_a_kind, condition_places, default_flows, lane_names, tasks_in_lanes, steps,
    drawn, lists, outcomes, flow_ids, starts, ends, ways_out, can_end,
)  # fmt: skip
