"""Changes of two people to one bundle put together: what only one of them changed is taken, the rest is asked.

A pure function. Files that one side alone changed are taken as they are. Where both changed a file it is joined by what is
in it: diagrams by elements (`engine.merging`), forms by questions and their properties, times and the trace by their
lines, catalogues by sentences. Mails, scenarios and decision tables, and whatever cannot be joined, are chosen whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.merging import Clash, join
from workflows.comparing import Change, Part, Tree, compare, is_other, part_of
from workflows.merging_texts import (
    form_text,
    form_tree,
    shown,
    toml_pieces,
    toml_text,
    words_pieces,
    words_text,
)

Side = Literal["mine", "theirs"]
Choices = Mapping[str, Side]
Files = Mapping[str, str]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Something that both changed in another way: `mine` and `theirs` are the changes since what both began with.

    `key`: under which it is chosen. `element` is empty for a file as a whole.
    """

    key: str
    file: str
    element: str
    mine: tuple[Change, ...]
    theirs: tuple[Change, ...]


@dataclass
class Merged:
    """The files with the changes of both; where a conflict is not decided, mine."""

    files: dict[str, str]
    conflicts: list[Conflict] = field(default_factory=list)


def merge(base: Files, theirs: Files, mine: Files, choices: Choices | None = None) -> Merged:
    """The bundle with the changes of both since `base`; `choices` decides conflicts by their keys."""
    merged = Merged({})
    for file in sorted({*base, *theirs, *mine}):
        text = _File(file, (base.get(file), theirs.get(file), mine.get(file)), choices or {}, merged).text()
        if text is not None:
            merged.files[file] = text
    return merged


@dataclass(frozen=True)
class _File:
    """One file in its three states: as both began with it, theirs, mine; None where it is not there."""

    name: str
    states: tuple[str | None, str | None, str | None]
    choices: Choices
    merged: Merged

    def text(self) -> str | None:
        """The file as it is to be."""
        base, theirs, mine = self.states
        if theirs in (mine, base):
            return mine
        if mine == base:
            return theirs
        return self.joined() or self.whole()

    def whole(self) -> str | None:
        """One of the two, as chosen."""
        base, theirs, mine = self.states
        changes = self.since(base, mine), self.since(base, theirs)
        return theirs if self.asks(Conflict(self.name, self.name, "", *changes)) else mine

    def since(self, before: str | None, after: str | None) -> tuple[Change, ...]:
        """What changed in this file."""
        sides = ({self.name: text} if text is not None else {} for text in (before, after))
        return tuple(compare(*sides))

    def asks(self, conflict: Conflict) -> bool:
        """Note a conflict; whether theirs was chosen."""
        self.merged.conflicts.append(conflict)
        return self.choices.get(conflict.key) == "theirs"

    def joined(self) -> str | None:
        """Both changes in one file; None where that cannot be, and then no conflict inside it was noted."""
        known = len(self.merged.conflicts)
        way = _WAYS.get(self.part)
        try:
            found = way(self) if way and None not in self.states else None
        except (ValueError, AttributeError, TypeError):
            found = None
        if found is None:
            del self.merged.conflicts[known:]
        return found

    @property
    def part(self) -> Part:
        """The part of the bundle that it belongs to."""
        return part_of(self.name)

    def trees(self, read: Callable[[str], Tree]) -> tuple[Tree, Tree, Tree]:
        """Its three states, taken apart."""
        base, theirs, mine = (read(text or "") for text in self.states)
        return base, theirs, mine

    def conflict(self, path: Path, base: Any, theirs: Any, mine: Any) -> bool:
        """Note a conflict of one piece; whether theirs was chosen."""
        element, what = _named(self.part, path)
        sides = (
            Change(self.part, self.name, element, "changed", what, shown(base), shown(value))
            for value in (mine, theirs)
        )
        changes = ((change,) for change in sides)
        return self.asks(Conflict("|".join((self.name, *path)), self.name, element, *changes))


def _named(part: Part, path: Path) -> Path:
    """The element and the property that a path leads to, as changes name them."""
    if part == "form":
        inside = (
            path[1:] if path[0] == "properties" else (path[1], path[0]) if len(path) > 1 else ("", path[0])
        )
        return (*inside, "")[0], ".".join(inside[1:])
    if part == "words":
        return path[0], ""
    return path[0].strip("[]"), (*path, "")[1]


_GONE = object()


def _tree(file: _File, path: Path, base: Any, theirs: Any, mine: Any) -> Tree:
    """Three tables joined word by word, in my order, with what is new in theirs behind its neighbour there."""
    found: Tree = {}
    for key in _order(list(base), list(theirs), list(mine)):
        values = tuple(tree.get(key, _GONE) for tree in (base, theirs, mine))
        value = _value(file, (*path, key), *values)
        if value is not _GONE:
            found[key] = value
    return found


def _value(file: _File, path: Path, base: Any, theirs: Any, mine: Any) -> Any:
    if _same(theirs, mine) or _same(theirs, base):
        return mine
    if _same(mine, base):
        return theirs
    if all(isinstance(value, dict) for value in (base, theirs, mine)):
        return _tree(file, path, base, theirs, mine)
    plain = (None if value is _GONE else value for value in (base, theirs, mine))
    return theirs if file.conflict(path, *plain) else mine


def _same(one: Any, two: Any) -> bool:
    if _GONE in (one, two) or not isinstance(one, dict) or not isinstance(two, dict):
        return one is two or (_GONE not in (one, two) and not is_other(one, two))
    return list(one) == list(two) and not is_other(one, two)


def _order(base: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    """My order, or theirs where I left it as it was; what the other side adds stands behind its neighbour there."""
    shared = set(base) & set(theirs) & set(mine)
    mine_as_it_was = [key for key in mine if key in shared] == [key for key in base if key in shared]
    leading, other = (theirs, mine) if mine_as_it_was else (mine, theirs)
    order = list(leading)
    for place, key in enumerate(other):
        if key not in order:
            before = next((each for each in reversed(other[:place]) if each in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, key)
    return order


def _form(file: _File) -> str:
    return form_text(_tree(file, (), *file.trees(form_tree)))


def _lines(file: _File) -> str:
    return toml_text(_tree(file, (), *file.trees(toml_pieces)))


def _words(file: _File) -> str:
    return words_text(_tree(file, (), *file.trees(words_pieces)))


def _diagram(file: _File) -> str | None:
    if not file.name.endswith(".bpmn"):
        return None
    base, theirs, mine = ((text or "").encode() for text in file.states)
    found = join(base, mine, theirs, lambda clash: file.choices.get(_key(file, clash)) == "theirs")
    if found is None:
        return None
    for clash in found.clashes:
        sides = (
            Change("diagram", file.name, clash.id, "changed", clash.what, clash.base, value)
            for value in (clash.one, clash.other)
        )
        changes = ((change,) for change in sides)
        file.merged.conflicts.append(Conflict(_key(file, clash), file.name, clash.id, *changes))
    return found.content.decode()


def _key(file: _File, clash: Clash) -> str:
    return f"{file.name}|{clash.id}|{clash.what}"


_WAYS: Mapping[Part, Callable[[_File], str | None]] = {
    "diagram": _diagram, "form": _form, "time": _lines, "trace": _lines, "words": _words,
}  # fmt: skip
