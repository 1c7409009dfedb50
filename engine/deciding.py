"""Which decision tables the business rule tasks of a bundle name, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine import decisions
from engine.decisions import Decision
from engine.drawing import Drawing, Node
from engine.elements import Problem
from engine.errors import InvalidDefinition
from engine.judging import Host, of_node


def decision_tables(
    drawing: Drawing, files: Mapping[str, bytes], host: Host
) -> tuple[dict[str, Decision], list[Problem]]:
    """The decisions by id, and the problems of those that cannot be made.

    Where no table of the bundle has the name, the house refuses the task; elsewhere somebody else decides.
    """
    tables: dict[str, Decision] = {}
    problems: list[Problem] = []
    in_bundle = any(name.endswith(".dmn") for name in files)
    for node in drawing.nodes:
        if node.kind != "businessRuleTask" or node.decision is None or node.decision in tables:
            continue
        if not in_bundle:
            problems.append(_absent(node, host))
            continue
        try:
            tables[node.decision] = decisions.load(files, node.decision)
            problems += tables[node.decision].warnings
        except InvalidDefinition as error:
            problems += [replace(each, process_id=node.element.process_id) for each in error.problems]
    return tables, problems


def _absent(node: Node, host: Host) -> Problem:
    reason = f"There is no decision table “{node.decision}” in the bundle."
    warning = host.rules != "house"
    return of_node(node, "V7", reason, "Add the file with the table.", warning=warning)
