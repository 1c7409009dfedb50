"""The editor that saves a fault is told the same places, rules, reasons and mends as the check of a bundle gives."""

import pytest
from flask.testing import FlaskClient

from tests.bundle.faults import FAULTS
from tests.bundle.versions import SHIPPED
from tests.desk import ROBIN, Desk
from tests.integration.acting import actor, browser
from workflows.bundle_checks import problems
from workflows.commands.drafts import begin_draft
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.queries.drafts import draft_view

KINDS = (
    "an option with a slip",
    "a lane nobody works in",
    "a step that there is not",
    "a timer in words",
    "a mail that names a fact about the client",
    "a time in no unit",
)
HOSTILE = ("a document type", "half a file")


@pytest.fixture
def editor(desk: Desk) -> tuple[FlaskClient, int]:
    """A program manager's browser, and a draft."""
    return browser(desk, ROBIN), begin_draft(actor(ROBIN))


def fault_files(name: str) -> dict[str, str]:
    """The files of the bundle that a fault makes different."""
    (fault,) = [fault for fault in FAULTS if fault.name == name]
    return {path: text for path, text in fault.files().items() if text != SHIPPED[path]}


def test_the_editor_is_told_of_a_fault_what_the_server_finds(editor: tuple[FlaskClient, int]) -> None:
    client, draft = editor
    version = 1
    for name in KINDS:
        changes = fault_files(name)
        body = {
            "row_version": version,
            "changes": {**{path: SHIPPED[path] for path in seen(draft)}, **changes},
        }
        answer = client.post(f"/processes/drafts/{draft}/files", json=body)
        assert answer.status_code == 200, name
        version = answer.json["row_version"]
        found = [vars(one) for one in problems(Bundle(MAIN_PROCESS, {**SHIPPED, **changes}))]
        assert answer.json["problems"] == found, name
        assert any(not one["warning"] for one in found), name
    assert client.get(f"/processes/drafts/{draft}/problems").json["problems"] == found


def seen(draft: int) -> list[str]:
    """The files of a draft that are not as shipped: the fault before, which is mended with the next one."""
    return [path for path, text in draft_view(actor(ROBIN), draft).files.items() if text != SHIPPED[path]]


def test_what_is_hostile_is_refused_and_nothing_is_saved(editor: tuple[FlaskClient, int]) -> None:
    client, draft = editor
    for name in HOSTILE:
        changes = {**fault_files("an option with a slip"), **fault_files(name)}
        answer = client.post(f"/processes/drafts/{draft}/files", json={"row_version": 1, "changes": changes})
        assert answer.status_code == 422, name
        assert list(answer.json["fields"]) == list(fault_files(name)), name
    view = draft_view(actor(ROBIN), draft)
    assert (view.row_version, view.files) == (1, SHIPPED)


@pytest.mark.parametrize("odd", ["", "²", "9" * 5000, "-1"], ids=["none", "squared", "long", "negative"])
def test_a_page_that_does_not_say_what_it_was_made_from_saves_nothing(
    editor: tuple[FlaskClient, int], odd: str
) -> None:
    client, draft = editor
    sent = {"row_version": odd, "file": "opt_out_again.bpmn", "text": SHIPPED["opt_out_again.bpmn"]}
    for end in ("diagram/take", "publish"):
        more = {"note": "SAMPLE", "mode": "new_cases"}
        answer = client.post(f"/processes/drafts/{draft}/{end}", data={**sent, **more})
        assert answer.status_code == 409, end
    assert draft_view(actor(ROBIN), draft).row_version == 1
