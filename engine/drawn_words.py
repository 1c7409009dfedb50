"""The words that a diagram shows to people: its names, its notes and the help of its user tasks, to be read, or said anew
in another language.

Names that lead somewhere inside (of messages, signals, errors and escalations) are no words; they stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from engine.door import BPMN, root_of
from engine.elements import Problem

Say = Callable[[str], str]

_NOT_SHOWN = frozenset({"definitions", "message", "signal", "error", "escalation", "property", "import"})
_TEXTS = (f"{{{BPMN}}}textAnnotation/{{{BPMN}}}text", f"{{{BPMN}}}userTask/{{{BPMN}}}documentation")


def drawn_words(diagrams: Mapping[str, bytes]) -> list[str]:
    """Every name, note and help in the diagrams, each once, in the order of the files; what is no BPMN says nothing."""
    roots = (_root(name, diagrams[name]) for name in sorted(diagrams) if name.endswith(".bpmn"))
    found = (words for root in roots if root is not None for words in _words(root))
    return list(dict.fromkeys(found))


def reworded(diagram: bytes, say: Say) -> bytes:
    """A diagram with every name, note and help as `say` puts it, to be looked at: its lanes have other names then, so that
    it is not the one to run. One that is no BPMN is given back as it is."""
    root = _root("diagram.bpmn", diagram)
    if root is None:
        return diagram
    for element in _named(root):
        element.set("name", say(str(element.get("name"))))
    for text in _texts(root):
        text.text = say(_said(text))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _root(name: str, content: bytes) -> etree._Element | None:
    problems: list[Problem] = []
    return root_of(name, content, problems)


def _words(root: etree._Element) -> Iterator[str]:
    yield from (str(element.get("name")) for element in _named(root))
    yield from (_said(text) for text in _texts(root))


def _named(root: etree._Element) -> Iterator[etree._Element]:
    shown = (each for each in root.iter(f"{{{BPMN}}}*") if each.get("name"))
    return (each for each in shown if etree.QName(each).localname not in _NOT_SHOWN)


def _texts(root: etree._Element) -> Iterator[etree._Element]:
    """The plain texts; one that holds other elements is left as it is."""
    found = (text for path in _TEXTS for text in root.iterfind(f".//{path}"))
    return (text for text in found if _said(text) and not len(text))


def _said(text: etree._Element) -> str:
    return (text.text or "").strip()
