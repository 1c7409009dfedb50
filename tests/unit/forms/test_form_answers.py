"""Answers: how they are read from pages and JSON, what is refused and in which words, where they are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workflows.errors import InvalidInput
from workflows.forms import Answers, Form, FormRefused

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "opt_in_5512pro" / "forms"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
OPTIONS = {
    "my_offices": {"WSK": "WorkSource Kitsap", "WSC": "WorkSource Clallam"},
    "offices": {"WSK": "WorkSource Kitsap"},
    "esd_staff_of_office": {"7": "Devon Ashgrove"},
}
REQUEST = {
    "client_first_name": "Marlo",
    "client_last_name": "Pennywhistle",
    "phone": "360-555-0101",
    "reason": "wants help with enrolling in training",
    "client_agrees_to_this_request": "on",
    "notice_4_points_given": "on",
}
POINTS = ["what_is_shared", "services_only", "may_ask_not_to_share", "eligibility_unaffected"]
CONTACT = {
    "contact_direction": "client_called",
    "contact_at": "2026-11-20T09:30",
    "contact_result": "reached",
    "identity_verified": "yes",
    "identity_method": "photo_id",
    "spoke_through": "self",
    "notification_points": POINTS,
    "decision": "opt_in",
}


def form(prefix: str) -> Form:
    [path] = FOLDER.glob(f"{prefix}_*.json")
    return Form.parse(path.read_bytes())


def clean(prefix: str, raw: Any) -> Answers:
    return form(prefix).clean(raw, OPTIONS, NOW)


def refused(prefix: str, raw: Any) -> dict[str, str]:
    with pytest.raises(FormRefused) as refusal:
        clean(prefix, raw)
    return refusal.value.fields


def test_a_page_and_the_api_are_read_alike() -> None:
    page = clean("T1", {"search_key": " name ", "office": "WSK", "total_own": " 5 "})
    api = clean("T1", {"search_key": "name", "office": "WSK", "total_own": 5})
    assert page == api == clean("T1", {"search_key": "name", "office": "WSK", "total_own": 5.0})
    assert page.process == {"total_own": 5}
    assert page.record == {"search_key": "name", "office": "WSK", "total_own": 5}


@pytest.mark.parametrize("ticked", ["on", "true", "True", "yes", "1", True])
def test_a_tick_is_true_in_every_writing(ticked: object) -> None:
    answers = clean("T4", {"lookup": "nothing", "i_typed_ssn_only_in_eto": ticked})
    assert answers.record["i_typed_ssn_only_in_eto"] is True


@pytest.mark.parametrize("open_box", ["", None, False, "false", "off", "no", "0"])
def test_a_box_that_must_be_ticked_is_asked_for(open_box: object) -> None:
    fields = refused("T4", {"lookup": "nothing", "i_typed_ssn_only_in_eto": open_box})
    assert fields == {
        "i_typed_ssn_only_in_eto": "Confirm that the Social Security number was typed only in ETO."
    }


def test_an_open_box_that_may_stay_open_is_kept_as_false() -> None:
    answers = clean("T6", {"asked_at": "2026-11-20T09:00", "asked_by": "e-mail"})
    assert answers.record["contact_card_given"] is False


def test_yes_and_no_may_come_as_true_and_false() -> None:
    assert clean("T8", {"tries": 1, "cm_reached": True}).process == {"cm_reached": "yes"}
    assert clean("T8", {"tries": 1, "cm_reached": False}).process == {"cm_reached": "no"}


@pytest.mark.parametrize(
    "wrong", [-1, "-1", "five", "5.5", 5.5, True, [5], {}, "٥", 10**30, "1e3", float("nan")]
)
def test_a_count_is_asked_for_in_words_for_people(wrong: object) -> None:
    fields = refused("T1", {"search_key": "name", "office": "WSK", "total_own": wrong})
    assert fields == {"total_own": "Enter the number of clients found, 0 or more."}


def test_every_error_is_named_at_once() -> None:
    assert list(refused("T1", {})) == ["search_key", "office", "total_own"]


def test_a_refusal_is_one_of_ours() -> None:
    with pytest.raises(InvalidInput, match="Some answers need to be put right"):
        clean("T1", {})


@pytest.mark.parametrize("raw", [None, [], "text", 5, True])
def test_answers_are_an_object(raw: object) -> None:
    assert refused("T1", raw) == {"": "Send the answers as one object of field names and values."}


def test_an_unknown_field_is_refused_and_named_only_when_its_name_is_plain() -> None:
    good = {"search_key": "name", "office": "WSK", "total_own": 0}
    assert list(refused("T1", good | {"ssn": "x"})) == ["ssn"]
    for name in ("900-12-3456", "<b>", "a" * 100, "a1234", ""):
        assert list(refused("T1", good | {name: "x"})) == [""]


@pytest.mark.parametrize("office", ["WSJ", "wsk", "WSK ' OR 1=1", 5, ["WSK"]])
def test_a_list_of_the_host_is_kept_to(office: object) -> None:
    fields = refused("T1", {"search_key": "name", "office": office, "total_own": 0})
    assert list(fields) == ["office"]


def test_no_sentence_repeats_an_answer() -> None:
    secret = "Zanzibarquux"
    for prefix in ("T1", "T5", "T7", "T90", "RO3"):
        fields = refused(prefix, dict.fromkeys(form(prefix).names, secret) | {"other": secret})
        assert fields
        assert secret not in str(fields)


class TestRequest:
    """T5, what the client says about themself (domain 4, acceptance 8 and 9)."""

    def test_facts_of_the_client_go_to_their_own_place(self) -> None:
        answers = clean("T5", REQUEST)
        assert answers.client == {
            "single_name": False,
            "client_first_name": "Marlo",
            "client_last_name": "Pennywhistle",
            "no_phone": False,
            "phone": "360-555-0101",
            "language": "en",
            "interpreter": False,
            "reason": "wants help with enrolling in training",
        }
        assert answers.process == {}
        assert answers.record == {
            "client_agrees_to_this_request": True,
            "notice_4_points_given": True,
            "close_if_duplicate": False,
        }

    def test_a_phone_is_needed_unless_there_is_none(self) -> None:
        assert list(refused("T5", REQUEST | {"phone": " "})) == ["phone"]
        fields = refused("T5", REQUEST | {"phone": "", "no_phone": "on"})
        assert list(fields) == ["alt_contact", "alt_contact_detail"]

    def test_a_client_without_phone_is_reached_another_way(self) -> None:
        raw = REQUEST | {
            "phone": "",
            "no_phone": "on",
            "alt_contact": "message_phone",
            "alt_contact_detail": "desk",
        }
        assert clean("T5", raw).client["alt_contact"] == "message_phone"
        assert "phone" not in clean("T5", raw).client

    def test_an_answer_to_a_hidden_question_is_refused_with_what_comes_first(self) -> None:
        assert refused("T5", REQUEST | {"no_phone": True})["phone"].startswith(
            "Enter a phone number, or tick"
        )
        fields = refused("T5", REQUEST | {"alt_contact_detail": "at the desk"})
        assert fields == {
            "alt_contact_detail": "Tick “The client has no phone” before describing another way."
        }

    @pytest.mark.parametrize("reason", ["123456789", "x" * 501, ""])
    def test_the_reason_has_its_length(self, reason: str) -> None:
        assert list(refused("T5", REQUEST | {"reason": reason})) == ["reason"]

    @pytest.mark.parametrize(
        "name",
        ["O'Malley-Ñuñez", "Zoë", "Zoe\u0308", "D’Arcy", "St. John", "Nguyễn", "Иван", "李", "مريم", "Ng"],
    )
    def test_names_have_letters_and_marks_of_any_script(self, name: str) -> None:
        assert clean("T5", REQUEST | {"client_last_name": name}).client["client_last_name"]

    @pytest.mark.parametrize(
        "name",
        [
            "R2D2",
            "Anna٣",
            "Anna²",
            "<b>",
            "a@b",
            "a/b",
            "a_b",
            "...",
            "-",
            "x" * 81,
            "An\u200bna",
            "A;B",
            "🙂",
        ],
    )
    def test_names_have_nothing_else(self, name: str) -> None:
        assert list(refused("T5", REQUEST | {"client_last_name": name})) == ["client_last_name"]

    @pytest.mark.parametrize("given", ["client_first_name", "client_last_name"])
    def test_one_name_is_enough_for_somebody_who_has_only_one(self, given: str) -> None:
        raw = {key: value for key, value in REQUEST.items() if not key.startswith("client_l")}
        raw |= {"client_first_name": "", given: "Suriwen"}
        assert refused("T5", raw)
        assert clean("T5", raw | {"single_name": "on"}).client[given] == "Suriwen"

    def test_one_name_is_needed(self) -> None:
        raw = REQUEST | {"client_first_name": "", "client_last_name": "", "single_name": True}
        assert list(refused("T5", raw)) == ["client_last_name"]

    @pytest.mark.parametrize(
        "phone",
        [
            "360-555-0101",
            "(360) 555-0101",
            "360.555.0101",
            "3605550101",
            "+13605550101",
            "1-360-555-0101",
            "+442079460000",
        ],
    )
    def test_phones_may_be_written_as_people_write_them(self, phone: str) -> None:
        assert clean("T5", REQUEST | {"phone": phone}).client["phone"] == phone

    @pytest.mark.parametrize(
        "phone", ["555-0101", "900-12-3456", "160-555-0101", "call me", "+1", "٣٦٠٥٥٥٠١٠١", 3605550101]
    )
    def test_nothing_else_is_a_phone(self, phone: object) -> None:
        assert list(refused("T5", REQUEST | {"phone": phone})) == ["phone"]

    @pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e", "\ud800", "\u2028", "\x85"])
    def test_characters_that_cannot_be_seen_are_refused(self, hidden: str) -> None:
        assert list(refused("T5", REQUEST | {"reason": f"a good{hidden} long reason"})) == ["reason"]
        assert list(refused("T5", REQUEST | {"best_time": f"noon{hidden}ish"})) == ["best_time"]

    def test_lines_are_kept_in_long_texts_and_refused_in_short_ones(self) -> None:
        assert (
            clean("T5", REQUEST | {"reason": "first line\r\nsecond"}).client["reason"] == "first line\nsecond"
        )
        assert list(refused("T5", REQUEST | {"best_time": "noon\nor later"})) == ["best_time"]

    def test_language_is_english_unless_said(self) -> None:
        assert clean("T5", REQUEST | {"language": "es"}).client["language"] == "es"
        assert list(refused("T5", REQUEST | {"language": "klingon"})) == ["language"]


class TestContact:
    """T7, the contact and the client's wish (acceptance 11, 28, 29, 30)."""

    def test_an_opt_in_is_recorded(self) -> None:
        answers = clean("T7", CONTACT)
        assert answers.process == {
            "contact_result": "reached",
            "identity_verified": "yes",
            "decision": "opt_in",
        }
        assert answers.record["notification_points"] == POINTS
        assert answers.esd_note == {}

    def test_the_note_goes_to_employment_security_alone(self) -> None:
        answers = clean("T7", CONTACT | {"esd_note": "calls back on Monday"})
        assert answers.esd_note == {"esd_note": "calls back on Monday"}
        assert "esd_note" not in answers.record
        assert answers.all["esd_note"] == "calls back on Monday"

    @pytest.mark.parametrize("missing", POINTS)
    def test_three_of_four_points_keep_the_decision_closed(self, missing: str) -> None:
        told = [point for point in POINTS if point != missing]
        fields = refused("T7", CONTACT | {"notification_points": told})
        assert list(fields) == ["notification_points", "decision"]
        assert "all four points" in fields["decision"]

    def test_a_lone_tick_of_a_page_is_a_list_of_one(self) -> None:
        fields = refused("T7", CONTACT | {"notification_points": POINTS[0]})
        assert fields["notification_points"] == "Tell the client all four points, then tick them."

    def test_points_told_twice_count_once(self) -> None:
        assert "decision" in refused("T7", CONTACT | {"notification_points": [POINTS[0]] * 4})

    @pytest.mark.parametrize(
        "result", ["wrong_person", "no_answer", "voicemail_no_details", "call_back_agreed"]
    )
    def test_without_the_client_there_is_no_decision(self, result: str) -> None:
        fields = refused("T7", CONTACT | {"contact_result": result})
        assert {"identity_verified", "decision"} <= fields.keys()
        first = {key: CONTACT[key] for key in ("contact_direction", "contact_at")}
        assert clean("T7", first | {"contact_result": result}).process == {"contact_result": result}

    def test_without_identity_there_is_no_decision(self) -> None:
        fields = refused("T7", CONTACT | {"identity_verified": "no"})
        assert list(fields) == ["identity_method", "notification_points", "decision"]

    def test_a_representative_needs_a_release(self) -> None:
        raw = CONTACT | {"spoke_through": "authorised_representative"}
        fields = refused("T7", raw)
        assert list(fields) == ["signed_release_on_file", "notification_points", "decision"]
        assert clean("T7", raw | {"signed_release_on_file": True}).process["decision"] == "opt_in"

    def test_a_decision_is_needed_once_it_is_open(self) -> None:
        assert list(refused("T7", CONTACT | {"decision": ""})) == ["decision"]

    def test_who_spoke_is_needed_before_a_decision(self) -> None:
        assert "spoke_through" in refused("T7", CONTACT | {"spoke_through": None})

    def test_blank_answers_to_hidden_questions_are_ignored(self) -> None:
        raw = {
            "contact_direction": "we_called",
            "contact_at": "2026-11-20T09:30",
            "contact_result": "no_answer",
        }
        blank = {
            "identity_verified": "",
            "notification_points": [],
            "decision": None,
            "signed_release_on_file": False,
        }
        assert clean("T7", raw | blank) == clean("T7", raw)


class TestEdit:
    """RO3 and OO2, the box in the case management system (acceptance 14, 16)."""

    def test_the_box_must_be_clear(self) -> None:
        fields = refused("RO3", {"saved": "yes", "opt_out_box_is_now": "checked"})
        assert fields["opt_out_box_is_now"].startswith("The Opt-Out box must be clear.")

    def test_labels_of_the_system_are_those_of_the_settings(self) -> None:
        with pytest.raises(FormRefused) as refusal:
            form("RO3").clean(
                {"saved": "yes", "opt_out_box_is_now": "checked"}, {}, NOW, {"opt_out_box": "No sharing"}
            )
        assert refusal.value.fields["opt_out_box_is_now"].startswith("The No sharing box must be clear.")

    def test_a_failed_save_says_what_happened(self) -> None:
        assert list(refused("RO3", {"saved": "no"})) == ["eto_result"]
        assert clean("RO3", {"saved": "no", "eto_result": "save_greyed_out"}).process == {
            "saved": "no",
            "eto_result": "save_greyed_out",
        }

    def test_opting_out_again_ends_only_with_the_box_ticked(self) -> None:
        done = {"eto_office": "WSK", "opt_out_box_is_now": "checked", "saved": "yes", "read_back_ok": "yes"}
        assert clean("OO2", done).record == done
        assert list(refused("OO2", done | {"opt_out_box_is_now": "unchecked"})) == ["opt_out_box_is_now"]
        assert list(refused("OO2", done | {"saved": "no"})) == ["saved"]


def test_a_search_with_several_finds_asks_who_it_is() -> None:
    assert list(refused("T2", {"total_wide": 2})) == ["right_person"]
    assert refused("T2", {"total_wide": 1, "right_person": "yes"}) == {
        "right_person": "This is asked only when more than one client was found."
    }
    assert (
        clean("T2", {"total_wide": "2", "right_person": "cannot_tell"}).process["right_person"]
        == "cannot_tell"
    )


def test_talking_with_the_client_comes_first() -> None:
    raw = {
        "spoke_with_client": "no",
        "account": "registered",
        "notice_form": "verbal",
        "notice_language": "en",
    }
    assert refused("T3", raw) == {"spoke_with_client": "Talk with the client first. Your draft is kept."}


class TestMoments:
    """Dates with times, as a page sends them without an offset and programs with one."""

    def moment(self, text: object) -> str:
        return clean("T6", {"asked_at": text, "asked_by": "phone"}).record["asked_at"]

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("2026-11-20T09:30", "2026-11-20T09:30:00-08:00"),
            ("2026-07-01 09:30", "2026-07-01T09:30:00-07:00"),
            ("2026-11-20T17:30:00Z", "2026-11-20T09:30:00-08:00"),
            ("2026-11-20T12:30:00-05:00", "2026-11-20T09:30:00-08:00"),
            ("2026-03-08T02:30", "2026-03-08T03:30:00-07:00"),
        ],
    )
    def test_a_moment_without_offset_is_read_on_the_offices_clock(self, typed: str, kept: str) -> None:
        assert self.moment(typed) == kept

    @pytest.mark.parametrize(
        "wrong",
        [
            "yesterday",
            "2026-13-01T00:00",
            "2026-11-20",
            "0001-01-01T00:00",
            "9999-12-31T23:59",
            "2026-11-20T09:30+99:00",
        ],
    )
    def test_what_is_no_moment_is_refused(self, wrong: str) -> None:
        fields = refused("T6", {"asked_at": wrong, "asked_by": "phone"})
        assert fields == {"asked_at": "Enter the date and time you asked the client."}

    def test_the_future_is_refused_where_something_was_done(self) -> None:
        fields = refused("T6", {"asked_at": (NOW + timedelta(minutes=1)).isoformat(), "asked_by": "phone"})
        assert fields == {"asked_at": "Enter a date and time that is not in the future."}
        assert self.moment(NOW.isoformat())

    def test_an_appointment_lies_in_the_future(self) -> None:
        answers = clean("T13", {"esd_staff": "7", "first_appointment": "2026-12-01T10:00"})
        assert answers.record["first_appointment"] == "2026-12-01T10:00:00-08:00"


def test_help_given_is_kept_in_the_forms_order() -> None:
    raw = {"contacted_at": "2026-11-20T09:30", "assistance": ["referral", "program_information"]}
    assert clean("T11", raw).record["assistance"] == ["program_information", "referral"]
    assert list(refused("T11", raw | {"assistance": []})) == ["assistance"]
    assert list(refused("T14", raw | {"assistance": ["enrollment"]})) == ["assistance"]
