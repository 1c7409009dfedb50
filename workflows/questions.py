"""One question of a form as a program manager sees it: its kind, words, answers, when it is asked and who may read it.

`Question.read` takes it out of a form document, `Question.written` puts it back; what it does not name (the sentences for
broken rules, a pattern) stays as it was, unless the question becomes one of another kind.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from workflows.form_checks import OPTION_LISTS, identifier
from workflows.form_documents import Document, put
from workflows.form_fields import RULES
from workflows.language import marked
from workflows.people import ROLES
from workflows.question_conditions import options_of

KINDS = {
    "radio": marked("One of several answers, all shown"),
    "select": marked("One answer of a list to open"),
    "checkboxes": marked("Any of several answers"),
    "checkbox": marked("A statement to tick"),
    "text": marked("Short text"),
    "textarea": marked("Long text"),
    "integer": marked("Whole number"),
    "date": marked("Date"),
    "datetime": marked("Date and time"),
    "person_name": marked("Name of a person"),
    "tel": marked("Telephone number"),
    "my_offices": marked("One of the offices of whoever answers"),
    "offices": marked("One of the offices of the area"),
    "esd_staff_of_office": marked("One of the ESD staff of the case’s office"),
}
"""What can be asked for, in words."""

KEPT = {
    "record": marked("With the answers of the step"),
    "process": marked("With the answers of the step, and the diagram may decide by it"),
    "client": marked("With what is kept about the client, and erased with it"),
    "esd_note": marked("With the notes that Employment Security alone reads"),
}
"""Where an answer goes, in words."""

LISTED = frozenset({"radio", "select", "checkboxes"})
"""Kinds that list their own answers."""
TEXTS = frozenset({"text", "textarea", "person_name", "tel"})
MOMENTS = frozenset({"date", "datetime"})

_LIMITS = {
    **dict.fromkeys(TEXTS, ("minLength", "maxLength")),
    "integer": ("minimum", "maximum"),
    "checkboxes": ("minItems", "maxItems"),
}
"""By kind the keywords of the least and the most."""

_SHAPES: Mapping[str, Document] = {
    "radio": {"type": "string", "x-widget": "radio"},
    "select": {"type": "string", "x-widget": "select"},
    "checkboxes": {
        "type": "array",
        "items": {"type": "string"},
        "uniqueItems": True,
        "x-widget": "checkboxes",
    },
    "checkbox": {"type": "boolean", "x-widget": "checkbox"},
    "text": {"type": "string", "maxLength": 200, "x-widget": "text"},
    "textarea": {"type": "string", "maxLength": 1000, "x-widget": "textarea"},
    "integer": {"type": "integer", "x-widget": "integer"},
    "date": {"type": "string", "format": "date", "x-widget": "date"},
    "datetime": {"type": "string", "format": "date-time", "x-widget": "datetime"},
    "person_name": {"type": "string", "format": "person-name", "maxLength": 80, "x-widget": "text"},
    "tel": {"type": "string", "maxLength": 30, "x-widget": "tel"},
    **{name: {"type": "string", "x-options": name, "x-widget": "select"} for name in OPTION_LISTS},
}
"""What makes a question of each kind."""

_SHAPE = RULES | {"format", "default", "x-labels", "x-options", "x-widget", "x-not-future"}
"""The keywords that go when a question becomes one of another kind."""

_ORDER = (
    "type", "title", "description", "format", "enum", "items", "default", "const", "pattern", "minLength", "maxLength",
    "minimum", "maximum", "minItems", "maxItems", "uniqueItems", "x-labels", "x-options", "x-widget", "x-not-future",
    "x-shown-if", "x-required-if", "x-keep", "x-visible-to", "x-messages",
)  # fmt: skip
_BY_FORMAT = {"date": "date", "date-time": "datetime", "person-name": "person_name"}
_BY_TYPE = {"boolean": "checkbox", "integer": "integer", "array": "checkboxes"}
_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_NOT_IN_VALUES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Question:
    """A question of a form.

    `options`: pairs of value and label, of a kind in `LISTED`. `required`: an answer is needed whenever it is asked (a tick
    must be ticked); `required_if`, `shown_if`: conditions in the safe language, or empty. `least`, `most`: of characters, of
    a number, or of ticks. `message`: what is said when the answer is missing, or empty for the usual sentence.
    """

    label: str
    help: str = ""
    kind: str = "radio"
    required: bool = True
    required_if: str = ""
    options: tuple[tuple[str, str], ...] = ()
    shown_if: str = ""
    keep: str = "record"
    visible_to: frozenset[str] = frozenset()
    least: int | None = None
    most: int | None = None
    not_future: bool = False
    message: str = ""

    @staticmethod
    def read(source: Mapping[str, Any], required: bool) -> "Question":
        """A question of a form without problems; `required`: whether the form lists it as needed."""
        kind = kind_of(source)
        least, most = _LIMITS.get(kind, ("", ""))
        return Question(
            label=source["title"],
            help=source.get("description", ""),
            kind=kind,
            required=required,
            required_if=source.get("x-required-if", ""),
            options=tuple(options_of(source)),
            shown_if=source.get("x-shown-if", ""),
            keep=source.get("x-keep", "record"),
            visible_to=frozenset(source.get("x-visible-to", ())),
            least=source.get(least),
            most=source.get(most),
            not_future=source.get("x-not-future", False),
            message=source.get("x-messages", {}).get("required", ""),
        )

    def written(self, source: Document, was_required: bool = False) -> Document:
        """The question as the form keeps it; `source` is how it was kept before, or empty for a new one."""
        if source and kind_of(source) == self.kind:
            return self._filled(source, was_required != self.required)
        shaped = _with(_without_shape(source), _SHAPES[self.kind])
        return (self._of_other_kind(source) if source else self)._filled(shaped, True)

    def _filled(self, kept: Document, with_tick: bool) -> Document:
        kept = _with(kept, self._words(kept))
        if self.kind == "checkbox" and with_tick:
            kept = _with(kept, {"const": True if self.required else None})
        return self._with_options(_with(kept, self._limits()))

    def _of_other_kind(self, source: Document) -> "Question":
        """The question without the limits of what it was: a longest text is no largest number."""
        before = Question.read(source, False)
        same = (before.least, before.most) == (self.least, self.most)
        return replace(self, least=None, most=None) if same else self

    def _words(self, kept: Document) -> Document:
        return {
            "title": self.label,
            "description": self.help or None,
            "x-shown-if": self.shown_if or None,
            "x-required-if": self.required_if or None,
            "x-keep": self.keep if self.keep != "record" or "x-keep" in kept else None,
            "x-visible-to": self._readers(kept.get("x-visible-to", [])),
            "x-messages": self._messages(kept.get("x-messages", {})),
        }

    def _readers(self, before: list[str]) -> list[str] | None:
        stayed = [role for role in before if role in self.visible_to]
        return [*stayed, *(role for role in ROLES if role in self.visible_to - set(stayed))] or None

    def _messages(self, before: Document) -> Document | None:
        if self.message == before.get("required", ""):
            return before or None
        return put(before, "required", self.message or None) or None

    def _limits(self) -> Document:
        """The least and the most; a text always has a most, and keeps the usual one when none was given."""
        if self.kind in MOMENTS:
            return {"x-not-future": self.not_future or None}
        keys = _LIMITS.get(self.kind)
        if keys is None:
            return {}
        usual = _SHAPES[self.kind].get(keys[1])
        return {keys[0]: self.least, keys[1]: self.most if self.most is not None else usual}

    def _with_options(self, kept: Document) -> Document:
        if self.kind not in LISTED:
            return kept
        values, labels = [value for value, _ in self.options], dict(self.options)
        if self.kind == "checkboxes":
            kept = _with(kept, {"items": {"type": "string", "enum": values}})
        else:
            kept = _with(kept, {"enum": values})
        for key in ("default", "const"):
            if kept.get(key) not in (None, *values):
                kept = _with(kept, {key: None})
        return kept if kept.get("x-labels") == labels else _with(kept, {"x-labels": labels})


def kind_of(source: Mapping[str, Any]) -> str:
    """What a question of a form asks for, of `KINDS`."""
    if source["type"] != "string":
        return _BY_TYPE[source["type"]]
    if "x-options" in source:
        return str(source["x-options"])
    widget = str(source.get("x-widget", ""))
    if "enum" in source:
        return widget if widget in LISTED else ("radio" if len(source["enum"]) <= 6 else "select")
    if source.get("format") in _BY_FORMAT:
        return _BY_FORMAT[source["format"]]
    return widget if widget in TEXTS else ("textarea" if source["maxLength"] > 200 else "text")


def _without_shape(source: Document) -> Document:
    return {key: value for key, value in source.items() if key not in _SHAPE}


def option_lines(options: tuple[tuple[str, str], ...]) -> str:
    """Answers to choose from as they are typed: a line for each, `value | label`."""
    return "\n".join(f"{value} | {label}" for value, label in options)


def read_options(lines: str) -> tuple[tuple[str, str], ...]:
    """The answers that were typed; a line without a value gets one made from its label.

    Raises `ValueError` with the line that cannot be read.
    """
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        value, bar, label = (part.strip() for part in line.partition("|"))
        if not bar:
            value, label = _value_for(line, found), line
        if not _VALUE.fullmatch(value) or not label or value in found:
            raise ValueError(line)
        found[value] = label
    return tuple(found.items())


def _value_for(label: str, taken: Mapping[str, str]) -> str:
    base = _NOT_IN_VALUES.sub("_", label.lower())[:40].strip("_")
    base = base if identifier(base) else "answer"
    return next(name for n in count(1) if (name := base if n == 1 else f"{base}_{n}") not in taken)


def _with(source: Document, changes: Mapping[str, Any]) -> Document:
    """A question with other keywords; None takes one out, and a new one comes to its usual place."""
    kept = {key: value for key, value in source.items() if key not in changes or changes[key] is not None}
    new = {key: value for key, value in changes.items() if value is not None}
    if new.keys() <= kept.keys():
        return {**kept, **new}
    places = {key: place for place, key in enumerate(_ORDER)}
    found = {**kept}
    for key in [key for key in new if key not in kept]:
        found = _inserted(found, key, new[key], places)
    return {**found, **new}


def _inserted(source: Document, key: str, value: Any, places: Mapping[str, int]) -> Document:
    """One more keyword, before the first one that usually comes after it."""
    later = [one for one in source if places.get(one, len(_ORDER)) > places[key]]
    items = list(source.items())
    items.insert(list(source).index(later[0]) if later else len(items), (key, value))
    return dict(items)
