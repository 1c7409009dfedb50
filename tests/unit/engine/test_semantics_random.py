"""Random structured processes over every construct, on random ways: saving changes nothing, and nothing gets stuck.

`make soak` walks through 3,000 of each, the larger ones counted from a seed (`SOAK=3000 SEED=0`, about 40 a second).
"""

import random

import pytest
from both_ways import Walk
from bpmn_builder import files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_constructs import BLOCKS, UNPAIRED, grown, mark_or_fail, wide_blocks, write_wide
from soaking import SEED, examples

import engine

CHOICES = st.binary(min_size=5, max_size=25).map(lambda drawn: [(byte % 6, byte // 6 % 4) for byte in drawn])
MANY = settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
DEEP = 4


def load(tree, steps: int = 400) -> engine.Definition:
    """The processes of a tree. A circle is noticed after so many steps."""
    return engine.load(files(**write_wide(tree)), "main", rules="standard", limits=engine.Limits(steps=steps))


def follow(tree, choices) -> Walk | None:
    """Walk along choices, kept and restored, until the end; None when a circle stopped it.

    A signal may be thrown by the very branch that its event starts: for ever, but for the limit.
    """
    try:
        walk = Walk(load(tree), {"x": 3}, lambda: mark_or_fail)
        for choice, x in choices:
            if not walk.open:
                break
            walk.let(choice % len(walk.open), {"x": x})
    except engine.StepLimit:
        return None
    return walk


@MANY
@given(wide_blocks(UNPAIRED), CHOICES)
def test_kept_and_restored_it_goes_the_same_way_and_ends_or_waits(tree, choices):
    """The trace, the open work, the data, the end and the saved bytes are compared after every move."""
    walk = follow(tree, choices)
    assert walk is None or bool(walk.open) is (walk.end is None)


@MANY
@given(wide_blocks(tuple(BLOCKS), most=5), CHOICES)
def test_where_tokens_are_multiplied_it_goes_the_same_way_too(tree, choices):
    """With two tokens on one way a join may melt what is counted later: it may stand for ever, both ways alike."""
    try:
        follow(tree, choices)
    except engine.Incident as incident:
        assert "Nothing is left" in incident.reason


def chances(chance: random.Random, walk: Walk, moves: int):
    """Random moves: mostly the work of people, so that events do not end everything early."""
    for _ in range(moves):
        work = walk.kept.open_work()
        people = [place for place, item in enumerate(work) if item.kind == "user_task"]
        if not work:
            return
        places = people if people and chance.random() < 0.7 else range(len(work))
        yield chance.choice(places), {"x": chance.randrange(4)}


@pytest.mark.parametrize("seed", range(SEED, SEED + examples(60)))
def test_a_larger_process_goes_the_same_way(seed):
    """Trees of blocks four deep, about a hundred elements each."""
    chance = random.Random(seed)
    definition = load(grown(chance, DEEP, UNPAIRED), steps=2_000)
    try:
        walk = Walk(definition, {"x": 3}, lambda: mark_or_fail)
        for place, data in chances(chance, walk, 60):
            walk.let(place, data)
    except engine.StepLimit:
        return
    assert bool(walk.open) is (walk.end is None)
    assert walk.end is not None or walk.cancel().open == []
