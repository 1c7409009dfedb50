"""What an element says in the words of other tools. Read only: nothing named here is run or resolved.

`read` gives what means something to this product, and a note for every word of a namespace that is not BPMN,
so that a person who imports a diagram can be shown what came over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.dialects.conditions import expression, literal
from engine.dialects.conditions import read as read_expression
from engine.dialects.timers import timer
from engine.dialects.vocabularies import (
    ATTRIBUTES,
    CODE,
    ELEMENTS,
    JUEL_FAMILY,
    OURS,
    PERFORMERS,
    PREFIXES,
    SAID,
    TOOLS,
    WITHOUT_EFFECT,
    ZEEBE,
)
from engine.door import BPMN
from engine.errors import ExpressionError

MAPPED, KEPT, DROPPED = "mapped", "kept", "dropped"
MAX_SHOWN = 80
"""Characters of a value that a note shows."""

MAX_ATTRIBUTES = 200
"""Attributes of one element that are looked at; no tool writes as many."""

_NOT_FOREIGN = frozenset(
    {
        BPMN,
        "",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        "http://www.omg.org/spec/BPMN/20100524/DI",
    }
)
_EXTENSIONS = f"{{{BPMN}}}extensionElements"
_PARTS = ("LoopCharacteristics", "EventDefinition")
_LATER = re.compile(r"[$#]\{\s*(?:dateTime|now)\(\)\.plus([A-Z][a-z]+)\(([0-9]{1,5})\)(?:\.toDate\(\))?\s*\}")
_UNITS = {
    "Months": "{}M",
    "Weeks": "{}W",
    "Days": "{}D",
    "Hours": "T{}H",
    "Minutes": "T{}M",
    "Seconds": "T{}S",
}
"""How the JUEL family writes a due date that is so much later than now."""

_GROUP = re.compile(r"(user|group)\(([^()]*)\)|([^()]+)")


@dataclass(frozen=True)
class Note:
    """A word of another tool: `name` as written, `value` shortened, `outcome` mapped, kept or dropped, and why.

    mapped: it means something here. kept: it stays in the file and changes nothing. dropped: it asks for
    something that this product does not do; it stays in the file, and the process runs without it.
    """

    name: str
    outcome: str
    sentence: str
    value: str = ""


@dataclass(frozen=True)
class Foreign:
    """What an element says in other tools' words; None or () where it says nothing that is understood.

    `form`: key of a form. `roles`: names of groups. `assignee`: a person or an expression, as written. `due`,
    `follow_up`: a timer text as `engine.dialects.timer` returns it. `step`: a topic, a job type, or the name of code
    that is never run. `collection`: an expression of the safe language; `element_variable`: its item's field.
    `called`: id of a process. `decision`: id of a decision. `notes`: everything found.
    """

    form: str | None = None
    roles: tuple[str, ...] = ()
    assignee: str | None = None
    due: str | None = None
    follow_up: str | None = None
    step: str | None = None
    collection: str | None = None
    element_variable: str | None = None
    called: str | None = None
    decision: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class _Finding:
    """One word: what it is about (None: nothing), what it says, and the note on it."""

    note: Note
    about: str | None = None
    said: tuple[str, ...] = ()


def read(xml: etree._Element) -> Foreign:
    """What an element with its loop and event definitions says in the words of other tools; never raises."""
    findings = [finding for part in _parts(xml) for finding in _findings(part)]
    said: dict[str, tuple[str, ...]] = {}
    for finding in findings:
        if finding.about and finding.said:
            earlier = said.get(finding.about, ())
            said[finding.about] = (
                earlier + finding.said if finding.about == "roles" else earlier or finding.said
            )
    return _foreign(said, tuple(finding.note for finding in findings))


def _foreign(said: Mapping[str, tuple[str, ...]], found: tuple[Note, ...]) -> Foreign:
    def first(*subjects: str) -> str | None:
        return next((said[about][0] for about in subjects if about in said), None)

    return Foreign(
        form=first("form"),
        roles=tuple(dict.fromkeys(said.get("roles", ()))),
        assignee=first("assignee"),
        due=first("due"),
        follow_up=first("follow_up"),
        step=first("step", "code"),
        collection=first("collection"),
        element_variable=first("element_variable"),
        called=first("called"),
        decision=first("decision"),
        notes=found,
    )


def notes(xml: etree._Element) -> Iterator[Note]:
    """The notes on one XML element alone: its attributes, extension elements and performers."""
    return (finding.note for finding in _findings(xml))


def _parts(xml: etree._Element) -> Iterator[etree._Element]:
    yield xml
    yield from (child for child in xml if isinstance(child.tag, str) and child.tag.endswith(_PARTS))


def _findings(xml: etree._Element) -> Iterator[_Finding]:
    if xml.tag == _EXTENSIONS:
        return  # Its children are noted with the element it belongs to.
    for space, local, value in _attributes(xml):
        if space not in _NOT_FOREIGN:
            yield _attribute(space, local, value)
    for child in xml:
        if isinstance(child.tag, str):
            yield from _child(child)


def _child(child: etree._Element) -> Iterator[_Finding]:
    space, local = _split(str(child.tag))
    if space not in _NOT_FOREIGN:
        yield from _element(child)
    elif child.tag == _EXTENSIONS:
        for extension in child:
            if isinstance(extension.tag, str):
                yield from _element(extension)
    elif space == BPMN and local in PERFORMERS:
        yield from _performer(child, local)


def _attributes(xml: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Namespace, local name and value; a value is looked up in time that grows with the number of attributes."""
    for key in list(xml.attrib)[:MAX_ATTRIBUTES]:
        yield *_split(str(key)), str(xml.get(key))


def _split(tag: str) -> tuple[str, str]:
    space, _, local = tag.removeprefix("{").rpartition("}")
    return space, local


def _attribute(space: str, local: str, value: str) -> _Finding:
    name = f"{PREFIXES[space]}:{local}" if space in PREFIXES else f"{local} ({space})"
    if space in JUEL_FAMILY and local in ATTRIBUTES:
        return _about(ATTRIBUTES[local], name, value)
    if space in JUEL_FAMILY and local == "type" and value != "external":
        return _about("step", name, value)
    return _Finding(_plain(space, local, name, value))


def _element(xml: etree._Element) -> Iterator[_Finding]:
    space, local = _split(str(xml.tag))
    name = f"{xml.prefix}:{local}" if xml.prefix else local
    words = ELEMENTS.get((space, local))
    if words is not None:
        yield from _worded(xml, name, words)
    elif space in JUEL_FAMILY and local == "field" and xml.get("name") in ATTRIBUTES:
        yield _about(ATTRIBUTES[str(xml.get("name"))], name, _field_value(xml))
    elif space == OURS and local == "calledDecisionId":
        yield _about("decision", name, (xml.text or "").strip())
    else:
        yield _Finding(_plain(space, local, name, ""))


def _worded(xml: etree._Element, name: str, words: Mapping[str, str]) -> Iterator[_Finding]:
    for space, local, value in _attributes(xml):
        full = f"{name} {local}"
        yield (
            _about(words[local], full, value)
            if local in words
            else _Finding(_plain(space or ZEEBE, local, full, value))
        )


def _field_value(xml: etree._Element) -> str:
    inner = next((child for child in xml if isinstance(child.tag, str)), None)
    return (
        xml.get("stringValue")
        or xml.get("expression")
        or ("" if inner is None else (inner.text or "").strip())
    )


def _plain(space: str, local: str, name: str, value: str) -> Note:
    """The note on a word that says nothing here."""
    runs = space in JUEL_FAMILY or space in (ZEEBE, OURS)
    if runs and local in CODE:
        return _note(name, KEPT, "Code of another engine: kept, never run.", value)
    if space == OURS:
        return _note(name, *_OURS.get(local, (KEPT, "Kept in the file.")), value)
    if runs and local in WITHOUT_EFFECT:
        return _note(name, DROPPED, WITHOUT_EFFECT[local], value)
    return _note(
        name, KEPT, f"A word of {TOOLS.get(space, 'another tool')}: kept in the file, no effect here.", value
    )


_OURS: Mapping[str, tuple[str, str]] = {
    "properties": (MAPPED, "Read as the properties of the step."),
    "serviceTaskOperator": (MAPPED, "The step that does the work."),
}


def _note(name: str, outcome: str, sentence: str, value: str) -> Note:
    text = " ".join(value.split())
    return Note(name, outcome, sentence, text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…")


def _about(about: str, name: str, value: str) -> _Finding:
    """A word that is read here, or the note why its value is not."""
    if about == "assignee":
        return _Finding(_note(name, DROPPED, WITHOUT_EFFECT["candidateUsers"], value), about, _some(value))
    if about == "code":
        return _Finding(
            _note(name, KEPT, "Code of another engine: kept, never run.", value), about, _some(_bean(value))
        )
    try:
        said = _VALUES.get(about, _key)(value)
    except ExpressionError as error:
        return _Finding(_note(name, DROPPED, f"Not understood, so it has no effect: {error}", value))
    return _Finding(_note(name, MAPPED, SAID[about], value), about, said)


def _some(value: str) -> tuple[str, ...]:
    return (value.strip(),) if value.strip() else ()


def _bean(value: str) -> str:
    """`${chargeCard}` names a piece of code as plainly as `chargeCard` does."""
    inner = value.strip()[2:-1].strip() if value.strip().startswith(("${", "#{")) else ""
    return inner if inner.isidentifier() else value


def _key(value: str) -> tuple[str, ...]:
    """A text that is not computed; `="x"` and `${'x'}` are such texts, too."""
    text = value.strip()
    if not text.startswith(("=", "${", "#{")):
        if "${" in text or "#{" in text:
            raise ExpressionError("it is computed while the process runs.")
        return _some(text)
    told = literal(read_expression(text))
    if not isinstance(told, str):
        raise ExpressionError("it is computed while the process runs.")
    return _some(told)


def _groups(value: str) -> tuple[str, ...]:
    """Names with commas between; Activiti's `user(…), group(…)` gives its groups."""
    value = "".join(_key(value))
    matches = [_GROUP.fullmatch(part.strip()) for part in value.split(",") if part.strip()]
    if not all(matches):
        raise ExpressionError("write the names of groups with commas between.")
    found = ((match[2] if match[1] == "group" else match[3]) or "" for match in matches if match)
    return tuple(name.strip() for name in found if name.strip())


def _moment(value: str) -> tuple[str, ...]:
    later = _LATER.fullmatch(value.strip())
    if later and later[1] not in _UNITS:
        raise ExpressionError(f"plus{later[1]}(…) is not understood.")
    text = f"P{_UNITS[later[1]].format(later[2])}" if later else value.strip().strip('"')
    return (timer("timeDuration" if text.startswith("P") else "timeDate", text),)


def _collection(value: str) -> tuple[str, ...]:
    return (expression(value),)


_VALUES: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "roles": _groups,
    "due": _moment,
    "follow_up": _moment,
    "collection": _collection,
}


def _performer(xml: etree._Element, local: str) -> Iterator[_Finding]:
    """`resourceAssignmentExpression` of BPMN 2.0.2, 10.3.4.1, as Activiti and its descendants write groups in it."""
    for text in xml.iter(f"{{{BPMN}}}formalExpression", f"{{{BPMN}}}resourceRef"):
        value = "".join(str(part) for part in text.itertext()).strip()
        if value:
            yield _about(PERFORMERS[local], local, value)
