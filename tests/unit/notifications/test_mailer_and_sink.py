"""Sending over loopback to a real server: what arrives, what each failure is called, what the sink keeps."""

import re
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from notifications.mailer import (
    Mailer,
    MailerUnavailable,
    MailRefused,
    Message,
    SmtpAddress,
    SmtpMailer,
)
from notifications.sink import Keeper, read, running

SENDER = "Opt-In Desk <opt-in-desk@desk.example>"


def message(**other: object) -> Message:
    words: dict[str, object] = {
        "to": "casey@esd.example",
        "sender": SENDER,
        "subject": "Request OLY-2026-000123: waits – für Zoë",
        "text": "Line one\n.\n..dots and ünïcode\n" + "long " * 400,
        "html": "<p>Line one – ünïcode</p>",
        "message_id": "<0123456789abcdef@desk.example>",
        "headers": {"X-Message-Kind": "notify_supervisor"},
    }
    return Message(**{**words, **other})  # type: ignore[arg-type]


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "mail")


@pytest.fixture
def url(keeper: Keeper) -> Iterator[str]:
    with running(keeper) as address:
        yield address


def test_a_message_arrives_as_it_was_written(keeper: Keeper, url: str) -> None:
    with SmtpMailer(url) as mailer:
        mailer.send(message())
    [received] = read(keeper.folder)
    assert received.to == "casey@esd.example"
    assert received.sender == SENDER
    assert received.subject == message().subject
    assert received.text == message().text + "\n"
    assert received.html == message().html + "\n"
    assert received.message_id == message().message_id
    assert received.message["Auto-Submitted"] == "auto-generated"
    assert received.message["X-Message-Kind"] == "notify_supervisor"
    assert received.message.get_content_type() == "multipart/alternative"
    assert abs(datetime.now(UTC) - parsedate_to_datetime(received.message["Date"])) < timedelta(minutes=1)
    assert abs(datetime.now(UTC) - received.at) < timedelta(minutes=1)


def test_one_connection_carries_many_messages(
    keeper: Keeper, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    dial = smtplib.SMTP.connect
    monkeypatch.setattr(
        smtplib.SMTP, "connect", lambda self, *a, **k: opened.append(1) or dial(self, *a, **k)
    )
    with SmtpMailer(url) as mailer:
        for number in range(5):
            mailer.send(message(message_id=f"<{number}@desk.example>"))
    assert [mail.message_id for mail in read(keeper.folder)] == [f"<{n}@desk.example>" for n in range(5)]
    assert len(opened) == 1


def test_a_connection_that_went_stale_is_replaced(keeper: Keeper, url: str) -> None:
    mailer = SmtpMailer(url)
    mailer.send(message())
    assert mailer._connection is not None
    mailer._connection.sock.shutdown(socket.SHUT_RDWR)
    mailer.send(message())
    mailer.close()
    mailer.close()
    assert len(read(keeper.folder)) == 2


@pytest.mark.parametrize(("code", "permanent"), [(550, True), (553, True), (450, False), (452, False)])
def test_a_refused_recipient_is_for_good_or_for_now(
    keeper: Keeper, url: str, code: int, permanent: bool
) -> None:
    keeper.refuse_recipients, keeper.refuse_code = "^nobody@", code
    with SmtpMailer(url) as mailer:
        with pytest.raises(MailRefused) as refused:
            mailer.send(message(to="nobody@esd.example"))
        assert (refused.value.permanent, refused.value.code) == (permanent, code)
        assert "nobody" not in str(refused.value)
        mailer.send(message())
    assert [mail.to for mail in read(keeper.folder)] == ["casey@esd.example"]


def test_a_server_that_closes_is_unavailable_and_not_a_refusal(keeper: Keeper, url: str) -> None:
    keeper.refuse_recipients, keeper.refuse_code = "casey", 421
    with SmtpMailer(url) as mailer, pytest.raises(MailerUnavailable):
        mailer.send(message())


def test_no_server_is_unavailable_at_once() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(MailerUnavailable, match="cannot be reached"):
        SmtpMailer(f"smtp://127.0.0.1:{port}").send(message())
    assert time.monotonic() - began < 5


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(MailerUnavailable):
            SmtpMailer(f"smtp://127.0.0.1:{port}?timeout=0.3").send(message())
        assert time.monotonic() - began < 5


def test_a_slow_server_is_given_up_after_the_timeout(keeper: Keeper, url: str) -> None:
    keeper.delay = 2.0
    with SmtpMailer(f"{url}?timeout=0.3") as mailer, pytest.raises(MailerUnavailable):
        mailer.send(message())


def _scripted(replies: list[bytes], heard: list[bytes] | None = None) -> tuple[int, threading.Thread]:
    """A server that answers each line with the next reply, and hangs up after the last; what it has heard is noted."""
    server = socket.create_server(("127.0.0.1", 0))
    port: int = server.getsockname()[1]

    def talk() -> None:
        with server, server.accept()[0] as peer:
            for reply in replies:
                peer.sendall(reply + b"\r\n")
                if reply is not replies[-1]:
                    said = peer.recv(65536)
                    if heard is not None:
                        heard.append(said)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    return port, thread


@pytest.mark.parametrize(
    ("replies", "kind", "permanent"),
    [
        ([b"220 hi", b"250 hi", b"550 no sender", b"250 reset"], MailRefused, True),
        ([b"220 hi", b"250 hi", b"451 later", b"250 reset"], MailRefused, False),
        ([b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"554 no data", b"250 reset"], MailRefused, True),
        (
            [b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go", b"552 too much", b"250 reset"],
            MailRefused,
            True,
        ),
        ([b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go"], MailerUnavailable, None),
        ([b"220 hi", b"250 hi", b"250 ok"], MailerUnavailable, None),
        ([b"554 go away"], MailerUnavailable, None),
        ([b"220 hi", b"250 hi", b"999 nonsense", b"250 reset"], MailerUnavailable, None),
    ],
)
def test_every_reply_has_its_name(
    replies: list[bytes], kind: type[Exception], permanent: bool | None
) -> None:
    port, thread = _scripted(replies)
    mailer = SmtpMailer(f"smtp://127.0.0.1:{port}?timeout=5")
    with pytest.raises(kind) as failure:
        mailer.send(message())
    assert getattr(failure.value, "permanent", None) == permanent
    assert b"casey" not in str(failure.value).encode()
    mailer.close()
    thread.join(5)


@pytest.mark.parametrize("query", ["?starttls=1", ""])
def test_encryption_or_sign_in_that_the_server_lacks_is_unavailable(url: str, query: str) -> None:
    address = url if query else url.replace("smtp://", "smtp://user:secret@")
    with SmtpMailer(address + query) as mailer, pytest.raises(MailerUnavailable) as failure:
        mailer.send(message())
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    "to",
    ["", "casey", "casey@", "@esd.example", "casey@esd.example\r\nRCPT TO:<x@y.example>", "a@b.example, c@d.example",
     "Casey <casey@esd.example>", "casey @esd.example", "zoë@esd.example", "casey@esd.example\n", "a@b@c.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_for_good_before_anything_is_sent(
    keeper: Keeper, url: str, to: str
) -> None:
    with SmtpMailer(url) as mailer, pytest.raises(MailRefused) as refused:
        mailer.send(message(to=to))
    assert refused.value.permanent
    assert read(keeper.folder) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"subject": "a\r\nBcc: x@y.example"},
        {"message_id": "<1@d.example>\r\nBcc: x@y.example"},
        {"sender": "Desk <desk@d.example>\nBcc: x@y.example"},
        {"sender": "nobody"},
        {"headers": {"X-Kind": "a\nBcc: x@y.example"}},
        {"headers": {"X-Kind\r\nBcc": "x@y.example"}},
        {"headers": {"Bcc": "x@y.example"}},
        {"headers": {"to": "x@y.example"}},
    ],
)
def test_no_header_can_be_smuggled_in(keeper: Keeper, url: str, spoilt: dict[str, object]) -> None:
    with SmtpMailer(url) as mailer, pytest.raises(MailRefused):
        mailer.send(message(**spoilt))
    assert read(keeper.folder) == []


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("smtp://mail.example", SmtpAddress("mail.example", 25, tls=False, starttls=False)),
        ("smtps://mail.example", SmtpAddress("mail.example", 465, tls=True, starttls=False)),
        (
            "smtp://desk%40x:p%2Fw@mail.example:587?starttls=1&timeout=5",
            SmtpAddress(
                "mail.example", 587, tls=False, starttls=True, user="desk@x", password="p/w", timeout=5.0
            ),
        ),
    ],
)
def test_addresses_of_servers_are_read(url: str, address: SmtpAddress) -> None:
    assert SmtpAddress.parse(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://u:p/secret@h",
        "smtp://h?tls=1",
        "smtp://h?timeout=x",
        "smtp://h:99999",
    ],
)
def test_a_wrong_address_of_a_server_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="A mail server's address is") as refused:
        SmtpMailer(url)
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(SmtpAddress("h", 25, tls=False, starttls=False, password="secret"))


def test_the_smtp_mailer_is_a_mailer(url: str) -> None:
    mailer: Mailer = SmtpMailer(url)
    mailer.send(message())


class TestSink:
    """What the sink keeps, and the sink as a program."""

    def test_unfinished_and_strange_files_are_left_out(self, keeper: Keeper, url: str) -> None:
        with SmtpMailer(url) as mailer:
            mailer.send(message())
        (keeper.folder / "20260101T000000.000000-aa.new").write_bytes(b"half")
        (keeper.folder / "notes.txt").write_bytes(b"no mail")
        (keeper.folder / "strange.eml").write_bytes(b"no stamp")
        assert len(read(keeper.folder)) == 1
        assert read(keeper.folder / "nowhere") == []

    def test_a_full_disk_is_a_passing_failure(self, tmp_path: Path) -> None:
        keeper = Keeper(tmp_path / "mail")
        with running(keeper) as address:
            keeper.folder.rmdir()
            with SmtpMailer(address) as mailer, pytest.raises(MailRefused) as refused:
                mailer.send(message())
        assert (refused.value.permanent, refused.value.code) == (False, 451)

    def test_it_keeps_messages_of_many_senders_at_once(self, keeper: Keeper, url: str) -> None:
        def send(worker: int) -> None:
            with SmtpMailer(url) as mailer:
                for number in range(10):
                    mailer.send(message(message_id=f"<{worker}.{number}@desk.example>"))

        threads = [threading.Thread(target=send, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len({mail.message_id for mail in read(keeper.folder)}) == 40

    def test_the_program_listens_keeps_refuses_and_stops(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "notifications.sink", "--port", "0", "--dir", str(tmp_path / "mail")]
        command += ["--refuse-recipients", "^nobody@", "--refuse-code", "551"]
        root = Path(__file__).resolve().parents[3]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
            assert process.stdout is not None
            [address] = re.findall(r"listening on (\S+)", process.stdout.readline())
            with SmtpMailer(f"smtp://{address}") as mailer:
                mailer.send(message())
                with pytest.raises(MailRefused) as refused:
                    mailer.send(message(to="nobody@esd.example"))
            process.terminate()
            assert process.wait(10) == 0
        assert refused.value.code == 551
        assert [mail.to for mail in read(tmp_path / "mail")] == ["casey@esd.example"]
