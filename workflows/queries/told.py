"""Who is told by e-mail, as far as one reader may know it (domain 6.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflows import privacy
from workflows.language import gettext, marked
from workflows.outbox import OutboxMessage
from workflows.people import Person, person_of
from workflows.privacy import Standing
from workflows.queries.sentences import message_words
from workflows.work import Work

TOLD_TO_PARTNERS = {
    "notify_supervisor": marked("Employment Security is told of the request"),
    "notify_esd_check_wanted": marked("Employment Security is told of the request"),
    "remind_supervisor": marked("Employment Security is reminded of the request"),
    "escalate_to_backup": marked("The backup supervisors are told"),
    "escalate_to_program_manager": marked("The program managers are told that the request is late"),
}
"""The messages to others that partner staff may know of, while the case shows that it was just sent (domain 6.3)."""


@dataclass(frozen=True)
class Told:
    """A message: its sentence and the people it goes to, as far as the reader may know them; `held_back` while the
    agreement is not in force."""

    kind: str
    words: str
    to: tuple[str, ...]
    held_back: bool


def told_of(work: Work, standing: Standing, rows: Sequence[OutboxMessage]) -> list[Told]:
    """Some messages of a case, each kind once."""
    kinds = dict.fromkeys(row.kind for row in rows)
    found = (_one(work, standing, [row for row in rows if row.kind == kind]) for kind in kinds)
    return [told for told in found if told.words]


def _one(work: Work, standing: Standing, same: Sequence[OutboxMessage]) -> Told:
    kind = same[0].kind
    people = [person for row in same if (person := person_of(work.db, row.recipient_id))]
    named = tuple(person.name for person in people if may_name(standing, person))
    words = (
        message_words(kind, same[0].about) if named or standing.is_esd else _told_to_partners(standing, kind)
    )
    return Told(kind, words, named, all(row.state == "withheld" for row in same))


def _told_to_partners(standing: Standing, kind: str) -> str:
    just_sent = privacy.visible_status(standing) == "submitted" and not standing.is_reduced
    return gettext(TOLD_TO_PARTNERS.get(kind, "")) if just_sent else ""


def may_name(standing: Standing, person: Person) -> bool:
    """Whether the reader may know that a person gets a message or a task: ESD all, others themselves and their agency."""
    own = standing.is_own_case and not standing.is_reduced and person.agency_code == standing.case.agency_code
    return standing.is_esd or person.id == standing.actor.id or own
