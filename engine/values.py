"""Process data are flat: names with text, whole numbers, true, false or nothing.

Anything else changes, fails or loses items on its way through an engine's state (dates, sets, decimals, lists
at joins: reliability facts 5 and 6), and client facts have no place here at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import NotFlat
from engine.expressions import MAX_INTEGER

_RESERVED = frozenset({"true", "false", "True", "False", "None"})


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
