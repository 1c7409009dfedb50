"""Rules of the standard about services and messages: operations, what tasks hand over, pools and message flows.

They only warn: the engine sends messages by their name, and the host decides where they go.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.document import Document, Xml, around, children, is_false, is_true, lineage, references, tag_of
from engine.elements import Problem
from engine.judging import Check
from engine.validation_data import equivalent

_MENDED = "Nothing needs to be done if the process does not depend on it; else correct it in a modeler."


def _data(task: Xml, group: str, name: str) -> tuple[list[Xml], list[Xml]]:
    """The sets and the data of one side of a task."""
    specification = next(children(task, "ioSpecification"), None)
    if specification is None:
        return [], []
    return list(children(specification, group)), list(children(specification, name))


def service_data(document: Document) -> Iterator[Problem]:
    """S40: a service task hands an operation one set of data, of the item of its message (BPMN 2.0.2, 10.3 and 10.4)."""
    sides = (("inMessageRef", "inputSet", "dataInput"), ("outMessageRef", "outputSet", "dataOutput"))
    for task in document.all("serviceTask"):
        operation = document.referred(task, "operationRef")
        for name, group, tag in sides if operation is not None else ():
            message = None if operation is None else document.referred(operation, name)
            sets, data = _data(task, group, tag)
            if message is not None and len(sets) != 1:
                reason = f"The task calls an operation and has {len(sets)} sets of the kind {group}, not one."
                yield document.problem(task, "S40", reason, _MENDED)
            yield from _items(document, task, message, data, "S40")


def message_data(document: Document) -> Iterator[Problem]:
    """S41: a send or receive task has at most one set of data, of the item of its message (BPMN 2.0.2, 10.3, 10.4)."""
    for task_tag, group, tag in (
        ("sendTask", "inputSet", "dataInput"),
        ("receiveTask", "outputSet", "dataOutput"),
    ):
        for task in document.all(task_tag):
            message = document.referred(task, "messageRef")
            sets, data = _data(task, group, tag)
            if message is not None and (len(sets) > 1 or len(data) > 1):
                reason = f"The task is for one message, and has {len(sets)} sets and {len(data)} data."
                yield document.problem(task, "S41", reason, _MENDED)
            yield from _items(document, task, message, data, "S41")


def _items(
    document: Document, task: Xml, message: Xml | None, data: list[Xml], rule: str
) -> Iterator[Problem]:
    item = None if message is None else document.referred(message, "itemRef")
    for element in data if item is not None else ():
        if not equivalent(document.referred(element, "itemSubjectRef"), item):
            reason = f"The {tag_of(element)} of the task and its message have different item definitions."
            yield document.problem(element, rule, reason, _MENDED)


def call_data(document: Document) -> Iterator[Problem]:
    """S42: a call activity has the data inputs and outputs of what it calls (BPMN 2.0.2, 10.3)."""
    for call in document.all("callActivity"):
        called = document.referred(call, "calledElement")
        if called is None or next(children(call, "ioSpecification"), None) is None:
            continue
        for group, tag in (("inputSet", "dataInput"), ("outputSet", "dataOutput")):
            own, other = (_data(each, group, tag)[1] for each in (call, called))
            pairs = zip(own, other, strict=False)
            if len(own) != len(other) or not all(_same_item(document, one, two) for one, two in pairs):
                reason = f"The {tag}s of the call activity are not those of the called process."
                yield document.problem(call, "S42", reason, _MENDED)


def _same_item(document: Document, one: Xml, other: Xml) -> bool:
    items = [document.referred(each, "itemSubjectRef") for each in (one, other)]
    return equivalent(items[0], items[1])


def bindings(document: Document) -> Iterator[Problem]:
    """S43: a process that is offered as a service says which data belong to which operation (BPMN 2.0.2, 10.4)."""
    for process in document.all(*_CALLABLE):
        bound = list(children(process, "ioBinding"))
        if next(references(process, "supportedInterfaceRef"), None) and not bound:
            reason = "The process supports an interface and binds no data to its operations."
            yield document.problem(process, "S43", reason, _MENDED)
        for binding in bound:
            operation = document.referred(binding, "operationRef")
            for side, name in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
                data = document.referred(binding, side)
                message = None if operation is None else document.referred(operation, name)
                if data is not None:
                    yield from _items(document, process, message, [data], "S43")


_CALLABLE = (
    "process", "globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask",
)  # fmt: skip


def operations(document: Document) -> Iterator[Problem]:
    """S44: a message event of an executable process names an operation (BPMN 2.0.2, 10.5).

    Not demanded in the house, where the name of the message is enough.
    """
    for definition in document.all("messageEventDefinition"):
        event, process = definition.getparent(), around(definition, "process")
        executable = process is not None and not is_false(process, "isExecutable")
        named = next(references(definition, "operationRef"), None)
        if document.rules == "standard" and event is not None and executable and not named:
            reason = "The message event names no operation: the host finds its partner by the message's name."
            yield document.problem(definition, "S44", reason, _MENDED)


_SENDING = frozenset({"participant", "endEvent", "intermediateThrowEvent"})
_RECEIVING = frozenset({"participant", "startEvent", "intermediateCatchEvent", "boundaryEvent"})
_WORKING = frozenset({
    "task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess", "conversation", "subConversation",
    "callConversation",
})  # fmt: skip


def message_flow_ends(document: Document) -> Iterator[Problem]:
    """S50: a message flow leads from a pool, activity or event to one (BPMN 2.0.2, 7.6 and 9.4)."""
    for flow in document.all("messageFlow"):
        if around(flow, "choreography", "globalConversation", "globalChoreographyTask") is not None:
            continue
        for end, allowed in (
            ("sourceRef", _SENDING | _RECEIVING | _WORKING),
            ("targetRef", _RECEIVING | _SENDING | _WORKING),
        ):
            found = document.referred(flow, end)
            if found is None or tag_of(found) not in allowed:
                what = "nothing in the bundle" if found is None else f"a {tag_of(found)}"
                reason = f"The {end.removesuffix('Ref')} of the message flow is {what}."
                yield document.problem(flow, "S50", reason, "Connect pools, activities or events.")


def pools(document: Document) -> Iterator[Problem]:
    """S51: a message flow leads from one pool to another (BPMN 2.0.2, 9.4)."""
    owners = {
        each.get("processRef"): each.get("id")
        for each in document.all("participant")
        if each.get("processRef")
    }
    for flow in document.all("messageFlow"):
        source, target = (_pool(document.referred(flow, end), owners) for end in ("sourceRef", "targetRef"))
        if source is not None and source == target:
            reason = "The message flow begins and ends in the same pool."
            yield document.problem(flow, "S51", reason, "Use a sequence flow, or another pool.")


def _pool(end: Xml | None, owners: dict[str | None, str | None]) -> str | None:
    """The pool that an end of a message flow is, or lies in."""
    if end is None:
        return None
    if tag_of(end) == "participant":
        return end.get("id")
    process = next((each for each in lineage(end) if tag_of(each) == "process"), None)
    return None if process is None else owners.get(process.get("id"), process.get("id"))


def message_events(document: Document) -> Iterator[Problem]:
    """S52: messages lead to events that catch one and from events that throw one (BPMN 2.0.2, 10.5)."""
    for flow in document.all("messageFlow"):
        for end, right, tags in (("sourceRef", _THROWING, _CATCHING), ("targetRef", _CATCHING, _THROWING)):
            event = document.referred(flow, end)
            if event is None or tag_of(event) not in right | tags:
                continue
            if tag_of(event) in tags:
                reason = f"A message flow leads {'from' if end == 'sourceRef' else 'to'} a {tag_of(event)}."
                yield document.problem(event, "S52", reason, "Turn the flow round, or choose another event.")
            elif not _carries_message(document, event):
                reason = "A message flow is drawn to or from an event that is for no message."
                yield document.problem(event, "S52", reason, "Make it a message event.")


_THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
_CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})


def _carries_message(document: Document, event: Xml) -> bool:
    shared = (document.find(reference) for reference in references(event, "eventDefinitionRef"))
    definitions = [*event, *(each for each in shared if each is not None)]
    return any(tag_of(each) == "messageEventDefinition" for each in definitions)


def multiplicities(document: Document) -> Iterator[Problem]:
    """S53: of a participant there are at least none and at most one or more (BPMN 2.0.2, 9.3)."""
    for each in document.all("participantMultiplicity"):
        least, most = (_number(each.get(name), default) for name, default in (("minimum", 0), ("maximum", 1)))
        if least is None or most is None or least < 0 or most < 1 or most < least:
            reason = "The numbers of the participant do not fit: 0 ≤ minimum ≤ maximum, and maximum ≥ 1."
            yield document.problem(each, "S53", reason, "Correct the numbers.")


def _number(text: str | None, default: int) -> int | None:
    digits = (text or "").removeprefix("-")
    if text is None:
        return default
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def conversations(document: Document) -> Iterator[Problem]:
    """S54: what collaborations, choreographies and global conversations may hold (BPMN 2.0.2, 9.2 to 9.5).

    A global conversation has participants and message flows alone; neither it nor a choreography refers to a
    choreography; and beside a closed choreography no other messages are exchanged.
    """
    for element in document.all("globalConversation", "choreography"):
        for child in children(element, "choreographyRef"):
            reason = f"A {tag_of(element)} refers to a choreography."
            yield document.problem(child, "S54", reason, "Remove the reference.")
    for element in document.all("globalConversation"):
        if next(children(element, *_NOT_GLOBAL), None) is not None:
            reason = "A global conversation holds more than participants, message flows and correlations."
            yield document.problem(element, "S54", reason, "Make it a collaboration.")
    for element in document.all("collaboration"):
        shared = [document.find(reference) for reference in references(element, "choreographyRef")]
        if any(each is not None and is_true(each, "isClosed") for each in shared):
            for flow in children(element, "messageFlow"):
                reason = "The message is not part of the choreography, which is closed."
                yield document.problem(
                    flow, "S54", reason, "Open the choreography, or remove the message flow."
                )


_NOT_GLOBAL = (
    "conversation", "subConversation", "callConversation", "conversationAssociation", "participantAssociation",
    "messageFlowAssociation", "textAnnotation", "association", "group",
)  # fmt: skip


CHECKS: tuple[Check, ...] = (
    service_data, message_data, call_data, bindings, operations, message_flow_ends, pools, message_events,
    multiplicities, conversations,
)  # fmt: skip
