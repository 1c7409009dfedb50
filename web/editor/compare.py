"""The tab “Compare”: what a draft changes, beside the version it was begun from or any other."""

from flask import Blueprint, Response, g

from web.comparisons import asked_version, shown
from web.editor.frame import DRAFTS, page
from web.processes import XML
from workflows.queries.comparisons import draft_comparison, drawn_draft

compare = Blueprint("draft_comparison", __name__, url_prefix=DRAFTS)


@compare.get("/<int:draft_id>/compare")
def read_comparison(draft_id: int) -> str:
    """The draft beside a version: its diagrams side by side, and every change in words."""
    draft, found = draft_comparison(g.actor, draft_id, asked_version("with"))
    return page("editor/compare.html", draft, "/compare", found=found, **shown(found, draft_id))


@compare.get("/<int:draft_id>/drawn/<file>")
def draw(draft_id: int, file: str) -> Response:
    """A diagram of the draft to be looked at, its words in the language of the page."""
    return Response(drawn_draft(g.actor, draft_id, file), content_type=XML)
