"""What came over when a diagram of another tool is imported: one report over a whole file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from engine.dialects.conditions import condition
from engine.dialects.extensions import KEPT, MAPPED, Note, notes
from engine.dialects.timers import timer
from engine.dialects.vocabularies import TOOLS
from engine.door import BPMN, root_of
from engine.elements import Problem
from engine.errors import ExpressionError
from engine.limits import DEFAULT, Limits

_CONDITIONS = frozenset({"conditionExpression", "condition", "completionCondition"})
_TIMERS = frozenset({"timeDate", "timeDuration", "timeCycle"})


@dataclass(frozen=True)
class Report:
    """The report on one file.

    `tool`: who wrote it, as far as it tells. `vocabularies`: the tools whose words it uses. `counts`: notes by
    outcome. `notes`: by the id of the element, or of the nearest one around that has an id ("" for the file).
    `problems`: why the file was not read at all.
    """

    tool: str | None
    vocabularies: tuple[str, ...]
    counts: Mapping[str, int]
    notes: Mapping[str, tuple[Note, ...]]
    problems: tuple[Problem, ...] = ()


def report(content: bytes, name: str = "diagram.bpmn", limits: Limits = DEFAULT) -> Report:
    """The report on the bytes of a file; a file that the door refuses gives its problems and nothing else."""
    problems: list[Problem] = []
    root = root_of(name, content, problems, limits)
    if root is None:
        return Report(None, (), MappingProxyType({}), MappingProxyType({}), tuple(problems))
    found = _by_element(root)
    counts = Counter(note.outcome for several in found.values() for note in several)
    spaces = _spaces(root)
    vocabularies = tuple(dict.fromkeys(tool for space, tool in TOOLS.items() if space in spaces))
    return Report(
        _tool(root, vocabularies),
        vocabularies,
        MappingProxyType(dict(counts)),
        MappingProxyType({identity: tuple(several) for identity, several in found.items()}),
    )


def _by_element(root: etree._Element) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = {}
    owners: dict[etree._Element, str] = {}
    for xml in root.iter(f"{{{BPMN}}}*"):
        parent = xml.getparent()
        around = "" if parent is None else owners.get(parent, "")
        owners[xml] = "" if parent is None else str(xml.get("id") or around)
        several = [*notes(xml), *_texts(xml, root.get("expressionLanguage"))]
        if several:
            found.setdefault(owners[xml], []).extend(several)
    return found


def _texts(xml: etree._Element, language: str | None) -> Iterator[Note]:
    """The notes on conditions and timers that another tool wrote in its own way."""
    local = etree.QName(xml).localname
    text = "".join(str(part) for part in xml.itertext()).strip() if local in _CONDITIONS | _TIMERS else ""
    if not text:
        return
    try:
        read = (
            condition(text, xml.get("language") or language) if local in _CONDITIONS else timer(local, text)
        )
    except ExpressionError as error:
        yield Note(local, KEPT, f"Not understood, so it cannot run: {error}", text[:80])
    else:
        if read != text:
            yield Note(local, MAPPED, f"Read as: {read}", text[:80])


def _spaces(root: etree._Element) -> frozenset[str]:
    """The namespaces of a file, of elements and attributes that are really there."""
    tags = (str(tag) for xml in root.iter(etree.Element) for tag in (xml.tag, *xml.attrib))
    return frozenset(tag[1:].partition("}")[0] for tag in tags if tag.startswith("{"))


def _tool(root: etree._Element, vocabularies: tuple[str, ...]) -> str | None:
    exporter, version = (root.get("exporter") or "").strip(), (root.get("exporterVersion") or "").strip()
    if exporter:
        return f"{exporter} {version}".strip()[:80]
    return vocabularies[0] if vocabularies else None
