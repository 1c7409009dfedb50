"""The written procedure: of a version for everybody, of a draft for those who change it; to read and to print."""

from flask import Blueprint, g, render_template

from web.editor.frame import DRAFTS
from workflows.queries import procedure as queries
from workflows.queries.procedure import WrittenView

procedure_pages = Blueprint("procedure", __name__)


@procedure_pages.get("/processes/<key>/<int:version>/procedure")
def read_version(key: str, version: int) -> str:
    """The written procedure of a version."""
    return _page(queries.version_written(g.actor, key, version))


@procedure_pages.get(f"{DRAFTS}/<int:draft_id>/procedure")
def read_draft(draft_id: int) -> str:
    """The written procedure of a draft."""
    return _page(queries.draft_written(g.actor, draft_id))


def _page(view: WrittenView) -> str:
    return render_template("procedure.html", written=view, procedure=view.procedure)
