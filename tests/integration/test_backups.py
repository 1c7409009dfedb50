"""Backup and restore: everything as it was at one moment, sealed, into an empty database or not at all."""

import io
import random
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import services
from tests.desk import AVERY, CASEY, Desk
from web.console import main
from workflows import backups, db, definitions
from workflows.backups import CannotRestore, back_up, restore, tables
from workflows.commands.heads import sign_head
from workflows.sealed import NotSealedForUs, Opening, Sealing
from workflows.settings import settings

KEY = "k" * 32


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; the directory has a version of its own in each database."""
    with db.snapshot() as session:
        named = [table for table in tables() if table.name != "directory_version"]
        return {table.name: sorted(map(tuple, session.execute(table.select())), key=repr) for table in named}


def made() -> bytes:
    """A backup of the database of this test."""
    target = io.BytesIO()
    back_up(target, KEY)
    return target.getvalue()


def restored(content: bytes, key: str = KEY) -> None:
    """Into the database of the settings."""
    restore(io.BufferedReader(io.BytesIO(content)), key)  # type: ignore[arg-type]


@pytest.fixture
def elsewhere(servers: services.Servers, monkeypatch: pytest.MonkeyPatch):
    """Called, the settings name an empty database."""
    names = []

    def go() -> None:
        names.append(services.clone(servers, "template0"))
        monkeypatch.setenv("DATABASE_URL", servers.database(names[-1]))
        settings.cache_clear()
        definitions._bundles.clear()

    yield go
    for name in names:
        db.forget(servers.database(name).replace("postgresql://", "postgresql+psycopg://"))
        services.drop(servers, name)


def test_a_restored_database_is_the_same_and_goes_on(desk: Desk, elsewhere) -> None:
    number, other = desk.to_request(), desk.open()
    sign_head()
    before, content = contents(), made()
    for secret in (b"Pennywhistle", b"SAMPLE", number.encode()):
        assert secret not in content
    elsewhere()
    restored(content)
    assert contents() == before
    assert list(backups.verified()) == []
    desk.do(CASEY, number, "T7")
    desk.do(AVERY, other, "T2")
    assert desk.open() not in (number, other)


def test_work_goes_on_during_a_backup_and_is_in_it_whole_or_not_at_all(desk: Desk, elsewhere) -> None:
    desk.to_request()
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            desk.open()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        content = made()
    finally:
        stop.set()
        worker.join()
    elsewhere()
    restored(content)
    assert list(backups.verified()) == []


def test_what_cannot_be_restored_changes_nothing_and_says_why(desk: Desk, elsewhere) -> None:
    desk.to_request()
    content = made()
    with pytest.raises(CannotRestore, match="not empty"):
        restored(content)
    elsewhere()
    with pytest.raises(CannotRestore, match="another key"):
        restored(content, "x" * 32)
    with pytest.raises(CannotRestore):
        restored(content[:-20])
    chance = random.Random(3)
    for _ in range(10):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] ^= 1
        with pytest.raises(CannotRestore):
            restored(bytes(damaged))
    restored(content)  # which it refuses where anything is left of the attempts before


@pytest.mark.parametrize("length", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_a_sealed_file_gives_back_what_was_written_and_no_end_can_be_cut_off(length: int) -> None:
    content, target = random.Random(length).randbytes(length), io.BytesIO()
    with Sealing(target, KEY) as sealed:
        for start in range(0, length, 300_000):
            sealed.write(content[start : start + 300_000])
    sealed_file = target.getvalue()
    assert io.BufferedReader(Opening(io.BufferedReader(io.BytesIO(sealed_file)), KEY)).read() == content
    for cut in (1, 17, 2**20 + 20):
        with pytest.raises(NotSealedForUs):
            io.BufferedReader(Opening(io.BufferedReader(io.BytesIO(sealed_file[:-cut])), KEY)).read()


def test_the_commands_make_and_verify_one(desk: Desk, elsewhere, tmp_path: Path, monkeypatch) -> None:
    desk.to_request()
    file = tmp_path / "desk.backup"
    refused = CliRunner().invoke(main, ["backup", str(file)])
    assert refused.exit_code == 1 and "BACKUP_KEY" in refused.output
    monkeypatch.setenv("BACKUP_KEY", KEY)
    settings.cache_clear()
    assert CliRunner().invoke(main, ["backup", str(file)]).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert "there already" in CliRunner().invoke(main, ["backup", str(file)]).output
    elsewhere()
    told = CliRunner().invoke(main, ["restore", str(file), "--verify"])
    assert told.exit_code == 0 and "Verified" in told.output, told.output
