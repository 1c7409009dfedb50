"""Every scenario of the bundle: who gets which task, who is told, and how the case ends.

The scenarios stand in `bpmn/opt_in_5512pro/scenarios`, one case per file. Each is played with one instance kept in
memory, and with the instance saved and restored between all moves.
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.editing import set_properties
from engine.rewiring import NewStep, add_step
from engine.scenario import Scenario as Run
from engine.scenario import run
from notifications.render import PARTS
from tests.bundle.procedure import BUNDLE, definition, elements, process_answers
from tests.bundle.stories import USUAL, answers, stories
from tests.bundle.walk import Walk
from workflows import scenarios
from workflows.bundle_proofs import proof_of, proofs
from workflows.definitions import Bundle
from workflows.scenario_edits import catch_up
from workflows.scenario_play import play
from workflows.scenario_words import differences
from workflows.scenarios import Scenario


def test_every_scenario_comes_out_as_expected_kept_and_restored() -> None:
    proof = proof_of(BUNDLE)
    assert {run.file: found for run in proof.runs if (found := proof.differences(run))} == {}
    assert len(proof.runs) == len(stories()) >= 45


@pytest.mark.parametrize("key", stories())
def test_a_scenario_is_the_same_after_it_was_written_and_read(key: str) -> None:
    scenario = stories()[key]
    assert scenarios.read({scenario.file: scenarios.text_of(scenario)}, scenario.file) == scenario


def changed(key: str, **expected: Any) -> Scenario:
    """A scenario that expects something else."""
    scenario = stories()[key]
    return replace(scenario, expected=replace(scenario.expected, **expected))


TOLD = [
    ({"path": ["T1", "T2", "T3", "T4", "T5", "T6", "T8"], "withdrawn": ("T6", "T7")},
     "After “Ask the client to call the supervisor” the step “Try once more to reach the client” was expected, but "
     "“Record the contact and verify what the client wishes” opened."),
    ({"path": ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8"]}, "was expected, but no further step opened."),
    ({"path": ["T1", "T2", "T3", "T4", "T5", "T6"]}, "no further step was expected, but “Record the contact"),
    ({"withdrawn": ("T7",)}, "These steps were expected to be withdrawn: “Record the contact and verify what the "
     "client wishes”. Withdrawn were: “Ask the client to call the supervisor”, “Record the contact"),
    ({"notices": ("notify_supervisor",)}, "The mail “Opt-in request …: withdrawn” was sent, but it was not expected."),
    ({"notices": ("notify_partner_withdrawn", "notify_supervisor")}, "in another order"),
    ({"outcome": "opted_in"}, "The case was expected to end as “Opted in”, but it ended as “Withdrawn”."),
]  # fmt: skip
"""What the scenario of a client who withdraws is made to expect, and what is said then."""


@pytest.mark.parametrize(("expected", "sentence"), TOLD)
def test_what_comes_out_otherwise_is_told_in_a_sentence(expected: dict[str, Any], sentence: str) -> None:
    scenario = changed(
        "withdrawn_while_waiting",
        **{name: v if isinstance(v, str) else tuple(v) for name, v in expected.items()},
    )
    (told,) = differences(BUNDLE, scenario, play(BUNDLE, scenario))
    assert sentence in told


def test_a_move_that_does_not_fit_is_told_with_what_is_open() -> None:
    scenario = stories()["opted_in"]
    skipped = replace(scenario, moves=scenario.moves[:6] + scenario.moves[7:])
    (told,) = differences(BUNDLE, skipped, play(BUNDLE, skipped))
    assert "“Find the client” was to come next" in told
    assert "“Record the contact and verify what the client wishes”." in told
    refused = replace(scenario, moves=(replace(scenario.moves[0], data={"total_own": "many"}),))
    assert (
        "“Number of clients found in your office”" in differences(BUNDLE, refused, play(BUNDLE, refused))[0]
    )


BROKEN = [
    ("{", "JSON"), ("[]", "braces"), ('{"name": "x"}', "process"), ('{"name": "x", "process": "none"}', "no process"),
    ('{"name": "x", "process": "y", "moves": [{"jump": "T1"}]}', "complete, fire"),
    ('{"name": "x", "process": "y", "moves": {}}', "brackets"), ("[" * 9000, "JSON"),
]  # fmt: skip


def test_a_file_that_is_no_scenario_is_a_problem_with_its_reason() -> None:
    broken = {f"scenarios/broken_{place}.json": text for place, (text, _) in enumerate(BROKEN)}
    found = {problem.file: problem for problem in proofs(Bundle("x", {**BUNDLE.files, **broken}))}
    assert found.keys() == broken.keys()
    for problem, (_, words) in zip(found.values(), BROKEN, strict=True):
        assert (problem.rule, problem.warning) == ("P3", False)
        assert words in problem.reason
    files = {**BUNDLE.files, scenarios.USUAL: "[]"}
    assert [(one.file, one.rule) for one in proofs(Bundle("x", files))] == [(scenarios.USUAL, "P3")]


def with_a_new_task_and_mail() -> Bundle:
    """The bundle with a task for everybody who is registered, and a mail of its own behind the change."""
    files = {**BUNDLE.files, **{f"mail/thanks/{part}": "SAMPLE {{ case_number }}" for part in PARTS}}
    note = {
        "title": "Words",
        "type": "string",
        "minLength": 10,
        "maxLength": 80,
        "x-visible-to": ["case_manager"],
    }
    source = json.loads(files["forms/T10_ConfirmVisible.json"])
    source["properties"]["words"], source["required"] = note, [*source["required"], "words"]
    files["forms/NoteTheAccount.json"] = json.dumps(source)
    for file, flow, new in (
        (
            "5512pro_main.bpmn",
            "Flow_G3_registered",
            NewStep("userTask", "Note the account", "Partner case manager"),
        ),
        (
            "opt_in_request.bpmn",
            "Flow_S3_T10",
            NewStep("serviceTask", "Send thanks", "System", step="send_mail"),
        ),
    ):
        content, element = add_step(files[file].encode(), flow, new)
        told = (
            {"mail": "thanks", "mailTo": "case_manager"}
            if new.step
            else {"formJsonSchemaFilename": f"{element}.json"}
        )
        files[file] = set_properties(content, element, told).decode()
    return Bundle(BUNDLE.key, files)


def test_every_scenario_follows_a_new_task_and_a_new_mail() -> None:
    bundle = with_a_new_task_and_mail()
    proof = proof_of(bundle)
    differing = [run.scenario for run in proof.runs if run.scenario and proof.differences(run)]
    followed = [catch_up(proof.bundle, scenario) for scenario in differing]
    assert len(followed) > 30
    assert all(one.same_end for one in followed)
    files = {one.scenario.file: scenarios.text_of(one.scenario) for one in followed}
    assert proofs(Bundle(BUNDLE.key, {**bundle.files, **files})) == []
    opted_in = next(one.scenario for one in followed if one.scenario.key == "opted_in")
    assert opted_in.expected.path[3] == opted_in.moves[3].target == "NoteTheAccount"
    assert opted_in.moves[3].data == {"visible": "own_office", "words": "SAMPLEEEEE"}
    assert opted_in.expected.notices == ("notify_supervisor", "notify_partner_change_made", "thanks")


def test_a_scenario_that_nothing_changes_for_stays_as_it_is() -> None:
    for scenario in stories().values():
        followed = catch_up(BUNDLE, scenario)
        assert followed.same_end
        assert followed.scenario.expected == scenario.expected


@pytest.mark.parametrize("answer", ["accepted", "declined", "wants_time"])
def test_the_partner_cannot_tell_from_its_tasks_what_the_client_said_to_the_offer(answer: str) -> None:
    """The partner's task opens with the notice, whatever the answer; only ESD's own task differs (domain X14)."""
    walk = until_the_offer()
    walk.happen_to("T12_OfferEsdWioaStaff", {"offer_response": answer})
    partners = [work.element.id for work in walk.open if work.lane == "Partner case manager"]
    assert sorted(partners) == ["T14_AssistRemainedOptedOut", "TM_OfferOpen"]
    assert ("T13" in walk.open_tasks) is (answer == "accepted")
    walk.happen_to("T14_AssistRemainedOptedOut", {})
    assert walk.open_tasks == (["T13"] if answer == "accepted" else [])


def until_the_offer() -> Walk:
    """The scenario in which the client remains opted out, up to the offer."""
    walk = Walk("opt_in_5512pro")
    for move in stories()["remained_opted_out_declined"].moves[:-2]:
        walk.happen_to(move.target, process_answers(elements()[move.target], answers(move.target, move.data)))
    return walk


CALLED = [
    ("add_seeker_to_office", "AS1_AddSeekerToOffice", [{"result": "added"}], "added"),
    ("add_seeker_to_office", "AS1_AddSeekerToOffice", [{"result": "already_enrolled"}], "added"),
    (
        "add_seeker_to_office",
        "AS1_AddSeekerToOffice",
        [{"result": "error"}, {"result": "seeker_not_listed"}],
        "seeker_not_listed",
    ),
    ("esd_record_opt_in", "RO1_FindClient", [{"found_in": "not_found"}], "record_not_found"),
    ("esd_record_opt_in", "RO2_OpenRecord", [{"opt_out_box_was": "clear"}], "already_opted_in"),
    ("esd_record_opt_in", "RO4_ReadBack", [{"read_back_ok": "no"}, {"read_back_ok": "yes"}], "done"),
]
"""A called process, the task on which it turns, the answers there, and how the process says it ended."""


@pytest.mark.parametrize(("process", "task", "given", "outcome"), CALLED, ids=[row[3] for row in CALLED])
def test_a_called_process_says_how_it_ended(process: str, task: str, given: list[Any], outcome: str) -> None:
    usual = {name: [process_answers(elements()[name], answers(name, {}))] * 9 for name in USUAL.answers}
    told = {task: [process_answers(elements()[task], answers(task, one)) for one in given]}
    assert run(definition(process), Run(answers=usual | told)).outcome == outcome


def test_the_usual_answers_are_complete_for_every_task() -> None:
    ids = {element.id for element in elements().values() if element.kind == "userTask"}
    assert USUAL.answers.keys() == ids
    assert all(answers(element_id, {}) == USUAL.answers[element_id] for element_id in ids)
