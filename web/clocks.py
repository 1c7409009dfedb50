"""Whose clock on the pages: the shares of a case as a bar and a table."""

from workflows import turns
from workflows.queries.whose_clock import CaseClock, Share

FILLS = {
    turns.SUPERVISOR: "#07648d",
    turns.CLIENT: "#adcfdc",
    turns.PARTNER: "#936f38",
    turns.ESD: "#07648d",
    turns.MANAGER: "#54278f",
    turns.MAIL: "#71767a",
}
"""The color of each party; the words stand beside it."""

WIDTH = 1000


def shares(clock: CaseClock) -> list[dict[str, object]]:
    """The shares of a case with their place on the bar, in thousandths of it."""
    return place(clock.shares)


def place(found: list[Share]) -> list[dict[str, object]]:
    """Shares as the templates take them."""
    seconds = [share.length.total_seconds() for share in found]
    whole = sum(seconds) or 1.0
    return [
        {
            "words": share.words,
            "length": share.length_words,
            "now": share.now,
            "fill": FILLS[share.party],
            "start": round(WIDTH * sum(seconds[:number]) / whole),
            "width": round(WIDTH * seconds[number] / whole),
        }
        for number, share in enumerate(found)
    ]
