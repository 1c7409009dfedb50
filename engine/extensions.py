"""What an element says in a vocabulary beside BPMN: our own (SpiffWorkflow's namespace) and what other tools write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.dialects import extensions as dialects_extensions
from engine.door import BPMN

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

_EFFECTIVE = frozenset({"messagePayload", "messageVariable", "payloadExpression", "variableName"})
"""Extension elements that change what SpiffWorkflow does; what is not read is refused."""


@dataclass(frozen=True)
class Extensions:
    """What is said of one element beside BPMN, in our own words or, where we say nothing, in another tool's.

    `properties`: ours, by name. `step`: of a service task, ours alone: what another tool names is never called.
    `decision`: of a business rule task. `form`, `roles`, `due`: of a person's task. `called`: the process of a call
    activity. `collection`, `item`: of a multi-instance activity, the first an expression. `scripts`, `odd`: what asks
    to be run or would be ignored.
    """

    properties: dict[str, str]
    step: str | None = None
    decision: str | None = None
    odd: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    form: str | None = None
    roles: tuple[str, ...] = ()
    due: str | None = None
    called: str | None = None
    collection: str | None = None
    item: str | None = None


def read_extensions(xml: etree._Element) -> Extensions:
    """The extensions of one element."""
    properties: dict[str, str] = {}
    step, decision, odd, scripts = None, None, list[str](), list[str]()
    for node in xml.iterfind(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}*"):
        name = etree.QName(node).localname
        if name == "properties":
            properties.update(_properties(node))
        elif name == "serviceTaskOperator":
            step = node.get("id")
            odd += [f"{name} {part}" for part in _parameters(node)]
        elif name == "calledDecisionId":
            decision = "".join(str(part) for part in node.itertext()).strip()
        elif name in ("preScript", "postScript"):
            scripts.append(name)
        elif name in _EFFECTIVE:
            odd.append(name)
    foreign = dialects_extensions.read(xml)
    return Extensions(
        properties, step, decision or foreign.decision, tuple(odd), tuple(scripts),
        properties.get("formJsonSchemaFilename") or foreign.form, foreign.roles,
        properties.get("due") or foreign.due, foreign.called, foreign.collection, foreign.element_variable,
    )  # fmt: skip


def _properties(node: etree._Element) -> dict[str, str]:
    return {str(p.get("name")): p.get("value") or "" for p in node.iter(f"{{{SPIFF}}}property")}


def _parameters(operator: etree._Element) -> Iterator[str]:
    yield from ("parameter" for _ in operator.iter(f"{{{SPIFF}}}parameter"))
    if operator.get("resultVariable"):
        yield "resultVariable"
