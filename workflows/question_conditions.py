"""Conditions of a form's questions as people choose them: what was answered to an earlier question.

A condition is kept in the safe language (`decision == "opt_in" and single_name`). What can be chosen is listed here with its
words; a condition that is made of such parts joined by “and” is shown as them, any other as it is written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.language import gettext

AND = " and "
_FIRST_NUMBERS = (0, 1)


@dataclass(frozen=True)
class Pick:
    """A condition that can be chosen: as the form keeps it, and in words that begin with the question's label."""

    written: str
    words: str


def picks(earlier: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[Pick]]]:
    """What can be chosen of the questions before one: the label of each with its conditions."""
    found = ((_label(name, source), list(_picks(name, source))) for name, source in earlier.items())
    return [(label, conditions) for label, conditions in found if conditions]


def chosen(written: str, earlier: Mapping[str, Mapping[str, Any]]) -> list[Pick] | None:
    """The parts of a condition, each one that can be chosen; None for one that is written otherwise."""
    known = {pick.written: pick for _, conditions in picks(earlier) for pick in conditions}
    parts = written.split(AND)
    return [known[part] for part in parts] if all(part in known for part in parts) else None


def in_words(written: str, earlier: Mapping[str, Mapping[str, Any]]) -> str:
    """A condition in words; one that cannot be chosen is given as it is written."""
    parts = chosen(written, earlier) if written else None
    return gettext(AND).join(part.words for part in parts) if parts else written


def options_of(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The values that a question lists itself, with their labels."""
    items = source.get("items")
    values = items.get("enum") if isinstance(items, dict) else source.get("enum")
    labels = source.get("x-labels")
    known = labels if isinstance(labels, dict) else {}
    listed = values if isinstance(values, list) else []
    return [(value, str(known.get(value, value))) for value in listed if isinstance(value, str)]


def _label(name: str, source: Mapping[str, Any]) -> str:
    title = source.get("title")
    return title if isinstance(title, str) else name


def _picks(name: str, source: Mapping[str, Any]) -> Iterator[Pick]:
    label, kind = _label(name, source), source.get("type")
    if kind == "boolean":
        yield Pick(name, gettext("“{question}” is ticked").format(question=label))
        yield Pick(f"not {name}", gettext("“{question}” is not ticked").format(question=label))
    elif kind == "integer":
        for number in _FIRST_NUMBERS:
            more = gettext("“{question}” is more than {number}")
            yield Pick(f"{name} > {number}", more.format(question=label, number=number))
        yield Pick(f"{name} == 0", gettext("“{question}” is {number}").format(question=label, number=0))
    elif options := options_of(source):
        yield from _choices(name, label, options, several=kind == "array")
    else:
        yield Pick(f"has({name})", gettext("“{question}” is answered").format(question=label))


def _choices(name: str, label: str, options: list[tuple[str, str]], *, several: bool) -> Iterator[Pick]:
    for value, words in options:
        if several:
            ticked = gettext("“{question}” includes “{answer}”")
            yield Pick(f'"{value}" in {name}', ticked.format(question=label, answer=words))
            continue
        same, other = gettext("“{question}” is “{answer}”"), gettext("“{question}” is not “{answer}”")
        yield Pick(f'{name} == "{value}"', same.format(question=label, answer=words))
        yield Pick(f'{name} != "{value}"', other.format(question=label, answer=words))
    if several:
        every = gettext("Every answer to “{question}” is ticked")
        yield Pick(f"count({name}) == {len(options)}", every.format(question=label))
