"""Walking through a draft: a case that is played in memory, step by step, by whoever changes the procedure.

Only the moves are kept, as a scenario tells them: what was typed in words is not.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows import scenarios
from workflows.db import Base, JsonList
from workflows.scenarios import Scenario
from workflows.work import Work

MOST_MOVES = 200


class Rehearsal(Base):
    """What somebody has played of a draft so far; `moves` as in a scenario's file."""

    __tablename__ = "process_rehearsal"
    draft_id: Mapped[int] = mapped_column(
        ForeignKey("process_draft.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    process: Mapped[str]
    moves: Mapped[JsonList]
    may_open: Mapped[bool]
    duplicate: Mapped[bool]
    changed_at: Mapped[datetime]


def rehearsal_of(work: Work, draft_id: int) -> Rehearsal | None:
    """What the actor has played of a draft; None when nothing was begun."""
    return work.db.get(Rehearsal, (draft_id, work.actor.id))


def scenario_of(rehearsal: Rehearsal) -> Scenario:
    """What was played, as a scenario without a name that expects nothing yet."""
    steps = {
        "check_may_open": ({"may_open": rehearsal.may_open},),
        "check_duplicates": ({"duplicate": rehearsal.duplicate},),
    }
    unusual = {"check_may_open": not rehearsal.may_open, "check_duplicates": rehearsal.duplicate}
    told = {name: given for name, given in steps.items() if unusual[name]}
    moves = tuple(map(scenarios.move_of, rehearsal.moves))
    return Scenario("", "", rehearsal.process, moves, steps=told)
