"""Sample values for the tabs Forms, Mail and Times of a draft, template → what its view passes beside the frame."""

from types import SimpleNamespace as View

from markupsafe import Markup

from web.editor.question_answers import FIELDS
from web.editor.times import FIELDS as OF_TIMES
from workflows.bundle_checks import BundleProblem

PROBLEM = BundleProblem(
    "forms/T6.json", "T6", "V8", "It names a form that is gone.", "Choose one.", "Ask the client"
)
WORDS = [("one", "The first"), ("seed_literal", "The <b>second</b>")]
USE = View(element="T6", name="Ask the client", file="a.bpmn", to="")
MAIL = {
    "mail-subject": "Case {{ case_number }}",
    "mail-text": "Look.",
    "mail-html": "<p>Look.</p>",
    "mail-html-way": "own",
}
SENT = {"to": "Case manager", "steps": ["Tell the partner"]}
TIME = {**dict.fromkeys(OF_TIMES, ""), "time-number": "2", "time-unit": "one", "time-from": "one"}


def field(name: str, widget: str, **more: object) -> View:
    """A question as a preview shows it."""
    usual = {
        "label": f"Label of {name}",
        "hint": "A hint.",
        "options": WORDS,
        "value": None,
        "required": True,
    }
    return View(
        **{**usual, "name": name, "widget": widget, "shown": True, "error": None, "controls": True} | more
    )


ROW = {
    "name": "contact_result", "label": "What came of it?", "help": "Say it.", "kind": "Choice", "options": ["A", "B"],
    "needed": "Yes", "shown_if": "“Who?” is “A”", "kept": "With the step", "readers": "Case manager", "is_first": False,
    "is_last": False,
}  # fmt: skip

TABS_OF_PARTS: dict[str, dict[str, object]] = {
    "editor/forms.html": {
        "rows": [{"name": "T6", "title": "Ask", "questions": 2, "users": ["Ask the client"], "problems": 0},
                 {"name": "T7", "title": "T7.json", "questions": 0, "users": [], "problems": 1},
                 {"name": "T8", "title": "Left over", "questions": 1, "users": [], "problems": 0}],
        "values": {"form-title": "<b>", "form-question": "", "form-name": ""},
        "errors": {"form-title": "Write it.", "form-question": "Write it.", "form-name": "Begin with a letter."}},
    "editor/form.html": {
        "form": "T6", "wrong": ["It is not JSON."], "title": "Ask",
        "values": {"form-title": "Ask", "form-text": "", "form-button": ""},
        "rows": [ROW], "fields": [field("who", "radio"), field("when", "datetime", controls=False)], "width": "phone",
        "users": [USE], "problems": [PROBLEM], "is_changed": True, "errors": {"form-title": "Write the title."}},
    "editor/question.html": {
        "form": "T6", "title": "Ask", "question": "who",
        "values": {**dict.fromkeys(FIELDS, ""), "q-readers": ["one"], "q-kind": "one", "q-shown": "if",
                   "q-required": "written"},
        "kinds": WORDS, "kept": WORDS, "roles": WORDS, "picks": [("Who?", [('who == "a"', "“Who?” is “A”")])],
        "shown": field("who", "radio", controls=False),
        "errors": {"q-label": "Write it.", "q-shown": "Choose.", "q-options": "Write.", "q-most": "Write a number."}},
    "editor/mails.html": {
        "rows": [{"kind": "letter", "title": "A letter", "subject": "Case", "is_own": True, "to": "", "steps": []},
                 {"kind": "remind_now", "title": "A reminder", "subject": "", "is_own": False, **SENT}],
        "values": {"mail-name": "", "mail-subject": ""}, "errors": {"mail-name": "Write it.", "mail-subject": "Write it."}},
    "editor/mail.html": {
        "mail": "letter", "title": "A letter", "is_own": True, "sent": {"to": "", "steps": []}, "values": MAIL,
        "shown": View(subject="Case 7", text="Look.\n", html=Markup("<p>Look. <a href=\"https://desk.example\">Look.</a></p>")),
        "is_typed": True, "names": WORDS, "in_subject": ["case_number"], "may_name_client": True, "is_changed": True,
        "errors": {"mail-subject": "Write it.", "mail-text": "It may not say that.", "mail-html": "No tags."}},
    "editor/times.html": {
        "rows": [{"key": "papers_due", "meaning": "Papers are there.", "value": "1 day", "origin": "Once", "used_by": []},
                 {"key": "hold_max", "meaning": "Told.", "value": "2 days", "origin": "", "used_by": ["A step"]}],
        "values": TIME, "units": WORDS, "origins": WORDS, "is_changed": True,
        "errors": {"time-key": "Write it.", "time-number": "A number.", "time-meaning": "Say it."}},
    "editor/time.html": {
        "key": "papers_due", "meaning": "Papers are there.", "is_number": False, "used_by": [], "values": TIME,
        "units": WORDS, "origins": WORDS, "errors": {"time-number": "A number.", "time-from": "Choose."}},
}  # fmt: skip
