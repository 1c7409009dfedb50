"""The scenarios together visit every element and every sequence flow of the five diagrams, and reach every outcome."""

import pytest

from tests.bundle.procedure import BUNDLE, elements, flows
from tests.bundle.stories import stories
from workflows.bundle_proofs import proof_of, proofs
from workflows.coverage import Coverage, coverage
from workflows.definitions import Bundle
from workflows.scenario_play import play

OUTCOMES = {
    "found_in_own_office", "found_other_office_added", "registration_not_completed", "not_in_eto",
    "located_by_esd", "opted_in", "remained_opted_out_accepted", "remained_opted_out_declined",
    "client_unreachable", "withdrawn", "opted_out_again", "handed_to_esd", "closed_agreement_lapsed",
    "duplicate_of", "opened_in_error", "not_permitted",
}  # fmt: skip
"""The closed list of domain 3.6."""


def only(key: str) -> Coverage:
    """What one scenario comes past."""
    return coverage(BUNDLE, [play(BUNDLE, stories()[key])])


def test_everything_is_visited_and_nothing_else_is_there() -> None:
    covered = proof_of(BUNDLE).coverage
    assert len({element.process_id for element in elements().values()}) == len(BUNDLE.diagrams) == 5
    assert (covered.missed_elements, covered.missed_flows, covered.missed_outcomes) == ([], [], [])
    assert covered.elements == elements().keys()
    assert covered.flows == {flow.id for flow in flows()}
    assert set(covered.outcomes) == covered.reached == OUTCOMES


def test_what_one_scenario_comes_past_is_counted() -> None:
    covered = only("not_permitted")
    assert covered.visited == {"Start_NotFound", "SY_CheckMayOpen", "G0_MayOpen", "End_not_permitted"}
    assert covered.taken == {"Flow_Start_NotFound_SY", "Flow_SY_CheckMayOpen_G0", "Flow_G0_no"}
    assert covered.reached == {"not_permitted"}


def test_an_outcome_without_a_scenario_refuses_and_an_element_without_one_warns() -> None:
    files = {**BUNDLE.files}
    del files["scenarios/duplicate_of.json"]
    found = [(problem.rule, problem.element, problem.warning) for problem in proofs(Bundle("x", files))]
    assert found == [("P2", "", False), ("P2", "End_duplicate_of", True)]


HOLES = [
    ('elements = ["T12_OfferEsdWioaStaff"', 'others = ["T12_OfferEsdWioaStaff"', "P4", "5512PRO 7g", False),
    ('"T8_CaseManagerLastTry"', '"T8_Gone"', "P5", "5512PRO 6", False),
    ('number = "5512PRO 5"', 'number = "5512PRO 9"', "P6", "5512PRO 5", True),
    ('number = "5512PRO 5"', 'number = "5512PRO 4"', "P4", "5512PRO 4", False),
    ("[[clause]]", "[[claws]]", "P4", "no clause", False),
    ("[[clause]]", "[[clause", "P4", "TOML", False),
]
"""What is changed in the trace, the rule that it breaks, what the problem names, and whether it is a warning."""


@pytest.mark.parametrize(("old", "new", "rule", "names", "warning"), HOLES)
def test_a_hole_in_the_trace_is_found(old: str, new: str, rule: str, names: str, warning: bool) -> None:
    trace = BUNDLE.files["trace.toml"].replace(old, new)
    (problem,) = proofs(Bundle("x", {**BUNDLE.files, "trace.toml": trace}))
    assert (problem.rule, problem.warning) == (rule, warning)
    assert names in problem.sentence


def test_a_bundle_without_a_trace_is_refused_and_a_waiver_closes_a_hole() -> None:
    files = {name: text for name, text in BUNDLE.files.items() if name != "trace.toml"}
    (problem,) = proofs(Bundle("x", files))
    assert (problem.file, problem.rule, problem.warning) == ("trace.toml", "P4", False)
    waived = BUNDLE.files["trace.toml"].replace('elements = ["T12_', 'waiver = "SAMPLE"\nothers = ["T12_')
    assert proofs(Bundle("x", {**BUNDLE.files, "trace.toml": waived})) == []
