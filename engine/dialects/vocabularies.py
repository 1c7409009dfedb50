"""The namespaces of other tools, and what each of their words asks for.

From the public references: Camunda 7 extension attributes and elements, Operaton and Activiti (the same words),
Flowable BPMN extensions, Zeebe BPMN extension schema, and BPMN 2.0.2, 10.3.1 (resources).
"""

from __future__ import annotations

from collections.abc import Mapping

OURS = "http://spiffworkflow.org/bpmn/schema/1.0/core"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
JUEL_FAMILY: Mapping[str, str] = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
    "http://www.camunda.com/fox": "fox",
    "http://www.operaton.com/fox": "fox",
}
"""Namespaces that share one vocabulary, with the prefix each usually has."""

TOOLS: Mapping[str, str] = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    ZEEBE: "Camunda 8",
    "http://operaton.org/schema/1.0/bpmn": "Operaton",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://www.signavio.com": "Signavio",
    "http://www.bizagi.com/bpmn20": "Bizagi",
    "http://www.trisotech.com/2015/triso/modeling": "Trisotech",
    "http://www.trisotech.com/2014/triso/bpmn": "Trisotech",
    "http://www.w4.eu/spec/BPMN/20110930/GRAPH": "W4",
    "http://www.boc-group.com": "ADONIS",
    "http://www.visual-paradigm.com/bpmn/vpspecificcontent": "Visual Paradigm",
    "http://www.itp-commerce.com/BPMN2.0": "itp commerce",
    "http://bpmn.sourceforge.net": "Yaoqiang",
    OURS: "SpiffWorkflow",
}
"""Namespaces by the tool that writes them, in the order in which a file's tool is guessed."""

PREFIXES: Mapping[str, str] = {**JUEL_FAMILY, ZEEBE: "zeebe", OURS: "spiffworkflow"}

ATTRIBUTES: Mapping[str, str] = {
    "formKey": "form",
    "formRef": "form",
    "candidateGroups": "roles",
    "assignee": "assignee",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "topic": "step",
    "delegateExpression": "code",
    "class": "code",
    "expression": "code",
    "collection": "collection",
    "elementVariable": "element_variable",
    "decisionRef": "decision",
    "decisionTableReferenceKey": "decision",
}
"""Attributes of the JUEL family by what they say. `code` names something that the other engine would run."""

ELEMENTS: Mapping[tuple[str, str], Mapping[str, str]] = {
    (ZEEBE, "formDefinition"): {"formKey": "form", "formId": "form", "externalReference": "form"},
    (ZEEBE, "assignmentDefinition"): {"candidateGroups": "roles", "assignee": "assignee"},
    (ZEEBE, "taskSchedule"): {"dueDate": "due", "followUpDate": "follow_up"},
    (ZEEBE, "taskDefinition"): {"type": "step"},
    (ZEEBE, "loopCharacteristics"): {"inputCollection": "collection", "inputElement": "element_variable"},
    (ZEEBE, "calledElement"): {"processId": "called"},
    (ZEEBE, "calledDecision"): {"decisionId": "decision"},
}
"""Extension elements whose attributes say something, in the same words."""

SAID: Mapping[str, str] = {
    "form": "The key of the task's form.",
    "roles": "Who may take the task.",
    "due": "When the task is due.",
    "follow_up": "When the task is looked at again.",
    "step": "The name of the step that does the work.",
    "collection": "The list that the task is repeated for.",
    "element_variable": "The field that holds the item of each round.",
    "called": "The process that is called.",
    "decision": "The decision that is asked.",
}
"""What the words that are read mean here, for a person."""

CODE = frozenset({
    "class", "connector", "customResource", "delegateExpression", "errorEventDefinition", "eventListener",
    "executionListener", "expression", "field", "httpRequestHandler", "httpResponseHandler", "mapException",
    "messageExpression", "postScript", "preScript", "resource", "rules", "script", "signalExpression", "taskListener",
    "variableMappingClass", "variableMappingDelegateExpression", "executionListeners", "taskListeners",
})  # fmt: skip
"""Words that name or hold something to run."""

WITHOUT_EFFECT: Mapping[str, str] = {
    "skipExpression": "The step is not skipped here: draw a gateway before it.",
    "inputOutput": "Fields are not copied or renamed here: every step sees the fields of the process.",
    "ioMapping": "Fields are not copied or renamed here: every step sees the fields of the process.",
    "in": "Fields are not passed one by one here: a called process begins with all of them.",
    "out": "Fields are not passed one by one here: a called process gives back all of them.",
    "varMapping": "Fields are not passed one by one here.",
    "resultVariable": "The result is not stored under this name here.",
    "resultVariableName": "The result is not stored under this name here.",
    "errorCodeVariable": "The code is not stored under this name here.",
    "errorMessageVariable": "The message is not stored under this name here.",
    "escalationCodeVariable": "The code is not stored under this name here.",
    "candidateUsers": "Persons are not named in a diagram here: who has the role takes the task.",
    "candidateStarterGroups": "Who may start a process is not set in the diagram here.",
    "candidateStarterUsers": "Who may start a process is not set in the diagram here.",
    "owner": "Persons are not named in a diagram here.",
    "initiator": "The person who starts is not stored under this name here.",
    "priority": "Tasks are ordered by when they are due here.",
    "businessCalendarName": "Dates are reckoned with the calendar of the product.",
    "formData": "The fields of the form are drawn in the diagram: make a form of them and name it.",
    "formProperty": "The fields of the form are drawn in the diagram: make a form of them and name it.",
    "userTaskForm": "The form is stored in the diagram: make a form of it and name it.",
    "endDate": "A timer does not end at this moment here.",
    "terminateAll": "A terminate end ends its own process only.",
    "terminateMultiInstance": "A terminate end ends its own process only.",
    "triggerable": "The step does not wait for a message of its own: draw a receive task after it.",
    "sameDeployment": "The version that is deployed is called.",
    "caseRef": "Cases of CMMN are not run.",
    "caseDefinitionKey": "Cases of CMMN are not run.",
    "calledElementBinding": "The version that is deployed is called.",
    "calledElementVersion": "The version that is deployed is called.",
    "calledElementVersionTag": "The version that is deployed is called.",
    "decisionRefBinding": "The version that is deployed is asked.",
    "decisionRefVersion": "The version that is deployed is asked.",
    "decisionRefVersionTag": "The version that is deployed is asked.",
    "mapDecisionResult": "The outputs of a decision become fields of their own names.",
    "ruleVariablesInput": "Rules of another engine are not run.",
    "outputCollection": "The results of the rounds are not gathered into a list.",
    "outputElement": "The results of the rounds are not gathered into a list.",
    "variableAggregation": "The results of the rounds are not gathered into a list.",
    "eventType": "Events of a registry are not received here.",
    "subscription": "A correlation key is not read from the diagram.",
    "correlationKey": "A correlation key is not read from the diagram.",
    "variableListenerEventDefinition": "A change of a field is no event here.",
}
"""Words that ask for something the product does not do: the process runs without it."""

PERFORMERS: Mapping[str, str] = {
    "potentialOwner": "roles",
    "performer": "assignee",
    "humanPerformer": "assignee",
}
"""How BPMN 2.0.2, 10.3.4.1 names people; other engines agree that a potential owner is a group."""
