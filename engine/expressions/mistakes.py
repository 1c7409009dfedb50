"""A mistake in an expression, as it is shown to the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_MOST_OFFERED = 200
_ALIKE = 0.75
"""How much of two words must agree before one is offered for the other."""


@dataclass(frozen=True)
class Mistake:
    """What is wrong with an expression.

    `start` and `end`: which characters are meant. `sentence`: what is wrong. `mend`: what to do. `corrected`:
    the whole expression as it may have been meant, which compiles; None when nothing can be guessed.
    """

    start: int
    end: int
    sentence: str
    mend: str
    corrected: str | None = None

    @property
    def advice(self) -> str:
        """What to do, and the whole expression as it may have been meant where that is known and short."""
        if self.corrected is None or len(self.corrected) > _MOST_OFFERED:
            return self.mend
        return f"{self.mend} The whole is then: {self.corrected}"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word of a list that was probably meant, or None."""
    by_lower = {other.lower(): other for other in words}
    found = get_close_matches(word.lower()[:60], by_lower, 1, _ALIKE)
    return by_lower[found[0]] if found else None


def listed(words: Iterable[str], most: int = 8) -> str:
    """The words of a list for a sentence, the first few of many."""
    ordered = sorted(words)
    return ", ".join(ordered[:most]) + (" …" if len(ordered) > most else "")
