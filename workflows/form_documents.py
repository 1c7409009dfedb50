"""A form document as it is written: read, changed question by question, and written so that the rest stays as it was."""

import json
import re
from collections.abc import Mapping
from typing import Any

from workflows.form_checks import SCHEMA, identifier
from workflows.forms import Form

Document = dict[str, Any]

FORMS = "forms/"
_NUMBERS = re.compile(r"\[\s+(-?\d+(?:,\s+-?\d+)*)\s+\]")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def document(text: str) -> Document:
    """The content of a form. Raises `BadForm` for one with problems: it is put right as a whole, not by its questions."""
    Form.parse(text.encode())
    return dict(json.loads(text))


def written(source: Mapping[str, Any]) -> str:
    """A form as the bundle keeps it: two spaces deep, a list of numbers on one line."""
    text = json.dumps(source, indent=2, ensure_ascii=False)
    return _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def new_form(title: str, name: str, question: Mapping[str, Any]) -> Document:
    """A form of one question."""
    return {
        "$schema": SCHEMA,
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "properties": {name: dict(question)},
        "required": [],
    }


def earlier(source: Document, name: str = "") -> dict[str, Document]:
    """The questions before one, by name; all of them where no name is given."""
    names = list(source["properties"])
    until = names.index(name) if name in names else len(names)
    return {one: source["properties"][one] for one in names[:until]}


def with_texts(source: Document, title: str, description: str, completing: str) -> Document:
    """The form under another title, with another text for programs, and other words on its last button."""
    titled = put(put(source, "title", title), "description", description or None, after="title")
    return put(titled, "x-complete", completing or None, after="description" if description else "title")


def with_question(source: Document, name: str, question: Document, *, required: bool) -> Document:
    """The form with a question in the place of the one of that name, or as the last one."""
    return _required({**source, "properties": {**source["properties"], name: question}}, name, required)


def without_question(source: Document, name: str) -> Document:
    """The form without a question."""
    kept = {one: question for one, question in source["properties"].items() if one != name}
    return _required({**source, "properties": kept}, name, False)


def moved(source: Document, name: str, by: int) -> Document:
    """The form with a question further down, or with a negative number further up; at the ends it stays."""
    names = list(source["properties"])
    place = names.index(name)
    names.insert(max(0, place + by), names.pop(place))
    return {**source, "properties": {one: source["properties"][one] for one in names}}


def name_for(label: str, taken: Mapping[str, object]) -> str:
    """A name for a new question, made from the first words of its label."""
    base = _NOT_IN_NAMES.sub("_", label.lower())[:40].strip("_")
    base = base if identifier(base) else "question"
    names = (base, *(f"{base}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def put(source: Document, key: str, value: Any, after: str = "") -> Document:
    """A mapping with one more or another value, or with None without it; what is new comes after a key, or last."""
    if value is None:
        return {one: kept for one, kept in source.items() if one != key}
    if key in source or after not in source:
        return {**source, key: value}
    items = list(source.items())
    items.insert(list(source).index(after) + 1, (key, value))
    return dict(items)


def _required(source: Document, name: str, required: bool) -> Document:
    """The names of the questions that need an answer, in their order; the list stays where nothing changes."""
    known = list(source.get("required", []))
    if (name in known) == required:
        return source
    wanted = {*known, name} if required else set(known) - {name}
    places = {one: place for place, one in enumerate(source["properties"])}
    return {**source, "required": sorted(wanted, key=lambda one: places.get(one, len(places)))}
