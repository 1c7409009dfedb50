"""The schema is changed while people work: whoever wants a table meanwhile waits a moment, not as long as the longest."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.desk import CASEY, Desk
from tests.killing.worlds import WAITING, asking, number
from tests.next_version import add_migration
from workflows import db

NEW = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'history_event' AND column_name = 'also_next'"


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A further migration is there, which changes the history."""
    migrations = tmp_path / "migrations"
    shutil.copytree(db.MIGRATIONS, migrations)
    add_migration(migrations, ["history_event"])
    monkeypatch.setattr(db, "MIGRATIONS", migrations)


def test_a_migration_lets_people_pass_while_somebody_has_a_table_for_long(
    desk: Desk, next_version: None
) -> None:
    case = desk.to_request()
    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as long, asking() as looks:
            long.execute(text("UPDATE history_event SET kind = kind WHERE false"))
            migrated = pool.submit(db.migrate)
            while looks.execute(WAITING).fetchone() == (0,):
                assert not migrated.done()
                time.sleep(0.01)
            began = time.monotonic()
            note = desk.call(CASEY, "POST", f"/cases/{case}/notes", {"text": "She called."})
            assert note.status_code == 201
            assert time.monotonic() - began < 3 * db.TABLE_SECONDS
            assert not migrated.done()
            assert number(NEW) == 0
        migrated.result(60)
    assert number(NEW) == 1
