"""Walking along arrows: from pairs of names to everything that can be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

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


def in_circles(behind: Following) -> set[str]:
    """Every node from which a way leads back to itself, in time that grows with the arrows."""
    back = following((target, source) for source, targets in behind.items() for target in targets)
    found: set[str] = set()
    done: set[str] = set()
    for first in reversed(left_in_order(behind, lambda node: behind.get(node, ()))):
        if first not in done:
            together = _unless(first, back, done)
            done |= together
            if len(together) > 1 or first in behind.get(first, ()):
                found |= together
    return found


def left_in_order(
    firsts: Iterable[str], behind: Callable[[str], Iterable[str]], seen: set[str] | None = None
) -> list[str]:
    """The nodes in the order in which a walk into the depth leaves them for good (Kosaraju's first pass).

    `behind`: what follows a node. `seen`: nodes that were walked before and are left out; the walked ones are added.
    """
    left: list[str] = []
    seen = set() if seen is None else seen
    for first in firsts:
        path = [] if first in seen else [(first, iter(behind(first)))]
        seen.add(first)
        while path:
            here, targets = path[-1]
            target = next((each for each in targets if each not in seen), None)
            if target is None:
                left.append(here)
                path.pop()
            else:
                seen.add(target)
                path.append((target, iter(behind(target))))
    return left


def _unless(first: str, behind: Following, done: set[str]) -> set[str]:
    """Everything that can be reached from a node through nodes that are not done."""
    seen, open_ = {first}, [first]
    while open_:
        for target in behind.get(open_.pop(), ()):
            if target not in seen and target not in done:
                seen.add(target)
                open_.append(target)
    return seen
