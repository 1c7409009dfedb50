"""From each earlier version of the saved state to the next one. Old states are read for ever (`tests/golden`)."""

from __future__ import annotations

from typing import Any

from engine.definition import Definition

Json = dict[str, Any]


def newest(definition: Definition, body: Json, version: int) -> Json:
    """The body of a saved state in the newest version."""
    return _second(definition, body) if version == 1 else body


def _second(definition: Definition, body: Json) -> Json:
    """Version 1 named the element a token at a join came from, version 2 names the flow; scopes tell more."""
    taken: set[tuple[int, str, str]] = set()
    tokens = []
    for identity, element, scope, data, extra in body["tokens"]:
        more = dict(extra)
        if "from" in more:
            more["via"] = _flow(definition, body["scopes"][scope][0], element, more.pop("from"), scope, taken)
        tokens.append([identity, element, scope, data, more])
    return {**body, "tokens": tokens, "scopes": [[*scope, {}] for scope in body["scopes"]]}


def _flow(
    definition: Definition, process: str, join: str, source: str, scope: int, taken: set[tuple[int, str, str]]
) -> str:
    """The flow between two elements; where there are two, each is named once."""
    specs = definition.specs[process].task_specs
    flows = [way.id for way in specs[source].ways if way.target is specs[join]]
    free = [flow for flow in flows if (scope, join, flow) not in taken] or flows
    taken.add((scope, join, free[0]))
    return str(free[0])
