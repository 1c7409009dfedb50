"""Data-sharing agreements: entering and changing them, and what follows when one ends (domain 7.2)."""

from collections.abc import Mapping
from datetime import date

import structlog
from sqlalchemy import select

from workflows import holds, instances, outbox
from workflows.cases import Case, lock_case
from workflows.commands import command
from workflows.db import transaction
from workflows.definitions import MAIN_PROCESS, bundle_of, deployed
from workflows.errors import InvalidInput, NotAllowed, Refused
from workflows.history import record
from workflows.organisations import BASES, Agency, Agreement
from workflows.people import SYSTEM, Person, people_with, person_named
from workflows.settings import settings
from workflows.ssn_guard import guard
from workflows.user_tasks import open_tasks
from workflows.work import Work

log = structlog.get_logger()

KINDS = ("data_sharing", "resource_sharing")
STATUSES = ("draft", "active", "suspended", "terminated", "expired")


@command
def save_agreement(work: Work, number: str, values: Mapping[str, object]) -> None:
    """Enter or change an agreement: agency, kind, basis, document, dates, status, contract managers."""
    if not work.actor.has("program_manager", "administrator"):
        raise NotAllowed("Program managers and administrators keep the agreements.")
    guard({"number": number, **values})
    row = work.db.scalar(select(Agreement).where(Agreement.number == number)) or Agreement(
        number=number, warned=[]
    )
    before = row.status
    _fill(work, row, values)
    work.db.add(row)
    work.db.flush()
    record(work, "agreement_changed", number=number, agency=row.agency_code, before=before, after=row.status)
    work.db.info.setdefault("after_commit", []).append(lambda: review_agency(row.agency_code))


def review() -> int:
    """Warn of agreements that end, put cases of lapsed agencies on hold, resume what was never decided. A daily job
    that may run at any time and any number of times."""
    with transaction() as db:
        agencies = list(db.scalars(select(Agency.code).where(~Agency.is_esd).order_by(Agency.code)))
    return sum(review_agency(code) for code in agencies)


def review_agency(code: str) -> int:
    """The same for one agency; how many cases changed."""
    warn(SYSTEM, code)
    with transaction() as db:
        query = select(Case.id).where(Case.agency_code == code, Case.closed_at.is_(None)).order_by(Case.id)
        case_ids = list(db.scalars(query))
    return sum(_review_quietly(case_id) for case_id in case_ids)


def _review_quietly(case_id: int) -> bool:
    try:
        return review_case(SYSTEM, case_id)
    except Refused as refused:
        log.warning("set_aside", what="review_case", id=case_id, rule=refused.code)
        return False


@command
def review_case(work: Work, case_id: int) -> bool:
    """Hold, resume or escalate one open case, as its agency's agreement and the passing of time demand."""
    case = lock_case(work.db, case_id)
    if case.closed_at or case.process_key != MAIN_PROCESS:
        return False
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
    """N10: an agreement ends in 90, 60, 30 or 7 days, or has lapsed; each told once to both managers and the PMs."""
    today = work.now.astimezone(settings().zone).date()
    days_before = _warning_days(work)
    for row in work.db.scalars(select(Agreement).where(Agreement.agency_code == code).with_for_update()):
        threshold = _due_warning(row, today, days_before)
        if threshold is None:
            continue
        row.warned = [*row.warned, threshold]
        if threshold == "lapsed" and row.status == "active":
            row.status = "expired"
        kind = "agreement_lapsed" if threshold == "lapsed" else "agreement_warning"
        outbox.queue(work, kind, None, _concerned(work, row), agreement=row.id)
        record(work, kind, number=row.number, agency=code, threshold=threshold)


def _due_warning(row: Agreement, today: date, days_before: tuple[int, ...]) -> int | str | None:
    """The tightest warning that is due and not given: after an outage one mail, not four."""
    if row.kind != "data_sharing" or "lapsed" in row.warned or row.status == "draft":
        return None
    if row.status != "active" or today > row.ends_on:
        return "lapsed"
    left = (row.ends_on - today).days
    reached = [days for days in days_before if left <= days]
    return min(reached) if reached and min(reached) not in row.warned else None


def _warning_days(work: Work) -> tuple[int, ...]:
    """Days before the end at which both contract managers are warned (domain 5.2, agreement_warning_days)."""
    newest = deployed(work.db)
    return bundle_of(work.db, newest.id).service_levels.numbers("agreement_warning_days") if newest else ()


def _concerned(work: Work, row: Agreement) -> list[Person]:
    managers = [work.db.get(Person, i) for i in (row.esd_manager_id, row.partner_manager_id) if i]
    agency = work.db.get_one(Agency, row.agency_code)
    everyone = [*managers, *people_with(work.db, "program_manager", Person.area_code == agency.area_code)]
    return list({person.id: person for person in everyone if person}.values())


ROUND_OF_AGE = -1
"""The round of the one notice about a case's age, so that it is written once however often it is looked at."""


def _tell_of_age(work: Work, case: Case) -> None:
    """N7 once to the program managers when a case is open for longer than `case_max_age`."""
    levels = instances.bundle_of_case(work, case).service_levels
    if levels.calendar().add(case.opened_at, levels.duration("case_max_age")) <= work.now:
        people = people_with(work.db, "program_manager", Person.area_code == case.area_code)
        outbox.queue(work, "escalate_to_program_manager", case, people, round=ROUND_OF_AGE)


def _escalate_hold(work: Work, case: Case) -> bool:
    """N7 when only the partner's own tasks are left and the hold lasts longer than `hold_max`."""
    if case.held_at is None or case.hold_escalated:
        return False
    levels = instances.bundle_of_case(work, case).service_levels
    waiting = {task.role for task in open_tasks(work.db, case.id)}
    if (
        waiting - {"case_manager", "program_manager"}
        or levels.calendar().add(case.held_at, levels.duration("hold_max")) > work.now
    ):
        return False
    case.hold_escalated = True
    people = people_with(work.db, "program_manager", Person.area_code == case.area_code)
    outbox.queue(work, "escalate_hold", case, people)
    return True


def _fill(work: Work, row: Agreement, values: Mapping[str, object]) -> None:
    errors: dict[str, str] = {}
    agency = work.db.get(Agency, str(values.get("agency") or row.agency_code or ""))
    if agency is None:
        errors["agency"] = "Choose the agency."
    row.kind = _choice(values, "kind", KINDS, row.kind, errors)
    row.basis = _choice(values, "basis", BASES, row.basis, errors)
    row.status = _choice(values, "status", STATUSES, row.status, errors)
    row.starts_on = _day(values, "starts_on", row.starts_on, errors)
    row.ends_on = _day(values, "ends_on", row.ends_on, errors)
    if not errors and row.ends_on < row.starts_on:
        errors["ends_on"] = "The end must not be before the start."
    if not row.number or len(row.number) > 40:
        errors["number"] = "Enter the number of the agreement, up to 40 characters."
    if errors:
        raise InvalidInput(fields=errors)
    if agency and row.agency_code and row.agency_code != agency.code:
        raise InvalidInput(
            fields={"agency": "An agreement stays with its agency. Enter a new one under its own number."}
        )
    row.agency_code = agency.code if agency else row.agency_code
    row.esd_manager_id = _manager(work, values, "esd_manager", row.esd_manager_id)
    row.partner_manager_id = _manager(work, values, "partner_manager", row.partner_manager_id)
    row.basis_document = str(values.get("basis_document") or row.basis_document or "")[:80]
    if row.ends_on >= work.now.astimezone(settings().zone).date() and row.status == "active":
        row.warned = []


def _manager(work: Work, values: Mapping[str, object], name: str, now: int | None) -> int | None:
    """The contract manager of a user name; left as it is when none is given."""
    if name not in values:
        return now
    person = person_named(work.db, str(values[name])) if values[name] else None
    if values[name] and person is None:
        raise InvalidInput(fields={name: "Choose a person from the list."})
    return person.id if person else None


def _choice(
    values: Mapping[str, object], name: str, allowed: tuple[str, ...], now: str | None, errors: dict[str, str]
) -> str:
    value = str(values.get(name) or now or "")
    if value not in allowed:
        errors[name] = "Choose one of: " + ", ".join(word.replace("_", " ") for word in allowed) + "."
    return value


def _day(values: Mapping[str, object], name: str, now: date | None, errors: dict[str, str]) -> date:
    try:
        value = values.get(name)
        return date.fromisoformat(str(value)) if value else (now or date.fromisoformat(""))
    except ValueError:
        errors[name] = "Enter a date, such as 2027-06-30."
        return date.max
