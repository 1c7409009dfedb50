"""From the texts of a decision file to expressions of the safe language.

Tools write FEEL (DMN 1.3, 10.3). Its simple part is the safe language in other words: `null` for `None`,
`date and time(…)` for `moment(…)`, `@"2026-11-21"` for `date("2026-11-21")`, `?` for the value of the input, and
names with spaces, which become plain words (`Approval Status` is read as `Approval_Status`). What is still not
understood is tried as FEEL proper (`engine.dialects`): `if … then … else …`, `x in ("a", "b")`, `upper case(x)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from itertools import pairwise

from engine import dialects
from engine.errors import ExpressionError
from engine.expressions import FUNCTIONS, Expression, compile
from engine.expressions.functions import Contextual
from engine.expressions.tokens import MAX_CHARACTERS, Token, tokens

MAX_NAMES, MAX_NAME = 200, 200
"""Names of a file that are no plain words, and characters of one; each is looked for in every text."""

VALUE = "value_of_the_input"
"""The name under which a cell reads the value of its own input, written `?`."""

_UNPLAIN = re.compile(r"\W+")
_DATE_AND_TIME = ("date", "and", "time")


def plain_name(name: str) -> str:
    """A name as the safe language can read it: words joined by underscores."""
    word = _UNPLAIN.sub("_", name.strip()).strip("_")
    return f"n_{word}" if word[:1].isdigit() else word


class Names:
    """The names that a file declares with spaces or signs in them, to be found again in its texts.

    `are_too_many`: there are more, or longer ones, than can be looked for; then none is.
    """

    def __init__(self, names: Iterable[str]) -> None:
        unplain = {name.strip() for name in names if name.strip() and plain_name(name) != name.strip()}
        self.are_too_many = len(unplain) > MAX_NAMES or any(len(name) > MAX_NAME for name in unplain)
        if self.are_too_many:
            unplain = set()
        longest = sorted(unplain, key=len, reverse=True)
        parts = [r"\s+".join(re.escape(word) for word in name.split()) for name in longest]
        self._found = re.compile(rf"\"[^\"]*\"|(?<!\w)(?:{'|'.join(parts)})(?!\w)") if parts else None

    def plain(self, text: str) -> str:
        """A text with each such name as a plain word; what stands in quotes is left alone."""
        if self._found is None or len(text) > MAX_CHARACTERS:
            return text
        return self._found.sub(lambda match: match[0] if match[0][0] == '"' else plain_name(match[0]), text)


def read(text: str, names: Names) -> Expression:
    """The expression of a text of a decision file, or `ExpressionError`."""
    source = names.plain(text.strip())
    if len(source) > MAX_CHARACTERS:
        raise ExpressionError(f"The expression is longer than {MAX_CHARACTERS} characters.")
    return compiled(tokens(source), source)


def compiled(pieces: list[Token], source: str) -> Expression:
    """The expression of some pieces of a source, or `ExpressionError`."""
    if len(source) > MAX_CHARACTERS:
        raise ExpressionError(f"The expression is longer than {MAX_CHARACTERS} characters.")
    try:
        return _uncounted(compile(_joined(pieces)))
    except ExpressionError as error:
        try:
            return compile(dialects.expression(_asked(pieces, source), "feel"))
        except ExpressionError:
            raise error from None


def _uncounted(expression: Expression) -> Expression:
    """Leave `ways[1]` to FEEL, where it is the first item: in the safe language it is the second."""
    for node in ast.walk(expression.tree):
        if isinstance(node, ast.Subscript) and not _is_text(node.slice):
            raise ExpressionError(
                "An item of a list cannot be told by its number here; ask with contains(…)."
            )
    return expression


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _asked(pieces: list[Token], source: str) -> str:
    """Pieces as they were written, but for `?`, which stands for the value of the input."""
    parts = [(source[before.end : piece.start], piece) for before, piece in pairwise(pieces)]
    first = [("", pieces[0])] if pieces else []
    return "".join(space + (VALUE if piece.text == "?" else piece.text) for space, piece in first + parts)


def _joined(pieces: list[Token]) -> str:
    """Pieces in the words of the safe language, as far apart as they stood."""
    parts: list[str] = []
    place, end = 0, pieces[0].start if pieces else 0
    while place < len(pieces):
        piece = pieces[place]
        word, used = _word(pieces, place)
        parts.append(" " * min(piece.start - end, 1) + word)
        end = pieces[place + used - 1].end
        place += used
    return "".join(parts)


def _word(pieces: list[Token], place: int) -> tuple[str, int]:
    """The word of the safe language for the pieces at a place, and how many pieces it stands for."""
    piece = pieces[place]
    following = pieces[place + 1] if place + 1 < len(pieces) else None
    if tuple(part.text for part in pieces[place : place + 3]) == _DATE_AND_TIME:
        return "moment", 3
    if piece.kind == "name" and piece.text == "null":
        return "None", 1
    if piece.text == "?":
        return VALUE, 1
    if piece.text == "=":
        return "==", 1
    if piece.text == "@" and following and following.kind == "text":
        return f"{_temporal(following.text[1:-1])}({following.text})", 2
    return piece.text, 1


def _temporal(text: str) -> str:
    if text.lstrip("-").startswith("P"):
        return "duration"
    return "moment" if "T" in text else "date"


def is_constant(expression: Expression) -> bool:
    """Whether an expression has one value for ever: it reads no field, no clock and no calendar."""
    return not expression.names and not any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and isinstance(FUNCTIONS.get(node.func.id), Contextual)
        for node in ast.walk(expression.tree)
    )
