"""Changes to the bundle of 5512PRO that a program manager would make, by chance: each leaves a bundle that can run."""

import json
import random
import re
from collections.abc import Callable

from lxml import etree

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
DIAGRAMS = ("opt_in_request.bpmn", "5512pro_main.bpmn", "esd_record_opt_in.bpmn", "add_seeker_to_office.bpmn")
Files = dict[str, str]


class Redrawing:
    """The diagrams and files of a bundle while they are changed."""

    def __init__(self, files: Files, chance: random.Random) -> None:
        self.files, self.chance, self.count = dict(files), chance, 0
        self.name = chance.choice(DIAGRAMS)
        self.root = etree.fromstring(files[self.name].encode())

    def done(self) -> Files:
        """The files as they are now."""
        return {**self.files, self.name: etree.tostring(self.root, encoding="unicode")}

    def all(self, kind: str) -> list[etree._Element]:
        """The elements of a kind in the diagram that is changed."""
        return list(self.root.iter(f"{B}{kind}"))

    def new(self, kind: str, beside: etree._Element, **attributes: str) -> etree._Element:
        """A new element in the lane of another one, with a shape or line."""
        self.count += 1
        identity = f"Redrawn_{self.count}"
        process = next(self.root.iter(f"{B}process"))
        made = etree.SubElement(process, f"{B}{kind}", id=identity, **attributes)
        plane = next(self.root.iter(f"{DI}BPMNPlane"))
        if kind == "sequenceFlow":
            line = etree.SubElement(plane, f"{DI}BPMNEdge", id=f"{identity}_di", bpmnElement=identity)
            for _ in range(2):
                etree.SubElement(line, f"{DD}waypoint", x="10", y="10")
            return made
        shape = etree.SubElement(plane, f"{DI}BPMNShape", id=f"{identity}_di", bpmnElement=identity)
        etree.SubElement(shape, f"{DC}Bounds", x="10", y="10", width="100", height="80")
        beside_it = (ref for ref in self.root.iter(f"{B}flowNodeRef") if ref.text == beside.get("id"))
        for ref in list(beside_it):
            etree.SubElement(ref.getparent(), f"{B}flowNodeRef").text = identity
        return made

    def flow(self, source: etree._Element, target: str) -> None:
        """A flow."""
        self.new("sequenceFlow", source, sourceRef=source.get("id"), targetRef=target)

    def clear_ends(self) -> None:
        """What elements say of their flows is left to the flows."""
        for kind in ("incoming", "outgoing"):
            for told in self.all(kind):
                told.getparent().remove(told)


def remind(bundle: Redrawing) -> None:
    """A reminder beside a person's task."""
    host = bundle.chance.choice(bundle.all("userTask"))
    event = bundle.new(
        "boundaryEvent", host, attachedToRef=host.get("id"), cancelActivity="false", name="Remind"
    )
    definition = etree.SubElement(event, f"{B}timerEventDefinition", id=f"{event.get('id')}_timer")
    etree.SubElement(definition, f"{B}timeDuration").text = 'service_level("attempt_gap")'
    step = bundle.new("serviceTask", host, name="Remind the holder")
    about = etree.SubElement(step, f"{B}extensionElements")
    etree.SubElement(about, f"{SPIFF}serviceTaskOperator", id="remind_supervisor", resultVariable="")
    end = bundle.new("endEvent", host, name="Reminded")
    bundle.flow(event, step.get("id"))
    bundle.flow(step, end.get("id"))


def forget_reminder(bundle: Redrawing) -> None:
    """A timer that does not interrupt is taken away, with all that only it leads to."""
    timers = [e for e in bundle.all("boundaryEvent") if e.get("cancelActivity") == "false"]
    timers = [e for e in timers if e.find(f"{B}timerEventDefinition") is not None]
    if timers:
        _remove(bundle, [bundle.chance.choice(timers)])


def _remove(bundle: Redrawing, gone: list[etree._Element]) -> None:
    while gone:
        element = gone.pop()
        identity = element.get("id")
        out = [flow for flow in bundle.all("sequenceFlow") if flow.get("sourceRef") == identity]
        _take_out(bundle, element)
        for flow in out:
            target = flow.get("targetRef")
            _take_out(bundle, flow)
            if not any(other.get("targetRef") == target for other in bundle.all("sequenceFlow")):
                gone += [e for e in bundle.root.iter() if e.get("id") == target]


def _take_out(bundle: Redrawing, element: etree._Element) -> None:
    identity = element.get("id")
    shown = [e for e in bundle.root.iter() if e.get("bpmnElement") == identity]
    shown += [ref for ref in bundle.root.iter(f"{B}flowNodeRef") if ref.text == identity]
    for one in (*shown, element):
        one.getparent().remove(one)


def add_task(bundle: Redrawing) -> None:
    """One more task before another one, with the same form, in the same lane."""
    known = bundle.chance.choice(bundle.all("userTask"))
    into = [flow for flow in bundle.all("sequenceFlow") if flow.get("targetRef") == known.get("id")]
    task = bundle.new("userTask", known, name=f"Before: {known.get('name')}")
    told = known.find(f"{B}extensionElements")
    task.append(etree.fromstring(etree.tostring(told)))
    for flow in into:
        flow.set("targetRef", task.get("id"))
    bundle.flow(task, known.get("id"))


def rename(bundle: Redrawing) -> None:
    """Another name."""
    bundle.chance.choice(bundle.all("userTask")).set("name", f"Renamed {bundle.chance.randint(1, 99)}")


def hand_over(bundle: Redrawing) -> None:
    """A task in another lane of Employment Security."""
    lanes = {lane.get("name"): lane for lane in bundle.all("lane")}
    esd = [lane for name, lane in lanes.items() if name in ("ESD WIOA supervisor", "ESD staff")]
    refs = [ref for lane in esd for ref in lane.iter(f"{B}flowNodeRef")]
    tasks = {task.get("id") for task in bundle.all("userTask")}
    movable = [ref for ref in refs if ref.text in tasks]
    if len(esd) == 2 and movable:
        ref = bundle.chance.choice(movable)
        other = next(lane for lane in esd if lane is not ref.getparent())
        other.append(ref)


def take_longer(bundle: Redrawing) -> None:
    """Another length of time for something."""
    text = bundle.files["service_levels.toml"]
    found = list(re.finditer(r'after = "(\d+) business days?"', text))
    one = bundle.chance.choice(found)
    days = int(one[1]) + bundle.chance.randint(1, 3)
    changed = f'after = "{days} business days"'
    bundle.files["service_levels.toml"] = text[: one.start()] + changed + text[one.end() :]


def reword(bundle: Redrawing) -> None:
    """Other words above a form."""
    name = bundle.chance.choice([name for name in bundle.files if name.startswith("forms/")])
    form = json.loads(bundle.files[name])
    bundle.files[name] = json.dumps({**form, "title": f"{form['title']} again"}, ensure_ascii=False)


def draw_anew(bundle: Redrawing) -> None:
    """A task under another id: a case that stands at it cannot move."""
    task = bundle.chance.choice(bundle.all("userTask"))
    old, new = task.get("id"), f"{task.get('id')}_anew"
    task.set("id", new)
    for element in bundle.root.iter():
        for name in ("sourceRef", "targetRef", "attachedToRef", "bpmnElement"):
            if element.get(name) == old:
                element.set(name, new)
        if element.tag == f"{B}flowNodeRef" and element.text == old:
            element.text = new


EDITS: tuple[Callable[[Redrawing], None], ...] = (
    remind, remind, forget_reminder, add_task, draw_anew, rename, hand_over, take_longer, reword,
)  # fmt: skip


def redrawn(files: Files, chance: random.Random) -> Files:
    """A bundle with one to three changes."""
    bundle = Redrawing(files, chance)
    bundle.clear_ends()
    for _ in range(chance.randint(1, 3)):
        chance.choice(EDITS)(bundle)
    return bundle.done()
