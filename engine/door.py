"""The door for BPMN files: what is let in as XML at all.

A file is refused before it is parsed when it is larger than 1 MB, is not UTF-8, or declares anything
(`<!DOCTYPE`, `<!ENTITY`): internal entities expand and can hide text from a reader. A file with processing
instructions, and one that is not BPMN, is refused after. Codes: X1 no BPMN, X2 declarations, X3 processing
instructions, X4 size, X5 encoding. (X6 no process to start and X7 too many elements: `definition`.)
"""

from __future__ import annotations

import re

from lxml import etree

from engine.elements import Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MAX_BYTES = 1_000_000

_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")
_ENCODING = re.compile(r"""\A<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def root_of(name: str, content: bytes, problems: list[Problem]) -> etree._Element | None:
    """The root of a harmless BPMN file, or None and a problem."""
    try:
        return _parse(_harmless(content))
    except _Unreadable as error:
        problems.append(Problem(name, None, None, *error.args))
        return None


class _Unreadable(Exception):
    """A file that is refused as a whole: rule, reason, mend."""


def _harmless(content: bytes) -> str:
    """The text of a file that is small enough, UTF-8, and declares nothing."""
    if len(content) > MAX_BYTES:
        raise _Unreadable("X4", "The file is larger than 1 MB.", "Split the diagram.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unreadable("X5", "The file is not UTF-8.", "Save it as UTF-8.") from None
    encoding = _ENCODING.match(text)
    if encoding and encoding[1].lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise _Unreadable("X5", f"The file says it is {encoding[1]}.", "Save it as UTF-8.")
    if _DECLARATION.search(text):
        raise _Unreadable(
            "X2", "The file declares a document type or an entity.", "Remove every “<!…>” but comments."
        )
    return text


def _parse(text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = f"The file is not well-formed XML (line {getattr(error, 'lineno', None)})."
        raise _Unreadable("X1", reason, "Export it again from the modeler.") from error
    if root.getroottree().xpath("boolean(//processing-instruction())"):
        raise _Unreadable(
            "X3", "The file holds a processing instruction.", "Remove every “<?…?>” but the first line."
        )
    if root.tag != f"{{{BPMN}}}definitions":
        raise _Unreadable("X1", "The file is not a BPMN diagram.", "Export it from a BPMN modeler.")
    return root
