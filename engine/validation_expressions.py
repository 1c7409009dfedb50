"""Rules about what is written in conditions and timers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine import timers
from engine.drawing import Drawing, Event, Node, Text
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.judging import Host, Rule, of_flow, of_node
from engine.texts import Rules, compile_condition, compile_timer_of, compile_value, is_local_moment


def timer_texts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V2: a timer is an ISO 8601 text or `service_level("key")` with a known key.

    A cycle repeats only where its event stays when it has happened; the house refuses it elsewhere.
    """
    for node in drawing.nodes:
        for event in node.events:
            if event.kind == "timer":
                yield from _of_timer(node, event, host)


def _of_timer(node: Node, event: Event, host: Host) -> Iterator[Problem]:
    text = event.text.text if event.text is not None else None
    if host.rules == "house":
        reason = timers.wrong(event.form, text, host.service_levels)
    elif not text:
        yield _by_hand(node, "V2", "The timer has no time")
        return
    else:
        reason = _wrong(lambda: compile_timer_of(event, host.rules))
    if reason:
        mend = 'Write service_level("key"), a quoted duration such as "P2D", or to repeat it "R3/PT24H".'
        yield of_node(node, "V2", reason, mend)
    elif host.rules == "house" and event.form == "timeCycle" and node.interrupting:
        reason = "The timer repeats, and the event happens only once."
        yield of_node(node, "V2", reason, "Write a duration, or draw an event that does not interrupt.")
    elif text and host.rules != "house" and is_local_moment(text):
        reason = "The time does not say in which time zone it is: it is read as UTC."
        yield of_node(node, "V2", reason, "Write the offset, such as +01:00.", warning=True)
    elif text and host.rules != "house" and text.isidentifier() and not timers.is_duration(text):
        reason = f"“{text[:80]}” is no time: it is taken for the name of a variable."
        yield of_node(node, "V2", reason, "Write a time such as PT2H.", warning=True)


def conditions(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V5: every condition on a flow is an expression that is understood."""
    for flow in drawing.flows:
        condition = flow.condition
        if condition is not None:
            reason = _wrong(lambda condition=condition: compile_condition(condition, host.rules))
            if reason:
                yield of_flow(
                    drawing, flow, "V5", f"The condition cannot be used: {reason}", "Correct the condition."
                )


def other_expressions(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V5: so are the conditions of events and loops, and the number of instances."""
    for node in drawing.nodes:
        if host.rules != "house" and any(_is_empty(event) for event in node.events):
            yield _by_hand(node, "V5", "The event has no condition")
        if host.rules == "house" and any(_is_empty(event) for event in node.events):
            yield of_node(node, "V5", "The event has no condition.", "Write a condition.")
        for text, compiled in _texts(node):
            reason = _wrong(lambda text=text, compiled=compiled: compiled(text, host.rules))
            if reason:
                yield of_node(
                    node, "V5", f"The expression cannot be used: {reason}", "Correct the expression."
                )


def _is_empty(event: Event) -> bool:
    return event.kind == "conditional" and not (event.text and event.text.text)


def _by_hand(node: Node, rule: str, what: str) -> Problem:
    reason = f"{what}: it can only be let happen by hand."
    return of_node(node, rule, reason, "Write it into the event.", warning=True)


def _texts(node: Node) -> Iterator[tuple[Text, Callable[[Text, Rules], object]]]:
    """The expressions of a node, each with what reads it."""
    for event in node.events:
        if event.kind == "conditional" and event.text is not None and event.text.text:
            yield event.text, compile_condition
    if node.activation is not None and node.activation.text:
        yield node.activation, compile_condition
    if node.loop is not None:
        thrown = (text for text, _ in node.loop.throws)
        for text in (node.loop.condition, node.loop.completion, *thrown):
            if text is not None and text.text:
                yield text, compile_condition
        for text in (node.loop.cardinality, Text(node.loop.collection or "")):
            if text is not None and text.text:
                yield text, compile_value


def _wrong(compiling: object) -> str | None:
    """Why it does not compile, or None."""
    try:
        compiling()  # type: ignore[operator]
    except ExpressionError as error:
        return str(error)
    return None


RULES: tuple[Rule, ...] = (timer_texts, conditions, other_expressions)
