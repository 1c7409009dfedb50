"""The ways from one node of a drawing to the next."""

from __future__ import annotations

from engine.drawing import Scope


def edges(scope: Scope) -> list[tuple[str, str]]:
    """Every way from one node to the next: flows, boundary events, and from link to link."""
    flows = [(flow.source, flow.target) for flow in scope.flows]
    attached = [
        (node.element.attached_to or "", node.id) for node in scope.nodes if node.kind == "boundaryEvent"
    ]
    return flows + attached + _links(scope)


def _links(scope: Scope) -> list[tuple[str, str]]:
    caught = [n for n in scope.nodes if n.kind == "intermediateCatchEvent" and n.has("link")]
    thrown = [n for n in scope.nodes if n.kind == "intermediateThrowEvent" and n.has("link")]
    return [(one.id, other.id) for one in thrown for other in caught if one.event.name == other.event.name]
