"""For random processes, random changes of them and random instances: what was foretold of a move is what comes of it."""

import pytest
from bpmn_builder import files
from editing import Editor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_processes import blocks, happen, mark, write
from soaking import examples

import engine
from engine import state as saved
from engine.migration import CannotMove, Moved, Mover, move, waiting_set

LIMITS = engine.Limits(steps=300)
CHOICES = st.binary(min_size=1, max_size=20).map(lambda drawn: [(byte % 6, byte // 6 % 4) for byte in drawn])
MANY = settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
BESIDE = ("boundaryEvent", "startEvent")


def definition(content: dict[str, bytes]) -> engine.Definition | None:
    """The definition of changed files, if they are one."""
    try:
        return engine.load(content, "main", rules="standard", limits=LIMITS)
    except engine.InvalidDefinition:
        return None


def walked(begun: engine.Definition, choices: list[tuple[int, int]]) -> engine.Instance | None:
    """An instance after some choices; None when it is over or turns in circles."""
    instance = engine.Instance.start(begun, {"x": 3}, mark)
    for choice, x in choices:
        if instance.ended or happen(instance, choice, x):
            return None
    return None if instance.ended else instance


def paths(instance: engine.Instance) -> dict[str, str]:
    """The tokens that are paths of their own: their ids and places."""
    tokens = instance._run.tokens()
    return {token.id: token.task_spec.name for token in tokens if token.element.kind not in BESIDE}


@MANY
@given(blocks(), CHOICES)
def test_moving_to_the_same_drawing_changes_nothing(tree, choices):
    content = files(**write(tree))
    instance = walked(definition(content), choices)
    if instance is None:
        return
    again = definition({name: text + b"\n<!-- again -->" for name, text in content.items()})
    state = instance.dump()
    moved = move(instance.definition, again, state)
    assert moved.changes == ()
    before, after = saved.opened(instance.definition, state), saved.opened(again, moved.state)
    assert before.pop("definition") != after.pop("definition")
    assert before == after
    assert move(again, instance.definition, moved.state).state == state


@MANY
@given(blocks(), CHOICES, st.integers(0, 10**6), st.booleans())
def test_what_is_foretold_comes_about_and_no_path_is_lost(tree, choices, seed, back):
    content = files(**write(tree))
    first, second = definition(content), definition(Editor(content, seed).edit(1 + seed % 4).files)
    if second is None:
        return
    old, new = (second, first) if back else (first, second)
    instance = walked(old, choices)
    if instance is None:
        return
    try:
        moved = Mover(old, new).move(instance.dump())
    except CannotMove as reason:
        assert reason.element_id in {**old.elements, **new.elements} and reason.reason
        return
    _check(instance, new, moved)
    _goes_on(engine.Instance.load(new, moved.state, mark))


def _check(before: engine.Instance, new: engine.Definition, moved: Moved) -> None:
    after = engine.Instance.load(new, moved.state, mark)
    assert paths(after) == paths(before)
    assert waiting_set(after.open_work()) == waiting_set(moved.work)
    kept = {item.element.id for item in before.open_work()} & {item.element.id for item in after.open_work()}
    told = {
        kind: {c.element for c in moved.changes if c.kind == kind and c.what != "step"}
        for kind in ("gained", "lost")
    }
    now = {item.element.id for item in after.open_work()}
    assert now - kept == told["gained"] - kept
    assert {item.element.id for item in before.open_work()} - kept == told["lost"] - kept
    values = {item.id: item.value for item in before.open_work()}
    reset = {c.element for c in moved.changes if c.kind == "changed" and c.what == "timer"}
    for item in after.open_work():
        assert item.id not in values or values[item.id] == item.value or item.element.id in reset


def _goes_on(instance: engine.Instance) -> None:
    """Completing whatever is first and letting everything happen in turn leads on and never into a stop."""
    try:
        for step in range(60):
            if instance.ended or happen(instance, step, 1 + step % 3):
                return
    except AssertionError as failed:
        pytest.fail(f"It stands still: {failed.__context__}")
