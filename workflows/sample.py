"""The sample people, agencies and agreements of domain section 8. All invented; each is marked as a sample."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import clock
from workflows.commands.people import passwords
from workflows.db import transaction
from workflows.language import gettext
from workflows.organisations import Agency, Agreement, Area, Office
from workflows.people import ROLES, Person, PersonOffice, PersonRole
from workflows.settings import settings

PASSWORD = "sample-opt-in-desk"  # noqa: S105  (it opens samples only, and the demo prints it)
"""The password of every sample person; samples are for a machine of one's own."""

AREAS = {"OLY": "Olympic"}
OFFICES = {
    "WSK": "WorkSource Kitsap",
    "WSC": "WorkSource Clallam",
    "WSJ": "WorkSource Jefferson",
    "DEMO": "WorkSource Sample Office",
}
AGENCIES = {
    "FWP": "Fernhollow Workforce Partners",
    "DYP": "Driftwood Youth Pathways",
    "SCC": "Saltgrass Career Collective",
    "TCN": "Tidepool Community Network",
    "OWDC": "Olympic Workforce Development Council (sample)",
    "ESD": "Employment Security (sample unit)",
}


@dataclass(frozen=True)
class Sample:
    """A sample person; clearances are complete unless said otherwise."""

    name: str
    role: str
    agency: str
    offices: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()
    restricted: bool = False
    non_disclosure: bool = True

    @property
    def username(self) -> str:
        """`first.last` in lower case."""
        return self.name.lower().replace(" ", ".")

    @property
    def description(self) -> str:
        """Role, agency and office in words, for the list of sign-ins."""
        words = [gettext(ROLES[self.role]), AGENCIES[self.agency], *(OFFICES[o] for o in self.offices)]
        words += [gettext("backup for {office}").format(office=OFFICES[o]) for o in self.backup]
        words += [gettext("restricted user")] if self.restricted and self.agency == "ESD" else []
        words += [] if self.non_disclosure else [gettext("no signed non-disclosure")]
        return ", ".join(words)


PEOPLE = (
    Sample("Avery Quillfeather", "case_manager", "FWP", ("WSK",)),
    Sample("Jordan Mapleshade", "case_manager", "FWP", ("WSC",)),
    Sample("Remy Stonecrop", "case_manager", "DYP", ("WSJ",)),
    Sample("Sasha Brackenridge", "case_manager", "SCC", ("WSK",)),
    Sample("Noor Lanternwick", "case_manager", "FWP", ("WSK",), non_disclosure=False),
    Sample("Casey Thistledown", "esd_wioa_supervisor", "ESD", ("WSK",)),
    Sample("Morgan Reedwater", "esd_wioa_supervisor", "ESD", ("WSC",), backup=("WSK",)),
    Sample("Devon Ashgrove", "esd_staff", "ESD", ("WSK",)),
    Sample("Ellis Fogharbor", "esd_staff", "ESD", ("WSK",), restricted=True),
    Sample("Robin Alderspire", "program_manager", "OWDC"),
    Sample("Kim Otterbrook", "program_manager", "OWDC"),
    Sample("Pat Windlass", "administrator", "OWDC"),
    Sample("Lee Cairnstone", "auditor", "ESD"),
)


def load() -> list[tuple[str, str]]:
    """Load the samples where they are not there yet; gives the sign-ins as (user name, description)."""
    with transaction() as db:
        if db.scalar(select(Person.id).where(Person.sample).limit(1)) is None:
            add_places(db)
            password_hash = passwords.hash(PASSWORD)
            for sample in PEOPLE:
                add_person(db, sample, password_hash)
            _add_agreements(db, clock.now().astimezone(settings().zone).date())
    return [(sample.username, sample.description) for sample in PEOPLE]


def add_places(db: Session) -> None:
    """Write the sample area with its offices and agencies."""
    db.add_all(Area(code=code, name=name) for code, name in AREAS.items())
    db.flush()
    for number, (code, name) in enumerate(OFFICES.items()):
        db.add(Office(code=code, name=name, area_code="OLY", phone=f"360-555-{190 + number:04}"))
    for code, name in AGENCIES.items():
        db.add(Agency(code=code, name=name, area_code="OLY", is_esd=code == "ESD"))
    db.flush()


def add_person(db: Session, sample: Sample, password_hash: str) -> int:
    """Write a sample person of the sample area; gives the id."""
    is_esd = sample.agency == "ESD"
    cleared = date(2026, 1, 15)
    person = Person(
        username=sample.username,
        name=f"{sample.name} (SAMPLE)",
        email=f"{sample.username}@{sample.agency.lower()}.example",
        password_hash=password_hash,
        agency_code=sample.agency,
        area_code="OLY",
        is_esd_staff=is_esd,
        is_restricted_user=sample.restricted or not is_esd,
        active=True,
        trained_on=cleared,
        non_disclosure_on=cleared if sample.non_disclosure else None,
        eto_account_active=True,
        sample=True,
    )
    db.add(person)
    db.flush()
    db.add(PersonRole(person_id=person.id, role=sample.role))
    db.add_all(PersonOffice(person_id=person.id, office_code=code, backup=False) for code in sample.offices)
    db.add_all(PersonOffice(person_id=person.id, office_code=code, backup=True) for code in sample.backup)
    return person.id


def _add_agreements(db: Session, today: date) -> None:
    """One in force, one that ends in 20 days, one that ended yesterday, one that permits nothing."""
    managers = {p.username: p.id for p in db.scalars(select(Person))}
    next_june = date(today.year + 1, 6, 30)
    rows = (
        ("FWP", "K-TEST-101", "data_sharing", "service_contract_wdc", next_june, "avery.quillfeather"),
        ("DYP", "K-TEST-102", "data_sharing", "mou_with_wdc", today + timedelta(days=20), "remy.stonecrop"),
        (
            "SCC",
            "K-TEST-103",
            "data_sharing",
            "mou_with_wdc",
            today - timedelta(days=1),
            "sasha.brackenridge",
        ),
        ("TCN", "K-TEST-104", "resource_sharing", "mou_with_wdc", next_june, None),
    )
    for agency, number, kind, basis, ends_on, partner in rows:
        agreement = Agreement(
            agency_code=agency,
            number=number,
            kind=kind,
            basis=basis,
            basis_document=f"SAMPLE-{agency}",
            starts_on=date(2025, 7, 1),
            ends_on=ends_on,
            status="active",
            esd_manager_id=managers["casey.thistledown"],
            partner_manager_id=managers[partner] if partner else None,
            warned=[],
        )
        db.add(agreement)
