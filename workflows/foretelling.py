"""What publishing a bundle would bring to every open case of an area, each on a copy of its saved state."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

import engine
from workflows.area_settings import calendar_of
from workflows.cases import Case
from workflows.definitions import Bundle, ProcessDefinition, bundle_of
from workflows.instances import ProcessInstance
from workflows.moving import Foreseen, Moves, hash_of, moves_between, unless_typed
from workflows.user_tasks import TaskDraft, UserTask
from workflows.work import Work


@dataclass(frozen=True)
class Foretold:
    """One open case: its number, office and agency (codes), the version it runs on, the hash of its saved state, and
    what would become of it."""

    case_id: int
    number: str
    office: str
    agency: str
    definition_id: int
    version: int
    state_hash: str
    foreseen: Foreseen


def foretell(work: Work, key: str, area: str, bundle: Bundle) -> list[Foretold]:
    """What would become of every open case of an area that runs a procedure, by number."""
    typed = _typed(work.db, area)
    context = engine.Context(work.now, calendar_of(work.db, bundle.service_levels, area))
    moves: dict[int, Moves] = {}
    found = []
    for case_id, number, office, agency, definition_id, version, process, state in _open(work.db, key, area):
        if definition_id not in moves:
            moves[definition_id] = moves_between(bundle_of(work.db, definition_id), bundle)
        foreseen = unless_typed(moves[definition_id].foresee(process, state, context), typed.get(case_id, {}))
        found.append(
            Foretold(case_id, number, office, agency, definition_id, version, hash_of(state), foreseen)
        )
    return found


def _open(db: Session, key: str, area: str) -> Sequence[Row[int, str, str, str, int, int, str, bytes]]:
    columns = (Case.id, Case.number, Case.office_code, Case.agency_code, ProcessDefinition.id,
               ProcessDefinition.version, ProcessInstance.process, ProcessInstance.state)  # fmt: skip
    query = select(*columns).join(ProcessInstance, ProcessInstance.case_id == Case.id)
    query = query.join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    query = query.where(Case.area_code == area, Case.closed_at.is_(None), ProcessDefinition.key == key)
    return db.execute(query.order_by(Case.number)).all()


def _typed(db: Session, area: str) -> dict[int, dict[str, str]]:
    """By case the open tasks into which somebody has typed: element and name."""
    query = select(UserTask.case_id, UserTask.element, UserTask.name)
    query = query.join(TaskDraft, TaskDraft.task_id == UserTask.id)
    query = query.where(UserTask.area_code == area, UserTask.closed_at.is_(None))
    found: dict[int, dict[str, str]] = {}
    for case_id, element, name in db.execute(query):
        found.setdefault(case_id, {})[element] = name
    return found
