"""Looking after incidents: try again what failed, give a person's task back, or dismiss."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.cases import Case, lock_case
from workflows.commands import agreements, cases, command, digests, retention, timers
from workflows.errors import Incident, InvalidInput, NotAllowed, NotFound, NotNow, Refused
from workflows.history import record
from workflows.incidents import CaseIncident, end
from workflows.language import gettext, marked
from workflows.people import SYSTEM, Actor, Person, actor_for
from workflows.privacy import ADM
from workflows.ssn_guard import guard
from workflows.timers import Timer
from workflows.work import Work

LONGEST_REASON = 300


@dataclass(frozen=True)
class Retried:
    """What came of trying again: `went_on`, `returned` to the person whose task it is, `failed_again`, `not_again`
    (only a person can do it anew), or `refused` with the sentence in `words`."""

    reference: str
    result: str
    words: str = ""


@dataclass(frozen=True)
class _Again:
    """What is to be done again, by whom."""

    id: int
    reference: str
    tried: str
    subject: str
    case_id: int | None
    actor: Actor | None


def retry(actor: Actor, incident_id: int) -> Retried:
    """Try again what failed: the clock's work at once, what somebody asked for in that person's name.

    A task that a person could not complete is given back to that person, with the draft kept.
    """
    again = _taken_up(actor, incident_id)
    if again.tried == "complete":
        return Retried(again.reference, "returned")
    if again.tried not in _RERUN:
        return Retried(again.reference, "not_again")
    try:
        went_on = _RERUN[again.tried](again)
    except Incident:
        return Retried(again.reference, "failed_again")
    except Refused as refused:
        return Retried(again.reference, "refused", refused.message)
    if not went_on:
        return Retried(
            again.reference, "refused", gettext("It cannot be done now: the case is on hold or has gone on.")
        )
    _resolve(actor, incident_id)
    return Retried(again.reference, "went_on")


@command
def _taken_up(work: Work, incident_id: int) -> _Again:
    """Check and write down that somebody tries again; a timer becomes due, a task is the person's again."""
    row, case = _open_incident(work, incident_id)
    if row.tried == "complete":
        row.returned_at = work.now
    timer = work.db.get(Timer, row.subject) if row.tried == "timer" else None
    if timer is not None and timer.closed_at is None:
        timer.attempts, timer.due_at = 0, work.now
    record(work, "incident_retried", case, esd_only=case is not None, problem=row.reference)
    person = work.db.get(Person, row.person_id) if row.person_id else None
    who = actor_for(work.db, person) if person and person.active else None
    return _Again(row.id, row.reference, row.tried, row.subject, row.case_id, who)


@command
def _resolve(work: Work, incident_id: int) -> None:
    """What failed has gone through after all; the clock may have seen that first and settled the incident."""
    row, _ = _locked_incident(work, incident_id)
    if row.status == "open":
        end(work, row, "resolved", marked("It was tried again and went through."))


@command
def dismiss(work: Work, incident_id: int, reason: str) -> None:
    """Put an incident away that needs nothing more, with the reason; never a fact about a client."""
    guard({"reason": reason})
    row, _ = _open_incident(work, incident_id)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise InvalidInput(
            fields={"reason": gettext("Say why, in 1 to {most} characters.").format(most=LONGEST_REASON)}
        )
    end(work, row, "dismissed", reason.strip())


def _open_incident(work: Work, incident_id: int) -> tuple[CaseIncident, Case | None]:
    """An open incident of the administrator's area with its case, both locked."""
    row, case = _locked_incident(work, incident_id)
    if row.status != "open":
        raise NotNow(gettext("This problem was looked after in the meantime."))
    return row, case


def _locked_incident(work: Work, incident_id: int) -> tuple[CaseIncident, Case | None]:
    """An incident of the administrator's area, whatever its state, with its case, both locked."""
    if not work.actor.has(ADM):
        raise NotAllowed(gettext("Problems are looked after by administrators."))
    row = work.db.get(CaseIncident, incident_id)
    if row is None or row.area_code != work.actor.area:
        raise NotFound(gettext("There is no such problem that you may see."))
    case = lock_case(work.db, row.case_id) if row.case_id else None
    work.db.refresh(row, with_for_update=True)
    return row, case


def _clock_again(again: _Again) -> bool:
    act = {"timer": timers.fire, "remind": timers.remind_late, "free_idle": timers.free_idle}[again.tried]
    return act(SYSTEM, again.subject)


def _asked_again(again: _Again) -> bool:
    """What somebody asked for is done in that person's name and with that person's rights of today."""
    if again.actor is None:
        raise NotNow(
            gettext("Whoever asked for this may no longer sign in. Somebody else has to do it anew.")
        )
    _ASKED[again.tried](again.actor, again.subject)
    return True


def _reviewed_again(again: _Again) -> bool:
    agreements.review_case(SYSTEM, again.case_id or 0)
    return True


def _done(_result: object) -> bool:
    """It went through, whether or not there was anything to say."""
    return True


_ASKED: dict[str, Callable[[Actor, str], object]] = {
    "withdraw": cases.withdraw,
    "opened_in_error": cases.opened_in_error,
    "opt_out_again": cases.opt_out_again,
}

_RERUN: dict[str, Callable[[_Again], bool]] = {
    **dict.fromkeys(("timer", "remind", "free_idle"), _clock_again),
    **dict.fromkeys(_ASKED, _asked_again),
    "review": _reviewed_again,
    "anonymise": lambda again: retention.anonymise(SYSTEM, again.case_id or 0),
    "daily": lambda again: _done(digests.queue_daily(SYSTEM, int(again.subject))),
    "warn": lambda again: _done(agreements.warn(SYSTEM, again.subject)),
}
