"""Rules about events: which kinds may stand where, and that what they refer to exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.drawing import Drawing, Node, Scope, is_link_catch, link_targets
from engine.elements import Problem
from engine.judging import Host, Rule, of_node, of_scope
from engine.validation_elements import ACTIVITIES

_CAUGHT = frozenset({"timer", "message", "signal", "conditional"})
_KINDS: Mapping[str, frozenset[str]] = {
    "startEvent": _CAUGHT | {"none"},
    "endEvent": frozenset(
        {"none", "message", "signal", "error", "escalation", "cancel", "compensate", "terminate"}
    ),
    "boundaryEvent": _CAUGHT | {"error", "escalation", "cancel", "compensate"},
    "intermediateCatchEvent": _CAUGHT | {"link"},
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "compensate", "link"}),
}
"""What each kind of event may be (BPMN 2.0.2, tables 10.84 to 10.93)."""
_EVENT_SUB_PROCESS = _CAUGHT | {"error", "escalation", "compensate"}
_ALONE = frozenset({"link", "terminate", "cancel", "compensate"})


def event_kinds(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G12: which definitions an event may have."""
    on_event = {scope.id for scope in drawing.scopes if scope.on_event}
    for node in drawing.nodes:
        if node.kind in _KINDS:
            allowed = _KINDS[node.kind]
            if node.kind == "startEvent" and node.scope in on_event:
                allowed = _EVENT_SUB_PROCESS
            yield from _of_event(node, allowed, host.rules == "house")


def _of_event(node: Node, allowed: frozenset[str], house: bool) -> Iterator[Problem]:
    kinds = [event.kind for event in node.events] or ["none"]
    for kind in kinds:
        if kind == "none" and node.kind in ("boundaryEvent", "intermediateCatchEvent") and not house:
            reason = "The event does not say what it waits for: it can only be let happen by hand."
            yield of_node(node, "G12", reason, "Choose what it waits for.", warning=True)
        elif kind not in allowed:
            choice = ", ".join(sorted(allowed))
            yield of_node(
                node, "G12", f"A {node.kind} of the kind “{kind}” is not supported.", f"It may be: {choice}."
            )
    if len(kinds) > 1 and _ALONE & set(kinds):
        yield of_node(
            node,
            "G12",
            f"A {node.kind} with several definitions is not supported.",
            "Draw one event for each.",
        )
    if node.all_events and not set(kinds) <= {"message", "signal"}:
        yield of_node(
            node,
            "G12",
            "Only messages and signals can be waited for all together.",
            "Draw a parallel gateway.",
        )


def event_names(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G3: what an event refers to exists; a message, signal or link has a name (elsewhere than in the house a warning)."""
    for node in drawing.nodes:
        for event in node.events:
            if event.dangling:
                reason = f"The event refers to the {event.kind} “{event.refers}”, which does not exist."
                mend = f"Choose a {event.kind} that exists."
                yield of_node(node, "G3", reason, mend, warning=host.rules != "house")
            elif event.name is None and event.kind in _WITHOUT_NAME:
                reason = f"The event names no {event.kind}: {_WITHOUT_NAME[event.kind]}."
                mend = f"Choose a {event.kind} with a name."
                yield of_node(node, "G3", reason, mend, warning=host.rules != "house")


_WITHOUT_NAME = {
    "message": "it can only be let happen by hand",
    "signal": "it is heard by every event that names none",
    "link": "it leads to the link that has no name either",
}


def links(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G21: a link leads to exactly one catch event of its name in the same process or sub-process."""
    for scope in drawing.scopes:
        thrown = [n for n in scope.nodes if n.kind == "intermediateThrowEvent" and n.has("link")]
        caught = [n for n in scope.nodes if is_link_catch(n)]
        led_to: set[str] = set()
        for node in thrown:
            targets = link_targets(scope, node)
            led_to.update(other.id for other in targets)
            if len(targets) != 1:
                reason = f"The link “{node.event.name or ''}” leads to {len(targets)} catch events here."
                yield of_node(node, "G21", reason, "Draw one link catch event of this name beside it.")
        for node in caught:
            if node.id not in led_to:
                yield of_node(
                    node, "G21", "No link leads to the event.", "Draw a link throw event of this name.",
                    warning=host.rules != "house",
                )  # fmt: skip


def compensation(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G22: a compensation boundary event leads by an association to a handler; what is to be compensated exists."""
    for scope in drawing.scopes:
        handlers = {node.id for node in scope.nodes if node.compensates}
        for node in scope.nodes:
            if node.kind == "boundaryEvent" and node.has("compensate") and node.handler not in handlers:
                reason = (
                    "The event leads to no activity that is marked as compensation: nothing is compensated."
                )
                mend = "Draw an association to a compensation activity."
                yield of_node(node, "G22", reason, mend, warning=host.rules != "house")
    known = {node.id for node in drawing.nodes if node.kind in ACTIVITIES}
    for node in drawing.nodes:
        for event in node.events:
            if event.kind == "compensate" and event.activity and event.activity not in known:
                reason = f"The activity “{event.activity}” to be compensated does not exist."
                yield of_node(node, "G22", reason, "Choose an activity.")


def cancellation(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G23: a cancel end event lies in a transaction, a cancel boundary event on one."""
    kinds = {scope.id: scope.kind for scope in drawing.scopes}
    hosts = {node.id: node.kind for node in drawing.nodes}
    for node in drawing.nodes:
        if node.kind == "endEvent" and node.has("cancel") and kinds[node.scope] != "transaction":
            yield of_node(
                node, "G23", "A cancel end event lies in no transaction.", "Use an error end event."
            )
        attached = hosts.get(node.element.attached_to or "")
        if node.kind == "boundaryEvent" and node.has("cancel") and attached != "transaction":
            yield of_node(node, "G23", "A cancel event is attached to no transaction.", "Use an error event.")


def event_sub_processes(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G24: an event sub-process begins with start events that wait, stands in no flow, and is not repeated."""
    nodes = {node.id: node for node in drawing.nodes}
    led = {end for flow in drawing.flows for end in (flow.source, flow.target)}
    for scope in drawing.scopes:
        if scope.on_event:
            yield from _of_event_sub_process(scope, nodes[scope.id], led)
            if scope.around is not None and nodes[scope.id].scope == scope.process_id:
                yield from _compensating_a_process(scope, host)


def _compensating_a_process(scope: Scope, host: Host) -> Iterator[Problem]:
    for node in scope.nodes:
        if node.kind == "startEvent" and node.has("compensate"):
            reason = "Only a sub-process is ever compensated, not a process: the event never happens."
            mend = "Draw the event sub-process inside of a sub-process."
            yield of_node(node, "G24", reason, mend, warning=host.rules != "house")


def _of_event_sub_process(scope: Scope, node: Node, led: set[str]) -> Iterator[Problem]:
    starts = [inner for inner in scope.nodes if inner.kind == "startEvent"]
    if not starts:
        yield of_scope(scope, "G24", "The event sub-process has no start event.", "Draw what it waits for.")
    if node.id in led or node.loop is not None:
        yield of_node(
            node, "G24", "An event sub-process stands outside of the flow.", "Remove its flows and markers."
        )


def sub_process_starts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G24: the start event of a sub-process waits for nothing."""
    inside = {scope.id for scope in drawing.scopes if scope.around is not None and not scope.on_event}
    for node in drawing.nodes:
        if node.kind == "startEvent" and node.scope in inside and node.events:
            yield of_node(
                node, "G24", "The start event of a sub-process waits for something.", "Make it a plain one.",
                warning=host.rules != "house",
            )  # fmt: skip


RULES: tuple[Rule, ...] = (
    event_kinds, event_names, links, compensation, cancellation, event_sub_processes, sub_process_starts,
)  # fmt: skip
