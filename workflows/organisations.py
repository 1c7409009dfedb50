"""Areas, offices, agencies and their data-sharing agreements (domain 7.2)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base, JsonList
from workflows.directory import directory
from workflows.language import date_words, gettext, marked
from workflows.settings import settings

BASES = ("mou_with_wdc", "service_contract_wdc", "service_contract_esd")
"""What makes an organisation a WorkSource partner (policy 4013, persons affected)."""


class Area(Base):
    """A workforce development area, such as Olympic."""

    __tablename__ = "area"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Office(Base):
    """A WorkSource office of an area; `phone` is the number that its contact card tells clients to call."""

    __tablename__ = "office"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    phone: Mapped[str | None]


class Agency(Base):
    """An organisation whose staff works in the offices: a partner, or Employment Security itself."""

    __tablename__ = "agency"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    is_esd: Mapped[bool] = mapped_column(default=False)


NOT_ACTIVE = {
    "draft": marked("Data-sharing agreement {number} is draft."),
    "suspended": marked("Data-sharing agreement {number} is suspended."),
    "terminated": marked("Data-sharing agreement {number} is terminated."),
    "expired": marked("Data-sharing agreement {number} is expired."),
}
NO_AGREEMENT = marked("Your agency has no data-sharing agreement with Employment Security.")


class Agreement(Base):
    """An agency's data-sharing agreement with ESD, and the contract that makes it a partner (policy 4013, definition 1).

    `kind` is `data_sharing` or `resource_sharing`; the second opens nothing (domain 7.2, W1).
    `status` is draft, active, suspended, terminated or expired.
    """

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(primary_key=True)
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    number: Mapped[str]
    kind: Mapped[str]
    basis: Mapped[str | None]
    basis_document: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[str]
    esd_manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    partner_manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    warned: Mapped[JsonList] = mapped_column(default=list)
    __table_args__ = (UniqueConstraint("agency_code", "number"),)

    def shortcoming(self, today: date) -> str | None:
        """Why this agreement does not permit opening a case on a day, as a sentence; None when it does."""
        if self.kind != "data_sharing":
            return gettext(
                "{number} is a resource-sharing agreement; a data-sharing agreement is needed."
            ).format(number=self.number)
        if self.basis not in BASES:
            return gettext(
                "{number} names no contract or memorandum that makes the agency a WorkSource partner."
            ).format(number=self.number)
        if self.status != "active":
            return gettext(NOT_ACTIVE[self.status]).format(number=self.number)
        if today < self.starts_on:
            return gettext("Data-sharing agreement {number} begins on {day}.").format(
                number=self.number, day=date_words(self.starts_on)
            )
        if today > self.ends_on:
            return gettext("Data-sharing agreement {number} ended on {day}.").format(
                number=self.number, day=date_words(self.ends_on)
            )
        return None


def offices(db: Session) -> list[Office]:
    """All offices, by name."""
    return sorted(directory(db).rows(db, Office), key=lambda office: office.name)


def agreements_of(db: Session, agency_code: str) -> list[Agreement]:
    """All agreements of an agency, the one that ends last first."""
    return directory(db).derived(db, _by_agency).get(agency_code, [])


def _by_agency(db: Session) -> dict[str, list[Agreement]]:
    found: dict[str, list[Agreement]] = {}
    for row in sorted(directory(db).rows(db, Agreement), key=lambda row: row.ends_on, reverse=True):
        found.setdefault(row.agency_code, []).append(row)
    return found


def agreement_shortcoming(db: Session, agency_code: str, today: date) -> str | None:
    """Why an agency has no agreement in force on a day (the reason of its newest one); None when it has one."""
    reasons = [agreement.shortcoming(today) for agreement in agreements_of(db, agency_code)]
    if None in reasons:
        return None
    return reasons[0] if reasons else gettext(NO_AGREEMENT)


def shortcoming_at(db: Session, agency_code: str, moment: datetime) -> str | None:
    """The same on the day that a moment falls on, by the office's clock."""
    return agreement_shortcoming(db, agency_code, moment.astimezone(settings().zone).date())
