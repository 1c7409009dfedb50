"""The files of a draft for the scripts of the editor: read, saved by themselves, checked. JSON in, JSON out."""

from typing import Any

from flask import Blueprint, Response, g, jsonify
from werkzeug.exceptions import BadRequest

from web.answers import sent_json
from web.editor.frame import DRAFTS
from web.errors import status_of
from workflows.commands.drafts import change_draft
from workflows.errors import Refused
from workflows.queries.drafts import draft_problems, draft_view

files = Blueprint("draft_files", __name__, url_prefix=DRAFTS)


@files.errorhandler(Refused)
def _refused(refused: Refused) -> tuple[Response, int]:
    """A refusal as the scripts read it: `error` (its code), `message`, `fields`."""
    told = {"error": refused.code, "message": refused.message, "fields": refused.fields}
    return jsonify(told), status_of(refused)


@files.get("/<int:draft_id>/files")
def read_files(draft_id: int) -> Response:
    """`row_version` and `files`, path → text."""
    draft = draft_view(g.actor, draft_id)
    return jsonify(row_version=draft.row_version, files=draft.files)


@files.post("/<int:draft_id>/files")
def save_files(draft_id: int) -> Response:
    """Takes `row_version` and `changes`, path → text or null; answers the new `row_version` and what is wrong now."""
    sent = sent_json()
    if not _is_change(sent):
        raise BadRequest
    version = change_draft(g.actor, draft_id, sent["changes"], sent["row_version"])
    return jsonify(row_version=version, problems=_problems(draft_id))


@files.get("/<int:draft_id>/problems")
def read_problems(draft_id: int) -> Response:
    """`problems`: list of file, element, name, rule, reason, mend, warning."""
    return jsonify(problems=_problems(draft_id))


def _problems(draft_id: int) -> list[dict[str, object]]:
    return [vars(problem) for problem in draft_problems(g.actor, draft_id)]


def _is_change(sent: Any) -> bool:
    if not isinstance(sent, dict) or type(sent.get("row_version")) is not int:
        return False
    changes = sent.get("changes")
    return isinstance(changes, dict) and all(isinstance(text, str | None) for text in changes.values())
