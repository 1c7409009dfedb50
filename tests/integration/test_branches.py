"""The two main branches and the ways in, through the API (domain section 9)."""

from tests.desk import AVERY, CASEY, DEVON, Desk


def test_01_found_in_own_office(desk: Desk) -> None:
    number = desk.open(total_own=1)
    assert desk.outcome(number, AVERY) == ("closed", "found_in_own_office")
    assert desk.case(AVERY, number)["client"] == {}


def test_13_opt_in_happy_path(desk: Desk) -> None:
    number = desk.to_request()
    assert desk.labels(CASEY, number) == {"T7"}
    assert desk.labels(AVERY, number) == {"T6"}
    desk.do(CASEY, number, "T7")
    assert desk.labels(AVERY, number) == set(), "step 5 is withdrawn once the contact is made"
    desk.record_edit(number, DEVON)
    desk.do(AVERY, number, "T10")
    desk.do(AVERY, number, "T11")
    assert desk.outcome(number) == ("closed", "opted_in")
    assert desk.kinds(number).count("notify_partner_change_made") == 1
