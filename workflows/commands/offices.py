"""What is kept about an office: the telephone that clients call."""

import re

from sqlalchemy import select

from workflows.commands import command
from workflows.errors import InvalidInput, NotAllowed, NotFound
from workflows.history import record
from workflows.language import gettext
from workflows.organisations import Office
from workflows.privacy import ADM, SUP
from workflows.ssn_guard import guard
from workflows.work import Work

_NUMBER = re.compile(r"(?:\+?1)?([2-9]\d{2})([2-9]\d{2})(\d{4})", re.ASCII)


@command
def set_phone(work: Work, office_code: str, phone: str) -> None:
    """Set the number that the contact card of an office tells clients to call, by a supervisor or an administrator."""
    guard({"phone": phone})
    if not work.actor.has(SUP, ADM):
        raise NotAllowed(gettext("Supervisors and administrators set the number that clients call."))
    number = _NUMBER.fullmatch(re.sub(r"[\s().\-/]", "", phone))
    if number is None:
        raise InvalidInput(fields={"phone": gettext("Enter a number with area code, such as 360-555-0101.")})
    mine = Office.code == office_code, Office.area_code == work.actor.area
    office = work.db.scalar(select(Office).where(*mine).with_for_update())
    if office is None:
        raise NotFound(gettext("There is no such office in your area."))
    office.phone = "-".join(number.groups())
    work.db.flush()
    record(work, "office_phone_set", office=office.code)
