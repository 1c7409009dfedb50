"""What the dialects call their operators, and where they differ from one another.

JUEL: Jakarta Expression Language 3.0, 1.2 to 1.15. FEEL: DMN 1.3, 10.3.1.2. XPath 1.0 as BPMN 2.0.2, 13.2.3 uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_JUEL = frozenset(
    {"and", "or", "not", "empty", "eq", "ne", "lt", "le", "gt", "ge", "div", "mod", "true", "false", "null"}
)
_FEEL = frozenset(
    {
        "and",
        "or",
        "not",
        "in",
        "between",
        "if",
        "then",
        "else",
        "true",
        "false",
        "null",
        "some",
        "every",
        "for",
    }
)
_SCRIPT = frozenset({"in", "true", "false", "null", "undefined"})
_PYTHON = frozenset({"and", "or", "not", "in", "is", "if", "else", "True", "False", "None", "true", "false"})


@dataclass(frozen=True)
class Dialect:
    """How one family of languages reads what they all write alike.

    `words`: names that are operators or values there. `equals`: a lone = compares. `loose_not`: `not a == b`
    denies the comparison, elsewhere only `a`. `ranked`: `a == b < c` is `a == (b < c)`; elsewhere, comparisons in a
    row are refused, but for those that `chains` joins: `1 < x < 5` is two comparisons. `first`: the index of
    a list's first item. `coerces`: a text "true" equals a ticked box. `scripted`: runs inside another engine,
    whose objects (`execution`, `variables`) a condition may name.
    """

    name: str
    words: frozenset[str]
    equals: bool = False
    loose_not: bool = False
    ranked: bool = False
    chains: bool = False
    first: int = 0
    coerces: bool = False
    scripted: bool = False


JUEL = Dialect("JUEL", _JUEL, ranked=True, coerces=True, scripted=True)
FEEL = Dialect("FEEL", _FEEL | {"some", "every", "for"}, equals=True, first=1)
SCRIPT = Dialect("script", _SCRIPT, ranked=True, scripted=True)
PYTHON = Dialect("Python", _PYTHON, loose_not=True, chains=True)
BARE = Dialect(
    "bare", _JUEL | _FEEL | _SCRIPT | _PYTHON | {"TRUE", "FALSE"}, equals=True, loose_not=True, chains=True
)
"""Text without a wrapper and without a language that says anything: whatever is understood in one way only."""

OPERATORS: Mapping[str, str] = {
    "&&": "and", "||": "or", "===": "==", "!==": "!=", "<>": "!=", "eq": "==", "ne": "!=",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "div": "/", "mod": "%",
}  # fmt: skip
"""Operators by their other names."""

VALUES: Mapping[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "None": None, "undefined": None,
}  # fmt: skip
