"""Refusals in the history: who was refused what, by which rule (domain 7.3)."""

from typing import Any

from workflows import clock, history
from workflows.db import transaction
from workflows.errors import AssignedToAnother, Refused, SsnBlocked
from workflows.people import Actor
from workflows.work import Work


def record_refusal(actor: Actor, what: str, refused: Refused, about: dict[str, str]) -> None:
    """Write down that somebody was refused: what, by which rule, on which case; never a value that was typed."""
    kind = "refused"
    if isinstance(refused, SsnBlocked):
        kind = "ssn_blocked"
    elif isinstance(refused, AssignedToAnother) and what == "claim":
        kind = "claim_lost"
    details: dict[str, Any] = {
        "what": what,
        "rule": refused.code,
        "fields": sorted(refused.fields),
        "on": about,
    }
    with transaction() as db:
        work = Work(db, actor, clock.now())
        history.record(work, kind, **details)
