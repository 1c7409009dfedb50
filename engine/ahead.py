"""What may still come for an instance: the elements ahead of its tokens, whatever conditions will say."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine import catching, tasks
from engine.expressions import Expression

if TYPE_CHECKING:
    from engine.building import ProcessSpec
    from engine.definition import Definition
    from engine.elements import Element

Names = Callable[["Element"], Iterable[str] | Mapping[str, Any]]
"""The names that the work of an element puts into the process data, as the host knows them."""

Place = tuple[str, str]
"""A process or sub-process, and a place in it as saved states name it."""


class Ahead:
    """The ways ahead in one definition; each place is looked at once."""

    def __init__(self, definition: Definition, sets: Names | None = None) -> None:
        self._definition = definition
        self._sets = sets
        self._known: dict[Place, tuple[Any, ...]] = {}

    def specs(self, place: Place) -> tuple[Any, ...]:
        """Everything that may run once the token at a place goes on: also what breaks into that, and what is inside.

        What a process may do that calls this one is not in it: its own token stands there.
        """
        if place not in self._known:
            scope = self._definition.specs[place[0]]
            here = scope.task_specs.get(place[1])
            begin = [*_onward(here), *scope.handlers] if here is not None else list(scope.handlers)
            self._known[place] = tuple(self._walk(begin))
        return self._known[place]

    def elements(self, places: Iterable[Place]) -> dict[str, Element]:
        """The elements ahead of some places, by id."""
        return {spec.element.id: spec.element for spec in self._all(places)}

    def lacks(self, places: Iterable[Place], known: Iterable[str]) -> dict[str, str]:
        """The names that something ahead reads, and that neither are known nor are set by anything there: with the
        element that reads them."""
        places = list(places)
        found = [*self._all(places), *(spec for place in places if (spec := self._here(place)))]
        there = {name for spec in found for name in self._set_by(spec)} | set(known)
        return {name: spec.element.id for spec in found for name in self._read_by(spec) if name not in there}

    def _here(self, place: Place) -> Any:
        return self._definition.specs[place[0]].task_specs.get(place[1])

    def _all(self, places: Iterable[Place]) -> list[Any]:
        return list({id(spec): spec for place in places for spec in self.specs(place)}.values())

    def _walk(self, begin: list[Any]) -> Iterator[Any]:
        seen: set[int] = set()
        while begin:
            spec = begin.pop()
            if id(spec) not in seen:
                seen.add(id(spec))
                begin += [*_onward(spec), *self._inside(spec)]
                yield spec

    def _inside(self, spec: Any) -> Iterable[Any]:
        if isinstance(spec, tasks.Called):
            inner: ProcessSpec = self._definition.specs[spec.spec]
            return (*inner.first, *inner.handlers, *_entries(inner, spec))
        return ()

    def _set_by(self, spec: Any) -> Iterator[str]:
        if self._sets is not None:
            yield from self._sets(spec.element)
        yield from ("outcome",) if "outcome" in spec.element.properties else ()
        if isinstance(spec, tasks.Script) and spec.assignments:
            yield from (name for name, _ in spec.assignments.lines)
        if isinstance(spec, tasks.Decide):
            yield from spec.decision.gives

    def _read_by(self, spec: Any) -> Iterator[str]:
        texts = (way.condition for way in spec.ways if way.condition)
        timers = (getattr(trigger, "expression", None) for trigger in getattr(spec, "triggers", ()))
        conditions = self._definition.conditions
        for expression in (*(conditions[text] for text in texts if text in conditions), *timers):
            if isinstance(expression, Expression):
                yield from _demanded(expression)


def _entries(inner: ProcessSpec, spec: Any) -> Iterable[Any]:
    """The start events of an event sub-process, from which it begins when one of them was triggered."""
    if not isinstance(spec, tasks.EventSubProcess):
        return ()
    return [one for one in inner.task_specs.values() if isinstance(one, catching.Start)]


def _onward(spec: Any) -> list[Any]:
    """What follows a place directly: by its flows, by what may break into it, and what it is an instance of or runs."""
    following = [way.target for way in spec.ways]
    following += getattr(spec, "boundaries", ())
    beside = (getattr(spec, name, None) for name in ("body", "loop", "sub", "handler"))
    return [*following, *(one for one in beside if one is not None)]


def _demanded(expression: Expression) -> set[str]:
    """The names without which an expression has no answer: those for which it does not ask `has` first."""
    asked = {
        argument.id
        for node in ast.walk(expression.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "has"
        for argument in node.args
        if isinstance(argument, ast.Name)
    }
    return set(expression.names) - asked
