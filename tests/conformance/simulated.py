"""A recorded simulation: what is triggered, which ways its gateways take, and what must be completed how often.

`steps`: `config` (the flows that a gateway takes), `wait` (tasks that wait for a trigger; all others are completed at
once), `trigger` (begin at a start event, complete a task, let an event happen). `want`: how often each event and task
is completed; `optional`: those that may be too.
"""

import tempfile
from collections import Counter
from typing import Any

from corpus import BPMN_TAG, FOLDER
from lxml import etree

from engine import conformance

GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "complexGateway")
MOST = 500


def play(case: dict[str, Any]) -> tuple[str, str]:
    """`right`, `refused` or `wrong`, and why."""
    root = etree.parse(FOLDER / case["file"]).getroot()
    in_turn = any(
        count > 1 for count in Counter(step[1] for step in case["steps"] if step[0] == "config").values()
    )
    conformance.configure(force_executable=True, max_steps=2_000, scripts="stub" if in_turn else "asis")
    data = (
        {} if in_turn else _decide(root, {step[1]: step[2] for step in case["steps"] if step[0] == "config"})
    )
    with tempfile.NamedTemporaryFile(suffix=".bpmn") as file:
        file.write(etree.tostring(root))
        file.flush()
        report = conformance.deploy(file.name)
    starts = _starts(root)
    begun = {starts[step[1]] for step in case["steps"] if step[0] == "trigger" and step[1] in starts}
    refused = {entry["id"] for entry in report["definitions"] if entry["status"] != "ok"}
    if report["error"] or begun & refused:
        return "refused", str(report)
    incident = _take_steps(case["steps"], starts, data)
    return _compare(case, root, incident)


def _decide(root: etree._Element, configured: dict[str, list[str]]) -> dict[str, bool]:
    """Write a condition on each flow out of a gateway; the data under which the configured ones hold, else the first."""
    data: dict[str, bool] = {}
    for gateway in root.iter(*(BPMN_TAG + tag for tag in GATEWAYS)):
        flows = [
            flow
            for flow in root.iter(f"{BPMN_TAG}sequenceFlow")
            if flow.get("sourceRef") == gateway.get("id")
        ]
        taken = configured.get(gateway.get("id") or "", [flow.get("id") for flow in flows[:1]])
        for flow in flows if len(flows) > 1 else []:
            name = f"take_{flow.get('id')}".replace("-", "_")
            data[name] = flow.get("id") in taken
            if gateway.get("default") != flow.get("id"):
                for written in flow.findall(f"{BPMN_TAG}conditionExpression"):
                    flow.remove(written)
                etree.SubElement(flow, f"{BPMN_TAG}conditionExpression").text = f"{name} == true"
    return data


def _starts(root: etree._Element) -> dict[str, str]:
    """Where processes begin, each with its process: start events, and what nothing leads to where there are none."""
    starts: dict[str, str] = {}
    for process in root.iter(f"{BPMN_TAG}process"):
        led_to = {flow.get("targetRef") for flow in process.iterfind(f"{BPMN_TAG}sequenceFlow")}
        drawn = process.findall(f"{BPMN_TAG}startEvent")
        for node in drawn or [child for child in process if child.get("id") not in led_to]:
            starts[str(node.get("id"))] = str(process.get("id"))
    return starts


def _take_steps(steps: list[Any], starts: dict[str, str], data: dict[str, bool]) -> Exception | None:
    held = {step[1] for step in steps if step[0] == "wait"}
    try:
        for kind, target, *_ in steps:
            if kind == "trigger":
                _trigger(target, starts, data)
                _complete_all(held)
    except (conformance.Incident, conformance.StepLimit) as incident:
        return incident
    return None


def _trigger(target: str, starts: dict[str, str], data: dict[str, bool]) -> None:
    if target in starts:
        conformance.start(starts[target], data, target)
    elif any(task["element_id"] == target for task in conformance.ready_tasks()):
        conformance.complete(target)
    else:
        conformance.fire(target)


def _complete_all(held: set[str]) -> None:
    for _ in range(MOST):
        tasks = [task for task in conformance.ready_tasks() if task["element_id"] not in held]
        if not tasks:
            return
        conformance.complete(tasks[0])
    raise AssertionError("The work does not end.")


def _compare(case: dict[str, Any], root: etree._Element, incident: Exception | None) -> tuple[str, str]:
    tags = {node.get("id"): str(node.tag) for node in root.iter(f"{BPMN_TAG}*")}
    done = [entry["element_id"] for entry in conformance.log() if entry["event"] == "completed"]
    got = Counter(
        name for name in done if tags[name].endswith("Event") or tags[name].lower().endswith("task")
    )
    want, optional = Counter(case["want"]), Counter(case["optional"])
    missing, more = want - got, got - want - optional
    if missing or more:
        return "wrong", f"missing {dict(missing)}, too many {dict(more)}, {incident}"
    states = [conformance.state(name) for name in sorted({entry["instance"] for entry in conformance.log()})]
    if case["started"] == case["ended"] != 0 and set(states) != {"ended"}:
        return "wrong", f"{states}, {incident}"
    return "right", ""
