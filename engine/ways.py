"""The ways from one node of a drawing to the next."""

from __future__ import annotations

from engine.drawing import Scope, link_targets


def edges(scope: Scope) -> list[tuple[str, str]]:
    """Every way from one node to the next: flows, boundary events, and from link to link."""
    flows = [(flow.source, flow.target) for flow in scope.flows]
    attached = [
        (node.element.attached_to or "", node.id) for node in scope.nodes if node.kind == "boundaryEvent"
    ]
    return flows + attached + _links(scope)


def _links(scope: Scope) -> list[tuple[str, str]]:
    return [(node.id, other.id) for node in scope.nodes for other in link_targets(scope, node)]
