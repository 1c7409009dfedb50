"""Bounces: what mail servers report of messages that they could not deliver (RFC 3464, inside RFC 6522).

`read_bounce` is total: whatever the bytes are, it gives a `Bounce` or raises `NotABounce`. It believes nothing but the
report's own form: who sent it cannot be known, so it tells of a message by the id that only those have seen who had
the message in hand. Addresses and the servers' own words are not taken over.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Mail

LARGEST = 1_000_000
"""So many bytes of a report are read; what it returns of a message of ours is far shorter."""

MOST_RECIPIENTS = 100
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_ENVELOPE_ID = re.compile(r"[!-;=?-~]{1,250}")
_HEADERS = frozenset({"message/rfc822", "message/rfc822-headers"})
_TEXT_HEADERS = frozenset({"text/rfc822-headers", "text/rfc822"})


class NotABounce(ValueError):
    """The bytes are no report of a failed or delayed delivery, or do not say of which message; the text says why."""


@dataclass(frozen=True)
class Bounce:
    """What a report says of one message.

    `message_ids` are those it may mean, the likeliest first; `failed`: the server has given up, otherwise it is still
    trying; `status` is the enhanced code (RFC 3463), such as `5.1.1`.
    """

    message_ids: tuple[str, ...]
    failed: bool
    status: str

    @property
    def permanent(self) -> bool:
        """Whether it would fail again."""
        return self.failed and self.status.startswith("5")


def read_bounce(raw: bytes) -> Bounce:
    """The bounce that the bytes of a mail are; of long ones the first `LARGEST`. Raises `NotABounce`, nothing else."""
    try:
        return _read(message_from_bytes(raw[:LARGEST]))
    except NotABounce:
        raise
    except Exception as error:  # The library's reading of foreign bytes fails in more ways than it says.
        raise NotABounce(f"It cannot be read ({type(error).__name__}).") from None


def _read(mail: Mail) -> Bounce:
    kind = str(mail.get_param("report-type") or "delivery-status").lower()
    if mail.get_content_type() != "multipart/report" or kind != "delivery-status":
        raise NotABounce("It is no report of a delivery.")
    parts = [part for part in _children(mail) if isinstance(part, Mail)]
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not reports:
        raise NotABounce("The report has no part for machines.")
    groups = [part for part in _children(reports[0]) if isinstance(part, Mail)]
    failed, status = _worst(groups[1 : MOST_RECIPIENTS + 1] or groups)
    ids = tuple(dict.fromkeys((*_returned(parts), *_envelope(groups[:1]))))
    if not ids:
        raise NotABounce("It does not say which message it is about.")
    return Bounce(ids, failed, status)


def _children(mail: Mail) -> list[object]:
    inside = mail.get_payload()
    return list(inside) if isinstance(inside, list) else []


def _worst(recipients: Iterable[Mail]) -> tuple[bool, str]:
    """Whether delivery failed, and the status: of several recipients that of the one who is worst off."""
    told = [one for recipient in recipients if (one := _of_recipient(recipient))]
    if not told:
        raise NotABounce("It reports no failure and no delay.")
    return max(told, key=lambda one: (one[0], one[1].startswith("5")))


def _of_recipient(group: Mail) -> tuple[bool, str] | None:
    action = _first_word(group["Action"])
    found = _STATUS.search(str(group["Status"] or ""))
    status = ".".join(found.groups()) if found else {"failed": "5.0.0", "delayed": "4.0.0"}.get(action, "")
    if action in ("failed", "delayed") and not status.startswith("2"):
        return action == "failed", status
    return None


def _first_word(value: object) -> str:
    """A keyword without the comment that may follow it."""
    return str(value or "").partition("(")[0].strip().lower()


def _returned(parts: Iterable[Mail]) -> Iterator[str]:
    """The Message-ID of what is returned, whole or its header alone."""
    for part in parts:
        if part.get_content_type() in _HEADERS:
            inner = [one for one in _children(part) if isinstance(one, Mail)][:1]
            headers = inner or [message_from_string(_text(part))]
        elif part.get_content_type() in _TEXT_HEADERS:
            headers = [message_from_string(_text(part))]
        else:
            continue
        yield from (
            found for one in headers for found in _MESSAGE_ID.findall(str(one["Message-ID"] or ""))[:1]
        )


def _text(part: Mail) -> str:
    inside = part.get_payload(decode=True)
    return inside.decode("utf-8", "replace") if isinstance(inside, bytes) else ""


def _envelope(about: Iterable[Mail]) -> Iterator[str]:
    """The id that we gave with the envelope; it is the Message-ID without its brackets."""
    for group in about:
        known = str(group["Original-Envelope-Id"] or "").strip()
        if _ENVELOPE_ID.fullmatch(known):
            yield f"<{known}>"


def split_mbox(raw: bytes) -> list[bytes]:
    """The mails in a file: several where it is a mailbox (RFC 4155), otherwise the one that it is."""
    if not raw.startswith(b"From "):
        return [raw] if raw.strip() else []
    parts = re.split(rb"(?:\A|\r?\n\r?\n)From [^\n]*\n", raw)
    return [part for part in parts if part.strip()]
