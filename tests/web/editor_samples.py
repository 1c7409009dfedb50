"""Sample values for the pages of the process editor, template → what its view passes."""

from datetime import UTC, datetime

from workflows.bundle_checks import BundleProblem
from workflows.outline_words import Sentence, ToldWay
from workflows.queries.drafts import DraftView
from workflows.queries.steps import Step, StepsView, StepView, ToldProcess
from workflows.step_form import Question

NOW = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)
DRAFT = DraftView(
    id=1, key="opt_in_5512pro", name="Opt-in requests (5512PRO)", area="OLY", base_id=1, base_version=3,
    files={"service_levels.toml": ""}, row_version=4, begun_by="Robin Alderspire", begun_at=NOW,
    edited_by="Kim Otterbrook", edited_at=NOW, open_edit="Kim Otterbrook",
)  # fmt: skip
TABS = [{"label": "Overview", "href": "/processes/drafts/1", "current": True, "count": None}]
FRAME = {"draft": DRAFT, "tabs": TABS}
PROBLEM = BundleProblem(
    "opt_in_request.bpmn", "T6", "V8", "It names a form that is gone.", "Choose one.", "Ask the client"
)
STEP = Step(
    element="T6", name="Ask the client", kind="Task for a person", tag="userTask", role="Case manager", what="",
    form="Ask the client", due="1 business day", clause="5512PRO 5", wrong=("It names a form that is gone.",),
    earlier="T5", later="T7", removable=True, exits=(("F1", "before “End”"), ("F2", "“no”, before “Ask”")),
)  # fmt: skip
DEEP = Sentence("T8", "Case manager: Try once more.", inside=(Sentence("T9", "End: Done."),), leads=True)
TOLD = Sentence("G1", "Decision: Reached?", (ToldWay("If “no”:", (DEEP,)), ToldWay("If “yes”: go on below.")))
STEPS = StepsView(
    DRAFT, "opt_in_request.bpmn", [("opt_in_request.bpmn", "Opt-in request"), ("main.bpmn", "Opt-in 5512PRO")],
    [ToldProcess("Opt-in request", (STEP,), [[TOLD], [DEEP]], ("There is no start event.",))],
)  # fmt: skip
ASKED = [
    {**vars(Question("name", "Name", value="Ask", hint="A few words.")), "shown": True, "controls": False},
    {
        **vars(Question("role", "Who does it", "select", options=(("a", "ESD staff"),))),
        "shown": True,
        "controls": False,
    },
]
FIELDS = [{**ASKED[0], "error": "Answer “Name”."}, {**ASKED[1], "error": None}]
ONE = {**FRAME, "view": StepView(DRAFT, "opt_in_request.bpmn", "Opt-in request", STEP, [], {})}
WRONG = {"name": "Answer “Name”."}

EDITOR = {
    "editor/steps.html": {**FRAME, "view": STEPS},
    "editor/outline.html": {**FRAME, "view": STEPS},
    "editor/step.html": {**ONE, "asked": FIELDS, "errors": WRONG},
    "editor/step_add.html": {**ONE, "asked": FIELDS, "errors": WRONG, "kind": "userTask", "flow": "F1"},
    "editor/step_remove.html": ONE,
    "editor/overview.html": {**FRAME, "problems": [PROBLEM], "warnings": [PROBLEM]},
}
