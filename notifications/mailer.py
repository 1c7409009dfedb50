"""Sending an e-mail: the message, the seam `Mailer`, and the SMTP implementation of it.

Failures come in three kinds: `MailRefused`, the server's answer about this very message, for good (5xx, a bad
address) or for now (4xx); `MailerUnavailable`, where nothing is wrong with the message and it did not go out; and
`MailUncertain`, where nobody knows whether it did. None repeats an address or the server's own words, which may
hold one.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}")
_ENVELOPE_ID = re.compile(r"[!-*,-<>-~]{1,100}")
_GO_ON, _CLOSING = 354, 421
_PORTS = {"smtp": 25, "smtps": 465}
_OWN_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "message-id", "sender", "reply-to", "return-path"}
)


class MailError(Exception):
    """A message was not handed over."""


class MailerUnavailable(MailError):
    """The mail server cannot be reached, or does not let us in. Nothing is wrong with the message."""


class MailUncertain(MailerUnavailable):
    """The connection broke while the server had the message in hand: it may have taken it, or not."""


class MailRefused(MailError):
    """The mail server refused this message. `permanent`: it will never take it; `code`: its reply, if any."""

    def __init__(self, reason: str, *, permanent: bool, code: int | None = None) -> None:
        self.permanent = permanent
        self.code = code
        super().__init__(f"{reason} ({code})." if code else f"{reason}.")


@dataclass(frozen=True)
class Message:
    """One e-mail to one person, ready to send; `message_id` is fixed, so that a second copy is recognised.

    `sender` may hold a display name. `headers` are further ones, such as `{"X-Message-Kind": "…"}`. `returns_to` is
    the address that a mail server tells when it cannot deliver (RFC 5321 4.4); the sender's own when empty.
    """

    to: str
    sender: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    returns_to: str = ""

    @property
    def envelope_sender(self) -> str:
        """The address of `MAIL FROM`."""
        return self.returns_to or parseaddr(self.sender)[1]

    def as_email(self) -> EmailMessage:
        """The message as it goes over the wire. Raises `MailRefused`, for good, for what cannot be one."""
        if not is_address(self.to):
            raise MailRefused("The recipient's address is not an e-mail address", permanent=True)
        if not all(_HEADER.fullmatch(name) and name.lower() not in _OWN_HEADERS for name in self.headers):
            raise MailRefused("A header of the message has a name that is not allowed", permanent=True)
        if not (is_address(parseaddr(self.sender)[1]) and is_address(self.envelope_sender)):
            raise MailRefused("The sender's address is not an e-mail address", permanent=True)
        try:
            email = self._email()
            email.as_bytes()
        except (ValueError, TypeError, IndexError, AttributeError, UnicodeError):
            raise MailRefused("A header of the message cannot be written", permanent=True) from None
        return email

    def _email(self) -> EmailMessage:
        email = EmailMessage(policy=SMTP)
        email["From"] = self.sender
        email["To"] = self.to
        email["Subject"] = self.subject
        email["Date"] = formatdate(usegmt=True)
        email["Message-ID"] = self.message_id
        email["Auto-Submitted"] = "auto-generated"
        for name, value in self.headers.items():
            email[name] = value
        email.set_content(self.text, cte="quoted-printable")
        email.add_alternative(self.html, subtype="html", cte="quoted-printable")
        return email


class Mailer(Protocol):
    """Anything that takes messages; after `send` returns, the message is the server's."""

    def send(self, message: Message) -> None:
        """Hand a message over. Raises `MailRefused` or `MailerUnavailable`."""


@dataclass(frozen=True)
class SmtpAddress:
    """Where and how to reach a mail server: `smtp://user:password@host:587?starttls=1`, `smtps://host`."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 20.0

    @staticmethod
    def parse(url: str) -> "SmtpAddress":
        """Read an address, also `?starttls=1` and `?timeout=10`. Raises `ValueError` that does not repeat it."""
        try:
            return _parsed(url)
        except (ValueError, KeyError):
            raise ValueError(
                "A mail server's address is smtp://user:password@host:port?starttls=1 or smtps://host."
            ) from None


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address and nothing else."""
    return bool(_ADDRESS.fullmatch(text))


def _parsed(url: str) -> SmtpAddress:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if not parts.hostname or query.keys() - {"starttls", "timeout"}:
        raise ValueError
    default_port = _PORTS[parts.scheme]
    return SmtpAddress(
        host=parts.hostname,
        port=parts.port or default_port,
        tls=parts.scheme == "smtps",
        starttls=query.get("starttls", ["0"])[-1].lower() in ("1", "true", "yes"),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        timeout=float(query.get("timeout", ["20"])[-1]),
    )


def is_encrypted(url: str) -> bool:
    """Whether nothing is sent to the mail server of an address before the connection is encrypted."""
    address = SmtpAddress.parse(url)
    return address.tls or address.starttls


class SmtpMailer:
    """A `Mailer` over SMTP. It keeps its connection until `close`, so use it as a context for a batch.

    One instance belongs to one thread. When the connection breaks after the server asked for the message, nobody
    knows whether it took it: that is `MailUncertain`, and sending again carries the same Message-ID.
    """

    def __init__(self, url: str) -> None:
        self._address = SmtpAddress.parse(url)
        self._connection: _Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: Message) -> None:
        """Hand a message over; connects when needed. Raises `MailRefused` or `MailerUnavailable`."""
        email = message.as_email()
        connection = self._ready()
        try:
            connection.send_message(
                email, message.envelope_sender, [message.to], **_wanted_reports(connection, message)
            )
        except (smtplib.SMTPException, OSError) as error:
            failure = _failure(error, connection.in_hand)
            self._after(failure)
            raise failure from None
        except BaseException:
            # Cut off in the middle, the next message would read answers that are not its own.
            connection.close()
            self._connection = None
            raise

    def close(self) -> None:
        """Say goodbye, if a connection is open."""
        connection, self._connection = self._connection, None
        if connection:
            _quietly(connection.quit)

    def _ready(self) -> "_Connection":
        """The kept connection if it still answers, otherwise a new one."""
        if self._connection and not _still_answers(self._connection):
            self._connection.close()
            self._connection = None
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise MailerUnavailable(_why_not_in(error)) from None
        return self._connection

    def _connect(self) -> "_Connection":
        to = self._address
        connection = _dial(to)
        try:
            if to.starttls:
                connection.starttls(context=ssl.create_default_context())
            if to.user:
                connection.login(to.user, to.password or "")
        except BaseException:
            connection.close()
            raise
        return connection

    def _after(self, failure: MailError) -> None:
        """Keep the connection after a refusal, once it is ready for the next message; drop it otherwise."""
        connection = self._connection
        if connection is None:
            return
        if isinstance(failure, MailerUnavailable) or not _quietly(connection.rset):
            connection.close()
            self._connection = None


class _Connection(smtplib.SMTP):
    """A connection that knows whether the server has a message in hand: it has asked for one, and not answered yet."""

    in_hand = False

    def getreply(self) -> tuple[int, bytes]:
        """The next answer."""
        code, said = super().getreply()
        self.in_hand = code == _GO_ON
        return code, said


class _EncryptedConnection(smtplib.SMTP_SSL, _Connection):
    """The same, encrypted from the first byte."""


def _dial(to: SmtpAddress) -> _Connection:
    name = socket.gethostname()
    if to.tls:
        trusted = ssl.create_default_context()
        return _EncryptedConnection(
            to.host, to.port, local_hostname=name, timeout=to.timeout, context=trusted
        )
    return _Connection(to.host, to.port, local_hostname=name, timeout=to.timeout)


def _wanted_reports(connection: smtplib.SMTP, message: Message) -> dict[str, Sequence[str]]:
    """What the server is asked to report, where it can (RFC 3461): failures and delays, with the returned message's
    header alone, and under an id by which the report is known even when it returns nothing."""
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("dsn"):
        return {}
    known = message.message_id.strip("<>")
    marked = ["RET=HDRS", f"ENVID={known}"] if _ENVELOPE_ID.fullmatch(known) else ["RET=HDRS"]
    return {"mail_options": marked, "rcpt_options": ["NOTIFY=FAILURE,DELAY"]}


def _still_answers(connection: smtplib.SMTP) -> bool:
    try:
        return connection.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _quietly(call: Callable[[], object]) -> bool:
    """Make a call whose failure changes nothing; whether it went well."""
    try:
        call()
    except (smtplib.SMTPException, OSError):
        return False
    return True


def _failure(error: Exception, in_hand: bool) -> MailError:
    """Our class for what went wrong while a message was handed over; `in_hand`: the server had asked for it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, _)] = error.recipients.values()
        return _refusal("The mail server refused the recipient", code)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _refusal("The mail server refused the sender", error.smtp_code)
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal("The mail server refused the message", error.smtp_code)
    if in_hand:
        return MailUncertain("The connection broke before the mail server said whether it took the message.")
    return MailerUnavailable("The connection to the mail server broke.")


def _refusal(reason: str, code: int) -> MailError:
    """4xx passes, 5xx stays; 421 and what is no reply at all mean that the server itself is going away."""
    if code == _CLOSING or not 400 <= code <= 599:
        return MailerUnavailable("The mail server closed the connection.")
    return MailRefused(reason, permanent=code >= 500, code=code)


def _why_not_in(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server does not accept our user name and password."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The mail server does not offer the encryption or sign-in that is configured."
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The mail server's certificate cannot be trusted."
    if isinstance(error, ssl.SSLError):
        return "The connection to the mail server cannot be encrypted."
    return "The mail server cannot be reached."
