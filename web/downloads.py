"""Files that a browser saves, made while they are sent: CSV that no spreadsheet runs, JSON an entry at a time."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A cell that begins so, in plain or in wide characters, would be run by a spreadsheet; an apostrophe before it makes it
a text (OWASP, CSV injection). What takes no room before it changes nothing."""

AT_ONCE = 100
"""So many rows are sent in one piece."""


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table as CSV, in pieces."""
    waiting: list[Sequence[object]] = [head]
    for row in rows:
        waiting.append([cell(value) for value in row])
        if len(waiting) >= AT_ONCE:
            yield _written(waiting)
            waiting = []
    yield _written(waiting)


def cell(value: object) -> str:
    """A value as a cell that is only ever a text."""
    text = "" if value is None else str(value)
    first = next((letter for letter in text if letter.isprintable() and not letter.isspace()), "")
    return f"'{text}" if first in FORMULA or text.startswith(("\t", "\r", "\n")) else text


def _written(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A list of objects as one JSON document, in pieces."""
    yield '{"items": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]}\n"


def saved_as(name: str, kind: str, pieces: Iterable[str]) -> Response:
    """An answer that the browser saves under a name."""
    answer = Response(pieces, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
