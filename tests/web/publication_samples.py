"""Sample values for the pages about publishing, template → what its view passes."""

from tests.web.editor_samples import DRAFT, FRAME, NOW, PROBLEM
from workflows.publication_checks import Check
from workflows.publications import CASE_STATES, KINDS, STATES
from workflows.queries.publications import CaseRow, Prospect, PublicationView, PublishView

HERE = "/processes/drafts/1/publish"
PLACE = "WorkSource Kitsap", "Fernhollow Workforce Partners"
ROWS = [
    CaseRow("OLY-2026-000123", *PLACE, 3, "unchanged", [], "", "moved"),
    CaseRow("OLY-2026-000124", *PLACE, 3, "changes", ["Gains the time limit “Look again”.", "Loses “Search”."], ""),
    CaseRow("OLY-2026-000125", *PLACE, 2, "cannot", [], "“Search”: it is gone.", "rolled_back"),
]  # fmt: skip
PROSPECT = Prospect(
    {"unchanged": 1, "changes": 1, "cannot": 1}, [("Loses “Search”.", 2)], ROWS, "OLY-2026-000125"
)
CHECKS = [
    Check("The diagrams can run", "/diagram"),
    Check("The forms can be read", "/forms", (PROBLEM,)),
    Check("The translations fit", "", (), False),
]
LIST = {"kinds": KINDS, "kind": "changes", "here": HERE, "next_href": f"{HERE}?after=1", "first_href": HERE}
MODES = [("new_cases", "New cases only"), ("move_open_cases", "Open cases too")]


def publication(**more: object) -> PublicationView:
    """A publication that waits for a second person."""
    usual = {
        "id": 1, "name": "Opt-in requests (5512PRO)", "state": "proposed", "note": "It is easier so.", "moves_cases": True,
        "draft_id": 1, "base_version": 3, "version": None, "proposed_by": "Robin Alderspire", "proposed_at": NOW,
        "decided_by": "", "decided_at": None, "reason": "", "finished_at": None, "undone_by": "", "undone_at": None,
        "may_approve": True, "may_withdraw": True,
    }  # fmt: skip
    return PublicationView(**{**usual, **more})


PUBLISHING = {
    "editor/publish.html": {
        **FRAME, **LIST, "view": PublishView(DRAFT, [Check("Good", "")], PROSPECT, None, None), "modes": MODES,
        "values": {"note": "Because.", "mode": ""}, "errors": {"mode": "Choose."},
    },
    "publication.html": {
        **LIST, "row": publication(outcome={"waiting": 2, "moved": 1}), "groups": [], "signs": {}, "number": 0,
        "checks": CHECKS, "cases": PROSPECT, "states": STATES,
        "tones": {"proposed": "warn"}, "case_states": CASE_STATES, "reason": "", "errors": {"reason": "Say why."},
    },
    "publications.html": {
        "rows": [publication(), publication(id=2, version=4, state="done", decided_by="Kim", decided_at=NOW)],
        "states": STATES, "tones": {"proposed": "warn"},
    },
}  # fmt: skip
