"""What is kept of a person beside the roles: name, address, offices, clearances; each checked in one place."""

import re
from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select

from workflows.calendar import read_day
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.organisations import Office, offices
from workflows.people import Person, PersonOffice
from workflows.work import Work

_NAME = re.compile(r"[^\x00-\x1f\x7f<>{}@]{1,80}")
_MAIL = re.compile(r"(?=.{5,120}$)[A-Za-z0-9._%+'-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}")


def change_particulars(work: Work, person: Person, values: Mapping[str, object]) -> list[str]:
    """Set what is given and is different; gives the names of what changed."""
    errors: dict[str, str] = {}
    new = _checked(person, values, errors)
    places = _places(work, values, errors)
    if errors:
        raise InvalidInput(fields=errors)
    changed = [name for name, value in new.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, new[name])
    return changed + _set_places(work, person, places)


def check_particulars(work: Work, values: Mapping[str, object]) -> None:
    """Refuse what cannot be kept, for a person who is not there yet."""
    errors: dict[str, str] = {}
    _read(values, errors)
    _places(work, values, errors)
    if errors:
        raise InvalidInput(fields=errors)


def _checked(person: Person, values: Mapping[str, object], errors: dict[str, str]) -> dict[str, object]:
    new = _read(values, errors)
    new |= {name: bool(values[name]) for name in ("eto_account_active", "active") if name in values}
    # Only the way into the restriction is open here; the way out has two people (`lift_requests`).
    if values.get("is_restricted_user") or not person.is_esd_staff:
        new["is_restricted_user"] = True
    return new


def _read(values: Mapping[str, object], errors: dict[str, str]) -> dict[str, object]:
    checks = (("name", _name), ("email", _mail), ("trained_on", _day), ("non_disclosure_on", _day))
    return {name: check(name, values[name], errors) for name, check in checks if name in values}


def _name(field: str, value: object, errors: dict[str, str]) -> str:
    name = " ".join(str(value or "").split())
    if not _NAME.fullmatch(name):
        errors[field] = gettext("Enter the name, up to 80 characters.")
    return name


def _mail(field: str, value: object, errors: dict[str, str]) -> str:
    address = str(value or "").strip()
    if not _MAIL.fullmatch(address):
        errors[field] = gettext("Enter the work e-mail address, such as name@agency.example.")
    return address


def _day(field: str, value: object, errors: dict[str, str]) -> date | None:
    try:
        return read_day(value) if value else None
    except ValueError:
        errors[field] = gettext("Enter a date, such as 2026-07-01.")
        return None


def _places(work: Work, values: Mapping[str, object], errors: dict[str, str]) -> dict[str, list[str]]:
    """The offices that are given, by the field: `offices`, and `backup` for where somebody stands in."""
    here = {office.code for office in offices(work.db) if office.area_code == work.actor.area}
    given = {name: values[name] for name in ("offices", "backup") if name in values}
    for name, codes in given.items():
        if not isinstance(codes, list) or set(map(str, codes)) - here:
            errors[name] = gettext("Choose offices of your area.")
    return {name: sorted(set(_codes(given, name))) for name in given}


def _codes(given: Mapping[str, object], name: str) -> list[str]:
    found = given.get(name, [])
    return [str(code) for code in found] if isinstance(found, list) else []


def _set_places(work: Work, person: Person, places: dict[str, list[str]]) -> list[str]:
    """Rows of one table that go and come: written at once, the going first."""
    rows = work.db.execute(
        select(PersonOffice.office_code, PersonOffice.backup).where(PersonOffice.person_id == person.id)
    ).all()
    now = {"offices": sorted(r.office_code for r in rows if not r.backup)}
    now["backup"] = sorted(r.office_code for r in rows if r.backup)
    changed = [name for name, codes in places.items() if now[name] != codes]
    if not changed:
        return []
    after = now | places
    if set(after["offices"]) & set(after["backup"]):
        words = gettext("Nobody stands in at an office where they work. Choose another one.")
        raise InvalidInput(fields={"backup": words})
    work.db.execute(delete(PersonOffice).where(PersonOffice.person_id == person.id))
    for name, codes in after.items():
        rows_of = (
            PersonOffice(person_id=person.id, office_code=code, backup=name == "backup") for code in codes
        )
        work.db.add_all(rows_of)
    work.db.flush()
    return changed


def offices_to_choose(work: Work) -> list[tuple[str, str]]:
    """The offices of the actor's area as (code, name)."""
    found: list[Office] = [office for office in offices(work.db) if office.area_code == work.actor.area]
    return [(office.code, office.name) for office in found]
