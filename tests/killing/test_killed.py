"""A process is killed, or its connection is cut, at each boundary of each kind of write: then everything that was
acknowledged is there once, everything else once it was asked for again, and every invariant holds.

`make kill` takes every boundary and prints the table; `make test` takes every commit and a few of the others.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from notifications import sink
from tests import services
from tests.conftest import MONDAY
from tests.desk import Desk
from tests.killing.child import Run, done
from tests.killing.operations import MIGRATE, OPERATIONS, Operation, settle
from tests.killing.pictures import Picture, differences, picture
from tests.killing.wire import COMMIT, COMMITTED, TAKEN, Boundary
from tests.killing.worlds import World, number, rows, world
from workflows.invariants import violations

WHOLE = os.environ.get("KILL") == "whole"
SEED = int(os.environ.get("SEED", "0"))
SAMPLE = 1
"""So many boundaries of each kind but commits are tried where not all are."""
MOST_DOUBLED = 5
"""So many mails may come twice after one death: those that were handed over and not yet said to be sent."""
LATER = timedelta(minutes=30)
"""After so long no lease holds any more."""

Mails = Callable[[], list[sink.Received]]


def _tried(found: list[Boundary]) -> Iterator[tuple[Boundary, str]]:
    """Each boundary to try, with the way in which: killed, or cut off where an answer is lost."""
    chance = random.Random(SEED)
    for kind in sorted({one.kind for one in found}):
        these = [one for one in found if one.kind == kind]
        some = these if WHOLE or kind in (COMMIT, COMMITTED) else chance.sample(these, min(SAMPLE, len(these)))
        yield from ((one, "killed") for one in some)
        if kind in (COMMITTED, TAKEN):
            yield from ((one, "cut off") for one in (some if WHOLE else some[-1:]))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_whatever_dies_is_done_once(
    operation: Operation,
    desk: Desk,
    servers: services.Servers,
    template: str,
    mail: Mails,
    mail_sink: tuple[Path, str],
) -> None:
    table: Counter[tuple[str, str, str]] = Counter()
    with world(servers, desk, template, operation.prepare) as made:
        trial = Trial(operation, made, mail_sink[0])
        for boundary, way in _tried(trial.undisturbed()):
            table[boundary.kind, way, trial.disturbed(boundary, way)] += 1
    assert trial.problems == []
    print(f"\n{operation.name}: seed {SEED}, {dict(table)}, doubled mails {trial.doubled}")  # noqa: T201


class Trial:
    """One operation, done again and again from the same moment; each time it dies elsewhere."""

    def __init__(self, operation: Operation, made: World, folder: Path) -> None:
        self.operation, self.made, self.folder = operation, made, folder
        self.problems: list[str] = []
        self.doubled = 0
        self.before = self.after = Picture()
        self.time: time_machine.Traveller

    def undisturbed(self) -> list[Boundary]:
        """Do it once without any harm; gives its boundaries."""
        with self._begun():
            self.before = picture()
            run = done(lambda: self.operation.act(self.made.desk, self.made.matter))
            assert run.said and not run.said.failed, run.said
            self._recover()
            self.after = picture()
            assert self.after != self.before and list(violations()) == []
        return run.watch.passed

    def disturbed(self, boundary: Boundary, way: str) -> str:
        """Do it with harm at a boundary; gives what came of it, and keeps what is wrong."""
        with self._begun():
            run = done(lambda: self.operation.act(self.made.desk, self.made.matter), boundary.number, way)
            found = [] if run.watch.reached else ["the boundary was not reached"]
            if not run.committed:
                found += [f"before any commit: {one}" for one in differences(picture(), self.before)]
            self._recover()
            found += differences(picture(), self.after)
            found += [str(one) for one in violations()]
            found += self._mails(run)
        self.problems += [f"{way} at {boundary}: {one}" for one in found]
        return _came_of(run)

    @contextmanager
    def _begun(self) -> Iterator[None]:
        """The moment from which everything begins."""
        for kept in self.folder.glob("*.eml"):
            kept.unlink()
        with self.made.again(), time_machine.travel(MONDAY + self.operation.later, tick=False) as self.time:
            yield

    def _recover(self) -> None:
        """The client asks again, the job runs again; and later on once more."""
        self.operation.again(self.made.desk, self.made.matter)
        self.time.shift(LATER)
        settle()

    def _mails(self, run: Run) -> list[str]:
        """Every message that is sent came once; one whose acknowledgement was lost may come twice."""
        came = Counter(one.message_id for one in sink.read(self.folder))
        sent = {one for (one,) in rows("SELECT message_id FROM outbox_message WHERE state = 'sent'")}
        twice = {one for one, count in came.items() if count == 2}
        often = {one for one, count in came.items() if count > 2}
        self.doubled = max(self.doubled, len(twice))
        found = [f"mail {one} never came" for one in sorted(sent - came.keys())]
        found += [f"mail {one} came without a message that is sent" for one in sorted(came.keys() - sent)]
        found += [f"mail {one} came too often" for one in sorted(often | (twice - run.watch.doubtful()))]
        return found + ([f"{len(twice)} mails came twice"] if len(twice) > MOST_DOUBLED else [])


def _came_of(run: Run) -> str:
    if run.said is None:
        return "died after a commit" if run.committed else "died before any commit"
    told = run.said.failed or (run.said.got or 0) >= 500
    return "told that it failed" if told else "answered"
