"""What the page that begins a request shows: the form of the first search, and whether a request may be opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows import privacy
from workflows.area_settings import labels_of
from workflows.cases import Case
from workflows.commands.cases import FIRST_TASK
from workflows.definitions import MAIN_PROCESS, bundle_of, deployed
from workflows.errors import InvalidBundle, NotAllowed
from workflows.form_sentences import fill
from workflows.forms import FieldView, Form
from workflows.language import gettext
from workflows.organisations import agreement_shortcoming
from workflows.people import needed, people_with
from workflows.queries import query
from workflows.settings import settings
from workflows.task_forms import Options, offices_to_open_in, options_for
from workflows.user_tasks import UserTask
from workflows.work import Work

MOST_BEGUN = 5


@dataclass(frozen=True)
class Begun:
    """A request of the actor's that is begun and not sent: its number, and the task at which it stands."""

    number: str
    task_id: str
    name: str
    opened_at: datetime


@dataclass(frozen=True)
class StartView:
    """The first form, with the reasons why this person may not open a request today (empty when they may), and the
    requests they have begun. A supervisor chooses from the `case_managers` of the area, as (user name, name)."""

    form: Form
    options: Options
    help: str
    shortcomings: list[str]
    labels: dict[str, str]
    begun: list[Begun]
    case_managers: list[tuple[str, str]]

    def fields(self, answers: dict[str, Any], errors: dict[str, str]) -> list[FieldView]:
        """The fields as the page shows them."""
        return self.form.fields(answers, self.options, self.labels, errors)


@query
def start_view(work: Work) -> StartView:
    """For case managers, and for supervisors who open a request on behalf of one."""
    if not privacy.may_open_requests(work.actor):
        raise NotAllowed(
            gettext("Requests are opened by case managers, or by a supervisor on behalf of one.")
        )
    definition = deployed(work.db, area=work.actor.area)
    if definition is None:
        raise InvalidBundle(gettext("No process is deployed. Ask an administrator to deploy one."))
    bundle = bundle_of(work.db, definition.id)
    form = bundle.forms[f"{FIRST_TASK}.json"]
    element = bundle.definition(MAIN_PROCESS).elements[FIRST_TASK]
    options = options_for(work.db, form, offices_to_open_in(work.db, work.actor))
    labels = labels_of(work.db, work.actor.area)
    return StartView(
        form=form,
        options=options,
        help=fill(element.documentation, labels),
        shortcomings=_shortcomings(work),
        labels=labels,
        begun=_begun(work),
        case_managers=_case_managers(work),
    )


def _case_managers(work: Work) -> list[tuple[str, str]]:
    """For opening a request on behalf of one."""
    if not work.actor.has(privacy.SUP):
        return []
    people = people_with(work.db, privacy.CM, area=work.actor.area)
    return [(person.username, person.name) for person in people]


def _begun(work: Work) -> list[Begun]:
    """The newest of the actor's requests that are begun and not sent."""
    rows = select(Case.number, UserTask.id, UserTask.name, Case.opened_at).join(
        Case, Case.id == UserTask.case_id
    )
    mine = UserTask.assignee_id == work.actor.id, UserTask.closed_at.is_(None), Case.status == "draft"
    found = work.db.execute(rows.where(*mine).order_by(Case.id.desc()).limit(MOST_BEGUN))
    return [Begun(number, task, gettext(name), opened) for number, task, name, opened in found]


def _shortcomings(work: Work) -> list[str]:
    if not work.actor.has("case_manager"):
        return []
    today = work.now.astimezone(settings().zone).date()
    lacking = agreement_shortcoming(work.db, work.actor.agency, today)
    return ([lacking] if lacking else []) + [needed((words,)) for words in work.actor.missing_clearances]
