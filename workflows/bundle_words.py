"""What a bundle says to people, and what its catalogues `words/<language>.po` make of it in other languages.

Listed are the names and notes of the diagrams, the help of their tasks, all words of the forms, and the clauses of the
procedure trace. The mails are not: they go out in English.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from babel.messages.catalog import Message

import engine
from workflows import clauses
from workflows.clauses import BadTrace
from workflows.definitions import Bundle
from workflows.forms import Form
from workflows.language import ENGLISH, LANGUAGES, BadCatalogue, entries, read

CATALOGUE = re.compile(r"words/([\w-]+)\.po")
VALUE = re.compile(r"\{[\w.]*\}")
"""A place that is filled with a value, such as `{sor.system}`."""

_SAID = ("title", "description", "x-complete")
_LISTS = ("x-labels", "x-messages")


def sentences(bundle: Bundle) -> list[str]:
    """Every sentence of a bundle that a person may read, each once: the diagrams' first, then the forms', then the
    clauses'."""
    found = [*engine.drawn_words(bundle.diagrams), *_of_forms(bundle), *_of_trace(bundle)]
    return list(dict.fromkeys(words for words in found if words))


def _of_forms(bundle: Bundle) -> Iterator[str]:
    """Those of every form that is one."""
    for name in sorted(bundle.files):
        if name.startswith("forms/") and not Form.problems(bundle.files[name].encode()):
            yield from _of_schema(json.loads(bundle.files[name]))


def _of_schema(schema: dict[str, Any]) -> Iterator[str]:
    """The words of a form, or of one of its questions."""
    yield from (schema[key] for key in _SAID if key in schema)
    for key in _LISTS:
        yield from schema.get(key, {}).values()
    for question in schema.get("properties", {}).values():
        yield from _of_schema(question)


def _of_trace(bundle: Bundle) -> Iterator[str]:
    """What each clause asks, and why no step carries it out; nothing where the trace cannot be read."""
    with suppress(BadTrace):
        for clause in clauses.read(bundle.files):
            yield from (clause.text, clause.waiver)


def catalogues(bundle: Bundle) -> dict[str, str]:
    """The catalogue files of a bundle, by language."""
    found = {match[1]: name for name in bundle.files if (match := CATALOGUE.fullmatch(name))}
    return dict(sorted(found.items()))


def problems(bundle: Bundle) -> dict[str, str]:
    """What refuses a bundle's catalogues: file → what, and how to mend it."""
    found = {name: _problem(language, bundle.files[name]) for language, name in catalogues(bundle).items()}
    return {name: words for name, words in found.items() if words}


def _problem(language: str, text: str) -> str:
    if language not in LANGUAGES or language == ENGLISH:
        others = ", ".join(code for code in LANGUAGES if code != ENGLISH)
        return f"The pages do not speak “{language}”. Name the file by one of their languages: {others}."
    try:
        found = entries(text.encode())
    except BadCatalogue as bad:
        return f"This is no PO file that can be read: {bad}. Save it as a PO file in UTF-8."
    return " ".join(_other_values(entry) for entry in found if _differs(entry))


def _differs(entry: Message) -> bool:
    """Whether a translation asks for other values than its sentence; none yet is no mistake."""
    said = entry.string if isinstance(entry.string, str) else " ".join(entry.string or ())
    return bool(said) and _values(said) != _values(_sentence(entry))


def _other_values(entry: Message) -> str:
    asked = ", ".join(sorted(_values(_sentence(entry)))) or "none"
    return (
        f"The translation of “{_short(_sentence(entry))}” must hold the same {{…}} as the sentence: {asked}."
    )


def _values(words: str) -> set[str]:
    return set(VALUE.findall(words))


def _sentence(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[-1]


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:59].rstrip()}…"


def warnings(bundle: Bundle) -> dict[str, str]:
    """What is missing in a bundle's catalogues or left over there: file → what, and what it means."""
    wanted = sentences(bundle)
    found = {}
    for name in catalogues(bundle).values():
        known = read(bundle.files[name].encode())
        told = [*_missing([one for one in wanted if one not in known]), *_left(known.keys() - wanted)]
        if told:
            found[name] = " ".join(told)
    return found


def _missing(missing: list[str]) -> Iterator[str]:
    if missing:
        first = f"“{_short(missing[0])}”"
        yield f"Shown in English for want of a translation: {len(missing)}, the first is {first}."


def _left(left: set[str]) -> Iterator[str]:
    if left:
        first = f"“{_short(min(left))}”"
        yield f"Translated, but said by nothing in the bundle: {len(left)}, for example {first}."
