"""A mailbox read over IMAP with encryption (RFC 9051): the mails that came since the last look, oldest first.

Reading changes nothing there; `mark_seen` is said of those that are dealt with. Whatever goes wrong is
`MailboxUnavailable`, whose sentence holds no address and nothing of a mail.
"""

import hashlib
import imaplib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")

TIMEOUT = 20.0
_PLAIN_FOLDER = re.compile(r"[A-Za-z0-9 ._/+-]{1,100}")


class MailboxUnavailable(Exception):
    """The mailbox cannot be reached, does not let us in, or does not answer as a mailbox does."""


class Mailbox(Protocol):
    """Anything that holds mails under ascending numbers."""

    def epoch(self) -> int:
        """What the numbers count from: another epoch, and they mean other mails (`UIDVALIDITY`)."""

    def after(self, number: int, most: int) -> list[int]:
        """The numbers of at most so many mails after one, ascending."""

    def read(self, number: int, largest: int) -> bytes:
        """The first bytes of a mail; empty when it is gone."""

    def mark_seen(self, number: int) -> None:
        """Mark a mail as read."""


@dataclass(frozen=True)
class MailboxAddress:
    """Where a mailbox is: `imaps://user:password@host/INBOX`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str

    @property
    def name(self) -> str:
        """A checksum under which the mailbox is remembered; the password may change."""
        about = f"{self.user} {self.host} {self.port} {self.folder}"
        return hashlib.sha256(about.encode()).hexdigest()[:16]

    @staticmethod
    def parse(url: str) -> "MailboxAddress":
        """Read an address. Raises `ValueError` that does not repeat it."""
        try:
            parts = urlsplit(url)
            folder = unquote(parts.path.strip("/")) or "INBOX"
            host, user, password = parts.hostname, parts.username, parts.password
            if parts.scheme == "imaps" and host and user and password and _PLAIN_FOLDER.fullmatch(folder):
                return MailboxAddress(host, parts.port or 993, unquote(user), unquote(password), folder)
        except ValueError:
            pass
        raise ValueError("A mailbox's address is imaps://user:password@host/INBOX.")


class ImapMailbox:
    """A `Mailbox` over IMAP; use it as a context. Entering connects and raises `MailboxUnavailable`."""

    def __init__(self, url: str) -> None:
        self._address = MailboxAddress.parse(url)
        self._connection: imaplib.IMAP4_SSL | None = None
        self._epoch = 0

    def __enter__(self) -> Self:
        self._connection = _said(self._connect)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection:
            try:
                connection.logout()
            except (imaplib.IMAP4.error, OSError):
                connection.shutdown()

    def epoch(self) -> int:
        """See `Mailbox`."""
        return self._epoch

    def after(self, number: int, most: int) -> list[int]:
        """See `Mailbox`."""
        # The range n:* always holds the last mail, also when its number is less than n.
        found = self._asked("SEARCH", None, "UID", f"{number + 1}:*")
        numbers = sorted({int(one) for line in found if isinstance(line, bytes) for one in line.split()})
        return [one for one in numbers if one > number][:most]

    def read(self, number: int, largest: int) -> bytes:
        """See `Mailbox`."""
        for answer in self._asked("FETCH", str(number), f"(UID BODY.PEEK[]<0.{largest}>)"):
            if isinstance(answer, tuple) and len(answer) == 2:
                return bytes(answer[1])[:largest]
        return b""

    def mark_seen(self, number: int) -> None:
        """See `Mailbox`."""
        self._asked("STORE", str(number), "+FLAGS.SILENT", r"(\Seen)")

    def _connect(self) -> imaplib.IMAP4_SSL:
        to = self._address
        trusted = ssl.create_default_context()
        connection = imaplib.IMAP4_SSL(to.host, to.port, ssl_context=trusted, timeout=TIMEOUT)
        try:
            connection.login(to.user, to.password)
            _checked(connection.select(f'"{to.folder}"'))
            _, epoch = connection.response("UIDVALIDITY")
            self._epoch = int((epoch or [b"0"])[0] or 0)
        except BaseException:
            connection.shutdown()
            raise
        return connection

    def _asked(self, command: str, *words: Any) -> list[Any]:
        connection = self._connection
        if connection is None:
            raise MailboxUnavailable("The mailbox is not open.")
        return _said(lambda: _checked(connection.uid(command, *words)))


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        raise MailboxUnavailable("The mailbox refused what was asked.")
    return answer[1]


def _said(call: Callable[[], T]) -> T:
    """Make a call; what goes wrong gets our name."""
    try:
        return call()
    except ssl.SSLCertVerificationError:
        raise MailboxUnavailable("The certificate of the mailbox's server cannot be trusted.") from None
    except imaplib.IMAP4.abort:
        raise MailboxUnavailable("The connection to the mailbox broke.") from None
    except imaplib.IMAP4.error:
        raise MailboxUnavailable("The mailbox does not let us in, or has no such folder.") from None
    except (OSError, ValueError):
        raise MailboxUnavailable("The mailbox cannot be reached.") from None
