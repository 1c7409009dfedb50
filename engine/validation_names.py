"""The rule about the names in expressions, where the host says which names its forms and steps set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.drawing import Drawing, Node, Text
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.judging import Host, Rule, of_flow, of_node
from engine.texts import compile_timer_of, compile_value
from engine.variables import Variables


def names(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V8: what a condition, timer or loop reads can have been set before, by a form, a step, a script or an outcome.

    A warning, but in the house. Not checked when the host does not say which names its forms and steps set.
    """
    if host.names is None:
        return
    variables = Variables(drawing, host.names)
    nodes = {node.id: node for node in drawing.nodes}
    for flow in drawing.flows:
        source = nodes.get(flow.source)
        if source is not None and flow.condition is not None:
            known = variables.behind(source)
            for name in _unknown([flow.condition], known, host):
                reason, mend = _words(name, known)
                yield of_flow(drawing, flow, "V8", reason, mend, warning=host.rules != "house")
    for node in drawing.nodes:
        known = variables.before(node) | variables.behind(node)
        for name in _unknown(_texts(node), known, host) | _in_timers(node, known, host):
            reason, mend = _words(name, known)
            yield of_node(node, "V8", reason, mend, warning=host.rules != "house")


def _unknown(texts: Iterable[Text], known: frozenset[str], host: Host) -> set[str]:
    """The names read that are not known; what cannot be compiled is another rule's."""
    found: set[str] = set()
    for text in texts:
        try:
            expression = compile_value(text, host.rules)
        except ExpressionError:
            continue
        found |= (expression.names if expression else frozenset()) - known
    return found


def _in_timers(node: Node, known: frozenset[str], host: Host) -> set[str]:
    found: set[str] = set()
    for event in node.events:
        if event.kind == "timer":
            try:
                found |= compile_timer_of(event, host.rules).names - known
            except ExpressionError:
                continue
    return found


def _texts(node: Node) -> Iterator[Text]:
    yield from (event.text for event in node.events if event.kind == "conditional" and event.text)
    if node.loop is not None:
        told = (node.loop.condition, node.loop.cardinality, node.loop.completion)
        yield from (text for text in told if text is not None and text.text)


def _words(name: str, known: frozenset[str]) -> tuple[str, str]:
    few = ", ".join(sorted(known)[:12])
    mend = f"Names that can be known here: {few}." if few else "No name is known here yet."
    return f"It reads “{name[:80]}”, which nothing before it sets.", mend


RULES: tuple[Rule, ...] = (names,)
