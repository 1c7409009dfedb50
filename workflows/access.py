"""How somebody stands to a case: what the rules of `workflows.privacy` need to know, read from the database."""

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
