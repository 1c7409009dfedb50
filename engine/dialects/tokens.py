"""The words and signs of a foreign condition, cut from its text in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import ExpressionError
from engine.expressions import MAX_CHARACTERS

_TOKEN = re.compile(
    r"""(?P<text>"[^"\\]*"|'[^'\\]*')
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<name>(?:(?:var|vars|variables|bpmn):(?=[A-Za-z0-9]+\())?[^\W\d]\w*)
    |(?P<sign>===|!==|&&|\|\||==|!=|<>|<=|>=|\.\.|\*\*|[-+*/%!<>=?:.,()\[\]])""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class Token:
    """A piece of the text: `kind` is text, number, name, sign or end; `value` without quotes."""

    kind: str
    value: str
    start: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"“{self.value}”"


def tokens(text: str) -> list[Token]:
    """All tokens of a text, an end token last, or `ExpressionError` naming the first foreign character."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"The condition is longer than {MAX_CHARACTERS} characters.")
    found, place = list[Token](), _after_space(text, 0)
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError(_foreign(text, place))
        found.append(_token(match))
        place = _after_space(text, match.end())
    return [*found, Token("end", "", place)]


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _token(match: re.Match[str]) -> Token:
    kind, value = str(match.lastgroup), match[0]
    if kind == "text":
        value = value[1:-1]
        if "${" in value or "#{" in value:
            raise ExpressionError(f"The text “{value}” has an expression inside, which is not understood.")
    return Token(kind, value, match.start())


def _foreign(text: str, place: int) -> str:
    char = text[place]
    if char in "\"'":
        return f"The text that begins with {text[place : place + 20]} has a backslash or no closing quote."
    if char in "“”„‘’":
        return f'Text needs straight quotes ("…"), not {char}.'
    if char in "{}$#":
        return f"“{char}” is not understood here: one ${{…}} holds the whole condition."
    return (
        f"The character “{char}” is not understood."
        if char.isprintable()
        else "A hidden character is not understood."
    )
