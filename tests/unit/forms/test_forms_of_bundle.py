"""The forms of the bundle against domain 4: every task has one, with its fields, values and readers."""

import json
from pathlib import Path

import pytest

from workflows.forms import Form

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "opt_in_5512pro" / "forms"
FORMS = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}

TASKS = [
    "T1_QuickSearchOwnOffice",
    "T2_SearchAllWorkSource",
    "T3_VerifyAccount",
    "T3b_InstructOrAssistRegister",
    "T4_RunOptOutLookup",
    "T4b_EsdChecksRecord",
    "T5_WriteRequest",
    "T6_AskClientToContactSupervisor",
    "T7_RecordContactAndVerifyWish",
    "T8_CaseManagerLastTry",
    "T10_ConfirmVisible",
    "T11_AssistOptedIn",
    "T12_OfferEsdWioaStaff",
    "T13_AssignEsdWioaStaff",
    "T14_AssistRemainedOptedOut",
    "T90_DecideOnLapsedAgreement",
    "T91_ServeClientDirectly",
    "RO1_FindClient",
    "RO2_OpenRecord",
    "RO3_ClearBoxAndSave",
    "RO4_ReadBack",
    "AS1_AddSeekerToOffice",
    "OO1_VerifyIdentityAndWish",
    "OO2_SetOptOut",
]

VALUES = {
    "T1_QuickSearchOwnOffice": {"search_key": "name eto_id ssn"},
    "T2_SearchAllWorkSource": {"right_person": "yes no cannot_tell"},
    "T3_VerifyAccount": {
        "spoke_with_client": "yes no",
        "account": "registered not_registered not_sure",
        "notice_form": "written electronic verbal",
    },
    "T3b_InstructOrAssistRegister": {"help_kind": "instructed assisted", "registered_now": "yes no later"},
    "T4_RunOptOutLookup": {
        "lookup": "opted_out_message name_listed nothing widget_unavailable",
        "same_person": "yes no",
    },
    "T4b_EsdChecksRecord": {"esd_check": "opted_out shared not_in_eto"},
    "T5_WriteRequest": {"alt_contact": "message_phone relay_or_tty in_person_visit e-mail"},
    "T6_AskClientToContactSupervisor": {"asked_by": "in_person phone mail e-mail text"},
    "T7_RecordContactAndVerifyWish": {
        "contact_direction": "client_called we_called in_person",
        "contact_result": "reached wrong_person no_answer voicemail_no_details number_not_working "
        "call_back_agreed",
        "identity_verified": "yes no",
        "identity_method": "record_questions photo_id known_in_office",
        "spoke_through": "self interpreter authorised_representative",
        "decision": "opt_in remain_opted_out undecided withdraw",
    },
    "T8_CaseManagerLastTry": {"cm_reached": "yes no"},
    "T10_ConfirmVisible": {"visible": "own_office worksource_only not_found"},
    "T12_OfferEsdWioaStaff": {"offer_response": "accepted declined wants_time"},
    "T90_DecideOnLapsedAgreement": {"action": "resume hand_to_esd close"},
    "RO1_FindClient": {"found_in": "own_office worksource_only not_found"},
    "RO2_OpenRecord": {"opt_out_box_was": "ticked clear"},
    "RO3_ClearBoxAndSave": {
        "saved": "yes no",
        "opt_out_box_is_now": "unchecked checked",
        "eto_result": "save_greyed_out record_not_found system_error",
    },
    "RO4_ReadBack": {"read_back_ok": "yes no"},
    "AS1_AddSeekerToOffice": {"result": "added seeker_not_listed already_enrolled error"},
    "OO1_VerifyIdentityAndWish": {"wish": "opt_out keep_sharing"},
}

IN_CONDITIONS = {
    "T1_QuickSearchOwnOffice": {"total_own"},
    "T2_SearchAllWorkSource": {"total_wide", "right_person"},
    "T3_VerifyAccount": {"account"},
    "T3b_InstructOrAssistRegister": {"registered_now"},
    "T4_RunOptOutLookup": {"lookup", "same_person"},
    "T4b_EsdChecksRecord": {"esd_check"},
    "T7_RecordContactAndVerifyWish": {"contact_result", "identity_verified", "decision"},
    "T8_CaseManagerLastTry": {"cm_reached"},
    "T10_ConfirmVisible": {"visible"},
    "T12_OfferEsdWioaStaff": {"offer_response"},
    "T90_DecideOnLapsedAgreement": {"action"},
    "RO1_FindClient": {"found_in"},
    "RO2_OpenRecord": {"opt_out_box_was"},
    "RO3_ClearBoxAndSave": {"saved", "eto_result"},
    "RO4_ReadBack": {"read_back_ok"},
    "AS1_AddSeekerToOffice": {"result"},
    "OO1_VerifyIdentityAndWish": {"identity_verified", "wish"},
}

CLIENT_FACTS = {
    "T5_WriteRequest": {
        "client_first_name", "client_last_name", "single_name", "phone", "no_phone", "alt_contact",
        "alt_contact_detail", "best_time", "language", "interpreter", "aux_aid", "reason",
    },
    "T8_CaseManagerLastTry": {"phone", "best_time"},
}  # fmt: skip

ESD_ONLY = {
    "T7_RecordContactAndVerifyWish": "contact_direction contact_at contact_result identity_verified "
    "identity_method spoke_through signed_release_on_file notification_points decision esd_note",
    "T12_OfferEsdWioaStaff": "offer_made offer_response",
    "T13_AssignEsdWioaStaff": "esd_staff first_appointment",
    "T91_ServeClientDirectly": "served_by done_at",
    "T4b_EsdChecksRecord": "esd_check searched_both_scopes",
    "RO1_FindClient": "eto_office found_in",
    "RO2_OpenRecord": "opt_out_box_was",
    "RO3_ClearBoxAndSave": "saved opt_out_box_is_now eto_result",
    "RO4_ReadBack": "read_back_ok",
}


def form(name: str) -> Form:
    return Form.parse(FORMS[name].read_bytes())


def properties(name: str) -> dict[str, dict]:
    return json.loads(FORMS[name].read_text(encoding="utf-8"))["properties"]


def test_every_task_has_its_form_and_no_form_is_left_over() -> None:
    assert sorted(FORMS) == sorted(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_a_form_has_no_problem(name: str) -> None:
    assert Form.problems(FORMS[name].read_bytes()) == ()


@pytest.mark.parametrize("name", VALUES)
def test_values_are_those_of_the_domain_in_its_order(name: str) -> None:
    for field, values in VALUES[name].items():
        assert properties(name)[field]["enum"] == values.split(), field


@pytest.mark.parametrize("name", TASKS)
def test_process_data_are_the_variables_that_conditions_read_and_no_others(name: str) -> None:
    assert form(name).kept("process") == IN_CONDITIONS.get(name, set())


@pytest.mark.parametrize("name", TASKS)
def test_client_facts_go_to_their_own_table(name: str) -> None:
    assert form(name).kept("client") == CLIENT_FACTS.get(name, set())
    assert form(name).kept("esd_note") == ({"esd_note"} if name.startswith("T7_") else set())


@pytest.mark.parametrize("name", ESD_ONLY)
def test_what_employment_security_alone_knows_no_partner_may_read(name: str) -> None:
    assert set(ESD_ONLY[name].split()) == set(form(name).names)
    assert not form(name).readable({"case_manager", "program_manager", "administrator"})
    assert form(name).readable({"esd_wioa_supervisor"}) == set(form(name).names)


@pytest.mark.parametrize("name", TASKS)
def test_every_field_says_who_may_read_it(name: str) -> None:
    for field, source in properties(name).items():
        assert source.get("x-visible-to"), field


@pytest.mark.parametrize("name", TASKS)
def test_nothing_is_chosen_beforehand(name: str) -> None:
    preset = {field for field, source in properties(name).items() if "default" in source}
    assert preset <= {"language"}


@pytest.mark.parametrize("name", TASKS)
def test_no_field_asks_for_what_is_never_stored(name: str) -> None:
    """Domain 6.4. `search_key` and `i_typed_ssn_only_in_eto` name the kind of search, never a number."""
    never = ("birth", "address", "wage", "claim", "diagnosis", "immigration", "ssn_", "social_security")
    for field in form(name).names:
        assert not any(word in field for word in never) or field == "i_typed_ssn_only_in_eto"


@pytest.mark.parametrize("name", TASKS)
def test_words_are_those_of_the_glossary(name: str) -> None:
    text = json.dumps(properties(name), ensure_ascii=False).lower()
    labels = [word for source in properties(name).values() for word in source.get("x-labels", {}).values()]
    for word in ("ticket", "participant", "job seeker", " eto ", "worksource "):
        assert word not in text.replace("total participants", "").replace("worksource partner", ""), word
    assert not any(label.endswith(".") for label in labels)


@pytest.mark.parametrize(
    "name",
    [
        "T5_WriteRequest",
        "T7_RecordContactAndVerifyWish",
        "T12_OfferEsdWioaStaff",
        "T14_AssistRemainedOptedOut",
    ],
)
def test_the_sentence_of_the_notice_stands_where_domain_7_1_puts_it(name: str) -> None:
    assert "in no way affects the client's eligibility for services" in form(name).schema()["description"]


def test_remaining_opted_out_offers_no_enrollment() -> None:
    assert "enrollment" in properties("T11_AssistOptedIn")["assistance"]["items"]["enum"]
    assert "enrollment" not in properties("T14_AssistRemainedOptedOut")["assistance"]["items"]["enum"]


def test_the_reason_asks_for_no_sensitive_fact() -> None:
    assert "No health, claim or immigration facts" in properties("T5_WriteRequest")["reason"]["description"]


def test_a_call_begins_with_the_identity() -> None:
    names = form("T7_RecordContactAndVerifyWish").names
    order = ["identity_verified", "signed_release_on_file", "notification_points", "decision", "esd_note"]
    assert sorted(order, key=names.index) == order
