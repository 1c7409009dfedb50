"""A simulated stretch of work has a database of its own; what cannot be simulated is told first (`make simulate`)."""

import os

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from tests import services
from web.console import main, scratch
from workflows import clock, db
from workflows.settings import PROJECT, settings


def test_a_scratch_database_is_gone_afterwards(
    servers: services.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", servers.database("postgres"))
    monkeypatch.setattr(db, "migrate", lambda: None)
    before = dict(os.environ)
    with scratch.scratch_database("optin_trial"):
        url = settings().database_url
        assert "optin_trial_" in url and settings().job_hint == ""
        with db.transaction() as made:
            assert made.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
    assert dict(os.environ) == before
    address = servers.database("postgres").replace("postgresql:", "postgresql+psycopg:")
    with create_engine(address).connect() as left:
        names = left.scalars(text("SELECT datname FROM pg_database")).all()
    assert not [name for name in names if name.startswith("optin_trial_")]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--start", "soon"], "takes a date"),
        (["--start", "1999-01-01"], "from 2000"),
        (["--start", "2026-11-14", "--days", "2"], "closed on all of these days"),
        (["--bundle", "docs"], "no file of a bundle"),
        (["--levels", "web/static/fonts/public-sans/PublicSans-Bold.woff2"], "not a text"),
        (["--levels", "pyproject.toml"], "unknown word"),
    ],
)
def test_what_cannot_be_simulated_is_told_before_anything_is_started(words: list[str], told: str) -> None:
    words = [str(PROJECT / one) if "/" in one or one in ("docs", "pyproject.toml") else one for one in words]
    answer = CliRunner().invoke(main, ["simulate", *words])
    assert answer.exit_code == 1 and told in answer.output, answer.output
    assert clock.now().tzinfo
