"""Hostile diagrams are refused, or run into a limit: in bounded time, and nothing in them is ever executed."""

import resource

import pytest
from hostile_diagrams import CODE, FILES, IDS, PLACES, RUNS, SOUND
from surviving import survive, watched

import engine

REFUSED = {"house": "refused", "standard": "refused", "walk": "refused"}

survive(
    {"main.bpmn": SOUND}
)  # What is imported only when it is needed is imported now, outside of the watch.
survive(PLACES["table"]("1"))
survive(PLACES["condition"]("x ="))


@pytest.fixture(autouse=True, scope="module")
def bounded_memory():
    """All of it together takes less than a gigabyte more."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000


def test_the_watch_notices_what_it_is_for(tmp_path):
    with pytest.raises(AssertionError, match="open"), watched():
        (tmp_path / "x").write_text("x")
    with pytest.raises(AssertionError, match="exec"), watched():
        eval("1 + 1")  # noqa: S307 - what the watch must notice.


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file(name):
    found = survive(FILES[name])
    if name.startswith(
        ("entity", "doctype", "utf", "ebcdic", "encoding", "processing", "other", "too-large")
    ):
        assert found == REFUSED
        assert {problem.rule[0] for problem in engine.check(FILES[name], "P")} == {"X"}


@pytest.mark.parametrize("name", IDS)
def test_a_hostile_id_is_only_a_text(name):
    survive(IDS[name])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("code", CODE)
def test_code_is_never_executed(code, place):
    survive(PLACES[place](CODE[code]), data={"x": "x"})


@pytest.mark.parametrize("code", CODE)
@pytest.mark.parametrize("place", ["condition", "while", "conditional-event"])
def test_code_in_a_condition_is_refused_on_its_element_or_ends_in_an_incident(code, place):
    files = PLACES[place](CODE[code])
    assert survive(files, data={"x": "x"})["standard"] in ("refused", "incident")
    found = [problem for problem in engine.check(files, "P", rules="standard") if not problem.warning]
    assert all(problem.element_id for problem in found)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_without_end_is_bounded(name):
    survive(RUNS[name])
