"""Rules of the standard about data inputs, data outputs and the sets and associations between them.

They only warn: the engine moves no data along associations (rule G20).
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.document import Document, Xml, children, ids, is_true, references, tag_of
from engine.elements import Problem
from engine.judging import Check

_MENDED = "Nothing needs to be done if the process does not depend on it; else correct it in a modeler."


def collections(document: Document) -> Iterator[Problem]:
    """S30: data and their item definition agree on whether they are a collection (BPMN 2.0.2, 10.4)."""
    for element in document.all("dataInput", "dataOutput", "dataObject"):
        item = document.referred(element, "itemSubjectRef")
        if item is not None and is_true(item, "isCollection") != is_true(element, "isCollection"):
            reason = f"The {tag_of(element)} and its item definition disagree: a collection, or not."
            yield document.problem(element, "S30", reason, _MENDED)


def unused_data(document: Document) -> Iterator[Problem]:
    """S31: each data input is in an input set, each data output in an output set (BPMN 2.0.2, 10.4)."""
    for specification in document.all("ioSpecification"):
        for tag, group, name in _KINDS:
            listed = ids(ref for each in children(specification, group) for ref in references(each, name))
            for data in children(specification, tag):
                if data.get("id") not in listed:
                    reason = f"The {tag} is in no {group}."
                    yield document.problem(data, "S31", reason, _MENDED)


_KINDS = (("dataInput", "inputSet", "dataInputRefs"), ("dataOutput", "outputSet", "dataOutputRefs"))


def special_data(document: Document) -> Iterator[Problem]:
    """S32: what a set calls optional, or used while executing, is in the same set (BPMN 2.0.2, 10.4)."""
    for tag, group, name in _KINDS:
        letter = "Input" if tag == "dataInput" else "Output"
        for each in document.all(group):
            special = ids(references(each, f"optional{letter}Refs", f"whileExecuting{letter}Refs"))
            for missing in sorted(special - ids(references(each, name))):
                reason = (
                    f"The {group} calls “{missing[:80]}” optional or used meanwhile, and does not hold it."
                )
                found = document.find(missing)
                yield document.problem(each if found is None else found, "S32", reason, _MENDED)


def paired_sets(document: Document) -> Iterator[Problem]:
    """S33: an input set and an output set name each other, or neither does (BPMN 2.0.2, 10.4)."""
    for group, name, back in (
        ("inputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSetRefs", "outputSetRefs"),
    ):
        for each in document.all(group):
            for reference in references(each, name):
                other = document.find(reference)
                if other is None or each.get("id") not in ids(references(other, back)):
                    reason = f"The {group} names “{reference[:80]}”, which does not name it."
                    yield document.problem(each, "S33", reason, _MENDED)


def places(document: Document) -> Iterator[Problem]:
    """S34: a sub-process has no inputs and outputs of its own; a property belongs to a process, activity or event.

    (BPMN 2.0.2, 10.4.)
    """
    for specification in document.all("ioSpecification"):
        parent = specification.getparent()
        if parent is not None and tag_of(parent) in ("subProcess", "transaction", "adHocSubProcess"):
            reason = "A sub-process has no data inputs and outputs of its own."
            yield document.problem(parent, "S34", reason, "Draw data objects inside of it.")
    for element in document.all("property"):
        parent = element.getparent()
        if parent is not None and tag_of(parent) == "definitions":
            reason = "The property belongs to nothing."
            yield document.problem(element, "S34", reason, "Put it into a process, an activity or an event.")


_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")


def several_sources(document: Document) -> Iterator[Problem]:
    """S35: data come from several sources only through a transformation (BPMN 2.0.2, 10.4)."""
    for association in document.all(*_ASSOCIATIONS):
        alone = next(children(association, "transformation", "assignment"), None) is None
        if alone and len(list(references(association, "sourceRef"))) > 1:
            reason = "The association has several sources and no transformation."
            yield document.problem(association, "S35", reason, _MENDED)


def equal_ends(document: Document) -> Iterator[Problem]:
    """S36: without a transformation, data keep their item definition on their way (BPMN 2.0.2, 10.4)."""
    for association in document.all(*_ASSOCIATIONS):
        if next(children(association, "transformation", "assignment"), None) is None:
            target = item_of(document, document.referred(association, "targetRef"))
            for reference in references(association, "sourceRef"):
                source = item_of(document, document.find(reference))
                if source is not None and target is not None and not equivalent(source, target):
                    reason = "The two ends of the association have different item definitions."
                    yield document.problem(association, "S36", reason, _MENDED)


def process_data(document: Document) -> Iterator[Problem]:
    """S37: the inputs of a process are not written, and its outputs not read, inside of it (BPMN 2.0.2, 10.4)."""
    for name, tag in (("targetRef", "dataInput"), ("sourceRef", "dataOutput")):
        for association in document.all(*_ASSOCIATIONS):
            for reference in references(association, name):
                data = document.find(reference)
                if data is not None and tag_of(data) == tag and _of_process(data):
                    reason = f"A {tag} of the process is the {name.removesuffix('Ref')} of an association."
                    yield document.problem(association, "S37", reason, _MENDED)


def _of_process(data: Xml) -> bool:
    specification = data.getparent()
    if specification is None or tag_of(specification) != "ioSpecification":
        return False
    owner = specification.getparent()
    return owner is not None and tag_of(owner) == "process"


def item_of(document: Document, data: Xml | None) -> Xml | None:
    """The item definition of data, also through a reference to a data object."""
    if data is None:
        return None
    shown = document.referred(data, "dataObjectRef") if tag_of(data) == "dataObjectReference" else None
    return document.referred(data if shown is None else shown, "itemSubjectRef")


def equivalent(one: Xml | None, other: Xml | None) -> bool:
    """Whether two item definitions are the same, or of the same structure."""
    if one is None or other is None or one is other:
        return one is other
    structure = one.get("structureRef")
    same = structure is not None and structure == other.get("structureRef")
    return same and is_true(one, "isCollection") == is_true(other, "isCollection")


_ITEMS = {
    "messageEventDefinition": ("messageRef", "itemRef"), "signalEventDefinition": ("signalRef", "structureRef"),
    "errorEventDefinition": ("errorRef", "structureRef"),
    "escalationEventDefinition": ("escalationRef", "structureRef"),
}  # fmt: skip
"""Where the item of what an event carries is told."""


def event_data(document: Document) -> Iterator[Problem]:
    """S38: an event with data has them for each of its definitions, in their order and of their item (10.4, 10.5)."""
    throwing, catching = (
        ("endEvent", "intermediateThrowEvent"),
        ("startEvent", "intermediateCatchEvent", "boundaryEvent"),
    )
    for tags, name in ((throwing, "dataInput"), (catching, "dataOutput")):
        for event in document.all(*tags):
            data = list(children(event, name))
            definitions = [child for child in event if tag_of(child) in _ITEMS]
            if data and definitions:
                yield from _of_event(document, event, data, definitions)


def _of_event(document: Document, event: Xml, data: list[Xml], definitions: list[Xml]) -> Iterator[Problem]:
    if len(data) < len(definitions):
        reason = f"The event has {len(definitions)} definitions and data for {len(data)} of them."
        yield document.problem(event, "S38", reason, _MENDED)
    for element, definition in zip(data, definitions, strict=False):
        carries, item = _ITEMS[tag_of(definition)]
        what = document.referred(definition, carries)
        carried = None if what is None else document.referred(what, item)
        own = document.referred(element, "itemSubjectRef")
        if carried is not None and not equivalent(own, carried):
            reason = "The event's data and what it carries have different item definitions."
            yield document.problem(event, "S38", reason, _MENDED)


def instance_data(document: Document) -> Iterator[Problem]:
    """S39: a multi-instance activity takes its parts from its own data (BPMN 2.0.2, 10.3).

    The collection is a data input (or output) of the activity, and the item of each instance one of its parts.
    """
    for loop in document.all("multiInstanceLoopCharacteristics"):
        activity = loop.getparent()
        for name, tag, item in (
            ("loopDataInputRef", "dataInput", "inputDataItem"),
            ("loopDataOutputRef", "dataOutput", "outputDataItem"),
        ):
            for reference in references(loop, name):
                yield from _of_loop(document, loop, activity, (reference, tag, item))


def _of_loop(
    document: Document, loop: Xml, activity: Xml | None, told: tuple[str, str, str]
) -> Iterator[Problem]:
    reference, tag, item_tag = told
    whole = document.find(reference)
    sub_process = activity is not None and tag_of(activity) in ("subProcess", "transaction")
    kinds = (tag, "dataObject", "dataObjectReference", "dataInput", "dataOutput") if sub_process else (tag,)
    if whole is None or tag_of(whole) not in kinds:
        reason = f"The collection “{reference[:80]}” is no {tag} of the activity."
        yield document.problem(loop, "S39", reason, "Choose one of its data.")
        return
    all_items = item_of(document, whole)
    for part in children(loop, item_tag):
        one = document.referred(part, "itemSubjectRef")
        if all_items is not None and one is not None and not _part_of(one, all_items):
            reason = f"The {item_tag} is no part of the collection it comes from."
            yield document.problem(part, "S39", reason, _MENDED)


def _part_of(one: Xml, whole: Xml) -> bool:
    return not is_true(one, "isCollection") and one.get("structureRef") == whole.get("structureRef")


CHECKS: tuple[Check, ...] = (
    collections, unused_data, special_data, paired_sets, places, several_sources, equal_ends, process_data, event_data,
    instance_data,
)  # fmt: skip
