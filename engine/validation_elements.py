"""Rules about single elements: their ids, and whether the engine has a meaning for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.assignments import parse_assignments
from engine.drawing import Drawing
from engine.elements import Problem
from engine.judging import Host, Rule, of_node, of_scope

ACTIVITIES = frozenset({
    "task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess",
})  # fmt: skip
GATEWAYS = frozenset({
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway",
})  # fmt: skip
EVENTS = frozenset({
    "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent",
})  # fmt: skip


def duplicate_ids(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G2: an id is used once in its file, a process' or sub-process' once in the bundle, in the house a node's too."""
    in_file = Counter((name, identity) for identity, name, _ in drawing.ids)
    for (name, identity), times in in_file.items():
        if times > 1:
            yield Problem(
                name, identity, None, "G2", f"The id {identity} is used {times} times.", "Make it unique."
            )
    across = Counter(node.id for node in drawing.nodes if host.rules == "house")
    scopes = drawing.processes if host.rules == "house" else drawing.scopes
    across.update(scope.id for scope in scopes if scope.kind != "globalTask")
    places = {
        **{node.id: node.file for node in drawing.nodes},
        **{scope.id: scope.file for scope in drawing.scopes},
    }
    for identity, times in across.items():
        if times > 1 and in_file[places[identity], identity] < 2:
            reason = f"The id {identity} is used in several files of the bundle."
            yield Problem(places[identity], identity, None, "G2", reason, "Make it unique.")


def supported(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G12: only what the engine runs rightly is accepted."""
    for node in drawing.nodes:
        if node.kind not in ACTIVITIES | GATEWAYS | EVENTS:
            yield of_node(node, "G12", f"A {node.kind} is not supported.", "Use another element.")
        for oddity in node.oddities:
            mend = "Remove it from the element."
            aside = host.rules != "house" and oddity.startswith("serviceTaskOperator")
            yield of_node(node, "G12", f"{oddity} is not supported here.", mend, warning=aside)


def set_aside(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """G20: data inputs, outputs and associations are kept in the file and not moved by the engine.

    A warning, but in the house: a task that moves data would not do what it shows.
    """
    for node in drawing.nodes:
        for name in sorted(set(node.aside)):
            reason = f"The {name} is kept, and the engine does not move its data."
            mend = "Nothing needs to be done if the process does not depend on it."
            yield of_node(node, "G20", reason, mend, warning=host.rules != "house")


def scripts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V5: a script that does more than assign is never run. (A warning; the house takes no script.)"""
    for node in drawing.nodes:
        unread = node.kind == "scriptTask" and parse_assignments(node.script) is None
        if host.rules != "house" and (unread or node.scripts):
            reason = "The script is passed over: only assignments in the safe language are made."
            yield of_node(node, "V5", reason, "Use a service task with a step.", warning=True)


def nesting(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """X8: sub-processes are not drawn inside each other deeper than the limit."""
    around = {scope.id: scope.around for scope in drawing.scopes}
    for scope in drawing.scopes:
        depth, outer = 0, scope.around
        while outer is not None and depth <= host.limits.nesting:
            depth, outer = depth + 1, around.get(outer)
        if depth > host.limits.nesting:
            reason = f"The sub-process lies deeper than {host.limits.nesting} others."
            yield of_scope(scope, "X8", reason, "Draw a process of its own and call it.")


RULES: tuple[Rule, ...] = (duplicate_ids, supported, set_aside, scripts, nesting)
