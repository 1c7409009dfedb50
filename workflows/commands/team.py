"""What a supervisor sets for the team: the backup group of an office, and many tasks given at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select

from workflows.commands import command, user_tasks
from workflows.errors import InvalidInput, NotFound, Refused
from workflows.history import record
from workflows.language import gettext
from workflows.organisations import Office
from workflows.people import Actor, PersonOffice, staff_of
from workflows.privacy import SUP
from workflows.queries.team import task_names
from workflows.ssn_guard import guard
from workflows.team import check_leads, is_leader, led_offices, possible_backups
from workflows.work import Work

MOST = 100
"""So many tasks are given at once."""


@command
def set_backup_group(work: Work, office_code: str, usernames: Iterable[str]) -> None:
    """Set who stands in at an office when its own supervisors do not act (domain 6.1), by a supervisor who leads it.

    Members are supervisors of the area who hold both keys and work elsewhere.
    """
    chosen = sorted(set(usernames))
    guard({"members": chosen})
    mine = select(Office).where(Office.code == office_code, Office.area_code == work.actor.area)
    office = work.db.scalar(mine.with_for_update())
    if office is None or not _leads(work, office):
        raise NotFound(gettext("There is no such office in your team."))
    able = {person.username: person.id for person in possible_backups(work.db, office)}
    if not set(chosen) <= able.keys():
        words = gettext("Choose supervisors of your area who hold both keys and do not work in this office.")
        raise InvalidInput(fields={"members": words})
    before = [person.username for person in staff_of(work.db, SUP, office.code, backup=True)]
    old = PersonOffice.office_code == office.code, PersonOffice.backup
    work.db.execute(delete(PersonOffice).where(*old))
    work.db.add_all(
        PersonOffice(person_id=able[username], office_code=office.code, backup=True) for username in chosen
    )
    work.db.flush()
    record(work, "backup_group_set", office=office.code, before=before, after=chosen)


def _leads(work: Work, office: Office) -> bool:
    return is_leader(work.actor) and office.code in led_offices(work.db, work.actor)


@dataclass(frozen=True)
class Given:
    """What became of one task of many: its name with the case number, and why it was refused; empty when it was given."""

    task_id: str
    name: str
    refused: str


def reassign_many(actor: Actor, task_ids: Iterable[str], username: str) -> list[Given]:
    """Give many tasks to one person, each for itself: one that is refused does not hold up the others."""
    chosen = list(dict.fromkeys(task_ids))
    if len(chosen) > MOST:
        raise InvalidInput(fields={"tasks": gettext("Choose up to {most} tasks at once.").format(most=MOST)})
    check_leads(actor)
    names = task_names(actor, chosen)
    return [_given(actor, task_id, username, names) for task_id in chosen]


def _given(actor: Actor, task_id: str, username: str, names: dict[str, str]) -> Given:
    """A task outside the team is not tried at all, and not named."""
    if task_id not in names:
        return Given(task_id, "A task outside your team", "It is not open in your offices any more.")
    try:
        user_tasks.reassign(actor, task_id, username)
    except Refused as refused:
        words = " ".join(refused.fields.values()) or refused.message
        return Given(task_id, names[task_id], words)
    return Given(task_id, names[task_id], "")
