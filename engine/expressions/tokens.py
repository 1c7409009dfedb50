"""The words and signs of an expression, with their places: what a text is made of before it is understood.

The scanner is stricter than Python's, so that what a person reads is what is evaluated: texts are plain (no
prefix, no triple quotes, no two texts side by side, which Python would join), numbers are plain digits with or
without decimals, there are no comments, and a name is written as it is meant (no letters that only look like
others under Unicode's compatibility forms, which Python would change silently).
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from engine.errors import ExpressionError

MAX_CHARACTERS = 1000
MAX_BRACKETS = 30

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>==|!=|<=|>=|[<>+\-*/.,()\[\]])
    | (?P<wrong>.)""",
    re.DOTALL | re.VERBOSE,
)


class BadExpression(ExpressionError):
    """A text is outside the safe language; `start` and `end` say which of its characters are meant."""

    def __init__(self, reason: str, start: int = 0, end: int = 0) -> None:
        self.start = start
        self.end = end
        super().__init__(reason)


class UnknownName(BadExpression):
    """An expression names a field or a function that is not on the list; `name` is what was written."""

    def __init__(self, reason: str, start: int, end: int, name: str, *, is_function: bool) -> None:
        self.name = name
        self.is_function = is_function
        super().__init__(reason, start, end)


class Token(NamedTuple):
    """A piece of an expression: `kind` is text, number, name, sign or wrong; `start` to `end` its place."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The pieces of any text, spaces left out; what belongs to no expression is `wrong`."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "wrong"
        if kind != "space":
            found.append(Token(kind, match[0], match.start(), match.end()))
    return found


def check(text: str) -> None:
    """Raise `BadExpression` for a text that Python's parser should not even see."""
    if not isinstance(text, str) or not text.strip():
        raise BadExpression("The expression is empty.")
    if len(text) > MAX_CHARACTERS:
        raise BadExpression(f"The expression is longer than {MAX_CHARACTERS} characters.", 0, len(text))
    for place, char in enumerate(text):
        if char == "\\" or not (char.isprintable() or char in "\t\r\n"):
            reason = "Backslashes and characters that cannot be seen are not allowed."
            raise BadExpression(reason, place, place + 1)
    pieces = tokens(text)
    for problem in _problems(pieces):
        raise problem


def _problems(pieces: list[Token]) -> Iterator[BadExpression]:
    depth = 0
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        reason = _wrong(piece) or (following and _wrong_pair(piece, following))
        if reason:
            yield BadExpression(reason, piece.start, piece.end)
        depth += (piece.text in ("(", "[")) - (piece.text in (")", "]"))
        if depth > MAX_BRACKETS:
            yield BadExpression("The expression is nested too deeply.", piece.start, piece.end)


def _wrong(piece: Token) -> str | None:
    if piece.kind == "wrong":
        if piece.text in ("'", '"'):
            return "A text has no closing quote."
        return f"The sign {piece.text} is not allowed in an expression."
    if piece.kind == "name" and unicodedata.normalize("NFKC", piece.text) != piece.text:
        return f"The name {piece.text} holds letters that only look like plain ones."
    return None


def _wrong_pair(left: Token, right: Token) -> str | None:
    glued = left.end == right.start
    if left.kind == right.kind == "text":
        return "Two texts stand side by side; a comma or a comparison is missing between them."
    if glued and right.kind == "text" and left.kind == "name" and not keyword.iskeyword(left.text):
        return f"The letters {left.text} stand directly before a quote."
    if glued and left.kind == "number" and right.kind in ("name", "number"):
        return f"{left.text}{right.text} is neither a number nor a name."
    return None
