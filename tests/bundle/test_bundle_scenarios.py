"""Every scenario of the bundle: who gets which task, who is told, and how the case ends.

The scenarios stand in `bpmn/opt_in_5512pro/scenarios`, one case per file. Each is played with one instance kept in
memory, and with the instance saved and restored between all moves.
"""

import pytest

from engine.scenario import Result, run
from tests.bundle.procedure import definition, elements, label
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


def test_the_tasks_open_in_the_expected_order(story: Story) -> None:
    opened = [element.id for element in walk_through(story).seen("entered")]
    assert tasks(tuple(opened)) == story.path


def test_the_steps_of_a_scenario_return_what_the_steps_would(story: Story) -> None:
    returned = walk_through(story).kept.host.returned
    for name, told in story.scenario.steps.items():
        real = [result for step, result in returned if step == name]
        assert [told[min(i, len(told) - 1)] for i in range(len(real))] == real, name


def test_every_outcome_of_the_domain_and_no_other_is_reached() -> None:
    assert {story.outcome for story in stories().values()} == OUTCOMES


def test_the_usual_answers_are_complete_for_every_task() -> None:
    ids = {element.id for element in elements().values() if element.kind == "userTask"}
    assert USUAL["answers"].keys() == ids
    assert all(answers(element_id, {}) == USUAL["answers"][element_id] for element_id in ids)
