"""Walking along arrows: from pairs of names to everything that can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Following = Mapping[str, Sequence[str]]
"""Each node with those behind it."""


def following(pairs: Iterable[tuple[str, str]]) -> Following:
    """The nodes behind each node."""
    behind: dict[str, list[str]] = {}
    for source, target in pairs:
        behind.setdefault(source, []).append(target)
    return behind


def walk(first: Iterable[str], behind: Following, around: str | None = None) -> set[str]:
    """Everything that can be reached from the first nodes, without going through the node `around`."""
    seen = set(first)
    open_ = list(seen)
    while open_:
        here = open_.pop()
        for target in behind.get(here, ()) if here != around else ():
            if target not in seen:
                seen.add(target)
                open_.append(target)
    return seen
