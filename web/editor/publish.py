"""The Publish tab of a draft: what is checked, what becomes of the open cases, and proposing it to a second person."""

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from web.editor.frame import DRAFTS, page
from web.editor.writing import row_version
from workflows.commands.publications import propose
from workflows.errors import InvalidInput, NotNow
from workflows.language import gettext, said
from workflows.publications import KINDS
from workflows.queries.publications import publish_view

publish = Blueprint("publish", __name__, url_prefix=DRAFTS)

NEW_CASES, OPEN_CASES = "new_cases", "move_open_cases"


@publish.get("/<int:draft_id>/publish")
def read_proof(draft_id: int) -> str:
    """The checks, and what becomes of each open case."""
    return _page(draft_id, {}, {})


@publish.post("/<int:draft_id>/publish")
def propose_draft(draft_id: int) -> Response | tuple[str, int]:
    """Propose the draft to a second person."""
    form = request.form
    typed = {"note": form.get("note", ""), "mode": form.get("mode", "")}
    try:
        if typed["mode"] not in (NEW_CASES, OPEN_CASES):
            raise InvalidInput(fields={"mode": gettext("Choose for which cases the version is to hold.")})
        made = propose(g.actor, draft_id, typed["note"], typed["mode"] == OPEN_CASES, row_version())
    except InvalidInput as refused:
        return _page(draft_id, without_blocked(typed), refused.fields), 422
    except NotNow as refused:
        return _page(draft_id, typed, {"": refused.message}), 409
    flash(gettext("The draft is proposed. Nothing changes until a second person approves it."), "success")
    return redirect(url_for("publications.read_publication", publication_id=made))


def _page(draft_id: int, typed: Mapping[str, object], errors: dict[str, str]) -> str:
    kind, after = request.args.get("kind", ""), request.args.get("after", "")
    view = publish_view(g.actor, draft_id, kind if kind in KINDS else "", after[:30])
    here = f"{DRAFTS}/{draft_id}/publish"
    following = view.prospect.following if view.prospect else ""
    return page(
        "editor/publish.html",
        view.draft,
        "/publish",
        view=view,
        kinds=KINDS,
        kind=kind,
        here=here,
        next_href=f"{here}?kind={kind}&after={following}#cases" if following else "",
        first_href=f"{here}?kind={kind}#cases" if after else "",
        modes=said({NEW_CASES: ONLY_NEW, OPEN_CASES: ALSO_OPEN}),
        values={"note": "", "mode": "", **typed},
        errors=errors,
    )


ONLY_NEW = "New cases only. Open cases finish on the version they started with."
ALSO_OPEN = "New cases, and the open cases that can move."
