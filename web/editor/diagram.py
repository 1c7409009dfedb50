"""The tab with the drawn diagrams: the page of the modeler, what it may choose from, and diagrams of other tools."""

from dataclasses import asdict

from flask import Blueprint, Response, abort, flash, g, jsonify, make_response, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from web.answers import sent_json
from web.editor.diagram_words import BPMN_WORDS, WORDS
from web.editor.frame import DRAFTS, page
from web.editor.writing import row_version
from web.errors import status_of
from web.security import CONTENT_SECURITY_POLICY
from workflows.commands.drafts import change_draft
from workflows.errors import DraftChanged, InvalidInput, Refused
from workflows.language import gettext
from workflows.queries.drafts import DraftView, draft_view
from workflows.queries.modeling import FORMS, catalogue, expression_mistake
from workflows.queries.steps import titles_of
from workflows.queries.uploads import Upload, upload_report

diagram = Blueprint("diagram", __name__, url_prefix=DRAFTS)

DRAWN = f"{CONTENT_SECURITY_POLICY}; style-src-attr 'unsafe-inline'"
"""The modeler sets the places of what it draws in style attributes; scripts and sheets stay those of this site."""


@diagram.get("/<int:draft_id>/diagram")
@diagram.get("/<int:draft_id>/diagram/<file>")
def draw(draft_id: int, file: str = "") -> Response:
    """The modeler with one diagram of a draft, the main one first."""
    draft = draft_view(g.actor, draft_id)
    files = _titles(draft)
    if file and file not in files:
        abort(404)
    decisions = any(name.endswith(".dmn") for name in draft.files)
    shown = {"file": file or next(iter(files), ""), "files": files, "decisions": decisions}
    answer = make_response(page("editor/diagram.html", draft, "/diagram", **shown))
    answer.headers["Content-Security-Policy"] = DRAWN
    return answer


@diagram.get("/<int:draft_id>/diagram/catalogue")
def read_catalogue(draft_id: int) -> Response:
    """All that a diagram of the draft may name (`workflows.queries.modeling.Catalogue`), and the words of the modeler."""
    chosen = asdict(catalogue(g.actor, draft_id))
    words = {key: gettext(text) for key, text in WORDS.items()}
    drawing = {text: gettext(text) for text in BPMN_WORDS}
    return jsonify(**chosen, words=words, drawing=drawing)


@diagram.post("/<int:draft_id>/diagram/check-expression")
def check_expression(draft_id: int) -> tuple[Response, int] | Response:
    """Takes `text` and `form`; answers `mistake`: None, or sentence, mend, corrected, start, end."""
    sent = sent_json()
    if not isinstance(sent, dict) or not isinstance(sent.get("text"), str) or sent.get("form") not in FORMS:
        raise BadRequest
    try:
        mistake = expression_mistake(g.actor, draft_id, sent["text"], sent["form"])
    except InvalidInput as refused:
        return jsonify(mistake={"sentence": " ".join(refused.fields.values()), "mend": "", "corrected": None})
    except Refused as refused:
        return jsonify(error=refused.code, message=refused.message), status_of(refused)
    return jsonify(mistake=asdict(mistake) if mistake else None)


@diagram.get("/<int:draft_id>/diagram/upload")
def choose(draft_id: int) -> str:
    """Choose a diagram of another tool."""
    draft = draft_view(g.actor, draft_id)
    return page("editor/diagram_upload.html", draft, "/diagram", files=_titles(draft))


@diagram.post("/<int:draft_id>/diagram/upload")
def upload(draft_id: int) -> tuple[str, int] | str:
    """The report on a diagram of another tool; nothing is taken yet."""
    draft = draft_view(g.actor, draft_id)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InvalidInput(fields={"file": gettext("Choose the file of a diagram.")})
        found = upload_report(g.actor, draft_id, sent.filename, sent.read(), request.form.get("replaces", ""))
    except InvalidInput as refused:
        told = page(
            "editor/diagram_upload.html", draft, "/diagram", files=_titles(draft), errors=refused.fields
        )
        return told, status_of(refused)
    return _report(draft, found)


@diagram.post("/<int:draft_id>/diagram/take")
def take(draft_id: int) -> tuple[str, int] | AnyResponse:
    """Take an uploaded diagram into the draft."""
    file, text = request.form.get("file", ""), request.form.get("text", "")
    try:
        change_draft(g.actor, draft_id, {file: text}, row_version())
    except DraftChanged as refused:
        found = upload_report(g.actor, draft_id, file, text.encode(), file)
        return _report(draft_view(g.actor, draft_id), found, refused.message), status_of(refused)
    flash(gettext("{file} is in the draft now.").format(file=file), "success")
    return redirect(url_for("diagram.draw", draft_id=draft_id, file=file))


def _report(draft: DraftView, found: Upload, refused: str = "") -> str:
    """What becomes of an uploaded diagram; `refused` says why it was not taken just now."""
    title = _titles(draft).get(found.file, found.file)
    return page("editor/diagram_report.html", draft, "/diagram", upload=found, title=title, refused=refused)


def _titles(draft: DraftView) -> dict[str, str]:
    """The diagrams of a draft, the main one first, each with the name of its process; else its own."""
    main, titles = draft.bundle.file_of_process.get(draft.key, ""), dict(titles_of(draft.bundle))
    found = (name for name in draft.files if name.endswith(".bpmn"))
    return {name: titles.get(name) or name for name in sorted(found, key=lambda name: (name != main, name))}
