"""The servers of the tests themselves: shared by a run, a database for each test, nothing left afterwards."""

import os
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests import services
from workflows import db
from workflows.settings import PROJECT, settings

seen = []


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_database_of_its_own(empty_database, turn):
    name = empty_database.url.database
    assert settings().database_url.split("?")[0].endswith(f"/{name}")
    assert db.database() is empty_database
    assert name not in seen
    seen.append(name)
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (x int)"))


def test_a_database_is_gone_after_its_test(servers):
    services.drop_what_is_left()  # Nobody waits for it otherwise.
    with empty(servers) as connection:
        known = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    assert len(seen) == 2
    assert not known & set(seen)


def empty(servers):
    import psycopg

    return psycopg.connect(servers.database("postgres").replace("postgresql+psycopg", "postgresql", 1))


def test_a_test_has_the_procedure_and_the_sample_data(database):
    with database.connect() as connection:
        assert (
            connection.scalar(text("SELECT count(*) FROM process_definition WHERE state = 'deployed'")) == 1
        )
        assert connection.scalar(text("SELECT count(*) FROM person")) > 5


def test_redis_is_empty_and_the_settings_name_it(redis):
    assert redis.dbsize() == 0
    redis.set("left", "behind")
    assert settings().redis_url.endswith(f"/{redis.connection_pool.connection_kwargs['db']}")


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_sees_its_own_mails_alone(mail, turn):
    assert mail() == []
    with smtplib.SMTP(*settings().smtp_url.removeprefix("smtp://").split(":")) as server:
        server.sendmail("a@desk.example", ["b@desk.example"], f"Subject: turn {turn}\r\n\r\nwords\r\n")
    assert [one.subject for one in mail()] == [f"turn {turn}"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u@/postgres?host=%2Ftmp%2Fx", "postgresql://u@/other?host=%2Ftmp%2Fx"),
        ("postgresql://u:p@h:5432/postgres", "postgresql://u:p@h:5432/other"),
    ],
)
def test_the_address_of_another_database_of_a_server(url, expected):
    assert services.Servers(url, "").database("other") == expected


def test_a_run_with_workers_shares_the_servers_and_leaves_nothing(tmp_path):
    inner = "tests/console/test_services.py::test_each_test_has_a_database_of_its_own"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "OPTIN_"))}
    for name in ("DATABASE_URL", "REDIS_URL"):
        clean.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", inner],
        cwd=PROJECT, env={**clean, "TMPDIR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert list(Path(tmp_path).glob("optin-*")) == []
