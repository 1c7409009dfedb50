"""Restore, one step, dump: the engine beside plain SpiffWorkflow with its JSON, in one run on one machine.

    python -m benchmarks.engine_state [--quick]

Read the ratios, not the milliseconds. Targets: 8 times, and 20 times after twenty turns of a loop.
The procedure has six user tasks, a choice, a call, a loop, and a fork with its join.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

import engine
from benchmarks.table import Row, show

Answers = list[tuple[str, dict[str, object]]]

TURN: Answers = [("A2", {}), ("A3", {}), ("A4", {"again": True})]
LAST: Answers = [("A2", {}), ("A3", {}), ("A4", {"again": False}), ("A5", {}), ("A6", {})]
FIRST: Answers = [("A1", {"kind": "permit", "area": 7})]

_FLOWS = {
    "main": "S A1;A1 G1;G1 A2 kind == 'permit';G1 E1;A2 K;K A4;A4 G2;G2 A2 again;G2 F;F A5;F A6;A5 J;A6 J;J E2",
    "check": "SC A3;A3 EC",
}
_TAGS = {"S": "startEvent", "E": "endEvent", "A": "userTask", "G": "exclusiveGateway", "K": "callActivity",
         "F": "parallelGateway", "J": "parallelGateway"}  # fmt: skip
_SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
)


def bundle() -> dict[str, bytes]:
    """The procedure as files."""
    return {f"{name}.bpmn": diagram(name, flows) for name, flows in _FLOWS.items()}


def diagram(name: str, text: str) -> bytes:
    """One process as a file; its flows as `source target condition`, kinds by the first letter."""
    flows = [flow.split(" ", 2) for flow in text.split(";")]
    nodes = sorted({node for flow in flows for node in flow[:2]})
    tasks = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
    body = f'<bpmn:laneSet id="L_{name}"><bpmn:lane id="C_{name}" name="Clerk">{tasks}</bpmn:lane></bpmn:laneSet>'
    body += "".join(_node(node, name, flows) for node in nodes)
    body += "".join(_flow(name, number, *flow) for number, flow in enumerate(flows))
    shapes = "".join(f'<bpmndi:BPMNShape id="S_{node}" bpmnElement="{node}"/>' for node in nodes)
    shapes += "".join(
        f'<bpmndi:BPMNEdge id="D_{name}_{n}" bpmnElement="{name}_{n}"/>' for n in range(len(flows))
    )
    return (
        f'<bpmn:definitions {_SPACES}><bpmn:process id="{name}" isExecutable="true">{body}</bpmn:process>'
        f'<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="{name}">{shapes}</bpmndi:BPMNPlane>'
        "</bpmndi:BPMNDiagram></bpmn:definitions>"
    ).encode()


def _node(node: str, name: str, flows: list[list[str]]) -> str:
    tag = _TAGS[node[0]]
    more = ' calledElement="check"' if tag == "callActivity" else ""
    plain = next((n for n, flow in enumerate(flows) if flow[0] == node and len(flow) == 2), None)
    if tag == "exclusiveGateway" and plain is not None:
        more = f' default="{name}_{plain}"'
    return f'<bpmn:{tag} id="{node}"{more}/>'


def _flow(name: str, number: int, source: str, target: str, condition: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{name}_{number}" {ends}>{inner}</bpmn:sequenceFlow>'


class Lean:
    """The engine: the definition is parsed once, the state is the live part."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.definition = engine.load(files, "main")

    def start(self) -> bytes:
        """A new instance, saved."""
        return engine.Instance.start(self.definition, {"case": 7}, self._step).dump()

    def step(self, state: bytes, element: str, data: dict[str, object]) -> bytes:
        """Restore, complete the task at an element, dump."""
        instance = engine.Instance.load(self.definition, state, self._step)
        work = next(work for work in instance.open_work() if work.element.id == element)
        instance.complete(work.id, data)
        return instance.dump()

    @staticmethod
    def _step(element: engine.Element, data: Mapping[str, object]) -> None:
        """No service task in this procedure."""


class Stock:
    """Plain SpiffWorkflow: its own JSON, which holds the specifications and all that ever happened."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.parser = BpmnParser()
        for content in files.values():
            self.parser.add_bpmn_str(content)

    def start(self) -> bytes:
        """A new instance, saved."""
        workflow = BpmnWorkflow(self.parser.get_spec("main"), self.parser.get_subprocess_specs("main"))
        workflow.task_tree.data["case"] = 7
        workflow.do_engine_steps()
        return self._dump(workflow)

    def step(self, state: bytes, element: str, data: dict[str, object]) -> bytes:
        """Restore, complete the task at an element, dump."""
        workflow = self.serializer.deserialize_json(state.decode())
        task = workflow.get_next_task(state=TaskState.READY, spec_name=element)
        task.data.update(data)
        task.run()
        workflow.do_engine_steps()
        return self._dump(workflow)

    def _dump(self, workflow: BpmnWorkflow) -> bytes:
        return str(self.serializer.serialize_json(workflow)).encode()


def walk(side: Lean | Stock, state: bytes, answers: Answers) -> bytes:
    """Take steps, saved and restored between each."""
    for element, data in answers:
        state = side.step(state, element, data)
    return state


def measure(what: Callable[[], object], rounds: int) -> float:
    """The best CPU time of a few rounds, in milliseconds."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        what()
        best = min(best, time.process_time() - begin)
    return best * 1000


def run(_server: str, quick: bool) -> list[Row]:
    """The rows of the table."""
    sides = {"plain": Stock(bundle()), "engine": Lean(bundle())}
    rows = []
    for title, turns, target in (("at the start", 0, 8), ("after twenty turns", 20, 20)):
        times, sizes = {}, {}
        for name, side in sides.items():
            state = walk(side, side.start(), FIRST + TURN * turns)
            walk(side, state, LAST)
            taken = measure(lambda side=side, state=state: walk(side, state, TURN), 5 if quick else 30)
            times[name], sizes[name] = taken / len(TURN), len(state)
        ratio = times["plain"] / times["engine"]
        said = f"{ratio:.1f} × ({times['plain']:.2f} and {times['engine']:.3f} ms; "
        said += f"{sizes['plain']} and {sizes['engine']} bytes)"
        rows.append(
            Row(f"a step {title}, against plain SpiffWorkflow", f"≥ {target} ×", said, ratio >= target)
        )
    return rows


if __name__ == "__main__":
    show({"engine": run("", quick="--quick" in sys.argv)})
