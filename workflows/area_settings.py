"""The settings of an area, kept in the database over the defaults of the installation and the bundle.

`labels`: what the case management system calls things (domain X18); `hours` and `holidays`: when the offices are open
(domain 5.2); `mail`: whether the first mail to the supervisors may name the client (domain X12). They belong to the
directory, so that a change holds at once in every process.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.calendar import Calendar
from workflows.db import Base, Json
from workflows.directory import directory
from workflows.service_levels import ServiceLevels
from workflows.settings import settings

LABELS, HOURS, HOLIDAYS, MAIL = "labels", "hours", "holidays", "mail"
NAMES = (LABELS, HOURS, HOLIDAYS, MAIL)

LINK_ONLY, IN_FULL = "link_only", "seed_literal"
"""A mail holds number and link; or what 5512PRO 4 says word for word: name, phone and reason."""


class AreaSetting(Base):
    """One setting of an area that was changed; without a row the default holds. `value` holds no fact about a client."""

    __tablename__ = "area_setting"
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Json]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


@dataclass(frozen=True)
class MailDetail:
    """What mails of an area may say of a client: `detail` is one of the two words above; `domains` are those of the
    addresses that may be told more than the link."""

    detail: str = LINK_ONLY
    domains: tuple[str, ...] = ()

    def may_be_told(self, address: str) -> bool:
        """Whether a mail to an address may name the client, as far as the area allows it."""
        return self.detail == IN_FULL and address.rpartition("@")[2].lower() in self.domains


def stored(db: Session, area: str) -> Mapping[str, AreaSetting]:
    """The changed settings of an area, by name: to be read, never changed."""
    return directory(db).derived(db, _by_area).get(area, {})


def labels_of(db: Session, area: str) -> dict[str, str]:
    """What the case management system calls things in an area, for the placeholders `{sor.…}`."""
    return default_labels() | _value(db, area, LABELS)


def default_labels() -> dict[str, str]:
    """The same as the installation has them."""
    words: dict[str, str] = settings().sor.model_dump()
    return words


def calendar_of(db: Session, levels: ServiceLevels, area: str) -> Calendar:
    """When the offices of an area are open: the bundle's calendar with what the area has changed."""
    calendar, hours, days = levels.calendar(), _value(db, area, HOURS), _value(db, area, HOLIDAYS)
    if hours:
        opens, closes = (time.fromisoformat(hours[name]) for name in ("opens", "closes"))
        calendar = replace(calendar, opens=opens, closes=closes)
    closed = {date.fromisoformat(day) for day in days.get("closed", {})}
    opened = frozenset(map(date.fromisoformat, days.get("opened", ())))
    return replace(calendar, closed=calendar.closed | closed, opened=opened)


def mail_detail(db: Session, area: str) -> MailDetail:
    """What mails of an area may say of a client."""
    value = _value(db, area, MAIL)
    return MailDetail(value.get("detail", LINK_ONLY), tuple(value.get("domains", ())))


def _value(db: Session, area: str, name: str) -> dict[str, Any]:
    row = stored(db, area).get(name)
    return row.value if row else {}


def _by_area(db: Session) -> dict[str, dict[str, AreaSetting]]:
    found: dict[str, dict[str, AreaSetting]] = {}
    for row in directory(db).rows(db, AreaSetting):
        found.setdefault(row.area_code, {})[row.name] = row
    return found
