"""What the rules share: what the host allows, and a problem of a node, a flow or a scope."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field

from engine.decisions import Decision
from engine.document import Document
from engine.drawing import Drawing, Flow, Node, Scope
from engine.elements import Problem
from engine.limits import DEFAULT, Limits
from engine.texts import Rules
from engine.variables import Sets


@dataclass(frozen=True)
class Host:
    """What the host allows: the ids of its steps, its lanes, its service levels. None: not checked.

    `rules`: how much is demanded (see `definition.load`). `names`: the variables that an element's work sets; `tables`:
    the decisions of the bundle by id.
    """

    steps: Container[str] | None = None
    lanes: Container[str] | None = None
    service_levels: Container[str] | None = None
    rules: Rules = "house"
    limits: Limits = DEFAULT
    names: Sets | None = None
    tables: Mapping[str, Decision] = field(default_factory=dict)


Rule = Callable[[Drawing, Host], Iterator[Problem]]
"""A rule over what the engine reads."""

Check = Callable[[Document], Iterator[Problem]]
"""A rule of the standard over a file as it is written."""


def of_node(node: Node, rule: str, reason: str, mend: str, *, warning: bool = False) -> Problem:
    """A problem of a flow node."""
    return Problem(
        node.file, node.id, node.element.name or None, rule, reason, mend, node.element.process_id, warning
    )


def of_flow(
    drawing: Drawing, flow: Flow, rule: str, reason: str, mend: str, *, warning: bool = False
) -> Problem:
    """A problem of a sequence flow; a flow without an id is named by its source."""
    named = flow.drawn_id or flow.source or None
    process = drawing.process_of(flow.scope)
    return Problem(flow.file, named, flow.name or None, rule, reason, mend, process, warning)


def of_scope(scope: Scope, rule: str, reason: str, mend: str, *, warning: bool = False) -> Problem:
    """A problem of a process or sub-process."""
    return Problem(scope.file, scope.id, scope.name, rule, reason, mend, scope.process_id, warning)
