"""Rules about the ways through a diagram: what leads where, what is never reached, what waits in vain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.drawing import Drawing, Flow, Node
from engine.elements import Problem
from engine.judging import Host, Rule, of_flow, of_node
from engine.validation_elements import ACTIVITIES
from engine.walking import following, in_circles, walk
from engine.ways import edges


def flow_ends(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G3: a flow leads from an element to an element of the same process or sub-process."""
    for scope in drawing.scopes:
        inside = {node.id for node in scope.nodes}
        for flow in scope.flows:
            for end, what in ((flow.source, "starts"), (flow.target, "ends")):
                if end not in inside:
                    reason = f"The flow {what} at “{end}”, which is not an element of the same process."
                    yield of_flow(drawing, flow, "G3", reason, "Connect both ends of the flow.")


def attachments(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G3: a boundary event is attached to an activity beside it."""
    for scope in drawing.scopes:
        activities = {node.id for node in scope.nodes if node.kind in ACTIVITIES and not node.on_event}
        for node in scope.nodes:
            if node.kind == "boundaryEvent" and node.element.attached_to not in activities:
                yield of_node(
                    node, "G3", "The boundary event is attached to no activity.", "Attach it to an activity."
                )


def closed_ends(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G15: no flow leads out of an end event or into a start or boundary event, and none to a handler."""
    for scope in drawing.scopes:
        into, out = {flow.target for flow in scope.flows}, {flow.source for flow in scope.flows}
        for node in scope.nodes:
            if node.kind == "endEvent" and node.id in out:
                yield of_node(node, "G15", "A flow leads out of an end event.", "Remove the flow.")
            elif node.kind in ("startEvent", "boundaryEvent") and node.id in into:
                yield of_node(node, "G15", "A flow leads into the event.", "Remove the flow.")
            elif _is_beside(node) and node.id in into | out:
                yield of_node(node, "G15", "A flow leads to or from a compensation.", "Remove the flow.")


def _is_beside(node: Node) -> bool:
    return node.compensates or (node.kind == "boundaryEvent" and node.has("compensate"))


def reached(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G4: every node can be reached (a warning where only the house demands it)."""
    for scope in drawing.scopes:
        first = [node.id for node in scope.nodes if node.kind == "startEvent"] or [
            n.id for n in scope.first()
        ]
        seen = walk(first, following(edges(scope)))
        for node in scope.nodes:
            aside = node.compensates or node.on_event or _is_beside(node)
            if node.id not in seen and not aside:
                yield of_node(
                    node, "G4", "Nothing leads to the element.", "Connect it, or remove it.",
                    warning=host.rules != "house",
                )  # fmt: skip


def joins(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G18: a parallel gateway does not wait for a token that can only come from itself."""
    for scope in drawing.scopes:
        behind = following(edges(scope))
        first = [node.id for node in scope.nodes if node.kind == "startEvent"]
        incoming = following((flow.target, flow.source) for flow in scope.flows)
        for node in scope.nodes:
            sources = set(incoming.get(node.id, ()))
            if node.kind == "parallelGateway" and len(sources) > 1:
                before = walk(first, behind, around=node.id)
                if sources & before and not sources <= before:
                    reason = "The gateway waits for a flow that only it can lead to."
                    mend = "Lead the way back into an exclusive gateway before it."
                    yield of_node(node, "G18", reason, mend, warning=host.rules != "house")


def event_gateways(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G16: behind an event-based gateway stand at least two events that nothing else leads to (10.6.6)."""
    for scope in drawing.scopes:
        nodes = {node.id: node for node in scope.nodes}
        behind = following((flow.source, flow.target) for flow in scope.flows)
        leading = Counter(flow.target for flow in scope.flows)
        for node in scope.nodes:
            if node.kind == "eventBasedGateway":
                targets = behind.get(node.id, ())
                yield from _of_event_gateway(node, [nodes[t] for t in targets if t in nodes], leading, host)


def _of_event_gateway(node: Node, events: list[Node], leading: Counter[str], host: Host) -> Iterator[Problem]:
    if len(events) < 2:
        reason = "The gateway waits for fewer than two events."
        mend = "Draw two catch events behind it."
        yield of_node(node, "G16", reason, mend, warning=host.rules != "house")
    for event in events:
        if event.kind not in ("intermediateCatchEvent", "receiveTask") or event.has("link"):
            yield of_node(event, "G16", "Only catch events may follow an event-based gateway.", "Change it.")
        elif leading[event.id] > 1:
            yield of_node(event, "G16", "Another flow leads to this event too.", "Remove the other flow.")
        elif event.loop is not None or event.tokens_in != "1":
            reason = "A receive task behind an event-based gateway takes one message."
            yield of_node(event, "G16", reason, "Draw a loop that leads back to the gateway.")


def defaults(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G9: a default flow leads out of its own element, and has no condition."""
    for scope in drawing.scopes:
        out = {flow.id: flow for flow in scope.flows}
        for node in scope.nodes:
            flow = out.get(node.default or "")
            if node.default and (flow is None or flow.source != node.id):
                yield of_node(node, "G9", "The default flow leads out of another element.", "Choose another.")
            elif flow is not None and flow.condition is not None and host.rules == "house":
                yield of_flow(
                    drawing, flow, "G9", "The default flow has a condition.", "Remove the condition."
                )


def totality(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G29: (a warning) a gateway that decides has a way for every case: a default flow, or one without a condition.

    The house demands the default flow (V3).
    """
    for scope in drawing.scopes if host.rules == "standard" else ():
        leaving: dict[str, list[Flow]] = {}
        for flow in scope.flows:
            leaving.setdefault(flow.source, []).append(flow)
        for node in scope.nodes:
            out = leaving.get(node.id, [])
            if node.kind in _DECIDING and out and not node.default and all(flow.condition for flow in out):
                reason = "Where none of the conditions holds, the process stops here with an incident."
                yield of_node(node, "G29", reason, "Mark a default flow.", warning=True)


_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})


def several_starts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G30: (a warning) of several plain start events of a process one begins it: the first, unless another is chosen."""
    for scope in drawing.scopes if host.rules != "house" else ():
        plain = [node for node in scope.nodes if node.kind == "startEvent" and not node.events]
        for node in plain[1:] if scope.around is None else ():
            reason = f"The process begins at “{plain[0].id}”, and here only when somebody chooses it."
            yield of_node(node, "G30", reason, "Draw one plain start event.", warning=True)


def circles(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G27: (a warning) a circle in which nothing waits may turn for ever."""
    for scope in drawing.scopes:
        passing = {node.id for node in scope.nodes if not _waits(node)}
        behind = following(
            (flow.source, flow.target) for flow in scope.flows if {flow.source, flow.target} <= passing
        )
        named = in_circles(behind) - _deciding(scope.flows)
        for node in scope.nodes:
            if node.id in named:
                yield of_node(
                    node, "G27", "Here the process may turn in a circle without a wait.",
                    "Draw a task or a timer into the circle.", warning=True,
                )  # fmt: skip


def _deciding(flows: list[Flow]) -> set[str]:
    """Only one element of a circle is named: the one that a second flow leads to."""
    leading = Counter(flow.target for flow in flows)
    return {flow.target for flow in flows if leading[flow.target] < 2}


def _waits(node: Node) -> bool:
    return node.kind in ACTIVITIES - {"scriptTask", "sendTask"} or node.kind == "intermediateCatchEvent"


RULES: tuple[Rule, ...] = (
    flow_ends, attachments, closed_ends, reached, joins, event_gateways, defaults, totality, several_starts, circles,
)  # fmt: skip
