"""Where the flows of a bundle lead: what may still come in a process, whatever its conditions will say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.drawing import Drawing, Flow, Node, link_targets
from engine.limits import DEFAULT, Limits
from engine.reading import read

__all__ = ["Routes", "routes"]


class Routes:
    """The ways through the processes of a bundle, as drawn.

    Conditions are not looked at, so every branch counts. Boundary events and event sub-processes are left out: what
    breaks into the work is nothing that comes by itself. `processes`: their names by id; `nodes`, `flows`: all
    of them, in the order of the files.
    """

    def __init__(self, drawing: Drawing) -> None:
        self.nodes: tuple[Node, ...] = tuple(drawing.nodes)
        self.processes = {scope.id: scope.name for scope in drawing.processes}
        self.flows: tuple[Flow, ...] = tuple(drawing.flows)
        self._nodes: dict[str, Node] = {node.id: node for node in self.nodes}
        self._firsts = {scope.id: [node.id for node in scope.first()] for scope in drawing.scopes}
        self._around = {scope.id: scope.around for scope in drawing.scopes}
        self._next: dict[str, list[str]] = {}
        for scope in drawing.scopes:
            for flow in scope.flows:
                self._next.setdefault(flow.source, []).append(flow.target)
            for node in scope.nodes:
                self._next.setdefault(node.id, []).extend(to.id for to in link_targets(scope, node))

    def callers(self, process_id: str) -> tuple[str, ...]:
        """The ids of the call activities that call a process, in the order of the files."""
        return tuple(node.id for node in self._nodes.values() if node.called == process_id)

    def after(self, element_id: str, calls: Sequence[str]) -> list[str]:
        """The ids of all elements that may follow one, branch by branch in the order drawn; unknown ids have none.

        `calls`: the call activities around it, outermost first. When its process ends, theirs go on.
        """
        places = [element_id, *reversed(calls)]
        return self._walk(target for place in places for target in self._onward(place))

    def _onward(self, element_id: str) -> list[str]:
        """What follows an element, and the sub-processes that it is drawn in."""
        found, place = list(self._next.get(element_id, ())), self._nodes.get(element_id)
        while place is not None and self._around.get(place.scope) is not None:
            found += self._next.get(place.scope, ())
            place = self._nodes.get(place.scope)
        return found

    def _walk(self, starts: Iterable[str]) -> list[str]:
        """Depth first, so that a branch is told to its end before the next; without recursion, for deep drawings."""
        seen: dict[str, None] = {}
        waiting = list(starts)[::-1]
        while waiting:
            here = waiting.pop()
            if here in seen or here not in self._nodes:
                continue
            seen[here] = None
            waiting += [*self._inside(self._nodes[here]), *self._next.get(here, ())][::-1]
        return list(seen)

    def _inside(self, node: Node) -> list[str]:
        """Where the process that a node calls begins, or the sub-process that it is."""
        return self._firsts.get(node.called or node.id, [])


def routes(files: Mapping[str, bytes], *, limits: Limits = DEFAULT) -> Routes:
    """The routes of a bundle that could be loaded; `files`: name to content."""
    return Routes(read(files, limits=limits))
