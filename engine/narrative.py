"""A process told in the order in which work goes through it: steps, decisions with their ways, ends, ways back.

The records hold what is drawn; which words are said of them is the host's matter. What several ways lead to is told once,
after them; a way that leads to what was told before says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.drawing import Flow, Node, Scope, link_targets
from engine.limits import DEFAULT, Limits
from engine.reading import read
from engine.walking import following, left_in_order, walk

__all__ = ["Flow", "Line", "Node", "Scope", "Tale", "Way", "ahead", "tales"]

_DEEPEST = 12
"""Ways within ways; what lies deeper is told at the end of the process instead."""
_SHORT = 3
"""Ways that are no longer are told in full where they branch off, all of them."""


@dataclass(frozen=True)
class Way:
    """A way out of a line: along a `flow`, or when an `event` on the step's border happens (its flow then, if it has one).

    `lines`: where it leads, until it meets the rest. `goes_on`: its lines are those that follow below. `leads_to`: where it
    meets what is told elsewhere, None when it ends or goes on; `back`: that was told before.
    """

    flow: Flow | None
    event: Node | None
    lines: tuple[Line, ...] = ()
    goes_on: bool = False
    leads_to: Node | None = None
    back: bool = False


@dataclass(frozen=True)
class Line:
    """One element with its `ways`, when there are several; `inside`: the lines of an embedded sub-process."""

    node: Node
    ways: tuple[Way, ...] = ()
    inside: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Tale:
    """A process: its scope, the lines from its start, and each group of lines that nothing above leads to.

    `leads_to`: where the last line leads when that was told before, such as a loop without an end. `scopes`: by id, with
    the sub-processes.
    """

    scope: Scope
    lines: tuple[Line, ...]
    leads_to: Node | None
    apart: tuple[tuple[Line, ...], ...] = ()
    scopes: Mapping[str, Scope] = field(default_factory=dict)

    def every(self) -> Iterator[Line]:
        """All lines in the order told, those of ways and sub-processes too."""
        for group in (self.lines, *self.apart):
            yield from _all(group)


def _all(lines: tuple[Line, ...]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from _all(line.inside)
        for way in line.ways:
            yield from _all(way.lines)


def ahead(scope: Scope, node: Node) -> Node:
    """The element that a person would name where a flow leads: behind gateways without a name where ways only meet."""
    nodes = {each.id: each for each in scope.nodes}
    tried: set[str] = set()
    while node.kind.endswith("Gateway") and not node.element.name and node.id not in tried:
        tried.add(node.id)
        out = [flow.target for flow in scope.flows if flow.source == node.id and flow.target in nodes]
        if len(out) != 1:
            break
        node = nodes[out[0]]
    return node


def tales(files: Mapping[str, bytes], *, limits: Limits = DEFAULT) -> dict[str, Tale]:
    """Each process of some diagrams by its id, told; diagrams that cannot be read are left out."""
    drawing = read(files, limits=limits)
    inner = {scope.id: scope for scope in drawing.scopes if scope.around is not None}
    return {scope.id: _Teller(scope, inner, 0).tale() for scope in drawing.processes}


class _Teller:
    """The telling of one scope."""

    def __init__(self, scope: Scope, inner: Mapping[str, Scope], depth: int) -> None:
        self.scope = scope
        self.inner = inner
        self.depth = depth
        self.nodes = {node.id: node for node in scope.nodes}
        self.out: dict[str, list[Flow]] = {}
        for flow in scope.flows:
            if flow.target in self.nodes:
                self.out.setdefault(flow.source, []).append(flow)
        self.events: dict[str, list[Node]] = {}
        for node in scope.nodes:
            self.events.setdefault(node.element.attached_to or "", []).append(node)
        self.rank = self._ranked()
        pairs = [(a, b) for a in self.nodes for b in self._behind(a) if self.rank[a] < self.rank[b]]
        self.onward = following(pairs)
        self.told: set[str] = set()

    def _behind(self, node: str) -> list[str]:
        """What follows a node: along its flows, its link, and after the events on its border."""
        found = [flow.target for flow in self.out.get(node, ())]
        found += [to.id for to in link_targets(self.scope, self.nodes[node])]
        return found + [event.id for event in self.events.get(node, ())]

    def _ranked(self) -> dict[str, int]:
        """The nodes in an order in which only ways back lead to an earlier one."""
        firsts = [*(node.id for node in self.scope.first()), *self.nodes]
        left = left_in_order(firsts, self._behind)
        return {node: place for place, node in enumerate(reversed(left))}

    def tale(self) -> Tale:
        """All of the scope."""
        starts = [node.id for node in self.scope.first()]
        lines, leads_to = self._lines(starts[0], set(), 0) if starts else ((), None)
        apart = []
        rest = sorted(self.nodes, key=self.rank.__getitem__)
        for node in rest:
            if node not in self.told and node not in self.events_on_steps and not self._passed(node):
                apart.append(self._lines(node, set(), 0)[0])
        scopes = {self.scope.id: self.scope, **self.inner}
        return Tale(self.scope, lines, leads_to, tuple(group for group in apart if group), scopes)

    @property
    def events_on_steps(self) -> set[str]:
        """The ids of the events on borders: they are told with their step."""
        return {node.id for node in self.scope.nodes if node.element.attached_to in self.nodes}

    def _passed(self, node: str) -> bool:
        """Whether a node has nothing to say: a gateway without a name where ways only meet."""
        drawn = self.nodes[node]
        lone = len(self._behind(node)) == 1
        return drawn.kind.endswith("Gateway") and not drawn.element.name and lone

    def _seen(self, node: str) -> str:
        """The next node with something to say, from a node on."""
        tried: set[str] = set()
        while self._passed(node) and node not in tried:
            tried.add(node)
            node = self._behind(node)[0]
        return node

    def _reach(self, node: str) -> set[str]:
        """All that may follow a node, itself too, ways back left out."""
        return walk([node], self.onward)

    def _lines(self, start: str, stop: set[str], deep: int) -> tuple[tuple[Line, ...], Node | None]:
        """The lines from a node on until one of `stop` or what was told; and where they lead then."""
        lines: list[Line] = []
        here: str | None = start
        while here is not None:
            if here in stop or here in self.told:
                return tuple(lines), self.nodes[self._seen(here)]
            self.told.add(here)
            ways, following_ = self._ways(here, stop, deep)
            if not self._passed(here):
                lines.append(Line(self.nodes[here], ways, self._inside(here)))
            here = following_
        return tuple(lines), None

    def _inside(self, node: str) -> tuple[Line, ...]:
        scope = self.inner.get(node)
        if scope is None or self.depth >= _DEEPEST:
            return ()
        tale = _Teller(scope, self.inner, self.depth + 1).tale()
        return tuple(line for group in (tale.lines, *tale.apart) for line in group)

    def _ways(self, node: str, stop: set[str], deep: int) -> tuple[tuple[Way, ...], str | None]:
        """The ways out of a node when there are several, and the node that the telling goes on with."""
        flows = self.out.get(node, [])
        links = [to.id for to in link_targets(self.scope, self.nodes[node])]
        events = self.events.get(node, [])
        targets = [flow.target for flow in flows] + links
        if len(targets) <= 1 and not events:
            return (), next(iter(targets), None)
        onward = self._goes_on(node, targets)
        meets = stop | (self._reach(onward) if onward is not None else set())
        ways = [self._way(flow, None, flow.target, onward, meets, deep) for flow in flows if len(targets) > 1]
        ways += [self._of_event(event, onward, meets, deep) for event in events]
        return tuple(ways), onward

    def _goes_on(self, node: str, targets: list[str]) -> str | None:
        """Where the telling goes on behind several ways: where they meet, else along the longest of them."""
        later = [each for each in targets if self.rank[each] > self.rank[node] and each not in self.told]
        if not later:
            return None
        if len(targets) == 1:
            return later[0]
        reached = {each: self._reach(each) for each in later}
        shared = [reached[each] for each in later if _meets(each, reached)]
        together = set.intersection(*shared) if shared else set()
        if together:
            return min(together, key=self.rank.__getitem__)
        longest = max(later, key=lambda each: len(reached[each]))
        return longest if len(reached[longest]) > _SHORT else None

    def _of_event(self, event: Node, onward: str | None, meets: set[str], deep: int) -> Way:
        self.told.add(event.id)
        flows = self.out.get(event.id, [])
        if not flows:
            return Way(None, event)
        return self._way(flows[0], event, flows[0].target, onward, meets, deep)

    def _way(
        self, flow: Flow, event: Node | None, target: str, onward: str | None, meets: set[str], deep: int
    ) -> Way:
        if target == onward and event is None:
            return Way(flow, event, goes_on=True)
        back = target in self.told
        if back or target in meets or deep >= _DEEPEST:
            return Way(flow, event, leads_to=self.nodes[self._seen(target)], back=back)
        lines, leads_to = self._lines(target, meets, deep + 1)
        if leads_to is None:
            return Way(flow, event, lines)
        meeting = onward is not None and leads_to.id == self._seen(onward) and event is None
        told = leads_to.id in self.told
        return Way(flow, event, lines, goes_on=meeting, leads_to=None if meeting else leads_to, back=told)


def _meets(target: str, reached: Mapping[str, set[str]]) -> bool:
    """Whether a way comes together with another one."""
    return any(reached[target] & others for other, others in reached.items() if other != target)
