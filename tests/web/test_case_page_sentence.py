"""Where a case stands, in one sentence, for each kind of waiting and each reader."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.desk import AVERY, CASEY, LEE, QUINN, REMY, ROBIN, TAMSIN, Clock, Desk
from tests.integration.acting import NOBODY_REACHED, opt_out_again, suspend
from workflows.queries.days import by_day, on_day, since

NOW = datetime(2026, 12, 2, 17, 0, tzinfo=UTC)  # Wednesday, nine in the morning in Olympia
WAITING = "Waiting for the client to contact the ESD WIOA supervisor since"
TRYING = "The supervisor is in contact with the client, or trying to be."


def says(desk: Desk, number: str, who: str = AVERY) -> str:
    return str(desk.case(who, number)["sentence"])


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "Monday"),
        (6, "Thursday"),
        (7, "November 25"),
        (400, "October 28, 2025"),
    ],
)
def test_a_day_that_has_come(days: int, words: str) -> None:
    assert since(NOW - timedelta(days=days), NOW) == f"since {words}"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (2, "on Friday"), (6, "on Tuesday"), (7, "on Wednesday, December 9"),
     (40, "on Monday, January 11, 2027")],
)  # fmt: skip
def test_a_day_to_come(days: int, words: str) -> None:
    assert on_day(NOW + timedelta(days=days), NOW) == words


def test_days_are_those_of_the_office() -> None:
    late_in_olympia = datetime(2026, 12, 2, 6, 30, tzinfo=UTC)  # still the first of December there
    assert since(late_in_olympia, NOW) == "since yesterday"
    assert by_day(late_in_olympia, late_in_olympia + timedelta(hours=1)) == "by today"


def test_a_request_that_is_begun(clock: Clock, desk: Desk) -> None:
    number = desk.open()
    assert says(desk, number) == (
        "The case manager is at “Search in all offices” since today; "
        "what is not sent by Monday, December 7 is erased."
    )


def test_waiting_for_the_client_with_what_the_clock_does_next(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    for who in (AVERY, CASEY, LEE):
        assert says(desk, number, who) == f"{WAITING} today; a reminder goes out tomorrow."
    clock.move(days=1, minutes=1)
    later = " This is later than planned."
    assert says(desk, number) == f"{WAITING} yesterday; the backup supervisors are told tomorrow.{later}"
    clock.move(days=2)
    assert says(desk, number).startswith(f"{WAITING} Monday; the program manager is told tomorrow.")


def test_who_holds_the_supervisors_task_is_named_to_employment_security_alone(
    clock: Clock, desk: Desk
) -> None:
    number = desk.to_request()
    desk.call(CASEY, "POST", f"/tasks/{desk.task(CASEY, number, 'T7')['id']}/claim")
    assert "to contact Casey Thistledown" in says(desk, number, CASEY)
    assert says(desk, number).startswith(WAITING)


def test_the_client_has_not_called(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    clock.move(days=8)
    assert says(desk, number).startswith(
        "The client has not called; the ESD WIOA supervisor is to call the client."
    )
    assert says(desk, number).endswith(" This is later than planned.")


def test_an_attempt_that_failed_is_counted_for_employment_security_alone(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    desk.do(CASEY, number, "T7", **NOBODY_REACHED)
    assert says(desk, number, CASEY).startswith(
        "The client was tried once and not reached; Casey Thistledown"
    )
    assert says(desk, number, CASEY).endswith("tries again, due tomorrow.")
    assert says(desk, number) == TRYING


def test_a_client_who_has_not_decided(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    desk.do(CASEY, number, "T7", decision="undecided")
    said = "The client has not decided yet; a reminder goes out on Monday, December 14."
    assert (says(desk, number, CASEY), says(desk, number)) == (said, TRYING)


def test_the_last_try_of_the_case_manager(clock: Clock, desk: Desk) -> None:
    number = desk.to_request()
    for _ in range(3):
        desk.do(CASEY, number, "T7", **NOBODY_REACHED)
    assert says(desk, number) == (
        "The case manager tries once more to reach the client since today; "
        "without success the case is closed on Monday, December 7."
    )


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("opt_in", "ESD staff record the opt-in in the case management system since today, due tomorrow."),
        ("remain_opted_out", "The supervisor offers the client to work with ESD staff, due tomorrow."),
    ],
)
def test_a_decision_is_hidden_from_the_partner_until_told(
    clock: Clock, desk: Desk, decision: str, said: str
) -> None:
    number = desk.to_decision(decision=decision)
    assert (says(desk, number, CASEY), says(desk, number)) == (said, TRYING)


def test_the_way_of_an_opt_in_to_its_end(clock: Clock, desk: Desk) -> None:
    number = desk.to_decision()
    desk.record_edit(number)
    checks = "The case manager checks that the record is visible since today, due on Wednesday."
    assert says(desk, number) == checks
    desk.do(AVERY, number, "T10")
    assert says(desk, number) == "The case manager goes on serving the client since today, due on Thursday."
    desk.do(AVERY, number, "T11")
    clock.move(days=1)
    assert says(desk, number) == "Closed since yesterday: opted in."


@pytest.mark.parametrize("response", ["accepted", "declined"])
def test_the_answer_to_the_offer_is_not_in_the_partners_sentences(
    clock: Clock, desk: Desk, response: str
) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12", offer_response=response)
    serving = "The case manager goes on serving the client since today, due on Thursday."
    assert says(desk, number) == serving
    assert ("assigned" in says(desk, number, CASEY)) == (response == "accepted")
    desk.do(AVERY, number, "T14")
    clock.move(days=1)
    if response == "accepted":
        assert says(desk, number, CASEY).startswith("The supervisor assigns the ESD staff")
        desk.do(CASEY, number, "T13")
    assert says(desk, number) == "Closed since yesterday: remains opted out."
    assert desk.case(AVERY, number)["closed_at"][:10] == "2026-11-30"


def test_a_check_is_told_to_the_partner_as_being_with_employment_security(clock: Clock, desk: Desk) -> None:
    number = desk.open()
    for label in ("T2", "T3"):
        desk.do(AVERY, number, label)
    desk.do(AVERY, number, "T4", lookup="nothing")
    desk.do(AVERY, number, "T5", **TAMSIN)
    assert says(desk, number) == "The request is with Employment Security since today."
    checks = "Employment Security checks since today whether there is a record, due on Wednesday."
    assert says(desk, number, CASEY) == checks


def test_a_case_on_hold(clock: Clock, desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    held = "On hold since today, because the agency’s agreement is not in force"
    assert says(desk, number, REMY) == f"{held}."
    assert (
        says(desk, number, CASEY) == f"{held}; the program manager decides how it goes on, due on Wednesday."
    )
    desk.do(ROBIN, number, "T90", action="hand_to_esd")
    assert says(desk, number, CASEY) == f"{held}; the supervisor serves the client directly."


def test_before_any_job_has_run_an_ended_agreement_hides_where_a_case_stands(
    desk: Desk, clock: Clock
) -> None:
    number = desk.to_request(REMY, "WSJ")
    desk.do(CASEY, number, "T7")
    with_agreement = says(desk, number, REMY)
    clock._traveller.shift(timedelta(days=25))
    assert (
        with_agreement
        != says(desk, number, REMY)
        == ("Only number and state are shown, because the agency’s agreement is not in force.")
    )


def test_a_client_who_opts_out_again(clock: Clock, desk: Desk) -> None:
    number = desk.to_opted_in(**QUINN)
    again = opt_out_again(desk, CASEY, number)
    asked = "The client asked to opt out again; the supervisor verifies the wish"
    assert says(desk, again, CASEY) == f"{asked}, due today."
    desk.do(CASEY, again, "OO1")
    assert says(desk, again, CASEY).startswith("The supervisor sets the opt-out")
    assert says(desk, again).startswith(asked)
