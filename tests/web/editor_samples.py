"""Sample values for the pages of the process editor, template → what its view passes."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.web.comparison_samples import TABS_OF_COMPARING
from tests.web.draft_samples import TABS_OF_PARTS
from tests.web.step_samples import TAB_OF_STEPS
from workflows.bundle_checks import BundleProblem
from workflows.bundle_proofs import Tally
from workflows.clauses import Clause
from workflows.queries.drafts import DraftView
from workflows.queries.procedure import WrittenView
from workflows.queries.scenarios import MoveRow, OpenStep, RehearsalView
from workflows.queries.uploads import Told, Upload
from workflows.scenario_play import Playing
from workflows.scenarios import Move, Scenario
from workflows.written_procedure import Carried, Paragraph, Procedure, Section

NOW = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)
DRAFT = DraftView(
    id=1, key="opt_in_5512pro", name="Opt-in requests (5512PRO)", area="OLY", base_id=1, base_version=3,
    files={"service_levels.toml": ""}, row_version=4, begun_by="Robin Alderspire", begun_at=NOW,
    edited_by="Kim Otterbrook", edited_at=NOW, open_edit="Kim Otterbrook",
)  # fmt: skip
TABS = [{"label": "Overview", "href": "/processes/drafts/1", "current": True, "count": None}]
FRAME = {"draft": DRAFT, "tabs": TABS, "tally": Tally(44, 45)}
PROBLEM = BundleProblem(
    "opt_in_request.bpmn", "T6", "V8", "It names a form that is gone.", "Choose one.", "Ask the client"
)
UPLOAD = Upload(
    file="visit.bpmn", text="<x/>", replaces=True, tool="A Modeler 5.0",
    told=[("Kept", [Told("Visit", "camunda:asyncBefore", "true", "Kept.")])], problems=[PROBLEM],
)  # fmt: skip

ERRORS = {"name": "Write a name of 1 to 120 characters."}
MOVE = MoveRow(1, "“Search” is completed", (("How many?", "2"),), ("Search elsewhere",))
SCENARIO = Scenario(
    "scenarios/x.json", "SAMPLE: the client calls it off", "opt_in_5512pro", (Move("fire", "TM"),)
)
PLAYING = Playing(
    ("T1",),
    (),
    ("notify_supervisor",),
    "withdrawn",
    True,
    (),
    frozenset(),
    frozenset(),
    (),
    "It does not fit.",
)
WALK = RehearsalView(
    DRAFT, (("opt_in_5512pro", "Opt-in"),), PLAYING, (MOVE,), (OpenStep("T1", "Search", "Case manager"),),
    (("TM", "It has waited too long"),), (("client_withdrew", "Client withdrew"),), ("A mail",), SCENARIO,
)  # fmt: skip
CLAUSE = Clause("5512PRO 5", "Ask the client to call.", ("T6",), "SAMPLE")
ROW = {"place": 1, "number": "5512PRO 5", "text": "Ask the client.", "steps": ["Ask"], "gone": ["T6"],
       "waiver": "People do it.", "open": True}  # fmt: skip
PARAGRAPH = Paragraph(
    "T6", "1.1", "5512PRO 5", "mail", "Ask the client", (("Who", "Case manager"),), "Ask.\n\n1. Politely.",
    ("Asked at",), ("If “yes”: go on.", "Otherwise: the case ends."),
)  # fmt: skip
STEP = Paragraph("S1", "1.2", "", "step", "Count", lines=("Then: the case ends.",))
PROCEDURE = Procedure(
    (Section("1", "Opt-in", "Client is not found", (PARAGRAPH, STEP)),),
    (Carried("5512PRO 5", "Ask the client.", ("1.1",), "SAMPLE"),),
)
FIELD = {"name": "name", "widget": "text", "label": "A name", "hint": "", "options": (), "value": "", "required": True,
         "shown": True, "controls": True, "error": ERRORS["name"]}  # fmt: skip

EDITOR = {
    # With a diagram the modeler would ask a server that is not there: tests/browser/test_modeler.py looks at that.
    "editor/diagram.html": {**FRAME, "file": "", "files": [], "decisions": False},
    "editor/diagram_upload.html": {**FRAME, "files": {"a.bpmn": "Opt-in"}, "errors": {"file": "Choose the file."}},
    "editor/diagram_report.html": {**FRAME, "upload": UPLOAD, "title": "Visit", "refused": "Kim has changed this draft."},
    "editor/overview.html": {**FRAME, "newer": 4, "problems": [PROBLEM], "warnings": [PROBLEM]},
    "editor/scenarios.html": {
        **FRAME, "playable": True, "like": [("withdrawn", "Withdrawn")], "marks": {"T1": "done"},
        "signs": {"done": ("✓", "Some does")}, "starts": ["Start"],
        "rows": [{"key": "x", "name": "SAMPLE", "moves": 3, "outcome": "Withdrawn", "differs": ["It ended otherwise."]},
                 {"key": "y", "name": "SAMPLE 2", "moves": 0, "outcome": "", "differs": []}],
        "coverage": {"elements": (1, 2), "flows": (1, 3), "outcomes": (1, 2), "missed_outcomes": ["Withdrawn"],
                     "missed": [("Opt-in", ["Search"])]},
        "diagrams": [{"name": "Opt-in", "address": "/processes/drafts/1/drawn/a.bpmn", "opens": True}],
    },
    "editor/scenario.html": {
        **FRAME, "scenario": SCENARIO, "key": "x", "name": "SAMPLE", "outcome": "withdrawn",
        "outcomes": [("withdrawn", "Withdrawn")], "differs": ["It ended otherwise."], "moves": [MOVE],
        "facts": [("Mails", "nothing")], "errors": ERRORS,
        "followed": {"path": "“Search”", "outcome": "Withdrawn", "same_end": False},
    },
    "editor/walk.html": {
        **FRAME, "walk": WALK, "playing": replace(PLAYING, failure=""), "outcome": "Withdrawn", "name": "",
        "errors": ERRORS,
    },
    "editor/walk_step.html": {
        **FRAME, "step": WALK.tasks[0], "help": "Search.", "fields": [FIELD], "refresh": "/walk", "errors": ERRORS,
    },
    "editor/trace.html": {**FRAME, "rows": [ROW], "broken": "", "strangers": [PROBLEM], "playable": True},
    "editor/clause.html": {
        **FRAME, "place": 1, "clause": CLAUSE, "errors": {"waiver": "Write a reason of up to 500 characters."},
        "groups": [("opt_in", [{"id": "T6", "name": "Ask", "role": "Case manager", "chosen": True}])],
    },
    "procedure.html": {
        "written": WrittenView("Opt-in requests (5512PRO)", "opt_in_5512pro", 3, PROCEDURE), "procedure": PROCEDURE,
    },
    **{
        name: {**FRAME, **values}
        for name, values in {**TABS_OF_PARTS, **TAB_OF_STEPS, **TABS_OF_COMPARING}.items()
    },
}  # fmt: skip
