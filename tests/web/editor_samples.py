"""Sample values for the pages of the process editor, template → what its view passes."""

from datetime import UTC, datetime

from workflows.bundle_checks import BundleProblem
from workflows.queries.drafts import DraftView
from workflows.queries.uploads import Told, Upload

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
UPLOAD = Upload(
    file="visit.bpmn", text="<x/>", replaces=True, tool="A Modeler 5.0",
    told={"Kept": [Told("Visit", "camunda:asyncBefore", "true", "Kept.")]}, problems=[PROBLEM],
)  # fmt: skip

EDITOR = {
    # With a diagram the modeler would ask a server that is not there: tests/browser/test_modeler.py looks at that.
    "editor/diagram.html": {**FRAME, "file": "", "files": [], "decisions": False},
    "editor/diagram_upload.html": {**FRAME, "files": ["a.bpmn"], "errors": {"file": "Choose the file."}},
    "editor/diagram_report.html": {**FRAME, "upload": UPLOAD, "refused": "Kim has changed this draft."},
    "editor/overview.html": {**FRAME, "problems": [PROBLEM], "warnings": [PROBLEM]},
}
