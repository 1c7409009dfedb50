"""A process that does one thing of the product and may be killed meanwhile: a fork of the test, so it is there at once.

It speaks with the servers through wires alone. What came of it is what it managed to say before it died.
"""

import gc
import json
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.killing.wire import Boundary, DatabaseWire, MailWire, Watch
from workflows.errors import Refused
from workflows.settings import settings

LONGEST = 300.0
"""Seconds that a child may take; longer, and something waits for ever."""


@dataclass(frozen=True)
class Said:
    """What a child said of its work: what it got, or the kind of the failure; `refused` tells a refusal from others."""

    got: Any = None
    failed: str = ""
    refused: bool = False


class Child:
    """A forked process at work; the connections of the test are left alone and new ones are made."""

    def __init__(self, work: Callable[[], Any], **addresses: str) -> None:
        ear, mouth = os.pipe()
        self._ear = os.fdopen(ear, "rb")
        self._over = False
        self.number = os.fork()
        if self.number == 0:
            _work_and_end(work, addresses, mouth)
        os.close(mouth)

    def kill(self) -> bool:
        """Kill it here and now; nothing that it has not sent yet will go."""
        os.kill(self.number, signal.SIGKILL)
        return False

    def end(self) -> Said | None:
        """Wait for its end; what it said, or None when it died before it could."""
        overdue = threading.Timer(LONGEST, self.kill)
        overdue.start()
        words = self._ear.read()
        overdue.cancel()
        self.bury()
        return Said(**json.loads(words)) if words else None

    def bury(self) -> None:
        """Nothing of it is left, whether it has come to its end or not."""
        if not self._over:
            self._over = True
            self.kill()
            os.waitpid(self.number, 0)
            self._ear.close()


def _work_and_end(work: Callable[[], Any], addresses: dict[str, str], mouth: int) -> None:
    """Nothing of the parent is tidied up here: its sockets are shared, and closing them would end its sessions."""
    gc.disable()
    os.environ.update(addresses)
    settings.cache_clear()
    try:
        said = Said(work())
    except Refused as refused:
        said = Said(failed=type(refused).__name__, refused=True)
    except BaseException as error:
        said = Said(failed=f"{type(error).__name__}: {error}")
    os.write(mouth, json.dumps(vars(said)).encode())
    os._exit(0)


@dataclass
class Run:
    """One child with its wires. `said` is None while it works and when it died."""

    watch: Watch
    child: Child
    said: Said | None = None

    @property
    def committed(self) -> bool:
        """Whether anything was committed by it."""
        return any(one.kind == "committed" for one in self.watch.passed)

    def end(self) -> Said | None:
        """Wait until it is over."""
        self.said = self.child.end()
        return self.said


@contextmanager
def started(
    work: Callable[[], Any], at: int = 0, way: str = "killed",
    when: Callable[[Boundary], bool] | None = None, hold: Callable[[], None] = lambda: None,
) -> Iterator[Run]:  # fmt: skip
    """A child at work on the database and the mail server of the settings.

    At boundary `at`, or the first of which `when` is true, it is `killed`, its connection is `cut off`, or it is `held`
    as long as `hold` takes.
    """
    made: queue.Queue[Child] = queue.Queue()
    acts = {"killed": lambda: made.get().kill(), "cut off": lambda: False, "held": lambda: hold() or True}
    watch = Watch(acts[way], at, when)
    database, mail = DatabaseWire(settings().database_url, watch), MailWire(settings().smtp_url, watch)
    child = Child(work, DATABASE_URL=database.url, SMTP_URL=mail.url)
    made.put(child)
    try:
        yield Run(watch, child)
    finally:
        child.bury()
        database.close()
        mail.close()


def done(work: Callable[[], Any], at: int = 0, way: str = "killed") -> Run:
    """A child that is over, in whatever way."""
    with started(work, at, way) as run:
        run.end()
    return run
