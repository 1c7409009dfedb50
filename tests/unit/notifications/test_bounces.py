"""What is read out of reports of failed delivery, and that nothing else can come of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.bounces import Bounce, NotABounce, read_bounce, split_mbox

ID = "<0123456789abcdef0123@desk.example>"

POSTFIX = f"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@desk.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="6EF2.1764/mx.example"
Message-Id: <20261130170000.9@mx.example>

This is a MIME-encapsulated message.

--6EF2.1764/mx.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--6EF2.1764/mx.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: envelope-id@desk.example
X-Postfix-Queue-ID: 6EF2

Final-Recipient: rfc822; casey@esd.example
Original-Recipient: rfc822;casey@esd.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.esd.example
Diagnostic-Code: smtp; 550 5.1.1 <casey@esd.example>: unknown user

--6EF2.1764/mx.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: Opt-In Desk <opt-in-desk@desk.example>
To: casey@esd.example
Message-ID: {ID}
References: <first@desk.example>

--6EF2.1764/mx.example--
"""

WHOLE = POSTFIX.replace("text/rfc822-headers", "message/rfc822")
WITHOUT_HEADERS = POSTFIX.replace(f"Message-ID: {ID}", "X-Nothing: here")
FOLDED = POSTFIX.replace(f"Message-ID: {ID}", f"message-id:\n {ID}")
TWO = POSTFIX.replace("Status: 5.1.1\n", "Status: 4.4.1\n\nAction: failed (for good)\nStatus: 5.2.2\n")


def changed(**fields: str) -> str:
    """The report with other fields; an empty value leaves the field out."""
    lines = []
    for line in POSTFIX.splitlines():
        name = line.partition(":")[0]
        value = fields.get(name)
        if value != "":
            lines.append(f"{name}: {value}" if value is not None and name in fields else line)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "failed", "status", "permanent"),
    [
        (POSTFIX, True, "5.1.1", True),
        (WHOLE, True, "5.1.1", True),
        (FOLDED, True, "5.1.1", True),
        (POSTFIX.replace("\n", "\r\n"), True, "5.1.1", True),
        (TWO, True, "5.2.2", True),
        (changed(Action="FAILED", Status="4.4.7 (tried for five days)"), True, "4.4.7", False),
        (changed(Action="delayed", Status="4.4.1"), False, "4.4.1", False),
        (changed(Action="failed", Status=""), True, "5.0.0", True),
        (POSTFIX[: POSTFIX.index("References")], True, "5.1.1", True),
        (POSTFIX + "\n" + "x" * 2_000_000, True, "5.1.1", True),
    ],
)
def test_a_report_tells_its_message_and_whether_it_would_fail_again(
    text: str, failed: bool, status: str, permanent: bool
) -> None:
    bounce = read_bounce(text.encode())
    assert bounce == Bounce((ID, "<envelope-id@desk.example>"), failed, status)
    assert bounce.permanent is permanent


def test_a_report_that_returns_nothing_is_known_by_the_id_of_its_envelope() -> None:
    assert read_bounce(WITHOUT_HEADERS.encode()).message_ids == ("<envelope-id@desk.example>",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Subject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday.",
        f"Subject: Re: your mail\nIn-Reply-To: {ID}\n\nThanks.",
        changed(Action="delivered", Status="2.0.0"),
        changed(Action="relayed", Status=""),
        changed(Action="failed", Status="2.0.0"),
        changed(Action="", Status=""),
        POSTFIX.replace("report-type=delivery-status", "report-type=disposition-notification"),
        POSTFIX.replace("message/delivery-status", "text/plain"),
        WITHOUT_HEADERS.replace("Original-Envelope-Id", "X-Id"),
        "Content-Type: multipart/report; boundary=a\n\n" + "--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000,
    ],
)  # fmt: skip
def test_whatever_else_comes_is_no_bounce(text: str) -> None:
    with pytest.raises(NotABounce):
        read_bounce(text.encode())


PIECES = [line.encode() + b"\n" for line in POSTFIX.splitlines()]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "swap", "cut", "spoil", "put"]),
        st.integers(0, len(PIECES) - 1),
        st.binary(max_size=40) | st.sampled_from([b"Content-Type: message/rfc822\n", b"--6EF2.1764/mx.example\n",
                                                   b"Content-Transfer-Encoding: base64\n", b"Action: \xff\n", b"\n"]),
    ),
    max_size=6,
)  # fmt: skip


def mutated(changes: list[tuple[str, int, bytes]]) -> bytes:
    lines = list(PIECES)
    for how, at, what in changes:
        at = min(at, len(lines) - 1)
        line = lines[at]
        new = {"drop": [], "double": [line, line], "put": [what, line], "cut": [line[: len(what)]],
               "swap": [what], "spoil": [line.replace(b": ", what, 1)]}  # fmt: skip
        lines[at : at + 1] = new[how]
        if not lines:
            break
    return b"".join(lines)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_a_spoilt_report_is_a_bounce_or_none_and_nothing_else(changes: list[tuple[str, int, bytes]]) -> None:
    try:
        bounce = read_bounce(mutated(changes))
    except NotABounce as refused:
        assert "casey" not in str(refused)
        return
    assert bounce.message_ids and all(
        one.isascii() and one[0] + one[-1] == "<>" for one in bounce.message_ids
    )
    assert bounce.status[0] in "45" and bounce.status.replace(".", "").isdigit()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_rubbish_is_no_bounce(rubbish: bytes) -> None:
    with pytest.raises(NotABounce):
        read_bounce(rubbish)


def test_a_file_holds_one_mail_or_a_mailbox_of_them() -> None:
    mail = POSTFIX.encode()
    mailbox = b"From mx@mx.example Mon Nov 30 17:00:00 2026\n" + mail + b"\nFrom b@mx.example Mon\n" + mail
    assert [read_bounce(one).status for one in split_mbox(mailbox)] == ["5.1.1", "5.1.1"]
    assert split_mbox(mail) == [mail] and split_mbox(b" \n") == []
