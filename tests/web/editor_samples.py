"""Sample values for the pages of the process editor, template → what its view passes."""

from datetime import UTC, datetime

from workflows.bundle_checks import BundleProblem
from workflows.queries.drafts import DraftView

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

EDITOR = {
    "editor/overview.html": {**FRAME, "problems": [PROBLEM], "warnings": [PROBLEM]},
}
