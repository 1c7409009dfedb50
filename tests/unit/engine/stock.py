"""A process on plain SpiffWorkflow, saved and loaded as its own JSON after every move."""

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

_SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))


class Stock:
    """The same processes with SpiffWorkflow's own parser, specifications and serializer; `main` is started."""

    def __init__(self, processes: dict[str, bytes], data: dict) -> None:
        parser = SpiffBpmnParser()
        for content in processes.values():
            parser.add_bpmn_str(content)
        self.workflow = BpmnWorkflow(parser.get_spec("main"), parser.get_subprocess_specs("main"))
        self.workflow.task_tree.data.update(data)
        self._go_on()

    def _go_on(self) -> None:
        # What an instance of a loop has ended is noticed one refresh later, in nested loops once for each level.
        for _ in range(4):
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps()

    def _tasks(self) -> list:
        waiting = self.workflow.get_tasks(state=TaskState.WAITING)
        events = [task for task in waiting if isinstance(task.task_spec, CatchingEvent)]
        return [*self.workflow.get_tasks(state=TaskState.READY, manual=True), *events]

    def open(self) -> list[tuple[str, dict]]:
        """The elements at which it waits, with their data."""
        return sorted(((task.task_spec.name, dict(task.data)) for task in self._tasks()), key=str)

    def happen(self, element: str, data: dict) -> None:
        """Complete every open task at an element, or let the event come about that it waits for."""
        tasks = [task for task in self._tasks() if task.task_spec.name == element]
        for task in tasks if tasks[0].task_spec.manual else tasks[:1]:
            if task.task_spec.manual:
                task.data.update(data)
                task.run()
            else:
                self.workflow.catch(BpmnEvent(task.task_spec.event_definition))
        self._go_on()
        self.workflow = _SERIALIZER.deserialize_json(_SERIALIZER.serialize_json(self.workflow))

    @property
    def ended(self) -> bool:
        """Whether nothing is left to be done."""
        return self.workflow.is_completed()
