"""Decision files as drawn: the decisions of a bundle with what each needs, before anything is understood.

DMN 1.1 to 1.5, told apart by their namespaces, through the same door as diagrams. D codes:

D1 no such decision · D2 not a table and not an expression · D3 hit policy · D4 too large · D5 a text that is not
understood · D6 a cell of another kind than its column · D7 a rule with too few or too many cells · D8 rules of UNIQUE
that overlap · D9 rules of ANY that do not agree · D10 a required decision is missing · D11 decisions that require each
other · D12 an id or a name that is missing or used twice.
Warnings: D20 a gap · D21 not proved · D22 a rule that never decides · D23 a word that may be a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.decisions.texts import MAX_NAME, MAX_NAMES, Names
from engine.door import root_of
from engine.elements import Problem

NAMESPACES = frozenset({
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
})  # fmt: skip
MAX_DECISIONS = 100
ROOTS = frozenset(f"{{{namespace}}}definitions" for namespace in NAMESPACES)
_NAMED = frozenset({"inputData", "decision", "variable", "businessKnowledgeModel"})


@dataclass(frozen=True)
class Drawn:
    """A decision as drawn: its element, and what its file declares: names, and types by name."""

    file: str
    id: str
    name: str
    element: etree._Element = field(repr=False)
    names: Names = field(repr=False)
    declared: frozenset[str] = field(repr=False)
    types: Mapping[str, etree._Element] = field(repr=False)
    requires: tuple[str, ...] = ()

    def problem(
        self,
        rule: str,
        reason: str,
        mend: str,
        element: etree._Element | None = None,
        *,
        warning: bool = False,
    ) -> Problem:
        """A problem of an element of the decision, or of the decision itself."""
        at = self.element if element is None else element
        identity = at.get("id") or self.id
        name = at.get("label") or at.get("name") or (self.name if identity == self.id else None)
        return Problem(self.file, identity, name or None, rule, reason, mend, warning=warning)


def tag(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for what is not DMN."""
    namespace, _, name = str(element.tag)[1:].rpartition("}")
    return name if namespace in NAMESPACES else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The DMN children of one name."""
    return [child for child in element if tag(child) == name]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first DMN child of a name, or None."""
    return next(iter(children(element, name)), None)


def text_of(element: etree._Element | None) -> str:
    """What stands in the `text` of an element."""
    inner = None if element is None else child(element, "text")
    return "" if inner is None else "".join(str(part) for part in inner.itertext()).strip()


def read(files: Mapping[str, bytes]) -> tuple[dict[str, Drawn], list[Problem]]:
    """The decisions of the files that end in `.dmn`, by id, and what is wrong with the files."""
    found: dict[str, Drawn] = {}
    problems: list[Problem] = []
    for name in sorted(files):
        root = root_of(name, files[name], problems, roots=ROOTS) if name.endswith(".dmn") else None
        if root is not None:
            problems += _too_many_names(name, root)
            for drawn in _decisions(name, root):
                problems += _unnamed(drawn, found)
                found.setdefault(drawn.id, drawn)
    if len(found) > MAX_DECISIONS:
        reason = f"There are more than {MAX_DECISIONS} decisions."
        return {}, [*problems, Problem("", None, None, "D4", reason, "Split the bundle.")]
    return found, problems


def _unnamed(drawn: Drawn, found: Mapping[str, Drawn]) -> Iterator[Problem]:
    if not drawn.id:
        yield drawn.problem("D12", "A decision has no id.", "Give it an id.")
    elif drawn.id in found:
        yield drawn.problem("D12", f"The id {drawn.id} is used twice.", "Make it unique.")


def _too_many_names(file: str, root: etree._Element) -> Iterator[Problem]:
    if Names(_declared(root)).are_too_many:
        reason = f"The file declares more than {MAX_NAMES} names with spaces, or one of more than {MAX_NAME} letters."
        yield Problem(
            file, root.get("id"), None, "D4", reason, "Split the file, or write the names as one word."
        )


def _declared(root: etree._Element) -> frozenset[str]:
    return frozenset(element.get("name", "").strip() for element in root.iter() if tag(element) in _NAMED) - {
        ""
    }


def _decisions(file: str, root: etree._Element) -> Iterator[Drawn]:
    declared = _declared(root)
    types = {item.get("name", ""): item for item in children(root, "itemDefinition")}
    names = Names(declared)
    for element in children(root, "decision"):
        identity, name = element.get("id", ""), element.get("name", "")
        yield Drawn(file, identity, name, element, names, declared, types, tuple(_required(element)))


def _required(element: etree._Element) -> Iterator[str]:
    for requirement in children(element, "informationRequirement"):
        decision = child(requirement, "requiredDecision")
        if decision is not None:
            yield decision.get("href", "").rpartition("#")[2]
