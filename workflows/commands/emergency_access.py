"""Opening facts about a client in an emergency (domain 6.2, "break-glass")."""

from workflows import access, outbox, privacy
from workflows.cases import Case, ClientFacts, case_numbered
from workflows.commands import command
from workflows.emergency_access import LIFE, EmergencyAccess, open_access
from workflows.errors import InvalidInput, NotNow
from workflows.history import record
from workflows.language import gettext
from workflows.people import people_with, supervisors_for
from workflows.ssn_guard import guard
from workflows.work import Work

SHORTEST, LONGEST = 10, 500


@command
def open_in_emergency(work: Work, number: str, reason: str) -> None:
    """Open who the client of a case is to an administrator or auditor of its area for half an hour.

    While one is open, asking again opens no other.
    """
    work.about["case"] = number
    case = case_numbered(work.db, number, lock=True)
    privacy.check_may_open_in_emergency(access.standing(work, case))
    guard({"reason": reason})
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        words = gettext(
            "Say in {shortest} to {longest} characters why you must know who the client is."
        ).format(shortest=SHORTEST, longest=LONGEST)
        raise InvalidInput(fields={"reason": words})
    if work.db.get(ClientFacts, case.id) is None:
        raise NotNow(gettext("Nothing is stored about the client of this case, so there is nothing to open."))
    if open_access(work.db, case.id, work.actor.id, work.now) is None:
        _open(work, case, reason)


def _open(work: Work, case: Case, reason: str) -> None:
    row = EmergencyAccess(
        case_id=case.id,
        person_id=work.actor.id or 0,
        reason=reason,
        began_at=work.now,
        ends_at=work.now + LIFE,
    )
    work.db.add(row)
    work.db.flush()
    record(work, "emergency_access_opened", case, esd_only=True, access=row.id, until=row.ends_at.isoformat())
    told = supervisors_for(work.db, case.office_code, case.area_code)
    told = [*told, *people_with(work.db, privacy.ADM, area=case.area_code)]
    outbox.queue(work, "emergency_access", case, [one for one in told if one.id != work.actor.id])
