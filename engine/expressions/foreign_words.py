"""Signs and words that people write for those of the language, found in a text that does not compile."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from typing import NamedTuple

from engine.expressions.tokens import Token, tokens


class Finding(NamedTuple):
    """A mistake at `start` to `end`, and the `edit` that mends it: from, to, and the new text; None if unknown."""

    start: int
    end: int
    sentence: str
    mend: str
    edit: tuple[int, int, str] | None = None


_SIGNS: Mapping[str, tuple[str, str]] = {
    "=": ("==", "A single = does not compare."),
    "===": ("==", "Two equal signs compare, not three."),
    "!==": ("!=", "“Not equal” is written with one equal sign."),
    "<>": ("!=", "“Not equal” is written with an exclamation mark."),
    "≠": ("!=", "“Not equal” is written with two plain signs."),
    "=>": (">=", "“At least” is written with the equal sign last."),
    "=<": ("<=", "“At most” is written with the equal sign last."),
    "≥": (">=", "“At least” is written with two plain signs."),
    "≤": ("<=", "“At most” is written with two plain signs."),
    "&&": ("and", "“And” is written as a word."),
    "&": ("and", "“And” is written as a word."),
    "||": ("or", "“Or” is written as a word."),
    "|": ("or", "“Or” is written as a word."),
    "!": ("not", "“Not” is written as a word."),
    "×": ("*", "Numbers are multiplied with a star."),
    "−": ("-", "The minus sign is another character."),
    "–": ("-", "A dash is no minus sign."),
    ";": ("", "An expression has no semicolon."),
}
_SIGN = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')|(?P<curly>[“”„«»‘’‚`´])
    |(?P<wrap>[$\#]\{)|(?P<right>==(?!=)|!=(?!=)|<=|>=)
    |(?P<sign>===|!==|<>|=>|=<|&&?|\|\|?|[=!≠≥≤×−–;])""",
    re.VERBOSE,
)
_CURLY = re.compile(r"“([^“”\"]*)[”“]|„([^“”\"]*)[“”]|«([^«»\"]*)»|[‘’‚`´]([^‘’‚`´\"]*)[‘’´`]")


def signs(text: str) -> Iterator[Finding]:
    """Signs of other languages and of word processors, from left to right; quoted texts are passed over."""
    for match in _SIGN.finditer(text):
        if match["curly"]:
            yield _curly(text, match.start())
        elif match["wrap"]:
            yield _wrapped(text, match.start())
        elif match["sign"]:
            yield _sign(text, match)


def _sign(text: str, match: re.Match[str]) -> Finding:
    start, end, sign = match.start(), match.end(), match[0]
    if sign == "=" and not text[:start].strip():
        return Finding(start, end, "An expression does not begin with =.", "Remove it.", (start, end, ""))
    right, sentence = _SIGNS[sign]
    mend = f"Write {right}." if right else "Remove it."
    spaced = right.isalpha() and (text[end : end + 1] != " ")
    before = " " if right.isalpha() and text[start - 1 : start] not in ("", " ", "(", "[") else ""
    return Finding(start, end, sentence, mend, (start, end, before + right + (" " if spaced else "")))


def _curly(text: str, start: int) -> Finding:
    sentence, mend = "Curly quotes are not understood.", "Write straight quotes."
    pair = _CURLY.match(text, start)
    if not pair:
        return Finding(start, start + 1, sentence, mend, (start, start + 1, '"'))
    inner = next(group for group in pair.groups() if group is not None)
    return Finding(start, pair.end(), sentence, mend, (start, pair.end(), f'"{inner}"'))


def _wrapped(text: str, start: int) -> Finding:
    sentence, mend = "An expression is not wrapped in ${…}.", "Write what stands inside alone."
    end = text.find("}", start)
    edit = None if end < 0 else (start, end + 1, f"({text[start + 2 : end].strip()})")
    whole = text.strip()
    if (
        end >= 0
        and whole.startswith(text[start : start + 2])
        and whole.endswith("}")
        and whole.count("}") == 1
    ):
        edit = (0, len(text), whole[2:-1].strip())
    return Finding(start, start + 2, sentence, mend, edit)


def unseen(text: str) -> Iterator[Finding]:
    """Characters that cannot be seen, such as the hard space of a word processor."""
    for place, char in enumerate(text):
        if not (char.isprintable() or char in "\t\r\n"):
            sentence = "Here stands a character that cannot be seen."
            edit = (place, place + 1, " " if char.isspace() else "")
            yield Finding(place, place + 1, sentence, "Type it again with plain spaces.", edit)


_WORDS: Mapping[str, str] = {
    "and": "and", "or": "or", "not": "not", "in": "in", "if": "if", "else": "else",
    "true": "true", "false": "false", "none": "None", "null": "None", "nil": "None", "undefined": "None",
    "eq": "==", "equals": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
}  # fmt: skip
_OPERATORS = frozenset({"eq", "equals", "ne", "lt", "gt", "le", "ge"})
_METHODS: Mapping[str, str] = {
    "contains": "contains", "includes": "contains", "startswith": "starts_with", "starts_with": "starts_with",
    "endswith": "ends_with", "ends_with": "ends_with", "lower": "lower", "tolowercase": "lower",
    "upper": "upper", "touppercase": "upper", "trim": "trim", "strip": "trim", "isempty": "is_empty",
    "is_empty": "is_empty", "size": "count", "length": "length",
}  # fmt: skip


def words(text: str, fields: Container[str]) -> Iterator[Finding]:
    """Words of the language in capitals, words of other languages, and functions written behind a value."""
    pieces = tokens(text)
    for place, piece in enumerate(pieces):
        if piece.kind == "name":
            found = _method(pieces, place) or _infix(pieces, place) or _choice(text, pieces, place)
            if found is None and piece.text not in fields:
                found = _word(pieces, place)
            if found:
                yield found


def _word(pieces: list[Token], place: int) -> Finding | None:
    piece = pieces[place]
    if piece.text == "is":
        return _is(pieces, place)
    right = _WORDS.get(piece.text.lower())
    if right is None or right == piece.text or piece.text in ("True", "False"):
        return None
    if piece.text in _OPERATORS and not 0 < place < len(pieces) - 1:
        return None
    sentence = f"The word {piece.text} is written {right} here."
    return Finding(piece.start, piece.end, sentence, f"Write {right}.", (piece.start, piece.end, right))


def _choice(text: str, pieces: list[Token], place: int) -> Finding | None:
    """`if a then b else c` around the whole: the value stands first."""
    words = [piece.text for piece in pieces]
    if place or words[0] != "if" or words.count("then") != 1 or words.count("else") != 1:
        return None
    then, other = pieces[words.index("then")], pieces[words.index("else")]
    if then.start > other.start:
        return None
    test, yes, no = text[pieces[0].end : then.start], text[then.end : other.start], text[other.end :]
    new = f"{yes.strip()} if {test.strip()} else {no.strip()}"
    sentence, mend = "A choice begins with its first value.", "Write: value if condition else other value."
    return Finding(then.start, then.end, sentence, mend, (0, len(text), new))


def _is(pieces: list[Token], place: int) -> Finding:
    piece = pieces[place]
    negative = place + 1 < len(pieces) and pieces[place + 1].text == "not"
    end, sign = (pieces[place + 1].end, "!=") if negative else (piece.end, "==")
    sentence = "The word is does not compare."
    return Finding(piece.start, end, sentence, f"Write {sign}.", (piece.start, end, sign))


def _method(pieces: list[Token], place: int) -> Finding | None:
    """`name.contains("a")`: the function comes first."""
    window = [piece.text for piece in pieces[place + 1 : place + 4]]
    if len(window) < 3 or window[0] != "." or window[2] != "(":
        return None
    function = _METHODS.get(window[1].lower())
    if function is None:
        return None
    owner, named, opened = pieces[place], pieces[place + 2], pieces[place + 3]
    closes_at_once = place + 4 < len(pieces) and pieces[place + 4].text == ")"
    new = f"{function}({owner.text}" + ("" if closes_at_once else ", ")
    sentence = f"{named.text} stands behind its value."
    mend = f"Write {function}({owner.text}{'' if closes_at_once else ', …'})."
    return Finding(owner.start, opened.end, sentence, mend, (owner.start, opened.end, new))


def _infix(pieces: list[Token], place: int) -> Finding | None:
    """`name contains "a"`: the function comes first, its values in brackets."""
    parts = pieces[place : place + 3]
    if len(parts) < 3 or parts[2].kind not in ("text", "name", "number"):
        return None
    function = _METHODS.get(parts[1].text.lower())
    if function not in ("contains", "starts_with", "ends_with") or parts[1].kind != "name":
        return None
    new = f"{function}({parts[0].text}, {parts[2].text})"
    sentence = f"{parts[1].text} does not stand between two values."
    return Finding(
        parts[0].start, parts[2].end, sentence, f"Write {new}.", (parts[0].start, parts[2].end, new)
    )


def decimals(text: str) -> Iterator[Finding]:
    """A comma inside a number that stands outside of any bracket."""
    pieces, depth = tokens(text), 0
    for left, comma, right in zip(pieces, pieces[1:], pieces[2:], strict=False):
        depth += (left.text in ("(", "[")) - (left.text in (")", "]"))
        glued = left.end == comma.start and comma.end == right.start
        if not depth and comma.text == "," and left.kind == right.kind == "number" and glued:
            sentence = "A number has a point before its decimals."
            new = f"{left.text}.{right.text}"
            yield Finding(left.start, right.end, sentence, f"Write {new}.", (comma.start, comma.end, "."))


def quotes(text: str) -> Iterator[Finding]:
    """A quote without its partner; it probably belongs around the one word beside it."""
    pieces = tokens(text)
    for place, piece in enumerate(pieces):
        if piece.kind == "wrong" and piece.text in ("'", '"'):
            sentence, mend = "A quote has no partner.", "Write a quote before and after the text."
            yield Finding(piece.start, piece.end, sentence, mend, _partner(pieces, place))


def _partner(pieces: list[Token], place: int) -> tuple[int, int, str] | None:
    quote = pieces[place]
    if place + 1 < len(pieces) and pieces[place + 1].start == quote.end:
        return pieces[place + 1].end, pieces[place + 1].end, quote.text
    if place and pieces[place - 1].end == quote.start:
        return pieces[place - 1].start, pieces[place - 1].start, quote.text
    return None


_PARTNER = {"(": ")", "[": "]"}


def brackets(text: str) -> Iterator[Finding]:
    """A bracket that is not closed, one that was never opened, and one closed by the other kind."""
    opened: list[Token] = []
    for piece in tokens(text):
        if piece.text in _PARTNER:
            opened.append(piece)
        elif piece.text in (")", "]"):
            if not opened:
                edit = (piece.start, piece.end, "")
                yield Finding(piece.start, piece.end, "This bracket was never opened.", "Remove it.", edit)
                return
            right = _PARTNER[opened.pop().text]
            if piece.text != right:
                edit = (piece.start, piece.end, right)
                yield Finding(
                    piece.start, piece.end, "The wrong bracket closes here.", f"Write {right}.", edit
                )
                return
    if opened:
        last, end = opened[-1], len(text.rstrip())
        right = _PARTNER[last.text]
        edit = (end, end, right)
        yield Finding(last.start, last.end, "This bracket is never closed.", f"Add {right}.", edit)


Look = Callable[[str], Iterator[Finding]]
LOOKS: tuple[Look, ...] = (signs, unseen, decimals, quotes, brackets)
"""What is looked for in every text that does not compile; `words` also asks for the fields."""
