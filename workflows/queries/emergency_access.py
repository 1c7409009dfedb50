"""What an emergency access shows: who the client is, while it lasts; each look is written down."""

from dataclasses import dataclass
from datetime import datetime

from workflows import access, privacy
from workflows.cases import ClientFacts, case_numbered
from workflows.definitions import bundle_of
from workflows.emergency_access import open_access
from workflows.instances import ProcessInstance
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.cases import fact_words
from workflows.queries.reading import note_read
from workflows.queries.sentences import status_words
from workflows.work import Work


@dataclass(frozen=True)
class EmergencyView:
    """A case for somebody outside of it. Without an open access (`until` is None) it holds no fact."""

    number: str
    status_words: str
    until: datetime | None
    reason: str
    facts: list[tuple[str, str]]


@query
def emergency_view(work: Work, number: str) -> EmergencyView:
    """The case as an administrator or auditor of its area may see it in an emergency."""
    work.about["case"] = number
    case = case_numbered(work.db, number)
    standing = access.standing(work, case)
    privacy.check_may_open_in_emergency(standing)
    words = status_words(case, privacy.visible_status(standing))
    row = open_access(work.db, case.id, work.actor.id, work.now)
    if row is None:
        return EmergencyView(number, words, None, "", [])
    return EmergencyView(number, words, row.ends_at, row.reason, _facts(work, standing, row.id))


def _facts(work: Work, standing: Standing, access_id: int) -> list[tuple[str, str]]:
    case = standing.case
    kept = work.db.get(ClientFacts, case.id)
    shown = privacy.facts_in_emergency(kept.facts) if kept else {}
    if shown:
        note_read(work, standing, "emergency_access", None, shown, access=access_id)
    bundle = bundle_of(work.db, work.db.get_one(ProcessInstance, case.id).definition_id)
    return fact_words(work, case, bundle, shown)
