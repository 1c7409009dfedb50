"""Whether paths that are under way meet in another definition as they do in their own: no join may wait in vain for a
path that began before it was drawn, and no two paths may run into each other that would have been joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

from engine import gateways
from engine.building import ProcessSpec

Walked = tuple[frozenset[str], frozenset[str]]
"""The flows and the elements that lie ahead of a place, each join being the end of its way."""


def badly_joined(old: ProcessSpec, new: ProcessSpec, waits: Sequence[tuple[str, str]]) -> Any:
    """The element at which the paths of a scope would not meet as they do now; None when they would.

    `waits`: where they stand in both definitions, each as place and the flow on which it came to a join, or "".
    """
    if _shape(old) == _shape(new):
        return None
    return _in_vain(old, new, waits) or _otherwise(old, new, waits)


def _shape(scope: ProcessSpec) -> object:
    """How a scope's elements lead to each other."""
    return {
        name: (
            type(spec),
            [(way.id, way.target.name) for way in spec.ways],
            [boundary.name for boundary in getattr(spec, "boundaries", ())],
            getattr(spec, "quantity", None),
        )
        for name, spec in scope.task_specs.items()
    }


def _in_vain(old: ProcessSpec, new: ProcessSpec, waits: Sequence[tuple[str, str]]) -> Any:
    """A join that some path reaches while another flow into it has no path that could still come along it."""
    for join in _counting(new):
        missing = _missing(new, join, waits)
        if missing and missing != _missing(old, old.task_specs.get(join.name), waits):
            return join
    return None


def _missing(scope: ProcessSpec, join: Any, waits: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The flows into a join along which nothing comes, although something comes along another one."""
    if not isinstance(join, gateways.Join):
        return frozenset()
    coming = {via for place, via in waits if place == _name(join)}
    for place, _ in waits:
        if place != _name(join):
            coming |= _ahead(scope, place)[0] & set(join.incoming)
    if isinstance(join, gateways.Gather):
        return frozenset(join.incoming if coming and len(waits) < join.quantity else ())
    return frozenset(join.incoming) - coming if coming else frozenset()


def _name(spec: Any) -> str:
    """The place of a specification, as SpiffWorkflow's classes have it."""
    name: str = spec.name
    return name


def _counting(scope: ProcessSpec) -> list[Any]:
    """The joins that wait for a number of paths whatever else happens."""
    return [
        spec
        for spec in scope.task_specs.values()
        if isinstance(spec, gateways.Parallel | gateways.Gather)
        or (isinstance(spec, gateways.Complex) and spec.activation is not None)
    ]


def _otherwise(old: ProcessSpec, new: ProcessSpec, waits: Sequence[tuple[str, str]]) -> Any:
    """An element where two paths that are under way meet in another manner than before."""
    for (one, _), (other, _) in permutations(waits, 2):
        before, after = _ahead(old, one), _ahead(new, one)
        if other in after[1] and other not in before[1]:
            return new.task_specs[other]
        for join in _joins([old, new]):
            met = [_meet(scope, join, one, other) for scope in (old, new)]
            if met[0] != met[1]:
                return new.task_specs.get(join) or new.task_specs[one]
    return None


def _joins(scopes: Iterable[ProcessSpec]) -> list[str]:
    found = (spec for scope in scopes for spec in scope.task_specs.values())
    return list(dict.fromkeys(_name(spec) for spec in found if isinstance(spec, gateways.Join)))


def _meet(scope: ProcessSpec, join: str, one: str, other: str) -> str:
    """How two paths come to a join: not both, along the same flow, or along flows of their own."""
    spec = scope.task_specs.get(join)
    if not isinstance(spec, gateways.Join) or join in (one, other):
        return "there" if join in (one, other) else "no"
    ways = [_ahead(scope, place)[0] & set(spec.incoming) for place in (one, other)]
    if not all(ways):
        return "no"
    return "apart" if not ways[0] & ways[1] else "together"


def _ahead(scope: ProcessSpec, place: str) -> Walked:
    """What lies ahead of a place, up to the next joins."""
    flows: set[str] = set()
    seen: set[str] = set()
    begin = [scope.task_specs[place]] if place in scope.task_specs else []
    while begin:
        spec = begin.pop()
        flows |= {way.id for way in spec.ways}
        following = [way.target for way in spec.ways] + list(getattr(spec, "boundaries", ()))
        for target in following:
            if target.name not in seen:
                seen.add(target.name)
                begin += [] if isinstance(target, gateways.Join) else [target]
    return frozenset(flows), frozenset(seen)
