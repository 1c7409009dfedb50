"""A bundle of BPMN files as a `Definition` that can run, or every problem in it."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine import validation, validation_graph
from engine.building import ProcessSpec, build
from engine.elements import Element, Problem
from engine.errors import InvalidDefinition
from engine.expressions import Expression
from engine.expressions import compile as compile_expression
from engine.reading import Drawing, read

MAX_NODES = 1_500
"""Flow nodes in a bundle; the time of some rules grows with the square of their number."""

__all__ = ["Definition", "Element", "Problem", "check", "load"]


@dataclass(frozen=True, eq=False)
class Definition:
    """A process that can be started, with everything it may call. Immutable: threads and instances share it.

    `process_id`: the process an instance starts. `elements`: every flow node of the bundle by id.
    `process_names`: the name of each process by id. `fingerprint`: hash of the diagrams and the process id; a
    saved state is bound to it.
    """

    process_id: str
    elements: Mapping[str, Element]
    process_names: Mapping[str, str]
    fingerprint: str
    specs: Mapping[str, ProcessSpec] = field(repr=False)
    conditions: Mapping[str, Expression] = field(repr=False)


def load(
    files: Mapping[str, bytes],
    process_id: str,
    *,
    steps: Container[str] | None = None,
    lanes: Container[str] | None = None,
    service_levels: Container[str] | None = None,
) -> Definition:
    """The definition of `process_id`, or `InvalidDefinition` with every problem of the bundle.

    `files`: name to content; names that do not end in `.bpmn` are passed over. `steps`, `lanes`,
    `service_levels`: what the host allows, None for anything.
    """
    drawing = read(files)
    problems = _problems(drawing, process_id, validation.Host(steps, lanes, service_levels))
    if problems:
        raise InvalidDefinition(tuple(problems))
    elements = {node.id: node.element for node in drawing.nodes}
    names = {scope.id: scope.name for scope in drawing.scopes if scope.kind == "process"}
    texts = {flow.condition for flow in drawing.flows if flow.condition is not None}
    return Definition(
        process_id,
        MappingProxyType(elements),
        MappingProxyType(names),
        _fingerprint(files, process_id),
        build(drawing),
        {text: compile_expression(text) for text in texts},
    )


def check(
    files: Mapping[str, bytes],
    process_id: str | None = None,
    *,
    steps: Container[str] | None = None,
    lanes: Container[str] | None = None,
    service_levels: Container[str] | None = None,
) -> list[Problem]:
    """Every problem of a bundle, in the order of the files; empty when it can be loaded."""
    return _problems(read(files), process_id, validation.Host(steps, lanes, service_levels))


def _problems(drawing: Drawing, process_id: str | None, host: validation.Host) -> list[Problem]:
    found = list(drawing.problems)
    if sum(1 for _ in drawing.nodes) > MAX_NODES:
        found.append(
            Problem("", None, None, "X7", f"There are more than {MAX_NODES} elements.", "Split the bundle.")
        )
        return found
    for rule in validation.RULES + validation_graph.RULES:
        found.extend(rule(drawing, host))
    processes = {scope.id for scope in drawing.scopes if scope.kind == "process"}
    if process_id is not None and process_id not in processes:
        reason = f"There is no executable process “{process_id}” in the bundle."
        found.append(
            Problem("", process_id, None, "X6", reason, "Add the diagram, or mark its process executable.")
        )
    elif not processes:
        found.append(
            Problem("", None, None, "X6", "There is no executable process.", "Mark the process executable.")
        )
    return sorted(found, key=lambda problem: problem.file)


def _fingerprint(files: Mapping[str, bytes], process_id: str) -> str:
    digest = hashlib.sha256(process_id.encode())
    for name in sorted(files):
        if name.endswith(".bpmn"):
            digest.update(f"\0{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:32]
