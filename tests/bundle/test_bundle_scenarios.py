"""Every scenario of the bundle: who gets which task, who is told, and how the case ends.

The scenarios stand in `bpmn/opt_in_5512pro/scenarios`, one case per file. Each is played with one instance kept in
memory, and with the instance saved and restored between all moves.
"""

from dataclasses import replace
from typing import Any

import pytest

from engine.scenario import Result, Scenario, run
from tests.bundle.procedure import definition, elements, label, process_answers
from tests.bundle.stories import USUAL, Story, answers, stories
from tests.bundle.walk import walk_through
from workflows.outbox import MESSAGES

OUTCOMES = {
    "found_in_own_office", "found_other_office_added", "registration_not_completed", "not_in_eto",
    "located_by_esd", "opted_in", "remained_opted_out_accepted", "remained_opted_out_declined",
    "client_unreachable", "withdrawn", "opted_out_again", "handed_to_esd", "closed_agreement_lapsed",
    "duplicate_of", "opened_in_error", "not_permitted",
}  # fmt: skip
"""The closed list of domain 3.6."""


@pytest.fixture(params=stories())
def story(request: pytest.FixtureRequest) -> Story:
    """Each scenario in turn."""
    return stories()[request.param]


def tasks(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The labels of the user tasks among elements."""
    return tuple(label(name) for name in ids if elements()[name].kind == "userTask")


def notices(result: Result) -> tuple[str, ...]:
    """The kinds of messages that were sent, in order."""
    return tuple(step for name in result.visited if (step := elements()[name].step) in MESSAGES)


@pytest.mark.parametrize("restoring", [False, True], ids=["kept", "restored"])
def test_a_scenario_comes_out_as_expected(story: Story, restoring: bool) -> None:
    result = run(definition(story.process), story.scenario, restoring=restoring)
    assert (result.ended, result.outcome, result.open) == (True, story.outcome, ())
    assert notices(result) == story.notices
    assert tasks(result.cancelled) == story.withdrawn
    completed = [label(move.target) for move in story.scenario.moves if move.kind == "complete"]
    assert list(tasks(result.visited)) == completed
    assert sorted(completed + list(story.withdrawn)) == sorted(story.path)


def test_restored_equals_kept_in_every_detail(story: Story) -> None:
    kept, restored = (run(definition(story.process), story.scenario, restoring=way) for way in (False, True))
    assert restored == kept


def test_the_tasks_open_when_and_in_the_order_that_is_expected(story: Story) -> None:
    opened = [element.id for element in walk_through(story).seen("entered")]
    assert tasks(tuple(opened)) == story.path


@pytest.mark.parametrize("answer", ["accepted", "declined", "wants_time"])
def test_the_partner_cannot_tell_from_its_tasks_what_the_client_said_to_the_offer(answer: str) -> None:
    """The partner's task opens with the notice, whatever the answer; only ESD's own task differs (domain X14)."""
    walk = walk_through(until_the_offer())
    walk.happen_to("T12_OfferEsdWioaStaff", {"offer_response": answer})
    partners = [work.element.id for work in walk.open if work.lane == "Partner case manager"]
    assert sorted(partners) == ["T14_AssistRemainedOptedOut", "TM_OfferOpen"]
    assert ("T13" in walk.open_tasks) is (answer == "accepted")
    walk.happen_to("T14_AssistRemainedOptedOut", {})
    assert walk.open_tasks == (["T13"] if answer == "accepted" else [])


def until_the_offer() -> Story:
    """The scenario in which the client remains opted out, up to the offer."""
    story = stories()["remained_opted_out_declined"]
    moves = story.scenario.moves[:-2]
    return replace(story, scenario=replace(story.scenario, moves=moves), nexts=story.nexts[:-2])


def test_the_steps_of_a_scenario_return_what_the_steps_would(story: Story) -> None:
    returned = walk_through(story).kept.host.returned
    for name, told in story.scenario.steps.items():
        real = [result for step, result in returned if step == name]
        assert [told[min(i, len(told) - 1)] for i in range(len(real))] == real, name


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
    usual = {name: [process_answers(elements()[name], answers(name, {}))] * 9 for name in USUAL["answers"]}
    told = {task: [process_answers(elements()[task], answers(task, one)) for one in given]}
    assert run(definition(process), Scenario(answers=usual | told)).outcome == outcome


def test_every_outcome_of_the_domain_and_no_other_is_reached() -> None:
    assert {story.outcome for story in stories().values()} == OUTCOMES


def test_the_usual_answers_are_complete_for_every_task() -> None:
    ids = {element.id for element in elements().values() if element.kind == "userTask"}
    assert USUAL["answers"].keys() == ids
    assert all(answers(element_id, {}) == USUAL["answers"][element_id] for element_id in ids)
