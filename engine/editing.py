"""Edits of one diagram as text (UTF-8): each gives the text back with its one change, every other byte as it was.

What a diagram then means is judged by `check`; an edit itself raises `CannotEdit` where it has no place, with the element,
the reason and what to do instead. Adding, moving and taking away steps is in `rewiring`.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.export import CannotChange, Change, Rename, SetProperty, export
from engine.outline import EXTENSIONS, SPIFF, Tag
from engine.sheet import CannotEdit, Sheet, inner, quoted

__all__ = [
    "CannotEdit",
    "set_condition",
    "set_help",
    "set_name",
    "set_properties",
    "set_step",
    "set_timer",
]

_DECIDING = ("exclusiveGateway", "inclusiveGateway")


def set_name(content: bytes, element: str, name: str) -> bytes:
    """The diagram with another name of an element or a flow."""
    drawn = Sheet(content).element(element)
    if drawn.attributes.get("name", "") == name:
        return content
    return _exported(content, element, Rename(element, name))


def set_properties(content: bytes, element: str, values: Mapping[str, str | None]) -> bytes:
    """The diagram with other values of an element's properties; None takes one away."""
    sheet = Sheet(content)
    known = sheet.properties(sheet.element(element))
    for key, value in values.items():
        if known.get(key) != value:
            content = _exported(content, element, SetProperty(element, key, value))
    return content


def _exported(content: bytes, element: str, change: Change) -> bytes:
    try:
        return export(content, [change])
    except CannotChange as refused:
        raise CannotEdit(element, str(refused), "Change it in the diagram.") from refused


def set_help(content: bytes, element: str, text: str) -> bytes:
    """The diagram with another help text (`documentation`) of an element; an empty one takes it away."""
    sheet = Sheet(content)
    drawn = sheet.element(element)
    known = next(sheet.children(drawn, "documentation"), None)
    if known is None:
        return _with_first(sheet, drawn, text) if text else content
    if not text:
        sheet.remove(known)
    elif sheet.words(known) != text:
        sheet.fill(known, inner(text))
    return sheet.result()


def _with_first(sheet: Sheet, drawn: Tag, text: str) -> bytes:
    """With a help text before all else in the element, where BPMN wants it."""
    name = f"{drawn.prefix}documentation".encode()
    new = b"<" + name + b">" + inner(text) + b"</" + name + b">"
    first = next(sheet.children(drawn), None)
    if first is None:
        sheet.append(drawn, new)
    else:
        sheet.before(first, new)
    return sheet.result()


def set_step(content: bytes, element: str, step: str) -> bytes:
    """The diagram with another step of a service task (`serviceTaskOperator`)."""
    sheet = Sheet(content)
    drawn = sheet.element(element)
    if drawn.local != "serviceTask":
        raise CannotEdit(element, "Only an automatic step has something to do by itself.", "Add one.")
    for extensions in sheet.children(drawn, EXTENSIONS[1]):
        for operator in sheet.children(extensions, "serviceTaskOperator", SPIFF):
            sheet.write(operator, "id", step)
            return sheet.result()
    return _with_operator(sheet, drawn, step)


def _with_operator(sheet: Sheet, drawn: Tag, step: str) -> bytes:
    extensions = next(sheet.children(drawn, EXTENSIONS[1]), None)
    new = operator(drawn, step)
    if extensions is not None:
        sheet.append(extensions, new)
        return sheet.result()
    name = f"{drawn.prefix}extensionElements".encode()
    new = b"<" + name + b">" + new + b"</" + name + b">"
    first = next((each for each in sheet.children(drawn) if each.local != "documentation"), None)
    if first is None:
        sheet.append(drawn, new)
    else:
        sheet.before(first, new)
    return sheet.result()


def operator(near: Tag, step: str) -> bytes:
    """The element that names a step, as it is written near a tag."""
    prefix = "spiffworkflow:" if near.ours is None else near.ours
    declared = f' xmlns:spiffworkflow="{SPIFF}"' if near.ours is None else ""
    start = f'<{prefix}serviceTaskOperator{declared} id="{quoted(step)}" resultVariable="">'
    return f"{start}<{prefix}parameters/></{prefix}serviceTaskOperator>".encode()


def set_condition(content: bytes, flow: str, text: str) -> bytes:
    """The diagram with another condition on a flow out of a gateway that decides; an empty one takes it away."""
    sheet = Sheet(content)
    drawn = sheet.element(flow)
    known = next(sheet.children(drawn, "conditionExpression"), None)
    if known is not None and not text:
        sheet.remove(known)
    elif known is not None and sheet.words(known) != text:
        sheet.fill(known, inner(text))
    elif known is None and text:
        _check_condition(sheet, drawn)
        name = f"{drawn.prefix}conditionExpression"
        start = f"<{name}{sheet.formal()}>".encode()
        sheet.append(drawn, start + inner(text) + f"</{name}>".encode())
    return sheet.result()


def _check_condition(sheet: Sheet, flow: Tag) -> None:
    source = sheet.element(flow.attributes.get("sourceRef", ""))
    if source.local not in _DECIDING:
        mend = "Draw a decision there and put the condition behind it."
        raise CannotEdit(flow.id or "", "Only the ways out of a decision have conditions.", mend)
    if source.attributes.get("default") == flow.id:
        mend = "Write the conditions of the other ways."
        raise CannotEdit(flow.id or "", "This way is taken when no other condition holds.", mend)


def set_timer(content: bytes, event: str, text: str) -> bytes:
    """The diagram with another time of a timer event; whether it is a moment, a length or a cycle stays."""
    sheet = Sheet(content)
    drawn = sheet.element(event)
    for timer in sheet.children(drawn, "timerEventDefinition"):
        for known in sheet.children(timer):
            if known.local in ("timeDate", "timeDuration", "timeCycle"):
                if sheet.words(known) != text:
                    sheet.fill(known, inner(text))
                return sheet.result()
    raise CannotEdit(event, "The event has no time.", "Choose a time for it in the diagram.")
