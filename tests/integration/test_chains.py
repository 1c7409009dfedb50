"""The history as chains: whole after any work, broken by any change, checked by `optin audit verify`."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command as alembic
from alembic.config import Config
from click.testing import CliRunner
from sqlalchemy import Engine, text

from tests.desk import AVERY, PAT, Desk
from tests.end_to_end.product import wait_for
from tests.integration.acting import actor, browser
from web.console import main
from workflows import clock, db
from workflows.chains import Chain, chains
from workflows.commands import people
from workflows.errors import Refused, SignInFailed
from workflows.history import record
from workflows.sample import PASSWORD
from workflows.work import Work


def found() -> list[Chain]:
    with db.transaction() as transaction:
        return list(chains(transaction))


def tamper(statement: str) -> None:
    """Change the history as somebody could who rules the database."""
    with db.transaction() as transaction:
        transaction.execute(text("ALTER TABLE history_event DISABLE TRIGGER USER"))
        transaction.execute(text(statement))


def some_events(desk: Desk) -> str:
    """A case, and of the events without one: tokens, refusals, sign-ins, a changed person."""
    number = desk.to_request()
    browser(desk, AVERY).post("/sign-out")
    with pytest.raises(SignInFailed):
        people.sign_in(AVERY, "wrong")
    with pytest.raises(Refused):
        people.change_person(actor(AVERY), AVERY, {})
    people.change_person(actor(PAT), AVERY, {"trained_on": "2026-02-03"})
    return number


def test_the_events_without_a_case_are_one_chain(desk: Desk) -> None:
    number = some_events(desk)
    whole = found()
    assert [chain.case for chain in whole] == [None, number]
    assert all(chain.broken_at is None and chain.events > 5 for chain in whole)


def test_it_stays_one_when_many_write_at_once(desk: Desk) -> None:
    (before,) = found()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: people.sign_in(AVERY, PASSWORD), range(8)))
    (after,) = found()
    assert after.events == before.events + 8 and after.broken_at is None


def waits_for_the_chain(database: Engine) -> bool:
    with database.connect() as connection:
        locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(connection.scalar(text(locks)))


def test_a_person_is_changed_while_what_they_do_is_recorded(desk: Desk, database: Engine) -> None:
    """Each wants what the other has: one the row of the person, the other the end of the chain."""
    avery, pat = actor(AVERY), actor(PAT)
    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as transaction:
            work = Work(transaction, avery, clock.now())
            record(work, "refused", what="probe")
            change = pool.submit(people.change_person, pat, AVERY, {"trained_on": "2026-02-04"})
            wait_for(lambda: waits_for_the_chain(database), 5, "the change to wait")
            record(work, "refused", what="probe")
        change.result(timeout=10)
    assert [chain.broken_at for chain in found()] == [None]


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ('UPDATE history_event SET detail = \'{"user": "nobody"}\' WHERE {where} AND seq = 3', 3),
        ("UPDATE history_event SET at = at + interval '1 second' WHERE {where} AND seq = 1", 1),
        ("DELETE FROM history_event WHERE {where} AND seq = 4", 4),
        ("UPDATE history_event SET seq = NULL WHERE {where} AND seq = 2", 2),
    ],
)
@pytest.mark.parametrize("where", ["case_id IS NULL", "case_id IS NOT NULL"])
def test_a_changed_event_shows(desk: Desk, where: str, statement: str, broken_at: int) -> None:
    some_events(desk)
    tamper(statement.replace("{where}", where))
    broken = [chain for chain in found() if chain.broken_at]
    assert [(chain.case is None, chain.broken_at) for chain in broken] == [
        (where == "case_id IS NULL", broken_at)
    ]


def test_a_case_without_any_history_shows(desk: Desk) -> None:
    number = desk.open()
    tamper("DELETE FROM history_event WHERE case_id IS NOT NULL")
    assert [chain.case for chain in found() if chain.broken_at] == [number]


def test_verify_says_so(desk: Desk) -> None:
    number = some_events(desk)
    whole = CliRunner().invoke(main, ["audit", "verify"])
    assert whole.exit_code == 0 and "The history is whole" in whole.output, whole.output
    tamper("DELETE FROM history_event WHERE case_id IS NOT NULL AND seq = 2")
    broken = CliRunner().invoke(main, ["audit", "verify"])
    assert broken.exit_code == 1 and f"of case {number}, from event 2 on" in broken.output


def test_what_was_recorded_before_there_was_a_chain_becomes_one(
    empty_database: Engine, migrated: Callable[[str], None]
) -> None:
    migrated("0001")
    with db.transaction() as transaction:
        for kind in ("signed_in", "signed_out", "sign_in_failed"):
            transaction.execute(
                text(
                    "INSERT INTO history_event (at, kind, detail, esd_only, hash) VALUES "
                    '(now(), :kind, \'{"user": "unknown", "n": [1, null]}\', false, \'old\')'
                ),
                {"kind": kind},
            )
    migrated("head")
    (chain,) = found()
    assert (chain.events, chain.broken_at) == (3, None)
    with pytest.raises(db.DatabaseFailed), db.transaction() as transaction:
        transaction.execute(text("DELETE FROM history_event"))


@pytest.fixture
def migrated() -> Callable[[str], None]:
    """Brings the schema to a revision."""

    def to(revision: str) -> None:
        config = Config()
        config.set_main_option("script_location", "workflows/migrations")
        with db.database().connect() as connection:
            config.attributes["connection"] = connection
            alembic.upgrade(config, revision)

    return to
