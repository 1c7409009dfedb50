"""The door for BPMN files: what is let in as XML at all.

A file is refused before it is parsed when it is too large, in an unusual encoding, or declares anything
(`<!DOCTYPE`, `<!ENTITY`): internal entities expand and can hide text from a reader. A file with processing
instructions, and one that is not BPMN, is refused after.

X1: the file is well-formed XML and a BPMN diagram. X2: it declares no document type and no entity. X3: it holds no
processing instruction. X4: it is not larger than the limit. X5: its encoding is one of those that modelers write.
"""

from __future__ import annotations

import re
from collections.abc import Container

from lxml import etree

from engine.elements import Problem
from engine.limits import DEFAULT, Limits

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(r"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def root_of(
    name: str,
    content: bytes,
    problems: list[Problem],
    limits: Limits = DEFAULT,
    roots: Container[str] = (f"{{{BPMN}}}definitions",),
) -> etree._Element | None:
    """The root of a harmless file, or None and a problem; `roots`: the tags it may have, BPMN's by default."""
    try:
        return _parse(_harmless(content, limits.file_bytes), roots)
    except _Unreadable as error:
        problems.append(Problem(name, None, None, *error.args))
        return None


class _Unreadable(Exception):
    """A file that is refused as a whole: rule, reason, mend."""


def _harmless(content: bytes, most: int) -> str:
    """The text of a file that is small enough, UTF-8, and declares nothing."""
    if len(content) > most:
        raise _Unreadable("X4", f"The file is larger than {most // 1000} kB.", "Split the diagram.")
    text = _decoded(content)
    if _DECLARATION.search(text):
        raise _Unreadable(
            "X2", "The file declares a document type or an entity.", "Remove every “<!…>” but comments."
        )
    return text


def _decoded(content: bytes) -> str:
    """The text of a file in one of the four encodings that modelers write (XML 1.0, appendix F)."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return _in(content, encoding)
    told = _ENCODING.match(content[:200].decode("latin-1"))
    encoding = told[1].lower() if told else "utf-8"
    if encoding not in _READ:
        raise _Unreadable("X5", f"The file says it is {encoding}.", "Save it as UTF-8.")
    return _in(content, encoding)


def _in(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise _Unreadable("X5", f"The file is not {encoding.upper()}.", "Save it as UTF-8.") from None


_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
    b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be",
}  # fmt: skip
_READ = frozenset({
    "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252",
})  # fmt: skip


def _parse(text: str, roots: Container[str]) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(_DECLARED.sub("", text, count=1).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = f"The file is not well-formed XML (line {getattr(error, 'lineno', None)})."
        raise _Unreadable("X1", reason, "Export it again from the modeler.") from error
    if root.getroottree().xpath("boolean(//processing-instruction())"):
        raise _Unreadable(
            "X3", "The file holds a processing instruction.", "Remove every “<?…?>” but the first line."
        )
    if root.tag not in roots:
        reason = "The file is not a BPMN diagram (or, for a decision, not DMN 1.1 to 1.5)."
        raise _Unreadable("X1", reason, "Export it from a modeler.")
    return root
