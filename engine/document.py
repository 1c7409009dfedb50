"""A BPMN file as its XML, indexed: what the rules of the standard read that the records of `drawing` do not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from engine.door import BPMN
from engine.elements import Problem
from engine.limits import DEFAULT, Limits
from engine.texts import Rules

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

Xml = etree._Element


@dataclass(frozen=True, eq=False)
class Document:
    """One file of a bundle.

    `by_tag`: its BPMN elements by their tag, in the order of the file. `by_id`: those with an id. `others`: the ids
    of the bundle's other files. `rules` and `limits`: as the host set them.
    """

    file: str
    root: Xml
    by_tag: Mapping[str, list[Xml]] = field(repr=False)
    by_id: Mapping[str, Xml] = field(repr=False)
    others: Mapping[str, Xml] = field(repr=False)
    rules: Rules = "standard"
    limits: Limits = DEFAULT

    @cached_property
    def flows_into(self) -> Counter[str]:
        """How many sequence flows lead to each id."""
        return Counter(local_id(str(flow.get("targetRef"))) for flow in self.all("sequenceFlow"))

    @cached_property
    def flows_out(self) -> Counter[str]:
        """How many sequence flows lead from each id."""
        return Counter(local_id(str(flow.get("sourceRef"))) for flow in self.all("sequenceFlow"))

    def all(self, *tags: str) -> Iterator[Xml]:
        """Every element with one of these tags."""
        return (element for tag in tags for element in self.by_tag.get(tag, ()))

    def find(self, reference: str | None) -> Xml | None:
        """What a reference means, here or in another file; None when it leads nowhere."""
        if not reference:
            return None
        name = local_id(reference)
        return self.by_id.get(name, self.others.get(name))

    def referred(self, element: Xml, name: str) -> Xml | None:
        """What an element's attribute or first child of this name refers to."""
        return self.find(next(references(element, name), None))

    def problem(self, element: Xml, rule: str, reason: str, mend: str) -> Problem:
        """A warning about an element, which is named by the next element around it when it has no id itself."""
        return self._problem(element, rule, reason, mend, warning=True)

    def refusal(self, element: Xml, rule: str, reason: str, mend: str) -> Problem:
        """A problem that keeps the process around the element from running."""
        return self._problem(element, rule, reason, mend, warning=False)

    def _problem(self, element: Xml, rule: str, reason: str, mend: str, *, warning: bool) -> Problem:
        named = next((each for each in lineage(element) if each.get("id") and not _is_part(each)), element)
        process = next((each for each in lineage(element) if tag_of(each) == "process"), None)
        return Problem(
            self.file, named.get("id"), named.get("name"), rule, reason, mend,
            None if process is None else process.get("id"), warning,
        )  # fmt: skip


def _is_part(element: Xml) -> bool:
    """Whether a person sees the event around it and not the element itself."""
    around_it = element.getparent()
    return (
        tag_of(element).endswith("EventDefinition")
        and around_it is not None
        and tag_of(around_it) != "definitions"
    )


def documents(roots: Mapping[str, Xml], rules: Rules, limits: Limits = DEFAULT) -> list[Document]:
    """The files of a bundle, each indexed once."""
    tags: dict[str, dict[str, list[Xml]]] = {}
    ids: dict[str, dict[str, Xml]] = {}
    everywhere: dict[str, Xml] = {}
    for name, root in roots.items():
        tags[name], ids[name] = _index(root)
        everywhere.update(ids[name])
    return [
        Document(name, root, tags[name], ids[name], everywhere, rules, limits) for name, root in roots.items()
    ]


def _index(root: Xml) -> tuple[dict[str, list[Xml]], dict[str, Xml]]:
    by_tag: dict[str, list[Xml]] = {}
    by_id: dict[str, Xml] = {}
    for element in root.iter(f"{{{BPMN}}}*"):
        by_tag.setdefault(tag_of(element), []).append(element)
        if element.get("id"):
            by_id.setdefault(str(element.get("id")), element)
    return by_tag, by_id


def tag_of(element: Xml) -> str:
    """The BPMN tag of an element; of another vocabulary with its namespace."""
    return str(element.tag).removeprefix(f"{{{BPMN}}}")


def lineage(element: Xml) -> Iterator[Xml]:
    """An element and those around it, from the inside out."""
    yield element
    yield from element.iterancestors()


def around(element: Xml, *tags: str) -> Xml | None:
    """The next element around with one of these tags."""
    return next((each for each in element.iterancestors() if tag_of(each) in tags), None)


def children(element: Xml, *tags: str) -> Iterator[Xml]:
    """The children with one of these tags."""
    return (child for child in element if tag_of(child) in tags)


def text_of(element: Xml | None) -> str:
    """The text inside an element, without the white space around it."""
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()


def references(element: Xml, *names: str) -> Iterator[str]:
    """The references of an element, as attributes or as children of these names."""
    for name in names:
        if element.get(name):
            yield str(element.get(name)).strip()
        yield from (text for child in children(element, name) if (text := text_of(child)))


def local_id(reference: str) -> str:
    """A reference without the prefix of a namespace that some tools put before it."""
    return reference.strip().rpartition(":")[2]


def ids(texts: Iterable[str]) -> set[str]:
    """References as a set of plain ids."""
    return {local_id(text) for text in texts}


def is_true(element: Xml, name: str) -> bool:
    """Whether an attribute says yes."""
    return element.get(name) in ("true", "1")


def is_false(element: Xml, name: str) -> bool:
    """Whether an attribute says no."""
    return element.get(name) in ("false", "0")
