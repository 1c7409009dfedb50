"""Sample values for the tab Steps of a draft, template → what its view passes beside the frame."""

from types import SimpleNamespace as View

from workflows.outline_words import Sentence, ToldWay
from workflows.queries.steps import Step, ToldProcess
from workflows.step_form import Question

STEP = Step(
    element="T6", name="Ask the client", kind="Task for a person", tag="userTask", role="Case manager", what="",
    form="Ask the client", due="1 business day", clause="5512PRO 5", wrong=("It names a form that is gone.",),
    earlier="T5", later="T7", removable=True, exits=(("F1", "before “End”"), ("F2", "“no”, before “Ask”")),
)  # fmt: skip
DEEP = Sentence("T8", "Case manager: Try once more.", inside=(Sentence("T9", "End: Done."),), leads=True)
TOLD = Sentence("G1", "Decision: Reached?", (ToldWay("If “no”:", (DEEP,)), ToldWay("If “yes”: go on below.")))
STEPS = View(
    file="opt_in_request.bpmn",
    files=[("opt_in_request.bpmn", "Opt-in request"), ("main.bpmn", "Opt-in 5512PRO")],
    processes=[ToldProcess("Opt-in request", (STEP,), [[TOLD], [DEEP]], ("There is no start event.",))],
)
ASKED = [
    {**vars(Question("name", "Name", value="Ask", hint="A few words.")), "shown": True, "controls": False},
    {
        **vars(Question("role", "Who does it", "select", options=(("a", "ESD staff"),))),
        "shown": True,
        "controls": False,
    },
]
FIELDS = [{**ASKED[0], "error": "Answer “Name”."}, {**ASKED[1], "error": None}]
ONE = {"view": View(file="opt_in_request.bpmn", process="Opt-in request", step=STEP)}
WRONG = {"name": "Answer “Name”."}

TAB_OF_STEPS = {
    "editor/steps.html": {"view": STEPS},
    "editor/outline.html": {"view": STEPS},
    "editor/step.html": {**ONE, "asked": FIELDS, "errors": WRONG},
    "editor/step_add.html": {**ONE, "asked": FIELDS, "errors": WRONG, "kind": "userTask", "flow": "F1"},
    "editor/step_remove.html": ONE,
}
