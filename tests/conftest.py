"""What all tests share: the servers of the run, a database for each test, the mails that were sent."""

import gc
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis as redis_client
import structlog
import time_machine
from sqlalchemy import Engine

from notifications import sink
from tests import services
from tests.chromium import chromium
from tests.desk import Clock, Desk
from web.console import embedded
from web.console.children import stop_all
from workflows import db
from workflows.settings import settings

MONDAY = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # nine in the morning in Olympia
NO_BROWSER = (
    "no Chromium was found; install it (Debian: apt install chromium-headless-shell) or name it in CHROMIUM"
)

PERMISSION_CHECKS = "permission checks"
"""Under this name a test notes how many cells of the permission matrix it looked at."""
STORM = "storm"
"""Under this name a test notes what it counted while parts of the product died, and the seed."""


def pytest_configure(config: pytest.Config) -> None:
    """Before anything else: the folder of the run, and settings that lead nowhere by mistake."""
    if not hasattr(config, "workerinput"):
        services.begin()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    os.environ.update(
        DATABASE_URL=services.NOWHERE,
        SECRET_KEY="only-for-tests-" * 3,
        FINGERPRINT_KEY="only-for-tests-too-" * 3,
        PUBLIC_URL="http://desk.example",
        JOB_HINT="",
        OUTBOX_JOURNAL=str(Path(os.environ[services.RUN]) / "mail-journal"),
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """After everything: stop the servers."""
    if not hasattr(config, "workerinput") and services.RUN in os.environ:
        services.end()


def pytest_collection_finish() -> None:
    """What was imported stays: the collector of garbage need not look at it in every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


LONGEST = "test_look.py"
"""Files of this name take longest: begun last, one process would still be at them when the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser its tests are left out and say so; in CI that is a failure, not a skip."""
    items.sort(key=lambda item: item.path.name != LONGEST)
    if chromium() or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it where nobody overlooks it."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    noted = [one for report in reports for one in report.user_properties]
    checks = [value for name, value in noted if name == PERMISSION_CHECKS]
    if checks:
        terminalreporter.write_line(f"permission matrix: {sum(checks)} checks")
    for storm in (value for name, value in noted if name == STORM):
        terminalreporter.write_line(f"storm: {storm}")
    if not chromium():
        terminalreporter.write_sep("!", f"THE TESTS IN A BROWSER WERE LEFT OUT: {NO_BROWSER}", red=True)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium to drive. Missing in CI, that is a failure."""
    found = chromium()
    assert found, NO_BROWSER
    return found


@pytest.fixture(scope="session")
def servers() -> Iterator[services.Servers]:
    """The PostgreSQL and the Redis of this run."""
    yield services.servers()
    services.drop_what_is_left()


@pytest.fixture(scope="session")
def template(servers: services.Servers) -> str:
    """The database that each test's own is copied from: schema, procedure, sample data."""
    return services.template(servers)


def _settings_for(url: str, patch: pytest.MonkeyPatch) -> None:
    """Have the settings name this database from now on."""
    patch.setenv("DATABASE_URL", url)
    settings.cache_clear()


def _own_database(servers: services.Servers, source: str, patch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database for one test, in the settings as long as it lives."""
    name = services.clone(servers, source)
    _settings_for(servers.database(name), patch)
    url = settings().database_url
    yield db.database()
    db.forget(url)
    settings.cache_clear()
    services.drop(servers, name)


@pytest.fixture
def database(servers: services.Servers, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """This test's own database with schema, deployed procedure and sample data; the settings name it."""
    yield from _own_database(servers, template, monkeypatch)


@pytest.fixture
def empty_database(servers: services.Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """This test's own database with nothing in it; the settings name it."""
    yield from _own_database(servers, "template0", monkeypatch)


@pytest.fixture
def redis(servers: services.Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis_client.Redis]:
    """An empty Redis database of this worker's own; the settings name it."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 15
    url = f"{servers.redis_url.rsplit('/', 1)[0]}/{worker + 1}"
    monkeypatch.setenv("REDIS_URL", url)
    settings.cache_clear()
    with redis_client.Redis.from_url(url) as client:
        client.flushdb()
        yield client
        client.flushdb()
    settings.cache_clear()


@pytest.fixture(scope="session")
def mail_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A mail server of this worker's own that keeps what it gets: its folder and its address."""
    folder = tmp_path_factory.mktemp("mail")
    child, url = embedded.start_mail(folder, folder.with_suffix(".log"), os.environ)
    yield folder, url
    stop_all([[child]])


@pytest.fixture
def mail(
    mail_sink: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[sink.Received]]]:
    """An empty mail server that the settings name; called, it gives the mails it took since, oldest first."""
    folder, url = mail_sink
    for kept in folder.glob("*.eml"):
        kept.unlink()
    monkeypatch.setenv("SMTP_URL", url)
    settings.cache_clear()
    yield lambda: sink.read(folder)
    settings.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """No test sees the settings of another one."""
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def desk(database: Engine) -> Desk:
    """The product with the sample people, on this test's own database."""
    return Desk()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock that stands at a Monday morning, until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield Clock(traveller)
