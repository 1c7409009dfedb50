"""Hand a diagram back as it was uploaded, byte for byte, but for the attribute that a person changed.

The file is never written anew: the place of a change is found, and only its bytes are replaced. So order of
attributes, whitespace, comments, encoding, byte order mark, CDATA, entities, prefixes, the words of other tools
and the drawing stay as they were.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.door import BPMN
from engine.errors import EngineError
from engine.limits import DEFAULT, Limits
from engine.outline import EXTENSIONS, PROPERTIES, PROPERTY, SPIFF, Outline, Tag, outline

_DECLARED = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)
_ENCODINGS = re.compile(
    r"utf-8|utf-16-[bl]e|ascii|iso8859-[0-9]+|cp[0-9]+|gbk|gb2312|gb18030|big5|shift_jis|euc_(jp|kr)|koi8-[ru]"
)
"""Codecs that take time in proportion to the text; Python's others include some that do not."""

_MARKS = (
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0, 2.2 has no character reference for."""

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"} | {
    char: f"&#{ord(char)};" for char in "\t\n\r"
}


class CannotChange(EngineError):
    """The change cannot be written into the file: the sentence says why. Nothing was changed."""


@dataclass(frozen=True)
class Rename:
    """A new `name` for the BPMN element with this id."""

    element_id: str
    name: str


@dataclass(frozen=True)
class SetProperty:
    """A value for one property of an element (`spiffworkflow:property`); None takes the property away."""

    element_id: str
    key: str
    value: str | None


Change = Rename | SetProperty


def export(content: bytes, changes: Iterable[Change] = (), limits: Limits = DEFAULT) -> bytes:
    """The bytes of a diagram with some changes, one after the other; without any, the very bytes given.

    Raises `CannotChange` for a file that is no XML or declares a document type, for an id that is not there or
    there twice, and for text that XML cannot hold.
    """
    wanted = tuple(changes)
    if not wanted:
        return content
    if len(content) > limits.file_bytes:
        raise CannotChange(f"The file is larger than {limits.file_bytes // 1000} kB.")
    text, encoding = _decoded(content)
    data = text.encode()
    for change in wanted:
        data = _changed(data, change)
    return data.decode().encode(encoding, "xmlcharrefreplace")


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, a byte order mark included, and the codec that gives back the same bytes."""
    encoding = next((codec for mark, codec in _MARKS if content.startswith(mark)), None) or _declared(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise CannotChange(f"The file is not {encoding}, as it says.") from None
    if text.encode(encoding) != content:
        raise CannotChange(f"The file is written in an unusual kind of {encoding}: save it as UTF-8.")
    return text, encoding


def _declared(content: bytes) -> str:
    match = _DECLARED.match(content)
    told = match[1].decode() if match else "utf-8"
    try:
        name = codecs.lookup(told).name
    except LookupError:
        name = ""
    if not _ENCODINGS.fullmatch(name):
        raise CannotChange(f"The encoding {told} is not known here: save the file as UTF-8.")
    return name


def _changed(data: bytes, change: Change) -> bytes:
    try:
        drawn = outline(data)
    except ValueError as error:
        raise CannotChange(str(error)) from error
    element = _element(drawn, change.element_id)
    if isinstance(change, Rename):
        return _with_attribute(data, element, "name", change.name)
    found = _property(drawn, element, change.key)
    if change.value is None:
        return data if found is None else data[: found.start] + data[found.after :]
    if found is not None:
        return _with_attribute(data, found, "value", change.value)
    return _with_property(data, drawn, element, change.key, change.value)


def _element(drawn: Outline, identity: str) -> Tag:
    found = [tag for tag in drawn.tags if tag.space == BPMN and tag.id == identity]
    if len(found) != 1:
        raise CannotChange(
            f"There is no element “{identity}”." if not found else f"“{identity}” is there twice."
        )
    return found[0]


def _property(drawn: Outline, element: Tag, key: str) -> Tag | None:
    for extensions in drawn.children(element, EXTENSIONS):
        for properties in drawn.children(extensions, PROPERTIES):
            for tag in drawn.children(properties, PROPERTY):
                if tag.attributes.get("name") == key:
                    return tag
    return None


def _with_attribute(data: bytes, tag: Tag, name: str, value: str) -> bytes:
    written = _escaped(value)
    place = tag.values.get(name)
    if place is not None:
        return data[: place[0]] + written + data[place[1] :]
    return data[: tag.room] + f' {name}="'.encode() + written + b'"' + data[tag.room :]


def _escaped(text: str) -> bytes:
    """The text between the quotes of an attribute, of either kind."""
    if _FORBIDDEN.search(text):
        raise CannotChange("The text has a character that XML cannot hold.")
    return "".join(_ESCAPES.get(char, char) for char in text).encode()


def _with_property(data: bytes, drawn: Outline, element: Tag, key: str, value: str) -> bytes:
    """A property that was not there, with as much around it as is missing."""
    prefix, declared = element.ours, ""
    if prefix is None:
        prefix, declared = "spiffworkflow:", f' xmlns:spiffworkflow="{SPIFF}"'
    lone = f'<{prefix}property name="'.encode() + _escaped(key) + b'" value="' + _escaped(value) + b'"/>'
    extensions = next(drawn.children(element, EXTENSIONS), None)
    if extensions is None:
        inner = _wrapped(f"{prefix}properties", declared, lone)
        return _inserted(
            data, element, _wrapped(f"{element.prefix}extensionElements", "", inner), drawn.head(element)
        )
    properties = next(drawn.children(extensions, PROPERTIES), None)
    if properties is None:
        return _inserted(data, extensions, _wrapped(f"{prefix}properties", declared, lone), extensions.close)
    return _inserted(data, properties, lone, properties.close)


def _wrapped(name: str, declared: str, inner: bytes) -> bytes:
    return f"<{name}{declared}>".encode() + inner + f"</{name}>".encode()


def _inserted(data: bytes, tag: Tag, inner: bytes, place: int | None) -> bytes:
    """Some bytes inside an element at a place; an empty element `<a/>` is opened for them."""
    if place is not None:
        return data[:place] + inner + data[place:]
    return data[: tag.room] + b">" + inner + f"</{tag.prefix}{tag.local}>".encode() + data[tag.end :]
