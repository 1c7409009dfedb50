"""The whole product on the permit: deployed, opened and led through by its own commands, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from benchmarks import permit
from workflows import instances
from workflows.case_file import new_file
from workflows.cases import Case, new_numbers
from workflows.commands import command, user_tasks
from workflows.commands.definitions import read_folder
from workflows.db import transaction
from workflows.definitions import Bundle, ProcessDefinition
from workflows.history import record
from workflows.people import Actor, actor_for, person_named
from workflows.settings import PROJECT
from workflows.user_tasks import UserTask
from workflows.work import Work

CLERK, INSPECTOR = "avery.quillfeather", "casey.thistledown"


def actor(username: str) -> Actor:
    """A sample person, ready to act."""
    with transaction() as db:
        person = person_named(db, username)
        assert person, username
        return actor_for(db, person)


@command
def deploy(work: Work) -> int:
    """Put the permit beside the procedure that is deployed; gives the id of the version."""
    words = {
        name: text
        for name, text in read_folder(PROJECT / "bpmn" / "opt_in_5512pro").items()
        if name.startswith("mail/")
    }
    bundle = Bundle(permit.PROCESS, {**permit.bundle(), **words})
    row = ProcessDefinition(
        key=bundle.key,
        version=1,
        files=dict(bundle.files),
        sha256=bundle.sha256,
        state="deployed",
        deployed_at=work.now,
    )
    work.db.add(row)
    work.db.flush()
    return row.id


@command
def open_case(work: Work, definition_id: int) -> int:
    """Open a case of the permit, as the product opens its own; gives its id."""
    actor = work.actor
    number, case_id = new_numbers(work.db)
    case = Case(
        id=case_id,
        number=f"{actor.area}-{work.now.year}-{number:06}",
        process_key=permit.PROCESS,
        area_code=actor.area,
        office_code=min(actor.offices),
        agency_code=actor.agency,
        case_manager_id=actor.id,
        opened_by_id=actor.id,
        opened_at=work.now,
        status="draft",
        attempts=0,
        call_client=False,
        backup_opened=False,
        lapse_announced=False,
        hold_escalated=False,
    )
    work.db.add(case)
    new_file(work.db, case)
    record(work, "case_opened", case, process=permit.PROCESS)
    instances.begin(work, case, definition_id, permit.PROCESS, {})
    return case.id


@command
def documents_arrive(work: Work, case_id: int) -> None:
    """The message that the case waits for."""
    from workflows.cases import lock_case

    case = lock_case(work.db, case_id)
    assert instances.receive(work, case, permit.MESSAGE)


def open_task(case_id: int) -> tuple[str, str]:
    """The one open task of a case: its id and its element."""
    with transaction() as db:
        rows = select(UserTask.id, UserTask.element).where(
            UserTask.case_id == case_id, UserTask.closed_at.is_(None)
        )
        task_id, element = db.execute(rows).one()
        return task_id, element


class Permit:
    """The permit on the product, with the people who do its work."""

    def __init__(self) -> None:
        self.definition = deploy(actor(CLERK))
        self.people = {"Apply": actor(CLERK), "HandOver": actor(CLERK)}
        self.inspector = actor(INSPECTOR)

    def open(self) -> int:
        """A new case; gives its id."""
        return open_case(self.people["Apply"], self.definition)

    def complete(self, task_id: str, element: str, answers: dict[str, Any]) -> None:
        """Complete a task as the person whose it is."""
        user_tasks.complete(self.people.get(element, self.inspector), task_id, answers)

    def arrive(self, case_id: int) -> None:
        """Let the message of a case arrive."""
        documents_arrive(self.inspector, case_id)

    def steps(self, case_id: int, turns: int = 1) -> Iterator[tuple[str, Any]]:
        """The transactions of a case after its opening: the name and a function for each, one after the other.

        Looking up the next task's id lies between them, as it does for a person who looks at the worklist.
        """
        for number, (element, answers) in enumerate(permit.tasks(turns)):
            if number == len(permit.BEFORE):
                yield permit.MESSAGE, lambda: self.arrive(case_id)
            task_id, found = open_task(case_id)
            assert found == element, (found, element)
            yield element, lambda t=task_id, e=element, a=answers: self.complete(t, e, a)
