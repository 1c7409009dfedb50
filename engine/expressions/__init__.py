"""The safe language of conditions, timers, forms and decision tables: one expression, no statements, no builtins.

    decision == "opt_in" and not (total_wide > 1 and right_person == "cannot_tell")

An expression is parsed once (Python's `ast`, expression mode), every node is looked up in a short table and
turned into a closure; what is not in the table is refused with a sentence for a person. Bounds: 1,000
characters, 200 nodes, depth 30, whole numbers of 64 bits, lists of 1,000 items. The grammar, the functions and
the bounds on one page: docs/expressions.md.

- `compile` a text, `Expression.evaluate` it; a missing field raises `ExpressionError`, `has(x)` asks
- `explain` says what is wrong with a text, where, and how it may have been meant
- `check_types` finds comparisons that can never be true, given the kinds of the fields
- `Context` lends the host's clock and business calendar to an evaluation

`tokens` scans, `compiler` compiles, `values` compares and calculates, `dates` counts days, `functions` lists what
may be called, `kinds` checks, `explaining` and `foreign_words` explain.
"""

from engine.errors import ExpressionError
from engine.expressions.compiler import MAX_DEPTH, MAX_NODES, Data, Expression, compile
from engine.expressions.dates import WEEKDAYS, Calendar, Context
from engine.expressions.explaining import explain
from engine.expressions.functions import FUNCTIONS, SIGNATURES, TIMELESS, Function
from engine.expressions.kinds import UNKNOWN, Answer, Kind, check_types
from engine.expressions.mistakes import Mistake
from engine.expressions.tokens import MAX_CHARACTERS, BadExpression
from engine.expressions.values import MAX_INTEGER, MAX_LIST, MAX_TEXT, is_number

__all__ = [
    "FUNCTIONS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_INTEGER",
    "MAX_LIST",
    "MAX_NODES",
    "MAX_TEXT",
    "SIGNATURES",
    "TIMELESS",
    "UNKNOWN",
    "WEEKDAYS",
    "Answer",
    "BadExpression",
    "Calendar",
    "Context",
    "Data",
    "Expression",
    "ExpressionError",
    "Function",
    "Kind",
    "Mistake",
    "check_types",
    "compile",
    "explain",
    "is_number",
]
