"""Diagrams drawn with other tools: what their own words mean here, and what is only kept.

`condition`, `expression` and `timer` translate texts into the safe language. `extensions.read` gives what one
element says in another tool's words; `report` says of a whole file what was read and what was not.
"""

from engine.dialects.conditions import condition, expression
from engine.dialects.reporting import Report, report
from engine.dialects.timers import timer

__all__ = ["Report", "condition", "expression", "report", "timer"]
