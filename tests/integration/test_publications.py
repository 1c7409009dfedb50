"""Publishing: proposed with proof, approved by a second person, open cases moved one by one, undone within a day."""

from sqlalchemy import select

from tests.desk import CASEY, ROBIN, Desk
from tests.integration.acting import actor
from workflows.commands import moves, publications
from workflows.commands.drafts import begin_draft, change_draft
from workflows.db import transaction
from workflows.definitions import ProcessDefinition
from workflows.instances import ProcessInstance
from workflows.publications import PublicationCase
from workflows.queries.drafts import draft_view

REQUEST = "opt_in_request.bpmn"
HOST = "T7_RecordContactAndVerifyWish"
REMINDER = f"""
    <bpmn:boundaryEvent id="Reminder_new" name="Look at it again" cancelActivity="false" attachedToRef="{HOST}">
      <bpmn:outgoing>Flow_new_1</bpmn:outgoing>
      <bpmn:timerEventDefinition id="Timer_new"><bpmn:timeDuration>"PT2H"</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:serviceTask id="Remind_new" name="Remind the supervisor">
      <bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="remind_supervisor" resultVariable=""/></bpmn:extensionElements>
      <bpmn:incoming>Flow_new_1</bpmn:incoming><bpmn:outgoing>Flow_new_2</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="Done_new" name="Reminded"><bpmn:incoming>Flow_new_2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_new_1" sourceRef="Reminder_new" targetRef="Remind_new"/>
    <bpmn:sequenceFlow id="Flow_new_2" sourceRef="Remind_new" targetRef="Done_new"/>
"""
DRAWN = """
      <bpmndi:BPMNShape id="S1" bpmnElement="Reminder_new"><dc:Bounds x="900" y="900" width="36" height="36"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="S2" bpmnElement="Remind_new"><dc:Bounds x="960" y="900" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="S3" bpmnElement="Done_new"><dc:Bounds x="1100" y="900" width="36" height="36"/></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="S4" bpmnElement="Flow_new_1"><di:waypoint x="936" y="918"/><di:waypoint x="960" y="918"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="S5" bpmnElement="Flow_new_2"><di:waypoint x="1060" y="918"/><di:waypoint x="1100" y="918"/></bpmndi:BPMNEdge>
"""


def with_reminder(text: str) -> str:
    """A reminder beside the talk with the client."""
    lane = text.index("<bpmn:flowNodeRef>T7_Record")
    nodes = "".join(
        f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in ("Reminder_new", "Remind_new", "Done_new")
    )
    text = text[:lane] + nodes + text[lane:]
    return text.replace("</bpmn:process>", f"{REMINDER}</bpmn:process>").replace(
        "</bpmndi:BPMNPlane>", f"{DRAWN}</bpmndi:BPMNPlane>"
    )


def draft_with(changes: dict[str, object]) -> int:
    """A draft of the sample area in which files are changed by functions."""
    draft = begin_draft(actor(ROBIN))
    view = draft_view(actor(ROBIN), draft)
    texts = {name: change(view.files[name]) for name, change in changes.items()}
    change_draft(actor(ROBIN), draft, texts, view.row_version)
    return draft


def publish(draft: int, moves_cases: bool = True) -> int:
    """Proposed by one person and approved by another; the cases are not moved yet."""
    proposed = publications.propose(actor(ROBIN), draft, "It is easier so.", moves_cases)
    publications.approve(actor(CASEY), proposed)
    return proposed


def version_of(number: str, desk: Desk) -> int:
    from workflows.cases import Case

    with transaction() as db:
        query = select(ProcessDefinition.version).join(
            ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id
        )
        return db.scalar(query.join(Case, Case.id == ProcessInstance.case_id).where(Case.number == number))


def entry(publication: int, number: str) -> PublicationCase:
    from workflows.cases import Case

    with transaction() as db:
        query = select(PublicationCase).join(Case, Case.id == PublicationCase.case_id)
        return db.scalars(
            query.where(PublicationCase.publication_id == publication, Case.number == number)
        ).one()


def test_it(desk, clock):
    old = desk.to_request()
    draft = draft_with({REQUEST: with_reminder})
    p = publish(draft)
    moves.go_on()
    e = entry(p, old)
    print(e.state, e.kind, e.reason, e.changes)
    assert e.state == "moved"
    assert version_of(old, desk) == 2
    before = len(desk.kinds(old))
    clock.move(hours=3)
    print(desk.kinds(old))
    assert len(desk.kinds(old)) == before + 1
