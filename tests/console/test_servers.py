"""The embedded servers are real ones, closed to others, and come back after a hard end."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis

from web.console import embedded, postgres
from web.console.children import stop_all
from web.console.place import Place, keys


@pytest.fixture
def passable():
    """A folder that every account may pass through; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="optin-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def where(passable):
    there = Place(passable / "demo")
    there.make()
    return there


def start_postgres(where, reckless=True):
    return postgres.start(where.postgres, where.log / "postgres.log", os.environ, reckless=reckless)


def test_postgres_keeps_its_data_over_a_kill_and_a_start(where):
    first = start_postgres(where, reckless=False)
    with psycopg.connect(postgres.ensure_database(first, "optin"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.killpg(first.child.pid, signal.SIGKILL)
    first.child.process.wait()
    second = start_postgres(where)
    try:
        with psycopg.connect(postgres.ensure_database(second, "optin")) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        stop_all([[second.child]])


def test_a_foreign_process_with_the_old_number_does_not_prevent_the_start(where):
    first = start_postgres(where)
    note = where.postgres / "postmaster.pid"
    left = note.read_text()
    stop_all([[first.child]])
    note.write_text(left.replace(str(first.child.pid), str(os.getppid()), 1))
    second = start_postgres(where)
    stop_all([[second.child]])


def test_postgres_writes_no_value_of_a_row_into_its_log(where):
    server = start_postgres(where)
    try:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
            connection.execute("INSERT INTO person VALUES ('Marlo SAMPLE')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO person VALUES ('Marlo SAMPLE')")
    finally:
        stop_all([[server.child]])
    assert "duplicate key" in (text := (where.log / "postgres.log").read_text())
    assert "Marlo" not in text


def test_a_long_path_gets_a_short_socket(passable):
    where = Place(passable / ("long" * 30))
    where.make()
    server = start_postgres(where)
    assert len(str(server.sockets)) < 90
    stop_all([[server.child]])
    server.tidy()
    assert not server.sockets.exists()


def test_redis_asks_for_a_password_keeps_what_it_took_and_evicts_nothing(where):
    child, url = embedded.start_redis(where.redis, where.log / "redis.log", os.environ, "secret-word")
    with redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    with (
        pytest.raises(redis.AuthenticationError),
        redis.Redis(port=int(url.rsplit(":", 1)[1][:-2])) as stranger,
    ):
        stranger.get("kept")
    stop_all([[child]])
    again, url = embedded.start_redis(where.redis, where.log / "redis.log", os.environ, "secret-word")
    with redis.Redis.from_url(url) as client:
        assert client.get("kept") == b"yes"
    stop_all([[again]])


def test_the_folder_and_the_secrets_are_for_the_owner_alone(where):
    assert stat.S_IMODE(where.root.stat().st_mode) == 0o700
    made = keys(where)
    assert stat.S_IMODE(where.secrets.stat().st_mode) == 0o600
    assert keys(where) == made, "made once"
    assert min(map(len, made.values())) >= 32


@pytest.mark.parametrize(("found", "left"), [(0o755, 0o700), (0o700, 0o700), (0o710, 0o710), (0o770, 0o700)])
def test_a_folder_that_is_open_is_closed_and_the_way_of_a_running_server_is_left(passable, found, left):
    where = Place(passable / "demo")
    where.root.mkdir()
    where.root.chmod(found)
    where.make()
    assert stat.S_IMODE(where.root.stat().st_mode) == left


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_as_root_the_server_runs_as_another_account_that_can_read_nothing_of_ours(where):
    server = start_postgres(where)
    try:
        assert Path(f"/proc/{server.child.pid}").stat().st_uid != 0
        assert stat.S_IMODE(where.root.stat().st_mode) in (0o700, 0o710)
        assert stat.S_IMODE(where.postgres.stat().st_mode) == 0o700
    finally:
        stop_all([[server.child]])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_as_root_a_closed_home_stays_closed(passable):
    closed = passable / "closed"
    closed.mkdir(mode=0o700)
    where = Place(closed / "demo")
    where.make()
    server = start_postgres(where)
    try:
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert where.postgres.is_symlink()
        assert where.postgres.resolve().is_relative_to(postgres.ROOTS_SHELF)
    finally:
        stop_all([[server.child]])
        shutil.rmtree(where.postgres.resolve())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_as_root_programs_that_the_account_cannot_reach_are_copied(passable, monkeypatch, where):
    monkeypatch.setattr(postgres, "ROOTS_SHELF", passable / "shelf")
    monkeypatch.setattr(postgres, "_reachable", lambda path, account, bit: path.name != "postgres")
    server = start_postgres(where)
    try:
        assert server.child.command[0].startswith(str(passable / "shelf"))
    finally:
        stop_all([[server.child]])


def test_ports():
    port = embedded.free_port()
    assert embedded.is_free(port)
    taker = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 10
        while embedded.is_free(port) and time.monotonic() < until:
            time.sleep(0.05)
        assert not embedded.is_free(port)
    finally:
        taker.kill()
        taker.wait()
