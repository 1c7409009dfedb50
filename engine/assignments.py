"""Script tasks that do nothing but assign: `name = expression` in the safe language, one to a line.

    total = total + 1
    approved = total > 3

Any other script is passed over; a script is never run by an interpreter. The house takes no script at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import ExpressionError
from engine.expressions import Context, Expression
from engine.expressions import compile as compile_expression

_ASSIGNMENT = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,63})\s*([+*-]?)=(?!=)\s*(.+)")
_MAX_LINES = 50


@dataclass(frozen=True)
class Assignments:
    """What a script assigns, in order."""

    lines: tuple[tuple[str, Expression], ...]

    def values(self, data: Mapping[str, object], context: Context) -> dict[str, object]:
        """The assigned values, each line reading what the earlier ones assigned; or `ExpressionError`."""
        written: dict[str, object] = {}
        for name, expression in self.lines:
            written[name] = expression.evaluate({**data, **written}, context)
        return written


def parse_assignments(script: str) -> Assignments | None:
    """The assignments of a script, or None when it does anything else."""
    lines = [line.strip().removesuffix(";").strip() for line in script.splitlines()]
    wanted = [line for line in lines if line and not line.startswith(("#", "//")) and line != "pass"]
    if len(wanted) > _MAX_LINES:
        return None
    try:
        return Assignments(tuple(_parse(line) for line in wanted))
    except ExpressionError:
        return None


def _parse(line: str) -> tuple[str, Expression]:
    found = _ASSIGNMENT.fullmatch(line)
    if found is None:
        raise ExpressionError("The line is no assignment.")
    name, operator, text = found.groups()
    return name, compile_expression(f"{name} {operator} ({text})" if operator else text)
