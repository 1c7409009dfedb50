"""What a program manager decides when an agreement lapsed (T90), for many cases at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.commands import user_tasks
from workflows.errors import InvalidInput, NotAllowed, Refused
from workflows.language import gettext
from workflows.people import Actor
from workflows.privacy import PM
from workflows.queries.agreement_view import agreement_view

MOST = 100
"""So many cases are decided at once."""


@dataclass(frozen=True)
class Decided:
    """What became of the decision on one case: why it was refused, or empty."""

    number: str
    refused: str


def decide_many(actor: Actor, agreement: str, numbers: Iterable[str], action: str) -> list[Decided]:
    """Answer the open decisions on cases of an agreement's agency, each for itself: `resume`, `hand_to_esd`, `close`.

    A case is resumed only under an agreement in force (domain 7.2). One that is refused does not hold up the others.
    """
    if not actor.has(PM):
        raise NotAllowed(gettext("Program managers decide how a case on hold goes on."))
    chosen = list(dict.fromkeys(numbers))
    if len(chosen) > MOST:
        raise InvalidInput(fields={"cases": gettext("Choose up to {most} cases at once.").format(most=MOST)})
    open_ones = {case.number: case.decision for case in agreement_view(actor, agreement).cases}
    return [_decide(actor, number, open_ones.get(number), action) for number in chosen]


def _decide(actor: Actor, number: str, task_id: str | None, action: str) -> Decided:
    if task_id is None:
        return Decided(number, "No decision is open on this case.")
    try:
        user_tasks.complete(actor, task_id, {"action": action})
    except Refused as refused:
        return Decided(number, " ".join(refused.fields.values()) or refused.message)
    return Decided(number, "")
