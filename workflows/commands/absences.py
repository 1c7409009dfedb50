"""Entering and ending absences: who is away, from when to when, and who stands in."""

from datetime import date, timedelta

from workflows import outbox
from workflows.absences import Absence, absences, office_day
from workflows.calendar import read_day
from workflows.commands import command
from workflows.errors import InvalidInput, NotAllowed, NotFound, NotNow
from workflows.history import record
from workflows.language import date_words, gettext
from workflows.people import ESD_ROLES, Person, actor_for, person_named, person_of
from workflows.ssn_guard import guard
from workflows.substitutes import possible_substitutes
from workflows.team import check_leads, is_leader, leads
from workflows.work import Work

LONGEST = timedelta(days=366)


@command
def enter_absence(work: Work, username: str, substitute: str, first_day: str, last_day: str) -> int:
    """Enter the absence of one of the supervisor's team, or one's own; the substitute is told. Gives its id.

    `first_day` and `last_day` are ISO dates, both included. Refused by field: an unknown person, days out of order or
    over, a substitute without both keys or of another group, somebody who is away or stands in at that time.
    """
    guard({"person": username, "substitute": substitute, "first_day": first_day, "last_day": last_day})
    check_leads(work.actor)
    person = _of_team(work, username)
    first, last = _day("first_day", first_day), _day("last_day", last_day)
    _check_days(work, first, last)
    chosen = next((one for one in possible_substitutes(work.db, person) if one.username == substitute), None)
    if chosen is None:
        words = gettext("Choose a substitute of the same group who holds both keys.")
        raise InvalidInput(fields={"substitute": words})
    _check_free(work, person, chosen, first, last)
    return _enter(work, person, chosen, first, last)


@command
def end_absence(work: Work, absence_id: int) -> None:
    """End an absence before its last day, or take back one that has not begun."""
    row = work.db.get(Absence, absence_id, with_for_update=True)
    person = person_of(work.db, row.person_id) if row else None
    if row is None or person is None or not is_leader(work.actor) or not leads(work.db, work.actor, person):
        raise NotFound(gettext("There is no such absence in your team."))
    if row.ended_at or row.last_day < office_day(work.now):
        raise NotNow(gettext("This absence is over already."))
    row.ended_at = work.now
    work.db.flush()
    record(work, "absence_ended", user=person.username, last_day=row.last_day.isoformat())


def _enter(work: Work, person: Person, substitute: Person, first: date, last: date) -> int:
    row = Absence(
        person_id=person.id,
        substitute_id=substitute.id,
        first_day=first,
        last_day=last,
        entered_by_id=work.actor.id or 0,
        entered_at=work.now,
    )
    work.db.add(row)
    work.db.flush()
    outbox.queue(work, "substitute_named", None, [substitute], absence=row.id)
    record(
        work,
        "absence_entered",
        user=person.username,
        substitute=substitute.username,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
    )
    return row.id


def _of_team(work: Work, username: str) -> Person:
    person = person_named(work.db, username)
    if person is None or not leads(work.db, work.actor, person):
        raise InvalidInput(fields={"person": gettext("Choose somebody of your team.")})
    if not actor_for(work.db, person).has(*ESD_ROLES):
        raise NotAllowed(gettext("Absences are kept of supervisors and ESD staff."))
    return person


def _check_days(work: Work, first: date, last: date) -> None:
    today = office_day(work.now)
    if last < first:
        raise InvalidInput(fields={"last_day": gettext("The last day must not be before the first.")})
    if last < today:
        raise InvalidInput(fields={"last_day": gettext("These days are over already. Enter days to come.")})
    if last - today > LONGEST:
        raise InvalidInput(fields={"last_day": gettext("Enter a last day within a year from now.")})


def _check_free(work: Work, person: Person, substitute: Person, first: date, last: date) -> None:
    """Nobody is away twice, stands in while away, or is away while standing in: there is no chain of substitutes."""
    for row in absences(work.db):
        if not row.overlaps(first, last):
            continue
        if row.person_id == person.id:
            words = gettext("{name} is entered as away from {first} to {last} already.")
            raise InvalidInput(fields={"first_day": _on_days(words, person, row)})
        if row.substitute_id == person.id:
            words = gettext(
                "{name} stands in for somebody else from {first} to {last}. End that absence first, or enter it anew."
            )
            raise InvalidInput(fields={"person": _on_days(words, person, row)})
        if row.person_id == substitute.id:
            words = gettext("{name} is away from {first} to {last}.")
            raise InvalidInput(fields={"substitute": _on_days(words, substitute, row)})


def _on_days(words: str, person: Person, row: Absence) -> str:
    return words.format(name=person.name, first=date_words(row.first_day), last=date_words(row.last_day))


def _day(name: str, text: str) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise InvalidInput(fields={name: gettext("Enter a date, such as 2026-12-01.")}) from None
