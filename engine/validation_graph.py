"""The rules about the ways through a diagram: what leads where, what is never reached, what never ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.elements import Problem
from engine.reading import Drawing, Node, Scope
from engine.validation import ACTIVITIES, Host, Rule, of_flow, of_node, of_scope

Following = Mapping[str, Sequence[str]]
"""Each node with those behind it."""


def flow_ids(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G1: every sequence flow has an id (without one it would not exist for other engines)."""
    for flow in drawing.flows:
        if not flow.id:
            yield of_flow(flow, "G1", "A sequence flow has no id.", "Save the diagram with a modeler.")


def flow_ends(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G3: a flow leads from an element to an element of the same process or sub-process."""
    for scope in drawing.scopes:
        inside = {node.id for node in scope.nodes}
        for flow in scope.flows:
            for end, what in ((flow.source, "starts"), (flow.target, "ends")):
                if end not in inside:
                    reason = f"The flow {what} at “{end}”, which is not an element of the same process."
                    yield of_flow(flow, "G3", reason, "Connect both ends of the flow.")


def attachments(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G3: a boundary event is attached to an activity beside it."""
    for scope in drawing.scopes:
        activities = {node.id for node in scope.nodes if node.kind in ACTIVITIES}
        for node in scope.nodes:
            if node.kind == "boundaryEvent" and node.element.attached_to not in activities:
                yield of_node(
                    node, "G3", "The boundary event is attached to no activity.", "Attach it to an activity."
                )


def starts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G6: a process or sub-process has exactly one start event."""
    for scope in drawing.scopes:
        count = sum(node.kind == "startEvent" for node in scope.nodes)
        if count != 1:
            reason = "There is no start event." if not count else f"There are {count} start events."
            yield of_scope(scope, "G6", reason, "Draw exactly one start event.")


def ends(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G7: a process or sub-process has an end event."""
    for scope in drawing.scopes:
        if not any(node.kind == "endEvent" for node in scope.nodes):
            yield of_scope(scope, "G7", "There is no end event.", "Draw an end event.")


def ways_out(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G5: every node but an end event has a way out. G8: only gateways have several. G15: ends have none."""
    for scope in drawing.scopes:
        out = Counter(flow.source for flow in scope.flows)
        for node in scope.nodes:
            count = out[node.id]
            if node.kind == "endEvent":
                if count:
                    yield of_node(node, "G15", "A flow leads out of an end event.", "Remove the flow.")
            elif not count:
                yield of_node(node, "G5", "No flow leads out of the element.", "Lead it to an end event.")
            elif count > 1 and not node.kind.endswith("Gateway"):
                yield of_node(
                    node, "G8", "Several flows lead out of the element.", "Draw the gateway that is meant."
                )


def ways_in(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G15: no flow leads into a start event or a boundary event."""
    for scope in drawing.scopes:
        closed = {node.id: node for node in scope.nodes if node.kind in ("startEvent", "boundaryEvent")}
        for flow in scope.flows:
            if flow.target in closed:
                yield of_node(closed[flow.target], "G15", "A flow leads into the event.", "Remove the flow.")


def reached(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G4: every node can be reached from the start event."""
    for scope in drawing.scopes:
        first = [node.id for node in scope.nodes if node.kind == "startEvent"]
        seen = _walk(first, _following(_edges(scope)))
        for node in scope.nodes:
            if first and node.id not in seen:
                yield of_node(node, "G4", "Nothing leads to the element.", "Connect it, or remove it.")


def can_end(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G5: from every node an end event can be reached."""
    for scope in drawing.scopes:
        finals = [node.id for node in scope.nodes if node.kind == "endEvent"]
        back = _walk(finals, _following((target, source) for source, target in _edges(scope)))
        leading = {flow.source for flow in scope.flows}
        for node in scope.nodes:
            if finals and node.id not in back and node.id in leading:
                yield of_node(
                    node, "G5", "No way leads from here to an end event.", "Draw a way to an end event."
                )


def _edges(scope: Scope) -> list[tuple[str, str]]:
    flows = [(flow.source, flow.target) for flow in scope.flows]
    attached = [
        (node.element.attached_to or "", node.id) for node in scope.nodes if node.kind == "boundaryEvent"
    ]
    return flows + attached


def _following(edges: Iterable[tuple[str, str]]) -> Following:
    following: dict[str, list[str]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    return following


def _walk(first: Iterable[str], following: Following, around: str | None = None) -> set[str]:
    """Everything that can be reached from the first nodes, without going through the node `around`."""
    seen = set(first)
    open_ = list(seen)
    while open_:
        here = open_.pop()
        for target in following.get(here, ()) if here != around else ():
            if target not in seen:
                seen.add(target)
                open_.append(target)
    return seen


def joins(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G18: a parallel gateway does not wait for a token that can only come from itself."""
    for scope in drawing.scopes:
        following = _following(_edges(scope))
        first = [node.id for node in scope.nodes if node.kind == "startEvent"]
        incoming = _following((flow.target, flow.source) for flow in scope.flows)
        for node in scope.nodes:
            sources = set(incoming.get(node.id, ()))
            if node.kind == "parallelGateway" and len(sources) > 1:
                before = _walk(first, following, around=node.id)
                if sources & before and not sources <= before:
                    reason = "The gateway waits for a flow that only it can lead to."
                    yield of_node(
                        node, "G18", reason, "Lead the way back into an exclusive gateway before it."
                    )


def event_gateways(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G16: behind an event-based gateway stand at least two catch events that nothing else leads to."""
    for scope in drawing.scopes:
        nodes = {node.id: node for node in scope.nodes}
        behind = _following((flow.source, flow.target) for flow in scope.flows)
        leading = Counter(flow.target for flow in scope.flows)
        for node in scope.nodes:
            if node.kind == "eventBasedGateway":
                targets = behind.get(node.id, ())
                yield from _of_event_gateway(node, [nodes[t] for t in targets if t in nodes], leading)


def _of_event_gateway(node: Node, events: list[Node], leading: Counter[str]) -> Iterator[Problem]:
    if len(events) < 2:
        reason = "The gateway waits for fewer than two events."
        yield of_node(node, "G16", reason, "Draw two catch events behind it.")
    for event in events:
        if event.kind != "intermediateCatchEvent":
            yield of_node(event, "G16", "Only catch events may follow an event-based gateway.", "Change it.")
        elif leading[event.id] > 1:
            yield of_node(event, "G16", "Another flow leads to this event too.", "Remove the other flow.")


def calls(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G10: a called process is in the bundle and may run. G11: no process calls itself."""
    known = {scope.id for scope in drawing.scopes if scope.kind == "process"}
    callers = [node for node in drawing.nodes if node.kind == "callActivity"]
    following = _following((node.element.process_id, node.called or "") for node in callers)
    reached_from = {called: _walk([called], following) for called in known}
    for node in callers:
        if node.called not in known:
            idle = " It is not executable." if node.called in drawing.idle else ""
            reason = f"The process “{node.called or ''}” is not in the bundle.{idle}"
            yield of_node(node, "G10", reason, "Call a process of the bundle.")
        elif node.element.process_id in reached_from[node.called or ""]:
            reason = "The process calls itself, perhaps through others."
            yield of_node(node, "G11", reason, "Draw a loop instead.")


RULES: tuple[Rule, ...] = (
    flow_ids, flow_ends, attachments, starts, ends, ways_out, ways_in, reached, can_end, joins,
    event_gateways, calls,
)  # fmt: skip
