"""Two bundles compared: nothing of a difference is passed over, nothing is told that is none, both ways round."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from lxml import etree

import engine
from tests.bundle.versions import (
    FORM,
    MAIL,
    REQUEST,
    SHIPPED,
    TIMES,
    VERSIONS,
    Files,
    changed,
    edited,
    question,
)
from workflows.comparing import Change, compare
from workflows.comparing_words import told
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.scenarios import USUAL


def sentences(after: Files) -> list[str]:
    groups = told(Bundle(MAIN_PROCESS, SHIPPED), Bundle(MAIN_PROCESS, after))
    return [each.sentence for group in groups for each in (*group.changes, *group.moved)]


def test_a_scenario_is_compared_in_words() -> None:
    file = "scenarios/agreement_lapsed_twice_and_resumed.json"
    scenario = json.loads(SHIPPED[file])
    scenario["moves"][0]["data"] = {"total_own": 2}
    scenario["moves"].insert(1, {"receive": "client_withdrew"})
    scenario["expect"]["outcome"] = "withdrawn"
    scenario["steps"] = {"check_may_open": [{"may_open": False}]}
    usual = json.loads(SHIPPED[USUAL])
    usual["answers"]["T1_QuickSearchOwnOffice"]["total_own"] = 3
    after = {**SHIPPED, file: json.dumps(scenario), USUAL: json.dumps(usual)}
    groups = told(Bundle(MAIN_PROCESS, SHIPPED), Bundle(MAIN_PROCESS, after))
    lines = {
        (line.sign, line.text.strip())
        for group in groups
        for each in group.changes
        for line in each.lines
        if line.sign != " "
    }
    found = "Number of clients found in your office"
    assert lines >= {
        ("+", f"{found}: 2"), ("+", "It happens: “Client withdrew”"), ("+", "Ends as: “Withdrawn”"),
        ("+", "“Check whether the agency may open a case” gives: may open: no"),
        ("-", f"{found}: 0"), ("+", f"{found}: 3"),
    }  # fmt: skip
    assert not [text for _, text in lines if "{" in text or "_" in text], "nothing is shown as a file has it"
    assert "Usual answers of the scenarios" in [group.title for group in groups]


def turned(change: Change) -> Change:
    """The same change seen from the other side."""
    kinds = {"added": "removed", "removed": "added"}
    kind = kinds.get(change.kind, change.kind)
    return replace(change, kind=kind, before=change.after, after=change.before, name="", tag="")


@settings(max_examples=40, deadline=None)
@given(VERSIONS, VERSIONS)
def test_changes_are_told_for_what_differs_and_the_same_from_both_sides(one, two):
    a, b = edited(one), edited(two)
    there, back = compare(a, b), compare(b, a)
    assert compare(a, a) == []
    assert {change.file for change in there} == {file for file in {*a, *b} if a.get(file) != b.get(file)}
    assert {turned(change) for change in there} == {replace(change, name="", tag="") for change in back}
    assert all(each.sentence for group in told(Bundle("p", a), Bundle("p", b)) for each in group.changes)


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (changed(REQUEST, 'due" value="offer_due"', 'due" value="esd_check_due"'),
         "Step “Offer to work with ESD WIOA staff” is due in 2 business days; it was due in 1 business day."),
        (changed(REQUEST, 'service_level("client_call_window")', 'service_level("undecided_window")'),
         "Event “Client has not called” comes in 10 business days; it came in 5 business days."),
        (changed("5512pro_main.bpmn", '<bpmn:lane id="Lane_Main_CaseManager" name="Partner case manager"',
                 '<bpmn:lane id="Lane_Main_CaseManager" name="ESD staff"'),
         "Step “Search in all offices” is done by ESD staff; it was done by Case manager."),
        (changed("opt_out_again.bpmn", 'name="Verify identity and wish"', 'name="Verify"'),
         "Step “Verify identity and wish” is now called “Verify”."),
        (changed("opt_out_again.bpmn", 'wish == "opt_out"', 'wish == "x"'),
         "Path “yes” from “Does the client want to opt out?” to “Set the opt-out and read it back” is taken if "
         "“identity_verified == \"yes\" and wish == \"x\"”; it was taken if "
         "“identity_verified == \"yes\" and wish == \"opt_out\"”."),
        (question(title="How?"), "Question “How did you ask?” is now worded “How?”."),
        (question(enum=["phone"]), "Question “How did you ask?” has other options: “phone”; they were “in_person”, "
                                   "“phone”, “mail”, “e-mail”, “text”."),
        (changed(FORM, '"asked_at",\n    "asked_by"', '"asked_by"'),
         "Question “When did you ask the client?” may now be left open."),
        (changed(TIMES, 'after = "45 days"', 'after = "60 days"'),
         "“A case that is still open at this age is reviewed by the program manager”: 60 days; it was 45 days."),
        (changed(MAIL, "request: {{ link }}", "request here: {{ link }}"), "The text says something else."),
        ({file: text for file, text in SHIPPED.items() if file != MAIL}, "This file is gone."),
        (changed("opt_out_again.bpmn", "?>\n", "?>\n\n"),
         "The file is only written in another way; nothing in it means anything else."),
    ],
)  # fmt: skip
def test_a_change_is_said_in_a_sentence(after, sentence):
    assert sentence in sentences(after)


def test_nothing_that_a_diagram_says_can_change_unseen():
    before = SHIPPED["opt_out_again.bpmn"].encode()
    unseen = [place for place, after in mutated(before) if engine.differences(before, after) == []]
    assert set(unseen) <= NO_MEANING


NO_MEANING = {
    "definitions id", "laneSet id", "incoming text", "outgoing text", "BPMNDiagram id", "BPMNPlane id", "BPMNShape id",
    "BPMNEdge id", "BPMNPlane bpmnElement", "conditionExpression type",
}  # fmt: skip
"""What differs from tool to tool, or is said a second time elsewhere in the file."""


def mutated(before: bytes) -> Iterator[tuple[str, bytes]]:
    """The diagram with one attribute or text after the other changed, and where."""
    root = etree.fromstring(before)
    for element in root.iter("{*}*"):
        tag = etree.QName(element).localname
        for name, value in element.attrib.items():
            element.set(name, "7" if value.isdigit() else f"{value}9")
            yield f"{tag} {etree.QName(name).localname}", etree.tostring(root)
            element.set(name, value)
        if (element.text or "").strip():
            element.text, kept = f"{element.text} more", element.text
            yield f"{tag} text", etree.tostring(root)
            element.text = kept


def test_what_only_stands_elsewhere_is_told_as_moved():
    shape = re.search(
        r'bpmnElement="OO1_VerifyIdentityAndWish">\s*<dc:Bounds x="\d+', SHIPPED["opt_out_again.bpmn"]
    )
    assert shape
    after = changed("opt_out_again.bpmn", shape[0], re.sub(r"\d+$", "9", shape[0]))
    assert sentences(after) == ["Step “Verify identity and wish” stands elsewhere in the drawing."]


def test_lines_of_a_mail_that_differ_are_shown():
    after = changed(MAIL, "request: {{ link }}", "request here: {{ link }}")
    (group,) = told(Bundle(MAIN_PROCESS, SHIPPED), Bundle(MAIN_PROCESS, after))
    assert [line.text for line in group.changes[0].lines if line.sign == "+"] == [
        "Open the request here: {{ link }}"
    ]
