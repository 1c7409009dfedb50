"""Changes of a step as changes of a bundle's files: what was typed is checked, then written into the diagram's text.

All give what `workflows.commands.drafts.change_draft` takes, and raise `InvalidInput` with the question that is meant, or
with the sentence of an edit that the diagram does not allow.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from engine import editing, rewiring
from engine.expressions import explain
from engine.sheet import CannotEdit
from workflows import own_mails
from workflows.definitions import ROLE_OF_LANE
from workflows.errors import InvalidInput
from workflows.form_checks import SCHEMA
from workflows.language import gettext
from workflows.ssn_guard import guard
from workflows.step_form import COUNT, LONGEST, NEW_FORM, OTHER_TIME, Question

Files = Mapping[str, str]
Typed = Mapping[str, str]
Changes = dict[str, str | None]
Edit = Callable[[bytes], bytes]

_PROPERTIES = {
    "due": "due",
    "due_again": "dueAgain",
    "clause": "procedureRef",
    "counter": "counter",
    "mail": "mail",
    "mail_to": "mailTo",
}
"""The questions that are properties of an element."""

_ESD_WORK = ("esd_staff", "esd_wioa_supervisor")


def changed_step(files: Files, file: str, element: str, asked: list[Question], typed: Typed) -> Changes:
    """The draft's files with a step as it was typed."""
    values = _checked(asked, typed)
    changes: Changes = {}
    values = _with_form(files, values, element, changes)
    content = files[file].encode()
    with _refusing():
        for edit in _edits(element, values):
            content = edit(content)
    return {**changes, file: content.decode()}


def added_step(
    files: Files, file: str, flow: str, kind: str, asked: list[Question], typed: Typed
) -> tuple[Changes, str]:
    """The draft's files with a new step on a flow, and the new step's id; `asked`: what was asked of it."""
    values = _checked(asked, typed)
    content = files[file].encode()
    with _refusing():
        lane = values.get("role") or _system_lane(content, flow)
        content = rewiring.add_lane(content, flow, lane) if kind == "userTask" else content
        new = rewiring.NewStep(kind, values["name"], lane, values.get("help", ""), {}, values.get("step"))
        content, element = rewiring.add_step(content, flow, new, _ids(files))
        changes: Changes = {}
        values = _with_form(files, values, element, changes)
        properties = _properties(values)
        content = editing.set_properties(content, element, properties)
    return {**changes, file: content.decode()}, element


def removed_step(files: Files, file: str, element: str) -> Changes:
    """The draft's files without a simple step; its form stays in the bundle."""
    with _refusing():
        return {file: rewiring.remove_step(files[file].encode(), element).decode()}


def moved_step(files: Files, file: str, element: str, *, later: bool) -> Changes:
    """The draft's files with a simple step one place earlier or later."""
    content = files[file].encode()
    with _refusing():
        before, after = rewiring.simple_neighbours(content).get(element, (None, None))
        other = after if later else before
        if other is None:
            raise CannotEdit(
                element, gettext("There is no simple step next to this one."), gettext("Use the diagram.")
            )
        first, second = (element, other) if later else (other, element)
        return {file: rewiring.swap_steps(content, first, second).decode()}


@contextmanager
def _refusing() -> Iterator[None]:
    """Tell an edit that the diagram does not allow as a refusal."""
    try:
        yield
    except CannotEdit as refused:
        raise InvalidInput(str(refused), fields={"": str(refused)}) from refused


def _checked(asked: list[Question], typed: Typed) -> dict[str, str]:
    """What was typed, without white space around it and with plain ends of line; a question left out keeps its value."""
    values = {question.name: _plain(typed.get(question.name, question.value)) for question in asked}
    guard(values)
    wrong = {question.name: words for question in asked if (words := _wrong(question, values))}
    if wrong:
        raise InvalidInput(fields=wrong)
    return values


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _wrong(question: Question, values: Typed) -> str | None:
    """What is wrong with one answer, or None."""
    value, kind = values[question.name], question.name.partition("_")[0]
    if not value:
        return _missing(question, values)
    if question.options and value not in dict(question.options):
        return gettext("Choose one of the answers listed for “{label}”.").format(label=question.label)
    longest = LONGEST.get(question.name) or LONGEST.get(kind)
    if longest and len(value) > longest:
        return gettext("Write at most {number} characters for “{label}”.").format(
            number=longest, label=question.label
        )
    if question.name == "counter" and not re.fullmatch("[a-z][a-z0-9_]{0,59}", value):
        return gettext("Write a plain word in small letters for “{label}”.").format(label=question.label)
    if kind == "condition" or (question.name == "timer_text" and values.get("timer") == OTHER_TIME):
        return _mistake(value)
    return None


def _missing(question: Question, values: Typed) -> str | None:
    needed = question.required
    needed |= question.name == "timer_text" and values.get("timer") == OTHER_TIME
    needed |= question.name == "counter" and values.get("step") == COUNT
    needed |= question.name in ("mail", "mail_to") and values.get("step") == own_mails.SEND_MAIL
    return gettext("Answer “{label}”.").format(label=question.label) if needed else None


def _mistake(text: str) -> str | None:
    """What is wrong with an expression, and how it may have been meant. `service_level` is known to timers alone."""
    if re.fullmatch(r'service_level\("[a-z0-9_]+"\)', text):
        return None
    found = explain(text)
    return f"{found.sentence} {found.advice}" if found else None


def _edits(element: str, values: Typed) -> Iterator[Edit]:
    """What was typed, as edits one after the other."""
    if "name" in values:
        yield lambda content: editing.set_name(content, element, values["name"])
    if "help" in values:
        yield lambda content: editing.set_help(content, element, values["help"])
    if values.get("role"):
        yield lambda content: rewiring.add_lane(content, element, values["role"])
        yield lambda content: rewiring.move_to_lane(content, element, values["role"])
    if values.get("step"):
        yield lambda content: editing.set_step(content, element, values["step"])
    yield lambda content: editing.set_properties(content, element, _properties(values))
    if "timer" in values:
        key = values["timer"]
        text = values["timer_text"] if key == OTHER_TIME else f'service_level("{key}")'
        yield lambda content: editing.set_timer(content, element, text)
    yield from _of_ways(values)


def _of_ways(values: Typed) -> Iterator[Edit]:
    for name, value in values.items():
        kind, _, flow = name.partition("_")
        if kind in _WAYS:
            yield _way(_WAYS[kind], flow, value)


def _way(edit: Callable[[bytes, str, str], bytes], flow: str, value: str) -> Edit:
    return lambda content: edit(content, flow, value)


_WAYS = {"label": editing.set_name, "condition": editing.set_condition}


def _properties(values: Typed) -> dict[str, str | None]:
    """The properties that were asked for; an empty one is taken away."""
    told = {key: values[name] or None for name, key in _PROPERTIES.items() if name in values}
    if values.get("form"):
        told["formJsonSchemaFilename"] = values["form"]
    return told


def _with_form(files: Files, values: dict[str, str], element: str, changes: Changes) -> dict[str, str]:
    """With the new form that was asked for: the least that a form may be, with the step's name as its title."""
    if values.get("form") != NEW_FORM:
        return values
    name, number = f"{element}.json", 1
    while f"forms/{name}" in files:
        number += 1
        name = f"{element}_{number}.json"
    changes[f"forms/{name}"] = _new_form(values["name"], values.get("role", ""))
    return {**values, "form": name}


def _new_form(title: str, lane: str) -> str:
    """A form with one box to tick, for the eyes of those who do the step."""
    role = ROLE_OF_LANE.get(lane, "caller")
    seen_by = ["case_manager", *_ESD_WORK] if role == "caller" else [role]
    if role in _ESD_WORK:
        seen_by = list(_ESD_WORK)
    done = {
        "type": "boolean", "title": "This is done", "x-widget": "checkbox", "x-visible-to": seen_by,
    }  # fmt: skip
    form = {
        "$schema": SCHEMA, "title": title, "type": "object", "additionalProperties": False,
        "properties": {"done": done}, "required": ["done"],
    }  # fmt: skip
    return json.dumps(form, indent=2, ensure_ascii=False) + "\n"


def _system_lane(content: bytes, flow: str) -> str:
    """The lane in which an automatic step is drawn: the system's, where the process has one."""
    names = rewiring.lane_names(content, flow)
    system = [name for name in names if ROLE_OF_LANE.get(name) == "system"]
    return (system or [rewiring.lane_before(content, flow)])[0]


def _ids(files: Files) -> set[str]:
    """Every id of the bundle's diagrams: no two elements of a bundle share one."""
    found = (text for name, text in files.items() if name.endswith(".bpmn"))
    return {each for text in found for each in re.findall(r'\bid="([^"]+)"', text)}
