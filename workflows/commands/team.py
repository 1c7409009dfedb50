"""What a supervisor sets for the team: the backup group of an office, and many tasks given at once."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from workflows.commands import command, user_tasks
from workflows.commands.many import Outcome, at_most, each
from workflows.errors import InvalidInput, NotFound
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


def reassign_many(actor: Actor, task_ids: Iterable[str], username: str) -> list[Outcome]:
    """Give many tasks to one person, each for itself, told by case number and name.

    A task outside the team is not tried at all, and not named.
    """
    too_many = gettext("Choose up to {most} tasks at once.").format(most=MOST)
    chosen = at_most(MOST, task_ids, "tasks", too_many)
    check_leads(actor)
    names = task_names(actor, chosen)

    def give(task_id: str) -> None:
        if task_id not in names:
            raise NotFound(gettext("It is not open in your offices any more."))
        user_tasks.reassign(actor, task_id, username)

    outside = dict.fromkeys(chosen, gettext("A task outside your team"))
    return each(chosen, give, outside | names)
