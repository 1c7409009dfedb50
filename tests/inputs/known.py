"""What is really there to be asked for: ids and words of the world, by the name of the parameter or field that takes them."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from tests.desk import ANSWERS, answers
from tests.inputs.odd import Chance
from tests.permissions.asking import NOBODYS, OF_DRAFTS
from tests.permissions.people import ADM, AUD, CM, ESD, PEOPLE, PM, SUP
from tests.permissions.world import World
from workflows import db

FROM_TABLES = {
    "id": 'SELECT id FROM user_task ORDER BY id',
    "task": 'SELECT id FROM user_task WHERE closed_at IS NULL ORDER BY id',
    "element": 'SELECT DISTINCT element FROM user_task ORDER BY 1',
    "office": 'SELECT code FROM office ORDER BY 1',
    "agency": 'SELECT code FROM agency ORDER BY 1',
    "area": 'SELECT code FROM area ORDER BY 1',
    "kind": 'SELECT DISTINCT kind FROM history_event UNION SELECT DISTINCT kind FROM outbox_message ORDER BY 1',
    "agreement": 'SELECT number FROM agreement ORDER BY 1',
}  # fmt: skip
DATES = (
    "2026-11-21",
    "2027-01-01",
    "2025-02-28",
    "2026-03-08",
    "2026-12-01T10:30",
    "9999-12-31",
    "0001-01-01",
    "2100-02-29",
)

KEYS = (
    '["2026-11-21T00:00:00+00:00", "x"]',
    '["2026-11-21T00:00:00+00:00", "\\u0000"]',
    '["0001-01-01T00:00:00+14:00", ""]',
    '["2026-11-21", []]',
    '{"a": 1, "b": 2}',
    '["9999-12-31T23:59:59", null]',
)
"""What the key of a page may be made to say."""


class Known:
    """Values that are there, for names; the same chance draws the same ones."""

    def __init__(self, world: World) -> None:
        self.pools = _pools(world)
        self.everything = [value for pool in self.pools.values() for value in pool]

    def value(self, name: str, chance: Chance) -> str:
        """Something that may well stand under a name."""
        pool = self.pools.get(name.lower().removeprefix("q-").removesuffix("s"), ()) or self.pools.get(name)
        return str(chance.choice(pool if pool and chance.often(0.85) else self.everything))


def _pools(world: World) -> dict[str, Sequence[Any]]:
    with db.transaction() as session:
        found: dict[str, Sequence[Any]] = {
            name: session.execute(text(query)).scalars().all() for name, query in FROM_TABLES.items()
        }
    numbers = [*world.numbers.values(), "OLY-2026-999999"]
    users = [who.username for who in PEOPLE if who.username]
    things = [value for value in vars(world.things).values() if isinstance(value, int)]
    return found | {
        "number": [*numbers, *found["agreement"]],
        "case": numbers,
        "chosen": [*found["task"], *numbers],
        "number_id": [*things, *things, NOBODYS, *range(1, 12)],
        "row_version": [1],
        "version": [1],
        "n": [1],
        "place": [1],
        **dict.fromkeys(("username", "person", "substitute", "member", "assignee", "holder", "who", "to", "of", "case_manager", "q"), users),
        "role": [CM, ESD, SUP, PM, ADM, AUD],
        "key": ["opt_in_5512pro", "opted_in"],
        "file": ["5512pro_main.bpmn", "opt_in_request.bpmn"],
        "form": ["T6_AskClientToContactSupervisor", "T1_QuickSearchOwnOffice"],
        "question": ["asked_by"],
        "mail": ["remind_now"],
        "time": ["confirm_due"],
        "process": ["opt_in_5512pro"],
        "token": [world.things.setup],
        "view": ["mine", "role", "late", "waiting", "all", "unread"],
        "action": ["save", "complete", "claim", "release", "reassign", "later", "close", "check"],
        "after": [base64.urlsafe_b64encode(key.encode()).decode() for key in KEYS],
        "do": ["claim", "release", "reassign", "later"],
        "language": ["en", "es"],
        **dict.fromkeys(("since", "until", "before", "trained_on", "day", "first_day", "last_day", "starts_on", "ends_on"), DATES),
    }  # fmt: skip


def task_answers(path: str, world: World, chance: Chance) -> dict[str, Any]:
    """Answers to the form of the task that a path names, or to another one."""
    label = next((task.label for task in world.tasks if task.id in path), "")
    return answers(label if label in ANSWERS and chance.often(0.9) else chance.choice(list(ANSWERS)))


def of_drafts(chance: Chance) -> Mapping[str, Any]:
    """What the tabs of a draft take."""
    return chance.choice([OF_DRAFTS, {"row_version": 1}])
