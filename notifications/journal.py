"""The journal of one host: what its senders began to hand over and what a mail server has taken, on its own disk.

Between the answer of a mail server and the commit that says so a sender can die. What it wrote here survives it, so
that the next sender of this host knows which message has gone. One file a day; each line is
`began|taken <Message-ID> <lease>`, written through to the disk before anything else is done. It tells of no person.
"""

import os
import secrets
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import structlog

log = structlog.get_logger()

KEPT = timedelta(days=7)
"""So long a day's file is kept: far longer than any host waits for what another one had in hand."""

Fate = Literal["taken", "began", "never"]
Handed = tuple[str, str]
"""A message by its Message-ID, and the lease under which it was handed over."""

_NEWEST = "%Y-%m-%d"


class JournalUnwritable(OSError):
    """The journal's folder cannot be written: nothing may begin that it is to remember."""


class Journal:
    """The journal in a folder that is this host's alone; the folder is made when it is missing.

    Several processes of the host may write at once: a line is one write to the end of the file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def host(self) -> str:
        """The name of this host among the senders, kept in the folder; empty while there is none.

        It goes with the folder and not with the machine, because a container gets a new name each time it is made.
        """
        try:
            return (self._folder / "host").read_text("utf-8")
        except (OSError, UnicodeError):
            return ""

    def new_lease(self) -> str:
        """A lease for messages in hand, `host:chance`. Without a host where the journal cannot be written: what is
        sent under it nobody will be able to look up."""
        chance = secrets.token_hex(8)
        try:
            lease = f"{self._named()}:{chance}"
            self._write("opened", "-", lease)
        except OSError as error:
            log.warning("journal_unwritable", error=type(error).__name__)
            return f":{chance}"
        return lease

    def began(self, message_id: str, lease: str) -> None:
        """The message goes out next. Raises `JournalUnwritable`; under a lease without a host nothing is written."""
        try:
            self._note("began", message_id, lease)
        except OSError as error:
            raise JournalUnwritable(type(error).__name__) from None

    def taken(self, message_id: str, lease: str) -> None:
        """A mail server has taken the message. What cannot be written is only not remembered."""
        try:
            self._note("taken", message_id, lease)
        except OSError as error:
            log.warning("journal_unwritable", error=type(error).__name__)

    def fates(self, handed: Iterable[Handed]) -> dict[Handed, Fate]:
        """What became of messages that senders of this host had in hand.

        `never`: they did not begin with it. Raises `OSError` when the journal cannot be read.
        """
        found: dict[Handed, Fate] = dict.fromkeys(handed, "never")
        for path in sorted(self._folder.glob("*.log")):
            for line in path.read_text("utf-8", errors="replace").splitlines():
                word, _, rest = line.partition(" ")
                message_id, _, lease = rest.partition(" ")
                if (one := (message_id, lease)) in found:
                    found[one] = _later(found[one], word)
        return found

    def _note(self, word: str, message_id: str, lease: str) -> None:
        if host_of(lease):
            self._write(word, message_id, lease)

    def _named(self) -> str:
        """The name of this host; the first of its processes chooses it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = self._folder / "host"
        if not name.exists():
            mine = self._folder / f"host.{secrets.token_hex(4)}"
            mine.write_text(f"{_plain(socket.gethostname())}-{secrets.token_hex(4)}", "utf-8")
            try:
                os.link(mine, name)
            except FileExistsError:
                pass  # Another process was first; its name is as good.
            finally:
                mine.unlink()
        return name.read_text("utf-8")

    def _write(self, *words: str) -> None:
        """Write a line through to the disk. It begins with a line break of its own, so that one that was cut off in
        the middle spoils no other."""
        path = self._folder / f"{datetime.now(UTC).strftime(_NEWEST)}.log"
        new = not path.exists()
        line = f"\n{' '.join(words)}\n".encode()
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.write(file, line) != len(line):
                raise OSError("the line was not written whole")
            os.fsync(file)
        finally:
            os.close(file)
        if new:
            self._begin_day()

    def _begin_day(self) -> None:
        """Have the new file's name on the disk as well, and drop the files that nobody asks for any more."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        oldest = (datetime.now(UTC) - KEPT).strftime(_NEWEST)
        for path in self._folder.glob("*.log"):
            if path.stem < oldest:
                path.unlink(missing_ok=True)


def host_of(lease: str) -> str:
    """The host whose journal knows what was handed over under a lease; empty when none does."""
    return lease.partition(":")[0]


def _later(known: Fate, word: str) -> Fate:
    """The fate after one more line."""
    if known == "taken" or word == "taken":
        return "taken"
    return "began" if word == "began" else known


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isascii() and letter.isalnum())[:30] or "host"
