"""What the diagrams of a bundle name already, so that whoever draws can choose it instead of typing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.deciding import decision_tables
from engine.drawing import Drawing
from engine.expressions import Kind
from engine.judging import Host
from engine.reading import read
from engine.variables import Sets, Variables

_NAMED = frozenset({"message", "signal", "error", "escalation"})


@dataclass(frozen=True)
class Vocabulary:
    """The names in the diagrams of a bundle.

    `properties`: the values of each extension property; `events`: the names of messages, signals, errors and
    escalations by kind; `processes`: the name of each executable process by id; `variables`: what conditions can read
    somewhere, with its kind.
    """

    properties: Mapping[str, tuple[str, ...]]
    events: Mapping[str, tuple[str, ...]]
    processes: Mapping[str, str]
    variables: Mapping[str, Kind]


def vocabulary(files: Mapping[str, bytes], sets: Sets) -> Vocabulary:
    """What the files name; `files`: name to content, `sets`: the variables that the work of an element sets.

    A file that cannot be read names nothing.
    """
    drawing = read(files)
    tables, _ = decision_tables(drawing, files, Host(names=sets))
    return Vocabulary(
        _gathered(_properties(drawing)),
        _gathered(_events(drawing)),
        {scope.id: scope.name for scope in drawing.processes},
        Variables(drawing, sets, tables).anywhere(),
    )


def _properties(drawing: Drawing) -> Iterator[tuple[str, str]]:
    for node in drawing.nodes:
        yield from node.element.properties.items()


def _events(drawing: Drawing) -> Iterator[tuple[str, str]]:
    for node in drawing.nodes:
        yield from ((event.kind, event.name) for event in node.events if event.kind in _NAMED and event.name)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for kind, name in pairs:
        found.setdefault(kind, set()).add(name)
    return {kind: tuple(sorted(names)) for kind, names in found.items()}
