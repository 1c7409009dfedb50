"""The words of the bundle's mails: each can be rendered, and holds only what domain 5.1 lets a mail hold."""

import re
from pathlib import Path

import pytest

from notifications.mailer import Message
from notifications.render import PARTS, check, render_message

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "opt_in_5512pro" / "mail"
ALLOWED = {
    "case_number": "OLY-2026-000123",
    "office_name": "WorkSource Kitsap",
    "agency_name": "Fernhollow Workforce Partners",
    "due": "Friday, November 20, 2026, 3:30 PM",
    "link": "https://desk.example/cases/OLY-2026-000123",
    "recipient_name": "Casey Thistledown",
    "task_name": "Ask the client",
    "age": "3 days",
    "date": "Thursday, November 19, 2026",
    "agreement_number": "K-TEST-101",
    "agreement_end": "Wednesday, June 30, 2027",
    "open_cases": 2,
    "message_number": 17,
    "person_name": "Casey Thistledown",
    "first_day": "Monday, November 23, 2026",
    "last_day": "Friday, November 27, 2026",
}
KINDS = [
    "notify_supervisor",
    "notify_partner_change_made",
    "notify_partner_remains_opted_out",
    "notify_partner_withdrawn",
    "notify_partner_unreachable",
    "notify_partner_not_in_eto",
    "notify_partner_located",
    "notify_esd_check_wanted",
    "remind_supervisor",
    "remind_undecided",
    "remind_offer_open",
    "remind_overdue",
    "remind_now",
    "escalate_to_backup",
    "escalate_to_program_manager",
    "tell_program_manager_not_visible",
    "notify_opt_out_again_wanted",
    "escalate_hold",
    "ask_to_call_client",
    "notify_assigned_staff",
    "agreement_warning",
    "agreement_lapsed",
    "notify_access_ended",
    "mail_undeliverable",
    "approval_wanted",
    "emergency_access",
    "account_set_up",
    "substitute_named",
]
TO_PROGRAM_MANAGERS = ["escalate_to_program_manager", "tell_program_manager_not_visible", "escalate_hold"]
NAMED = re.compile(r"\{\{ *([a-z_]+)|\{% if ([a-z_]+)")


def words(kind: str) -> dict[str, str]:
    return {part: (FOLDER / kind / part).read_text(encoding="utf-8") for part in PARTS}


def rendered(kind: str, **other: object) -> Message:
    values = {**ALLOWED, **other}
    return render_message(
        words(kind), values, to="a@b.example", sender="c@d.example", message_id="<1@d.example>"
    )


def names(kind: str) -> set[str]:
    return {name for text in words(kind).values() for pair in NAMED.findall(text) for name in pair if name}


def test_there_are_words_for_every_kind_and_no_others() -> None:
    assert sorted(folder.name for folder in FOLDER.iterdir()) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_sound(kind: str) -> None:
    for text in words(kind).values():
        assert check(text, ALLOWED.keys()) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(kind: str) -> None:
    message = rendered(kind)
    html = message.html.split("<main")[1].split(">", 1)[1].split("</main>")[0]
    told = re.sub(r'<a href="([^"]*)">([^<]*)</a>', r"\2: \1", html)
    plain = re.sub(r"<[^>]+>", " ", told).replace("&#39;", "'").split()
    assert plain == message.text.split("\n--")[0].split()


@pytest.mark.parametrize("kind", KINDS)
def test_a_subject_is_number_and_status(kind: str) -> None:
    subject = rendered(kind).subject
    number = (
        "Data-sharing agreement K-TEST-101"
        if kind.startswith("agreement_")
        else "Opt-In Desk"  # To an administrator, the number of a case would tell too much; others are about no case.
        if kind in ("mail_undeliverable", "approval_wanted", "account_set_up", "substitute_named")
        else "Opt-in request OLY-2026-000123"
    )
    assert subject.startswith(f"{number}: ")
    assert len(subject) <= 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_holds_no_fact_about_a_client(kind: str) -> None:
    """No such value is to be had, so the words themselves are looked at (domain 5.1, 6.4)."""
    text = " ".join(words(kind).values()).lower()
    for word in (
        "phone",
        "reason",
        "accepted",
        "declined",
        "undecided",
        "ssn",
        "social security",
        "interpreter",
    ):
        assert word not in text, word
    assert "wants time" not in text


@pytest.mark.parametrize("kind", TO_PROGRAM_MANAGERS)
def test_program_managers_learn_number_and_age_only(kind: str) -> None:
    assert names(kind) == {"case_number", "age"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in TO_PROGRAM_MANAGERS])
def test_every_other_mail_leads_to_its_place(kind: str) -> None:
    message = rendered(kind)
    assert ALLOWED["link"] in message.text
    assert f'href="{ALLOWED["link"]}"' in message.html


def test_remaining_opted_out_is_told_without_reason_or_offer() -> None:
    """N3 holds the sentence of policy 4013 (C10), and neither why nor what was answered to the offer (X14)."""
    message = rendered("notify_partner_remains_opted_out")
    assert "asked to remain opted out" in message.text
    assert "This in no way affects the client's eligibility for services." in message.text
    assert "offer" not in message.text.lower()
    assert "enroll" not in message.text.lower()


def test_the_supervisor_learns_number_office_agency_due_date_and_link() -> None:
    assert names("notify_supervisor") == {"case_number", "office_name", "agency_name", "due", "link"}


def test_the_partner_learns_that_the_change_was_made_and_when() -> None:
    assert "was made on Thursday, November 19, 2026" in rendered("notify_partner_change_made").text


def test_a_due_date_is_left_out_when_there_is_none() -> None:
    assert "due" not in rendered("notify_supervisor", due="").text
    assert "It is due Friday" in rendered("notify_supervisor").text


def test_an_undelivered_mail_without_a_case_has_a_subject_too() -> None:
    assert rendered("mail_undeliverable").subject == "Opt-In Desk: message 17 not delivered"
    assert names("mail_undeliverable") == {"message_number", "recipient_name", "link"}


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 open requests"), (1, "1 open request."), (2, "2 open requests")]
)
def test_open_cases_are_counted_in_good_english(number: int, said: str) -> None:
    assert said in rendered("agreement_warning", open_cases=number).text
