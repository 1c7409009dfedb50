"""Rules about what is written in conditions and timers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import timers
from engine.drawing import Drawing, Event, Loop, Node, Text
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.expressions import Answer, explain
from engine.judging import Host, Rule, of_flow, of_node
from engine.texts import compile_condition, compile_timer_of, compile_value, is_local_moment


def timer_texts(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V2: a timer is an ISO 8601 text or `service_level("key")` with a known key.

    A cycle repeats only where its event stays when it has happened; the house refuses it elsewhere.
    """
    for node in drawing.nodes:
        for event in node.events:
            if event.kind == "timer":
                yield from _of_timer(node, event, host)


def _of_timer(node: Node, event: Event, host: Host) -> Iterator[Problem]:
    text = event.text.text if event.text is not None else ""
    if host.rules == "house":
        yield from _in_the_house(node, event, timers.wrong(event.form, text, host.service_levels))
    elif not text:
        yield _by_hand(node, "V2", "The timer has no time")
    else:
        yield from _elsewhere(node, text, _wrong_time(event, host))


_TIME = 'Write service_level("key"), a quoted duration such as "P2D", or to repeat it "R3/PT24H".'


def _in_the_house(node: Node, event: Event, reason: str | None) -> Iterator[Problem]:
    if reason:
        yield of_node(node, "V2", reason, _TIME)
    elif event.form == "timeCycle" and node.interrupting:
        reason = "The timer repeats, and the event happens only once."
        yield of_node(node, "V2", reason, "Write a duration, or draw an event that does not interrupt.")


def _elsewhere(node: Node, text: str, reason: str | None) -> Iterator[Problem]:
    if reason:
        yield of_node(node, "V2", reason, _TIME)
    elif is_local_moment(text):
        reason = "The time does not say in which time zone it is: it is read as UTC."
        yield of_node(node, "V2", reason, "Write the offset, such as +01:00.", warning=True)
    elif text.isidentifier() and not timers.is_duration(text):
        reason = f"“{text[:80]}” is no time: it is taken for the name of a variable."
        yield of_node(node, "V2", reason, "Write a time such as PT2H.", warning=True)


def _wrong_time(event: Event, host: Host) -> str | None:
    """Why a timer does not compile, or None."""
    try:
        compile_timer_of(event, host.rules)
    except ExpressionError as error:
        return str(error)
    return None


def conditions(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V5: every condition on a flow is an expression that is understood."""
    for flow in drawing.flows:
        wrong = None if flow.condition is None else _misread(flow.condition, host, "boolean")
        if wrong:
            reason = f"The condition cannot be used: {wrong.reason}"
            yield of_flow(drawing, flow, "V5", reason, wrong.mend or "Correct the condition.")


def other_expressions(drawing: Drawing, host: Host) -> Iterator[Problem]:
    """V5: so are the conditions of events and loops, and the number of instances."""
    for node in drawing.nodes:
        if host.rules != "house" and any(_is_empty(event) for event in node.events):
            yield _by_hand(node, "V5", "The event has no condition")
        if host.rules == "house" and any(_is_empty(event) for event in node.events):
            yield of_node(node, "V5", "The event has no condition.", "Write a condition.")
        for text, answer in expressions_of(node):
            wrong = _misread(text, host, answer)
            if wrong:
                reason = f"The expression cannot be used: {wrong.reason}"
                yield of_node(node, "V5", reason, wrong.mend or "Correct the expression.")


def _is_empty(event: Event) -> bool:
    return event.kind == "conditional" and not (event.text and event.text.text)


def _by_hand(node: Node, rule: str, what: str) -> Problem:
    reason = f"{what}: it can only be let happen by hand."
    return of_node(node, rule, reason, "Write it into the event.", warning=True)


def expressions_of(node: Node) -> Iterator[tuple[Text, Answer | None]]:
    """The expressions of a node beside its timers, each with what it must answer."""
    for event in node.events:
        if event.kind == "conditional" and event.text is not None and event.text.text:
            yield event.text, "boolean"
    if node.activation is not None and node.activation.text:
        yield node.activation, "boolean"
    if node.loop is not None:
        yield from _of_loop(node.loop)


def _of_loop(loop: Loop) -> Iterator[tuple[Text, Answer | None]]:
    conditions = (loop.condition, loop.completion, *(condition for condition, _ in loop.throws))
    yield from ((text, "boolean") for text in conditions if text is not None and text.text)
    if loop.cardinality is not None and loop.cardinality.text:
        yield loop.cardinality, "number"
    if loop.collection:
        yield Text(loop.collection), None


@dataclass(frozen=True)
class _Misread:
    """Why an expression does not compile, and how it may have been meant, where that can be said."""

    reason: str
    mend: str | None = None


def _misread(text: Text, host: Host, answer: Answer | None) -> _Misread | None:
    """What is wrong with an expression, None when it compiles."""
    compiling = compile_condition if answer == "boolean" else compile_value
    try:
        compiling(text, host.rules)
    except ExpressionError as error:
        # Of another tool's language only its own reader knows what was meant.
        mistake = explain(text.text) if host.rules == "house" else None
        return _Misread(str(error)) if mistake is None else _Misread(mistake.sentence, mistake.advice)
    return None


RULES: tuple[Rule, ...] = (timer_texts, conditions, other_expressions)
