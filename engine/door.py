"""The door for BPMN files: what is let in as XML at all.

A file is refused before it is parsed when it is larger than 1 MB, is not in the encoding it declares (one of a
list; XML 1.0, 4.3.3), or declares anything else (`<!DOCTYPE`, `<!ENTITY`): internal entities expand and can hide
text from a reader. A file with processing instructions, and one that is not BPMN, is refused after. Codes: X1 no
BPMN, X2 declarations, X3 processing instructions, X4 size, X5 encoding. (X6 no process to start and X7 too many
elements: `definition`.)
"""

from __future__ import annotations

import re

from lxml import etree

from engine.elements import Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MAX_BYTES = 1_000_000

_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")
_ENCODING = re.compile(r"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = re.compile(
    r"utf-?8|utf-?16(-?[lb]e)?|(us-)?ascii|iso-8859-\d{1,2}|(windows-|cp)\d{3,4}|gb(k|2312|18030)|big5|shift_jis|"
    r"euc-(jp|kr)|koi8-[ru]"
)
"""What other tools write. Each maps text to bytes one to one; UTF-7 and the like can hide a tag."""


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
    """The text of a file that is small enough, in the encoding it says, and declares nothing else."""
    if len(content) > MAX_BYTES:
        raise _Unreadable("X4", "The file is larger than 1 MB.", "Split the diagram.")
    text = _decoded(content)
    if _DECLARATION.search(text):
        raise _Unreadable(
            "X2", "The file declares a document type or an entity.", "Remove every “<!…>” but comments."
        )
    return text


def _decoded(content: bytes) -> str:
    """The text of a file; what its first bytes show and what it declares must agree."""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
    declared = _ENCODING.match(content[:400].replace(b"\0", b"").decode("ascii", "ignore"))
    encoding = declared[1].lower() if declared else "utf-16" if wide else "utf-8"
    if not _ENCODINGS.fullmatch(encoding) or wide != encoding.startswith(("utf-16", "utf16")):
        raise _Unreadable("X5", f"The file says it is {encoding.upper()}.", "Save it as UTF-8.")
    try:
        return content.decode(_codec(content, encoding)).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise _Unreadable("X5", f"The file is not {encoding.upper()}.", "Save it as UTF-8.") from None


def _codec(content: bytes, encoding: str) -> str:
    """The codec of an encoding; UTF-16 without a mark shows by its first byte which half comes first."""
    if not encoding.startswith(("utf-16", "utf16")):
        return encoding
    return "utf-16-le" if content[:2] in (b"\xff\xfe", b"<\0") else "utf-16-be"


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
