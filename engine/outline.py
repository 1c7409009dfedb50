"""Where the elements of an XML text stand, to the byte, so that one of them can be changed in its place.

Expat reads the text and says where each tag begins; nothing is built of it, and a document type is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from engine.door import BPMN

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
EXTENSIONS = (BPMN, "extensionElements")
PROPERTIES = (SPIFF, "properties")
PROPERTY = (SPIFF, "property")
_DOCUMENTATION = (BPMN, "documentation")

_NAME = re.compile(rb"<([^\s/>]+)")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_END = re.compile(rb"\s*(/?)>")


@dataclass
class Tag:
    """An element by its places, in bytes: `start` to `end` its start tag, `room` behind its last attribute.

    `close`: where its end tag begins, None when it is empty (`<a/>`); `after`: behind all of it. `values`: the
    places between the quotes of its attributes. `prefix`: as written, with its colon; `ours`: the same for
    SpiffWorkflow's namespace, None where it has no prefix.
    """

    space: str
    local: str
    prefix: str
    attributes: Mapping[str, str]
    parent: int | None
    start: int
    room: int
    end: int
    values: Mapping[str, tuple[int, int]]
    ours: str | None
    close: int | None = None
    after: int = 0

    @property
    def id(self) -> str | None:
        """The id of the element."""
        return self.attributes.get("id")


@dataclass
class Outline:
    """All elements of a text in the order of their start tags."""

    tags: list[Tag] = field(default_factory=list)

    def children(self, parent: Tag, kind: tuple[str, str]) -> Iterator[Tag]:
        """The children of one kind, given as namespace and local name."""
        place = next(index for index, tag in enumerate(self.tags) if tag is parent)
        return (
            tag for tag in self.tags[place + 1 :] if tag.parent == place and (tag.space, tag.local) == kind
        )

    def head(self, parent: Tag) -> int | None:
        """Where extension elements belong: behind the documentation (BPMN 2.0.2, 8.3.1); None in an empty element."""
        last = [tag.after for tag in self.children(parent, _DOCUMENTATION)]
        return None if parent.close is None else max(last, default=parent.end)


def outline(data: bytes) -> Outline:
    """The outline of a UTF-8 text, whatever encoding it declares; `ValueError` with a sentence when it has none."""
    reader = _Reader(data)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"The file is not well-formed XML (line {error.lineno}).") from error
    return reader.outline


class _Reader:
    """The handlers of one reading."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.outline = Outline()
        self.open: list[int] = []
        self.spaces: dict[str | None, list[str]] = {}
        self.bound: dict[str | None, None] = {}
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.StartElementHandler = self.started
        self.parser.EndElementHandler = self.ended
        self.parser.StartDoctypeDeclHandler = self.refused
        self.parser.StartNamespaceDeclHandler = self.declared
        self.parser.EndNamespaceDeclHandler = self.left

    def refused(self, *_: object) -> None:
        raise ValueError("The file declares a document type or an entity.")

    def started(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        start = self.parser.CurrentByteIndex
        written, room, end, values = _places(self.data, start)
        prefix = written[: -len(local)] if written.endswith(f":{local}") else ""
        parent = self.open[-1] if self.open else None
        self.open.append(len(self.outline.tags))
        self.outline.tags.append(
            Tag(space, local, prefix, attributes, parent, start, room, end, values, self.ours())
        )

    def declared(self, prefix: str | None, uri: str | None) -> None:
        self.spaces.setdefault(prefix, []).append(uri or "")
        self.bind(prefix)

    def left(self, prefix: str | None) -> None:
        self.spaces[prefix].pop()
        self.bind(prefix)

    def bind(self, prefix: str | None) -> None:
        """Keep the prefixes that mean SpiffWorkflow's namespace, where no nearer declaration took them."""
        if self.spaces[prefix] and self.spaces[prefix][-1] == SPIFF:
            self.bound[prefix] = None
        else:
            self.bound.pop(prefix, None)

    def ours(self) -> str | None:
        for prefix in self.bound:
            return f"{prefix}:" if prefix else ""
        return None

    def ended(self, _: str) -> None:
        tag = self.outline.tags[self.open.pop()]
        empty = self.data[tag.room : tag.end].strip().startswith(b"/")
        tag.close = None if empty else self.parser.CurrentByteIndex
        tag.after = tag.end if tag.close is None else self.data.index(b">", tag.close) + 1


def _places(data: bytes, start: int) -> tuple[str, int, int, dict[str, tuple[int, int]]]:
    """The name as written, the room behind the attributes, the end of the tag, and the attributes' places."""
    name = _NAME.match(data, start)
    place, values = (name.end(), {}) if name else (start, dict[str, tuple[int, int]]())
    while attribute := _ATTRIBUTE.match(data, place):
        values[attribute[1].decode()] = attribute.span(2 if attribute[2] is not None else 3)
        place = attribute.end()
    end = _END.match(data, place)
    return (name[1].decode() if name else ""), place, (end.end() if end else place), values
