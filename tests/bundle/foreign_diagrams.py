"""Small diagrams in the manner of other tools (`tests/bundle/foreign/`), and what a manager does before they run here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from engine import dialects, editing
from tests.bundle.faults import B

FOLDER = Path(__file__).parent / "foreign"
FORM = {"formJsonSchemaFilename": "RO1_FindClient.json"}


@dataclass(frozen=True)
class Foreign:
    """A diagram, the tool that its report names, how often something was mapped, kept and dropped, what is refused of it
    as it comes (element → rule), and the tasks that are done until it is over."""

    file: str
    tool: str
    counts: Mapping[str, int]
    done: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def process(self) -> str:
        """The id of its process."""
        return self.file.removesuffix(".bpmn")

    @property
    def content(self) -> bytes:
        """The file as it comes."""
        return (FOLDER / self.file).read_bytes()

    def taken_over(self) -> str:
        """The file after a manager wrote conditions and times as its report reads them, and chose forms."""
        content = self.content
        for element, notes in dialects.report(content, self.file).notes.items():
            for note in notes:
                read = note.sentence.removeprefix("Read as: ")
                if note.name == "conditionExpression":
                    content = editing.set_condition(content, element, read)
                elif note.name == "timeDuration":
                    content = editing.set_timer(content, _event_of(content, element), read)
        for task in etree.fromstring(content).iter(B + "userTask"):
            content = editing.set_properties(content, task.get("id", ""), FORM)
        return content.decode()


def _event_of(content: bytes, definition: str) -> str:
    """The id of the event that an event definition stands in."""
    (event,) = etree.fromstring(content).xpath("//*[@id = $id]/..", id=definition)
    return str(event.get("id"))


def _decided(file: str, tool: str, mapped: int, kept: int, dropped: int, **more: str) -> Foreign:
    """A diagram with a task that has no form of the bundle, and a condition in the tool's own language."""
    process = file.removesuffix(".bpmn")
    refused = {"find": "V8", "f4": "V5", **more}
    return Foreign(
        file,
        tool,
        {"mapped": mapped, "kept": kept, "dropped": dropped},
        (f"{process}_find", f"{process}_again"),
        {f"{process}_{name}": rule for name, rule in refused.items()},
    )


def _plain(file: str, tool: str, kept: int, *done: str) -> Foreign:
    """A diagram that runs as it comes; its own words are kept."""
    process = file.removesuffix(".bpmn")
    return Foreign(
        file, tool, {"kept": kept} if kept else {}, done or (f"{process}_papers", f"{process}_tell")
    )


_SID = "sid-0A{0}B4C1D-77E2-4F00-9A1B-5512{0}5512{0}AA"

FOREIGN = [
    _decided("camunda_7.bpmn", "Camunda Modeler 5.18.0", 4, 2, 1),
    _decided("camunda_8.bpmn", "Camunda Modeler 5.18.0", 4, 3, 1, late="V2"),
    _decided("operaton.bpmn", "bpmn-js Modeler 1.0.0", 4, 2, 1),
    _decided("flowable.bpmn", "Flowable Open Source Modeler 6.8.0", 4, 1, 2),
    _decided("activiti.bpmn", "Activiti", 4, 1, 2),
    _plain("bpmn_io.bpmn", "bpmn-js (https://demo.bpmn.io) 17.9.1", 0, "Activity_0p", "Activity_0t"),
    _plain("signavio.bpmn", "Signavio Process Editor, http://www.signavio.com 15.10.0", 3, _SID.format(2), _SID.format(3)),
    _plain("adonis.bpmn", "ADONIS NP 14.0", 1),
    _plain("bizagi.bpmn", "Bizagi Modeler 4.0.0.065", 1, "Id_8f1b", "Id_8f1c"),
    _plain("trisotech.bpmn", "Trisotech.com 7.1.0", 2),
    _plain("visual_paradigm.bpmn", "Visual Paradigm 17.0", 1),
    _plain("yaoqiang.bpmn", "Yaoqiang BPMN Editor 5.3", 3),
    _plain("w4.bpmn", "W4", 1),
    _plain("itp_commerce.bpmn", "Process Modeler 6 for Microsoft Visio 6.0", 1),
]  # fmt: skip
