"""Taking over what a newer version for all areas changed, into the draft of an area that has a procedure of its own."""

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.comparisons import in_words
from web.editor.frame import DRAFTS, page
from web.editor.writing import row_version
from workflows.commands.takeovers import take_over
from workflows.errors import DraftChanged, InvalidInput, NotNow
from workflows.language import gettext
from workflows.merging import Choices, Side
from workflows.queries import whole_number
from workflows.queries.takeovers import Choice, take_over_view

newer = Blueprint("newer", __name__, url_prefix=DRAFTS)

SIDES: dict[str, Side] = {"mine": "mine", "theirs": "theirs"}


@newer.errorhandler(NotNow)
def _nothing_newer(refused: NotNow) -> Response:
    """Back to the draft, with the reason."""
    flash(refused.message, "warning")
    return redirect(url_for("overview.read_draft", draft_id=(request.view_args or {})["draft_id"]))


@newer.get("/<int:draft_id>/newer")
def look(draft_id: int) -> str:
    """What would be taken over, and what is to be chosen."""
    return _page(draft_id, {})


@newer.post("/<int:draft_id>/newer")
def take(draft_id: int) -> Response | tuple[str, int]:
    """Take it over, with the choices that were made."""
    version = whole_number("version", request.form.get("version", ""))
    _, found = take_over_view(g.actor, draft_id)
    chosen = _chosen(found.choices)
    try:
        take_over(g.actor, draft_id, version, chosen, row_version())
    except InvalidInput as refused:
        keys = [choice.key for choice in found.choices]
        errors = {_field(keys, key): sentence for key, sentence in refused.fields.items()}
        return _page(draft_id, errors), 422
    except DraftChanged as refused:
        return _page(draft_id, {"": refused.message}), 409
    words = gettext("The draft has the changes of version {version} now. Look it over before you publish it.")
    flash(words.format(version=version), "success")
    return redirect(url_for("overview.read_draft", draft_id=draft_id))


def _field(keys: list[str], key: str) -> str:
    return f"choice-{keys.index(key)}" if key in keys else ""


def _chosen(choices: list[Choice]) -> Choices:
    given = ((choice.key, request.form.get(f"choice-{place}", "")) for place, choice in enumerate(choices))
    return {key: SIDES[side] for key, side in given if side in SIDES}


def _page(draft_id: int, errors: dict[str, str]) -> str:
    draft, found = take_over_view(g.actor, draft_id)
    given = {
        f"choice-{place}": request.form.get(f"choice-{place}", "") for place in range(len(found.choices))
    }
    values = {"found": found, "given": given, "errors": errors, **in_words(found.taken)}
    return page("editor/newer.html", draft, "", **values)
