"""Extension attributes and elements of other tools: what is read, what is only noted, and nothing is run."""

from __future__ import annotations

from time import process_time

import pytest
from lxml import etree

from engine.dialects import extensions, report
from engine.dialects.extensions import DROPPED, KEPT, MAPPED, Foreign

_SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "operaton": "http://operaton.org/schema/1.0/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "signavio": "http://www.signavio.com",
    "bizagi": "http://www.bizagi.com/bpmn20",
    "triso": "http://www.trisotech.com/2015/triso/modeling",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "own": "http://example.org/own",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in _SPACES.items())


def _read(text: str) -> Foreign:
    root = etree.fromstring(f"<bpmn:definitions {_DECLARED}>{text}</bpmn:definitions>")
    return extensions.read(root[0])


def _zeebe(inner: str, tag: str = "userTask") -> Foreign:
    return _read(f"<bpmn:{tag} id='t'><bpmn:extensionElements>{inner}</bpmn:extensionElements></bpmn:{tag}>")


@pytest.mark.parametrize("prefix", ["camunda", "operaton", "activiti", "flowable"])
def test_a_user_task_of_the_juel_family_says_its_form_groups_and_due_date(prefix: str) -> None:
    found = _read(
        f"<bpmn:userTask id='t' {prefix}:formKey='embedded:app:forms/a.html' {prefix}:candidateGroups='sales, hr,sales'"
        f" {prefix}:dueDate='P2D' {prefix}:followUpDate='${{later}}'/>"
    )
    assert (found.form, found.roles) == ("embedded:app:forms/a.html", ("sales", "hr"))
    assert (found.due, found.follow_up) == ('"P2D"', "later")
    assert {note.outcome for note in found.notes} == {MAPPED}
    assert found.notes[0].name == f"{prefix}:formKey"


def test_a_user_task_of_zeebe_says_the_same_in_elements() -> None:
    found = _zeebe(
        "<zeebe:formDefinition formId='review'/><zeebe:assignmentDefinition assignee='=who' candidateGroups='a,b'/>"
        "<zeebe:taskSchedule dueDate='2026-11-21T10:00:00Z' followUpDate='= later'/>"
    )
    assert found.form == "review"
    assert (found.roles, found.assignee) == (("a", "b"), "=who")
    assert (found.due, found.follow_up) == ('"2026-11-21T10:00:00Z"', "later")


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("${dateTime().plusWeeks(1).toDate()}", '"P1W"'),
        ("#{now().plusMinutes(30)}", '"PT30M"'),
        ("${dateTime().plusAges(1)}", None),
        ("2026-11-21", None),
    ],
)
def test_a_due_date_so_much_later_than_now_is_a_duration(written: str, due: str | None) -> None:
    assert _read(f"<bpmn:userTask id='t' camunda:dueDate='{written}'/>").due == due


@pytest.mark.parametrize(
    ("attributes", "step"),
    [
        ("camunda:type='external' camunda:topic='ship'", "ship"),
        ("camunda:delegateExpression='${shipper}'", "shipper"),
        ("activiti:class='org.example.Ship'", "org.example.Ship"),
        ("flowable:type='mail'", "mail"),
        ("camunda:type='external'", None),
        ("camunda:expression='${bean.ship(order)}'", "${bean.ship(order)}"),
        ("camunda:class='org.example.Ship' camunda:topic='ship'", "ship"),
        ("camunda:topic='${computed}'", None),
    ],
)
def test_a_service_task_names_its_step(attributes: str, step: str | None) -> None:
    assert _read(f"<bpmn:serviceTask id='t' {attributes}/>").step == step


def test_a_job_type_names_the_step() -> None:
    assert _zeebe("<zeebe:taskDefinition type='ship' retries='3'/>", "serviceTask").step == "ship"
    assert _zeebe("<zeebe:taskDefinition type='=\"ship\"'/>", "serviceTask").step == "ship"
    assert _zeebe("<zeebe:taskDefinition type='=\"ship\" in kinds'/>", "serviceTask").step is None


@pytest.mark.parametrize(
    "loop",
    [
        "<bpmn:multiInstanceLoopCharacteristics camunda:collection='${items}' camunda:elementVariable='item'/>",
        "<bpmn:multiInstanceLoopCharacteristics flowable:collection='items' flowable:elementVariable='item'/>",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='= items' inputElement='item' outputCollection='all'/>"
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>",
    ],
)
def test_a_repeated_task_names_its_list_and_item(loop: str) -> None:
    found = _read(f"<bpmn:task id='t'>{loop}</bpmn:task>")
    assert (found.collection, found.element_variable) == ("items", "item")


def test_a_collection_that_runs_code_is_noted_and_not_read() -> None:
    found = _read(
        "<bpmn:task id='t'><bpmn:multiInstanceLoopCharacteristics camunda:collection='${bean.all()}'/></bpmn:task>"
    )
    assert found.collection is None
    assert "all(…)" in found.notes[0].sentence
    assert found.notes[0].outcome == DROPPED


def test_called_processes_and_decisions() -> None:
    assert _zeebe("<zeebe:calledElement processId='other'/>", "callActivity").called == "other"
    assert _zeebe("<zeebe:calledElement processId='=other'/>", "callActivity").called is None
    assert (
        _zeebe("<zeebe:calledDecision decisionId='d' resultVariable='r'/>", "businessRuleTask").decision
        == "d"
    )
    assert _read("<bpmn:businessRuleTask id='t' camunda:decisionRef='d'/>").decision == "d"
    assert _zeebe("<spiffworkflow:calledDecisionId> d </spiffworkflow:calledDecisionId>").decision == "d"
    field = "<flowable:field name='decisionTableReferenceKey'><flowable:string>d</flowable:string></flowable:field>"
    assert _zeebe(field, "serviceTask").decision == "d"


@pytest.mark.parametrize(
    ("written", "roles"),
    [
        ("management", ("management",)),
        ("user(somebody), group(management), group(sales)", ("management", "sales")),
        ("${computed}", ()),
        ("f(x)(y)", ()),
    ],
)
def test_potential_owners_are_groups(written: str, roles: tuple[str, ...]) -> None:
    found = _read(
        "<bpmn:userTask id='t'><bpmn:potentialOwner><bpmn:resourceAssignmentExpression><bpmn:formalExpression>"
        f"{written}</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner></bpmn:userTask>"
    )
    assert found.roles == roles
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("inner", "outcome", "said"),
    [
        ("<camunda:executionListener class='x.Y' event='start'/>", KEPT, "never run"),
        ("<flowable:taskListener expression='${a.b()}'/>", KEPT, "never run"),
        (
            "<camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector>",
            KEPT,
            "never run",
        ),
        ("<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>", KEPT, "never run"),
        ("<camunda:inputOutput><camunda:inputParameter name='a'/></camunda:inputOutput>", DROPPED, "copied"),
        ("<zeebe:ioMapping><zeebe:input source='=a' target='b'/></zeebe:ioMapping>", DROPPED, "copied"),
        ("<camunda:formData/>", DROPPED, "make a form"),
        ("<signavio:signavioMetaData metaKey='bgcolor' metaValue='#fff'/>", KEPT, "Signavio"),
        ("<bizagi:BizagiExtensions/>", KEPT, "Bizagi"),
        ("<triso:display/>", KEPT, "Trisotech"),
        ("<own:anything class='x'/>", KEPT, "another tool"),
        ("<spiffworkflow:properties/>", MAPPED, "properties"),
    ],
)
def test_every_other_word_is_noted(inner: str, outcome: str, said: str) -> None:
    (note,) = _zeebe(inner).notes
    assert (note.outcome, said in note.sentence) == (outcome, True)
    assert note.name == inner[1:].split(">")[0].split("/")[0].split(" ")[0]


def test_every_other_attribute_is_noted_once() -> None:
    found = _read(
        "<bpmn:task id='t' camunda:asyncBefore='true' camunda:skipExpression='${x}' own:colour='red'/>"
    )
    assert [(note.name, note.outcome) for note in found.notes] == [
        ("camunda:asyncBefore", KEPT),
        ("camunda:skipExpression", DROPPED),
        ("colour (http://example.org/own)", KEPT),
    ]


def test_a_long_value_takes_no_long_time() -> None:
    started = process_time()
    for word in ("candidateGroups", "dueDate", "collection", "formKey", "delegateExpression"):
        for value in (
            "a" + " " * 100_000 + "(",
            "${" + " " * 100_000,
            "P" + "1" * 100_000,
            "(" * 100_000,
            "," * 100_000,
        ):
            _read(f"<bpmn:userTask id='t' camunda:{word}='{value}'/>")
    assert process_time() - started < 5


def test_very_many_attributes_take_no_long_time() -> None:
    attributes = " ".join(f"own:a{number}='x'" for number in range(40_000))
    started = process_time()
    assert len(_read(f"<bpmn:task id='t' {attributes}/>").notes) < 201
    assert process_time() - started < 3


def test_a_long_value_is_shortened_in_a_note() -> None:
    (note,) = _read(f"<bpmn:task id='t' own:text='{'x' * 1000}'/>").notes
    assert len(note.value) == 81


@pytest.mark.parametrize(
    "value", ["", " ", "=", '=""', "${", "${}", ",", "group()", "[", "'", "\\", "=[", "\u00a0"]
)
@pytest.mark.parametrize(
    "word",
    ["formKey", "candidateGroups", "dueDate", "topic", "collection", "class", "assignee", "decisionRef"],
)
def test_no_value_is_more_than_a_note(word: str, value: str) -> None:
    root = etree.Element(f"{{{_SPACES['bpmn']}}}task", {f"{{{_SPACES['camunda']}}}{word}": value})
    assert len(extensions.read(root).notes) == 1


_FILE = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions {_DECLARED} exporter="A Modeler" exporterVersion="1.2" expressionLanguage="feel" own:a="1">
  <bpmn:process id="p" camunda:historyTimeToLive="P1D">
    <bpmn:userTask id="t" camunda:formKey="f"><bpmn:extensionElements><own:x/></bpmn:extensionElements></bpmn:userTask>
    <bpmn:intermediateCatchEvent id="e"><bpmn:timerEventDefinition>
      <bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="s"><bpmn:conditionExpression>a = 1</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="u"><bpmn:conditionExpression>is it ok?</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="v"><bpmn:conditionExpression>ok</bpmn:conditionExpression></bpmn:sequenceFlow>
  </bpmn:process>
</bpmn:definitions>"""


def test_a_report_says_the_tool_and_has_the_notes_of_each_element() -> None:
    found = report(_FILE.encode())
    assert found.tool == "A Modeler 1.2"
    assert found.vocabularies == ("Camunda 7",)
    assert {identity: [note.name for note in several] for identity, several in found.notes.items()} == {
        "": ["a (http://example.org/own)"],
        "p": ["camunda:historyTimeToLive"],
        "t": ["camunda:formKey", "own:x"],
        "e": ["timeDuration"],
        "s": ["conditionExpression"],
        "u": ["conditionExpression"],
    }
    assert found.notes["s"][0].sentence == "Read as: a == 1"
    assert "cannot run" in found.notes["u"][0].sentence
    assert found.counts == {MAPPED: 3, KEPT: 4}
    assert found.problems == ()


def test_a_report_guesses_the_tool_by_its_words() -> None:
    text = _FILE.replace(' exporter="A Modeler" exporterVersion="1.2"', "")
    assert report(text.encode()).tool == "Camunda 7"


@pytest.mark.parametrize(
    "content",
    [b"", b"no xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a/>", b"\xff\xfe", b" " * 1_000_001],
)
def test_a_file_that_the_door_refuses_gives_its_problems(content: bytes) -> None:
    found = report(content)
    assert len(found.problems) == 1
    assert not found.notes
