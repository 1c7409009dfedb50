"""The tab "Steps": a manager changes who does a step and by when, adds one with a new form, and cases then go through it."""

import re

import pytest
from flask.testing import FlaskClient

from tests.desk import AVERY, CASEY, ROBIN, Desk
from tests.integration.acting import actor, browser
from workflows.commands import command
from workflows.commands.definitions import add_version
from workflows.commands.drafts import begin_draft
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.queries.drafts import draft_problems, draft_view
from workflows.work import Work

REQUEST, MAIN = "opt_in_request.bpmn", "5512pro_main.bpmn"


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
        html = self.read(rest)
        html = html[html.rindex("</h2>", 0, html.index('name="row_version"')) :]
        found = dict(re.findall(r'<input [^>]*?name="(\w+)" value="([^"]*)"', html))
        return found

    def send(self, rest: str, **typed: str) -> tuple[int, str]:
        """Send a form made from the newest draft; gives the status and the page that follows."""
        version = str(draft_view(actor(ROBIN), self.id).row_version)
        answer = self.client.post(
            f"/processes/drafts/{self.id}/steps{rest}",
            data={"row_version": version, **typed},
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


def test_x(editor):
    print(editor.read()[:200])
    for f in ("/"+REQUEST, "/"+REQUEST+"?view=outline", "/"+REQUEST+"/T6_AskClientToContactSupervisor", "/"+MAIN+"/G2_FoundInWorkSource"):
        html = editor.read(f)
        t = re.sub(r"<[^>]+>", " ", html[html.index("<main"):html.index("</main")]); print(re.sub(r"\s+", " ", t)[:6000]); print("-----")
    assert 0
