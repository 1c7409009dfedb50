"""Which process variables can exist where, and of which kind: a walk over everything that sets one before.

Nothing is said of what surely exists: on another way a variable may be missing, which `has(x)` asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from engine.assignments import parse_assignments
from engine.decisions import Decision
from engine.drawing import Drawing, Node, Scope
from engine.elements import Element
from engine.expressions import UNKNOWN, Kind
from engine.ways import edges

Sets = Callable[[Element], Iterable[str] | Mapping[str, Kind]]
"""The names that the work of an element puts into the process data, as the host knows them; perhaps with their kinds."""

Known = Mapping[str, Kind]
"""The variables that can exist at a place, each with its kind; `unknown` where nobody says, or not all agree."""

Place = tuple[str, str]
"""Before a node (`in`), behind it (`out`), or anywhere in or beside a scope (`any`, `beside`)."""

_COUNTERS = frozenset({
    "loopCounter", "numberOfInstances", "numberOfCompletedInstances", "nrOfInstances", "nrOfCompletedInstances",
    "nrOfActiveInstances", "numberOfActiveInstances", "numberOfTerminatedInstances",
})  # fmt: skip


class Variables:
    """The variables that can exist before and behind each node of a drawing."""

    def __init__(self, drawing: Drawing, sets: Sets, tables: Mapping[str, Decision]) -> None:
        self._bits: dict[tuple[str, Kind], int] = {}
        self._known: dict[Place, int] = {}
        ways: dict[Place, list[Place]] = {}
        for source, target in _ways(drawing):
            ways.setdefault(source, []).append(target)
        self._spread(ways, self._set(drawing, sets, tables))

    def at(self, node: Node) -> Known:
        """What can exist where a node begins, or while it lasts."""
        return self._named(self._known.get(("in", node.id), 0) | self._known.get(("out", node.id), 0))

    def anywhere(self) -> Known:
        """What can exist somewhere."""
        return self._named(-1)

    def behind(self, node: Node) -> Known:
        """What can exist where a node has ended."""
        return self._named(self._known.get(("out", node.id), 0))

    def _named(self, mask: int) -> Known:
        found: dict[str, list[Kind]] = {}
        for (name, kind), bit in self._bits.items():
            if mask & bit:
                found.setdefault(name, []).append(kind)
        return {name: _common(kinds) for name, kinds in found.items()}

    def _set(self, drawing: Drawing, sets: Sets, tables: Mapping[str, Decision]) -> Mapping[Place, int]:
        """What each place sets by itself, one bit for each name: joining sets costs one step."""
        begun: dict[Place, int] = {}
        for node in drawing.nodes:
            begun["out", node.id] = self._mask({**_set_by(node, sets), **_decided_by(node, tables)})
            if node.kind == "complexGateway":
                begun["in", node.id] = self._mask({"activationCount": "integer"})
            if node.loop is not None:
                counters: dict[str, Kind] = dict.fromkeys(_COUNTERS, "integer")
                begun["in", node.id] = self._mask({**counters, node.loop.item or "item": UNKNOWN})
        return begun

    def _mask(self, known: Known) -> int:
        mask = 0
        for name, kind in known.items():
            pair = name, kind if isinstance(kind, str) else frozenset(kind)
            mask |= self._bits.setdefault(pair, 1 << len(self._bits))
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


def _decided_by(node: Node, tables: Mapping[str, Decision]) -> Known:
    decision = tables.get(node.decision or "") if node.kind == "businessRuleTask" else None
    return {} if decision is None else decision.gives


def _common(kinds: list[Kind]) -> Kind:
    """The kind of a variable that several elements set: of several choices all options, else what they agree on."""
    texts = [kind for kind in kinds if not isinstance(kind, str)]
    if len(texts) == len(kinds):
        return frozenset(option for options in texts for option in options)
    if len(texts) + kinds.count("text") == len(kinds):
        return "text"
    return kinds[0] if len(set(kinds)) == 1 else UNKNOWN


def _set_by(node: Node, sets: Sets) -> Known:
    told = sets(node.element)
    known: dict[str, Kind] = dict(told) if isinstance(told, Mapping) else dict.fromkeys(told, UNKNOWN)
    outcome = node.element.properties.get("outcome")
    if outcome:
        known["outcome"] = frozenset({outcome})
    script = parse_assignments(node.script) if node.kind == "scriptTask" else None
    return {**known, **dict.fromkeys((name for name, _ in script.lines), UNKNOWN)} if script else known


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
