"""The first tab of a draft: where it comes from, what is wrong with it, and throwing it away."""

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.editor.frame import DRAFTS, page
from workflows.bundle_checks import problems
from workflows.commands.drafts import begin_draft, discard_draft
from workflows.definitions import MAIN_PROCESS
from workflows.language import gettext
from workflows.queries.drafts import draft_view
from workflows.queries.takeovers import newer_version

overview = Blueprint("overview", __name__, url_prefix=DRAFTS)


@overview.post("")
def begin() -> Response:
    """Begin to change a procedure, or go on where somebody of the area has begun."""
    draft_id = begin_draft(g.actor, request.form.get("key", MAIN_PROCESS))
    return redirect(url_for("overview.read_draft", draft_id=draft_id))


@overview.get("/<int:draft_id>")
def read_draft(draft_id: int) -> str:
    """What there is to know of a draft, and what is wrong with it."""
    draft = draft_view(g.actor, draft_id)
    found = problems(draft.bundle)
    return page(
        "editor/overview.html",
        draft,
        "",
        newer=newer_version(g.actor, draft_id),
        problems=[problem for problem in found if not problem.warning],
        warnings=[problem for problem in found if problem.warning],
    )


@overview.post("/<int:draft_id>/discard")
def discard(draft_id: int) -> Response:
    """Throw the draft away."""
    discard_draft(g.actor, draft_id)
    flash(gettext("The draft is thrown away. The versions are as they were."), "success")
    return redirect(url_for("processes.list_versions"))
