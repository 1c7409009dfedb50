"""Every reading of facts about a client is in the history (domain 7.3): whatever address shows one, writes one down."""

import re

import pytest
from sqlalchemy import func, select

from tests.permissions import asking
from tests.permissions.cases import BY_KEY
from tests.permissions.conftest import Report
from tests.permissions.people import PEOPLE, Who
from tests.permissions.table import CASES, PLACES, TASKS
from tests.permissions.world import World
from workflows import db
from workflows.history import HistoryEvent

READERS = {name: next(who for who in PEOPLE if who.username == name) for name in (
    "avery.quillfeather", "casey.thistledown", "devon.ashgrove", "pat.windlass", "lee.cairnstone",
    "robin.alderspire")}  # fmt: skip
CASES_READ = ("draft", "submitted", "in_contact", "opting_in", "accepted", "opted_in")
OUTSIDE = ("pat.windlass", "robin.alderspire", "lee.cairnstone")
"""Those who are never shown who a client is."""
READ_RULES = [
    (row, rule) for row in (*CASES, *TASKS, *PLACES) for rule in row.rules if rule.startswith("GET")
]


def _reads() -> int:
    with db.transaction() as session:
        wanted = HistoryEvent.kind == "client_facts_read"
        return session.scalar(select(func.count()).select_from(HistoryEvent).where(wanted)) or 0


def _asked(world: World, who: Who) -> dict[str, tuple[str, asking.Asked]]:
    """Every address that can be read, with the name of the client that it could show; each once."""
    found: dict[str, tuple[str, asking.Asked]] = {}
    for row, rule in READ_RULES:
        if row in CASES:
            asked = [(BY_KEY[key].name, asking.of_case(world, rule, BY_KEY[key])) for key in CASES_READ]
        elif row in TASKS:
            tasks = [task for task in world.tasks if task.state.key in CASES_READ]
            asked = [(task.state.name, asking.of_task(rule, task)) for task in tasks]
        else:
            asked = [("", asking.of_place(world, rule, who))]
        found |= {one[1]: (name, one) for name, one in asked}
    return found


@pytest.mark.parametrize("who", READERS.values(), ids=lambda who: who.username)
def test_whoever_is_shown_a_fact_is_found_in_the_history(world: World, report: Report, who: Who) -> None:
    before, wrong, shown = _reads(), [], 0
    for path, (name, one) in _asked(world, who).items():
        answer, after = world.ask_and_look(who, one, _reads)
        tells = bool(name) and re.search(rf"{name}", answer.text) is not None
        shown += tells
        if tells and after == before:
            wrong.append(path)
    report(shown)
    assert not wrong, "\n".join(wrong)
    assert bool(shown) == (who.username not in OUTSIDE)
