"""The Forms tab of a draft: forms and questions changed on the pages, and nothing else with them."""

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.desk import ROBIN, Desk
from tests.integration.acting import actor, browser
from workflows.commands.drafts import begin_draft, change_draft
from workflows.queries.drafts import draft_problems, draft_view

FORM = "T7_RecordContactAndVerifyWish"
PATH = f"forms/{FORM}.json"
SSN = "900-12-3456"


class Tab:
    """The pages of a draft's forms, as a program manager sees them."""

    def __init__(self, client: FlaskClient, draft: int) -> None:
        self.client, self.draft = client, draft
        self.here = f"/processes/drafts/{draft}/forms"

    def get(self, path: str = "") -> str:
        answer = self.client.get(self.here + path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def post(self, path: str = "", status: int = 302, version: int | None = None, **values: object) -> str:
        sent = {name.replace("_", "-"): value for name, value in values.items()}
        sent["row_version"] = version or draft_view(actor(ROBIN), self.draft).row_version
        answer = self.client.post(self.here + path, data=sent)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def source(self, path: str = PATH) -> dict[str, object]:
        return dict(json.loads(draft_view(actor(ROBIN), self.draft).files[path]))

    def typed(self, question: str) -> dict[str, object]:
        """What stands in the page of a question, as its form would send it."""
        text = self.get(f"/{FORM}/questions/{question}")
        found: dict[str, object] = dict(
            re.findall(r'<input class="usa-input[^>]* name="q-([\w-]+)" value="([^"]*)"', text)
        )
        found |= dict(re.findall(r'<textarea[^>]* name="q-([\w-]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL))
        found |= dict(re.findall(r'name="q-([\w-]+)" value="([^"]*)" checked', text))
        for name, body in re.findall(r'<select[^>]* name="q-([\w-]+)".*?>(.*?)</select>', text, re.DOTALL):
            found |= {name: value for value in re.findall(r'value="([^"]*)" selected', body)}
        found["readers"] = re.findall(r'name="q-readers" value="([^"]*)" checked', text)
        import html

        return {f"q_{name}": html.unescape(v) if isinstance(v, str) else v for name, v in found.items()}


@pytest.fixture
def tab(desk: Desk) -> Tab:
    return Tab(browser(desk, ROBIN), begin_draft(actor(ROBIN)))


def test_x(tab: Tab) -> None:
    before = draft_view(actor(ROBIN), tab.draft).files
    assert "Contact with the client" in tab.get()
    text = tab.get(f"/{FORM}")
    assert "“How was identity verified?”" not in text
    for q in tab.source()["properties"]:
        typed = tab.typed(q)
        tab.post(f"/{FORM}/questions/{q}", **typed)
        assert draft_view(actor(ROBIN), tab.draft).files == before, (q, typed)
