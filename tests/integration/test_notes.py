"""Notes beside a task, and the date of the change, by who may read them (domain 6.3)."""

from tests.desk import AVERY, CASEY, LEE, QUINN, Desk
from tests.integration.acting import opt_out_again, page, suspend

SHARED, ESD = "The client prefers mornings.", "The record has an old spelling."


def with_notes(desk: Desk, **who: str) -> str:
    number = desk.to_request(**who)
    desk.call(AVERY, "POST", f"/cases/{number}/notes", {"text": SHARED})
    desk.call(CASEY, "POST", f"/cases/{number}/notes", {"text": ESD, "esd_only": True})
    return number


def test_notes_stand_beside_the_task(desk: Desk) -> None:
    number = with_notes(desk)
    supervisor = page(desk, CASEY, f"/tasks/{desk.task(CASEY, number, 'T7')['id']}")
    assert SHARED in supervisor and ESD in supervisor and "ESD only" in supervisor
    partner = page(desk, AVERY, f"/tasks/{desk.task(AVERY, number, 'T6')['id']}")
    assert SHARED in partner and ESD not in partner


def test_no_note_stands_there_while_the_case_is_on_hold(desk: Desk) -> None:
    number = with_notes(desk, who="remy.stonecrop", office="WSJ")
    desk.call("remy.stonecrop", "POST", f"/cases/{number}/notes", {"text": SHARED})
    task = desk.task("remy.stonecrop", number, "T6")["id"]
    assert SHARED in page(desk, "remy.stonecrop", f"/tasks/{task}")
    suspend()
    assert SHARED not in page(desk, "remy.stonecrop", f"/tasks/{task}")


def test_the_case_manager_reads_when_the_change_was_recorded(desk: Desk) -> None:
    number = desk.to_decision(**QUINN)
    assert "Change recorded" not in page(desk, AVERY, f"/cases/{number}")
    desk.record_edit(number)
    assert "Change recorded" in page(desk, AVERY, f"/cases/{number}")
    recorded = desk.case(AVERY, number)["edit_recorded_at"]
    assert recorded and recorded == desk.case(CASEY, number)["edit_recorded_at"]
    assert desk.case(LEE, number)["edit_recorded_at"] is None


def test_the_date_is_gone_when_the_client_has_opted_out_again(desk: Desk) -> None:
    number = desk.to_opted_in(**QUINN)
    again = opt_out_again(desk, CASEY, number)
    for label in ("OO1", "OO2"):
        desk.do(CASEY, again, label)
    assert desk.case(AVERY, number)["edit_recorded_at"] is None
