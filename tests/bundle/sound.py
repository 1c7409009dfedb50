"""The shipped bundle with one sound change each: what somebody who changes the procedure does right.

A change takes the files of the bundle and gives them changed. A scenario of the bundle comes out as it did when it comes
past nothing of the change.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from engine import editing, rewiring
from tests.bundle.faults import EDIT, FORM, MAIN, REQUEST, TIMES, B
from tests.bundle.versions import SHIPPED

BIOC = "http://bpmn.io/schema/bpmn/biocolor/1.0"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
Files = dict[str, str]
SAME = (
    "opted_in",
    "withdrawn_while_waiting",
    "read_back_fails",
    "reminders_while_waiting",
    "client_unreachable",
)
"""Scenarios that come past most of the procedure."""


@dataclass(frozen=True)
class Sound:
    """What is done to the bundle, and the scenarios that come out as before."""

    name: str
    change: Callable[[Files], Files]
    same: tuple[str, ...] = SAME

    def files(self) -> Files:
        """The changed bundle; a change that changed nothing would prove nothing."""
        changed = self.change(dict(SHIPPED))
        assert changed != SHIPPED, self.name
        return changed


def _edit(file: str, edit: Callable[..., bytes], *given: object) -> Callable[[Files], Files]:
    """An edit of one diagram, as the Steps tab makes it."""
    return lambda files: {**files, file: edit(files[file].encode(), *given).decode()}


def _add(file: str, flow: str, new: rewiring.NewStep, **more: str) -> Callable[[Files], Files]:
    """A step added on a flow; `more`: files that it needs, `_` for the stroke in their names and `__` for the dot."""
    return lambda files: {
        **files,
        file: rewiring.add_step(files[file].encode(), flow, new)[0].decode(),
        **{name.replace("__", ".").replace("_in_", "/"): text for name, text in more.items()},
    }


def _text(old: str, new: str, *names: str) -> Callable[[Files], Files]:
    """A text replaced in some files, in all of them where none is named."""
    return lambda files: {
        name: text.replace(old, new) if name in (names or files) else text for name, text in files.items()
    }


def _xml(file: str, change: Callable[[etree._Element], None]) -> Callable[[Files], Files]:
    """A diagram changed as XML."""

    def changed(files: Files) -> Files:
        root = etree.fromstring(files[file].encode())
        change(root)
        return {**files, file: etree.tostring(root, encoding="unicode")}

    return changed


def _find(root: etree._Element, id: str) -> etree._Element:
    (found,) = root.xpath("//*[@id = $id]", id=id)
    return found


def _shape(root: etree._Element, tag: str, of: str) -> etree._Element:
    (plane,) = root.iter(DI + "BPMNPlane")
    return etree.SubElement(plane, DI + tag, id=f"{of}_di", bpmnElement=of)


def _coloured(root: etree._Element) -> None:
    for shape in root.iter(DI + "BPMNShape"):
        shape.set(f"{{{BIOC}}}fill", "#ffe0b2")


def _noted(root: etree._Element) -> None:
    process = _find(root, "esd_record_opt_in")
    note = etree.SubElement(process, B + "textAnnotation", id="Note_1")
    etree.SubElement(note, B + "text").text = "SAMPLE: agreed with the area in May."
    etree.SubElement(process, B + "association", id="To_1", sourceRef="RO1_FindClient", targetRef="Note_1")
    _shape(root, "BPMNShape", "Note_1")
    _shape(root, "BPMNEdge", "To_1")


def _with_data(root: etree._Element) -> None:
    process = _find(root, "esd_record_opt_in")
    etree.SubElement(process, B + "dataObject", id="Data_1")
    etree.SubElement(process, B + "dataObjectReference", id="Record_1", name="Record", dataObjectRef="Data_1")
    _shape(root, "BPMNShape", "Record_1")


def _foreign_words(root: etree._Element) -> None:
    for task in root.iter(B + "userTask"):
        task.set(f"{{{CAMUNDA}}}asyncBefore", "true")
        task.set(f"{{{CAMUNDA}}}assignee", "${somebody}")


def _remark(root: etree._Element) -> None:
    _find(root, "esd_record_opt_in").insert(0, etree.Comment(" SAMPLE: see the minutes of May. "))


def _reminder(root: etree._Element) -> None:
    """One more reminder on the border of the last try, after two days."""
    process = _find(root, "T8_CaseManagerLastTry").getparent()
    event = etree.SubElement(process, B + "boundaryEvent", id="TM_Two", cancelActivity="false",
                             attachedToRef="T8_CaseManagerLastTry", name="Two days are over")  # fmt: skip
    timer = etree.SubElement(event, B + "timerEventDefinition", id="Timer_TM_Two")
    etree.SubElement(timer, B + "timeDuration").text = '"P2D"'
    end = etree.SubElement(process, B + "endEvent", id="End_Two", name="Reminded")
    flow = etree.SubElement(
        process, B + "sequenceFlow", id="Flow_Two", sourceRef="TM_Two", targetRef="End_Two"
    )
    for drawn in (event, end):
        _shape(root, "BPMNShape", drawn.get("id", ""))
    _shape(root, "BPMNEdge", flow.get("id", ""))


def _plain_end(root: etree._Element) -> None:
    """An end that ends its own path only; nothing else is left there."""
    end = _find(root, "End_done")
    for terminate in end.findall(B + "terminateEventDefinition"):
        end.remove(terminate)


def _question(files: Files) -> Files:
    form = json.loads(files[FORM])
    form["properties"]["searched_twice"] = {
        "type": "boolean", "title": "I searched twice", "x-keep": "process", "x-visible-to": ["esd_staff"],
    }  # fmt: skip
    return {**files, FORM: json.dumps(form)}


def _other_id(files: Files) -> Files:
    """Another id of a step wherever it stands, in scenarios and the trace too."""
    for around in ('"{}"', ">{}<"):
        files = _text(around.format("RO2_OpenRecord"), around.format("RO2_LookAtTheBox"))(files)
    return files


def _other_prefix(prefix: str) -> Callable[[Files], Files]:
    """BPMN's own names with another prefix, or with none."""
    declared = f"xmlns:{prefix}".removesuffix(":")
    return lambda files: _text("bpmn:", prefix, EDIT)(_text("xmlns:bpmn=", f"{declared}=", EDIT)(files))


def _without_words(files: Files) -> Files:
    return {name: text for name, text in files.items() if not name.startswith("words/")}


LETTER = {
    "mail_in_ask_papers_in_subject__txt": "Case {{ case_number }}: papers",
    "mail_in_ask_papers_in_body__txt": "Please bring the papers.\n",
    "mail_in_ask_papers_in_body__html": "<p>Please bring the papers.</p>\n",
}
PAPERS = json.dumps({
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Papers", "type": "object",
    "additionalProperties": False, "required": ["papers"],
    "properties": {"papers": {"type": "string", "title": "Are they there?", "enum": ["yes", "no"], "x-keep": "process",
                              "x-labels": {"yes": "Yes", "no": "No"}, "x-widget": "radio",
                              "x-visible-to": ["esd_staff"]}},
})  # fmt: skip
NEAR = ("withdrawn_while_waiting", "reminders_while_waiting", "client_unreachable")
"""Scenarios that never come to the edit of the record."""
ADDED = rewiring.NewStep("manualTask", "Look at the papers", "ESD staff", "Are all of them there?")
ASKED = rewiring.NewStep("userTask", "Ask for the papers", "ESD staff", "",
                         {"formJsonSchemaFilename": "RO9_Papers.json", "due": "eto_edit_due"})  # fmt: skip
MAILED = rewiring.NewStep("serviceTask", "Write for the papers", "ESD staff", "",
                          {"mail": "ask_papers", "mailTo": "case_manager"}, "send_mail")  # fmt: skip
RO1, FLOW, TIMER = "RO1_FindClient", "Flow_GR1_not_found", "TM_RemindSupervisor"

CHANGES = [
    Sound("a step has another name", _edit(EDIT, editing.set_name, RO1, "Look for the client")),
    Sound("a way has another name", _edit(EDIT, editing.set_name, FLOW, "in no office")),
    Sound("a step has another id", _other_id),
    Sound("a step has another help", _edit(EDIT, editing.set_help, RO1, "Search by name & birth date.")),
    Sound("a step is due at another time", _edit(EDIT, editing.set_properties, RO1, {"due": "confirm_due"})),
    Sound("a step is due at no time", _edit(EDIT, editing.set_properties, RO1, {"due": None})),
    Sound("a time is longer", _text('after = "1 business day"', 'after = "2 business days"', TIMES)),
    Sound("a timer has a time of its own", _edit(REQUEST, editing.set_timer, TIMER, '"P2DT4H"')),
    Sound("a condition in other words", _edit(EDIT, editing.set_condition, FLOW, 'found_in in ["not_found"]')),
    Sound("a condition with two parts", _edit(EDIT, editing.set_condition, FLOW,
                                              'found_in != "own_office" and found_in != "worksource_only"')),
    Sound("another automatic step", _edit(REQUEST, editing.set_step, "S_EscalatePm", "remind_supervisor"),
          ("opted_in", "withdrawn_while_waiting")),
    Sound("a step more", _add(EDIT, "Flow_RO2_GR2", ADDED), NEAR),
    Sound("a step with a new form", _add(EDIT, "Flow_RO1_GR1", ASKED, forms_in_RO9_Papers__json=PAPERS), NEAR),
    Sound("a step with a mail of its own", _add(EDIT, "Flow_RO1_GR1", MAILED, **LETTER), NEAR),
    Sound("a step less", _edit(REQUEST, rewiring.remove_step, "S_EscalatePm"), ("opted_in", "withdrawn_while_waiting")),
    Sound("two steps the other way round", _edit("opt_out_again.bpmn", rewiring.swap_steps, "SY_ReducePartnerViews",
                                                  "SY_NotifyAccessEnded")),
    Sound("a step of somebody else", _edit(REQUEST, rewiring.move_to_lane, "T8_CaseManagerLastTry",
                                           "ESD WIOA supervisor")),
    Sound("a lane more", _edit(EDIT, rewiring.add_lane, RO1, "Program manager")),
    Sound("a form with a question more", _question),
    Sound("a form with another question text", _text("Where did you find the client?", "Where is the client?", FORM)),
    Sound("an end of its own path", _xml(EDIT, _plain_end)),
    Sound("a reminder more", _xml(REQUEST, _reminder)),
    Sound("colours", _xml(MAIN, _coloured)),
    Sound("a note", _xml(EDIT, _noted)),
    Sound("a record that is drawn", _xml(EDIT, _with_data)),
    Sound("words of another tool", _xml(EDIT, _foreign_words)),
    Sound("a remark in the file", _xml(EDIT, _remark)),
    Sound("another prefix", _other_prefix("semantic:")),
    Sound("no prefix", _other_prefix("")),
    Sound("no words in Spanish", _without_words),
]  # fmt: skip
