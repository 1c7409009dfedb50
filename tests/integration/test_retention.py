"""Records are kept as long as they must be and no longer (scenario 48)."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from tests.desk import AVERY, CASEY, LEE, PAT, ROBIN, Clock, Desk
from tests.integration.acting import actor, browser, stored
from workflows import db
from workflows.commands.retention import anonymise_due, end_hold, place_hold
from workflows.errors import InvalidInput, NotAllowed, NotFound, NotNow
from workflows.invariants import violations
from workflows.queries.retention import certificate, retention_view
from workflows.retention import program_year_of


def old(*numbers: str, closed: str = "2022-06-30 18:00:00-07") -> None:
    """Have cases been closed long ago."""
    with db.transaction() as session:
        query = text('UPDATE "case" SET closed_at = :at WHERE number = ANY(:numbers)')
        session.execute(query, {"at": closed, "numbers": list(numbers)})


@pytest.mark.parametrize(
    ("day", "year"), [((2026, 6, 30), 2026), ((2026, 7, 1), 2027), ((2025, 12, 31), 2026)]
)
def test_a_program_year_runs_from_july_to_june(day: tuple[int, int, int], year: int) -> None:
    assert program_year_of(datetime(*day, tzinfo=UTC).date()) == year


def test_48_what_need_not_be_kept_is_gone_everywhere_and_what_is_on_hold_stays(
    desk: Desk, clock: Clock, database: Engine
) -> None:
    gone, held = (
        desk.to_opted_in(),
        desk.to_opted_in(client_first_name="Tamsin", client_last_name="Orrery SAMPLE", phone="360-555-0102"),
    )
    desk.call(CASEY, "POST", f"/cases/{gone}/notes", {"text": "Marlo prefers mornings.", "esd_only": True})
    young = desk.to_decision(
        client_first_name="Basil", client_last_name="Kettlewright SAMPLE", phone="360-555-0103"
    )
    old(gone, held)
    place_hold(actor(ROBIN), held, "Records request 17 of 2026.")
    before = retention_view(actor(PAT))
    assert (before.due, [hold.number for hold in before.holds]) == (1, [held])
    assert anonymise_due() == 1
    assert anonymise_due() == 0
    kept = stored(database)
    assert not [word for word in ("Marlo", "Pennywhistle", "360-555-0101", "mornings") if word in kept]
    assert all(word in kept for word in ("Orrery", "360-555-0102", "Kettlewright"))
    assert desk.outcome(gone) == ("closed", "opted_in")
    assert "case_anonymised" in desk.history(CASEY, gone)
    paper = certificate(actor(LEE), 2022)
    assert (paper.numbers, paper.destroyed.cases) == ([gone], 1)
    end_hold(actor(PAT), held)
    assert anonymise_due() == 1
    assert desk.case(CASEY, young)["client"]
    assert list(violations()) == []


@pytest.mark.parametrize(
    ("closed", "due"),
    [("2023-06-30 23:59:00-07", 1), ("2023-07-01 00:01:00-07", 0), ("2023-06-30 17:00:00-07", 1)],
)
def test_three_years_count_from_the_end_of_the_program_year(
    desk: Desk, clock: Clock, closed: str, due: int
) -> None:
    old(desk.to_opted_in(), closed=closed)
    assert retention_view(actor(PAT)).due == due


def test_a_hold_keeps_a_case_from_being_erased_as_opened_in_error(desk: Desk) -> None:
    number = desk.to_request()
    place_hold(actor(ROBIN), number, "A court asks for it.")
    answer = desk.call(CASEY, "POST", f"/cases/{number}/opened-in-error", {"reason": "wrong_client"})
    assert answer.status_code == 409 and "records request" in answer.text
    assert desk.case(CASEY, number)["client"]
    end_hold(actor(ROBIN), number)
    assert (
        desk.call(CASEY, "POST", f"/cases/{number}/opened-in-error", {"reason": "wrong_client"}).status_code
        == 200
    )


def test_what_is_refused_says_why(desk: Desk) -> None:
    number, begun = desk.to_request(), desk.open()
    with pytest.raises(NotAllowed):
        place_hold(actor(AVERY), number, "A records request.")
    with pytest.raises(NotFound):
        place_hold(actor(PAT), "OLY-2026-999999", "A records request.")
    with pytest.raises(InvalidInput):
        place_hold(actor(PAT), number, "x")
    with pytest.raises(NotNow, match="not sent"):
        place_hold(actor(PAT), begun, "A records request.")
    place_hold(actor(PAT), number, "A records request.")
    with pytest.raises(NotNow, match="already"):
        place_hold(actor(PAT), number, "A records request.")
    with pytest.raises(NotFound):
        certificate(actor(PAT), 2020)


def test_the_page_puts_on_hold_and_ends_it(desk: Desk) -> None:
    number = desk.to_request()
    page = browser(desk, PAT)
    wrong = page.post("/admin/records/holds", data={"number": "OLY-0", "reason": "A request."})
    assert wrong.status_code == 404 and 'value="OLY-0"' in wrong.text and "Error:" in wrong.text
    done = page.post(
        "/admin/records/holds", data={"number": number, "reason": "A request."}, follow_redirects=True
    )
    assert number in done.text and "A request." in done.text
    ended = page.post(f"/admin/records/holds/{number}/end", follow_redirects=True)
    assert "No records are on hold." in ended.text
