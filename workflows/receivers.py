"""Who is told of a case: its people by their roles, and whoever holds, or may take, a task."""

from workflows.cases import Case
from workflows.people import (
    Person,
    people_with,
    person_of,
    supervisors_for,
)
from workflows.user_tasks import UserTask, candidates, open_tasks
from workflows.work import Work


def supervisors(work: Work, case: Case) -> list[Person]:
    """The supervisors of the case’s office."""
    return supervisors_for(work.db, case.office_code, case.area_code)


def program_managers(work: Work, case: Case) -> list[Person]:
    """The program managers of the case’s area."""
    return people_with(work.db, "program_manager", area=case.area_code)


def case_manager(work: Work, case: Case) -> list[Person]:
    """The case manager of the case, if there is one."""
    person = person_of(work.db, case.case_manager_id)
    return [person] if person else []


def of_role(work: Work, case: Case, role: str) -> list[Person]:
    """Who holds the open tasks of a role: the assignee, or the whole group when nobody claimed."""
    return holders(
        work,
        case,
        [t for t in open_tasks(work.db, case.id) if t.role == role],
    )


def esd_staff(work: Work, case: Case) -> list[Person]:
    """The ESD staff who work on the case, or its supervisors."""
    return of_role(work, case, "esd_staff") or supervisors(work, case)


def holders(work: Work, case: Case, tasks: list[UserTask]) -> list[Person]:
    """The people to remind of tasks: assignees, or the candidates of unclaimed ones; each once."""
    people: dict[int, Person] = {}
    for task in tasks:
        assignee = person_of(work.db, task.assignee_id)
        for person in [assignee] if assignee else candidates(work, case, task):
            people[person.id] = person
    return list(people.values())
