"""The schema is changed while people work: whoever wants a table meanwhile waits a moment, not as long as the longest."""

import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from tests.desk import CASEY, Desk
from tests.killing.worlds import asking
from workflows import db


def before_the_last() -> None:
    """The schema as it was before the newest migration that changes the history."""
    with db.transaction() as session:
        for name in ("ix_history_event_channel", "ix_history_event_searched"):
            session.execute(text(f"DROP INDEX {name}"))
        session.execute(text("ALTER TABLE history_head DROP COLUMN form"))
        session.execute(text("UPDATE alembic_version SET version_num = '0020'"))


def test_a_migration_lets_people_pass_while_somebody_has_a_table_for_long(desk: Desk) -> None:
    number = desk.to_request()
    before_the_last()
    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as long, asking() as looks:
            long.execute(text("UPDATE history_event SET kind = kind WHERE false"))
            migrated = pool.submit(db.migrate)
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while looks.execute(waits).fetchone() == (0,):
                assert not migrated.done()
                time.sleep(0.01)
            began = time.monotonic()
            assert (
                desk.call(CASEY, "POST", f"/cases/{number}/notes", {"text": "She called."}).status_code == 201
            )
            assert time.monotonic() - began < 3 * db.TABLE_SECONDS
            assert not migrated.done()
        migrated.result(60)
    with db.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM history_head WHERE form > 0")).scalar() is not None
