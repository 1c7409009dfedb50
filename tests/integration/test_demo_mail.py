"""The demo's mail page: each reads their own mail, administrators everybody's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from notifications.sink import Received
from tests.desk import AVERY, CASEY, MORGAN, PAT, Desk
from tests.integration.acting import page
from workflows.settings import settings


@pytest.fixture
def shown(
    desk: Desk,
    mail: Callable[[], list[Received]],
    mail_sink: tuple[Path, str],
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Received]:
    """A demo in which a request was told to its supervisor and a withdrawal to its case manager."""
    monkeypatch.setenv("DEMO", "true")
    monkeypatch.setenv("DEMO_MAIL_DIR", str(mail_sink[0]))
    settings.cache_clear()
    number = desk.to_request()
    desk.call(CASEY, "POST", f"/cases/{number}/withdraw")
    desk.send_mail(mail_sink[1])
    return {one.to.split("@")[0]: one for one in mail()}


def test_each_reads_their_own_mail(desk: Desk, shown: dict[str, Received]) -> None:
    assert set(shown) == {AVERY, CASEY}
    for reader, other in ((AVERY, CASEY), (CASEY, AVERY)):
        listed = page(desk, reader, "/demo/mails")
        assert shown[reader].id in listed and shown[other].id not in listed
        assert shown[reader].subject in page(desk, reader, f"/demo/mails/{shown[reader].id}")
        assert shown[other].subject not in page(desk, reader, f"/demo/mails/{shown[other].id}")


def test_who_got_none_sees_none(desk: Desk, shown: dict[str, Received]) -> None:
    assert "No message has arrived yet" in page(desk, MORGAN, "/demo/mails")


def test_the_administrator_sees_the_mail_of_everybody(desk: Desk, shown: dict[str, Received]) -> None:
    listed = page(desk, PAT, "/demo/mails")
    assert all(one.id in listed for one in shown.values()) and "of everybody" in listed


def test_an_installation_in_use_has_no_such_page(
    desk: Desk, shown: dict[str, Received], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO", "false")
    settings.cache_clear()
    assert "There is nothing at this address" in page(desk, PAT, "/demo/mails")
