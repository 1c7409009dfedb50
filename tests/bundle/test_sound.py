"""What is right is accepted, and runs: sound changes of the bundle, constructs drawn beside it, diagrams of other tools."""

from functools import cache
from types import SimpleNamespace

import pytest

from engine import dialects
from engine.scenario import Move, Player, Result
from engine.scenario import Scenario as Run
from tests.bundle.drawn import DRAWN, WAYS, Drawn
from tests.bundle.foreign_diagrams import FOREIGN, Foreign
from tests.bundle.sound import CHANGES, Sound
from tests.bundle.versions import SHIPPED
from workflows import scenarios, steps
from workflows.bundle_checks import BundleProblem, problems, refusals
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.scenario_play import play
from workflows.scenario_words import differences

CALLED = ("add_seeker_to_office.bpmn", "service_levels.toml")
KINDS = {"!": "fire", "<": "receive", "~": "signal"}


def test_there_are_enough_of_them() -> None:
    names = [one.name for one in (*CHANGES, *DRAWN)] + [one.file for one in FOREIGN]
    assert len(set(names)) == len(names) >= 40
    assert len(FOREIGN) >= 12


@pytest.mark.parametrize("sound", CHANGES, ids=lambda sound: sound.name.replace(" ", "_"))
def test_a_sound_change_is_accepted_and_what_does_not_touch_it_runs_as_before(sound: Sound) -> None:
    files = sound.files()
    assert refusals(files) == {}
    bundle = Bundle(MAIN_PROCESS, files)
    for key in sound.same:
        scenario = scenarios.read(files, scenarios.file_of(key))
        assert list(differences(bundle, scenario, play(bundle, scenario))) == []


@cache
def found() -> list[BundleProblem]:
    """What refuses the bundle with everything that is drawn beside it, the diagrams of other tools as they come."""
    files = {**SHIPPED, "ways.dmn": WAYS, **{one.file: one.content for one in DRAWN}}
    files |= {one.file: one.content.decode() for one in FOREIGN}
    return [problem for problem in problems(Bundle(MAIN_PROCESS, files)) if not problem.warning]


def walked(bundle: Bundle, process: str, moves: list[Move], restoring: bool) -> Result:
    """How a process of a bundle comes out."""
    player = Player(bundle.definition(process), Run(moves=moves), restoring=restoring, step=_count)
    return player.play()


def _count(element: object, data: object) -> object:
    return steps.count(SimpleNamespace(element=element, data=data))


def _move(drawn: Drawn, told: object) -> Move:
    target, data = told if isinstance(told, tuple) else (str(told), {})
    kind = KINDS.get(target[0], "complete")
    target = target.lstrip("!<~")
    return Move(kind, target if kind in ("receive", "signal") else drawn.named(target), data)


@pytest.mark.parametrize("restoring", [False, True], ids=["kept", "restored"])
@pytest.mark.parametrize("drawn", DRAWN, ids=lambda drawn: drawn.process)
def test_a_construct_is_accepted_and_runs_to_its_end(drawn: Drawn, restoring: bool) -> None:
    assert [one.sentence for one in found() if one.file in (drawn.file, "ways.dmn")] == []
    bundle = Bundle(drawn.process, {drawn.file: drawn.content, "ways.dmn": WAYS, **_called()})
    result = walked(bundle, drawn.process, [_move(drawn, told) for told in drawn.moves], restoring)
    assert (result.ended, result.outcome, result.open) == (True, drawn.outcome, ())


def _called() -> dict[str, str]:
    return {name: SHIPPED[name] for name in CALLED}


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda foreign: foreign.process)
def test_a_diagram_of_another_tool_is_reported_on_taken_over_and_runs(foreign: Foreign) -> None:
    report = dialects.report(foreign.content, foreign.file)
    assert (report.tool, report.counts, report.problems) == (foreign.tool, foreign.counts, ())
    assert {one.element: one.rule for one in found() if one.file == foreign.file} == foreign.refused
    bundle = Bundle(foreign.process, {foreign.file: foreign.taken_over(), **_called()})
    moves = [Move("complete", task, {"found_in": "not_found"}) for task in foreign.done]
    result = walked(bundle, foreign.process, moves, restoring=False)
    assert (result.ended, result.open) == (True, ())


def test_the_diagrams_of_other_tools_are_accepted_when_they_are_taken_over() -> None:
    assert refusals({**SHIPPED, **{one.file: one.taken_over() for one in FOREIGN}}) == {}
