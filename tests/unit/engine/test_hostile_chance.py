"""What chance makes of diagrams and saved states is refused with the right exception, or runs into a limit."""

import time

import mutating
import pytest
from bpmn_builder import files
from hostile_diagrams import RUNS, SOUND, bundle, flow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_examples import EXAMPLES
from surviving import survive

import engine

SHORT = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(min_value=0, max_value=2**48)
LARGE = {"flows-3000", "flows-3000-out-of-a-fork", "elements-1490-alone", "a-line-of-1400", "ad-hoc-of-300"}
DIAGRAMS = [
    *(
        content
        for example in EXAMPLES.values()
        for side in ("broken", "sound")
        for content in example.bundle(side).values()
    ),
    *(
        case["main.bpmn"]
        for name, case in RUNS.items()
        if name not in LARGE and len(case["main.bpmn"]) < 20_000
    ),
]


@pytest.mark.parametrize("rules", ["house", "standard", "walk"])
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@SHORT
def test_bytes_are_refused(content, rules):
    assert engine.check({"x.bpmn": content}, rules=rules)
    with pytest.raises(engine.InvalidDefinition):
        engine.load({"x.bpmn": content}, "P", rules=rules)


@given(place=st.integers(0, len(SOUND)), inserted=st.binary(min_size=1, max_size=8))
@SHORT
def test_bytes_inside_of_a_diagram_do_no_harm(place, inserted):
    survive({"main.bpmn": SOUND[:place] + inserted + SOUND[place:]})


@given(content=st.sampled_from(DIAGRAMS), seed=SEEDS)
@SHORT
def test_a_changed_diagram_does_no_harm(content, seed):
    before = time.process_time()
    survive({"main.bpmn": mutating.diagram(content, seed)})
    assert time.process_time() - before < 10


STATES = {
    "parallel": "start S\n and G\n user A\n user B\n and J\n end E\n S -> G -> A -> J -> E\n G -> B -> J",
    "boundaries": "start S\n user A\n boundary T on=A timer='\"P1D\"' interrupting=no\n boundary M on=A message=m\n end E\n"
    " end F\n S -> A -> E\n T -> F\n M -> E",
    "race": "start S\n race R\n catch C message=m\n catch D timer='\"P1D\"'\n end E\n S -> R -> C -> E\n R -> D -> E",
    "inside": "start S\n sub Z {\n start ZS\n user A\n end ZE\n ZS -> A -> ZE\n }\n end E\n S -> Z -> E",
}


def several() -> engine.Definition:
    """A multi-instance activity and a loop, both waiting."""
    formal = 'xsi:type="tFormalExpression"'
    times = f"<loopCardinality {formal}>3</loopCardinality>"
    times = f"<multiInstanceLoopCharacteristics>{times}</multiInstanceLoopCharacteristics>"
    again = f"<loopCondition {formal}>loopCounter != 9</loopCondition>"
    again = f"<standardLoopCharacteristics>{again}</standardLoopCharacteristics>"
    inside = f'<startEvent id="S"/><userTask id="A">{times}</userTask>'
    inside += f'<subProcess id="B">{again}<userTask id="C"/></subProcess>'
    return engine.load(bundle(inside + flow("S", "A") + flow("S", "B")), "P", rules="standard")


def saved(name: str) -> tuple[engine.Definition, bytes]:
    """A waiting instance's definition and state."""
    definition = (
        several() if name == "several" else engine.load(files(main=STATES[name]), "main", rules="standard")
    )
    return definition, engine.Instance.start(
        definition, {"x": 1, "y": "text"}, lambda element, data: None
    ).dump()


SAVED = {name: saved(name) for name in (*STATES, "several")}


@given(name=st.sampled_from(sorted(SAVED)), seed=SEEDS)
@settings(SHORT, max_examples=400)
def test_a_forged_state_is_damaged_or_goes_on(name, seed):
    definition, content = SAVED[name]
    forged = mutating.state(content, seed)
    try:
        instance = engine.Instance.load(definition, forged, lambda element, data: None)
    except engine.DamagedState:
        return
    for work in instance.open_work()[:3]:
        try:
            if work.kind in ("user_task", "worker_task"):
                instance.complete(work.id, {})
            else:
                instance.fire(work.id)
        except engine.EngineError:
            return


@given(name=st.sampled_from(sorted(SAVED)), content=st.binary(max_size=200), place=st.integers(0, 2_000))
@SHORT
def test_bytes_that_are_no_state_are_damaged(name, content, place):
    definition, state = SAVED[name]
    for forged in (content, state[:place] + content):
        if forged != state:
            with pytest.raises(engine.DamagedState):
                engine.Instance.load(definition, forged, lambda element, data: None)
