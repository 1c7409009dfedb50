"""The Social Security number guard: no number, and no part of one, gets past the door (domain 6.4).

It neither keeps, prints nor raises with what it found.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from workflows.errors import InvalidInput
from workflows.social_security import find

_LONG = 10**15
"""Numbers from here on are longer than nine digits, however they are written."""
_UUID = re.compile(r"[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_PLAIN_NAME = re.compile(r"(?!.*[0-9]{4})[a-z][a-z0-9_]{0,59}")


class SsnFound(InvalidInput):
    """This looks like a Social Security number. Take it out: this site never keeps one."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(fields={field: type(self).__doc__ or ""})


def guard(answers: Mapping[str, object]) -> None:
    """Raise `SsnFound` with the name of the first field that holds a number, anywhere inside it.

    Names of fields are looked at as well, because a caller of the API chooses them. A phone number of ten digits
    passes in every field.
    """
    for name, value in answers.items():
        if any(find(text) for text in (str(name), *_texts(value))):
            raise SsnFound(name if isinstance(name, str) and _PLAIN_NAME.fullmatch(name) else "")


def guard_keys(field: str, keys: Iterable[str]) -> None:
    """The same for keys that a program chooses or passes on. One that is a UUID passes, whose digits fall as they may."""
    guard({field: [key for key in keys if not _UUID.fullmatch(key)]})


def _texts(value: object) -> Iterator[str]:
    """Every text and number inside a JSON value, however deep."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, int | float) and not isinstance(item, bool) and abs(item) < _LONG:
            yield f"{item:f}".rstrip("0").rstrip(".") if isinstance(item, float) else str(item)
        elif isinstance(item, Mapping):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list | tuple | set | frozenset):
            waiting += item
