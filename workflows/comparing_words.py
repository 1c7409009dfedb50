"""Each change between two bundles in a sentence, with the lines that differ where a text is long."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from engine.comparing import Drawn, drawn
from workflows import comparing_sentences as sentences
from workflows.calendar import Duration, length_words
from workflows.comparing import FILE, ORDER, REQUIRED, TEXT, WRITING, Change, Part, compare, json_tree
from workflows.definitions import ROLE_OF_LANE, Bundle
from workflows.language import gettext
from workflows.mail_choices import CHOICES
from workflows.outbox import MESSAGES
from workflows.people import ROLES
from workflows.scenario_lines import WORDED, scenario_lines
from workflows.scenarios import USUAL
from workflows.service_levels import InvalidServiceLevels

_SHORT = 140
"""Values up to this length stand in the sentence; longer ones are shown line by line."""
_LEVEL = re.compile(r"""service_level\(["'](\w+)["']\)""")


@dataclass(frozen=True)
class Line:
    """A line of a text that differs: `sign` is `+`, `-`, or a blank for a line that stayed."""

    sign: str
    text: str


@dataclass(frozen=True)
class Told:
    """A change in words; `place`: the id of its element, `lines`: the differing lines of a long text."""

    change: Change
    sentence: str
    place: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Group:
    """The changes of one file, under its `title`; `moved`: what only stands elsewhere in the drawing."""

    part: Part
    file: str
    title: str
    changes: tuple[Told, ...]
    moved: tuple[Told, ...]


def told(before: Bundle, after: Bundle) -> list[Group]:
    """Every change from one bundle to another, in words, grouped by file: diagrams first, catalogues last."""
    return Teller(before, after).groups(compare(before.files, after.files))


class Teller:
    """Says changes between two bundles, with the names that these have for things."""

    def __init__(self, before: Bundle, after: Bundle) -> None:
        self._sides = (before, after)
        self._drawn: dict[tuple[int, str], dict[str, Drawn]] = {}

    def groups(self, changes: Iterable[Change]) -> list[Group]:
        """Changes in words, grouped by file, in the order of the parts."""
        ordered = sorted(changes, key=lambda change: (_ORDER.index(change.part), change.file))
        by_file = groupby(ordered, key=lambda change: change.file)
        return [self._group(file, list(found)) for file, found in by_file]

    def _group(self, file: str, changes: list[Change]) -> Group:
        said = [self.told(change) for change in changes]
        moved = tuple(each for each in said if each.change.part == "diagram" and each.change.kind == "moved")
        rest = tuple(each for each in said if each not in moved)
        return Group(changes[0].part, file, self.title(file), rest, moved)

    def told(self, change: Change) -> Told:
        """One change in words."""
        lines = tuple(_differing(*self._texts(change))) if _is_long(change) else ()
        return Told(change, self.sentence(change), self._place(change), lines)

    def _texts(self, change: Change) -> tuple[list[str], list[str]]:
        """What a change was and is, line by line; a scenario in words where both sides can be read."""
        if change.part == "scenario" and change.what in WORDED:
            said = [scenario_lines(side, change.file, change.what) for side in self._sides]
            if said[0] is not None and said[1] is not None:
                return said[0], said[1]
        return _readable(change.before).splitlines(), _readable(change.after).splitlines()

    def _place(self, change: Change) -> str:
        return "" if change.part == "words" else change.element

    def title(self, file: str) -> str:
        """What people call a file: `Form “Contact with the client”`."""
        if file == USUAL:
            return gettext("Usual answers of the scenarios")
        part = _part_words(file)
        return gettext(part).format(name=self._name_of(file))

    def _name_of(self, file: str) -> str:
        known = (self._named(side, file) for side in (1, 0) if file in self._sides[side].files)
        return next((name for name in known if name), file.rpartition("/")[2])

    def _named(self, side: int, file: str) -> str:
        if file.endswith(".bpmn"):
            processes = [each for each in self._elements(side, file).values() if each.kind == "process"]
            return ", ".join(gettext(process.name) for process in processes if process.name)
        if file.startswith("mail/"):
            return self._sent_by(side, file.split("/")[1])
        return gettext(self._titled(side, file)) if file.endswith(".json") else ""

    def _sent_by(self, side: int, kind: str) -> str:
        """A mail by the step that sends it; one that the product itself sends by what its readers choose it as."""
        for file in sorted(self._sides[side].diagrams):
            for element in self._elements(side, file).values():
                if element.facts.get("step") == kind and element.name:
                    return gettext(element.name)
        return gettext(CHOICES.get(MESSAGES.get(kind, ""), kind))

    def _titled(self, side: int, file: str) -> str:
        try:
            tree = json_tree(self._sides[side].files[file])
        except ValueError:
            return ""
        return str(tree.get("title") or tree.get("name") or "")

    def _elements(self, side: int, file: str) -> dict[str, Drawn]:
        if (side, file) not in self._drawn:
            text = self._sides[side].files.get(file, "")
            self._drawn[side, file] = drawn(text.encode()) or {} if text else {}
        return self._drawn[side, file]

    def sentence(self, change: Change) -> str:
        """A change as a sentence."""
        if change.what == TEXT and change.part == "mail":
            words = sentences.OF_MAIL.get(change.file.rpartition("/")[2])
            return gettext(words or sentences.OF_FILE[TEXT, "changed"])
        if not change.element and change.what in (FILE, TEXT, WRITING, ORDER):
            return gettext(sentences.OF_FILE[change.what, change.kind])
        name = self.element(change)
        if change.kind != "changed":
            words = gettext(sentences.OF_KIND[change.kind]).format(element=name)
            return f"{words} {self._value(change, 1)}".strip() if change.part == "time" else words
        return self._changed(change, name)

    def _changed(self, change: Change, name: str) -> str:
        if change.what == REQUIRED:
            return gettext(sentences.IS_REQUIRED[change.after]).format(element=name)
        pattern, plain = sentences.pattern(change, long=_is_long(change))
        before, after = self._value(change, 0), self._value(change, 1)
        if before == after and before:
            # Two things of one name, such as two times of the same length: their keys tell them apart.
            before, after = f"{before} ({change.before})", f"{after} ({change.after})"
        return gettext(pattern).format(element=name, what=plain, before=before, after=after)

    def element(self, change: Change) -> str:
        """What a change is about: `Step “Record the contact”`."""
        if change.part == "diagram":
            return self._drawn_name(change.file, change.element, change.tag)
        if not change.element and change.part in sentences.WHOLES:
            return gettext(sentences.WHOLES[change.part])
        named = self._question(change) if change.part == "form" else self._other(change)
        return gettext(sentences.ELEMENTS[change.part]).format(name=named)

    def _other(self, change: Change) -> str:
        """A time by its meaning, anything else by its own words."""
        if change.part != "time":
            return change.element[:_SHORT]
        meanings = (self._meaning(side, change.element) for side in (1, 0))
        return next((meaning for meaning in meanings if meaning), change.element)

    def _meaning(self, side: int, key: str) -> str:
        try:
            return self._sides[side].service_levels.meaning(key).rstrip(".")
        except (KeyError, InvalidServiceLevels):
            return ""

    def _question(self, change: Change) -> str:
        for side in (0, 1):
            try:
                asked = json_tree(self._sides[side].files[change.file])["properties"][change.element]
                return gettext(str(asked["title"]))
            except (ValueError, KeyError, TypeError):
                continue
        return change.element

    def _drawn_name(self, file: str, key: str, tag: str = "") -> str:
        """An element by its name before the change; a path by its ends too."""
        found = self._elements(0, file).get(key) or self._elements(1, file).get(key)
        tag = tag or (found.kind if found else "")
        if found and {"source", "target"} <= found.facts.keys():
            return self._path_name(file, found)
        name = gettext(found.name) if found and found.name else key
        return gettext(sentences.TAGS.get(tag, sentences.ANY_ELEMENT)).format(name=name)

    def _path_name(self, file: str, flow: Drawn) -> str:
        source, target = (self._short_name(file, flow.facts[end]) for end in ("source", "target"))
        words = sentences.PATH if flow.name else sentences.PATH_WITHOUT_NAME
        return gettext(words).format(name=gettext(flow.name), source=source, target=target)

    def _short_name(self, file: str, key: str) -> str:
        found = self._elements(1, file).get(key) or self._elements(0, file).get(key)
        return f"“{gettext(found.name) if found and found.name else key}”"

    def _value(self, change: Change, side: int) -> str:
        """A value of a change as people know it."""
        value = change.after if side else change.before
        if not value:
            return ""
        if change.part == "diagram":
            return self._drawn_value(change, side, value)
        if change.part == "time":
            return length_words(value)
        return gettext(value) if change.part == "words" else _listed(change.what, value)

    def _drawn_value(self, change: Change, side: int, value: str) -> str:
        if change.what in ("source", "target", "default", "attached_to", "inside"):
            return self._short_name(change.file, value)
        if change.what in ("property.due", "property.dueAgain"):
            return self._length(side, value)
        if change.what == "timer":
            return _LEVEL.sub(lambda found: self._length(side, found[1]), value)
        if change.what == "property.formJsonSchemaFilename":
            return f"“{self._titled_form(side, value)}”"
        if change.what == "lane":
            return gettext(ROLES.get(ROLE_OF_LANE.get(value, ""), value))
        return f"“{value}”"

    def _titled_form(self, side: int, form: str) -> str:
        file = f"forms/{form}"
        return gettext(self._titled(side, file)) if file in self._sides[side].files else form

    def _length(self, side: int, key: str) -> str:
        try:
            return due_words(self._sides[side].service_levels.duration(key))
        except (KeyError, InvalidServiceLevels):
            return f"“{key}”"


def due_words(length: Duration) -> str:
    """A length of time as it stands behind “is due”: `in 2 business days`."""
    if length.same_business_day:
        return gettext("on the same business day")
    return gettext("in {length}").format(length=length.words) if length.text[:1].isdigit() else length.text


_ORDER: list[Part] = ["diagram", "form", "mail", "time", "scenario", "trace", "words"]


def _part_words(file: str) -> str:
    folder = file.partition("/")[0]
    if folder in sentences.FILES:
        return sentences.FILES[folder]
    end = file.rpartition("/")[2]
    return sentences.FILES.get(end) or sentences.FILES[end.rpartition(".")[2]]


def _listed(what: str, value: str) -> str:
    """A value of a form: lists and labels without their brackets."""
    try:
        found = json.loads(value)
    except ValueError:
        return f"“{value}”"
    if isinstance(found, Mapping):
        found = list(found.values())
    if not isinstance(found, list):
        return f"“{value}”"
    roles = (gettext(ROLES.get(each, each)) if what == "x-visible-to" else each for each in map(str, found))
    return ", ".join(f"“{each}”" for each in roles)


def _is_long(change: Change) -> bool:
    if change.what == FILE:
        return bool(change.before or change.after)
    if change.kind != "changed" or change.what in (WRITING, "rest"):
        return False
    if change.part == "scenario" and change.what in WORDED:
        return True
    texts = change.before, change.after
    return change.what == TEXT or any(len(text) > _SHORT or "\n" in text for text in texts)


def _differing(before: list[str], after: list[str]) -> Iterator[Line]:
    """The lines that differ, each with one around that stayed."""
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(1):
        for sort, a, b, c, d in group:
            if sort == "equal":
                yield from (Line(" ", text) for text in before[a:b])
            else:
                yield from (Line("-", text) for text in before[a:b])
                yield from (Line("+", text) for text in after[c:d])


def _readable(text: str) -> str:
    """A value of a file with a line for each thing in it."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text
