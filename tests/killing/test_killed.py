"""A process is killed, or its connection is cut, at each boundary of each kind of write: then everything that was
acknowledged is there once, everything else once it was asked for again, and every invariant holds.

`make kill` prints a table of what came of it.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from notifications import sink
from tests import services
from tests.conftest import MONDAY
from tests.desk import AVERY, Desk, answers
from tests.integration.acting import browser
from tests.integration.test_task_pages import form
from tests.killing.child import Run, done, started
from tests.killing.operations import OPERATIONS, Operation, before, settle
from tests.killing.pictures import Picture, differences, picture, violated
from tests.killing.wire import COMMIT, COMMITTED, TAKEN, Boundary
from tests.killing.worlds import World, number, rows, world
from workflows import db

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("KILL" not in os.environ, reason="LEFT OUT: make kill kills at every boundary."),
]
MOST_DOUBLED = 5
"""So many mails may come twice after one death: those that were handed over and not yet said to be sent."""
LATER = timedelta(minutes=30)
"""After so long no lease holds any more."""

Mails = Callable[[], list[sink.Received]]


def _tried(found: list[Boundary]) -> Iterator[tuple[Boundary, str]]:
    """Each boundary with the way in which it is tried: killed, and cut off where an answer is lost."""
    for one in found:
        yield one, "killed"
        if one.kind in (COMMITTED, TAKEN):
            yield one, "cut off"


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
    assert not trial.problems, "\n".join(trial.problems)
    print(f"\n{operation.name}: {dict(table)}, doubled mails {trial.doubled}")  # noqa: T201


@pytest.mark.parametrize("door", ["page", "API"])
def test_whoever_never_heard_of_the_commit_is_promised_nothing(
    door: str, desk: Desk, servers: services.Servers, template: str
) -> None:
    def complete() -> tuple[int, str]:
        if door == "page":
            answer = browser(desk, AVERY).post(f"/tasks/{task}", data={"action": "complete", **form("T2")})
        else:
            answer = desk.call(AVERY, "POST", f"/tasks/{task}/complete", {"data": answers("T2")})
        return answer.status_code, answer.get_data(as_text=True)

    with world(servers, desk, template, before("T2")) as made, made.again():
        task = made.matter[2]
        with started(complete, way="cut off", when=Acknowledged()) as run:
            said = run.end()
        assert said and said.got, said
        assert said.got[0] == 503 and ("not known whether" in said.got[1] or "is not known" in said.got[1])
        assert "othing was changed" not in said.got[1]
        assert number("SELECT count(*) FROM user_task WHERE id = %s AND ended_as = 'completed'", task) == 1
        assert number("SELECT count(*) FROM incident") == 0


class Acknowledged:
    """True where the COMMIT of a completed task is acknowledged."""

    def __init__(self) -> None:
        self._completed = False

    def __call__(self, here: Boundary) -> bool:
        self._completed = self._completed or 'INSERT INTO "task_record"' in here.what
        return here.kind == COMMITTED and self._completed


def test_a_migration_that_dies_is_done_by_the_next(servers: services.Servers) -> None:
    """It is one transaction: before its COMMIT there is nothing, and whoever comes next begins anew."""
    with _empty(servers):
        found = done(db.migrate).watch.passed
        whole = rows(SCHEMA)
    with _empty(servers):
        for boundary in found:
            run = done(db.migrate, boundary.number)
            if run.said:  # It may say a little less than the first time, and is done then.
                assert boundary in found[-3:], f"{boundary} was not reached"
            assert rows(SCHEMA) in ([], whole), f"half of the schema is there after {boundary}"
        db.migrate()
        assert rows(SCHEMA) == whole
    print(f"\nmigrate: {Counter(one.kind for one in found)}")  # noqa: T201


SCHEMA = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY table_name, column_name"
)


@contextmanager
def _empty(servers: services.Servers) -> Iterator[None]:
    """An empty database."""
    name = services.clone(servers, "template0")
    try:
        with services.named(servers.database(name)):
            yield
    finally:
        services.drop(servers, name)


class Trial:
    """One operation, done again and again from the same moment; each time it dies elsewhere."""

    def __init__(self, operation: Operation, made: World, folder: Path) -> None:
        self.operation, self.made, self.folder = operation, made, folder
        self.problems: list[str] = []
        self.doubled = 0
        self.before = self.after = Picture()
        self.time: time_machine.Traveller

    def undisturbed(self) -> list[Boundary]:
        """Do it without any harm, here and in a process whose boundaries are counted; gives them."""
        with self._begun():
            self.before = picture()
            self._act()
            self._recover()
            self.after = picture()
            assert self.after != self.before and violated() == []
        with self._begun():
            run = done(self._act)
            assert run.said and not run.said.failed, run.said
        assert {COMMIT, COMMITTED} <= {one.kind for one in run.watch.passed}, "nothing is written here"
        return run.watch.passed

    def _act(self) -> Any:
        return self.operation.act(self.made.desk, self.made.matter)

    def disturbed(self, boundary: Boundary, way: str) -> str:
        """Do it with harm at a boundary; gives what came of it, and keeps what is wrong."""
        with self._begun():
            run = done(self._act, boundary.number, way)
            found = [] if run.watch.reached else ["the boundary was not reached"]
            if not run.committed:
                found += [f"before any commit: {one}" for one in differences(picture(), self.before)]
            self._recover()
            found += differences(picture(), self.after)
            found += violated()
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
