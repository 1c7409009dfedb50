"""Keeping records for as long as they must be kept, and no longer."""

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import clock, retention, steps
from workflows.cases import Case, case_numbered, lock_case
from workflows.commands import command
from workflows.db import transaction
from workflows.errors import InvalidInput, NotAllowed, NotFound, NotNow
from workflows.history import record
from workflows.incidents import resting, settled
from workflows.language import gettext
from workflows.organisations import Area
from workflows.people import SYSTEM
from workflows.privacy import ADM, PM
from workflows.retention import RecordsHold
from workflows.ssn_guard import guard
from workflows.work import Tried, Work

log = structlog.get_logger()

SHORTEST, LONGEST = 5, 300
AT_ONCE = 200
"""So many cases of an area are anonymised in one run of the job."""


@command
def place_hold(work: Work, number: str, reason: str) -> None:
    """Keep the records of a case for a records request or a court: nothing of it is erased until the hold ends."""
    case = _case(work, number)
    guard({"reason": reason})
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        words = gettext("Say in {shortest} to {longest} characters which request or court it is kept for.")
        raise InvalidInput(fields={"reason": words.format(shortest=SHORTEST, longest=LONGEST)})
    if case.status == "draft":
        raise NotNow(gettext("This request is begun and not sent, so there is no record of it yet."))
    if case.anonymised_at:
        raise NotNow(gettext("This case is anonymised already: nothing about its client is left to keep."))
    if retention.is_held(work.db, case.id):
        raise NotNow(gettext("The records of this case are on hold already."))
    hold = RecordsHold(case_id=case.id, reason=reason, placed_by_id=work.actor.id or 0, placed_at=work.now)
    work.db.add(hold)
    record(work, "records_hold_placed", case, esd_only=True)


@command
def end_hold(work: Work, number: str) -> None:
    """The request or the court is done with the records of a case."""
    case = _case(work, number)
    hold = work.db.get(RecordsHold, case.id)
    if hold is None:
        raise NotNow(gettext("The records of this case are not on hold."))
    work.db.delete(hold)
    record(work, "records_hold_ended", case, esd_only=True)


def _case(work: Work, number: str) -> Case:
    work.about["case"] = number
    if not work.actor.has(ADM, PM):
        raise NotAllowed(gettext("Records are put on hold by administrators and program managers."))
    case = case_numbered(work.db, number)
    if case.area_code != work.actor.area:
        raise NotFound(gettext("There is no case {number} that you may see.").format(number=number))
    return lock_case(work.db, case.id)


def anonymise_due() -> int:
    """Erase the facts about the clients of cases that need not be kept any more; how many cases. One transaction each, so
    that a case which fails stops no other."""
    with transaction() as db:
        due = [case_id for area in db.scalars(select(Area.code)) for case_id in _due(db, area)]
    return sum(_anonymise_quietly(case_id) for case_id in due)


def _due(db: Session, area: str) -> list[int]:
    ends = next((end for _, end in retention.years_over(db, area, clock.now())), None)
    return (
        retention.due(db, area, ends, AT_ONCE, ~resting("anonymise", Case.number, clock.now()))
        if ends
        else []
    )


def _anonymise_quietly(case_id: int) -> bool:
    try:
        return anonymise(SYSTEM, case_id)
    except Exception as error:
        log.error("case_not_anonymised", case_id=case_id, error=type(error).__name__)
        return False


@command
def anonymise(work: Work, case_id: int) -> bool:
    """Erase the facts about the client of one case, unless that is done or its records are on hold."""
    case = lock_case(work.db, case_id)
    if case.anonymised_at or retention.is_held(work.db, case_id):
        return False
    work.tried = Tried("anonymise", case.id, case.number)
    settled(work, "anonymise", case.number)
    steps.forget_client(work, case)
    case.anonymised_at = work.now
    record(work, "case_anonymised", case)
    return True
