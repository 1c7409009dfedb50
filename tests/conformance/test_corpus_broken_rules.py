"""Files that break a numbered rule of BPMN, and their sound twins."""

from collections import Counter
from typing import Any

import corpus
import pytest
from lxml import etree

from engine import conformance

WHOLE = ("process", "collaboration", "definitions")
NAMESPACES = {"bpmn": corpus.BPMN}


def look(case: dict[str, Any]) -> str:
    """`silent`, `elsewhere` or `named` for a broken file; `passed` or `alarm` for a sound one."""
    conformance.configure(force_executable=True)
    report = conformance.deploy(corpus.FOLDER / case["file"])
    refusals = [report["error"]] if report["error"] else []
    refusals += [refusal for entry in report["definitions"] for refusal in entry["refusals"]]
    if case["valid"]:
        # A text in no language at all stands for an expression in some sound files; it cannot be evaluated.
        return "alarm" if any(refusal["rule"] != "V5" for refusal in refusals) else "passed"
    told = refusals + [warning for entry in report["definitions"] for warning in entry["warnings"]]
    names = touched(case)
    if any(not names or refusal["element_id"] in names for refusal in told):
        return "named"
    return "elsewhere" if told else "silent"


def touched(case: dict[str, Any]) -> set[str]:
    """The ids that name the broken element: its own, of what it belongs to, of its ends, and of its parts."""
    root = etree.parse(corpus.FOLDER / case["file"]).getroot()
    names: set[str] = set()
    for xpath in case["xpaths"]:
        for element in root.xpath(xpath, namespaces=NAMESPACES):
            names |= set(bearers(element))
            names |= {
                element.get(key) for key in ("sourceRef", "targetRef", "attachedToRef") if element.get(key)
            }
            names |= {child.get("id") for child in element if child.get("id")}
    return names


def bearers(element: etree._Element) -> list[str]:
    """The ids of an element and of what it belongs to: a definition to its event, an association to its activity."""
    around = [each for each in (element, *element.iterancestors()) if each.get("id")]
    inside = [each for each in around if etree.QName(each).localname not in WHOLE]
    return [each.get("id") for each in inside[:2] or around[:1]]


@corpus.present
@pytest.mark.slow
def test_a_broken_rule_is_reported_on_its_element_and_a_sound_twin_is_let_in():
    counted, notes = Counter(), []
    for case in corpus.expected("broken-rules.json"):
        kind, result = corpus.alone(look, case)
        verdict = result if kind == "done" else kind
        counted[verdict] += 1
        notes += [(verdict, case["file"], case["rule"])] if verdict not in ("named", "passed") else []
    broken = counted["named"] + counted["elsewhere"] + counted["silent"]
    assert counted["crash"] == counted["hang"] == 0, notes
    assert counted["named"] >= 0.9 * broken, notes
    assert counted["alarm"] <= 0.02 * (counted["alarm"] + counted["passed"]), notes
