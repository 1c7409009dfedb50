"""Many things asked for at once, each by a command of its own: one that is refused does not hold up the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workflows.errors import InvalidInput, Refused
from workflows.ssn_guard import guard_keys


@dataclass(frozen=True)
class Outcome:
    """What became of one of many: its key, its name where it has one, and why it was refused; empty when it was done."""

    key: str
    name: str
    why: str

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return not self.why


def at_most(number: int, keys: Iterable[str], field: str, words: str) -> list[str]:
    """Each key once, in their order; with more of them than may be done at once, these words are the error of a field.

    The answer names each key, so none of them may be a Social Security number.
    """
    chosen = list(dict.fromkeys(keys))
    if len(chosen) > number:
        raise InvalidInput(fields={field: words})
    guard_keys(field, chosen)
    return chosen


def each(
    keys: Iterable[str], do: Callable[[str], object], names: Mapping[str, str] | None = None
) -> list[Outcome]:
    """Do something with each, by a command that decides by itself whether it may be done."""
    return [Outcome(key, (names or {}).get(key, ""), _refusal(do, key)) for key in keys]


def _refusal(do: Callable[[str], object], key: str) -> str:
    try:
        do(key)
    except Refused as refused:
        return refused.words
    return ""
