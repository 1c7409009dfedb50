"""The branches of the procedure through the API; each test bears the number of its scenario (domain section 9)."""

from typing import Any

import pytest

from tests.desk import AVERY, BASIL, CASEY, DEVON, POINTS, ROBIN, SOL, TAMSIN, Clock, Desk


def test_01_found_in_own_office(desk: Desk) -> None:
    number = desk.open(total_own=1)
    assert desk.outcome(number, AVERY) == ("closed", "found_in_own_office")
    assert desk.case(AVERY, number)["client"] == {}


def test_02_found_in_another_office_is_added(desk: Desk) -> None:
    number = desk.open()
    desk.do(AVERY, number, "T2", total_wide=1)
    task = desk.task(AVERY, number, "AS1")
    help_text = desk.get(AVERY, f"/tasks/{task['id']}")["help"]
    assert sum(line.strip()[:2] in {f"{i}." for i in range(1, 7)} for line in help_text.splitlines()) == 6
    desk.do(AVERY, number, "AS1")
    assert desk.outcome(number, AVERY) == ("closed", "found_other_office_added")
    assert desk.messages(number) == []


def test_02_a_seeker_who_is_not_listed_leads_to_the_lookup(desk: Desk) -> None:
    number = desk.open()
    desk.do(AVERY, number, "T2", total_wide=1)
    desk.do(AVERY, number, "AS1", result="error", steps_followed=None)
    desk.do(AVERY, number, "AS1", result="seeker_not_listed", steps_followed=None)
    assert desk.labels(AVERY, number) == {"T4"}


def test_03_a_client_who_registers_now_is_searched_again(desk: Desk) -> None:
    number = desk.open()
    desk.do(AVERY, number, "T2")
    desk.do(AVERY, number, "T3", account="not_registered")
    desk.do(AVERY, number, "T3b")
    desk.do(AVERY, number, "T1", total_own=1)
    assert desk.outcome(number, AVERY) == ("closed", "found_in_own_office")


def test_04_a_client_who_registers_later(desk: Desk) -> None:
    number = desk.open()
    desk.do(AVERY, number, "T2")
    desk.do(AVERY, number, "T3", account="not_registered")
    desk.do(AVERY, number, "T3b", registered_now="later")
    assert desk.outcome(number, AVERY) == ("closed", "registration_not_completed")
    assert desk.open() != number


def test_05_the_lookup_says_opted_out(desk: Desk) -> None:
    number = desk.open()
    desk.do(AVERY, number, "T2")
    desk.do(AVERY, number, "T3")
    desk.do(AVERY, number, "T4")
    task = desk.task(AVERY, number, "T5")
    fields = desk.get(AVERY, f"/tasks/{task['id']}")["form"]["properties"]
    assert not [name for name in fields if "ssn" in name.lower()]


def test_06_a_lookup_that_lists_somebody_else_three_times(desk: Desk) -> None:
    number = desk.open()
    desk.do(AVERY, number, "T2")
    desk.do(AVERY, number, "T3")
    for _ in range(3):
        desk.do(AVERY, number, "T4", lookup="name_listed", same_person="no")
    desk.do(AVERY, number, "T5")
    assert desk.labels(CASEY, number) == {"T4b"}


def _to_esd_check(desk: Desk, lookup: str = "nothing") -> str:
    number = desk.open()
    desk.do(AVERY, number, "T2")
    desk.do(AVERY, number, "T3")
    desk.do(AVERY, number, "T4", lookup=lookup)
    desk.do(AVERY, number, "T5")
    return number


@pytest.mark.parametrize("lookup", ["nothing", "widget_unavailable"])
def test_07_an_empty_lookup_is_checked_by_esd(desk: Desk, lookup: str) -> None:
    number = _to_esd_check(desk, lookup)
    assert desk.kinds(number) == ["notify_esd_check_wanted"]
    assert desk.labels(AVERY, number) == set(), "the partner cannot conclude anything"
    desk.do(DEVON, number, "T4b", esd_check="not_in_eto")
    assert desk.outcome(number, AVERY) == ("closed", "not_in_eto")
    assert desk.kinds(number)[-1] == "notify_partner_not_in_eto"


def test_07_the_partner_does_not_learn_what_the_check_found(desk: Desk) -> None:
    number = _to_esd_check(desk)
    before = desk.case(AVERY, number)
    desk.do(DEVON, number, "T4b", esd_check="opted_out")
    after = desk.case(AVERY, number)
    assert (before["status"], after["status"]) == ("submitted", "submitted")
    assert "opted_out" not in str(after["steps"]).replace("opted_out_message", "")
    assert not [
        e
        for e in desk.get(AVERY, f"/cases/{number}/history")["items"]
        if e["element"] == "T4b_EsdChecksRecord"
    ]


def test_07_a_record_that_is_shared_after_all(desk: Desk) -> None:
    number = _to_esd_check(desk)
    desk.do(DEVON, number, "T4b", esd_check="shared")
    assert desk.outcome(number, AVERY) == ("closed", "located_by_esd")
    assert desk.kinds(number, AVERY) == ["notify_partner_located"]


@pytest.mark.parametrize(
    ("different", "field"),
    [
        ({"phone": None}, "phone"),
        ({"reason": "too short"}, "reason"),
        ({"client_first_name": "Marl0"}, "client_first_name"),
        ({"notice_4_points_given": False}, "notice_4_points_given"),
        ({"phone": "12345"}, "phone"),
    ],
)
def test_08_an_incomplete_request_is_refused_by_field(
    desk: Desk, different: dict[str, Any], field: str
) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    answer = desk.answer(AVERY, number, "T5", **different)
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]
    assert desk.labels(AVERY, number) == {"T5"}


def test_09_a_client_without_a_phone(desk: Desk) -> None:
    alternative = {
        "no_phone": True,
        "alt_contact": "message_phone",
        "alt_contact_detail": "Desk of the shelter",
    }
    number = desk.to_request(
        client_first_name="Odell", client_last_name="Sparrowmere", phone=None, **alternative
    )
    assert desk.case(CASEY, number)["client"]["alt_contact_detail"] == "Desk of the shelter"
    assert desk.labels(CASEY, number) == {"T7"}


def test_11_three_of_four_points_do_not_open_the_decision(desk: Desk) -> None:
    number = desk.to_request()
    answer = desk.answer(CASEY, number, "T7", notification_points=POINTS[:3])
    assert answer.status_code == 422
    assert {"notification_points", "decision"} >= set(answer.json["error"]["fields"]) >= {"decision"}


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


def test_14_save_is_greyed_out(desk: Desk) -> None:
    number = desk.to_decision()
    desk.do(CASEY, number, "RO1")
    desk.do(CASEY, number, "RO2")
    desk.do(CASEY, number, "RO3", saved="no", opt_out_box_is_now=None, eto_result="save_greyed_out")
    assert desk.task(CASEY, number, "AS1")["role"] == "esd_staff", "it is the office of the ESD user"
    desk.do(CASEY, number, "AS1")
    for label in ("RO2", "RO3", "RO4"):
        desk.do(CASEY, number, label)
    assert desk.labels(AVERY, number) == {"T10"}


def test_14_the_record_is_first_added_to_the_esd_office(desk: Desk) -> None:
    number = desk.to_decision()
    desk.do(CASEY, number, "RO1", found_in="worksource_only")
    desk.do(CASEY, number, "AS1")
    assert desk.labels(CASEY, number) == {"RO2"}


def test_15_the_box_is_already_clear(desk: Desk) -> None:
    number = desk.to_decision()
    desk.do(CASEY, number, "RO1")
    desk.do(CASEY, number, "RO2", opt_out_box_was="clear")
    assert desk.kinds(number)[-1] == "notify_partner_change_made"
    assert desk.labels(AVERY, number) == {"T10"}


def test_16_a_ticked_box_is_not_an_opt_in(desk: Desk) -> None:
    number = desk.to_decision()
    desk.do(CASEY, number, "RO1")
    desk.do(CASEY, number, "RO2")
    answer = desk.answer(CASEY, number, "RO3", opt_out_box_is_now="checked")
    assert answer.status_code == 422
    assert "clear" in answer.json["error"]["fields"]["opt_out_box_is_now"].lower()


def test_17_visible_only_across_the_state(desk: Desk) -> None:
    number = desk.to_decision()
    desk.record_edit(number)
    desk.do(AVERY, number, "T10", visible="worksource_only")
    assert desk.task(AVERY, number, "AS1")["role"] == "case_manager"
    desk.do(AVERY, number, "AS1")
    desk.do(AVERY, number, "T11")
    assert desk.outcome(number) == ("closed", "opted_in")


def test_18_not_visible_after_the_edit(desk: Desk) -> None:
    number = desk.to_decision()
    desk.record_edit(number)
    desk.do(AVERY, number, "T10", visible="not_found")
    assert desk.kinds(number).count("notify_partner_change_made") == 1
    desk.record_edit(number)
    assert desk.kinds(number).count("notify_partner_change_made") == 2, "a second round is a second notice"
    desk.do(AVERY, number, "T10", visible="not_found")
    assert "tell_program_manager_not_visible" in desk.kinds(number)
    assert desk.labels(CASEY, number) == {"RO1"}


def test_not_in_eto_after_the_decision(desk: Desk) -> None:
    number = desk.to_decision()
    desk.do(CASEY, number, "RO1", found_in="not_found")
    assert desk.outcome(number) == ("closed", "not_in_eto")


def test_19_remains_opted_out_and_accepts(desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out", **TAMSIN)
    assert desk.labels(AVERY, number) == set()
    desk.do(CASEY, number, "T12")
    assert desk.kinds(number, AVERY) == ["notify_partner_remains_opted_out"]
    desk.do(CASEY, number, "T13")
    desk.do(AVERY, number, "T14")
    assert desk.outcome(number) == ("closed", "remained_opted_out_accepted")
    seen = str(
        [desk.case(AVERY, number), desk.get(AVERY, f"/cases/{number}/history"), desk.messages(number, AVERY)]
    )
    assert "accepted" not in seen and "devon" not in seen.lower()
    assert desk.outcome(number, AVERY) == ("closed", "remained_opted_out")


def test_20_remains_opted_out_and_declines(desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out", **BASIL)
    desk.do(CASEY, number, "T12", offer_response="declined")
    assert desk.kinds(number, AVERY) == ["notify_partner_remains_opted_out"]
    task = desk.task(AVERY, number, "T14")
    form = desk.get(AVERY, f"/tasks/{task['id']}")["form"]
    assert "enrollment" not in form["properties"]["assistance"]["items"]["enum"]
    desk.do(AVERY, number, "T14")
    assert desk.outcome(number) == ("closed", "remained_opted_out_declined")


def test_21_the_offer_cannot_be_skipped(desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    answer = desk.answer(CASEY, number, "T12", offer_made=False)
    assert answer.status_code == 422 and "offer_made" in answer.json["error"]["fields"]
    assert desk.labels(AVERY, number) == set()


def test_27_unreachable(desk: Desk) -> None:
    number = desk.to_request(**SOL)
    for _ in range(3):
        nobody = dict.fromkeys(("identity_verified", "identity_method", "spoke_through", "decision"))
        desk.do(CASEY, number, "T7", contact_result="no_answer", notification_points=None, **nobody)
    assert desk.labels(CASEY, number) == set()
    desk.do(AVERY, number, "T8")
    assert desk.outcome(number) == ("closed", "client_unreachable")
    assert desk.kinds(number)[-1] == "notify_partner_unreachable"


def test_27_reached_by_the_case_manager(desk: Desk) -> None:
    number = desk.to_request(**SOL)
    nobody = dict.fromkeys(("identity_verified", "identity_method", "spoke_through", "decision"))
    for _ in range(3):
        desk.do(CASEY, number, "T7", contact_result="no_answer", notification_points=None, **nobody)
    desk.do(AVERY, number, "T8", cm_reached="yes", phone="360-555-0111")
    assert desk.case(CASEY, number)["client"]["phone"].endswith("0111")
    desk.do(CASEY, number, "T7", contact_result="no_answer", notification_points=None, **nobody)
    assert desk.labels(CASEY, number) == {"T7"}, "the attempts count from nought again"


def test_28_a_wrong_person_decides_nothing(desk: Desk) -> None:
    number = desk.to_request()
    answer = desk.answer(CASEY, number, "T7", contact_result="wrong_person")
    assert answer.status_code == 422 and "decision" in answer.json["error"]["fields"]


def test_29_a_representative_without_a_release(desk: Desk) -> None:
    number = desk.to_request()
    answer = desk.answer(CASEY, number, "T7", spoke_through="authorised_representative")
    assert answer.status_code == 422 and "signed_release_on_file" in answer.json["error"]["fields"]
    desk.do(CASEY, number, "T7", spoke_through="authorised_representative", signed_release_on_file=True)


def test_30_an_undecided_client_decides_alone(desk: Desk, clock: Clock) -> None:
    number = desk.to_request()
    desk.do(CASEY, number, "T7", decision="undecided")
    assert desk.labels(CASEY, number) == {"T7"}
    clock.move(days=20)
    assert desk.kinds(number).count("remind_undecided") == 1
    assert desk.labels(CASEY, number) == {"T7"}
    assert desk.outcome(number) == ("in_contact", None)


def test_withdrawn_at_the_decision(desk: Desk) -> None:
    number = desk.to_decision(decision="withdraw")
    assert desk.outcome(number) == ("closed", "withdrawn")
    assert desk.kinds(number)[-1] == "notify_partner_withdrawn"


def test_two_possible_clients_in_the_wide_search_are_left_to_esd(desk: Desk) -> None:
    number = desk.open()
    desk.do(AVERY, number, "T2", total_wide=3, right_person="cannot_tell")
    desk.do(AVERY, number, "T3")
    desk.do(AVERY, number, "T4")
    desk.do(AVERY, number, "T5")
    assert desk.labels(CASEY, number) == {"T4b"}


def test_44_a_program_manager_opens_no_case(desk: Desk) -> None:
    number = desk.to_request()
    assert desk.call(ROBIN, "GET", f"/cases/{number}").status_code == 403
    row = next(row for row in desk.get(ROBIN, "/cases")["items"] if row["number"] == number)
    assert row["status"] == "submitted" and "client" not in row and "Marlo" not in str(row)
