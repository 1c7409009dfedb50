"""Every door of the product, pages and API, under right requests that are spoilt somewhere, by those who are let in and others."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from tests.inputs.asking import Asker
from tests.inputs.counting import INPUTS, SEED, Tally, share
from tests.inputs.doors import Doors
from tests.inputs.known import Known
from tests.inputs.odd import Chance
from tests.permissions.world import World
from workflows import db

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not INPUTS, reason="LEFT OUT: make inputs puts generated requests to every door."),
]

ELSEWHERE = re.compile(r"^(?:[a-z]+:)?//(?!desk\.example|localhost)|^javascript:|\\", re.IGNORECASE)
WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
KEPT = {"kept_answers", "session"}
"""What a form without its secret may write: what was typed, for the same person, and that the person was there."""


@pytest.fixture
def doors(world: World, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """The doors, whose forms ask for their secret as they do in use."""
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", True)
    return Doors(world, Known(world))


@pytest.fixture
def asker(world: World, doors: Doors, told: list[dict[str, Any]], caplog: pytest.LogCaptureFixture) -> Asker:
    """Asks as one browser."""
    return Asker(world, Tally("doors"), told, caplog, doors.cookies)


def test_no_door_fails_or_tells(doors: Doors, asker: Asker) -> None:
    tally = asker.tally
    for number in tally.numbers(share(0.02)):
        asked = doors.made(number, Chance(f"{SEED} doors {number}"))
        answer = asker.answer(asked)
        if answer is None:
            continue
        if ELSEWHERE.search(answer.headers.get("Location", "")):
            tally.found("leads elsewhere", asked.rule, f"{asked.words} {answer.headers['Location']}")
        if answer.mimetype == "text/html" and b"<script>alert(1)" in answer.get_data():
            tally.found("runs a script of the request", asked.rule, asked.words)
    tally.close()


def test_a_forged_form_changes_nothing(doors: Doors, asker: Asker) -> None:
    tally, wrote = asker.tally, set[str]()
    tally.kind = "forged forms"

    @contextmanager
    def watched() -> Iterator[None]:
        before = _written()
        yield
        wrote.update(table for table, rows in _written() - before)

    for number in tally.numbers(share(0.005)):
        asked = doors.made(number, Chance(f"{SEED} forged {number}"), forged=True)
        if asked.method != "POST" or asked.path.startswith("/api/"):
            continue
        wrote.clear()
        answer = asker.answer(asked, watched)
        if answer and (answer.status_code not in (302, 400, 404, 405, 413) or wrote - KEPT):
            tally.found(f"is done: {answer.status_code} {sorted(wrote)}", asked.rule, asked.words)
    tally.close()


def _written() -> set[tuple[str, int]]:
    """How many rows of each table this connection has written."""
    return {(table, rows) for table, rows in db.database().execute(text(WRITTEN))}  # type: ignore[attr-defined]
