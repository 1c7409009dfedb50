"""The tab "Steps": a manager changes who does a step and by when, adds one with a new form, and cases then go through it."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from lxml import etree

from engine.drawing import Node, Scope
from engine.reading import read
from tests.conftest import MONDAY
from tests.desk import AVERY, CASEY, ROBIN, Desk
from tests.integration.acting import actor, browser
from workflows.commands import command
from workflows.commands.definitions import add_version
from workflows.commands.drafts import begin_draft
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.queries.drafts import draft_problems, draft_view
from workflows.settings import PROJECT
from workflows.work import Work

REQUEST, MAIN = "opt_in_request.bpmn", "5512pro_main.bpmn"
SHIPPED = (PROJECT / "bpmn" / MAIN_PROCESS / REQUEST).read_text()
FORM = "T6_AskClientToContactSupervisor.json"


class Editor:
    """A draft, and the browser of a program manager who has its Steps open."""

    def __init__(self, desk: Desk) -> None:
        self.client: FlaskClient = browser(desk, ROBIN)
        self.id = begin_draft(actor(ROBIN))

    def read(self, rest: str = "") -> str:
        """A page of the tab."""
        answer = self.client.get(f"/processes/drafts/{self.id}/steps{rest}")
        assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
        return answer.get_data(as_text=True)

    def form(self, rest: str) -> dict[str, str]:
        """What the form of a page holds, as a browser would send it."""
        root = etree.HTML(self.read(rest))
        (form,) = root.xpath("//main//form[.//*[@name='name']]")
        found = {each.get("name"): each.get("value") or "" for each in form.iter("input")}
        found |= {each.get("name"): (each.text or "").removeprefix("\n") for each in form.iter("textarea")}
        for select in form.iter("select"):
            found[select.get("name")] = next(iter(select.xpath("./option[@selected]/@value")), "")
        return {name: value for name, value in found.items() if name not in ("csrf_token", "row_version")}

    def send(self, rest: str, **typed: str) -> tuple[int, str]:
        """Send a form made from the newest draft; gives the status and the page that follows."""
        version = str(draft_view(actor(ROBIN), self.id).row_version)
        answer = self.client.post(
            f"/processes/drafts/{self.id}/steps{rest}",
            data={"row_version": version} | typed,
            follow_redirects=True,
        )
        return answer.status_code, answer.get_data(as_text=True)

    def problems(self) -> list[str]:
        """What is wrong with the draft."""
        return [problem.sentence for problem in draft_problems(actor(ROBIN), self.id) if not problem.warning]

    def text(self, file: str) -> str:
        """A file of the draft."""
        return draft_view(actor(ROBIN), self.id).files[file]


@pytest.fixture
def editor(desk: Desk) -> Editor:
    """The Steps of a new draft."""
    return Editor(desk)


@command
def publish(work: Work, files: dict[str, str]) -> None:
    """Make a draft's files the version that new cases of the area start with."""
    add_version(work, Bundle(MAIN_PROCESS, files), work.actor.area)


ASK = "/opt_in_request.bpmn/T6_AskClientToContactSupervisor"
REACHED = "/opt_in_request.bpmn/G5_Reached"
CONDITION = "condition_Flow_G5_reached"


def test_a_case_runs_through_what_was_changed_by_page(clock, editor, desk):
    asked = editor.form(ASK)
    moved = {**asked, "role": "ESD WIOA supervisor", "due": "esd_check_due", "form": FORM}
    status, html = editor.send(ASK, **moved)
    assert (status, "is changed in the draft" in html) == (200, True)
    new = {"kind": "userTask", "flow": "Flow_T6_End_Asked", "name": "Thank the client", "form": "new"}
    status, html = editor.send(
        f"{ASK}/add", **new, role="Partner case manager", due="", help="Say thanks.", clause="5512PRO 5"
    )
    assert (status, "is added after" in html) == (200, True)
    assert editor.problems() == []
    assert "forms/ThankTheClient.json" in draft_view(actor(ROBIN), editor.id).files
    publish(actor(ROBIN), draft_view(actor(ROBIN), editor.id).files)
    number = desk.to_request()
    asking = desk.task(CASEY, number, "T6")
    assert datetime.fromisoformat(asking["due"]) == MONDAY + timedelta(days=2)
    desk.do(CASEY, number, "T6")
    thanks = desk.task(AVERY, number, "ThankTheClient")
    assert thanks["name"] == "Thank the client"
    answer = desk.call(AVERY, "POST", f"/tasks/{thanks['id']}/complete", {"data": {"done": True}})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    desk.do(CASEY, number, "T7")
    assert "RO1" in desk.labels(CASEY, number)


def test_what_is_wrong_is_told_at_its_step_until_it_is_mended(editor):
    good = editor.form(REACHED)
    status, html = editor.send(REACHED, **{**good, CONDITION: 'contact_reslt == "reached"'})
    assert status == 200
    assert "contact_reslt" in editor.read(f"/{REQUEST}").partition('id="s-G5_Reached"')[2].partition("<tr")[0]
    status, html = editor.send(REACHED, **{**good, CONDITION: 'contact_result = "reached"'})
    assert status == 422
    assert "contact_result = &#34;reached&#34;" in html
    assert "Error:" in html
    assert "contact_result == &#34;reached&#34;" in html
    status, html = editor.send(REACHED, **good)
    assert status == 200
    assert editor.problems() == []
    assert editor.text(REQUEST) == SHIPPED


AUTOMATIC = {"kind": "serviceTask", "name": "New", "flow": "Flow_T6_End_Asked"}
REFUSED: list[tuple[str, dict[str, str], int, str]] = [
    (ASK, {"name": " "}, 422, "Answer “Name”"),
    (ASK, {"name": "x" * 121}, 422, "at most 120 characters"),
    (ASK, {"role": "Somebody else"}, 422, "Who does it"),
    (ASK, {"name": "It is 123-45-6789"}, 422, "Social Security number"),
    (ASK, {"name": "Ask", "row_version": "0"}, 409, "has changed this draft in the meantime"),
    (f"{ASK}/add", {"kind": "userTask", "name": "New", "flow": "nowhere"}, 422, "where the new step belongs"),
    (f"{ASK}/add", {**AUTOMATIC, "step": "send_mail"}, 422, "Answer “Which mail”"),
    (f"{ASK}/add", {**AUTOMATIC, "step": "count"}, 422, "Answer “Its name”"),
    (ASK, {"clause": "123-45-6789"}, 422, "Social Security number"),
    (f"{ASK}/add", {"kind": "robot"}, 404, "no such kind"),
    ("/nothing.bpmn/X", {}, 404, "no diagram of this name"),
    (f"/{REQUEST}/X", {}, 404, "no such step"),
    (f"{ASK}/remove", {}, 200, "Something may interrupt this step"),
]


def test_what_cannot_be_done_is_refused(editor):
    found = {}
    for rest, typed, status, words in REFUSED:
        answer, html = editor.send(rest, **typed)
        found[rest, words] = answer == status and words in html
    assert [refused for refused, right in found.items() if not right] == []
    assert editor.text(REQUEST) == SHIPPED


def test_steps_trade_places_and_go_away(editor):
    offer = f"/{REQUEST}/T12_OfferEsdWioaStaff"
    status, html = editor.send(f"{offer}/move", to="later")
    assert (status, "one place later" in html) == (200, True)
    status, html = editor.send(f"{offer}/move", to="later")
    assert "no simple step next to this one" in html
    status, html = editor.send(f"{offer}/move", to="earlier")
    assert editor.problems() == []
    assert drawn(editor.text(REQUEST)) == drawn(SHIPPED)
    status, html = editor.send(f"/{REQUEST}/S_RemindSupervisor/remove")
    assert "is taken out of the draft" in html
    assert 'id="S_RemindSupervisor"' not in editor.text(REQUEST)
    assert editor.problems() == []


def test_every_step_of_every_process_can_be_opened(editor):
    for name in (REQUEST, MAIN, "opt_out_again.bpmn", "add_seeker_to_office.bpmn", "esd_record_opt_in.bpmn"):
        html = editor.read(f"/{name}")
        told = set(re.findall(r'id="s-(\w+)"', html))
        drawn = {node.id for node in read({name: editor.text(name).encode()}).nodes if not is_meeting(node)}
        assert told >= drawn
        editor.read(f"/{name}?view=outline")
    for element in (
        "T7_RecordContactAndVerifyWish",
        "S_NoteContact",
        "TM_EscalatePm",
        "End_Asked",
        "Join_T7",
    ):
        editor.read(f"/{REQUEST}/{element}")
        editor.read(f"/{REQUEST}/{element}/add?kind=serviceTask")
        editor.read(f"/{REQUEST}/{element}/remove")


def drawn(text: str) -> list[Scope]:
    """What a diagram means, wherever it is drawn."""
    return read({REQUEST: text.encode()}).scopes


def is_meeting(node: Node) -> bool:
    """A gateway without a name, where ways only meet, has no row."""
    return node.kind.endswith("Gateway") and not node.element.name
