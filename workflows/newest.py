"""What a process keeps in memory to spare itself work: the newest few, so that it never grows without end."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep_newest(kept: dict[K, V], key: K, value: V, most: int) -> V:
    """Keep a value among at most so many, in place of the oldest one; gives the value."""
    while len(kept) >= most:
        kept.pop(next(iter(kept)), None)  # Another thread may have been here.
    kept[key] = value
    return value
