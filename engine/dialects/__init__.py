"""Diagrams drawn with other tools: what their own words mean here, and what is only kept.

`condition`, `expression` and `timer` translate texts into the safe language.
"""

from engine.dialects.conditions import condition, expression
from engine.dialects.timers import timer

__all__ = ["condition", "expression", "timer"]
