"""The file of a case: everything that its supervisor may see of it, to be taken out as one (domain 6.2 "Export": own case
file). Taking it out is a disclosure, and is in the history before the file is made."""

from dataclasses import dataclass
from datetime import datetime

from workflows import access, privacy
from workflows.cases import case_numbered
from workflows.errors import NotAllowed
from workflows.history import EXPORTED
from workflows.language import gettext
from workflows.queries import query
from workflows.queries.cases import CaseView, Entry, Sent, entries_of, messages_for, view_of
from workflows.queries.disclosures import Disclosure, disclosures_of
from workflows.work import Work

FORMAT = "opt-in-desk-case-file/1"


@dataclass(frozen=True)
class ExportedCase:
    """A case with its history, messages and disclosures, as its supervisor sees them."""

    made_at: datetime
    made_by: str
    view: CaseView
    history: list[Entry]
    messages: list[Sent]
    disclosures: list[Disclosure]


@query
def exported_case(work: Work, number: str) -> ExportedCase:
    """The file of a case, for a supervisor of its group alone."""
    work.about["case"] = number
    standing = access.standing(work, case_numbered(work.db, number))
    privacy.check_may_see(standing)
    if not standing.supervises:
        raise NotAllowed(gettext("The file of a case is taken out by its supervisors."))
    view = view_of(work, standing, kind=EXPORTED)
    return ExportedCase(
        made_at=work.now,
        made_by=work.actor.name,
        view=view,
        history=entries_of(work, standing),
        messages=messages_for(work, standing),
        disclosures=disclosures_of(work, standing),
    )
