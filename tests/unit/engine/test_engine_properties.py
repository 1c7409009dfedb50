"""For random processes and random ways through them: saving changes nothing, and plain SpiffWorkflow agrees."""

from bpmn_builder import files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_processes import blocks, happen, look, mark, write
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

import engine

FEW_STEPS = engine.Limits(steps=300)
"""Circles are noticed sooner, so that they cost less."""
CHOICES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=25)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(blocks(events=True), CHOICES)
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
@given(blocks(events=True), CHOICES)
def test_it_waits_for_something_or_has_ended(tree, choices):
    instance = engine.Instance.start(
        engine.load(files(**write(tree)), "main", limits=FEW_STEPS), {"x": 3}, mark
    )
    for choice, x in choices:
        assert bool(instance.open_work()) is not instance.ended
        if instance.ended or happen(instance, choice, x):
            break


class Stock:
    """The same process on plain SpiffWorkflow: its own parser, specs and JSON."""

    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def __init__(self, processes: dict[str, bytes], data: dict) -> None:
        parser = SpiffBpmnParser()
        for content in processes.values():
            parser.add_bpmn_str(content)
        spec = parser.get_spec("main")
        self.workflow = BpmnWorkflow(spec, parser.get_subprocess_specs("main"))
        self.workflow.task_tree.data.update(data)
        self.workflow.do_engine_steps()

    def open(self) -> list[tuple[str, dict]]:
        """The open tasks with their data."""
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(((task.task_spec.name, dict(task.data)) for task in ready), key=str)

    def complete(self, element: str, data: dict) -> None:
        """Complete the first open task at an element."""
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        task = next(task for task in ready if task.task_spec.name == element)
        task.data.update(data)
        task.run()
        self.workflow.do_engine_steps()


def without_steps(text: str) -> str:
    """Plain SpiffWorkflow has no host: service tasks become throw events that do nothing."""
    return text.replace("service ", "throw ").replace(" step=mark", "")


@MANY
@given(blocks(events=False), CHOICES)
def test_plain_spiffworkflow_goes_the_same_way(tree, choices):
    processes = files(**{name: without_steps(text) for name, text in write(tree).items()})
    ours = engine.Instance.start(engine.load(processes, "main"), {"x": 3}, mark)
    stock = Stock(processes, {"x": 3})
    for choice, x in choices:
        work = ours.open_work()
        mine = sorted(((item.element.id, _without_outcome(item.data)) for item in work), key=str)
        assert mine == stock.open()
        if not work:
            assert ours.ended and stock.workflow.is_completed()
            break
        item = work[choice % len(work)]
        ours.complete(item.id, {"x": x})
        stock.complete(item.element.id, {"x": x})


def _without_outcome(data: dict) -> dict:
    return {name: value for name, value in data.items() if name != "outcome"}
