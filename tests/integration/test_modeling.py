"""What the modeler offers and says, and diagrams of other tools: reported on first, then taken into a draft."""

import io

import pytest

from tests.desk import AVERY, ROBIN, Desk
from tests.integration.acting import actor, browser
from workflows.commands.drafts import begin_draft, change_draft
from workflows.errors import InvalidInput, NotAllowed, SsnBlocked
from workflows.queries.drafts import draft_view
from workflows.queries.modeling import catalogue, expression_mistake
from workflows.queries.uploads import upload_report
from workflows.step_words import WHAT_STEPS_DO
from workflows.steps import STEPS

FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="x" exporter="Camunda Modeler" exporterVersion="5.0">
  <process id="visit" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
    <userTask id="t" name="Visit" camunda:formKey="visit-form" camunda:assignee="kermit" camunda:asyncBefore="true"/>
    <sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/>
  </process>
</definitions>
"""


@pytest.fixture
def draft(desk: Desk) -> int:
    """A draft of the sample area."""
    return begin_draft(actor(ROBIN))


def test_all_that_the_diagrams_name_can_be_chosen(draft):
    offered = catalogue(actor(ROBIN), draft)
    values = {part: {row["value"] for row in getattr(offered, part)} for part in ("lanes", "forms", "levels")}
    assert "ESD staff" in values["lanes"]
    assert "T1_QuickSearchOwnOffice.json" in values["forms"]
    assert "confirm_due" in values["levels"]
    assert "contact_attempts_max" not in values["levels"]
    assert {row["value"] for row in offered.steps} == set(STEPS) == set(WHAT_STEPS_DO)
    assert {row["value"] for row in offered.processes} >= {"opt_in_request", "opt_out_again"}
    assert "client_contacted" in offered.known["signal"]
    (account,) = [row for row in offered.variables if row["value"] == "account"]
    assert account["label"] == "Does the client have a WorkSourceWA account?"
    assert {"value": "not_sure", "label": "The client is not sure"} in account["options"]
    with pytest.raises(NotAllowed):
        catalogue(actor(AVERY), draft)


def test_a_draft_with_broken_files_still_offers_the_others(draft):
    files = {"service_levels.toml": "[", "forms/T1_QuickSearchOwnOffice.json": "{"}
    change_draft(actor(ROBIN), draft, files, 1)
    offered = catalogue(actor(ROBIN), draft)
    assert offered.levels == []
    assert len(offered.forms) > 10


@pytest.mark.parametrize(
    ("text", "form", "told", "offered"),
    [
        ("total_own > 0", "condition", None, None),
        ("total_ow > 0", "condition", "total_ow", "total_own > 0"),
        ('account == "not_sur"', "condition", "not_sur", None),
        ("account", "condition", "true or false", None),
        ("total_own", "number", None, None),
        ('service_level("confirm_due")', "timeDuration", None, None),
        ('service_level("gone")', "timeDuration", "gone", None),
        ("P2D", "timeDuration", "P2D", None),
        ('"R3/PT1H"', "timeCycle", None, None),
        ('"2026-11-21"', "timeDate", "offset", None),
    ],
)
def test_a_mistake_is_explained_while_typing(draft, text, form, told, offered):
    mistake = expression_mistake(actor(ROBIN), draft, text, form)
    if told is None:
        assert mistake is None
        return
    assert told in mistake.sentence
    assert offered in (None, mistake.corrected)


def test_a_diagram_of_another_tool_is_reported_on_and_nothing_is_taken(draft):
    found = upload_report(actor(ROBIN), draft, "C:\\Drawn by hand\\visit 2.bpmn20.xml", FOREIGN.encode())
    assert (found.file, found.replaces, found.tool) == ("visit_2.bpmn", False, "Camunda Modeler 5.0")
    outcomes = {words.split()[0]: [row.name for row in rows] for words, rows in found.told}
    assert outcomes == {
        "Taken": ["camunda:formKey"],
        "Kept": ["camunda:asyncBefore"],
        "Without": ["camunda:assignee"],
    }
    assert {problem.rule for problem in found.problems} >= {"V4", "V11"}
    assert found.file not in draft_view(actor(ROBIN), draft).files


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE x><x/>", "document type"),
        (b"nothing", "well-formed"),
        (FOREIGN.replace("UTF-8", "ISO-8859-1").encode("latin-1"), "UTF-8"),
        (FOREIGN.replace("UTF-8", "UTF-16").encode("utf-16"), "UTF-8"),
    ],
)
def test_what_is_no_diagram_is_refused_with_the_mend(draft, content, words):
    with pytest.raises(InvalidInput) as refused:
        upload_report(actor(ROBIN), draft, "x.bpmn", content)
    assert words in refused.value.fields["file"]


def test_an_uploaded_diagram_with_a_number_is_refused(draft):
    with pytest.raises(SsnBlocked):
        upload_report(
            actor(ROBIN), draft, "x.bpmn", FOREIGN.replace('"Visit"', '"Visit 123-45-6789"').encode()
        )


def test_an_uploaded_diagram_is_taken_unless_somebody_else_was_quicker(desk, draft):
    robin, base = browser(desk, ROBIN), f"/processes/drafts/{draft}/diagram"
    sent = {"file": (io.BytesIO(FOREIGN.encode()), "visit.bpmn"), "replaces": "opt_out_again.bpmn"}
    assert "In place of Opt out again" in robin.post(f"{base}/upload", data=sent).text
    assert robin.post(f"{base}/upload", data={}).status_code == 422
    change_draft(actor(ROBIN), draft, {"scenarios/other.json": "{}"}, 1)
    taken = {"file": "visit.bpmn", "text": FOREIGN, "row_version": "1"}
    refused = robin.post(f"{base}/take", data=taken)
    assert refused.status_code == 409
    assert "has changed this draft" in refused.text
    assert "kermit" in refused.text
    assert robin.post(f"{base}/take", data={**taken, "row_version": "2"}).status_code == 302
    assert "visit.bpmn" in draft_view(actor(ROBIN), draft).files
    assert robin.get(f"{base}/visit.bpmn").status_code == 200
    assert robin.get(f"{base}/gone.bpmn").status_code == 404
