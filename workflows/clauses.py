"""The procedure trace of a bundle (`trace.toml`): each clause of the written procedure with the elements that carry it
out, or with the reason why none does.

[[clause]]
number = "5512PRO 5"
text = "Ask the client to get in touch with the supervisor."
elements = ["T6_AskClientToContactSupervisor"]
waiver = ""                                          # a reason, where no element carries it out
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.language import gettext
from workflows.unreadable import why_unreadable

TRACE = "trace.toml"

_HEAD = """\
# Which elements of the diagrams carry out which clause of the procedure. "text" says in our words what the clause asks.
# A clause that no element carries out needs a waiver: the reason why. One with neither keeps a version from being published.
"""


class BadTrace(Exception):
    """A file that is no table of clauses; the message is a sentence that says why."""


@dataclass(frozen=True)
class Clause:
    """A clause: its `number` as the diagrams name it (`procedureRef`), and what carries it out."""

    number: str
    text: str
    elements: tuple[str, ...] = ()
    waiver: str = ""


def read(files: Mapping[str, str]) -> list[Clause]:
    """The clauses of a bundle in their order. Raises `BadTrace`, also when it has no such file."""
    if TRACE not in files:
        raise BadTrace(gettext("The file is missing. It says which step carries out which clause."))
    try:
        tables = tomllib.loads(files[TRACE])
    except (ValueError, RecursionError) as error:
        raise BadTrace(
            gettext("It cannot be read as TOML: {why}.").format(why=why_unreadable(error))
        ) from None
    rows = tables.get("clause", [])
    if not isinstance(rows, list) or not rows:
        raise BadTrace(
            gettext("It holds no clause. Write [[clause]], and below it number, text and elements.")
        )
    found = [_clause(row) for row in rows]
    _check_once([clause.number for clause in found])
    return found


def text_of(clauses: Iterable[Clause]) -> str:
    """Clauses as their file."""
    return "\n".join([_HEAD, *map(_table, clauses)])


def references(text: str) -> tuple[str, ...]:
    """The clauses that a `procedureRef` names: one, both of `5512PRO 1 and 2a`, both ends of `5512PRO 4-8`."""
    document, _, rest = text.strip().partition(" ")
    if not _NUMBERS.fullmatch(rest):
        return (text.strip(),) if text.strip() else ()
    return tuple(f"{document} {number}" for number in _BETWEEN.split(rest))


_NUMBERS = re.compile(r"[0-9]+[a-z]?(?:\.[ivx]+)?(?:(?:-| and )[0-9]+[a-z]?(?:\.[ivx]+)?)*")
_BETWEEN = re.compile(r"-| and ")


def without_clause(clauses: Iterable[Clause], named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Elements whose `procedureRef` names a clause that is not in the table, with that clause; `named`: element to text."""
    known = {clause.number for clause in clauses}
    for element, text in named.items():
        for number in references(text):
            if number not in known and text.strip() not in known:
                yield element, number


def _clause(row: Any) -> Clause:
    if not isinstance(row, dict):
        raise BadTrace(gettext("A clause is a table with number, text and elements."))
    for name in ("number", "text"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise BadTrace(gettext("A clause has no “{name}”; it is a text in quotes.").format(name=name))
    elements, waiver = row.get("elements", []), row.get("waiver", "")
    if not isinstance(elements, list) or not all(isinstance(one, str) for one in elements):
        words = gettext("The elements of clause {number} must be a list of texts.")
        raise BadTrace(words.format(number=row["number"]))
    if not isinstance(waiver, str):
        raise BadTrace(gettext("The waiver of clause {number} must be a text.").format(number=row["number"]))
    return Clause(row["number"].strip(), row["text"].strip(), tuple(dict.fromkeys(elements)), waiver.strip())


def _check_once(numbers: list[str]) -> None:
    twice = [number for number in numbers if numbers.count(number) > 1]
    if twice:
        raise BadTrace(gettext("Clause {number} is there twice.").format(number=twice[0]))


def _table(clause: Clause) -> str:
    lines = ["[[clause]]", f"number = {_quoted(clause.number)}", f"text = {_quoted(clause.text)}"]
    if clause.elements:
        lines.append(f"elements = [{', '.join(map(_quoted, clause.elements))}]")
    if clause.waiver:
        lines.append(f"waiver = {_quoted(clause.waiver)}")
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """A text as TOML writes it: as JSON does, but for one character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
