"""The invented staff of a simulation: as many as the requests need, each with habits and days of absence.

All are samples of the sample area. What they are late with and forget is drawn once for each of them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from workflows import sample
from workflows.calendar import Calendar, Duration
from workflows.organisations import Agreement
from workflows.simulation.plan import Plan

OFFICES = ("WSK", "WSC", "WSJ")
PARTNERS = ("FWP", "DYP")
WITHOUT_AGREEMENT = "SCC"
LAPSING = "K-TEST-102"
"""The agreement that ends in the middle, and is renewed too late."""

REQUESTS_A_SUPERVISOR, REQUESTS_A_CASE_MANAGER = 6, 4
"""How many new requests a day one of them can look after."""


@dataclass(frozen=True)
class Absent:
    """Days on which somebody is away, both included; `planned`: it was known before, and is entered in the product."""

    first: date
    last: date
    planned: bool


@dataclass(frozen=True)
class Member:
    """Somebody of the staff. `diligence` is the share of the tasks in the list that are taken up at once, `leaves` the
    share of those begun and left lying; `pace` how much longer than others somebody works."""

    sample: sample.Sample
    diligence: float
    leaves: float
    pace: float
    absences: tuple[Absent, ...]

    @property
    def username(self) -> str:
        """The user name."""
        return self.sample.username

    @property
    def role(self) -> str:
        """The one role."""
        return self.sample.role

    def is_away(self, day: date) -> bool:
        """Whether the person is absent on a day."""
        return any(one.first <= day <= one.last for one in self.absences)


def staff(plan: Plan) -> list[Member]:
    """The whole staff for the requests of a plan."""
    return [_member(plan, one) for one in _samples(plan)]


def _samples(plan: Plan) -> Iterator[sample.Sample]:
    for office, backed in zip(OFFICES, (*OFFICES[1:], OFFICES[0]), strict=True):
        name = sample.OFFICES[office].split()[-1]
        for number in _numbers(plan, REQUESTS_A_CASE_MANAGER, least=2):
            agency = PARTNERS[number % len(PARTNERS)]
            yield sample.Sample(f"Case Manager {name} {number}", "case_manager", agency, (office,))
        for number in _numbers(plan, REQUESTS_A_SUPERVISOR):
            role = "esd_wioa_supervisor"
            yield sample.Sample(f"Supervisor {name} {number}", role, "ESD", (office,), backup=(backed,))
        yield sample.Sample(f"Staff {name}", "esd_staff", "ESD", (office,))
    yield sample.Sample("Case Manager Saltgrass", "case_manager", WITHOUT_AGREEMENT, (OFFICES[0],))
    yield sample.Sample("Program Manager One", "program_manager", "OWDC")
    yield sample.Sample("Administrator One", "administrator", "OWDC")


def _numbers(plan: Plan, requests_each: int, least: int = 1) -> range:
    wanted = math.ceil(plan.per_day / len(OFFICES) / requests_each)
    return range(1, max(least, wanted) + 1)


def _member(plan: Plan, one: sample.Sample) -> Member:
    habits = plan.chance("habits", one.username)
    return Member(
        sample=one,
        diligence=habits.one_of({0.95: 5, 0.8: 4, 0.4: 2}),
        leaves=habits.one_of({0.01: 6, 0.05: 3, 0.15: 1}),
        pace=habits.between(0.7, 1.6),
        absences=tuple(_absences(plan, one)),
    )


def _absences(plan: Plan, one: sample.Sample) -> Iterator[Absent]:
    """About twelve days a year each, from a day at home to more than a week of leave."""
    chance, back = plan.chance("absences", one.username), plan.first_day
    for day in plan.business_days[1:]:
        begins, length = chance.happens(0.02), chance.one_of({1: 5, 2: 2, 3: 1, 6: 2})
        planned = chance.happens(0.6)
        if begins and day > back:
            last = back = _last_day(plan.calendar, plan, day, length)
            yield Absent(day, last, planned)


def _last_day(calendar: Calendar, plan: Plan, first: date, length: int) -> date:
    days = Duration.parse(f"{length - 1} business days")
    return calendar.add(plan.moment(first, 9), days).astimezone(calendar.zone).date()


def hire(db: Session, members: list[Member], plan: Plan) -> None:
    """Write the places, the staff and the agreements into an empty database."""
    sample.add_places(db)
    ids = {one.username: sample.add_person(db, one.sample, "no-sign-in") for one in members}
    supervisor = next(ids[one.username] for one in members if one.role == "esd_wioa_supervisor")
    half = plan.first_day + timedelta(days=plan.days // 2)
    _add_agreement(db, "K-TEST-101", "FWP", plan.first_day + timedelta(days=3660), supervisor)
    _add_agreement(db, LAPSING, "DYP", half, supervisor)
    _add_agreement(db, "K-TEST-103", WITHOUT_AGREEMENT, plan.first_day - timedelta(days=1), supervisor)


def _add_agreement(db: Session, number: str, agency: str, ends_on: date, manager: int) -> None:
    db.add(
        Agreement(
            agency_code=agency,
            number=number,
            kind="data_sharing",
            basis="mou_with_wdc",
            basis_document=f"SAMPLE-{agency}",
            starts_on=date(2025, 7, 1),
            ends_on=ends_on,
            status="active",
            esd_manager_id=manager,
            partner_manager_id=None,
            warned=[],
        )
    )
