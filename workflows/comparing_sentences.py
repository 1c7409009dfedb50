"""The sentences in which changes between two bundles are said."""

from collections.abc import Mapping

from workflows.comparing import FILE, ORDER, TEXT, WRITING, Change
from workflows.language import gettext, marked

FILES = {
    "bpmn": marked("Diagram “{name}”"),
    "dmn": marked("Decision table “{name}”"),
    "forms": marked("Form “{name}”"),
    "mail": marked("Mail “{name}”"),
    "scenarios": marked("Scenario “{name}”"),
    "service_levels.toml": marked("Times"),
    "trace.toml": marked("Procedure trace"),
    "words": marked("Translation ({name})"),
}
"""What the files of a bundle are called, by folder, name or ending."""

TAGS = {
    "userTask": marked("Step “{name}”"),
    "manualTask": marked("Step “{name}”"),
    "task": marked("Step “{name}”"),
    "serviceTask": marked("Automatic step “{name}”"),
    "sendTask": marked("Automatic step “{name}”"),
    "businessRuleTask": marked("Decision “{name}”"),
    "callActivity": marked("Called procedure “{name}”"),
    "subProcess": marked("Part “{name}”"),
    "exclusiveGateway": marked("Branching “{name}”"),
    "inclusiveGateway": marked("Branching “{name}”"),
    "parallelGateway": marked("Branching “{name}”"),
    "eventBasedGateway": marked("Branching “{name}”"),
    "startEvent": marked("Start “{name}”"),
    "endEvent": marked("End “{name}”"),
    "boundaryEvent": marked("Event “{name}”"),
    "intermediateCatchEvent": marked("Event “{name}”"),
    "intermediateThrowEvent": marked("Event “{name}”"),
    "lane": marked("Lane “{name}”"),
    "process": marked("Procedure “{name}”"),
    "textAnnotation": marked("Note “{name}”"),
}
PATH = marked("Path “{name}” from {source} to {target}")
PATH_WITHOUT_NAME = marked("Path from {source} to {target}")
ANY_ELEMENT = marked("Element “{name}”")

ELEMENTS = {
    "form": marked("Question “{name}”"),
    "time": marked("“{name}”"),
    "scenario": marked("“{name}”"),
    "trace": marked("Clause “{name}”"),
    "words": marked("The translation of “{name}”"),
    "mail": marked("“{name}”"),
}
"""What the things in the other files are called, by part."""

OF_FILE = {
    (FILE, "added"): marked("This file is new."),
    (FILE, "removed"): marked("This file is gone."),
    (TEXT, "changed"): marked("The text says something else."),
    (WRITING, "changed"): marked(
        "The file is only written in another way; nothing in it means anything else."
    ),
    (ORDER, "moved"): marked("The questions are asked in another order."),
}
OF_MAIL = {
    "subject.txt": marked("The subject says something else."),
    "body.html": marked("The formatted text says something else."),
}
"""What of a mail was changed, where it is not its plain text."""

WHOLES = {"form": marked("The form"), "scenario": marked("The scenario")}
"""What is changed where it is no element of a file."""

OF_KIND = {
    "added": marked("{element} is new."),
    "removed": marked("{element} is gone."),
    "moved": marked("{element} stands elsewhere in the drawing."),
}
IS_REQUIRED = {
    "true": marked("{element} must now be answered."),
    "false": marked("{element} may now be left open."),
}

Patterns = tuple[str, str, str]
"""Changed, set where nothing was, and taken away."""

_DIAGRAM: Mapping[str, Patterns] = {
    "name": (
        marked("{element} is now called {after}."),
        marked("{element} is now called {after}."),
        marked("{element} has no name any more."),
    ),
    "lane": (
        marked("{element} is done by {after}; it was done by {before}."),
        marked("{element} is done by {after}."),
        marked("{element} is nobody’s any more; it was done by {before}."),
    ),
    "condition": (
        marked("{element} is taken if {after}; it was taken if {before}."),
        marked("{element} is taken only if {after}."),
        marked("{element} is taken without a condition; it was taken if {before}."),
    ),
    "timer": (
        marked("{element} comes {after}; it came {before}."),
        marked("{element} comes {after}."),
        marked("{element} has no time any more; it came {before}."),
    ),
    "step": (
        marked("{element} does {after}; it did {before}."),
        marked("{element} does {after}."),
        marked("{element} does nothing any more; it did {before}."),
    ),
    "property.due": (
        marked("{element} is due {after}; it was due {before}."),
        marked("{element} is due {after}; it had no due time."),
        marked("{element} has no due time any more; it was due {before}."),
    ),
    "property.dueAgain": (
        marked("{element} is due {after} when it comes again; it was due {before} then."),
        marked("{element} is due {after} when it comes again."),
        marked(
            "{element} has no due time of its own any more when it comes again; it was due {before} then."
        ),
    ),
    "property.formJsonSchemaFilename": (
        marked("{element} asks the form {after}; it asked {before}."),
        marked("{element} asks the form {after}."),
        marked("{element} has no form any more; it asked {before}."),
    ),
    "property.procedureRef": (
        marked("{element} carries out {after} of the procedure; it carried out {before}."),
        marked("{element} carries out {after} of the procedure."),
        marked("{element} names no clause of the procedure any more; it named {before}."),
    ),
    "source": (
        marked("{element} begins at {after}; it began at {before}."),
        marked("{element} begins at {after}."),
        marked("{element} begins nowhere; it began at {before}."),
    ),
    "target": (
        marked("{element} leads to {after}; it led to {before}."),
        marked("{element} leads to {after}."),
        marked("{element} leads nowhere; it led to {before}."),
    ),
    "default": (
        marked("{element} goes on by {after} where no condition holds; it went on by {before}."),
        marked("{element} goes on by {after} where no condition holds."),
        marked("{element} has no way any more where no condition holds; it was {before}."),
    ),
    "attached_to": (
        marked("{element} belongs to {after}; it belonged to {before}."),
        marked("{element} belongs to {after}."),
        marked("{element} belongs to no step any more; it belonged to {before}."),
    ),
    "called": (
        marked("{element} runs {after}; it ran {before}."),
        marked("{element} runs {after}."),
        marked("{element} runs nothing any more; it ran {before}."),
    ),
    "inside": (
        marked("{element} stands inside {after}; it stood inside {before}."),
        marked("{element} stands inside {after}."),
        marked("{element} stood inside {before}."),
    ),
    "kind": (marked("{element} is another kind of element: {after}; it was {before}."),) * 3,
    "documentation": (
        marked("{element} has another help text: {after}; it was {before}."),
        marked("{element} has a help text now: {after}."),
        marked("{element} has no help text any more."),
    ),
    "rest": (marked("{element} is set up in another way."),) * 3,
}
_FORM: Mapping[str, Patterns] = {
    "title": (
        marked("{element} is now worded {after}."),
        marked("{element} is now worded {after}."),
        marked("{element} has no words any more."),
    ),
    "description": (
        marked("{element} has another help text: {after}; it was {before}."),
        marked("{element} has a help text now: {after}."),
        marked("{element} has no help text any more."),
    ),
    "enum": (
        marked("{element} has other options: {after}; they were {before}."),
        marked("{element} has options now: {after}."),
        marked("{element} has no options any more; they were {before}."),
    ),
    "x-labels": (
        marked("{element} has its options worded {after}; they were worded {before}."),
        marked("{element} has its options worded {after}."),
        marked("{element} has no words for its options any more."),
    ),
    "x-shown-if": (
        marked("{element} is asked if {after}; it was asked if {before}."),
        marked("{element} is asked only if {after}."),
        marked("{element} is always asked; it was asked if {before}."),
    ),
    "x-required-if": (
        marked("{element} must be answered if {after}; it was if {before}."),
        marked("{element} must be answered if {after}."),
        marked("{element} need not be answered under a condition any more; it was {before}."),
    ),
    "x-visible-to": (
        marked("{element} may be read by {after}; it was {before}."),
        marked("{element} may be read by {after}."),
        marked("{element} may be read by nobody any more; it was {before}."),
    ),
}
_TIME: Mapping[str, Patterns] = {
    "meaning": (
        marked("{element} is described in other words: {after}"),
        marked("{element} is described: {after}"),
        marked("{element} is not described any more."),
    ),
    "after": (
        marked("{element}: {after}; it was {before}."),
        marked("{element}: {after}."),
        marked("{element} is no length of time any more; it was {before}."),
    ),
}
_WORDS: Mapping[str, Patterns] = {
    "": (
        marked("{element} is “{after}”; it was “{before}”."),
        marked("{element} is “{after}”."),
        marked("{element} is gone; it was “{before}”."),
    )
}
_ANY: Patterns = (
    marked("{element}: “{what}” is {after}; it was {before}."),
    marked("{element}: “{what}” is {after}."),
    marked("{element}: “{what}” is set no more; it was {before}."),
)
_LONG = {
    "documentation": marked("{element} has another help text."),
    "description": marked("{element} has another help text."),
    "": marked("{element} says something else."),
}
_LONG_ANY = marked("{element}: “{what}” is changed.")
_PLAIN = {
    "answers": marked("usual answers"),
    "caseStatus": marked("status of the case"),
    "closed": marked("closing days"),
    "closes": marked("closing hour"),
    "counter": marked("counter"),
    "counts_from": marked("counted from"),
    "expect": marked("what is expected"),
    "format": marked("format of the answer"),
    "moves": marked("course"),
    "name": marked("name"),
    "opens": marked("opening hour"),
    "outcome": marked("outcome"),
    "steps": marked("what automatic steps give"),
    "time_zone": marked("time zone"),
    "type": marked("type of the answer"),
    "value": marked("number"),
    "x-keep": marked("where the answer is kept"),
    "x-messages": marked("sentences about mistakes"),
    "x-widget": marked("kind of field"),
}
"""What the properties are called that no sentence of their own tells of."""
_TABLES: Mapping[str, Mapping[str, Patterns]] = {
    "diagram": _DIAGRAM, "form": _FORM, "time": _TIME, "words": _WORDS,
}  # fmt: skip


def pattern(change: Change, *, long: bool = False) -> tuple[str, str]:
    """The sentence for a changed property, and what the property is called where the sentence names it."""
    bare = change.what.removeprefix("property.")
    plain = gettext(_PLAIN.get(bare, bare))
    if long:
        return _LONG.get(change.what, _LONG_ANY), plain
    changed, added, gone = _TABLES.get(change.part, {}).get(change.what, _ANY)
    return (changed if change.before and change.after else added if change.after else gone), plain
