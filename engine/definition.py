"""A bundle of BPMN files as a `Definition` that can run, or every problem in it."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from engine import validation
from engine.building import Builder, ProcessSpec
from engine.deciding import decision_tables
from engine.decisions import Decision
from engine.decisions.reading import ROOTS
from engine.door import BPMN, root_of
from engine.drawing import Drawing
from engine.elements import Element, Problem
from engine.errors import InvalidDefinition
from engine.expressions import Expression
from engine.limits import DEFAULT, Limits
from engine.reading import read
from engine.texts import Rules, compile_condition, compile_timer_of, compile_value
from engine.values import Take, bounded, flat, plain
from engine.variables import Sets

__all__ = ["Definition", "Element", "Problem", "check", "load", "unreadable"]


@dataclass(frozen=True, eq=False)
class Definition:
    """A process that can be started, with everything it may call. Immutable: threads and instances share it.

    `process_id`: the process an instance starts. `elements`: every flow node of the bundle by id.
    `process_names`: the name of each process by id. `fingerprint`: hash of the diagrams and the process id; a
    saved state is bound to it. `starts`: the ids of the process' own start events. `watches`: some event waits for
    a condition. `take`: which process data are allowed.
    """

    process_id: str
    elements: Mapping[str, Element]
    process_names: Mapping[str, str]
    fingerprint: str
    starts: tuple[str, ...]
    limits: Limits
    watches: bool
    specs: Mapping[str, ProcessSpec] = field(repr=False)
    activities: Mapping[tuple[str, str], Any] = field(repr=False)
    conditions: Mapping[str, Expression] = field(repr=False)
    take: Take = field(repr=False, default=flat)

    def taken(self, data: Mapping[str, object], whose: str) -> dict[str, object]:
        """A copy of data from outside, or `NotFlat` when they are not allowed or too many."""
        return bounded(self.take, self.limits.data_bytes)(data, whose)


def load(
    files: Mapping[str, bytes],
    process_id: str,
    *,
    steps: Container[str] | None = None,
    lanes: Container[str] | None = None,
    service_levels: Container[str] | None = None,
    rules: Rules = "house",
    limits: Limits = DEFAULT,
    all_processes: bool = False,
    names: Sets | None = None,
) -> Definition:
    """The definition of `process_id`, or `InvalidDefinition` with every problem of what it needs.

    `files`: name to content; `.bpmn` files are diagrams, `.dmn` files decision tables, others are passed over.
    `steps`, `lanes`, `service_levels`: what the host allows, None for anything. `rules`: `house` demands all that the
    house needs to work a case (lanes, steps, shapes, default flows, the safe language); `standard` takes every
    diagram that the engine runs as BPMN says; `walk` leaves conditions and timers unread, for a person who chooses each way.
    `all_processes`: also those not marked executable. `names`: the variables that the work of an element sets, perhaps with
    their kinds, so that a condition that reads another one, or compares it with what it never is, is found; None: not
    checked.
    """
    drawing = read(files, all_processes=all_processes, limits=limits)
    host = validation.Host(steps, lanes, service_levels, rules, limits, names)
    tables, wrong = decision_tables(drawing, files, host)
    problems = validation.problems(drawing, replace(host, tables=tables), process_id)
    needed = drawing.needed_by(process_id)
    errors = tuple(problem for problem in [*problems, *wrong] if not problem.warning)
    if rules != "house":
        errors = tuple(problem for problem in errors if problem.process_id in (None, *needed))
        drawing = drawing.only(needed)
    if errors:
        raise InvalidDefinition(errors)
    return _definition(files, drawing, process_id, host, tables)


def _definition(
    files: Mapping[str, bytes],
    drawing: Drawing,
    process_id: str,
    host: validation.Host,
    tables: Mapping[str, Decision],
) -> Definition:
    builder = Builder(
        drawing,
        lambda text: compile_condition(text, host.rules),
        lambda text: compile_value(text, host.rules),
        lambda event: compile_timer_of(event, host.rules),
        tables,
    )
    specs = builder.build()
    scope = next(scope for scope in drawing.scopes if scope.id == process_id)
    return Definition(
        process_id,
        MappingProxyType({node.id: node.element for node in drawing.nodes}),
        MappingProxyType({scope.id: scope.name for scope in drawing.processes}),
        _fingerprint(files, process_id),
        tuple(node.id for node in scope.nodes if node.kind == "startEvent"),
        host.limits,
        any(node.has("conditional") for node in drawing.nodes),
        specs,
        builder.activities,
        builder.conditions,
        flat if host.rules == "house" else plain,
    )


def check(
    files: Mapping[str, bytes],
    process_id: str | None = None,
    *,
    steps: Container[str] | None = None,
    lanes: Container[str] | None = None,
    service_levels: Container[str] | None = None,
    rules: Rules = "house",
    limits: Limits = DEFAULT,
    all_processes: bool = False,
    names: Sets | None = None,
) -> list[Problem]:
    """Every problem of a bundle, in the order of the files; warnings too. Nothing but warnings: it can be loaded."""
    drawing = read(files, all_processes=all_processes, limits=limits)
    host = validation.Host(steps, lanes, service_levels, rules, limits, names)
    tables, wrong = decision_tables(drawing, files, host)
    return [*validation.problems(drawing, replace(host, tables=tables), process_id), *wrong]


def unreadable(name: str, content: bytes) -> list[Problem]:
    """Why a file would not even be looked at; empty when it is harmless XML, of a diagram or, named `.dmn`, a table."""
    problems: list[Problem] = []
    roots = ROOTS if name.endswith(".dmn") else (f"{{{BPMN}}}definitions",)
    root_of(name, content, problems, roots=roots)
    return problems


def _fingerprint(files: Mapping[str, bytes], process_id: str) -> str:
    digest = hashlib.sha256(process_id.encode())
    for name in sorted(files):
        if name.endswith((".bpmn", ".dmn")):
            digest.update(f"\0{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:32]
