"""Servers that are dead, silent, slow or full: people are answered soon and calmly, and everything goes on by itself."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests import services
from tests.desk import AVERY, Desk, answers
from tests.wire import Wire
from web.console import main
from workflows import db, patience
from workflows.errors import Unavailable
from workflows.settings import settings

pytestmark = [pytest.mark.slow]

SOON = 6.0
"""A connection is waited for three seconds; the rest is for a machine that has much to do."""


@contextmanager
def reached_at(address: str, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """The product has its database at another address for a while, and little patience."""
    for name, value in (("DATABASE_URL", address), ("STATEMENT_SECONDS", "0.4"), ("LOCK_SECONDS", "0.3")):
        patch.setenv(name, value)
    patch.setattr(patience, "CONNECT_SECONDS", 2)
    patch.setattr(patience, "ANSWER_SECONDS", 0.2)
    patch.setattr(db, "SIGN_OF_LIFE", 0.3)
    settings.cache_clear()
    url = settings().database_url
    yield
    db.forget(url)


@pytest.fixture
def wire(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The wire that the product now has to its database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    folder = parse_qs(parts.query).get("host", [""])[0]
    held = Wire(Path(folder) / ".s.PGSQL.5432" if folder else (parts.hostname or "", parts.port or 5432))
    user = parts.netloc.rsplit("@", 1)[0]
    with reached_at(f"postgresql://{user}@127.0.0.1:{held.port}{parts.path}", monkeypatch):
        yield held
    held.close()


def calmly(answer: TestResponse) -> bool:
    """Whether a failure is told with when to come back, and nothing of how it came about."""
    assert answer.status_code == 503, answer.get_data()
    assert int(answer.headers["Retry-After"]) > 0
    return not re.search(r"Traceback|psycopg|Operational|sqlalchemy", answer.text)


def test_a_database_that_is_away_is_told_calmly_and_comes_back(
    desk: Desk, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.open(AVERY)
    task = desk.task(AVERY, number, "T2")["id"]
    monkeypatch.setattr(db, "RESTED", 0.0)

    def complete() -> TestResponse:
        return desk.call(AVERY, "POST", f"/tasks/{task}/complete", {"data": answers("T2")})

    def page(path: str) -> Callable[[], TestResponse]:
        return lambda: desk.app.test_client().get(path, headers={"Cookie": "desk_session=somebody"})

    for mode in ("silent", "dead"):
        with wire.away(mode), ThreadPoolExecutor(4) as people:
            began = time.monotonic()
            asked = [
                people.submit(one) for one in (complete, page("/work"), page("/readyz"), page("/healthz"))
            ]
            api, work, ready, alive = (one.result() for one in asked)
            assert time.monotonic() - began < SOON
        assert calmly(api) and api.json["error"]["code"] == "unavailable"
        assert calmly(work) and "This does not work just now" in work.text and 'href="/work"' in work.text
        assert (ready.status_code, "the database does not answer" in ready.text) == (503, True)
        assert alive.status_code == 200
        assert page("/readyz")().status_code == 200
    assert complete().status_code == 200
    assert desk.labels(AVERY, number) == {"T3"}


@pytest.mark.parametrize("spoken", ["by the pipeline", "by the mapper"])
def test_a_database_that_falls_silent_in_the_middle_is_not_waited_for(wire: Wire, spoken: str) -> None:
    def ask(session: Any) -> None:
        if spoken == "by the mapper":
            session.execute(text("SELECT 1"))
        else:
            db.at_once(db.driver(session), ("SELECT 1", []))

    with pytest.raises(Unavailable), db.transaction() as session:
        ask(session)
        wire.be("silent")
        ask(session)
    wire.be("through")
    with db.transaction() as session:
        ask(session)


def test_what_takes_too_long_or_is_held_by_somebody_ends_with_words(desk: Desk, wire: Wire) -> None:
    task = desk.task(AVERY, desk.open(AVERY), "T2")["id"]
    with pytest.raises(Unavailable), db.transaction() as session:
        session.execute(text("SELECT pg_sleep(5)"))
    with db.transaction() as other:
        other.execute(text('SELECT 1 FROM "case" FOR UPDATE'))
        busy = desk.call(AVERY, "POST", f"/tasks/{task}/complete", {"data": answers("T2")})
    assert (busy.status_code, busy.json["error"]["code"], busy.headers["Retry-After"]) == (409, "busy", "2")
    with db.snapshot() as session, db.at_leisure(session):
        session.execute(text("SELECT pg_sleep(0.7)"))
        ended = session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar()
    with db.transaction() as session:
        held = session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar()
    assert (ended, held) == ("0", "2min"), "a process that was frozen gives its locks back"


def test_a_server_that_has_no_connection_left_is_away_too(
    desk: Desk, servers: services.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"r{os.getpid()}"
    services.execute(servers, f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 0")
    parts = urlsplit(os.environ["DATABASE_URL"])
    other = parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()
    with reached_at(other, monkeypatch):
        answer = desk.app.test_client().get("/work", headers={"Cookie": "desk_session=somebody"})
    services.execute(servers, f"DROP ROLE {role}")
    assert calmly(answer)


@pytest.fixture
def tiny(servers: services.Servers, tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 megabytes that the server may write to; to make one needs the rights of root."""
    address = servers.database("postgres").replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address) as connection:
        (home,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    if os.geteuid() != 0 or not Path(home).exists():
        pytest.skip("LEFT OUT: only root can make a small disk for a server of this machine")
    owner, folder = Path(home).stat(), Path(home).parent / f"tiny-{os.getpid()}"
    folder.mkdir()
    size = f"size=48m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=False)
    if made.returncode:
        folder.rmdir()
        pytest.skip("LEFT OUT: this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def fill(folder: Path) -> Path:
    """Take all the room that there is."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            return filler


def test_a_disk_that_is_full_loses_nothing_and_goes_on_when_there_is_room(
    desk: Desk, servers: services.Servers, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.open(AVERY)
    task = desk.task(AVERY, number, "T2")["id"]
    db.forget(settings().database_url)
    name = urlsplit(os.environ["DATABASE_URL"]).path[1:]
    place = f"tiny_{os.getpid()}"
    services.execute(servers, f"CREATE TABLESPACE {place} LOCATION '{tiny}'")
    services.execute(servers, f"ALTER DATABASE {name} SET TABLESPACE {place}")
    try:
        filler = fill(tiny)
        values = "1, 'k' || n, to_jsonb(repeat(md5(n::text), 60))"
        grow = f"INSERT INTO preferences SELECT {values} FROM generate_series(1, 400) n"
        with pytest.raises(Unavailable), db.transaction() as session:
            session.execute(text(grow))
        refused = desk.call(AVERY, "POST", f"/tasks/{task}/complete", {"data": answers("T2")})
        assert refused.status_code == 200 or calmly(refused)
        monkeypatch.setenv("BACKUP_KEY", "only-for-tests-of-backups-" * 2)
        settings.cache_clear()
        said = CliRunner().invoke(main, ["backup", str(tiny / "backup")])
        assert (said.exit_code, "No space left" in said.output) == (1, True), said.output
        assert {path.name for path in tiny.iterdir() if path.is_file()} == {"filler"}
        filler.unlink()
        if refused.status_code != 200:
            desk.do(AVERY, number, "T2")
        assert desk.labels(AVERY, number) == {"T3"}
        with db.transaction() as session:
            session.execute(text(grow))
    finally:
        db.forget(settings().database_url)
        services.execute(
            servers, f"ALTER DATABASE {name} SET TABLESPACE pg_default", f"DROP TABLESPACE {place}"
        )
