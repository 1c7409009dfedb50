"""Sentences on the pages and in the history say what is."""

from tests.desk import (
    AVERY,
    CASEY,
    JORDAN,
    QUINN,
    REMY,
    WREN,
    Clock,
    Desk,
)
from tests.integration.acting import Recorder, deliver, opt_out_again, page


def test_37_opting_out_is_not_called_an_opt_in(desk: Desk) -> None:
    first = desk.to_opted_in(**QUINN)
    again = opt_out_again(desk, CASEY, first)
    desk.do(CASEY, again, "OO1")
    assert "Opt-in is being recorded" not in page(desk, CASEY, f"/cases/{again}")


def test_whoever_the_page_of_withdrawal_promises_to_tell_is_told(desk: Desk) -> None:
    number = desk.to_request()
    promise = "the supervisor and the case manager are told" in page(desk, AVERY, f"/cases/{number}")
    desk.call(AVERY, "POST", f"/cases/{number}/withdraw")
    told = [m["to"] for m in desk.messages(number) if m["kind"] == "notify_partner_withdrawn"]
    assert not promise or any("Casey" in name for name in told)


def test_a_case_is_closed_once_in_its_history(desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12", offer_response="declined")
    desk.do(AVERY, number, "T14")
    assert desk.history(CASEY, number).count("case_closed") == 1


def test_32_a_case_answered_by_another_does_not_ask_for_a_call(desk: Desk, clock: Clock) -> None:
    second = desk.to_request(REMY, "WSJ", **WREN)
    clock.move(days=8)
    first = desk.to_decision(**WREN)
    desk.record_edit(first)
    assert "has not called" not in desk.case(REMY, second)["sentence"]


def test_a_backup_is_wanted_where_there_is_none_in_words_that_hold(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(JORDAN, "WSC")
    clock.move(days=2, minutes=1)
    taken = Recorder()
    deliver(taken)
    found = [m for m in taken.taken if number in m.subject and "As a backup supervisor" in m.text]
    assert not found, "the office has no backup; its own supervisor is told that she is one"
