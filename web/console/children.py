"""The processes the demo starts: each in a group of its own, none left behind, a fallen one picked up.

A child that is told to stop gets its signal, a moment, and then the end; what it may have started itself goes
with it. On Linux a child also gets that signal when its parent is killed without a chance to say so.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: From linux/prctl.h: the signal a process gets when the one that started it dies.
PR_SET_PDEATHSIG = 1
#: A child that lives this long after a start counts as well again.
WELL_AFTER = 30.0
#: The longest wait before a child is started again, in seconds.
LONGEST_WAIT = 30.0
#: How much of a log is shown when a child fails.
TAIL_LINES = 25

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class CannotStart(Exception):
    """A part of the demo did not start; the sentence says which, why, and what to do."""


@dataclass(frozen=True)
class Account:
    """The user and group a child runs as, when it is another than ours."""

    user: int
    group: int


@dataclass
class Child:
    """One process: its command, where its log goes, and how it is told to stop."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started_at: float = 0.0
    falls: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        """Start the process; what it writes goes to the end of its log."""
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=_end_with_parent(self.stop_signal),  # noqa: PLW1509 - the starter has one thread.
                **_as_account(self.account),
            )

    @property
    def pid(self) -> int | None:
        """The process id, when it was started."""
        return self.process.pid if self.process else None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the stop signal, if there is anything to stop."""
        if self.process is not None and self.alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def see_off(self, seconds: float = 10.0) -> None:
        """Wait for the process to end, and end it and all that is left of its group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.sweep()
        self.process.wait()

    def sweep(self) -> None:
        """End whatever is left of the process's group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def tail(self) -> str:
        """The last lines of the log."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-TAIL_LINES:])

    def failed(self, reason: str) -> CannotStart:
        """The sentence for a child that did not come up, with the end of its log."""
        return CannotStart(f"{self.name} {reason}. The end of its log ({self.log}):\n{self.tail()}")


def _end_with_parent(sig: signal.Signals) -> Callable[[], None] | None:
    """What the child does before it becomes its program, so that it cannot outlive us."""
    if _libc is None:
        return None
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(sig))
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _as_account(account: Account | None) -> dict[str, Any]:
    """The part of the call that changes the user, when there is one to change to."""
    if account is None:
        return {}
    return {"user": account.user, "group": account.group, "extra_groups": []}


def wait_until(ready: Callable[[], bool], child: Child, seconds: float = 60.0) -> None:
    """Wait until a child answers; raises `CannotStart` when it ends before, or takes too long."""
    until = time.monotonic() + seconds
    while not ready():
        if not child.alive:
            code = child.process.returncode if child.process else None
            raise child.failed(f"stopped while starting (exit code {code})")
        if time.monotonic() > until:
            raise child.failed(f"did not answer within {seconds:.0f} seconds")
        time.sleep(0.05)


def back_off(falls: int) -> float:
    """The wait before start number `falls` + 1: at once, then 1, 2, 4 … seconds, never more than 30."""
    return 0.0 if falls <= 1 else min(LONGEST_WAIT, 2.0 ** (falls - 2))


def look_after(child: Child, say: Callable[[str], None], now: float) -> bool:
    """Start a fallen child again when its wait is over. Returns True when it was started."""
    if child.alive:
        return False
    if not child.again_at:
        _note_fall(child, say, now)
    if now < child.again_at:
        return False
    child.again_at = 0.0
    child.start()
    return True


def _note_fall(child: Child, say: Callable[[str], None], now: float) -> None:
    """Write down that a child fell, and tell the person when it comes back."""
    child.sweep()
    child.falls = 1 if now - child.started_at > WELL_AFTER else child.falls + 1
    wait = back_off(child.falls)
    child.again_at = now + wait
    when = "now" if wait == 0 else f"in {wait:.0f} s"
    code = child.process.returncode if child.process else None
    say(f"{child.name} stopped unexpectedly (exit code {code}); starting it again {when}. Log: {child.log}")


def stop_all(rounds: list[list[Child]]) -> None:
    """Stop the children round by round: all of a round together, the next one when they are gone."""
    for members in rounds:
        for child in members:
            child.ask_to_stop()
        for child in members:
            child.see_off()
