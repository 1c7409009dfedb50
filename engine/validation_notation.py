"""Rules of the standard about how a process is drawn: gateways, starts and ends, and the ways between."""

from __future__ import annotations

from collections.abc import Iterator

from engine.document import Document, Xml, around, children, is_false, is_true, tag_of
from engine.elements import Problem
from engine.judging import Check
from engine.validation_elements import ACTIVITIES

_GATEWAYS = (
    "exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway",
)  # fmt: skip


def _flows(document: Document, element: Xml) -> tuple[int, int]:
    """How many sequence flows lead into an element, and how many out."""
    identity = element.get("id") or ""
    return document.flows_into[identity], document.flows_out[identity]


def gateway_directions(document: Document) -> Iterator[Problem]:
    """S10: the direction that a gateway says agrees with its flows (BPMN 2.0.2, 8.4 and 10.6)."""
    for gateway in document.all(*_GATEWAYS):
        into, out = _flows(document, gateway)
        direction = gateway.get("gatewayDirection", "Unspecified")
        wrong = {
            "Converging": out > 1, "Diverging": into > 1, "Mixed": into < 2 or out < 2,
        }.get(direction, False)  # fmt: skip
        if wrong:
            reason = f"The gateway says {direction}, and has {into} flows in and {out} out."
            yield document.problem(gateway, "S10", reason, "Draw two gateways, or leave the direction out.")


def gateway_flows(document: Document) -> Iterator[Problem]:
    """S11: several flows lead into a gateway, or several out of it (BPMN 2.0.2, 10.6)."""
    for gateway in document.all(*_GATEWAYS):
        into, out = _flows(document, gateway)
        if into < 2 and out < 2:
            reason = "The gateway neither splits nor joins."
            yield document.problem(gateway, "S11", reason, "Remove it, or draw the flow that is missing.")


def event_gateways(document: Document) -> Iterator[Problem]:
    """S12: what stands behind an event-based gateway (BPMN 2.0.2, 10.6).

    Its flows have no condition; it waits by events or by receive tasks for messages, not by both; its receive tasks
    have no boundary events; and nothing leads to one that begins a process.
    """
    behind: dict[str | None, list[Xml]] = {}
    for flow in document.all("sequenceFlow"):
        behind.setdefault(flow.get("sourceRef"), []).append(flow)
    bounded = {each.get("attachedToRef") for each in document.all("boundaryEvent")}
    for gateway in document.all("eventBasedGateway"):
        flows = behind.get(gateway.get("id"), [])
        for flow in flows:
            if next(children(flow, "conditionExpression"), None) is not None:
                reason = "A condition stands behind an event-based gateway: it is passed over."
                yield document.problem(flow, "S12", reason, "Remove the condition.")
        nodes = [node for flow in flows if (node := document.find(flow.get("targetRef"))) is not None]
        yield from _waiting(document, gateway, nodes, bounded)
        if is_true(gateway, "instantiate") and _flows(document, gateway)[0]:
            reason = "A flow leads to a gateway that begins the process."
            yield document.problem(
                gateway, "S12", reason, "Remove the flow, or do not let it begin the process."
            )


def _waiting(
    document: Document, gateway: Xml, nodes: list[Xml], bounded: set[str | None]
) -> Iterator[Problem]:
    tasks = [node for node in nodes if tag_of(node) == "receiveTask"]
    messages = [node for node in nodes if next(children(node, "messageEventDefinition"), None) is not None]
    if tasks and messages:
        reason = "The gateway waits for messages by events and by receive tasks."
        for node in (gateway, *tasks):
            yield document.problem(node, "S12", reason, "Draw message events only.")
    for task in tasks:
        if task.get("id") in bounded:
            reason = "A receive task behind an event-based gateway has a boundary event."
            yield document.problem(task, "S12", reason, "Draw the event behind the gateway.")


_ALWAYS = ("errorEventDefinition", "cancelEventDefinition", "compensateEventDefinition")


def always_interrupting(document: Document) -> Iterator[Problem]:
    """S13: errors, cancellations and compensations always interrupt (BPMN 2.0.2, 10.5)."""
    for tag, attribute in (("boundaryEvent", "cancelActivity"), ("startEvent", "isInterrupting")):
        for event in document.all(tag):
            kinds = [tag_of(each) for each in children(event, *_ALWAYS)]
            if kinds and is_false(event, attribute):
                kind = kinds[0].removesuffix("EventDefinition")
                reason = f"An event of the kind “{kind}” cannot be without interruption."
                yield document.problem(event, "S13", reason, "Let it interrupt.")


def starts_and_ends(document: Document) -> Iterator[Problem]:
    """S14: who draws an end event draws a start event, and the other way round (BPMN 2.0.2, 10.5)."""
    for scope in document.all("process", "subProcess", "transaction"):
        starts = [*children(scope, "startEvent")]
        ends = [*children(scope, "endEvent")]
        for here, what, other in ((starts, "end", ends), (ends, "start", starts)):
            if here and not other:
                reason = f"There is no {what} event beside it: it is where nothing leads."
                yield document.problem(here[0], "S14", reason, f"Draw the {what} event.")


def loose_events(document: Document) -> Iterator[Problem]:
    """S15: flows lead through intermediate events and out of boundary events, and not past a link (BPMN 2.0.2, 10.5)."""
    for event in document.all("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        into, out = _flows(document, event)
        tag, link = tag_of(event), _has(event, "linkEventDefinition")
        enters = tag != "boundaryEvent" and not (link and tag == "intermediateCatchEvent")
        leaves = not (link and tag == "intermediateThrowEvent") and not _has(
            event, "compensateEventDefinition"
        )
        if enters != bool(into) and tag != "boundaryEvent":
            reason = "No flow leads into the event." if enters else "A flow leads to the end of a link."
            yield document.problem(event, "S15", reason, "Connect it." if enters else "Remove the flow.")
        if leaves and not out:
            yield document.problem(
                event, "S15", "No flow leads out of the event.", "Lead it to what follows."
            )
        elif out and link and tag == "intermediateThrowEvent":
            reason = "A flow leads out of the beginning of a link."
            yield document.problem(event, "S15", reason, "Remove the flow.")


def _has(event: Xml, tag: str) -> bool:
    return next(children(event, tag), None) is not None


def unended_ways(document: Document) -> Iterator[Problem]:
    """S16: where an end event is drawn, every way leads to one (BPMN 2.0.2, 10.5)."""
    for scope in document.all("process", "subProcess", "transaction"):
        if next(children(scope, "endEvent"), None) is not None:
            for node in children(scope, *_ACTIVE):
                beside = is_true(node, "triggeredByEvent") or is_true(node, "isForCompensation")
                if not _flows(document, node)[1] and not beside:
                    reason = "No flow leads out of the element: the way ends here, beside the end events."
                    yield document.problem(node, "S16", reason, "Lead it to an end event.")


_ACTIVE = (*sorted(ACTIVITIES), "adHocSubProcess", "startEvent", *_GATEWAYS)


def instantiating_tasks(document: Document) -> Iterator[Problem]:
    """S17: nothing leads to a receive task that begins the process (BPMN 2.0.2, 10.3)."""
    for task in document.all("receiveTask"):
        if is_true(task, "instantiate") and _flows(document, task)[0]:
            reason = "A flow leads to a task that begins the process."
            yield document.problem(
                task, "S17", reason, "Remove the flow, or do not let it begin the process."
            )


def lone_conditions(document: Document) -> Iterator[Problem]:
    """S18: a condition on the only flow out of an activity is a way that may end (BPMN 2.0.2, 8.4 and 10.3)."""
    for flow in document.all("sequenceFlow"):
        source = document.find(flow.get("sourceRef"))
        lone = source is not None and tag_of(source) in ACTIVITIES and _flows(document, source)[1] == 1
        if lone and next(children(flow, "conditionExpression"), None) is not None:
            reason = "The only flow out of the activity has a condition: where it fails, the way ends."
            yield document.problem(flow, "S18", reason, "Draw the other way, or remove the condition.")


def delayed_flows(document: Document) -> Iterator[Problem]:
    """S19: in an executable process nothing happens between two elements that a flow connects (BPMN 2.0.2, 8.4)."""
    for flow in document.all("sequenceFlow"):
        process = around(flow, "process")
        if is_false(flow, "isImmediate") and process is not None and not is_false(process, "isExecutable"):
            reason = "The flow says that it is not immediate: the engine goes on at once."
            yield document.problem(flow, "S19", reason, "Remove isImmediate.")


CHECKS: tuple[Check, ...] = (
    gateway_directions, gateway_flows, event_gateways, always_interrupting, starts_and_ends, loose_events,
    unended_ways, instantiating_tasks, lone_conditions, delayed_flows,
)  # fmt: skip
