"""Every read of the pages and the API. A query checks what its reader may see; what it gives may be shown as it is.

`@query` opens the transaction. A query that shows facts about a client writes that into the history (domain 7.3).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from workflows import clock
from workflows.db import transaction
from workflows.definitions import learn_words
from workflows.errors import InvalidInput, NotAllowed, NotFound, SsnBlocked
from workflows.language import gettext
from workflows.people import Actor
from workflows.refusals import record_refusal
from workflows.ssn_guard import SsnFound
from workflows.work import Work

P = ParamSpec("P")
R = TypeVar("R")


def query(function: Callable[Concatenate[Work, P], R]) -> Callable[Concatenate[Actor, P], R]:
    """Make `function(work, …)` callable as `function(actor, …)`, in one transaction."""

    @wraps(function)
    def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        about: dict[str, str] = {}
        try:
            with transaction() as db:
                learn_words(db)
                return function(Work(db, actor, clock.now(), about=about), *args, **kwargs)
        except SsnFound as found:
            blocked = SsnBlocked.at(found.field)
            record_refusal(actor, function.__name__, blocked, about)
            raise blocked from None
        except (NotAllowed, NotFound) as refused:
            record_refusal(actor, function.__name__, refused, about)
            raise

    return run


def whole_number(name: str, text: str) -> int:
    """The whole number that a key of a page is; refused in words when it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidInput(fields={name: gettext("This page no longer exists. Start from the first page.")})
    return int(text)
