"""What a program manager decides when an agreement lapsed (T90), for many cases at once."""

from collections.abc import Iterable

from workflows.commands import user_tasks
from workflows.commands.many import Outcome, at_most, each
from workflows.errors import NotAllowed, NotNow
from workflows.language import gettext
from workflows.people import Actor
from workflows.privacy import PM
from workflows.queries.agreement_view import agreement_view

MOST = 100
"""So many cases are decided at once."""


def decide_many(actor: Actor, agreement: str, numbers: Iterable[str], action: str) -> list[Outcome]:
    """Answer the open decisions on cases of an agreement's agency, each for itself: `resume`, `hand_to_esd`, `close`.

    A case is resumed only under an agreement in force (domain 7.2). One that is refused does not hold up the others.
    """
    if not actor.has(PM):
        raise NotAllowed(gettext("Program managers decide how a case on hold goes on."))
    too_many = gettext("Choose up to {most} cases at once.").format(most=MOST)
    chosen = at_most(MOST, numbers, "cases", too_many)
    open_ones = {case.number: case.decision for case in agreement_view(actor, agreement).cases}

    def decide(number: str) -> None:
        task_id = open_ones.get(number)
        if task_id is None:
            raise NotNow(gettext("No decision is open on this case."))
        user_tasks.complete(actor, task_id, {"action": action})

    return each(chosen, decide, {number: number for number in chosen})
