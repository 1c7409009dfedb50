"""The rules a diagram must keep, each a small function that yields a `Problem` with element, reason and mend.

Every rule runs, so that a person sees every problem at once. The code of a rule is in its docstring: V codes are
those of the domain (3.1), X codes concern the file (`door`), G codes the graph, S codes what the standard demands of a
file as it is written. `STANDARD` and `WRITTEN` hold for every diagram, `READ` where conditions and timers are read and
not chosen by a person, `HOUSE` where a case is worked with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine import (
    validation_activities,
    validation_activity_marks,
    validation_data,
    validation_elements,
    validation_events,
    validation_expressions,
    validation_graph,
    validation_house,
    validation_names,
    validation_notation,
    validation_references,
    validation_services,
)
from engine.document import documents
from engine.drawing import Drawing
from engine.elements import Problem
from engine.judging import Check, Host, Rule

__all__ = ["HOUSE", "READ", "STANDARD", "WRITTEN", "Host", "Rule", "problems"]

STANDARD: tuple[Rule, ...] = (
    *validation_elements.RULES, *validation_events.RULES, *validation_activities.RULES, *validation_graph.RULES,
)  # fmt: skip
WRITTEN: tuple[Check, ...] = (
    *validation_references.CHECKS, *validation_notation.CHECKS, *validation_activity_marks.CHECKS,
    *validation_data.CHECKS, *validation_services.CHECKS,
)  # fmt: skip
READ: tuple[Rule, ...] = (*validation_expressions.RULES, *validation_names.RULES)
HOUSE: tuple[Rule, ...] = validation_house.RULES


def problems(drawing: Drawing, host: Host, process_id: str | None = None) -> list[Problem]:
    """Everything that is wrong with a drawing, and what is set aside, in the order of the files."""
    found = list(drawing.problems)
    too_many = _too_many(drawing, host)
    if too_many is not None:
        return [*found, too_many]
    for rule in _rules(host):
        found.extend(rule(drawing, host))
    for document in documents(drawing.roots, host.rules, host.limits):
        for check in WRITTEN:
            found.extend(check(document))
    found.extend(_without_process(drawing, process_id))
    return sorted(dict.fromkeys(found), key=lambda problem: (problem.file, problem.warning))


def _rules(host: Host) -> Sequence[Rule]:
    if host.rules == "house":
        return (*STANDARD, *READ, *HOUSE)
    return (*STANDARD, *READ) if host.rules == "standard" else STANDARD


def _too_many(drawing: Drawing, host: Host) -> Problem | None:
    """X7: there are no more elements than the limit."""
    if sum(1 for _ in drawing.nodes) <= host.limits.elements:
        return None
    reason = f"There are more than {host.limits.elements} elements."
    return Problem("", None, None, "X7", reason, "Split the bundle.")


def _without_process(drawing: Drawing, process_id: str | None) -> list[Problem]:
    """X6: there is a process to start."""
    processes = {scope.id for scope in drawing.processes}
    if process_id is not None and process_id not in processes:
        reason = f"There is no executable process “{process_id}” in the bundle."
        mend = "Add the diagram, or mark its process executable."
        return [Problem("", process_id, None, "X6", reason, mend)]
    if process_id is None and not processes:
        return [
            Problem("", None, None, "X6", "There is no executable process.", "Mark the process executable.")
        ]
    return []
