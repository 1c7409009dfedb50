"""The text of one diagram with the places of its elements, and the splices that will change it.

Nothing is written anew: what no splice touches keeps its very bytes. Places come from `outline`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, unescape

from engine.door import BPMN
from engine.errors import EngineError
from engine.outline import EXTENSIONS, PROPERTIES, PROPERTY, SPIFF, Tag, outline

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_VALUES = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_XSI = re.compile(rb"""xmlns:([\w.-]+)\s*=\s*["']http://www\.w3\.org/2001/XMLSchema-instance["']""")


class CannotEdit(EngineError):
    """A diagram cannot be changed in this way: the `element` it is about, the `reason`, and how to `mend` it."""

    def __init__(self, element: str, reason: str, mend: str) -> None:
        self.element, self.reason, self.mend = element, reason, mend
        super().__init__(f"{reason} {mend}")


class Sheet:
    """One diagram (UTF-8) and the changes to it, each a piece of bytes in place of another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            self.tags = outline(data).tags
        except ValueError as error:
            raise CannotEdit("", str(error), "Upload the diagram again.") from error
        self._inside: dict[int, list[Tag]] = {}
        self._place = {id(tag): place for place, tag in enumerate(self.tags)}
        for tag in self.tags:
            self._inside.setdefault(-1 if tag.parent is None else tag.parent, []).append(tag)
        self._splices: list[tuple[int, int, bytes]] = []

    def children(self, parent: Tag, local: str = "", space: str = BPMN) -> Iterator[Tag]:
        """The children of an element; all of them, or those of one tag."""
        found = self._inside.get(self._place[id(parent)], [])
        return (tag for tag in found if not local or (tag.space, tag.local) == (space, local))

    def parent(self, tag: Tag) -> Tag:
        """The element around another."""
        return self.tags[tag.parent or 0]

    def every(self, local: str, space: str = BPMN) -> Iterator[Tag]:
        """All elements of one tag, in the order of the text."""
        return (tag for tag in self.tags if (tag.space, tag.local) == (space, local))

    def element(self, identity: str) -> Tag:
        """The one BPMN element with an id."""
        found = [tag for tag in self.tags if tag.space == BPMN and tag.id == identity]
        if len(found) != 1:
            reason = f"“{identity}” is there twice." if found else f"There is no element “{identity}”."
            raise CannotEdit(identity, reason, "Load the draft again.")
        return found[0]

    def around(self, tag: Tag, local: str) -> Tag | None:
        """The nearest element of a BPMN tag around another."""
        while tag.parent is not None:
            tag = self.tags[tag.parent]
            if (tag.space, tag.local) == (BPMN, local):
                return tag
        return None

    def words(self, tag: Tag) -> str:
        """The plain text in an element, its white space at both ends left out."""
        inner = b"" if tag.close is None else self.data[tag.end : tag.close]
        return unescape(inner.decode(), {"&quot;": '"', "&apos;": "'"}).strip()

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put bytes in the place of others."""
        self._splices.append((start, end, new))

    def remove(self, tag: Tag) -> None:
        """Take an element out, with the white space before it."""
        self.replace(self.margin(tag), tag.after, b"")

    def margin(self, tag: Tag) -> int:
        """Where the white space before an element begins."""
        return len(self.data[: tag.start].rstrip())

    def indent(self, tag: Tag) -> bytes:
        """The white space before an element: a new line with its indent, or nothing."""
        return self.data[self.margin(tag) : tag.start]

    def append(self, parent: Tag, *new: bytes) -> None:
        """Put elements at the end of another, indented like the children that are there."""
        others = list(self.children(parent))
        before = self.indent(others[-1]) if others else self._deeper(parent)
        pieces = b"".join(before + piece for piece in new)
        if others:
            self.replace(others[-1].after, others[-1].after, pieces)
        else:
            self.fill(parent, pieces + self.indent(parent))

    def _deeper(self, tag: Tag) -> bytes:
        before = self.indent(tag)
        return before + b"  " if before else b""

    def before(self, tag: Tag, new: bytes) -> None:
        """Put an element before another, indented like it."""
        place = self.margin(tag)
        self.replace(place, place, self.indent(tag) + new)

    def after(self, tag: Tag, new: bytes) -> None:
        """Put an element behind another, indented like it."""
        self.replace(tag.after, tag.after, self.indent(tag) + new)

    def fill(self, tag: Tag, inner: bytes) -> None:
        """Put bytes in the place of all that is in an element; an empty one, `<a/>`, is opened for them."""
        if tag.close is not None:
            self.replace(tag.end, tag.close, inner)
        else:
            closing = f"</{tag.prefix}{tag.local}>".encode()
            self.replace(tag.room, tag.end, b">" + inner + closing)

    def write(self, tag: Tag, attribute: str, value: str) -> None:
        """Give an attribute a value; one that has it already keeps its bytes."""
        if tag.attributes.get(attribute) == value:
            return
        place = tag.values.get(attribute)
        if place is not None:
            self.replace(*place, quoted(value).encode())
        else:
            self.replace(tag.room, tag.room, f' {attribute}="{quoted(value)}"'.encode())

    def formal(self) -> str:
        """The attribute that says of an expression that it is formal, as this file writes such things."""
        kind = f'{self.tags[0].prefix}tFormalExpression"'
        declared = _XSI.search(self.data)
        if declared:
            return f' {declared[1].decode()}:type="{kind}'
        return f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{kind}'

    def properties(self, element: Tag) -> dict[str, str]:
        """The extension properties of an element."""
        return {
            tag.attributes.get("name", ""): tag.attributes.get("value", "")
            for extensions in self.children(element, EXTENSIONS[1])
            for properties in self.children(extensions, PROPERTIES[1], SPIFF)
            for tag in self.children(properties, PROPERTY[1], SPIFF)
        }

    def result(self) -> bytes:
        """The text with all splices; those at one place come in the order they were made."""
        parts, place = [], 0
        for start, end, new in sorted(self._splices, key=lambda splice: splice[:2]):
            parts += [self.data[place:start], new]
            place = end
        return b"".join([*parts, self.data[place:]])


def quoted(text: str) -> str:
    """A text as the value of an attribute."""
    return escape(_allowed(text), _IN_VALUES)


def inner(text: str) -> bytes:
    """A text as what stands in an element."""
    return escape(_allowed(text).replace("\r\n", "\n").replace("\r", "\n")).encode()


def _allowed(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise CannotEdit("", "The text has a character that no diagram can hold.", "Type the text anew.")
    return text
