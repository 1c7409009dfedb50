"""That facts about a client were read is written down by whoever shows them (domain 7.3)."""

from workflows.cases import Case, lock_case
from workflows.history import record
from workflows.work import Work


def note_read(work: Work, case: Case, where: str, element: str | None) -> None:
    """Write down that facts about a client were read, once for each reading."""
    locked = lock_case(work.db, case.id)
    record(work, "client_facts_read", locked, element=element, where=where)
