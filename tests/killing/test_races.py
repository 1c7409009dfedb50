"""Two who act at the same moment, forced: the one is held at a named point until the other is done or waits for it.

One wins and the other is told so; nobody waits in vain, nobody gets a failure, and every invariant holds. `make kill`
holds each of both just before its COMMIT, and then at every boundary.
"""

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from notifications import sink
from tests import services
from tests.desk import Clock, Desk
from tests.killing.child import done, started
from tests.killing.pictures import violated
from tests.killing.races import RACES, Act, Race, Told
from tests.killing.wire import COMMIT, STATEMENT, Boundary
from tests.killing.worlds import WAITING, World, asking, world

PATIENCE = 30.0
"""So many seconds one waits for another one to be done or to wait; longer, and something is stuck."""


class Written:
    """True at the first COMMIT after something was written into the history or into a row that others may want."""

    WRITES = re.compile(r'INSERT INTO "?history_event|UPDATE outbox_message SET lease', re.IGNORECASE)

    def __init__(self) -> None:
        self._wrote = False

    def __call__(self, here: Boundary) -> bool:
        if here.kind == STATEMENT:
            self._wrote = here.what != "BEGIN" and (self._wrote or bool(self.WRITES.search(here.what)))
        return here.kind == COMMIT and self._wrote


@pytest.mark.skipif("KILL" not in os.environ, reason="LEFT OUT: make kill forces the races.")
@pytest.mark.parametrize("race", RACES, ids=lambda one: one.name)
def test_one_wins_and_the_other_is_told(
    race: Race,
    desk: Desk,
    clock: Clock,
    servers: services.Servers,
    template: str,
    mail: object,
    mail_sink: tuple[Path, str],
) -> None:
    with world(servers, desk, template, lambda desk: race.prepare(desk, clock)) as made:
        course = Course(race, made, mail_sink[0])
        problems = [
            *course.held(race.one, race.other, {race.first, *race.also}),
            *course.held(race.other, race.one, _turned({race.second, *race.also})),
            *course.everywhere(),
        ]
    assert not problems, "\n".join(problems)


def _turned(told: set[Told]) -> set[Told]:
    return {pair[::-1] for pair in told}


@dataclass
class Course:
    """One race, run again and again from the same moment."""

    race: Race
    made: World
    folder: Path

    def everywhere(self) -> list[str]:
        """The one is held at each of its boundaries, then the other; either may come first."""
        race, found = self.race, []
        both = {race.first, race.second, *race.also}
        for held, other, may in ((race.one, race.other, both), (race.other, race.one, _turned(both))):
            with self.made.again():
                held(self.made.desk, self.made.matter)
            with self.made.again():
                passed = done(lambda act=held: act(self.made.desk, self.made.matter)).watch.passed
            for boundary in passed:
                found += self.held(held, other, may, boundary.number)
        print(f"\n{race.name}: one preemption at each boundary, {len(found)} problems")  # noqa: T201
        return found

    def held(self, held: Act, other: Act, may: set[Told], at: int = 0) -> list[str]:
        """What is wrong when one is held at a boundary, or before it commits, while the other one acts."""
        for kept in self.folder.glob("*.eml"):
            kept.unlink()
        meeting, desk, matter = Meeting(), self.made.desk, self.made.matter
        when = None if at else Written()
        with self.made.again(), started(lambda: held(desk, matter), at, "held", when, meeting.hold) as run:
            told = meeting.act(lambda: other(desk, matter))
            said = run.end()
            if said is None or said.failed or not meeting.came:
                found = [f"{said}"]
            else:
                found = [] if (said.got, told) in may else [f"told {said.got}, {told}; not one of {may}"]
                found += [] if self.race.settled(matter) else ["not what it must come to"]
            found += [*violated(), *self._mails()]
        return [f"{self.race.name}: held at {run.watch.reached}: {one}" for one in found]

    def _mails(self) -> list[str]:
        came = Counter(one.message_id for one in sink.read(self.folder))
        return [f"mail {one} came {count} times" for one, count in came.items() if count > 1]


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
