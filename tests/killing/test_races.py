"""Two who act at the same moment, forced: the one is held at a named point until the other is done or waits for it.

One wins and the other is told so; nobody waits in vain, nobody gets a failure, and every invariant holds. `make test`
holds each of both just before its COMMIT; `make kill` at every boundary.
"""

import os
import re
import threading
import time
from collections.abc import Callable

import pytest

from notifications import sink
from tests import services
from tests.desk import Clock, Desk
from tests.killing.child import done, started
from tests.killing.races import RACES, Act, Race
from tests.killing.wire import COMMIT, STATEMENT, Boundary
from tests.killing.worlds import World, asking, world
from workflows.invariants import violations

WHOLE = os.environ.get("KILL") == "whole"
PATIENCE = 30.0
"""So many seconds one waits for another one to be done or to wait; longer, and something is stuck."""


WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
"""How many sessions of this database wait for a lock of another one."""


class Written:
    """True at the first COMMIT after something was written into the history or into a row that others may want."""

    WRITES = re.compile(r'INSERT INTO "?history_event|UPDATE outbox_message SET lease', re.IGNORECASE)

    def __init__(self) -> None:
        self._wrote = False

    def __call__(self, here: Boundary) -> bool:
        if here.kind == STATEMENT:
            self._wrote = here.what != "BEGIN" and (self._wrote or bool(self.WRITES.search(here.what)))
        return here.kind == COMMIT and self._wrote


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_one_wins_and_the_other_is_told(
    race: Race,
    desk: Desk,
    clock: Clock,
    servers: services.Servers,
    template: str,
    mail: Callable[[], list[sink.Received]],
) -> None:
    with world(servers, desk, template, lambda desk: race.prepare(desk, clock)) as made:
        problems = [
            *_held(made, race, race.one, race.other, {race.first}),
            *_held(made, race, race.other, race.one, {race.second[::-1]}),
            *(_everywhere(made, race) if WHOLE else ()),
        ]
    assert not problems, "\n".join(problems)


def _everywhere(made: World, race: Race) -> list[str]:
    """The one is held at each of its boundaries, then the other; either may come first."""
    found, both = [], {race.first, race.second}
    for held, other, may in (
        (race.one, race.other, both),
        (race.other, race.one, {pair[::-1] for pair in both}),
    ):
        with made.again():
            passed = done(lambda act=held: act(made.desk, made.matter)).watch.passed
        for boundary in passed:
            found += _held(made, race, held, other, may, boundary.number)
    return found


def _held(
    made: World, race: Race, held: Act, other: Act, may: set[tuple[str, str]], at: int = 0
) -> list[str]:
    """What is wrong when one is held at a boundary, or before it commits, while the other one acts."""
    with made.again():
        meeting = Meeting()
        with started(
            lambda: held(made.desk, made.matter), at, "held", None if at else Written(), meeting.hold
        ) as run:
            told = meeting.act(lambda: other(made.desk, made.matter))
            said = run.end()
        where = f"{race.name}: held at {run.watch.reached}"
        if said is None or said.failed or not meeting.came:
            return [f"{where}: {said}"]
        found = [] if (said.got, told) in may else [f"told {said.got}, {told}; not one of {may}"]
        found += [] if race.settled(made.matter) else ["not what it must come to"]
        found += [str(one) for one in violations()]
        return [f"{where}: {one}" for one in found]


class Meeting:
    """The one comes to its point and waits there until the other one is done or waits for a lock."""

    def __init__(self) -> None:
        self.came = False
        self._here, self._over = threading.Event(), threading.Event()

    def hold(self) -> None:
        """Wait where one is."""
        self.came = True
        self._here.set()
        until = time.monotonic() + PATIENCE
        with asking() as connection:
            while not self._over.wait(0.01) and time.monotonic() < until:
                if connection.execute(WAITING).fetchone() != (0,):
                    return

    def act(self, other: Callable[[], str]) -> str:
        """Act as soon as the one is there."""
        self._here.wait(PATIENCE)
        try:
            return other()
        finally:
            self._over.set()
