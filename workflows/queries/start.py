"""What the page that begins a request shows: the form of the first search, and whether a request may be opened."""

from dataclasses import dataclass

from workflows.area_settings import labels_of
from workflows.commands.cases import FIRST_TASK
from workflows.definitions import MAIN_PROCESS, bundle_of, deployed
from workflows.errors import InvalidBundle, NotAllowed
from workflows.form_sentences import fill
from workflows.forms import FieldView, Form
from workflows.organisations import agreement_shortcoming
from workflows.queries import query
from workflows.settings import settings
from workflows.task_forms import Options, offices_to_open_in, options_for
from workflows.work import Work


@dataclass(frozen=True)
class StartView:
    """The first form, with the reasons why this person may not open a request today (empty when they may)."""

    form: Form
    options: Options
    help: str
    shortcomings: list[str]
    labels: dict[str, str]

    def fields(self, answers: dict[str, str], errors: dict[str, str]) -> list[FieldView]:
        """The fields as the page shows them."""
        return self.form.fields(answers, self.options, self.labels, errors)


@query
def start_view(work: Work) -> StartView:
    """For case managers, and for supervisors who open a request on behalf of one."""
    if not work.actor.has("case_manager", "esd_wioa_supervisor"):
        raise NotAllowed("Requests are opened by case managers, or by a supervisor on behalf of one.")
    definition = deployed(work.db)
    if definition is None:
        raise InvalidBundle("No process is deployed. Ask an administrator to deploy one.")
    bundle = bundle_of(work.db, definition.id)
    form = bundle.forms[f"{FIRST_TASK}.json"]
    element = bundle.definition(MAIN_PROCESS).elements[FIRST_TASK]
    options = options_for(work.db, form, offices_to_open_in(work.db, work.actor))
    labels = labels_of(work.db, work.actor.area)
    return StartView(form, options, fill(element.documentation, labels), _shortcomings(work), labels)


def _shortcomings(work: Work) -> list[str]:
    if not work.actor.has("case_manager"):
        return []
    today = work.now.astimezone(settings().zone).date()
    lacking = agreement_shortcoming(work.db, work.actor.agency, today)
    return ([lacking] if lacking else []) + [
        f"You still need {words}." for words in work.actor.missing_clearances
    ]
