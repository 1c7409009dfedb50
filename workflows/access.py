"""How somebody stands to a case: what the rules of `workflows.privacy` need to know, read from the database."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import privacy
from workflows.cases import Case
from workflows.organisations import agreement_shortcoming
from workflows.people import Actor, offices_with_supervisor
from workflows.privacy import Standing
from workflows.settings import settings
from workflows.user_tasks import UserTask, open_tasks
from workflows.work import Work


def standing(work: Work, case: Case) -> Standing:
    """How the actor stands to a case at this moment."""
    return Standing(
        actor=work.actor,
        case=case,
        staffed=offices_with_supervisor(work.db),
        delegated=_is_delegated(work.db, work.actor, case),
        lapsed=_is_lapsed(work, case),
    )


def standings(work: Work, cases: Iterable[Case]) -> dict[int, Standing]:
    """The same for many cases by their ids, with one question to the database."""
    cases = list(cases)
    given = _delegated(work, [case.id for case in cases])
    staffed = offices_with_supervisor(work.db)
    return {
        case.id: Standing(work.actor, case, staffed, case.id in given, _is_lapsed(work, case))
        for case in cases
    }


def _delegated(work: Work, case_ids: list[int]) -> set[int]:
    """The cases in which an open task of ESD is assigned to the actor, who holds both keys."""
    if not (case_ids and work.actor.holds_two_keys):
        return set()
    mine = UserTask.assignee_id == work.actor.id, UserTask.closed_at.is_(None)
    rows = work.db.scalars(select(UserTask).where(*mine, UserTask.case_id.in_(case_ids)))
    return {task.case_id for task in rows if task.is_esd}


def task_standing(work: Work, task: UserTask, case: Case) -> Standing:
    """The same, as to one task of the case."""
    found = standing(work, case)
    privacy.check_may_see_task(found, task)
    return found


def _is_delegated(db: Session, actor: Actor, case: Case) -> bool:
    """Whether an open task of ESD in the case is assigned to this very person, who holds both keys."""
    if not actor.holds_two_keys:
        return False
    return any(task.assignee_id == actor.id and task.is_esd for task in open_tasks(db, case.id))


def _is_lapsed(work: Work, case: Case) -> bool:
    """Whether the agency has no agreement in force today, whatever a job has or has not yet done about it."""
    today = work.now.astimezone(settings().zone).date()
    return agreement_shortcoming(work.db, case.agency_code, today) is not None
