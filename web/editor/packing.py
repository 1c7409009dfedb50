"""A draft as one file: taken out as a .zip, or replaced by one after a look at what that would change."""

import base64
import binascii

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as Answer

from web.comparisons import in_words
from web.editor.frame import DRAFTS, page
from web.editor.writing import row_version
from web.errors import status_of
from workflows.bundle_files import packed, unpacked
from workflows.commands.bundles import replace_files
from workflows.errors import DraftChanged, InvalidInput
from workflows.language import gettext
from workflows.queries.comparisons import draft_and_files
from workflows.queries.drafts import draft_view

packing = Blueprint("packing", __name__, url_prefix=DRAFTS)

MOST_SENT = 4_000_000
"""Bytes of a .zip in a form; the usual limit of a form is for what people type."""


@packing.get("/<int:draft_id>/bundle.zip")
def download(draft_id: int) -> Response:
    """All files of the draft as a .zip."""
    draft = draft_view(g.actor, draft_id)
    headers = {"Content-Disposition": f'attachment; filename="{draft.key}-draft.zip"'}
    return Response(packed(draft.files), content_type="application/zip", headers=headers)


@packing.get("/<int:draft_id>/replace")
def choose(draft_id: int) -> str:
    """Choose a .zip that takes the place of the draft's files."""
    return page("editor/replace.html", draft_view(g.actor, draft_id), "", errors={})


@packing.post("/<int:draft_id>/replace")
def report(draft_id: int) -> str | tuple[str, int]:
    """What a .zip would change, before it is taken."""
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    try:
        if not content:
            raise InvalidInput(fields={"file": gettext("Choose a .zip file.")})
        return _report(draft_id, content, {})
    except InvalidInput as refused:
        return page("editor/replace.html", draft_view(g.actor, draft_id), "", errors=refused.fields), 422


@packing.post("/<int:draft_id>/replace/take")
def take(draft_id: int) -> Answer | tuple[str, int]:
    """Take the .zip that was looked over."""
    request.max_form_memory_size = MOST_SENT
    version = row_version()
    content = _sent(request.form.get("bundle", ""))
    try:
        replace_files(g.actor, draft_id, unpacked(content).files, version)
    except (InvalidInput, DraftChanged) as refused:
        errors = {"take": refused.words}
        return _report(draft_id, content, errors), status_of(refused)
    flash(gettext("The draft holds what was in the .zip file."), "success")
    return redirect(url_for("overview.read_draft", draft_id=draft_id))


def _report(draft_id: int, content: bytes, errors: dict[str, str]) -> str:
    found = unpacked(content)
    draft, groups, wrong = draft_and_files(g.actor, draft_id, found.files)
    return page(
        "editor/replace_report.html",
        draft,
        "",
        errors=errors,
        left_out=found.left_out,
        problems=[problem for problem in wrong if not problem.warning],
        bundle=base64.b64encode(content).decode(),
        **in_words(groups),
    )


def _sent(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest from None
