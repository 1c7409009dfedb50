"""Rules of the standard about what an activity, a loop or an event says of itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.document import Document, Xml, children, is_false, is_true, references, tag_of, text_of
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.expressions import compile as compile_expression
from engine.judging import Check

_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
_TIMES = ("timeDate", "timeDuration", "timeCycle")


def two_loops(document: Document) -> Iterator[Problem]:
    """S20: an activity has one loop marker at most, else nobody knows how often it runs (BPMN 2.0.2, 10.3)."""
    activities = {loop.getparent(): None for loop in document.all(*_LOOPS)}
    for activity in activities:
        if activity is not None and len(list(children(activity, *_LOOPS))) > 1:
            reason = "The activity has several loop markers."
            yield document.refusal(activity, "S20", reason, "Keep one of them.")


def several_times(document: Document) -> Iterator[Problem]:
    """S21: a timer has a date, a duration or a cycle, and only one of them (BPMN 2.0.2, 10.5)."""
    for timer in document.all("timerEventDefinition"):
        times = [tag_of(each) for each in children(timer, *_TIMES)]
        if len(times) > 1:
            reason = f"The timer has a {', a '.join(times)}."
            yield document.refusal(timer, "S21", reason, "Keep one of them.")


def no_booleans(document: Document) -> Iterator[Problem]:
    """S22: a condition answers yes or no; a number or a text never does (BPMN 2.0.2, 8.4 and 10.3)."""
    conditions = (
        "completionCondition",
        "condition",
        "conditionExpression",
        "loopCondition",
        "activationCondition",
    )
    for element in document.all(*conditions):
        if document.rules != "walk" and _is_constant(text_of(element)):
            reason = f"The {tag_of(element)} is a fixed value, neither true nor false."
            yield document.problem(element, "S22", reason, "Write a comparison.")


def _is_constant(text: str) -> bool:
    try:
        tree = compile_expression(text).tree
    except ExpressionError:
        return False
    return isinstance(tree, ast.Constant) and not isinstance(tree.value, bool)


def event_sub_process_starts(document: Document) -> Iterator[Problem]:
    """S23: an event sub-process has exactly one start event (BPMN 2.0.2, 10.3); of several, each begins it."""
    for scope in document.all("subProcess"):
        count = len(list(children(scope, "startEvent")))
        if is_true(scope, "triggeredByEvent") and count > 1:
            reason = f"The event sub-process has {count} start events: each of them begins it."
            yield document.problem(scope, "S23", reason, "Draw an event sub-process for each.")


def ad_hoc(document: Document) -> Iterator[Problem]:
    """S24: an ad-hoc sub-process holds activities, and neither start nor end events (BPMN 2.0.2, 10.3)."""
    for scope in document.all("adHocSubProcess"):
        for event in children(scope, "startEvent", "endEvent"):
            reason = f"An ad-hoc sub-process has no {tag_of(event)}."
            yield document.problem(event, "S24", reason, "Remove the event.")
        if (
            is_false(scope, "cancelRemainingInstances")
            and next(children(scope, "completionCondition"), None) is not None
        ):
            reason = (
                "What is open when the completion condition holds should go on: it is ended all the same."
            )
            yield document.problem(scope, "S24", reason, "Leave cancelRemainingInstances out.")
        if not any(_is_activity(child) for child in scope):
            reason = "The ad-hoc sub-process holds no activity."
            yield document.problem(scope, "S24", reason, "Draw what there is to do.")


def _is_activity(element: Xml) -> bool:
    tag = tag_of(element)
    return tag.endswith(("Task", "SubProcess")) or tag in (
        "task",
        "subProcess",
        "transaction",
        "callActivity",
    )


def called_processes(document: Document) -> Iterator[Problem]:
    """S25: what a call activity calls begins with a plain start event, or without any (BPMN 2.0.2, 10.3 and 10.5)."""
    for call in document.all("callActivity"):
        called = document.referred(call, "calledElement")
        starts = [] if called is None else [*children(called, "startEvent")]
        if starts and all(_waits(start) for start in starts):
            reason = "The called process only begins with an event that it waits for: a call never begins it."
            yield document.refusal(call, "S25", reason, "Draw a plain start event in the called process.")
            for start in starts:
                reason = "The process is called, and has no plain start event."
                yield document.problem(start, "S25", reason, "Draw one.")


def _waits(start: Xml) -> bool:
    return any(tag_of(child).endswith(("EventDefinition", "eventDefinitionRef")) for child in start)


_ROLES = ("performer", "humanPerformer", "potentialOwner", "resourceRole")


def resource_roles(document: Document) -> Iterator[Problem]:
    """S26: who performs an activity is a resource with parameters, or an expression (BPMN 2.0.2, 10.3)."""
    for role in document.all(*_ROLES):
        named = next(references(role, "resourceRef"), None)
        if named and next(children(role, "resourceAssignmentExpression"), None) is not None:
            reason = "The performer is told twice: as a resource and by an expression."
            yield document.problem(role, "S26", reason, "Keep one of them.")
        if not named and next(children(role, "resourceParameterBinding"), None) is not None:
            reason = "Parameters are given for a resource that is not named."
            yield document.problem(role, "S26", reason, "Name the resource.")


def escalation_codes(document: Document) -> Iterator[Problem]:
    """S27: an event that throws an escalation says its code (BPMN 2.0.2, 10.5)."""
    for definition in document.all("escalationEventDefinition"):
        event = definition.getparent()
        thrown = event is not None and tag_of(event) in ("endEvent", "intermediateThrowEvent")
        escalation = document.referred(definition, "escalationRef")
        if event is not None and thrown and (escalation is None or not escalation.get("escalationCode")):
            reason = "The escalation has no code: only events that catch every escalation hear it."
            yield document.problem(event, "S27", reason, "Choose an escalation with a code.")


def data_states(document: Document) -> Iterator[Problem]:
    """S28: a reference to a data object in a state is named “object [state]” (BPMN 2.0.2, 10.4)."""
    for reference in document.all("dataObjectReference"):
        state = next(children(reference, "dataState"), None)
        shown = document.referred(reference, "dataObjectRef")
        if state is not None and state.get("name") and shown is not None and shown.get("name"):
            name = f"{shown.get('name')} [{state.get('name')}]"
            if (reference.get("name") or name) != name:
                reason = "The name of the reference does not tell the object and its state."
                yield document.problem(reference, "S28", reason, f"Name it “{name[:80]}”.")


def link_pairs(document: Document) -> Iterator[Problem]:
    """S29: the two ends of a link name each other, or one names the other, or they share a name (BPMN 2.0.2, 10.5)."""
    for link in document.all("linkEventDefinition"):
        for name, back in (("target", "source"), ("source", "target")):
            for other in map(document.find, references(link, name)):
                told = [] if other is None else [document.find(text) for text in references(other, back)]
                if told and link not in told:
                    reason = f"The link names a {name} that names another {back}."
                    yield document.refusal(link, "S29", reason, "Choose one link for both ends.")


CHECKS: tuple[Check, ...] = (
    two_loops, several_times, no_booleans, event_sub_process_starts, ad_hoc, called_processes, resource_roles,
    escalation_codes, data_states, link_pairs,
)  # fmt: skip
