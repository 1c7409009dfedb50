"""For random processes and random ways through them: saving changes nothing, and plain SpiffWorkflow agrees."""

from bpmn_builder import files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_constructs import BLOCKS, INNER, WideWriter, wide_blocks
from random_processes import blocks, happen, look, mark, write
from soaking import examples
from stock import Stock

import engine

FEW_STEPS = engine.Limits(steps=300)
"""Circles are noticed sooner, so that they cost less."""
CHOICES = st.binary(min_size=1, max_size=25).map(lambda drawn: [(byte % 6, byte // 6 % 4) for byte in drawn])
MANY = settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])

FEWER = settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(blocks(), CHOICES)
def test_saved_and_loaded_between_all_steps_it_goes_the_same_way(tree, choices):
    definition = engine.load(files(**write(tree)), "main", limits=FEW_STEPS)
    kept = engine.Instance.start(definition, {"x": 3}, mark)
    restored = engine.Instance.start(definition, {"x": 3}, mark)
    assert look(kept) == look(restored)
    for choice, x in choices:
        if kept.ended:
            break
        kept.trace.clear()
        restored = engine.Instance.load(definition, restored.dump(), mark)
        circles = happen(kept, choice, x)
        assert happen(restored, choice, x) == circles
        if circles:
            break
        assert look(kept) == look(restored)
        assert kept.trace == restored.trace
        state = restored.dump()
        assert engine.Instance.load(definition, state, mark).dump() == state


@MANY
@given(blocks(), CHOICES)
def test_it_waits_for_something_or_has_ended(tree, choices):
    instance = engine.Instance.start(
        engine.load(files(**write(tree)), "main", limits=FEW_STEPS), {"x": 3}, mark
    )
    for choice, x in choices:
        assert bool(instance.open_work()) is not instance.ended
        if instance.ended or happen(instance, choice, x):
            break


def without_steps(text: str) -> str:
    """Plain SpiffWorkflow has no host: service tasks become throw events that do nothing."""
    return text.replace("service ", "throw ").replace(" step=mark", "")


STOCK_LEAVES = ("user", "user", "manual", "throw", "service")
INTERRUPTING = {**BLOCKS, "boundary": (("user", "sub", "call"), ("message", "signal"), (True,), INNER, INNER)}
COUNTED = {**BLOCKS, "repeat": (("times=2", "times=2 sequential=yes"), INNER)}
COMMON = ("seq", "and", "sub", "call")


def compare(tree, choices, *, with_data: bool) -> None:
    """Walk along choices, ours and plain SpiffWorkflow; open work (and data) and end are the same at every wait."""
    writer = WideWriter()
    writer.process("main", ("seq", "user", tree))
    processes = files(**{name: without_steps(text) for name, text in writer.processes.items()})
    ours = engine.Instance.start(engine.load(processes, "main", rules="standard"), {"x": 3}, mark)
    stock = Stock(processes, {"x": 3})
    for choice, x in choices:
        work = ours.open_work()
        mine = sorted(((item.element.id, _without_outcome(item.data)) for item in work), key=str)
        theirs = stock.open()
        assert mine == theirs if with_data else [name for name, _ in mine] == [name for name, _ in theirs]
        if not work:
            assert ours.ended and stock.ended
            break
        item = work[choice % len(work)]
        stock.happen(item.element.id, {"x": x})
        _happen_everywhere(ours, item, x)


def _happen_everywhere(ours: engine.Instance, item: engine.OpenWork, x: int) -> None:
    """Instances of one task cannot be told apart in plain SpiffWorkflow: all of them are completed."""
    if item.kind != "user_task":
        happen(ours, ours.open_work().index(item), x)
        return
    for same in [work for work in ours.open_work() if work.element.id == item.element.id]:
        ours.complete(same.id, {"x": x})


@FEWER
@given(wide_blocks((*COMMON, "xor", "loop"), leaves=STOCK_LEAVES), CHOICES)
def test_plain_spiffworkflow_goes_the_same_way(tree, choices):
    """Tasks, exclusive and parallel gateways, loops, sub-processes, calls; the data are the same too."""
    compare(tree, choices, with_data=True)


@FEWER
@given(
    wide_blocks((*COMMON, "xor", "or", "boundary"), leaves=(*STOCK_LEAVES, "catch"), blocks=INTERRUPTING),
    CHOICES,
)
def test_plain_spiffworkflow_goes_the_same_way_with_events(tree, choices):
    """Inclusive gateways, catch events and interrupting boundary events.

    Left out because SpiffWorkflow 3.2.0 does otherwise than the standard: loops (a parallel join in the second round
    goes on with one token too few), boundary events that do not interrupt (they come about once), links, event
    sub-processes, compensation. Event-based gateways wait as one task there. Data differ where an event interrupts.
    """
    compare(tree, choices, with_data=False)


@FEWER
@given(wide_blocks((*COMMON, "repeat"), leaves=(*STOCK_LEAVES, "catch"), blocks=COUNTED), CHOICES)
def test_plain_spiffworkflow_goes_the_same_way_with_instances(tree, choices):
    """Parallel and sequential instances, also within each other.

    Left out: decisions, because SpiffWorkflow 3.2.0 does not merge what instances change, and boundary events
    around instances, at which it raises.
    """
    compare(tree, choices, with_data=False)


def _without_outcome(data: dict) -> dict:
    return {name: value for name, value in data.items() if name != "outcome"}
