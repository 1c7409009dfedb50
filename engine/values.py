"""What process data may be: flat for the house, plain for any other diagram.

Flat: names with text, whole numbers, true, false or nothing. Anything else changes, fails or loses items on its way
through an engine's state (dates, sets, decimals, lists at joins: reliability facts 5 and 6), and client facts have
no place here at all. Plain: what JSON can say, bounded in size and depth, for diagrams that loop over a list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping

from engine.errors import NotFlat
from engine.expressions import MAX_INTEGER

_RESERVED = frozenset({"true", "false", "True", "False", "None"})
_MAX_DEPTH = 10

Take = Callable[[Mapping[str, object], str], dict[str, object]]
"""Copies data that are allowed, or raises `NotFlat`; the text says whose they are."""


def flat(data: Mapping[str, object], whose: str) -> dict[str, object]:
    """A copy of flat data, or `NotFlat` that names the variable and its type, never its value."""
    for name, value in data.items():
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("_") or name in _RESERVED:
            raise NotFlat(f"{whose}: a variable's name is not a plain word.")
        if type(value) not in (str, int, bool, type(None)):
            raise NotFlat(
                f"{whose}: {name} is a {type(value).__name__}; only text, whole numbers, true and false."
            )
        if type(value) is int and abs(value) > MAX_INTEGER:
            raise NotFlat(f"{whose}: {name} is too large a number.")
    return dict(data)


def plain(data: Mapping[str, object], whose: str) -> dict[str, object]:
    """A copy of data that JSON can say, or `NotFlat`."""
    if not all(isinstance(name, str) for name in data):
        raise NotFlat(f"{whose}: a variable's name is not a text.")
    return {name: _plain(value, f"{whose}: {name}", _MAX_DEPTH) for name, value in data.items()}


def _plain(value: object, whose: str, depth: int) -> object:
    if depth and isinstance(value, list | tuple):
        return [_plain(item, whose, depth - 1) for item in value]
    if depth and isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): _plain(item, whose, depth - 1) for key, item in value.items()}
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise NotFlat(f"{whose} is a {type(value).__name__} that process data cannot hold.")


def bounded(take: Take, most: int) -> Take:
    """The same, for data of at most so many bytes."""

    def checked(data: Mapping[str, object], whose: str) -> dict[str, object]:
        taken = take(data, whose)
        if len(json.dumps(taken)) > most:
            raise NotFlat(f"{whose}: there are more than {most} bytes of data.")
        return taken

    return checked
