"""Two requests for one client (domain 3.7; scenarios 31-33, 37, 41)."""

from tests.desk import AVERY, CASEY, JORDAN, QUINN, REMY, WREN, WREN_TOO, Desk


def test_31_the_same_agency_is_shown_its_open_case(desk: Desk) -> None:
    first = desk.to_request()
    second = desk.open(JORDAN, "WSC")
    for label in ("T2", "T3", "T4"):
        desk.do(JORDAN, second, label)
    answer = desk.answer(JORDAN, second, "T5")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "duplicate_case")
    assert first in answer.json["error"]["message"]
    desk.do(JORDAN, second, "T5", close_if_duplicate=True)
    assert desk.outcome(second, JORDAN) == ("closed", "duplicate_of")
    assert desk.case(JORDAN, second)["client"] == {}


def test_32_another_agency_learns_nothing_and_one_edit_answers_both(desk: Desk) -> None:
    first = desk.to_request(**WREN)
    second = desk.to_request(REMY, "WSJ", **WREN)
    assert first not in str(desk.case(REMY, second)) and second not in str(desk.case(AVERY, first))
    assert desk.case(CASEY, first)["linked"] == [second]
    desk.do(CASEY, first, "T7")
    desk.record_edit(first)
    for who, number in ((AVERY, first), (REMY, second)):
        assert desk.kinds(number, who).count("notify_partner_change_made") == 1
        assert desk.labels(who, number) == {"T10"}
        desk.do(who, number, "T10")
        desk.do(who, number, "T11")
        assert desk.outcome(number) == ("closed", "opted_in")


def test_32_a_linked_case_in_the_middle_of_its_own_edit(desk: Desk) -> None:
    first = desk.to_decision(**WREN)
    second = desk.to_decision(REMY, "WSJ", **WREN)
    desk.do(CASEY, second, "RO1")
    desk.record_edit(first)
    assert desk.labels(CASEY, second) == set()
    assert desk.labels(REMY, second) == {"T10"}


def test_32_a_linked_case_at_the_last_try(desk: Desk) -> None:
    second = desk.to_request(REMY, "WSJ", **WREN)
    nobody = dict.fromkeys(("identity_verified", "identity_method", "spoke_through", "decision"))
    for _ in range(3):
        desk.do(CASEY, second, "T7", contact_result="no_answer", notification_points=None, **nobody)
    first = desk.to_decision(**WREN)
    desk.record_edit(first)
    assert desk.labels(REMY, second) == {"T10"}


def test_33_a_near_match_is_for_esd_to_judge(desk: Desk) -> None:
    first = desk.to_request(**WREN)
    second = desk.to_request(JORDAN, "WSC", **WREN_TOO)
    assert desk.case(CASEY, first)["possible_matches"] == [second]
    assert desk.case(AVERY, first)["possible_matches"] == []


def test_37_the_client_opts_out_again(desk: Desk) -> None:
    first = desk.to_opted_in(**QUINN)
    answer = desk.call(AVERY, "POST", f"/cases/{first}/opt-out-again")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    again = answer.json["number"]
    assert desk.kinds(again) == ["notify_opt_out_again_wanted"]
    desk.do(CASEY, again, "OO1")
    refused = desk.answer(CASEY, again, "OO2", opt_out_box_is_now="unchecked")
    assert refused.status_code == 422
    desk.do(CASEY, again, "OO2")
    assert desk.outcome(again) == ("closed", "opted_out_again")
    assert desk.kinds(first)[-1] == "notify_access_ended"
    assert desk.case(AVERY, first)["client"] == {}
    assert desk.case(CASEY, first)["client"] != {}


def test_37_every_agency_of_the_client_is_told(desk: Desk) -> None:
    first = desk.to_request(**WREN)
    second = desk.to_request(REMY, "WSJ", **WREN)
    desk.do(CASEY, first, "T7")
    desk.record_edit(first)
    again = desk.call(CASEY, "POST", f"/cases/{first}/opt-out-again").json["number"]
    desk.do(CASEY, again, "OO1")
    desk.do(CASEY, again, "OO2")
    for who, number in ((AVERY, first), (REMY, second)):
        assert "notify_access_ended" in desk.kinds(number)
        assert desk.case(who, number)["client"] == {}


def test_37_a_client_who_keeps_sharing(desk: Desk) -> None:
    first = desk.to_opted_in(**QUINN)
    again = desk.call(CASEY, "POST", f"/cases/{first}/opt-out-again").json["number"]
    desk.do(CASEY, again, "OO1", wish="keep_sharing")
    assert desk.outcome(again) == ("closed", "withdrawn")
    assert desk.case(AVERY, first)["client"] != {}


def test_41_one_client_in_two_offices_of_one_edit(desk: Desk) -> None:
    first = desk.to_request(**WREN)
    second = desk.to_request(REMY, "WSJ", **WREN)
    desk.do(CASEY, first, "T7")
    desk.record_edit(first)
    assert desk.labels(CASEY, second) == set(), "no second edit is asked"
    assert desk.labels(REMY, second) == {"T10"}
