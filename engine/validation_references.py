"""Rules of the standard about references: what they lead to, and how types and languages are named.

They only warn: what they concern is set aside by the engine, or it does not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.document import (
    XSI_TYPE,
    Document,
    Xml,
    children,
    ids,
    is_false,
    is_true,
    local_id,
    references,
    tag_of,
    text_of,
)  # fmt: skip
from engine.elements import Problem
from engine.judging import Check


def imports(document: Document) -> Iterator[Problem]:
    """S1: what another file holds is not fetched: an import is not followed (BPMN 2.0.2, 8.2).

    The files of a bundle are given together and need no import.
    """
    for each in document.all("import"):
        reason = f"The import of “{_short(each.get('location'))}” is not followed."
        yield document.problem(each, "S1", reason, "Deploy the files together.")


_TARGETS: Mapping[tuple[str, str], frozenset[str]] = {
    ("message", "itemRef"): frozenset({"itemDefinition"}),
    ("messageFlow", "messageRef"): frozenset({"message"}),
    ("messageEventDefinition", "messageRef"): frozenset({"message"}),
    ("messageEventDefinition", "operationRef"): frozenset({"operation"}),
    ("sendTask", "messageRef"): frozenset({"message"}),
    ("sendTask", "operationRef"): frozenset({"operation"}),
    ("receiveTask", "messageRef"): frozenset({"message"}),
    ("receiveTask", "operationRef"): frozenset({"operation"}),
    ("serviceTask", "operationRef"): frozenset({"operation"}),
    ("operation", "inMessageRef"): frozenset({"message"}),
    ("operation", "outMessageRef"): frozenset({"message"}),
    ("operation", "errorRef"): frozenset({"error"}),
    ("participant", "interfaceRef"): frozenset({"interface"}),
    ("participant", "processRef"): frozenset({"process"}),
    ("partnerEntity", "participantRef"): frozenset({"participant"}),
    ("partnerRole", "participantRef"): frozenset({"participant"}),
    ("process", "definitionalCollaborationRef"): frozenset({
        "collaboration", "choreography", "globalConversation",
    }),
    ("correlationKey", "correlationPropertyRef"): frozenset({"correlationProperty"}),
    ("correlationPropertyBinding", "correlationPropertyRef"): frozenset({"correlationProperty"}),
    ("correlationPropertyRetrievalExpression", "messageRef"): frozenset({"message"}),
    ("correlationSubscription", "correlationKeyRef"): frozenset({"correlationKey"}),
    ("inputSet", "dataInputRefs"): frozenset({"dataInput"}),
    ("outputSet", "dataOutputRefs"): frozenset({"dataOutput"}),
    ("dataObjectReference", "dataObjectRef"): frozenset({"dataObject"}),
    ("dataStoreReference", "dataStoreRef"): frozenset({"dataStore"}),
    ("dataInputAssociation", "sourceRef"): frozenset({
        "dataObject", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput", "property",
        "inputDataItem", "outputDataItem",
    }),
    ("dataInputAssociation", "targetRef"): frozenset({"dataInput", "property"}),
    ("dataOutputAssociation", "sourceRef"): frozenset({"dataOutput", "property", "outputDataItem"}),
    ("dataOutputAssociation", "targetRef"): frozenset({
        "dataObject", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput", "property",
    }),
    ("linkEventDefinition", "source"): frozenset({"linkEventDefinition"}),
    ("linkEventDefinition", "target"): frozenset({"linkEventDefinition"}),
    ("callChoreography", "participantRef"): frozenset({"participant"}),
    ("conversation", "participantRef"): frozenset({"participant"}),
    ("conversation", "messageFlowRef"): frozenset({"messageFlow"}),
    ("signal", "structureRef"): frozenset({"itemDefinition"}),
    ("error", "structureRef"): frozenset({"itemDefinition"}),
    ("escalation", "structureRef"): frozenset({"itemDefinition"}),
    ("performer", "resourceRef"): frozenset({"resource"}),
    ("humanPerformer", "resourceRef"): frozenset({"resource"}),
    ("potentialOwner", "resourceRef"): frozenset({"resource"}),
    ("group", "categoryValueRef"): frozenset({"categoryValue"}),
}  # fmt: skip
"""What the references of an element lead to (the class diagrams of BPMN 2.0.2, chapters 8 to 12)."""


def targets(document: Document) -> Iterator[Problem]:
    """S2: a reference leads to an element of the right kind (the class diagrams of BPMN 2.0.2)."""
    for (tag, name), allowed in _TARGETS.items():
        for element in document.all(tag):
            for reference in references(element, name):
                found = document.find(reference)
                if found is None or tag_of(found) not in allowed:
                    what = "nothing in the bundle" if found is None else f"a {tag_of(found)}"
                    reason = f"The {name} “{_short(reference)}” of the {tag} leads to {what}."
                    yield document.problem(element, "S2", reason, f"Choose a {' or '.join(sorted(allowed))}.")


_ENDS = {"incoming": "targetRef", "outgoing": "sourceRef"}


def told_flows(document: Document) -> Iterator[Problem]:
    """S3: the flows that an element says lead to and from it are those that do (BPMN 2.0.2, 8.4).

    A process that leaves all of them out is fine: its sequence flows say it.
    """
    telling = {each.getparent() for each in document.all(*_ENDS)}
    scopes = {node.getparent() for node in telling if node is not None}
    for flow in document.all("sequenceFlow"):
        for told, end in _ENDS.items():
            node = document.find(flow.get(end))
            beside = node is not None and node.getparent() is flow.getparent() in scopes
            if node is not None and beside and not _tells(node, told, flow.get("id")):
                reason = f"The element does not say that the flow {_short(flow.get('id'))} is {told}."
                yield document.problem(node, "S3", reason, "Save the diagram with a modeler.")
    for each in document.all(*_ENDS):
        end, node = _ENDS[tag_of(each)], each.getparent()
        flow_told = document.find(text_of(each))
        if flow_told is None or node is None or local_id(flow_told.get(end) or "") != node.get("id"):
            reason = f"The element says that “{_short(text_of(each))}” is {tag_of(each)}, which it is not."
            yield document.problem(each, "S3", reason, "Save the diagram with a modeler.")


def _tells(node: Xml, told: str, flow: str | None) -> bool:
    return flow is None or flow in ids(references(node, told))


_MIME = re.compile(r"[A-Za-z0-9][\w.+!#$&^-]*/[\w.+!#$&^-]+(\s*;.*)?")


def mime_types(document: Document) -> Iterator[Problem]:
    """S4: the format of a text or script is a MIME type; a script has one (BPMN 2.0.2, 8.3, 8.4 and 10.3)."""
    for element in document.all("documentation", "textAnnotation"):
        format_ = element.get("textFormat")
        if format_ is not None and not _MIME.fullmatch(format_):
            reason = f"The text format “{_short(format_)}” is no MIME type."
            yield document.problem(element, "S4", reason, "Write text/plain.")
    for element in document.all("scriptTask"):
        format_ = element.get("scriptFormat")
        if next(children(element, "script"), None) is not None and not _MIME.fullmatch(format_ or ""):
            told = (
                "no format" if format_ is None else f"the format “{_short(format_)}”, which is no MIME type"
            )
            reason = f"The script has {told}."
            yield document.problem(element, "S4", reason, "Write for example text/x-python.")


_URI = re.compile(r"([\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")


def uris(document: Document) -> Iterator[Problem]:
    """S5: a language or a technology is named by a URI (BPMN 2.0.2, 8.2, 8.4 and 10.3)."""
    for element in document.root.iter():
        for name in ("language", "expressionLanguage", "typeLanguage"):
            if not _URI.fullmatch(element.get(name) or "") and isinstance(element.tag, str):
                yield _no_uri(document, element, name)
    named = (*document.all("sendTask", "serviceTask", "receiveTask", "userTask", "businessRuleTask"),)
    for tag, elements in (("method", document.all("transaction")), ("implementation", iter(named))):
        for element in elements:
            if not _URI.fullmatch(element.get(tag) or ""):
                yield _no_uri(document, element, tag)


def _no_uri(document: Document, element: Xml, name: str) -> Problem:
    reason = f"The {name} “{_short(element.get(name))}” is no URI."
    return document.problem(element, "S5", reason, "Correct it, or leave it out.")


def public_processes(document: Document) -> Iterator[Problem]:
    """S6: a public process is a view for others and not to be executed (BPMN 2.0.2, 10.2)."""
    for process in document.all("process"):
        if process.get("processType") == "Public" and is_true(process, "isExecutable"):
            reason = "The process is public and executable at once: it is run all the same."
            yield document.problem(process, "S6", reason, "Make it a private process.")


_PROSE = (
    "conditionExpression", "loopCondition", "loopCardinality", "completionCondition", "condition", "timeDate",
    "timeDuration", "timeCycle", "activationCondition", "from", "to",
)  # fmt: skip
_FORMAL = ("messagePath", "dataPath", "transformation", "formalExpression")


def prose(document: Document) -> Iterator[Problem]:
    """S7: an expression of an executable process is a formal one, which its type says (BPMN 2.0.2, 8.4.7).

    In the house every condition is a formal one, whatever its type.
    """
    if document.rules != "standard":
        return
    for element in document.all(*_PROSE):
        process = next((each for each in element.iterancestors() if tag_of(each) == "process"), None)
        executable = process is not None and not is_false(process, "isExecutable")
        if executable and text_of(element) and not _is_formal(element):
            reason = f"The {tag_of(element)} is not marked as formal: strictly it is prose for people."
            yield document.problem(element, "S7", reason, "Set its xsi:type to tFormalExpression.")


def empty_expressions(document: Document) -> Iterator[Problem]:
    """S8: an expression says something (BPMN 2.0.2, 8.4.7)."""
    for element in document.all(*_PROSE, *_FORMAL):
        formal = tag_of(element) in _FORMAL or _is_formal(element) or tag_of(element) == "condition"
        if formal and not text_of(element):
            reason = f"The {tag_of(element)} is empty."
            yield document.problem(element, "S8", reason, "Write the expression, or remove the element.")


def _is_formal(element: Xml) -> bool:
    return local_id(element.get(XSI_TYPE) or "") == "tFormalExpression"


def _short(text: str | None) -> str:
    """A text of a diagram, short enough for a sentence."""
    return (text or "")[:80]


CHECKS: tuple[Check, ...] = (
    imports, targets, told_flows, mime_types, uris, public_processes, prose, empty_expressions,
)  # fmt: skip
