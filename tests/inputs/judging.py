"""What is wrong with an answer: a failure, a leak, a number repeated, a message for programmers. Worked out from the one
table of permissions, not from the product."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tests.inputs.odd import SSN
from tests.permissions.cases import STATES, State
from tests.permissions.people import Who
from tests.permissions.relations import on_case, relation
from tests.permissions.table import FACT_ROWS

CANARY = re.compile(r"zeph[a-z]+", re.IGNORECASE)
"""Every word of the facts of a client of the world begins so, and nothing else does."""
ENDS = {"": "client", "reason": "reason", "aid": "aid", "sharednote": "shared_note", "esdnote": "esd_note"}
"""How the word of each fact ends."""
ALSO = {
    "duplicate": ("submitted",),
    "wish": ("closed_in",),
    "wish_done": ("reduced", "closed_in"),
    "reduced": ("wish_closed",),
}
"""The phases of other cases of the same client, which the way to a state leaves behind."""
UGLY = re.compile(
    r"Traceback|psycopg|sqlalchemy|werkzeug|pydantic|jinja2|\bTypeError|\bKeyError|\bValueError|object at 0x|<class '|NoneType"
)


def _words() -> Iterator[tuple[str, tuple[State, str]]]:
    for state in STATES:
        for end, fact in ENDS.items():
            yield f"{state.name}{end}".lower(), (state, fact)


WORDS = dict(_words())


@cache
def may_read(who: Who, state: State, fact: str) -> bool:
    """Whether the table lets somebody read a fact of a client, in any of the client's cases."""
    if not who.username or not who.active:
        return False
    if state.key == "draft" and fact in ("client", "reason", "aid"):
        return relation(who, state) == "partner"  # Whoever may write the request reads what is typed of it.
    phases = [state, *(replace(state, key="", phase=phase) for phase in ALSO.get(state.key, ()))]
    return any(on_case(FACT_ROWS[fact], who, one) == "yes" for one in phases)


def leaks(who: Who, told: str, sent: str, opened: bool = False) -> list[str]:
    """The words of an answer that tell somebody a fact not theirs to read; their own words are not told to them.

    `opened`: the request was for emergency access, which shows who the client is to administrator and auditor.
    """
    said = {word.lower() for word in CANARY.findall(sent)}
    found = {word.lower() for word in CANARY.findall(told)} - said
    return sorted(word for word in found if word not in WORDS or not _theirs(who, word, opened))


def _theirs(who: Who, word: str, opened: bool) -> bool:
    state, fact = WORDS[word]
    in_emergency = opened and fact == "client" and relation(who, state) in ("administrator", "auditor")
    return in_emergency or may_read(who, state, fact)


def wrongs(who: Who, status: int, told: str, sent: str, opened: bool = False) -> Iterator[str]:
    """Everything that no answer may do, whatever was asked."""
    if status >= 500:
        yield f"status {status}"
    if found := leaks(who, told, sent, opened):
        yield f"tells {', '.join(found[:3])}"
    if SSN in told:
        yield "repeats a Social Security number"
    if status >= 400 and (ugly := UGLY.search(told)) and ugly.group() not in sent:
        yield f"speaks like a program: {ugly.group()}"
