"""Every reading of facts about a client is in the history (domain 7.3): whatever address shows one, writes one down."""

import pytest

from tests.desk import AVERY, CASEY, LEE, PAT, ROBIN
from tests.permissions import asking
from tests.permissions.cases import BY_KEY, GIL
from tests.permissions.conftest import Report
from tests.permissions.people import CM, ESD, PEOPLE, SUP, Who
from tests.permissions.table import CASES, PLACES, TASKS
from tests.permissions.world import World
from workflows import history

READERS = [who for who in PEOPLE if who.username in (AVERY, CASEY, GIL, PAT, LEE, ROBIN)]
"""One of each role, those who are never shown who a client is among them."""
CASES_READ = ("draft", "submitted", "in_contact", "opting_in", "accepted", "opted_in")
READ_RULES = [
    (row, rule) for row in (*CASES, *TASKS, *PLACES) for rule in row.rules if rule.startswith("GET")
]


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


@pytest.mark.parametrize("who", READERS, ids=lambda who: who.username)
def test_whoever_is_shown_a_fact_is_found_in_the_history(
    world: World, report: Report, who: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: list[str] = []
    monkeypatch.setattr(history, "append", lambda db, table, row: kinds.append(row["kind"]))
    shown, wrong = 0, []
    for path, (name, one) in _asked(world, who).items():
        kinds.clear()
        tells = bool(name) and name in world.ask(who, *one).text
        shown += tells
        if tells and not set(kinds) & set(history.READINGS):
            wrong.append(path)
    report(shown)
    assert not wrong, "\n".join(wrong)
    assert bool(shown) == who.has(CM, SUP, ESD)
