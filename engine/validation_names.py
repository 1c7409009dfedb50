"""The rules about what expressions read, where the host says what its forms and steps set: the names, and their kinds."""

from __future__ import annotations

from collections.abc import Iterator

from engine.drawing import Drawing, Flow, Node
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.expressions import UNKNOWN, Answer, Expression, check_types, explain
from engine.judging import Host, Rule, of_flow, of_node
from engine.texts import compile_timer_of, compile_value
from engine.timers import TIMER_FUNCTIONS
from engine.validation_expressions import expressions_of
from engine.variables import Known, Variables

Asked = tuple[Flow | Node, Expression, Answer | None, Known]
"""An expression, where it stands, what it must answer, and the variables it can find there."""


def names(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V8: what a condition, timer or loop reads can have been set before, by a form, a step, a script or an outcome.

    A warning, but in the house. Not checked when the host does not say which names its forms and steps set.
    """
    for place, expression, _, known in _asked(drawing, host):
        for name in sorted(expression.names - known.keys()):
            reason = f"It reads “{name[:80]}”, which nothing before it sets."
            mend = _meant(expression, name, known) or "Read a name that is set before."
            yield _of(drawing, place, "V8", reason, mend, warning=host.rules != "house")


def kinds(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V14: in the house a condition compares like with like, a choice with one of its options, and can be true or false.

    The kinds are those of the fields of the forms and of what the steps give; what nobody says is not guessed. Like the
    names, they are asked for when a bundle is deployed; a version that runs already is not held against them.
    """
    for place, expression, answer, known in _asked(drawing, host) if host.rules == "house" else ():
        for mistake in check_types(expression, known, answer):
            reason = f"“{expression.text[:80]}” cannot be meant so. {mistake.sentence}"
            mend = mistake.advice or "Compare like with like."
            yield _of(drawing, place, "V14", reason, mend)


def _of(
    drawing: Drawing, place: Flow | Node, rule: str, reason: str, mend: str, *, warning: bool = False
) -> Problem:
    if isinstance(place, Flow):
        return of_flow(drawing, place, rule, reason, mend, warning=warning)
    return of_node(place, rule, reason, mend, warning=warning)


def _meant(expression: Expression, name: str, known: Known) -> str | None:
    """What may have been meant by an unknown name: one that is known, or a text without its quotes."""
    mistake = explain(
        expression.text, {**dict.fromkeys(expression.names - {name}, UNKNOWN), **known}, TIMER_FUNCTIONS
    )
    return None if mistake is None else mistake.advice


def _asked(drawing: Drawing, host: Host) -> Iterator[Asked]:
    """Every expression that can be read, when the host says what is set; what cannot be read is another rule's."""
    if host.names is None:
        return
    variables = Variables(drawing, host.names, host.tables)
    nodes = {node.id: node for node in drawing.nodes}
    for flow in drawing.flows:
        source = nodes.get(flow.source)
        if source is not None and flow.condition is not None:
            try:
                compiled = compile_value(flow.condition, host.rules)
            except ExpressionError:
                continue
            if compiled is not None:
                yield flow, compiled, "boolean", variables.behind(source)
    for node in drawing.nodes:
        # What is written anywhere may let a condition come true that an event waits for.
        known = variables.anywhere() if node.has("conditional") else variables.at(node)
        yield from ((node, expression, answer, known) for expression, answer in _of_node(node, host))


def _of_node(node: Node, host: Host) -> Iterator[tuple[Expression, Answer | None]]:
    """The expressions of a node with what each must answer."""
    for text, answer in expressions_of(node):
        try:
            compiled = compile_value(text, host.rules)
        except ExpressionError:
            continue
        if compiled is not None:
            yield compiled, answer
    for event in node.events:
        if event.kind == "timer":
            try:
                yield compile_timer_of(event, host.rules), "text"
            except ExpressionError:
                continue


RULES: tuple[Rule, ...] = (names, kinds)
