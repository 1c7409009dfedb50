"""Every write, by noun. A command is one function and one transaction: first it checks everything, then it changes.

`@command` opens the transaction and hands the function its unit of work. A refusal rolls everything back and is
written to the history in a transaction of its own: who, what, which rule (domain 7.3).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from workflows import clock
from workflows.db import transaction
from workflows.errors import Refused, SsnBlocked
from workflows.people import Actor
from workflows.refusals import record_refusal
from workflows.ssn_guard import SsnFound
from workflows.work import Work

P = ParamSpec("P")
R = TypeVar("R")


def command(function: Callable[Concatenate[Work, P], R]) -> Callable[Concatenate[Actor, P], R]:
    """Make `function(work, …)` callable as `function(actor, …)`, in one transaction."""

    @wraps(function)
    def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        about: dict[str, str] = {}
        try:
            with transaction() as db:
                return function(Work(db, actor, clock.now(), about=about), *args, **kwargs)
        except SsnFound as found:
            blocked = SsnBlocked(fields={found.field: SsnBlocked.__doc__ or ""})
            record_refusal(actor, function.__name__, blocked, about)
            raise blocked from None
        except Refused as refused:
            record_refusal(actor, function.__name__, refused, about)
            raise

    return run
