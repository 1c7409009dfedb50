"""The rules a diagram must keep, each a small function that yields a `Problem` with element, reason and mend.

`RULES` lists them all; the code of a rule is in its docstring. V codes are those of the domain (3.1), X codes
concern the file (`reading`), G codes the graph (`validation_graph`). Every rule runs, so that a person sees
every problem at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from engine import timers
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.expressions import compile as compile_expression
from engine.reading import Drawing, Flow, Node, Scope

RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")

ACTIVITIES = frozenset({"userTask", "manualTask", "serviceTask", "callActivity", "subProcess"})
_GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "eventBasedGateway"})
_EVENTS = {
    "startEvent": {"none"},
    "endEvent": {"none", "terminate"},
    "boundaryEvent": {"timer", "message", "signal"},
    "intermediateCatchEvent": {"timer", "message", "signal"},
    "intermediateThrowEvent": {"none", "message", "signal"},
}
"""What each kind of event may be; what is not listed is refused until it is made right."""
_SUPPORTED = ACTIVITIES | _GATEWAYS | _EVENTS.keys()


@dataclass(frozen=True)
class Host:
    """What the host allows: the ids of its steps, its lanes, its service levels. None: not checked."""

    steps: Container[str] | None = None
    lanes: Container[str] | None = None
    service_levels: Container[str] | None = None


Rule = Callable[[Drawing, Host], Iterator[Problem]]


def of_node(node: Node, rule: str, reason: str, mend: str) -> Problem:
    """A problem of a flow node."""
    return Problem(node.file, node.id, node.element.name or None, rule, reason, mend)


def of_flow(flow: Flow, rule: str, reason: str, mend: str) -> Problem:
    """A problem of a sequence flow; a flow without an id is named by its source."""
    return Problem(flow.file, flow.id or flow.source or None, flow.name or None, rule, reason, mend)


def of_scope(scope: Scope, rule: str, reason: str, mend: str) -> Problem:
    """A problem of a process or sub-process."""
    return Problem(scope.file, scope.id, scope.name, rule, reason, mend)


def reserved_ids(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V1: `Start`, `End` and a few others name parts of the engine itself."""
    for node in drawing.nodes:
        if node.id in RESERVED or node.id.endswith(_RESERVED_ENDS):
            yield of_node(node, "V1", f"The id {node.id} is reserved.", "Give the element another id.")


def duplicate_ids(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G2: an id is used once in its file, and a node's or process' id once in the whole bundle."""
    in_file = Counter((name, identity) for identity, name, _ in drawing.ids)
    across = Counter(node.id for node in drawing.nodes)
    across.update(scope.id for scope in drawing.scopes if scope.kind == "process")
    for (name, identity), times in in_file.items():
        if times > 1:
            yield Problem(
                name, identity, None, "G2", f"The id {identity} is used {times} times.", "Make it unique."
            )
    places = {
        **{node.id: node.file for node in drawing.nodes},
        **{scope.id: scope.file for scope in drawing.scopes},
    }
    for identity, times in across.items():
        if times > 1 and all(in_file[name, identity] < 2 for name in {places[identity]}):
            reason = f"The id {identity} is used in several files of the bundle."
            yield Problem(places[identity], identity, None, "G2", reason, "Make it unique.")


def supported(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G12: only what the engine runs rightly is accepted. V5: no scripts. V6: every task has a type."""
    for node in drawing.nodes:
        if node.kind == "task":
            yield of_node(
                node, "V6", "The task has no type.", "Make it a user task, a manual task or a service task."
            )
        elif node.kind == "scriptTask":
            yield of_node(node, "V5", "Script tasks are not allowed.", "Use a service task with a step.")
        elif node.kind not in _SUPPORTED:
            yield of_node(node, "G12", f"A {node.kind} is not supported.", "Use another element.")
        for oddity in node.oddities:
            yield of_node(node, "G12", f"{oddity} is not supported here.", "Remove it from the element.")
        for script in node.scripts:
            yield of_node(
                node, "V5", f"A {script} is not allowed.", "Remove it; use a service task with a step."
            )


def event_kinds(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G12: which definition an event may have. G3: its message or signal exists and has a name."""
    for node in drawing.nodes:
        if node.kind not in _EVENTS:
            continue
        if node.event.several or node.event.kind not in _EVENTS[node.kind]:
            kind = "with several definitions" if node.event.several else f"of the kind “{node.event.kind}”"
            choice = ", ".join(sorted(_EVENTS[node.kind]))
            yield of_node(node, "G12", f"A {node.kind} {kind} is not supported.", f"It may be: {choice}.")
        elif node.event.kind in ("message", "signal") and not node.event.name:
            yield of_node(
                node,
                "G3",
                f"The event names no {node.event.kind}.",
                f"Choose a {node.event.kind} with a name.",
            )


def timer_texts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V2: a timer is a quoted ISO 8601 text or `service_level("key")` with a known key."""
    for node in drawing.nodes:
        if node.event.kind == "timer":
            reason = timers.wrong(node.event.form, node.event.text, host.service_levels)
            if reason:
                yield of_node(
                    node, "V2", reason, 'Write service_level("key"), or a quoted duration such as "P2D".'
                )


def conditions(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V5: every condition is an expression of the safe language."""
    for flow in drawing.flows:
        if flow.condition is not None:
            try:
                compile_expression(flow.condition)
            except ExpressionError as error:
                yield of_flow(flow, "V5", f"The condition cannot be used: {error}", "Correct the condition.")


def condition_places(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G9: conditions stand on flows out of an exclusive gateway, and not on its default flow."""
    nodes = {node.id: node for node in drawing.nodes}
    for flow in drawing.flows:
        source = nodes.get(flow.source)
        if flow.condition is None or source is None:
            continue
        if source.kind != "exclusiveGateway":
            yield of_flow(
                flow, "G9", "A condition stands on a flow that is not out of an exclusive gateway.", _DRAW
            )
        elif flow.id == source.default:
            yield of_flow(flow, "G9", "The default flow has a condition.", "Remove the condition.")


_DRAW = "Draw an exclusive gateway and put the condition behind it."


def default_flows(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V3: an exclusive gateway with several ways out has a default flow, and conditions on the others."""
    for scope in drawing.scopes:
        leaving: dict[str, list[Flow]] = {}
        for flow in scope.flows:
            leaving.setdefault(flow.source, []).append(flow)
        for node in scope.nodes:
            out = leaving.get(node.id, [])
            if node.kind == "exclusiveGateway" and len(out) > 1:
                yield from _of_gateway(node, out)
            elif node.default and node.kind != "exclusiveGateway":
                yield of_node(
                    node, "G9", "Only an exclusive gateway has a default flow.", "Remove the default mark."
                )


def _of_gateway(node: Node, out: list[Flow]) -> Iterator[Problem]:
    if node.default not in {flow.id for flow in out if flow.id}:
        yield of_node(
            node, "V3", "The gateway has no default flow.", "Mark one flow out of it as the default flow."
        )
    for flow in out:
        if flow.condition is None and flow.id != node.default:
            yield of_flow(
                flow, "V3", "The flow out of an exclusive gateway has no condition.", "Write a condition."
            )


def lane_names(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V4: lane names come from the host's list."""
    if host.lanes is None:
        return
    for node in drawing.nodes:
        if node.element.lane is not None and node.element.lane not in host.lanes:
            yield of_node(
                node,
                "V4",
                f"The lane “{node.element.lane}” leads to no role.",
                "Use a lane name of the list.",
            )


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
            yield of_node(
                node, "V7", f"There is no step “{node.element.step}”.", "Choose a step of the list."
            )


def drawn(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V11: every node and flow has its shape, so that a modeler can show it."""
    for node in drawing.nodes:
        if (node.file, node.id) not in drawing.drawn:
            yield of_node(node, "V11", "The element has no shape in the diagram.", _SHAPE)
    for flow in drawing.flows:
        if flow.id and (flow.file, flow.id) not in drawing.drawn:
            yield of_flow(flow, "V11", "The flow has no line in the diagram.", _SHAPE)


_SHAPE = "Open the file in a modeler, draw the element there and save."

_OUTCOME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def outcomes(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G17: an outcome is one plain word, because expressions compare it."""
    for node in drawing.nodes:
        outcome = node.element.properties.get("outcome")
        if node.kind == "endEvent" and outcome is not None and not _OUTCOME.fullmatch(outcome):
            yield of_node(
                node, "G17", "The outcome is not a plain word.", "Write it in a-z, digits and underscores."
            )


RULES: tuple[Rule, ...] = (
    reserved_ids, duplicate_ids, supported, event_kinds, timer_texts, conditions, condition_places,
    default_flows, lane_names, tasks_in_lanes, steps, drawn, outcomes,
)  # fmt: skip
"""The rules about single elements; `validation_graph.RULES` are those about the ways between them."""
