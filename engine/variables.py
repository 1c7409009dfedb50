"""Which process variables can exist where: a walk over everything that sets one before.

Nothing is said of what surely exists: on another way a variable may be missing, which `has(x)` asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from engine.assignments import parse_assignments
from engine.drawing import Drawing, Node, Scope
from engine.elements import Element
from engine.ways import edges

Sets = Callable[[Element], Iterable[str]]
"""The names that the work of an element puts into the process data, as the host knows them."""

Place = tuple[str, str]
"""Before a node (`in`), behind it (`out`), or anywhere in or beside a scope (`any`, `beside`)."""

_COUNTERS = frozenset({
    "loopCounter", "numberOfInstances", "numberOfCompletedInstances", "nrOfInstances", "nrOfCompletedInstances",
    "nrOfActiveInstances",
})  # fmt: skip


class Variables:
    """The names that can exist before and behind each node of a drawing."""

    def __init__(self, drawing: Drawing, sets: Sets) -> None:
        self._bits: dict[str, int] = {}
        self._known: dict[Place, int] = {}
        ways: dict[Place, list[Place]] = {}
        for source, target in _ways(drawing):
            ways.setdefault(source, []).append(target)
        self._spread(ways, self._set(drawing, sets))

    def before(self, node: Node) -> frozenset[str]:
        """The names that can exist where a node begins."""
        return self._names("in", node)

    def behind(self, node: Node) -> frozenset[str]:
        """The names that can exist where a node has ended."""
        return self._names("out", node)

    def _names(self, where: str, node: Node) -> frozenset[str]:
        mask = self._known.get((where, node.id), 0)
        return frozenset(name for name, bit in self._bits.items() if mask & bit)

    def _set(self, drawing: Drawing, sets: Sets) -> Mapping[Place, int]:
        """What each place sets by itself, one bit for each name: joining sets costs one step."""
        begun: dict[Place, int] = {}
        for node in drawing.nodes:
            begun["out", node.id] = self._mask(_set_by(node, sets))
            if node.loop is not None:
                begun["in", node.id] = self._mask({*_COUNTERS, node.loop.item or "item"})
        return begun

    def _mask(self, names: Iterable[str]) -> int:
        mask = 0
        for name in names:
            mask |= self._bits.setdefault(name, 1 << len(self._bits))
        return mask

    def _spread(self, ways: Mapping[Place, list[Place]], begun: Mapping[Place, int]) -> None:
        self._known = dict(begun)
        open_ = list(begun)
        while open_:
            here = open_.pop()
            for target in ways.get(here, ()):
                before = self._known.get(target, 0)
                after = before | self._known[here]
                if after != before or target not in self._known:
                    self._known[target] = after
                    open_.append(target)


def _set_by(node: Node, sets: Sets) -> set[str]:
    names = set(sets(node.element))
    if node.element.properties.get("outcome"):
        names.add("outcome")
    script = parse_assignments(node.script) if node.kind == "scriptTask" else None
    return names | {name for name, _ in script.lines} if script else names


def _ways(drawing: Drawing) -> Iterator[tuple[Place, Place]]:
    """From place to place, through sub-processes and called processes."""
    scopes = {scope.id: scope for scope in drawing.scopes}
    for scope in drawing.scopes:
        for source, target in edges(scope):
            yield ("out", source), ("in", target)
        for node in scope.nodes:
            yield ("in", node.id), ("out", node.id)
            yield ("out", node.id), ("any", scope.id)
            yield ("beside", scope.id), ("in", node.id)
            yield from _inside(node, scope, scopes)


def _inside(node: Node, scope: Scope, scopes: Mapping[str, Scope]) -> Iterator[tuple[Place, Place]]:
    inner = scopes.get(node.id) or (scopes.get(node.called or "") if node.kind == "callActivity" else None)
    if inner is None or inner is scope:
        return
    for first in inner.nodes if node.on_event else _entries(inner):
        yield ("any", scope.id) if node.on_event else ("in", node.id), ("in", first.id)
    yield ("any", inner.id), ("beside", scope.id) if node.on_event else ("out", node.id)


def _entries(scope: Scope) -> list[Node]:
    led_to = {flow.target for flow in scope.flows}
    return [node for node in scope.nodes if node.id not in led_to and node.kind != "boundaryEvent"]
