"""Data-sharing agreements: entering and changing them, and what follows when one ends (domain 7.2)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import and_, select, union

from workflows import holds, instances, outbox
from workflows.area_settings import calendar_of
from workflows.calendar import read_day
from workflows.cases import Case, lock_case
from workflows.commands import command
from workflows.db import after_commit, transaction
from workflows.definitions import MAIN_PROCESS, bundle_of, deployed
from workflows.errors import InvalidInput, NotAllowed
from workflows.history import record
from workflows.incidents import settled
from workflows.language import gettext, marked
from workflows.organisations import BASES, Agency, Agreement, Area, agreement_shortcoming
from workflows.outbox import OutboxMessage
from workflows.people import SYSTEM, Actor, Person, people_with, person_named
from workflows.settings import settings
from workflows.ssn_guard import guard
from workflows.user_tasks import open_tasks
from workflows.work import Tried, Work

log = structlog.get_logger()

K = TypeVar("K", int, str)

KINDS = ("data_sharing", "resource_sharing")
STATUS_WORDS = {
    "draft": marked("Draft"),
    "active": marked("Active"),
    "suspended": marked("Suspended"),
    "terminated": marked("Terminated"),
    "expired": marked("Expired"),
}
"""The states of an agreement in words."""
STATUSES = tuple(STATUS_WORDS)


@command
def save_agreement(work: Work, number: str, values: Mapping[str, object], new: bool = False) -> None:
    """Enter or change an agreement: agency, kind, basis, document, dates, status, contract managers.

    By program managers and administrators of the agency's area. `new`: one that is there already is not changed.
    """
    if not work.actor.has("program_manager", "administrator"):
        raise NotAllowed(gettext("Program managers and administrators keep the agreements."))
    guard({"number": number, **values})
    found = _of_area(work, number)
    if found and new:
        raise InvalidInput(fields={"number": gettext("There is already an agreement of this number.")})
    row = found or Agreement(number=number, warned=[])
    before = row.status
    _fill(work, row, values)
    work.db.add(row)
    work.db.flush()
    record(work, "agreement_changed", number=number, agency=row.agency_code, before=before, after=row.status)
    after_commit(work.db, lambda: _review_soon(row.agency_code))


def _of_area(work: Work, number: str) -> Agreement | None:
    """The agreement of a number in the actor's area. A number that another area has is nobody's here, so that nobody
    learns of it; the area is locked, so that one number is not entered twice at once."""
    work.db.execute(select(Area.code).where(Area.code == work.actor.area).with_for_update(key_share=True))
    of_area = Agency.code == Agreement.agency_code, Agency.area_code == work.actor.area
    found = select(Agreement).join(Agency, and_(*of_area)).where(Agreement.number == number)
    return work.db.scalar(found.with_for_update(of=Agreement))


def review() -> int:
    """Warn of agreements that end, put cases of lapsed agencies on hold, resume what was never decided. A daily job
    that may run at any time and any number of times."""
    with transaction() as db:
        agencies = list(db.scalars(select(Agency.code).where(~Agency.is_esd).order_by(Agency.code)))
    return sum(_review_agency_quietly(code) for code in agencies)


def review_agency(code: str) -> int:
    """The same for one agency; how many cases changed."""
    _quietly(warn, code)
    with transaction() as db:
        of_agency = select(Case.id).where(Case.agency_code == code)
        withheld = of_agency.join(OutboxMessage).where(OutboxMessage.state == "withheld")
        either = union(of_agency.where(Case.closed_at.is_(None)), withheld).subquery()
        case_ids = list(db.scalars(select(either.c.id).order_by(either.c.id)))
    return sum(_quietly(review_case, case_id) for case_id in case_ids)


def _review_soon(code: str) -> None:
    _review_agency_quietly(code)


def _review_agency_quietly(code: str) -> int:
    """What cannot be done now, the next review does; what was saved before stays saved."""
    try:
        return review_agency(code)
    except Exception as error:
        log.warning("set_aside", what="review_agency", id=code, error=type(error).__name__)
        return 0


def _quietly(act: Callable[[Actor, K], object], key: K) -> bool:
    """One agency or case that is busy or broken does not hold up the others; only the kind of failure is logged."""
    try:
        return bool(act(SYSTEM, key))
    except Exception as error:
        log.warning("set_aside", what=getattr(act, "__name__", ""), id=key, error=type(error).__name__)
        return False


@command
def review_case(work: Work, case_id: int) -> bool:
    """Hold, resume or escalate one case, as its agency's agreement and the passing of time demand; let the notices
    go out that nothing withholds any more. Gives whether the case changed."""
    case = lock_case(work.db, case_id)
    work.tried = Tried("review", case.id, case.number)
    changed = case.closed_at is None and case.process_key == MAIN_PROCESS and _review_open(work, case)
    outbox.release_withheld(work, case)
    return changed


def _review_open(work: Work, case: Case) -> bool:
    _tell_of_age(work, case)
    lapsed = holds.lapsed(work.db, case, work.now)
    if lapsed and not case.held_at:
        holds.hold(work, case)
        return True
    if not lapsed and case.held_at and not case.lapse_announced:
        holds.resume(work, case)
        return True
    return _escalate_hold(work, case)


@command
def warn(work: Work, code: str) -> None:
    """N10: an agreement ends in 90, 60, 30 or 7 days, or has lapsed; each told once to both managers and the PMs,
    unless the agency's cases go on under another one."""
    today, area = work.now.astimezone(settings().zone).date(), work.db.get_one(Agency, code).area_code
    work.tried = Tried("warn", subject=code, name=code, area=area)
    days_before = _warning_days(work, area)
    for row in work.db.scalars(select(Agreement).where(Agreement.agency_code == code).with_for_update()):
        threshold = _due_warning(row, today, days_before)
        if threshold is not None:
            _warn_of(work, row, threshold, today)
    settled(work, "warn", code)


def _warn_of(work: Work, row: Agreement, threshold: int | str, today: date) -> None:
    """An end that another agreement covers changes nothing for the cases: no warning, and a lapse without a mail."""
    lapses = threshold == "lapsed"
    from_day = today if lapses else row.ends_on + timedelta(days=1)
    covered = agreement_shortcoming(work.db, row.agency_code, from_day) is None
    if covered and not lapses:
        return
    row.warned = [*row.warned, threshold]
    if lapses and row.status == "active":
        row.status = "expired"
    kind = "agreement_lapsed" if lapses else "agreement_warning"
    if not covered:
        outbox.queue(work, kind, None, _concerned(work, row), agreement=row.id)
    area = work.db.get_one(Agency, row.agency_code).area_code
    record(work, kind, area=area, number=row.number, agency=row.agency_code, threshold=threshold)


def _due_warning(row: Agreement, today: date, days_before: tuple[int, ...]) -> int | str | None:
    """The tightest warning that is due and not given: after an outage one mail, not four."""
    if row.kind != "data_sharing" or "lapsed" in row.warned or row.status == "draft":
        return None
    if row.status != "active" or today > row.ends_on:
        return "lapsed"
    left = (row.ends_on - today).days
    reached = [days for days in days_before if left <= days]
    return min(reached) if reached and min(reached) not in row.warned else None


def _warning_days(work: Work, area: str) -> tuple[int, ...]:
    """Days before the end at which both contract managers are warned (domain 5.2, agreement_warning_days)."""
    newest = deployed(work.db, area=area)
    return bundle_of(work.db, newest.id).service_levels.numbers("agreement_warning_days") if newest else ()


def _concerned(work: Work, row: Agreement) -> list[Person]:
    managers = [work.db.get(Person, i) for i in (row.esd_manager_id, row.partner_manager_id) if i]
    agency = work.db.get_one(Agency, row.agency_code)
    everyone = [*managers, *people_with(work.db, "program_manager", area=agency.area_code)]
    return list({person.id: person for person in everyone if person}.values())


ROUND_OF_AGE = -1
"""The round of the one notice about a case's age, so that it is written once however often it is looked at."""


def _tell_of_age(work: Work, case: Case) -> None:
    """N7 once to the program managers when a case is open for longer than `case_max_age`."""
    levels = instances.bundle_of_case(work, case).service_levels
    calendar = calendar_of(work.db, levels, case.area_code)
    if calendar.add(case.opened_at, levels.duration("case_max_age")) <= work.now:
        people = people_with(work.db, "program_manager", area=case.area_code)
        outbox.queue(work, "escalate_to_program_manager", case, people, round=ROUND_OF_AGE)


def _escalate_hold(work: Work, case: Case) -> bool:
    """N7 when only the partner's own tasks are left and the hold lasts longer than `hold_max`."""
    if case.held_at is None or case.hold_escalated:
        return False
    levels = instances.bundle_of_case(work, case).service_levels
    waiting = {task.role for task in open_tasks(work.db, case.id)}
    calendar = calendar_of(work.db, levels, case.area_code)
    if (
        waiting - {"case_manager", "program_manager"}
        or calendar.add(case.held_at, levels.duration("hold_max")) > work.now
    ):
        return False
    case.hold_escalated = True
    people = people_with(work.db, "program_manager", area=case.area_code)
    outbox.queue(work, "escalate_hold", case, people)
    return True


def _fill(work: Work, row: Agreement, values: Mapping[str, object]) -> None:
    errors: dict[str, str] = {}
    ended_on = row.ends_on
    agency = work.db.get(Agency, str(values.get("agency") or row.agency_code or ""))
    if agency is None or agency.area_code != work.actor.area:
        errors["agency"] = gettext("Choose the agency.")
    row.kind = _choice(values, "kind", KINDS, row.kind, errors)
    row.basis = _choice(values, "basis", BASES, row.basis, errors)
    row.status = _choice(values, "status", STATUSES, row.status, errors)
    row.starts_on = _day(values, "starts_on", row.starts_on, errors)
    row.ends_on = _day(values, "ends_on", row.ends_on, errors)
    if not errors and row.ends_on < row.starts_on:
        errors["ends_on"] = gettext("The end must not be before the start.")
    if not row.number or len(row.number) > 40:
        errors["number"] = gettext("Enter the number of the agreement, up to 40 characters.")
    if errors:
        raise InvalidInput(fields=errors)
    if agency and row.agency_code and row.agency_code != agency.code:
        raise InvalidInput(
            fields={
                "agency": gettext("An agreement stays with its agency. Enter a new one under its own number.")
            }
        )
    row.agency_code = agency.code if agency else row.agency_code
    row.esd_manager_id = _manager(work, values, "esd_manager", row.esd_manager_id, _of_esd(work))
    row.partner_manager_id = _manager(
        work, values, "partner_manager", row.partner_manager_id, {row.agency_code}
    )
    row.basis_document = str(values.get("basis_document") or row.basis_document or "")[:80]
    if row.ends_on >= work.now.astimezone(settings().zone).date() and row.status == "active":
        _warn_anew(row, ended_on)


def _warn_anew(row: Agreement, ended_on: date | None) -> None:
    """An agreement in force may lapse once more; its end is warned of once more only when it is a later one."""
    later = ended_on is None or row.ends_on > ended_on
    row.warned = [] if later else [threshold for threshold in row.warned if threshold != "lapsed"]


def _of_esd(work: Work) -> set[str]:
    """The agencies that are Employment Security itself."""
    return set(work.db.scalars(select(Agency.code).where(Agency.is_esd)))


def _manager(
    work: Work, values: Mapping[str, object], name: str, now: int | None, agencies: set[str]
) -> int | None:
    """The contract manager of a user name, one for each side (domain 7.2); left as it is when none is given."""
    if name not in values:
        return now
    person = person_named(work.db, str(values[name])) if values[name] else None
    if values[name] and (person is None or person.area_code != work.actor.area):
        raise InvalidInput(fields={name: gettext("Choose a person from the list.")})
    if person and person.agency_code not in agencies:
        ours = gettext("Choose somebody of Employment Security.")
        theirs = gettext("Choose somebody of the agency itself.")
        raise InvalidInput(fields={name: ours if name == "esd_manager" else theirs})
    return person.id if person else None


def _choice(
    values: Mapping[str, object], name: str, allowed: tuple[str, ...], now: str | None, errors: dict[str, str]
) -> str:
    value = str(values.get(name) or now or "")
    if value not in allowed:
        listed = ", ".join(word.replace("_", " ") for word in allowed)
        errors[name] = gettext("Choose one of: {listed}.").format(listed=listed)
    return value


def _day(values: Mapping[str, object], name: str, now: date | None, errors: dict[str, str]) -> date:
    try:
        value = values.get(name)
        return read_day(value) if value else (now or read_day(""))
    except ValueError:
        errors[name] = gettext("Enter a date, such as 2027-06-30.")
        return date.max
