"""What looks like a Social Security number (domain 6.4).

`find` looks at a text the way a reader would: digits of any script are digits, characters that take no room
are not there, any dash is a dash. It finds nine digits in the form 3-2-4, with or without something between,
that are not part of a longer number, and "SSN" or "social" followed by four digits or more. It is deliberately
a little too strict after "SSN" and "social": a sentence refused can be reworded, a number stored cannot be taken back.
"""

import re
import unicodedata

_DASH = r"[\s.\-/_]{1,3}"
_NINE_DIGITS = re.compile(
    rf"(?<!\d)(?:\d{{3}}{_DASH}\d{{2}}(?:{_DASH})?\d{{4}}|\d{{9}})(?!\d)|(?:\d{{3}}-\d{{2}}-\d{{4}}){{2}}",
    re.ASCII,
)
"""Pasted twice, each is found, though each is part of something longer.

Five digits, a dash and four are a ZIP+4 and pass: without a first dash there is no second."""
_NAMED = re.compile(
    rf"(?<![a-z])(?:s\.?\s?s\.?\s?n|social)[^0-9]{{0,40}}(?:\d(?:{_DASH})?){{3}}\d",
    re.ASCII,
)
_TAKES_NO_ROOM = frozenset({"Cf", "Mn", "Me", "Cc"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def find(text: str) -> bool:
    """Whether a text holds what looks like a Social Security number, or the end of one that is called so."""
    seen = _as_read(text)
    return bool(_NINE_DIGITS.search(seen) or _NAMED.search(seen))


def _as_read(text: str) -> str:
    """The text as a reader sees it: ASCII digits, one kind of dash, nothing that takes no room."""
    if text.isascii() and text.isprintable():
        return text.lower()
    return "".join(map(_plain, unicodedata.normalize("NFKD", text))).casefold()


def _plain(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in _TAKES_NO_ROOM or character in _BLANK_LETTERS:
        return ""
    if category == "Pd" or character in "\u2212\u00b7\u2022\u30fb":
        return "-"
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)
