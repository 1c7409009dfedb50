"""Every main page with real data in it, for each role, on a desk and on a phone, in each language.

Nothing overflows and axe finds nothing. With `SCREENSHOTS=FOLDER` a picture of each is kept there (`make screenshots`).
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.pages import Visitor, overflow, violations
from tests.desk import AVERY, CASEY, DEVON, ELLIS, LEE, NOOR, PAT, ROBIN, answers
from tests.end_to_end.product import Product, somebody
from workflows.language import ENGLISH, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (1280, 320)
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
LOOKED_AT = tuple(LANGUAGES) if SCREENSHOTS else (ENGLISH,)
"""The languages that are looked at with real data: all where pictures are wanted. With sample values every page is
looked at in each language (`tests/web/test_look.py`)."""
LONG = "Wants help with a welding course, and cannot come before four in the afternoon on weekdays. " * 4


class Scene:
    """Cases in every state that the pages show, and the addresses where they are seen."""

    process = ""
    """The address of the draft of the procedure, once somebody has opened it."""

    def __init__(self, running: Product) -> None:
        desk = running.desk
        self.draft = desk.open(AVERY)
        for label in ("T2", "T3", "T4"):
            desk.do(AVERY, self.draft, label)
        self.request = desk.to_request(AVERY, reason=LONG.strip()[:500], language="es", **somebody())
        desk.call(AVERY, "POST", f"/cases/{self.request}/notes", {"text": "Calls after four. " * 20})
        self.edit = desk.to_decision(AVERY, **somebody())
        edit = desk.task(CASEY, self.edit, "RO1")["id"]
        desk.call(CASEY, "POST", f"/tasks/{edit}/reassign", {"assignee": DEVON})
        self.done = desk.to_opted_in(AVERY, **somebody())
        drafted = {"data": answers("T5", **somebody(), reason=LONG.strip()[:500])}
        self.tasks = {
            "draft": desk.task(AVERY, self.draft, "T5")["id"],
            "request": desk.task(CASEY, self.request, "T7")["id"],
            "edit": edit,
        }
        desk.call(AVERY, "POST", f"/tasks/{self.tasks['draft']}/draft", drafted)
        steps = desk.case(AVERY, self.request)["steps"]
        self.tasks["sent"] = next(step["id"] for step in steps if step["element"].startswith("T5_"))
        reason = {"reason": "A court asks for the name at once. SAMPLE"}
        desk.call(PAT, "POST", f"/cases/{self.done}/emergency-access", reason)
        desk.call(PAT, "PATCH", f"/people/{ELLIS}", {"roles": ["esd_staff", "esd_wioa_supervisor"]})
        closed = [{"day": "2026-12-24", "name": "Inventory"}]
        desk.call(PAT, "PUT", "/settings/holidays", {"value": {"opened": [], "closed": closed}})
        running.mail("casey.thistledown", f"{self.request}: waits for a supervisor")
        told = {
            "url": f"https://hooks.desk.example/{'a-long-name/' * 12}",
            "kinds": ["case.opened", "case.closed"],
        }
        hook = desk.call(PAT, "POST", "/webhooks", told).json["id"]
        desk.call(PAT, "POST", f"/webhooks/{hook}/turn-off")  # Nothing is to leave this machine.
        desk.open(AVERY)

    def path(self, words: str) -> str:
        """`/cases/{request}` with the number in its place."""
        return words.format(
            draft=self.draft,
            request=self.request,
            edit=self.edit,
            done=self.done,
            task=self.tasks,
            process=self.process,
        )


@pytest.fixture(scope="module")
def scene(running: Product) -> Scene:
    """The cases that the pages of this file show."""
    return Scene(running)


PAGES = {
    "": ("/sign-in", "/notice"),
    AVERY: (
        "/work", "/work?view=role", "/work?view=late", "/work?view=waiting", "/keyboard",
        "/cases/new", "/cases", "/cases?state=all",
        "/cases/{draft}", "/cases/{done}", "/tasks/{task[draft]}", "/tasks/{task[draft]}/check",
        "/tasks/{task[sent]}/done", "/demo/mails", "/cases/OLY-2026-999999",
        "/contact-card/WSK", "/contact-card/WSK?language=es", "/inbox", "/account/preferences", "/developers",
    ),
    CASEY: (
        "/work?view=role", "/work?view=waiting&q=kitsap",
        "/cases/new", "/cases/{request}", "/cases/{edit}", "/tasks/{task[request]}",
        "/tasks/{task[edit]}", "/admin/agreements", "/processes", "/contact-card/WSK/phone",
        "/team?view=all", "/team/ageing", "/team/absences", "/team/backup", "/admin/agreements/K-TEST-102",
        "/cases/{done}/disclosures", "/cases/{done}/disclosures/sheet", "/cases/{done}/file", "/cases/{done}/proof",
    ),
    DEVON: ("/work", "/tasks/{task[edit]}", "/cases/{edit}"),
    NOOR: ("/cases/new",),
    ROBIN: ("/work", "/manage", "/cases", "/processes", "/processes/opt_in_5512pro/1", "/admin/agreements",
            "/admin/agreements/new", "/admin/agreements/K-TEST-103", "/admin/agreements/K-TEST-103/change",
            "/admin/outbox", "/admin/settings", "/team", "/team/ageing",
            "/processes/opt_in_5512pro/1/procedure", "/processes/opt_in_5512pro/compare", *(f"{{process}}{tab}" for tab in (
                "", "/compare", "/replace",
                "/steps", "/steps/opt_in_request.bpmn?view=outline", "/steps/opt_in_request.bpmn/G6_Decision",
                "/steps/opt_in_request.bpmn/G6_Decision/add", "/steps/opt_in_request.bpmn/S_NoteContact/remove",
                "/scenarios", "/scenarios/opted_in", "/walk", "/walk/tasks/T1_QuickSearchOwnOffice", "/trace", "/trace/1",
                "/procedure", "/diagram", "/diagram/opt_in_request.bpmn", "/diagram/upload", "/forms",
                "/forms/T7_RecordContactAndVerifyWish", "/mail", "/mail/notify_supervisor", "/times",
                "/forms/T7_RecordContactAndVerifyWish/questions/identity_method", "/times/confirm_due"))),
    PAT: ("/manage", "/admin/people", f"/admin/people/{AVERY}", f"/admin/people/{ELLIS}", "/admin/people/new",
          "/admin/outbox", "/admin/outbox/1", "/admin/settings", "/admin/health", "/admin/records",
          "/audit", "/audit?case={request}",
          "/cases/{request}/emergency-access",
          "/cases/{done}/emergency-access", "/account", "/admin/webhooks", "/admin/webhooks/new",
          "/admin/webhooks/1", "/admin/webhooks/1/change"),
    LEE: ("/audit", "/audit/disclosures", "/cases", "/cases/{done}", "/cases/{request}/proof", "/admin/people"),
}  # fmt: skip


@pytest.mark.parametrize("language", LOOKED_AT)
@pytest.mark.parametrize("who", PAGES, ids=lambda who: who.split(".")[0] or "stranger")
def test_pages_are_accessible_and_fit(visit: Visit, scene: Scene, who: str, language: str) -> None:
    person = visit(who)
    if who == ROBIN:
        scene.process = begin_to_walk(person)
    person.speak(language)
    found = {path: look_at(person, scene.path(path), name_of(who, path, language)) for path in PAGES[who]}
    assert {path: problems for path, problems in found.items() if problems} == {}


def begin_to_walk(person: Visitor) -> str:
    """Open the draft of the procedure, and begin to walk through it; gives the address of the draft."""
    page = person.page
    page.goto("/processes")
    begin = page.locator("form[action='/processes/drafts'] button")
    person.send(begin.or_(page.locator("a.usa-button[href^='/processes/drafts/']")).first)
    draft = urlsplit(page.url).path
    page.goto(f"{draft}/walk")
    person.press("Begin")
    return draft


def name_of(who: str, path: str, language: str) -> str:
    """How the pictures of a page are named: `avery/work-view-role.es`."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", path.replace("{task[", "{")).strip("-")
    return f"{who.split('.')[0] or 'stranger'}/{words}.{language}"


def look_at(person: Visitor, path: str, name: str) -> list[object]:
    """What is wrong with a page, on a desk and on a phone; its pictures are kept where they are wanted."""
    person.page.goto(path)
    # Each template is put before axe at each width with sample values (`tests/web/test_look.py`): here with pictures.
    return on_both(person, name, WIDTHS[-1:] if SCREENSHOTS else ())


def on_both(person: Visitor, name: str = "", asked: tuple[int, ...] = WIDTHS) -> list[object]:
    """What is wrong with the page that is open, at each width; axe is asked at some of them."""
    problems: list[object] = []
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 900})
        keep_picture(person, f"{name}.{width}.png" if name else "")
        wide = overflow(person.page)
        problems += [
            *(violations(person.page) if width in asked else []),
            *([f"{wide} pixels too wide"] if wide > 0 else []),
        ]
    return problems


def keep_picture(person: Visitor, name: str) -> None:
    """A picture of the whole page, where pictures are wanted."""
    if SCREENSHOTS and name:
        for place in person.page.locator("[data-diagram-canvas]").all():
            place.scroll_into_view_if_needed()
            expect(place.locator("svg").first).to_be_visible()
        person.page.screenshot(path=Path(SCREENSHOTS) / name, full_page=True)


def test_a_page_with_all_questions_and_one_with_errors_are_as_well(visit: Visit, scene: Scene) -> None:
    casey = visit(CASEY)
    casey.page.goto(scene.path("/tasks/{task[request]}"))
    usual = answers("T7", spoke_through="authorised_representative", signed_release_on_file=True)
    usual.pop("contact_at")
    casey.answer_all({**usual, "notification_points": ["what_is_shared"], "esd_note": LONG})
    assert casey.shows("signed_release_on_file")
    assert on_both(casey) == []
    casey.complete()
    assert casey.title.startswith("Error: ")
    assert on_both(casey) == []
