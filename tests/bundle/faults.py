"""The bundle with one fault each: what somebody who changes the procedure does wrong, and on which element it must be told.

A fault is a change of one file's text, or of one diagram as XML. `where` is the element's id, or the file where the fault
is in no diagram; `rule` is empty there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from tests.bundle.procedure import FOLDER
from workflows.commands.definitions import read_folder

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
S = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
EDIT, REQUEST, MAIN = "esd_record_opt_in.bpmn", "opt_in_request.bpmn", "5512pro_main.bpmn"
Change = Callable[[etree._Element], None]


@dataclass(frozen=True)
class Fault:
    """What is done to a file, and what must be said of it."""

    name: str
    file: str
    where: str
    rule: str
    change: Change | tuple[str, str]

    def files(self) -> dict[str, str]:
        """The bundle with the fault."""
        files = dict(read_folder(FOLDER))
        if isinstance(self.change, tuple):
            before, after = self.change
            assert before in files[self.file], f"{self.name}: {before} is not in {self.file}"
            files[self.file] = files[self.file].replace(before, after, 1)
        else:
            root = etree.fromstring(files[self.file].encode())
            self.change(root)
            files[self.file] = etree.tostring(root, encoding="unicode")
        return files


def _find(root: etree._Element, id: str) -> etree._Element:
    (found,) = root.xpath("//*[@id = $id]", id=id)
    return found


def _set(which: str, /, **attributes: str | None) -> Change:
    """Set attributes of an element, None takes one away."""

    def change(root: etree._Element) -> None:
        element = _find(root, which)
        for name, value in attributes.items():
            element.attrib.pop(name, None)
            if value is not None:
                element.set(name, value)

    return change


def _drop(id: str) -> Change:
    """Delete an element alone; what led to it stays, as when a file is edited by hand."""
    return lambda root: (lambda element: element.getparent().remove(element))(_find(root, id))


def _tag(id: str, tag: str) -> Change:
    def change(root: etree._Element) -> None:
        _find(root, id).tag = B + tag

    return change


def _condition(flow: str, text: str | None) -> Change:
    def change(root: etree._Element) -> None:
        element = _find(root, flow)
        for known in element.findall(B + "conditionExpression"):
            element.remove(known)
        if text is not None:
            etree.SubElement(element, B + "conditionExpression").text = text

    return change


def _property(id: str, name: str, value: str | None) -> Change:
    """Change one of the properties that the house reads; None takes it away."""

    def change(root: etree._Element) -> None:
        element = _find(root, id)
        (known,) = element.xpath(".//s:property[@name = $name]", name=name, namespaces={"s": S[1:-1]})
        if value is None:
            known.getparent().remove(known)
        else:
            known.set("value", value)

    return change


def _step(id: str, name: str) -> Change:
    def change(root: etree._Element) -> None:
        (operator,) = _find(root, id).iter(S + "serviceTaskOperator")
        operator.set("id", name)

    return change


def _lane(id: str, name: str) -> Change:
    return _set(id, name=name)


def _out_of_lane(id: str) -> Change:
    def change(root: etree._Element) -> None:
        (reference,) = [one for one in root.iter(B + "flowNodeRef") if one.text == id]
        reference.getparent().remove(reference)

    return change


def _timer(event: str, text: str) -> Change:
    def change(root: etree._Element) -> None:
        (length,) = _find(root, event).iter(B + "timeDuration", B + "timeCycle", B + "timeDate")
        length.text = text

    return change


def _undrawn(id: str) -> Change:
    def change(root: etree._Element) -> None:
        (shape,) = root.xpath("//*[@bpmnElement = $id]", id=id)
        shape.getparent().remove(shape)

    return change


def _script(id: str) -> Change:
    def change(root: etree._Element) -> None:
        task = _find(root, id)
        task.tag = B + "scriptTask"
        etree.SubElement(task, B + "script").text = "open('/etc/passwd').read()"

    return change


def _new(parent: str, tag: str, /, **attributes: str) -> Change:
    def change(root: etree._Element) -> None:
        etree.SubElement(_find(root, parent), B + tag, attributes)

    return change


PASSED = 'found_in == "not_found"'
FLOW = "Flow_GR1_not_found"
FORM = "forms/RO1_FindClient.json"
MAIL = "mail/remind_now/body.txt"
TIMES = "service_levels.toml"

FAULTS = [
    Fault("a condition with one equals sign", EDIT, FLOW, "V5", _condition(FLOW, 'found_in = "not_found"')),
    Fault("a condition that is Python", EDIT, FLOW, "V5", _condition(FLOW, "__import__('os').system('id')")),
    Fault("a condition in another language", EDIT, FLOW, "V5", _condition(FLOW, "${found_in === 'not_found'}")),
    Fault("a condition that is a sentence", EDIT, FLOW, "V5", _condition(FLOW, "the client was not found")),
    Fault("a condition without its quotes", EDIT, FLOW, "V8", _condition(FLOW, "found_in == not_found")),
    Fault("a name with a slip", EDIT, FLOW, "V8", _condition(FLOW, 'foundin == "not_found"')),
    Fault("a name of another process", EDIT, FLOW, "V8", _condition(FLOW, 'offer_response == "accepted"')),
    Fault("an option with a slip", EDIT, FLOW, "V14", _condition(FLOW, 'found_in == "notfound"')),
    Fault("a choice compared with a number", EDIT, FLOW, "V14", _condition(FLOW, "found_in == 3")),
    Fault("a condition that is a number", EDIT, FLOW, "V14", _condition(FLOW, "3 + 4")),
    Fault("no condition", EDIT, FLOW, "V3", _condition(FLOW, None)),
    Fault("no default flow", EDIT, "GR1_FoundIn", "V3", _set("GR1_FoundIn", default=None)),
    Fault("a default flow of another gateway", EDIT, "GR1_FoundIn", "G9",
          _set("GR1_FoundIn", default="Flow_GR2_ticked")),
    Fault("a condition on the default flow", EDIT, "Flow_GR1_own_office", "G9",
          _condition("Flow_GR1_own_office", 'found_in == "own_office"')),
    Fault("a lane with a blank at its end", EDIT, "RO1_FindClient", "V4", _lane("Lane_RO_EsdStaff", "ESD staff ")),
    Fault("a lane nobody works in", EDIT, "RO1_FindClient", "V4", _lane("Lane_RO_EsdStaff", "Case Manager")),
    Fault("a task in no lane", EDIT, "RO1_FindClient", "V4", _out_of_lane("RO1_FindClient")),
    Fault("a call in no lane", EDIT, "CA_AddSeekerEsd", "V4", _out_of_lane("CA_AddSeekerEsd")),
    Fault("a script task", EDIT, "RO2_OpenRecord", "V5", _script("RO2_OpenRecord")),
    Fault("a task without a kind", EDIT, "RO2_OpenRecord", "V6", _tag("RO2_OpenRecord", "task")),
    Fault("a step that there is not", REQUEST, "S_NoteContact", "V7", _step("S_NoteContact", "note_contakt")),
    Fault("a step that is a program", REQUEST, "S_NoteContact", "V7", _step("S_NoteContact", "os.system")),
    Fault("a service task without a step", REQUEST, "S_NoteContact", "V7",
          lambda root: _without_step(root, "S_NoteContact")),
    Fault("a form that is not there", EDIT, "RO1_FindClient", "V8",
          _property("RO1_FindClient", "formJsonSchemaFilename", "RO9_Nothing.json")),
    Fault("a task without a form", EDIT, "RO1_FindClient", "V8",
          _property("RO1_FindClient", "formJsonSchemaFilename", None)),
    Fault("a form outside of the bundle", EDIT, "RO1_FindClient", "V8",
          _property("RO1_FindClient", "formJsonSchemaFilename", "../../settings.json")),
    Fault("a time that is not there", EDIT, "RO1_FindClient", "V8", _property("RO1_FindClient", "due", "some_day")),
    Fault("a timer without quotes", REQUEST, "TM_RemindSupervisor", "V2", _timer("TM_RemindSupervisor", "P2D")),
    Fault("a timer in words", REQUEST, "TM_RemindSupervisor", "V2", _timer("TM_RemindSupervisor", "two days")),
    Fault("a timer of an unknown key", REQUEST, "TM_RemindSupervisor", "V2",
          _timer("TM_RemindSupervisor", 'service_level("some_day")')),
    Fault("a timer that runs a program", REQUEST, "TM_RemindSupervisor", "V2",
          _timer("TM_RemindSupervisor", "__import__('os').getcwd()")),
    Fault("a timer with two times", REQUEST, "TM_RemindSupervisor", "S21",
          _new("Timer_TM_RemindSupervisor", "timeCycle")),
    Fault("an element called Start", EDIT, "Start", "V1", ('Start_RecordOptIn"', 'Start"')),
    Fault("an id that stands twice", EDIT, "RO2_OpenRecord", "G2", ('id="RO1_FindClient"', 'id="RO2_OpenRecord"')),
    Fault("a flow to nothing", EDIT, "Flow_RO1_GR1", "G3", _set("Flow_RO1_GR1", targetRef="Nothing")),
    Fault("a flow from nothing", EDIT, "Flow_RO1_GR1", "G3", _set("Flow_RO1_GR1", sourceRef="Nothing")),
    Fault("a flow without an id", EDIT, "RO1_FindClient", "G1", _set("Flow_RO1_GR1", id=None)),
    Fault("a flow back into the start", EDIT, "Start_RecordOptIn", "G15",
          _set("Flow_GR3_error", targetRef="Start_RecordOptIn")),
    Fault("a dead end", EDIT, "RO4_ReadBack", "G5", _drop("Flow_RO4_GR4")),
    Fault("a step that nothing leads to", EDIT, "RO1_FindClient", "G4", _drop("Flow_Join_RO1")),
    Fault("two ways out of a task", EDIT, "RO4_ReadBack", "G8",
          _new("esd_record_opt_in", "sequenceFlow", id="Flow_More", sourceRef="RO4_ReadBack", targetRef="Join_RO1")),
    Fault("no start event", EDIT, "esd_record_opt_in", "G6", _drop("Start_RecordOptIn")),
    Fault("a second start event", EDIT, "esd_record_opt_in", "G6", _new("esd_record_opt_in", "startEvent", id="Again")),
    Fault("a call to nothing", EDIT, "CA_AddSeekerEsd", "G10", _set("CA_AddSeekerEsd", calledElement="nothing")),
    Fault("a call to itself", EDIT, "CA_AddSeekerEsd", "G11", _set("CA_AddSeekerEsd", calledElement="esd_record_opt_in")),
    Fault("a boundary event on nothing", REQUEST, "TM_RemindSupervisor", "G3",
          _set("TM_RemindSupervisor", attachedToRef="Nothing")),
    Fault("a signal that is gone", REQUEST, "B_ContactMade", "G3", _drop("Signal_client_contacted")),
    Fault("a message that is gone", REQUEST, "B_ElsewhereT7", "G3", _drop("Message_opted_in_elsewhere")),
    Fault("a step that is not drawn", EDIT, "RO3_ClearBoxAndSave", "V11", _undrawn("RO3_ClearBoxAndSave")),
    Fault("a flow that is not drawn", EDIT, "Flow_RO1_GR1", "V11", _undrawn("Flow_RO1_GR1")),
    Fault("a complex loop without a number", EDIT, "RO1_FindClient", "G25",
          _new("RO1_FindClient", "multiInstanceLoopCharacteristics")),
    Fault("an outcome that is a sentence", EDIT, "End_done", "G17",
          lambda root: _outcome(root, "End_done", "It is done!")),
    Fault("a document type", EDIT, EDIT, "X2", ("<bpmn:definitions", "<!DOCTYPE a [<!ENTITY b 'c'>]><bpmn:definitions")),
    Fault("half a file", EDIT, EDIT, "X1", ("</bpmn:definitions>", "")),
    Fault("a form that is no JSON", FORM, FORM, "", ("{", "{,")),
    Fault("a kind of question that there is not", FORM, FORM, "", ('"type": "string"', '"type": "picture"')),
    Fault("a form that shows a question by one it lacks", FORM, FORM, "",
          ('"properties": {', '"allOf": 3, "properties": {')),
    Fault("a mail that names a fact about the client", MAIL, MAIL, "", ("{{", "{{ client_last_name }} {{")),
    Fault("a mail with a loop", MAIL, MAIL, "", ("{{", "{% for a in b %}{{")),
    Fault("a time in no unit", TIMES, TIMES, "", ('after = "1 business day"', 'after = "1 moon"')),
    Fault("times that are no TOML", TIMES, TIMES, "", ("[calendar]", "[calendar")),
]  # fmt: skip


def _without_step(root: etree._Element, id: str) -> None:
    for operator in [*_find(root, id).iter(S + "serviceTaskOperator")]:
        operator.getparent().remove(operator)


def _outcome(root: etree._Element, id: str, words: str) -> None:
    (known,) = _find(root, id).xpath(".//s:property[@name = 'outcome']", namespaces={"s": S[1:-1]})
    known.set("value", words)
