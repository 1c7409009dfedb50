"""Servers that are dead, silent or full: people are answered soon and calmly, and everything goes on by itself."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from tests.desk import AVERY, Desk, answers
from tests.services import NOWHERE
from tests.wire import Wire
from workflows import db
from workflows.settings import settings

pytestmark = [pytest.mark.slow]

SOON = 7.0
"""A sign of life is waited for two seconds, a connection three; the rest is for a machine that has much to do."""


@pytest.fixture
def wire(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The wire that the product now has to its database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    folder = parse_qs(parts.query).get("host", [""])[0]
    held = Wire(Path(folder) / ".s.PGSQL.5432" if folder else (parts.hostname or "", parts.port or 5432))
    user = parts.netloc.rsplit("@", 1)[0]
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{user}@127.0.0.1:{held.port}{parts.path}")
    monkeypatch.setenv("STATEMENT_SECONDS", "1.5")
    monkeypatch.setenv("LOCK_SECONDS", "0.3")
    settings.cache_clear()
    url = settings().database_url
    yield held
    db.forget(url)
    held.close()


def test_a_database_that_is_away_is_told_calmly_and_comes_back(
    desk: Desk, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "RESTED", 0.0)
    browser = desk.app.test_client()
    number = desk.open(AVERY)
    task = desk.task(AVERY, number, "T2")
    for mode in ("silent", "dead"):
        with wire.away(mode):
            began = time.monotonic()
            answer = desk.call(AVERY, "POST", f"/tasks/{task['id']}/complete", {"data": answers("T2")})
            assert time.monotonic() - began < SOON
            assert (answer.status_code, answer.json["error"]["code"]) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            page = browser.get("/sign-in", headers={"Cookie": "desk_session=somebody"})
            assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
            assert "This does not work just now" in page.text
            assert not re.search(r"Traceback|psycopg|Error", page.text)
            ready = browser.get("/readyz")
            assert (ready.status_code, "the database does not answer" in ready.text) == (503, True)
            assert browser.get("/healthz").status_code == 200
        assert browser.get("/readyz").status_code == 200
        assert desk.task(AVERY, number, "T2")["id"] == task["id"]
    desk.do(AVERY, number, "T2")
    assert desk.labels(AVERY, number) == {"T3"}
