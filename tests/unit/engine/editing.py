"""Changes to a diagram that a program manager would make, by chance: all that stays keeps its ids."""

import random
from collections.abc import Callable

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
FLOW = f"{BPMN}sequenceFlow"
TASKS = ("userTask", "manualTask")
HOSTS = (*TASKS, "subProcess", "callActivity")
DURATION = (
    "<timerEventDefinition xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>"
    '<timeDuration>"PT{}H"</timeDuration></timerEventDefinition>'
)


class Editor:
    """Changes the files of a bundle one after the other."""

    def __init__(self, files: dict[str, bytes], seed: int) -> None:
        self.roots = {name: etree.fromstring(content) for name, content in files.items()}
        self.chance = random.Random(seed)
        self.count = 0

    def edit_with(
        self, edits: tuple[Callable[["Editor", etree._Element], None], ...], times: int
    ) -> "Editor":
        """So many changes of some kinds; one that finds nothing to change is none."""
        for _ in range(times):
            self.chance.choice(edits)(self, self.chance.choice(list(self.roots.values())))
        return self

    @property
    def files(self) -> dict[str, bytes]:
        """The files as they are now."""
        return {name: etree.tostring(root) for name, root in self.roots.items()}

    def edit(self, times: int) -> "Editor":
        """So many changes; one that finds nothing to change is none."""
        return self.edit_with(EDITS, times)

    def new(self, kind: str, beside: etree._Element, **attributes: str) -> etree._Element:
        """A new element in the scope of another one."""
        self.count += 1
        added = etree.SubElement(beside.getparent(), f"{BPMN}{kind}")
        added.set("id", f"new{self.count}")
        for name, value in attributes.items():
            added.set(name, value)
        return added

    def flow(self, source: etree._Element, target: str) -> None:
        """A flow to an element of the same scope."""
        self.new("sequenceFlow", source, sourceRef=source.get("id"), targetRef=target)

    def some(self, found: list[etree._Element]) -> etree._Element | None:
        """One of them by chance."""
        return self.chance.choice(found) if found else None


def insert(editor: Editor, root: etree._Element) -> None:
    """A task into a flow."""
    plain = [flow for flow in root.iter(FLOW) if _kind(root, flow.get("sourceRef")) != "eventBasedGateway"]
    flow = editor.some(plain)
    if flow is not None:
        task = editor.new("userTask", flow, name="Added")
        editor.flow(task, flow.get("targetRef"))
        flow.set("targetRef", task.get("id"))


def take_out(editor: Editor, root: etree._Element) -> None:
    """A task between two flows."""
    task = editor.some([task for task in _of(root, TASKS) if _alone(root, task)])
    if task is not None:
        into, out = _flows(root, "targetRef", task), _flows(root, "sourceRef", task)
        into[0].set("targetRef", out[0].get("targetRef"))
        for gone in (task, out[0]):
            gone.getparent().remove(gone)


def attach(editor: Editor, root: etree._Element) -> None:
    """A reminder beside an activity, or a limit that ends it."""
    host = editor.some(_of(root, HOSTS))
    if host is not None:
        # What ends a path between two parallel gateways would leave the second one waiting in any version.
        parallel = any(True for root in editor.roots.values() for _ in root.iter(f"{BPMN}parallelGateway"))
        cancel = "false" if parallel else editor.chance.choice(["true", "false"])
        event = editor.new("boundaryEvent", host, attachedToRef=host.get("id"), cancelActivity=cancel)
        event.append(etree.fromstring(DURATION.format(editor.count)))
        after = editor.new("userTask", host, name="After")
        end = editor.new("endEvent", host)
        editor.flow(event, after.get("id"))
        editor.flow(after, end.get("id"))


def detach(editor: Editor, root: etree._Element) -> None:
    """A boundary event that was attached, with what follows it."""
    event = editor.some([e for e in _of(root, ("boundaryEvent",)) if e.get("id").startswith("new")])
    while event is not None:
        out = next(iter(_flows(root, "sourceRef", event)), None)
        event.getparent().remove(event)
        event = None if out is None else _by_id(root, out.get("targetRef"))
        if out is not None:
            out.getparent().remove(out)


def set_timer(editor: Editor, root: etree._Element) -> None:
    """Another time."""
    duration = editor.some(list(root.iter(f"{BPMN}timeDuration")))
    if duration is not None:
        duration.text = f'"PT{editor.chance.randint(1, 90)}M"'


def swap_kind(editor: Editor, root: etree._Element) -> None:
    """A person's task of another kind."""
    task = editor.some([task for task in _of(root, TASKS) if task.get("id") != "n1"])
    if task is not None:
        task.tag = f"{BPMN}{'manualTask' if task.tag.endswith('userTask') else 'userTask'}"


def rename(editor: Editor, root: etree._Element) -> None:
    """Another name."""
    task = editor.some(_of(root, TASKS))
    if task is not None:
        task.set("name", f"Name {editor.chance.randint(1, 9)}")


def beside(editor: Editor, root: etree._Element) -> None:
    """A task at the same time as another one."""
    task = editor.some([task for task in _of(root, TASKS) if _alone(root, task)])
    if task is None or any(True for _ in root.iter(f"{BPMN}boundaryEvent")):
        return
    into, out = _flows(root, "targetRef", task)[0], _flows(root, "sourceRef", task)[0]
    split, join = (editor.new("parallelGateway", task) for _ in range(2))
    other = editor.new("userTask", task, name="Beside")
    target = out.get("targetRef")
    into.set("targetRef", split.get("id"))
    out.set("targetRef", join.get("id"))
    for source, to in ((split, task), (split, other), (other, join)):
        editor.flow(source, to.get("id"))
    editor.flow(join, target)


EDITS: tuple[Callable[[Editor, etree._Element], None], ...] = (
    insert, insert, take_out, attach, attach, detach, set_timer, swap_kind, rename, beside,
)  # fmt: skip


def _of(root: etree._Element, kinds: tuple[str, ...]) -> list[etree._Element]:
    return [one for kind in kinds for one in root.iter(f"{BPMN}{kind}")]


def _by_id(root: etree._Element, identity: str) -> etree._Element | None:
    return next((one for one in root.iter() if one.get("id") == identity), None)


def _kind(root: etree._Element, identity: str) -> str:
    found = _by_id(root, identity)
    return "" if found is None else etree.QName(found).localname


def _flows(root: etree._Element, end: str, element: etree._Element) -> list[etree._Element]:
    return [flow for flow in root.iter(FLOW) if flow.get(end) == element.get("id")]


def _alone(root: etree._Element, task: etree._Element) -> bool:
    """Whether one flow leads to it and one away, nothing is attached, and it is not in a race or the first task."""
    into, out = _flows(root, "targetRef", task), _flows(root, "sourceRef", task)
    attached = any(
        event.get("attachedToRef") == task.get("id") for event in root.iter(f"{BPMN}boundaryEvent")
    )
    return len(into) == len(out) == 1 and not attached and task.get("id") != "n1"
