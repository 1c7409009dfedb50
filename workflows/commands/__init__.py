"""Every write, by noun. A command is one function and one transaction: first it checks everything, then it changes.

`@command` opens the transaction and hands the function its unit of work. A refusal rolls everything back and is
written to the history in a transaction of its own: who, what, which rule (domain 7.3). So is a failure of what a
command says it tries (`Work.tried`): it becomes an incident.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from workflows import clock
from workflows.db import transaction
from workflows.definitions import learn_words
from workflows.errors import Incident, Refused, SsnBlocked, Unavailable
from workflows.failures import incident_of
from workflows.incidents import keep_what_was_typed, write_down
from workflows.people import Actor
from workflows.refusals import record_refusal
from workflows.request_keys import once
from workflows.ssn_guard import SsnFound
from workflows.work import Work

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K", bound=int | str | None)


def command(function: Callable[Concatenate[Work, P], R]) -> Callable[Concatenate[Actor, P], R]:
    """Make `function(work, …)` callable as `function(actor, …)`, in one transaction."""

    @wraps(function)
    def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        about: dict[str, str] = {}
        work: Work | None = None
        try:
            with transaction() as db:
                learn_words(db)
                work = Work(db, actor, clock.now(), about=about)
                return function(work, *args, **kwargs)
        except SsnFound as found:
            blocked = SsnBlocked.at(found.field)
            record_refusal(actor, function.__name__, blocked, about)
            raise blocked from None
        except Unavailable:
            raise  # Nothing can be written about it, and nothing is wrong with the case.
        except Incident as incident:
            _look_after(work, incident)
            raise
        except Refused as refused:
            record_refusal(actor, function.__name__, refused, about)
            raise
        except Exception as error:
            failed = _failed(work, error)
            if failed is None:
                raise
            raise failed from error

    return run


def keyed(key: str | None, done: Callable[Concatenate[Actor, P], K]) -> Callable[Concatenate[Actor, P], K]:
    """A command that is done once under a key of its actor, however often it is asked for; without a key as it is."""
    plain: Callable[Concatenate[Work, P], K] = done.__wrapped__  # type: ignore[attr-defined]
    return command(once(key, plain)) if key else done


def _look_after(work: Work | None, incident: Incident) -> bool:
    """Keep what was typed and write the incident down, after everything else was rolled back."""
    if work is None or work.tried is None:
        return False
    return write_down(work.actor, work.tried, incident, draft_kept=keep_what_was_typed(work))


def _failed(work: Work | None, error: Exception) -> Incident | None:
    """The incident for any other failure of what was tried; None when nothing was, or nothing could be written."""
    if work is None or work.tried is None:
        return None
    incident = incident_of(work, work.tried.case_id, error)
    return incident if _look_after(work, incident) else None
