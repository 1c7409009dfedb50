"""A real mail server with STARTTLS and a password, and answers that were lost."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from notifications.mailer import MailerUnavailable, MailUncertain, SmtpMailer
from notifications.sink import Keeper, read, running
from tests.certificates import certificate, context
from tests.unit.notifications.test_mailer_and_sink import _scripted, message


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Keeper, str, Path]]:
    """A server that takes mail over STARTTLS alone, from `desk` with the password `s/cret` alone."""
    folder = tmp_path_factory.mktemp("encrypted")
    trusted, keeper = certificate(folder), Keeper(folder / "mail")

    def knows(*about: object) -> AuthResult:
        told = about[-1]
        assert isinstance(told, LoginPassword)
        return AuthResult(success=told == LoginPassword(b"desk", b"s/cret"), handled=False)

    options = {"tls_context": context(trusted), "require_starttls": True, "auth_required": True}
    with running(keeper, authenticator=knows, **options) as url:
        yield keeper, url.removeprefix("smtp://"), trusted


def test_mail_goes_out_encrypted_and_signed_in(
    server: tuple[Keeper, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, place, trusted = server
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with SmtpMailer(f"smtp://desk:s%2Fcret@{place}?starttls=1") as mailer:
        mailer.send(message(returns_to="bounces@desk.example"))
        assert isinstance(mailer._connection.sock, ssl.SSLSocket)  # type: ignore[union-attr]
    (mail,) = read(keeper.folder)
    assert mail.message_id == message().message_id


@pytest.mark.parametrize(
    ("address", "trusts", "why"),
    [
        ("smtp://desk:wrong@{}?starttls=1", True, "user name and password"),
        ("smtp://desk:s%2Fcret@{}?starttls=1", False, "certificate cannot be trusted"),
        ("smtps://desk:s%2Fcret@{}", True, "cannot be encrypted"),
        ("smtp://desk:s%2Fcret@{}", True, "does not offer|does not accept"),
    ],
)
def test_what_keeps_us_out_is_no_fault_of_the_message(
    server: tuple[Keeper, str, Path], monkeypatch: pytest.MonkeyPatch, address: str, trusts: bool, why: str
) -> None:
    keeper, place, trusted = server
    if trusts:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    before = len(read(keeper.folder))
    with pytest.raises(MailerUnavailable, match=why) as refused:
        SmtpMailer(address.format(place)).send(message())
    assert "cret" not in str(refused.value) and not isinstance(refused.value, MailUncertain)
    assert len(read(keeper.folder)) == before


@pytest.mark.parametrize(("answered", "uncertain"), [(3, False), (4, False), (5, True)])
def test_only_an_answer_lost_after_the_message_leaves_it_uncertain(answered: int, uncertain: bool) -> None:
    replies = [b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go"][:answered]
    port, thread = _scripted(replies)
    with pytest.raises(MailerUnavailable) as failure:
        SmtpMailer(f"smtp://127.0.0.1:{port}?timeout=5").send(message())
    thread.join(5)
    assert isinstance(failure.value, MailUncertain) is uncertain


def test_a_server_that_can_is_asked_to_report_with_the_header_and_our_id() -> None:
    heard: list[bytes] = []
    replies = [b"220 hi", b"250-hi\r\n250 DSN", b"250 ok", b"250 ok", b"354 go", b"250 taken"]
    port, thread = _scripted(replies, heard)
    SmtpMailer(f"smtp://127.0.0.1:{port}?timeout=5").send(message(returns_to="bounces@desk.example"))
    thread.join(5)
    assert heard[1] == b"mail FROM:<bounces@desk.example> RET=HDRS ENVID=0123456789abcdef@desk.example\r\n"
    assert heard[2] == b"rcpt TO:<casey@esd.example> NOTIFY=FAILURE,DELAY\r\n"
