"""The look of the pages: every template with sample values, by its markup and in a real browser."""

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace as View
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g, render_template
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright
from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.test import TestResponse

from tests.browser.pages import overflow, violations
from tests.chromium import ARGUMENTS
from tests.web.comparison_samples import COMPARED
from tests.web.editor_samples import DRAFT, EDITOR
from tests.web.publication_samples import PUBLISHING
from web import app as shell
from web import failures, forms_view
from workflows import language
from workflows.people import Actor
from workflows.queries.health import Sign
from workflows.queries.retention import Certificate, Destroyed, Hold, RetentionView
from workflows.settings import Settings

WEB = Path(shell.__file__).parent
STATIC, TEMPLATES = WEB / "static", WEB / "templates"
SITE = "http://desk.example"
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
CASE = "OLY-2026-000123"


def actor(*roles: str) -> Actor:
    """Somebody invented, in some roles."""
    return Actor(1, "avery", "Avery Quillfeather", "FWP", "OLY", frozenset(roles or {"case_manager"}))


def field(name: str, widget: str, **more: object) -> View:
    """A field as `FieldView` has it."""
    usual = {"label": f"Label of {name}", "hint": "", "options": [], "value": None, "required": True}
    return View(
        **{**usual, "name": name, "widget": widget, "shown": True, "error": None, "controls": False} | more
    )


YES_NO = [("yes", "Yes"), ("no", "No")]
FIELDS = [
    field("contact_result", "radio", options=YES_NO, controls=True, error="Choose the result."),
    field("points", "checkboxes", options=YES_NO, value=["no"], hint="All must be told."),
    field("agrees", "checkbox", hint="Ask first.", error="Tick this when the client agrees."),
    field("name", "text", value='<b>"O’Malley"</b>', hint="As the client says it."),
    field("phone", "tel", required=False),
    field("total", "integer", value=0),
    field("asked_at", "datetime", value="2026-11-20T14:05", error="The time must not be later than now."),
    field("day", "date"),
    field("language", "select", options=[("en", "English"), ("es", "Spanish")], value="es"),
    field("reason", "textarea", value="<script>alert(1)</script>"),
    field("secret", "text", shown=False),
]
ERRORS = {f.name: f.error for f in FIELDS if f.error}
HELP = "Say who you are.\nThen listen.\n\n1. Ask <i>politely</i>.\n2) Write it down.\n- no pressure"
TASK = View(
    id="t1", name="Record the contact", case_number=CASE, version=3, step="5512PRO 6", due=NOW - 30 * HOUR,
    help=HELP, role="ESD WIOA supervisor", office="WorkSource Kitsap", agency="Fernhollow Workforce Partners",
    holder="Avery Quillfeather", held_since=NOW - HOUR, mine=True, may_claim=False, may_release=True,
    may_edit=True, closed="", draft_saved_at=NOW - HOUR, rights_note="It in no way affects eligibility.",
    problem=View(kind="warning", words="We are on it: P-000012."), card_href="/contact-card/KITSAP", call_script=True,
    draft=2, is_checked=True, progress=(2, 5), done_href="", completing="",
)  # fmt: skip
ROW = View(
    task_id="t1", case_number=CASE, name="Ask the client", step="5512PRO 5", office="WorkSource Kitsap",
    agency="Fernhollow Workforce Partners", due=NOW - 30 * HOUR, assignee=None, mine=False, may_claim=True,
    may_release=False, note="On hold", number=CASE, status="With ESD", outcome="",
    closed=False, hold=True, opened_at=NOW, age="today", opens=True,
)  # fmt: skip
WORK = View(
    id="t1", case=CASE, name="Ask the client", step="5512PRO 5", office="WorkSource Kitsap", opens=True, mine=True,
    agency="Fernhollow Workforce Partners", due=NOW - 30 * HOUR, assignee_name=None, may_claim=False, may_release=True,
    note="On hold", changed="new", show_on=date(2026, 12, 1), waits=None, client="Marlo Pennywhistle",
)  # fmt: skip
WAITS = View(**{**vars(WORK), "id": "t2", "opens": False, "changed": "", "mine": False, "show_on": None,
                "waits": View(what="The client was asked to call.", since=NOW, next="A reminder.")})  # fmt: skip
FILTERS = View(q="kit", office="yes", agency="", held="", changed=True, later=False)
MESSAGE = View(
    id=7, at=NOW, to="Casey Thistledown", subject=f"Opt-in request {CASE}: new", state="failed", case_number=CASE,
    queued_at=NOW, sent_at=None, attempts=2, next_attempt_at=None, error="Refused.", may_send_again=True, may_confirm=True,
    sender="desk@desk.example", text=f"Open it: {SITE}/cases/{CASE}", current=True,
)  # fmt: skip
EVENT = View(
    at=NOW,
    sentence="Opened by Avery.",
    kind="person",
    note="A note.",
    who="Avery",
    case_number=CASE,
    detail="",
    case_href="/audit",
    reason="A court asks.",
)
DISCLOSED = View(
    at=NOW, who="Casey", organisation="Employment Security", channel="on a page", where="My work", clause="5512PRO 4",
    shown=["the client’s name"], basis="The request went to them", number=12, reason="A court asks.", case_number=CASE,
    case_href="/audit",
)  # fmt: skip
STEP = View(
    id="T1", name="Search", kind="Task", role="Case manager", form="T1.json", due=NOW, step="5512PRO 1",
    holder=None, task_id="t1", who="Avery", at=NOW, entry="/cases/1/entries/t1",
)  # fmt: skip
PERSON = View(
    username="noor", name="Noor Lanternwick", email="noor@fwp.example", agency="FWP", offices=["WorkSource Kitsap"],
    esd=True, restricted=True, missing=["training"], active=True, trained_on=date(2026, 1, 2), non_disclosure_on=None,
    eto_account_active=True, is_restricted_user=True, roles="Case manager", waits=True,
)  # fmt: skip
PERSON_FORM = {
    "name": "", "email": "noor@fwp.example", "trained_on": date(2026, 1, 2), "non_disclosure_on": None, "active": True,
    "eto_account_active": True, "is_restricted_user": True, "roles": ["case_manager"], "offices": ["WSK"], "backup": [],
}  # fmt: skip
CHOICES = {
    "roles": [("case_manager", "Case manager")],
    "offices": [("WSK", "WorkSource Kitsap")],
    "agencies": [],
}
ACCESS = View(
    sessions=[View(id=n, started_at=NOW, last_used_at=None, expires_at=NOW) for n in (7, 8)],
    tokens=1,
    link_until=NOW,
)
SETTINGS = View(
    labels=[View(key="system", words="The system", value="ETO", default="ETO")], fixed=[date(2026, 12, 31)],
    holidays=[View(day=date(2026, 12, 25), name="Christmas Day", kept=True)], closed={date(2026, 12, 24): "Inventory"},
    changes={"hours": View(who="Pat", at=NOW)}, may_change={"labels", "hours", "holidays", "mail"},
)  # fmt: skip
AGREEMENT = View(
    number="K-TEST-103", agency="Saltgrass", kind="Data-sharing agreement", basis="Contract", basis_document="",
    starts_on=date(2025, 7, 1), ends_on=date(2026, 6, 30), status="Expired", in_force=False, why_not="It ended.",
    ends_soon="", managers=[], open_cases=1, esd_manager="", partner_manager="", days_left=20,
)  # fmt: skip
SHARE = View(words="Client", length="2 business days 1 hour", now=True, fill="#adcfdc", start=0, width=1000)
TEAM_TASK = View(
    id="t1", case=CASE, name="Record the contact", step="5512PRO 6", office="WorkSource Kitsap", agency="Fernhollow",
    holder="Casey", holder_away=True, due=NOW - 30 * HOUR, late=True,
)  # fmt: skip
TOLD = View(words="The supervisor is told", to="Casey Thistledown", held_back=True)
NOTE = View(at=NOW, who="A", words="W", esd_only=True)
TABS = [
    View(label="My work", href="/work", count=1, current=True),
    View(label="Late", href="/l", count=None, current=False),
]
ACTIONS = View(
    withdraw=True, opened_in_error=True, opt_out_again=True, note=True, esd_note=True,
    disclosures=True, case_file=True,
    remind=True, error_reasons=[("practice", "It was made for practice")],
    reassign=[View(task_id="t1", task_name="Record", people=[("casey", "Casey")]),
              View(task_id="t2", task_name="Find", people=[])],
)  # fmt: skip
CASE_VIEW = View(
    number=CASE, state="Waiting for the client.", status="With ESD", outcome="", closed=False, hold="On hold.",
    office="WorkSource Kitsap", agency="FWP", case_manager="Avery", opened_at=NOW,
    edit_recorded_at=NOW, procedure="5512PRO, version 3", records_held=NOW,
)  # fmt: skip
PROCESS = View(
    id=2, name="Opt-in procedure", version=2, state="deployed", deployed_at=NOW, deployed_by="Robin", open_cases=3,
    sha256="a" * 64, area="OLY", in_use=True, note="Two days are enough.",
)  # fmt: skip
DESTROYED = Destroyed(2022, 12, NOW, NOW)
PROBLEM = View(
    id=12, reference="P-000012", cause="The process takes too many steps without a wait.", case_number=CASE,
    case_href=f"/cases/{CASE}", where="Record the contact", tried="A timer was due", who="Opt-In Desk", status="Open",
    first_at=NOW - HOUR, last_at=NOW, count=3, state="", can_retry=True, returns=False, is_open=True,
)  # fmt: skip
CHOICE = View(message="N6", words="A reminder", way="mail", demanded="Step 4.")
HOOK = View(
    id=3, url="https://hooks.example.org/desk", host="hooks.example.org", created_by="Pat", created_at=NOW,
    disabled_at=None, waiting=2, failing_since=NOW, arrived_last_at=None, kinds=["case.opened"],
)  # fmt: skip
DELIVERY = View(
    id=5, event="e", kind="case.opened", case=CASE, at=NOW, state="waiting", replayed=True, attempts=2,
    next_attempt_at=NOW, ended_at=None, code=500, error="The address answered 500.",
)  # fmt: skip
CARD = View(code="KITSAP", office="WorkSource Kitsap", phone="360-555-0101")
GROUPS = [View(title=title, rows=[("Name", "Marlo")], note="N.") for title in ("Client", "Search")]
PAGES = {"next_href": "/next", "first_href": "/first"}

SAMPLES: dict[str, dict[str, object]] = {
    "sign_in.html": {"username": "", "next": "", "sample_password": "pass", "errors": {"password": "Enter it."},
                     "samples": [View(username="avery", name="Avery", roles="Case manager", does="Starts.")]},
    "worklist.html": {"tabs": TABS, "rows": [WORK, WAITS], "counts": {"late_mine": 2, "later": 1}, "may_start": True,
                      "may_take": True, "may_search_names": True, "may_be_name": True, "view": "mine", "named": False,
                      "filters": FILTERS, "words": "view=mine", "narrowed": True, "typed": "kit", "waiting": False,
                      "since": NOW, "any_changed": True, "receivers": [("jordan", "Jordan")], "first_day": "2026-12-01",
                      "choices": {"office": YES_NO, "agency": [], "held": YES_NO}, "longest_name": 60,
                      "outcome": View(done="Done.", failed=[View(name=n, why="No.") for n in ((CASE, "Ask"), None)]),
                      "saved": [View(id=1, name="Mine", href="/work", owner="", shared=True, current=True),
                                View(id=2, name="All", href="/work", owner="Jordan", shared=True, current=False)],
                      "errors": {"until": "Choose a day."}, **PAGES},
    "keyboard.html": {},
    "task.html": {"twin": "OLY-2026-000124", "task": TASK, "fields": FIELDS, "errors": ERRORS,
                  "kept": True, "updated": True, "saved_there": [("Name", "Marlo")], "typed_here": [],
                  "summary": View(facts=[("Client", "Marlo")], notes=[NOTE], sentence="S.")},
    "task_check.html": {"task": TASK, "known": True, "sentence": "S.", "mails": [TOLD],
                        "answers": [View(name="name", label="Name", words="Marlo"), View(name="day", label="Day", words="")],
                        "next_tasks": [View(name="Ask", step="5512PRO 5", role="R", holder="Avery", mine=False, due=NOW)],
                        "later": [View(at=NOW, words="A reminder goes out", to=("Casey",))]},
    "task_done.html": {"task": TASK, "who": "", "at": NOW, "answers": [("Name", "Marlo")], "has_client_facts": True,
                       "mails": [TOLD], "sentence": "S.",
                       "following": View(href="/tasks/t2", name="Ask", number=CASE, same_case=True, due=NOW)},
    "case.html": {"case": CASE_VIEW, "fact_groups": GROUPS,
                  "open_steps": [STEP], "done_steps": [STEP], "history": [EVENT], "mails": [MESSAGE],
                  "notes": [NOTE], "linked": [View(number=CASE, words="same")],
                  "coming_steps": [STEP], "with_esd": True, "marks": {"T1": "done"},
                  "diagrams": [View(name="Opt-in", address="/processes/p/1/files/a.bpmn", opens=True)],
                  "corrections": [View(at=NOW, who="A", task="T", label="L", old="O", new="N", reason="")],
                  "clock": [SHARE], "actions": ACTIONS,
                  "errors": {"text": "Write a note.", "username": "Choose."}, "note_text": ""},
    "disclosures.html": {"ledger": View(number=CASE), "rows": [DISCLOSED]},
    "disclosure_sheet.html": {"number": CASE, "said": f"<h1>{CASE}</h1>", "language": "es",
                              "languages": {"en": "English", "es": "Español"}},
    "admin/disclosures.html": {"filters": View(case="", who="", channel="", since="", until=""), "rows": [DISCLOSED],
                               "channels": [("", "Every way")], "exports": [("CSV", "/audit/disclosures/export")],
                               **PAGES},
    "case_file.html": {"file": View(
        number=CASE, made_at=NOW, made_by="Casey", facts=[("State", "Closed")], opened_at=NOW, closed_at=NOW, linked=[CASE],
        sentence="Closed.", client=[("Name", "Marlo")], open=[("Record", "Supervisor")], disclosures=[DISCLOSED],
        steps=[View(name="Search", step="5512PRO 1", who="Avery", at=NOW, rows=[("Total", "0")])], mails=[MESSAGE],
        notes=[(View(text="T", written_at=NOW, esd_only=True), "Casey")], history=[View(at=NOW, who="A", words="W")],
        corrections=[View(at=NOW, who="A", task="T", label="L", old="O", new="N", reason="")])},
    "proof.html": {"header": View(case=CASE, client="", office="WorkSource Kitsap", agency="FWP", version=3,
                                  office_time="2026-11-20 14:05 PST", made_by="Casey", made_as="ESD WIOA supervisor",
                                  last_event=31, ends_early=True),
                   "items": [View(title="Offer", clause="5512PRO 7g", clause_words="Offer.", words="Missing.", tone="bad",
                                  state="missing", rows=[("Who", "Casey")], events=[(12, "a" * 64)])],
                   "missing": ["Offer"], "head": View(number=2, covers=30, digest="b" * 64), "may_name": True,
                   "seal": View(key="c" * 64, signature="d" * 128)},
    "case_entry.html": {"number": CASE, "task": STEP, "fields": FIELDS, "why": "Mistyped.", "errors": ERRORS},
    "start.html": {"fields": FIELDS[3:6], "case_managers": [("avery", "Avery")], "case_manager": "", "key": "k",
                   "refusal": [], "help": HELP, "progress": (1, 5), "kept": True,
                   "begun": [View(href="/tasks/t1", number=CASE, name="Search", opened_at=NOW)]},
    "cases.html": {"q": "", "state": "", "states": [("", "All")], "rows": [ROW],
                   "may_start": True, **PAGES},
    "processes.html": {"may_edit": True, "may_publish": True,
                       "procedures": [{"key": "p", "name": "Opt-in", "draft": DRAFT, "rows": [PROCESS, PROCESS]},
                                      {"key": "q", "name": "Other", "draft": None, "rows": [PROCESS]}]},
    "process.html": {"process": PROCESS, "diagrams": [View(title="Intake", file="m.bpmn", steps=[STEP])]},
    "admin/people.html": {"filters": View(q="", role="", office="", state=""), "roles": [("", "Every role")],
                          "offices": [("", "Every office")], "states": [("", "Everybody")], "rows": [PERSON],
                          "may_change": True, "may_add": True, **PAGES},
    "admin/person.html": {"held": View(numbers=[CASE], esd=2), "someone": PERSON,
                          "values": {**PERSON_FORM, "name": "Avery Quillfeather"}, "works_in": ["WSK"],
                          "stands_in": [], "roles_words": "", "may_set_roles": True, "may_keep": True, "may_approve": True,
                          "may_decline": True, "choices": CHOICES, "lift": View(asked_by="Pat", asked_at=NOW),
                          "asked": [View(role="esd_staff", words="ESD staff", by="Pat", at=NOW)],
                          "access": ACCESS, "errors": {"roles": "Not both."}},
    "admin/new_person.html": {"values": {**PERSON_FORM, "username": "a<b>", "agency": ""}, "choices": CHOICES,
                              "errors": {"username": "Enter 3 to 60 small letters."}},
    "account.html": {"someone": PERSON, "works_in": ["WSK"], "roles_words": "Case manager", "access": ACCESS, "present": 7,
                     "errors": {"current": "This is not your password."}},
    "set_up.html": {"token": "1-a", "username": "avery", "errors": {"password": "Choose 12 to 200 characters."}},
    "admin/settings.html": {"view": SETTINGS, "values": {"system": "ETO", "opens": "08:00", "closes": "17:00",
                            "detail": "link_only", "domains": "", "day": "", "name": ""}, "years": [2026],
                            "details": [("link_only", "Link"), ("seed_literal", "More")], "detail_words": "Link",
                            "errors": {"opens": "Enter a time."}},
    "admin/message.html": {"row": MESSAGE, "happened": [View(at=NOW, who="Opt-In Desk", words="Queued.")]},
    "admin/emergency_access.html": {"view": View(number=CASE, status_words="Closed", until=None, reason="", facts=[]),
                                    "typed": "<b>", "errors": {"reason": "Say why."}},
    "admin/agreements.html": {"rows": [AGREEMENT], "may_change": True},
    "admin/agreement.html": {"is_new": True, "values": vars(AGREEMENT), "agencies": [], "kinds": YES_NO, "bases": YES_NO,
                             "statuses": YES_NO, "esd_managers": [], "partner_managers": [], "errors": {"ends_on": "When?"}},
    "admin/agreement_view.html": {
        "agreement": AGREEMENT, "document": "D", "managers": [("Agency", "")], "covered": False, "open_cases": 2,
        "warnings": [View(days=90, on=date(2026, 4, 1), given=True)], "entries": [View(at=NOW, who="A", words="W.")],
        "cases": [View(number=CASE, status_words="On hold", held_at=NOW, decision="t90", may_open=False)],
        "decides": True, "actions": YES_NO, "may_change": True, "errors": {"chosen": "Tick.", "action": "Choose."}},
    "team/load.html": {
        "tabs": TABS, "leads": True, "views": TABS, "view": "late", "holder": "", "tasks": [TEAM_TASK],
        "offices": [View(code="WSK", name="WorkSource Kitsap", cases=3, tasks=2, waiting=1, late=1, backups=["Morgan"])],
        "people": [View(username="casey", name="Casey", roles="Supervisor", offices=["WSK"], held=2, late=1,
                        away_until=date(2026, 12, 1), substitute="Morgan")],
        "receivers": YES_NO, "errors": {"chosen": "Tick.", "username": "Choose."}, **PAGES},
    "team/ageing.html": {"tabs": TABS, **PAGES, "rows": [View(
        number=CASE, status="With ESD", office="WorkSource Kitsap", agency="Fernhollow", age="2 days", waits_for="Client",
        in_hands="1 hour", bar=[SHARE], opens=True)]},
    "team/absences.html": {
        "tabs": TABS, "people": YES_NO, "substitutes": YES_NO, "chosen": "Casey", "errors": {"person": "Choose."},
        "values": {"person": "yes", "substitute": "", "first_day": "", "last_day": ""},
        "rows": [View(id=1, name="Casey", substitute="Morgan", first_day=date(2026, 12, 1), last_day=date(2026, 12, 4),
                      begun=True)]},
    "team/backup.html": {
        "tabs": TABS, "errors": {"members": "Choose."}, "refused": "WSK",
        "groups": [View(code="WSK", name="WorkSource Kitsap", own=[], possible=YES_NO, members=["yes"])]},
    "admin/outbox.html": {"filters": View(state="", to="", case="", since="", until=""), "states": [("", "All")],
                          "rows": [MESSAGE], **PAGES},
    "admin/audit.html": {"filters": View(case="", who="", kind="", since="", until=""), "kinds": [("", "All")],
                         "rows": [EVENT], "may_export": True, "exports": [("CSV", "/audit/export?form=csv")],
                         "emergency_href": f"/cases/{CASE}/emergency-access", **PAGES},
    "tokens.html": {"username": "avery", "name": "Avery Quillfeather", "mine": False,
                    "rows": [View(id=7, created_at=NOW, last_used_at=None, expires_at=NOW)]},
    "manage.html": {"managed": [View(label="Settings", href="/admin/settings", words="What.")]},
    "notice.html": {"notice": View(version="1", language="English", approved=False)},
    "mails.html": {"rows": [MESSAGE], "mail": MESSAGE, "everything": False},
    "problems.html": {"tabs": TABS, "status": "open", "rows": [PROBLEM], "may_act": True,
                      "unknown_mails": "Of 2 messages nobody knows.", **PAGES},
    "problem.html": {"problem": PROBLEM, "facts": [("Tried", "A timer was due")], "may_act": True, "reason": "",
                     "errors": {"reason": "Say why."}},
    "on_it.html": {"reference": "P-000012", "kept": ["What you typed is kept."], "next": "Go on later.",
                   "back_href": "/work", "back_words": "Back"},
    "inbox.html": {"tabs": TABS, "unread": True, "until": 9, **PAGES, "rows": [
        View(id=9, at=NOW, words="The change was made.", case=CASE, href=f"/cases/{CASE}", read=False),
        View(id=8, at=NOW, words="You may no longer see it.", case=None, href="", read=True)]},
    "preferences.html": {"messages": [CHOICE], "demanded": [CHOICE], "ways": YES_NO, "daily_at": "", "times": YES_NO,
                         "written_in": "es", "shortcuts": "on", "errors": {"daily_at": "Choose a time."}},
    "admin/webhooks.html": {"rows": [HOOK]},
    "admin/webhook.html": {"hook": HOOK, "kinds": ["A case was opened"], "since": "", "errors": {"since": "When?"}, **PAGES,
                           "rows": [DELIVERY]},
    "admin/webhook_form.html": {"number": None, "values": {"url": "http://x"}, "kinds": YES_NO, "key": "k",
                                "errors": {"url": "Begin with https.", "kinds": "Choose one."}},
    "admin/webhook_secret.html": {"number": 3, "secret": "whsec_SAMPLE"},
    "developers.html": {"prefix": "/api/v1", "kinds": {"case.opened": "A case was opened"}, "minutes": 5,
                        "headers": View(signature="Desk-Signature", event="Desk-Event", delivery="Desk-Delivery")},
    "contact_card.html": {"card": CARD, "language": "en", "languages": {"en": "English", "es": "Español"},
                          "may_change": True},
    "contact_phone.html": {"card": CARD, "value": "360", "may_change": True, "errors": {"phone": "Write all of it."}},
    "error.html": {"status": 404, "problem": failures.ERROR_PAGES[404], "happened": "Not here.", "again": ""},
    "admin/records.html": {"view": RetentionView([Hold(CASE, "A records request.", "Pat", NOW)], [DESTROYED], 3),
                           "values": {"number": "x", "reason": ""}, "may_hold": True, "errors": {"reason": "Say it."}},
    "admin/certificate.html": {"certificate": Certificate(DESTROYED, "OLY", [CASE])},
    "admin/health.html": {"signs": [Sign("good", "Mail", "None waits."), Sign("bad", "Clock", "No job.", "Start it.")]},
    **EDITOR,
    **COMPARED,
    **PUBLISHING,
}  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Flask:
    """The application, of a demonstration; nothing in these tests asks its database."""
    keys = {"secret_key": "look-" * 8, "fingerprint_key": "look-" * 8}
    nowhere = "postgresql://nobody:nothing@127.0.0.1:9/none"
    app = shell.create_app(Settings(database_url=nowhere, demo=True, public_url=SITE, **keys))
    app.add_url_rule("/probe", "probe", lambda: "taken", methods=["POST"])
    return app


def draw(desk: Flask, template: str, who: Actor | None = None, path: str = "/work", **changed: object) -> str:
    """A template with its sample values, as somebody sees it."""
    with desk.test_request_context(path, base_url=SITE):
        g.actor = who
        return render_template(template, **{**SAMPLES.get(template, {}), **changed})


class Outline(HTMLParser):
    """What a page is made of: tags with their attributes, ids, and the words of the headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    def ids(self) -> list[str]:
        """Every id of the page."""
        return [a["id"] or "" for _, a in self.tags if "id" in a]


def test_every_template_has_a_sample():
    pages = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    parts = {page for page in pages if page.startswith(("macros/", "parts/", "cards/"))} | {
        "layout.html",
        "editor/frame.html",
    }
    assert pages - parts == set(SAMPLES), "a page without sample values is looked at by nobody"


@pytest.mark.parametrize("template", SAMPLES)
def test_markup(desk, template):
    page = draw(desk, template, actor())
    outline = Outline(page)
    ids = outline.ids()
    assert len(outline.all("h1")) == 1
    assert sorted(ids) == sorted(set(ids)), "an id stands twice"
    named = [a.get("for") for a in outline.all("label")]
    named += [word for _, a in outline.tags for word in (a.get("aria-describedby") or "").split()]
    named += [word for _, a in outline.tags for word in (a.get("aria-labelledby") or "").split()]
    named += [a["href"][1:] for a in outline.all("a") if (a.get("href") or "").startswith("#")]
    assert set(named) <= set(ids), "a label, description or link leads nowhere"
    posts = [a for a in outline.all("form") if a.get("method") == "post"]
    assert len([a for a in outline.all("input") if a.get("name") == "csrf_token"]) == len(posts)
    assert all(a.get("value") for a in outline.all("input") if a.get("name") == "csrf_token")


@pytest.mark.parametrize("template", SAMPLES)
def test_nothing_inline_and_nothing_from_elsewhere(desk, template):
    outline = Outline(draw(desk, template, actor()))
    assert outline.all("style") == []
    assert all(a.get("src") for a in outline.all("script"))
    odd = [(tag, name) for tag, a in outline.tags for name in a if name == "style" or name.startswith("on")]
    assert odd == []
    loaded = [a["src"] for _, a in outline.tags if a.get("src")] + [a["href"] for a in outline.all("link")]
    assert [address for address in loaded if not address.startswith("/static/")] == []


@pytest.mark.parametrize("template", [name for name, values in SAMPLES.items() if "errors" in values])
def test_errors_come_first_and_lead_to_their_fields(desk, template):
    errors = SAMPLES[template]["errors"]
    wrong, right = draw(desk, template, actor()), draw(desk, template, actor(), errors={})
    assert "<title>Error: " in wrong
    assert "<title>Error: " not in right
    assert all(f'href="#f-{name}"' in wrong and f'id="f-{name}"' in wrong for name in errors)
    assert wrong.index("data-error-summary") < wrong.index("<h1")


def test_a_new_agreement_begins_empty(desk):
    page = draw(desk, "admin/agreement.html", actor(), values={}, errors={})
    assert "Enter an agreement" in page
    assert "checked" not in page


def test_fields_are_wired_and_escaped(desk):
    page = draw(desk, "task.html", actor())
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "<i>politely" not in page
    assert 'id="f-secret"' not in page, "a question that is not shown is not on the page"
    assert page.count('hx-post="/tasks/t1/form"') == 1, "only a controlling answer asks the server"
    assert re.search(r'id="f-name"[^>]* required aria-describedby="f-name-hint"', page)
    assert re.search(r'id="f-asked_at"[^>]*value="2026-11-20T14:05"[^>]*aria-invalid="true"', page)
    assert re.search(
        r'<label class="usa-label" for="f-phone"[^>]*>Label of phone <span[^>]*>\(optional\)', page
    )
    assert re.search(r'value="es" selected', page)
    assert re.findall(r'name="points" value="(\w+)" checked', page) == ["no"]
    assert re.search(r'name="total" value="0"', page)
    assert "checked" not in draw(desk, "task.html", actor(), fields=FIELDS[:1]), (
        "no decision is chosen beforehand"
    )


@pytest.mark.parametrize(
    ("clause", "shown"),
    [
        ("5512PRO 2a.i", "Step 2a.i of 5512PRO"),
        ("policy 4013, definition 2", "policy 4013, definition 2"),
        ("5512PRO", "5512PRO"),
    ],
)
def test_a_printed_step_is_named_as_printed(desk, clause, shown):
    with desk.test_request_context("/"):
        macros = desk.jinja_env.get_template("macros/page.html").module
        assert f">{shown}<" in macros.step(clause)
        assert macros.step("").strip() == ""


def test_help_text_becomes_paragraphs_and_lists():
    blocks = forms_view.help_blocks(HELP)
    assert [(block.kind, block.lines) for block in blocks] == [
        ("p", ("Say who you are. Then listen.",)),
        ("ol", ("Ask <i>politely</i>.", "Write it down.")),
        ("ul", ("no pressure",)),
    ]
    assert forms_view.help_blocks(None) == []


@pytest.mark.parametrize(
    ("due", "state", "words"),
    [
        ("2026-11-18T17:00", "late", "Late by 2 days"),
        ("2026-11-19T17:00", "late", "Late by 1 day"),
        ("2026-11-20T09:59", "late", "Late since today"),
        ("2026-11-20T17:00", "today", "Today by 5:00 p.m."),
        ("2026-11-21T00:05", "soon", "Tomorrow by 12:05 a.m."),
        ("2026-11-22T12:00", "soon", "Sunday, November 22"),
        ("2026-11-26T12:00", "later", "Thursday, November 26"),
        ("2026-11-27T12:00", "later", "November 27, 2026"),
    ],
)
def test_due_dates_in_words(due, state, words):
    zone = ZoneInfo("America/Los_Angeles")
    now = datetime(2026, 11, 20, 10, 0, tzinfo=zone)
    label = forms_view.due_label(datetime.fromisoformat(due).replace(tzinfo=zone), now)
    assert (label.state, label.words) == (state, words)
    assert label.exact.endswith("PST")


def test_moments_in_words():
    zone = ZoneInfo("America/Los_Angeles")
    now = datetime(2026, 7, 2, 0, 30, tzinfo=zone)
    said = [forms_view.moment_words(now - timedelta(hours=h), now) for h in (0, 1, 48, 24 * 200)]
    assert said[:2] == ["Today, 12:30 a.m.", "Yesterday, 11:30 p.m."]
    assert said[2:] == ["Tuesday, June 30, 12:30 a.m.", "Sunday, December 14, 2025, 12:30 a.m."]
    assert forms_view.exact_words(now) == "Thursday, July 2, 2026, 12:30 a.m. PDT"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("", ""), (None, ""), ("not a date", "not a date"), ("2026-11-20T22:05:00+00:00", "2026-11-20T14:05")],
)
def test_a_moment_in_a_field_is_on_the_office_clock(value, shown):
    assert forms_view.local_input(value, ZoneInfo("America/Los_Angeles")) == shown


def test_navigation_follows_the_role(desk):
    manager = draw(desk, "notice.html", actor("case_manager"), "/cases/new")
    assert re.findall(r'aria-current="page">([^<]+)<', manager) == ["Start a request"], (
        "the nearest place alone"
    )
    assert "/admin/people" not in manager
    assert "/admin/people" in draw(desk, "notice.html", actor("administrator"))
    assert "/cases/new" not in draw(desk, "notice.html", actor("auditor"))
    stranger = draw(desk, "notice.html", None)
    assert "Sign out" not in stranger
    assert "<nav" not in stranger
    assert ">SAMPLE<" in stranger


def test_a_name_that_a_view_forgot_is_an_error(desk):
    with pytest.raises(Exception, match="is undefined"), desk.test_request_context("/"):
        g.actor = None
        render_template("processes.html")


@pytest.mark.parametrize("error", [NotFound(), Forbidden(), MethodNotAllowed(), RequestEntityTooLarge()])
def test_failures_are_calm_pages(desk, error: HTTPException):
    with desk.test_request_context("/somewhere"):
        g.actor = None
        response = desk.make_response(desk.handle_user_exception(error))
    words = failures.ERROR_PAGES[error.code or 0]
    assert response.status_code == error.code
    page = response.get_data(as_text=True)
    assert words.title in page
    assert words.next in page


def test_an_error_of_ours_shows_no_detail(desk):
    with desk.test_request_context("/somewhere"):
        g.actor = None
        try:
            raise RuntimeError("360-555-0101")
        except RuntimeError as error:
            response = desk.make_response(desk.handle_exception(error))
    assert response.status_code == 500
    page = response.get_data(as_text=True)
    assert "The page could not be finished" in page
    assert "360-555-0101" not in page
    assert "Traceback" not in page


def test_a_form_without_its_token_is_refused(desk):
    response = desk.test_client().post("/probe", base_url=SITE)
    assert response.status_code == 400
    assert "open for too long" in response.text
    assert "taken" not in response.text


def test_headers_of_every_answer(desk):
    client = desk.test_client()
    health = client.get("/healthz", base_url=SITE)
    assert (health.status_code, health.text) == (200, "ok")
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "X-Frame-Options"):
        assert health.headers[name]
    policy = health.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert health.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in health.headers
    assert client.get("/healthz", base_url="https://desk.example").headers["Strict-Transport-Security"]


def test_files_may_be_kept_only_under_their_content(desk):
    with desk.test_request_context("/"):
        address = shell.asset("css/desk.css")
    client = desk.test_client()
    assert "immutable" in client.get(address).headers["Cache-Control"]
    of_another_version = client.get(f"{address}0")
    assert (of_another_version.status_code, of_another_version.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get("/static/css/desk.css").headers["Cache-Control"] == "no-cache"


def test_a_first_load_is_small_on_the_wire(desk):
    client, asked = desk.test_client(), {"Accept-Encoding": "gzip"}
    names = ["css/desk.css", *(f"js/{file.name}" for file in (STATIC / "js").iterdir()), "vendor/htmx.min.js"]
    sent = {name: client.get(f"/static/{name}", headers=asked) for name in names}
    assert sum(len(answer.data) for answer in sent.values()) < 40_000
    css = sent["css/desk.css"]
    assert gzip.decompress(css.data) == (STATIC / "css" / "desk.css").read_bytes()
    assert (css.headers["Content-Encoding"], css.headers["Vary"]) == ("gzip", "Accept-Encoding")
    again = client.get("/static/css/desk.css", headers={**asked, "If-None-Match": css.headers["ETag"]})
    assert again.status_code == 304
    assert "Content-Encoding" not in client.get("/static/css/desk.css").headers
    assert "Content-Encoding" not in client.get("/notice", headers=asked).headers, "pages are not compressed"
    font = "/static/fonts/public-sans/PublicSans-Bold.woff2"
    assert "Content-Encoding" not in client.get(font, headers=asked).headers


def test_the_built_files_are_small_and_ours():
    css = (STATIC / "css" / "desk.css").read_text("utf-8")
    assert len(css) < 65_000
    assert not re.search(r"https?:|//[a-z]|@import", css)
    named = set(re.findall(r'url\(["\']?([^)"\']+)', css))
    assert named
    assert [url for url in named if not (STATIC / "css" / url).resolve().is_file()] == []
    lock = (WEB / "assets" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[object]:
    """A real browser, one for all pages."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        yield started
        started.close()


def serve(context: BrowserContext, desk: Flask, pages: dict[str, str]) -> None:
    """Answer the browser's questions without a network: these pages, and the files of the site."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in pages:
            policy = {"Content-Security-Policy": shell.security.CONTENT_SECURITY_POLICY}
            route.fulfill(body=pages[path], headers={**policy, "Content-Type": "text/html; charset=utf-8"})
            return
        if path not in kept:
            kept[path] = desk.test_client().get(path, base_url=SITE)
        found = kept[path]
        route.fulfill(status=found.status_code, body=found.data, content_type=found.content_type)

    kept: dict[str, TestResponse] = {}
    context.route("**/*", answer)


def open_page(browser, desk: Flask, html: str, more: dict[str, str] | None = None, **options: object) -> Page:
    """A page in the browser; what its console says is gathered in `page.said`."""
    context = browser.new_context(base_url=SITE, **options)
    serve(context, desk, {"/page": html, **(more or {})})
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto("/page")
    return page


@pytest.fixture(scope="module")
def looking(browser, desk):
    """A page for one template after the other; what is drawn stands at `/page`."""
    shown = {"/page": ""}
    context = browser.new_context(base_url=SITE)
    serve(context, desk, shown)
    page = context.new_page()
    page.shown, page.said = shown, []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("code", language.LANGUAGES)
@pytest.mark.parametrize("template", SAMPLES)
def test_accessible_and_without_overflow(looking, desk, template, code):
    """In each language, on a desk and on a phone."""
    who = None if template in ("sign_in.html", "notice.html") else actor("case_manager", "program_manager")
    with language.speaking(code):
        looking.shown["/page"] = draw(desk, template, who)
    looking.said.clear()
    looking.goto("/page")
    found = []
    for width in (1280, 320):
        looking.set_viewport_size({"width": width, "height": 800})
        found += violations(looking)
        assert overflow(looking) <= 0, width
    assert found == []
    assert looking.said == []


@pytest.mark.browser
def test_an_answer_brings_its_questions_and_the_focus_stays(browser, desk):
    plain = [{**vars(f), "error": None} for f in FIELDS[:1]]
    more = [*plain, vars(field("identity", "radio", options=YES_NO))]
    with desk.test_request_context("/"):
        part = render_template("parts/task_fields.html", task=TASK, fields=more)
    html = draw(desk, "task.html", actor(), fields=plain, errors={})
    page = open_page(browser, desk, html, {"/tasks/t1/form": part})
    page.focus("#f-contact_result")
    page.keyboard.press("Space")
    page.wait_for_selector("#f-identity")
    page.wait_for_function("document.querySelector('[data-live]').textContent")
    assert page.text_content("[data-live]") == "1 more question below."
    assert page.evaluate("document.activeElement.id") == "f-contact_result"
    assert page.said == []
    page.context.close()


@pytest.mark.browser
def test_focus_begins_at_the_errors_and_their_links_lead_into_the_fields(browser, desk):
    page = open_page(browser, desk, draw(desk, "task.html", actor()))
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.click("[data-error-summary] a >> nth=2")
    assert page.evaluate("document.activeElement.id") == "f-asked_at"
    page.click("text=Use the time now")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", page.input_value("#f-asked_at"))
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_the_menu_on_a_phone(browser, desk, script):
    phone = {"viewport": {"width": 375, "height": 700}, "java_script_enabled": script}
    page = open_page(browser, desk, draw(desk, "worklist.html", actor()), **phone)
    entry = page.get_by_role("link", name="Cases", exact=True)
    assert entry.is_visible() is not script
    if script:
        page.get_by_role("button", name="Menu").click()
        assert entry.is_visible()
        page.keyboard.press("Escape")
        assert not entry.is_visible()
    page.context.close()
