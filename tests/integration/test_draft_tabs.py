"""The tabs Forms, Mail and Times of a draft: changed on the pages, and a case that runs with what was written there."""

import html
import json

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html

from tests.desk import AVERY, CASEY, ROBIN, TAMSIN, Desk
from tests.integration.acting import Recorder, actor, browser, deliver, page
from workflows.bundle_checks import problems
from workflows.commands.definitions import deploy, read_folder
from workflows.commands.drafts import begin_draft
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.people import SYSTEM
from workflows.queries.drafts import draft_problems, draft_view
from workflows.settings import PROJECT

T6, T7 = "T6_AskClientToContactSupervisor", "T7_RecordContactAndVerifyWish"
SSN = "900-12-3456"
STEP = '<spiffworkflow:serviceTaskOperator id="notify_supervisor"'
PROPERTY = '<spiffworkflow:property name="procedureRef" value="5512PRO 4"/>'
LETTER = {
    "mail/ask_for_papers/subject.txt": "Case {{ case_number }}: papers",
    "mail/ask_for_papers/body.txt": "Bring the papers to {{ office_name }}.\n",
    "mail/ask_for_papers/body.html": "<p>Bring the papers to {{ office_name }}.</p>\n",
}


class Editor:
    """The pages of a draft, as a program manager sees them."""

    def __init__(self, client: FlaskClient, draft: int) -> None:
        self.client, self.draft = client, draft

    @property
    def files(self) -> dict[str, str]:
        return draft_view(actor(ROBIN), self.draft).files

    def get(self, path: str) -> str:
        answer = self.client.get(f"/processes/drafts/{self.draft}{path}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return html.unescape(answer.get_data(as_text=True))

    def typed(self, path: str) -> dict[str, object]:
        """What the first form of a page with fields of its own would send, ticks as lists."""
        page = lxml_html.fromstring(self.client.get(f"/processes/drafts/{self.draft}{path}").text)
        found = next(list(one.form_values()) for one in page.forms if "row_version" in one.fields)
        ticks = [value for name, value in found if name == "q-readers"]
        return {name: value for name, value in found if "-" in name} | ({"q-readers": ticks} if ticks else {})

    def post(self, path: str, status: int = 302, **values: object) -> str:
        """Send a form with fields such as `q-label`, written `q_label`; the page was made just now."""
        sent: dict[str, object] = {"row_version": draft_view(actor(ROBIN), self.draft).row_version}
        sent |= {
            name if name == "row_version" else name.replace("_", "-"): value for name, value in values.items()
        }
        answer = self.client.post(f"/processes/drafts/{self.draft}{path}", data=sent)
        text = html.unescape(answer.get_data(as_text=True))
        assert answer.status_code == status, text
        return text


@pytest.fixture
def editor(desk: Desk) -> Editor:
    """A draft of the sample area, and its program manager."""
    return Editor(browser(desk, ROBIN), begin_draft(actor(ROBIN)))


def test_a_form_is_made_changed_and_removed(editor: Editor) -> None:
    before = editor.files
    editor.post("/forms", form_title="Check the papers", form_question="Are the papers there?")
    form, here = "forms/Check_the_papers.json", "/forms/Check_the_papers"
    editor.post(
        f"{here}/questions", q_label="What is missing?", q_kind="checkboxes", q_options="id | Photo ID\nA letter",
        q_required="yes", q_shown="if", **{"q-shown-1": 'are_the_papers_there == "no"'}, q_readers=["case_manager"],
        q_keep="record",
    )  # fmt: skip
    question = json.loads(editor.files[form])["properties"]["what_is_missing"]
    assert question["x-labels"] == {"id": "Photo ID", "a_letter": "A letter"}
    assert question["x-shown-if"] == 'are_the_papers_there == "no"'
    assert "Only if “Are the papers there?” is “No”" in editor.get(here)
    asked = {"are_the_papers_there": "no"}
    assert (
        "Photo ID</label>"
        in editor.client.post(f"/processes/drafts/{editor.draft}{here}/preview", data=asked).text
    )
    refused = editor.post(f"{here}/questions/are_the_papers_there/move", 422, by="down")
    assert "is asked only after an answer to this one" in refused
    editor.post(f"{here}/questions/what_is_missing/remove")
    assert "A form needs a question" in editor.post(f"{here}/questions/are_the_papers_there/remove", 422)
    editor.post(here, form_title="Check all papers", form_text="")
    assert "Check all papers" in editor.get("/forms")
    editor.post(f"{here}/remove")
    assert editor.files == before
    assert "uses this form" in editor.post(f"/forms/{T6}/remove", 409)


def test_a_question_that_is_sent_back_as_it_came_changes_nothing(editor: Editor) -> None:
    before = editor.files
    for name in json.loads(before[f"forms/{T7}.json"])["properties"]:
        typed = editor.typed(f"/forms/{T7}/questions/{name}")
        editor.post(f"/forms/{T7}/questions/{name}", **typed)
        assert editor.files == before, name
    typed = editor.typed(f"/forms/{T7}/questions/contact_result") | {"q-label": "What came of it?"}
    assert "Nothing is saved yet" in editor.post(
        f"/forms/{T7}/questions/contact_result", 200, action="preview", **typed
    )
    editor.post(f"/forms/{T7}/questions/contact_result", **typed)
    changed = editor.files[f"forms/{T7}.json"]
    assert changed == before[f"forms/{T7}.json"].replace("What was the result?", "What came of it?")
    editor.post(f"/forms/{T7}/take-back")
    assert editor.files == before


WRONG_QUESTIONS: list[tuple[dict[str, object], str]] = [
    ({"q-label": " "}, "Write the question."),
    ({"q-options": "a b | A"}, "is no answer"),
    ({"q-options": ""}, "Write the answers to choose from"),
    ({"q-kind": "colour"}, "Choose what is asked for."),
    ({"q-most": "many"}, "Write a whole number"),
    ({"q-shown": "if", "q-shown-1": ""}, "Choose the answer that it depends on."),
    ({"q-shown": "written", "q-shown-written": "decision == "}, "is not understood"),
    ({"q-keep": "client", "q-readers": ["program_manager"]}, "may be read by"),
    ({"q-label": f"Is {SSN} right?"}, "Social Security number"),
    ({"q-name": "contact_at"}, "has a question of this name"),
]


def test_a_question_that_is_wrong_is_refused_and_shown_again(editor: Editor) -> None:
    good: dict[str, object] = {
        "q-label": "Is it so?", "q-kind": "radio", "q-options": "yes | Yes", "q-required": "no", "q-shown": "always",
        "q-keep": "record",
    }  # fmt: skip
    before = editor.files
    for different, words in WRONG_QUESTIONS:
        answer = editor.post(f"/forms/{T7}/questions", 422, **{**good, **different})
        assert words in answer and "<title>Error:" in answer, different
        assert SSN not in answer
    assert editor.files == before


def test_what_somebody_else_has_changed_is_not_lost(editor: Editor) -> None:
    editor.post(f"/forms/{T6}", form_title="Ask the client", form_text="")
    answer = editor.post(f"/forms/{T6}", 409, form_title="Another title", form_text="", row_version=1)
    assert "Robin" in answer and "Another title" in answer
    assert "Ask the client" in editor.files[f"forms/{T6}.json"]


def test_a_form_that_cannot_be_read_says_so_and_can_be_taken_back(editor: Editor) -> None:
    path = f"forms/{T6}.json"
    sent = {"changes": {path: "{"}, "row_version": 1}
    assert editor.client.post(f"/processes/drafts/{editor.draft}/files", json=sent).status_code == 200
    assert "Cannot be read" in editor.get("/forms") and "It is not JSON" in editor.get(f"/forms/{T6}")
    assert editor.client.get(f"/processes/drafts/{editor.draft}/forms/{T6}/questions/new").status_code == 422
    editor.post(f"/forms/{T6}/take-back")
    assert "It is not JSON" not in editor.get(f"/forms/{T6}")


def test_the_words_of_a_mail_are_changed_looked_at_and_tested(editor: Editor) -> None:
    typed = {
        "mail_subject": "Case {{ case_number }} waits",
        "mail_text": "Please look.\n\nOpen it: {{ link }}",
    }
    looked = editor.post("/mail/notify_supervisor", 200, **typed, mail_html_way="made", action="preview")
    assert "Case OLY-2026-000123 waits" in looked and "not saved yet" in looked
    assert editor.files["mail/notify_supervisor/subject.txt"].startswith("Opt-in request")
    editor.post("/mail/notify_supervisor", **typed, mail_html_way="made")
    assert (
        editor.files["mail/notify_supervisor/body.html"]
        == '<p>Please look.</p>\n<p><a href="{{ link }}">Open it</a></p>\n'
    )
    editor.post("/mail/notify_supervisor/test")
    server = Recorder()
    deliver(server)
    (sent,) = server.taken
    assert sent.subject == "TEST: Case OLY-2026-000123 waits" and sent.to == "robin.alderspire@owdc.example"
    assert "Nothing has happened" in sent.text and "Nothing has happened" in sent.html
    assert "The test of a mail" in html.unescape(editor.client.get("/inbox").text)
    editor.post("/mail/notify_supervisor/take-back")
    assert editor.files["mail/notify_supervisor/subject.txt"].startswith("Opt-in request")


WRONG_WORDS: list[tuple[dict[str, str], str]] = [
    ({"mail_text": "{{ client_name }} waits."}, "A mail cannot name “client_name”"),
    ({"mail_subject": "{{ phone }}"}, "A mail cannot name “phone”"),
    ({"mail_html_way": "own", "mail_html": "<script>x</script>"}, "may only begin one of"),
    ({"mail_text": ""}, "Write the words."),
    ({"mail_text": f"The number is {SSN}."}, "Social Security number"),
]


def test_words_that_may_not_be_mailed_are_refused_beside_their_field(editor: Editor) -> None:
    before = editor.files
    good = {
        "mail_subject": "Case",
        "mail_text": "Look.",
        "mail_html": "<p>Look.</p>",
        "mail_html_way": "made",
    }
    for different, words in WRONG_WORDS:
        answer = editor.post("/mail/remind_now", 422, **{**good, **different})
        assert words in answer and SSN not in answer, different
    assert editor.files == before


def test_a_mail_of_ones_own_is_written_and_removed(editor: Editor) -> None:
    before = editor.files
    assert "in the draft" not in editor.post(
        "/mail", mail_name="Ask for papers", mail_subject="Case {{ case_number }}: papers"
    )
    assert "Case {{ case_number }}: papers" in editor.get("/mail") and editor.get("/mail/ask_for_papers")
    assert [one for one in draft_problems(actor(ROBIN), editor.draft) if not one.warning] == []
    assert "There is a mail of this name" in editor.post(
        "/mail", 422, mail_name="ask for papers", mail_subject="x"
    )
    assert "A mail cannot name “due”" in editor.post(
        "/mail", 422, mail_name="other", mail_subject="{{ due }}"
    )
    assert "no mail of the product has" in editor.post("/mail", 422, mail_name="remind_now", mail_subject="x")
    assert "so its words are needed" in editor.post("/mail/remind_now/remove", 409)
    editor.post("/mail/ask_for_papers/remove")
    assert editor.files == before


def test_times_are_changed_by_number_and_unit(editor: Editor) -> None:
    before, path = editor.files, "service_levels.toml"
    typed = {"time_number": "3", "time_unit": "business day", "time_from": "opened", "time_meaning": "x"}
    editor.post("/times/confirm_due", **{**editor.typed("/times/confirm_due"), "time-number": "3"})
    confirm = '[confirm_due]\nafter = "2 business days"'
    assert editor.files[path] == before[path].replace(confirm, confirm.replace("2", "3"))
    editor.post("/times/contact_attempts_max", time_numbers="5", time_meaning="Tries.")
    assert "[contact_attempts_max]\nvalue = 5\n" in editor.files[path]
    editor.post("/times", **typed, time_key="Papers due")
    assert "3 business days" in editor.get("/times") and "[papers_due]" in editor.files[path]
    assert "There is a time of this name" in editor.post("/times", 422, **typed, time_key="papers due")
    assert "Write a whole number" in editor.post("/times/papers_due", 422, **{**typed, "time_number": "some"})
    assert "uses this time" in editor.post("/times/confirm_due/remove", 409)
    assert "changed, not removed" in editor.post("/times/hold_max/remove", 409)
    editor.post("/times/papers_due/remove")
    editor.post("/times/take-back")
    assert editor.files == before


# --- A case that runs with a mail of the bundle's own


def with_letter(to: str, mail: str = "ask_for_papers") -> dict[str, str]:
    """The shipped bundle, whose request is told to somebody in the bundle's own words."""
    files = {**read_folder(PROJECT / "bpmn" / MAIN_PROCESS), **LETTER}
    drawn = files["opt_in_request.bpmn"].replace(STEP, STEP.replace("notify_supervisor", "send_mail"))
    told = f'<spiffworkflow:property name="mail" value="{mail}"/><spiffworkflow:property name="mailTo" value="{to}"/>'
    return {**files, "opt_in_request.bpmn": drawn.replace(PROPERTY, PROPERTY + told, 1)}


def test_a_mail_of_the_bundles_own_is_sent_and_reads_well_wherever_it_is_named(desk: Desk) -> None:
    deploy(SYSTEM, with_letter("case_manager"))
    number = desk.to_request()
    deploy(SYSTEM, with_letter("supervisor"))
    other = desk.to_request(**TAMSIN)
    server = Recorder()
    deliver(server)
    title = f"Case {number}: papers"
    assert [(one.subject, one.to) for one in server.taken if number in one.subject] == [
        (title, "avery.quillfeather@fwp.example")
    ]
    assert "Bring the papers to WorkSource Kitsap." in server.taken[0].text
    assert {one.to for one in server.taken if other in one.subject} >= {"casey.thistledown@esd.example"}
    (told,) = desk.messages(number)
    assert (told["message"], told["kind"], told["words"]) == ("N17", "ask_for_papers", title)
    assert title in page(desk, AVERY, "/inbox") and title in page(desk, AVERY, f"/cases/{number}")
    assert f"Case {other}: papers" in page(desk, CASEY, "/inbox") and f"{other}: papers" not in page(
        desk, AVERY, f"/cases/{other}"
    )
    assert "A mail that your area has added" in page(desk, AVERY, "/account/preferences")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "everybody"}, "It mails “everybody”, which is nobody."),
        (
            {"to": "supervisor", "mail": "letter"},
            "It sends the mail “letter”, which the bundle does not hold.",
        ),
        (
            {"to": "supervisor", "mail": "notify_supervisor"},
            "It sends notify_supervisor, which the product sends itself.",
        ),
        ({"to": "supervisor", "mail": ""}, "It names no mail to send."),
    ],
)
def test_a_step_that_sends_no_good_mail_is_refused(change: dict[str, str], words: str) -> None:
    found = [one for one in problems(Bundle(MAIN_PROCESS, with_letter(**change))) if not one.warning]
    assert [(one.rule, one.element, one.reason) for one in found] == [("V8", "S1_NotifySupervisor", words)]
    assert all(one.mend for one in found)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"mail/ask_for_papers/body.html": None}, "The words of ask_for_papers lack body.html."),
        ({"mail/daily_mail/subject.txt": "x"}, "cannot be called so"),
        ({"mail/ask_for_papers/subject.txt": "Due {{ due }}"}, "A mail cannot name “due”"),
        ({"mail/ask_for_papers/body.txt": "{{ agreement_number }}"}, "A mail cannot name “agreement_number”"),
        ({"service_levels.toml": ""}, "[hold_max] is missing"),
    ],
)
def test_a_bundle_with_half_a_mail_or_without_a_time_is_refused(
    files: dict[str, str | None], words: str
) -> None:
    changed = {**with_letter("supervisor"), **files}
    bundle = Bundle(MAIN_PROCESS, {name: text for name, text in changed.items() if text is not None})
    assert words in " ".join(one.reason for one in problems(bundle))
