"""What a database comes to, so that two ways of coming there can be compared: no ids, no moments, no order."""

from collections import Counter
from typing import Any

from tests.killing.worlds import asking
from workflows.db import snapshot
from workflows.invariants import INVARIANTS

LOOKS = {
    "cases": 'SELECT process_key, office_code, status, outcome, attempts, told FROM "case"',
    "processes": 'SELECT c.status, i.version, i.definition_id FROM process_instance i JOIN "case" c ON c.id = i.case_id',
    "tasks": "SELECT element, assignee_id, ended_as, closed_at IS NULL FROM user_task",
    "answers": "SELECT element, completed_by_id FROM task_record",
    "clients": "SELECT count(*) FROM client_facts",
    "timers": "SELECT element, fired_at IS NULL, closed_at IS NULL FROM timer",
    "messages": "SELECT kind, recipient_id, round, state FROM outbox_message",
    "events": "SELECT kind, element, actor_id FROM history_event "
    "WHERE kind <> ALL('{refused,client_facts_read,message_resent}')",
    "versions": "SELECT key, area_code, version, state FROM process_definition",
    "drafts": "SELECT key, area_code, base_id FROM process_draft",
    "publications": "SELECT state FROM publication",
    "moved": "SELECT state, kind FROM publication_case",
    "incidents": "SELECT tried, status FROM incident",
}
"""Left out is what only a death brings about, and is written down: whoever asks again for what is done is refused or reads
it, and a mail of which nobody knows is sent again."""

Picture = Counter[tuple[Any, ...]]


def picture() -> Picture:
    """How often each thing is there in the database of the settings."""
    with asking() as connection:
        return Counter((what, *row) for what, query in LOOKS.items() for row in connection.execute(query))


def differences(found: Picture, wanted: Picture) -> list[str]:
    """What is missing or too many, in words."""
    missing, more = wanted - found, found - wanted
    return [*(f"missing {count} x {one}" for one, count in missing.items()),
            *(f"too many {count} x {one}" for one, count in more.items())]  # fmt: skip


def violated() -> list[str]:
    """Every violation of every invariant, in words."""
    with snapshot() as session:
        return [f"{one.__name__}: {about}: {what}" for one in INVARIANTS for about, what in one(session)]
