"""Two bundles compared: what was added, removed, changed or moved in diagrams, forms, mails, times, scenarios and the rest.

A pure function of their files. `workflows.comparing_words` says each change in a sentence.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import engine
from workflows.language import BadCatalogue, read

Part = Literal["diagram", "form", "mail", "time", "scenario", "trace", "words"]
Kind = Literal["added", "removed", "changed", "moved"]
Tree = dict[str, Any]

FILE, TEXT, WRITING, ORDER, REQUIRED = "file", "text", "writing", "order", "required"
"""What a change may be of besides a fact of its element: the file as a whole, its plain text, only how it is written,
the order of questions, whether an answer is required."""


@dataclass(frozen=True)
class Change:
    """One difference of two bundles, its values as the files hold them.

    `element`: the id in the diagram, the question of a form, the key of a time, the sentence of a catalogue; empty for
    the file as a whole. `what`: which fact or property. `tag` and `name`: of an element of a diagram.
    """

    part: Part
    file: str
    element: str
    kind: Kind
    what: str = ""
    before: str = ""
    after: str = ""
    tag: str = ""
    name: str = ""


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Every change from one bundle's files (path → text) to another's, file by file."""
    return [
        change
        for file in sorted({*before, *after})
        for change in _changes(file, before.get(file), after.get(file))
    ]


def part_of(file: str) -> Part:
    """The part of a bundle that a file belongs to."""
    folder = file.partition("/")[0]
    named: dict[str, Part] = {
        "forms": "form", "mail": "mail", "scenarios": "scenario", "words": "words",
        "service_levels.toml": "time", "trace.toml": "trace",
    }  # fmt: skip
    return named.get(folder, "diagram")


def _changes(file: str, before: str | None, after: str | None) -> Iterator[Change]:
    part = part_of(file)
    if before == after:
        return
    if before is None or after is None:
        kind: Kind = "added" if before is None else "removed"
        yield from _whole(part, file, kind, before or "", after or "")
        return
    try:
        found = list(_READERS[part](file, before, after))
    except ValueError:
        found = [_text(file, before, after)]
    yield from found or [Change(part, file, "", "changed", WRITING)]


def _whole(part: Part, file: str, kind: Kind, before: str, after: str) -> Iterator[Change]:
    """A file that came or went, with the words of a mail and the questions of a form: whoever approves has to see them."""
    if part == "mail":
        yield Change(part, file, "", kind, FILE, before, after)
        return
    yield Change(part, file, "", kind, FILE)
    if part == "form":
        with suppress(ValueError):
            old, new = (_questions(json_tree(text)) if text else {} for text in (before, after))
            yield from _elements(part, file, old, new)


def _text(file: str, before: str, after: str) -> Change:
    return Change(part_of(file), file, "", "changed", TEXT, before, after)


def _diagram(file: str, before: str, after: str) -> Iterator[Change]:
    found = engine.differences(before.encode(), after.encode())
    if found is None:
        yield _text(file, before, after)
        return
    for each in found:
        told = each.what, each.before, each.after, each.tag, each.name
        yield Change("diagram", file, each.id, each.kind, *told)


def _mail(file: str, before: str, after: str) -> Iterator[Change]:
    yield _text(file, before, after)


def _form(file: str, before: str, after: str) -> Iterator[Change]:
    old, new = json_tree(before), json_tree(after)
    yield from _values("form", file, "", _form_facts(old), _form_facts(new))
    old_questions, new_questions = _questions(old), _questions(new)
    yield from _elements("form", file, old_questions, new_questions)
    shared_before = [name for name in old_questions if name in new_questions]
    shared_after = [name for name in new_questions if name in old_questions]
    if shared_before != shared_after:
        yield Change("form", file, "", "moved", ORDER, ", ".join(shared_before), ", ".join(shared_after))


def _form_facts(form: Tree) -> Tree:
    return {name: value for name, value in form.items() if name not in ("properties", "required")}


def _questions(form: Tree) -> dict[str, Tree]:
    """Each question with its properties; whether it is required is one of them."""
    found = form.get("properties")
    required = form.get("required")
    if not isinstance(found, dict) or not isinstance(required, list | None):
        raise ValueError("This is no form.")
    return {name: {**_tree(asked), REQUIRED: name in (required or [])} for name, asked in found.items()}


def _time(file: str, before: str, after: str) -> Iterator[Change]:
    old, new = (_tables(toml_tree(text)) for text in (before, after))
    yield from _elements("time", file, old, new)


def _tables(tree: Tree) -> dict[str, Tree]:
    return {key: _tree(value) for key, value in tree.items()}


def _trace(file: str, before: str, after: str) -> Iterator[Change]:
    old, new = (_leaves(toml_tree(text)) for text in (before, after))
    yield from _elements("trace", file, old, new)


def _leaves(tree: Tree) -> dict[str, Tree]:
    """The tables of a file, also those in tables and lists, each under its path."""
    found: dict[str, Tree] = {}
    for key, value in tree.items():
        inner = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(inner, dict) and inner and all(isinstance(each, dict) for each in inner.values()):
            found |= {f"{key}.{_title(name, table)}": table for name, table in inner.items()}
        else:
            found[key] = _tree(value)
    return found


def _title(name: object, table: Tree) -> str:
    """By what people know a table of a list: the number of its clause, or its id, else where it stands."""
    return str(table.get("number") or table.get("id") or name)


def _scenario(file: str, before: str, after: str) -> Iterator[Change]:
    yield from _values("scenario", file, "", json_tree(before), json_tree(after))


def _words(file: str, before: str, after: str) -> Iterator[Change]:
    old, new = (_translations(text) for text in (before, after))
    yield from _elements("words", file, old, new)


def _translations(text: str) -> dict[str, Tree]:
    try:
        return {sentence: {"": " / ".join(forms)} for sentence, forms in read(text.encode()).items()}
    except BadCatalogue as bad:
        raise ValueError(str(bad)) from None


def _elements(part: Part, file: str, old: Mapping[str, Tree], new: Mapping[str, Tree]) -> Iterator[Change]:
    """What came, went or changed among named things with properties."""
    for name, values in new.items():
        if name in old:
            yield from _values(part, file, name, old[name], values)
        else:
            yield Change(part, file, name, "added", after=_told(values))
    for name, values in old.items():
        if name not in new:
            yield Change(part, file, name, "removed", before=_told(values))


def _told(values: Tree) -> str:
    """What is told of a thing that came or went: its only value, or the words that people know it by."""
    return plain(values.get("") or values.get("title") or values.get("after") or values.get("value") or "")


def _values(part: Part, file: str, element: str, old: Tree, new: Tree) -> Iterator[Change]:
    for what in dict.fromkeys([*old, *new]):
        if (what in old) != (what in new) or is_other(old[what], new[what]):
            yield Change(part, file, element, "changed", what, plain(old.get(what)), plain(new.get(what)))


def is_other(one: Any, two: Any) -> bool:
    """Whether two values of a file differ; the order of a table's words is no difference, but True and 1 are two."""
    return json.dumps(one, sort_keys=True, default=str) != json.dumps(two, sort_keys=True, default=str)


def plain(value: Any) -> str:
    """A value of a file as one text: text as it is, nothing as empty, all else as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def json_tree(text: str) -> Tree:
    """The object of a JSON file; `ValueError` when it holds something else."""
    try:
        return _tree(json.loads(text))
    except RecursionError:
        raise ValueError("The file is nested too deep.") from None


def toml_tree(text: str) -> Tree:
    """The tables of a TOML file; `ValueError` when it cannot be read."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("The file is nested too deep.") from None


def _tree(value: Any) -> Tree:
    if not isinstance(value, dict):
        raise ValueError("This is no table.")
    return value


_READERS: dict[Part, Callable[[str, str, str], Iterator[Change]]] = {
    "diagram": _diagram, "form": _form, "mail": _mail, "time": _time, "scenario": _scenario, "trace": _trace,
    "words": _words,
}  # fmt: skip
