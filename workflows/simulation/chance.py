"""Chance that repeats itself: the same seed and the same words give the same draws, in any order of asking.

Each matter draws from a stream of its own. So another service level changes what depends on it, and a client who would
have called on Tuesday still calls on Tuesday: two runs with one seed can be compared.
"""

import math
from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """The draws of one matter, named by a seed and words."""

    def __init__(self, *of: object) -> None:
        self._random = Random("/".join(map(str, of)))  # noqa: S311  (it must repeat itself)

    def happens(self, share: float) -> bool:
        """Whether something happens that happens in this share of all cases."""
        return self._random.random() < share

    def between(self, least: float, most: float) -> float:
        """Any number between two, each as likely."""
        return least + (most - least) * self._random.random()

    def after(self, mean: float) -> float:
        """How long until something that may come at any time; `mean` is how long on average."""
        return -mean * math.log(1 - self._random.random())

    def one_of(self, weights: Mapping[T, float]) -> T:
        """One of some things, each as often as its weight says."""
        left = self._random.random() * sum(weights.values())
        for one, weight in weights.items():
            left -= weight
            if left < 0:
                return one
        return one
