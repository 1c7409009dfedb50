"""Publications: read by whoever may approve them, approved or declined, followed, undone."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from web.comparisons import in_words
from workflows.commands import publications as commands
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.people import Actor
from workflows.publications import CASE_STATES, KINDS, STATES
from workflows.queries import publications as queries

publications = Blueprint("publications", __name__, url_prefix="/processes/publications")

HERE = "/processes/publications"
TONES = {"proposed": "warn", "running": "warn", "undoing": "warn", "done": "good"}


def badge(actor: Actor) -> int:
    """The count beside the entry of the navigation: what waits for this person's approval."""
    return queries.waiting_count(actor)


@publications.get("")
def list_publications() -> str:
    """The publications of the area, newest first."""
    return render_template(
        "publications.html", rows=queries.publications(g.actor), states=STATES, tones=TONES
    )


@publications.get("/<int:publication_id>")
def read_publication(publication_id: int) -> str:
    """One publication: the proof and the cases."""
    return _page(publication_id, "", {})


@publications.get("/<int:publication_id>/progress")
def read_progress(publication_id: int) -> tuple[str, int]:
    """How far it is, as a part of its page; 202 while cases are being moved."""
    row = queries.publication_view(g.actor, publication_id)
    here = f"{HERE}/{publication_id}"
    told = render_template(
        "parts/publication_progress.html", row=row, case_states=CASE_STATES, here=here, asked=True
    )
    return told, 202 if row.is_moving else 200


@publications.post("/<int:publication_id>/approve")
def approve(publication_id: int) -> Response:
    """Approve it."""
    version = commands.approve(g.actor, publication_id)
    words = gettext("Version {version} is published. New cases start with it from now on.")
    return _done(publication_id, words.format(version=version))


@publications.post("/<int:publication_id>/decline")
def decline(publication_id: int) -> Response | tuple[str, int]:
    """Decline it, with the reason."""
    reason = request.form.get("reason", "")
    try:
        commands.decline(g.actor, publication_id, reason)
    except InvalidInput as refused:
        kept = without_blocked({"reason": reason}).get("reason", "")
        return _page(publication_id, str(kept), refused.fields), 422
    return _done(publication_id, gettext("The publication is declined. The draft is still there."))


@publications.post("/<int:publication_id>/withdraw")
def withdraw(publication_id: int) -> Response:
    """Take it back."""
    commands.withdraw(g.actor, publication_id)
    return _done(publication_id, gettext("The publication is taken back. The draft is still there."))


@publications.post("/<int:publication_id>/undo")
def undo(publication_id: int) -> Response:
    """Undo it."""
    commands.undo(g.actor, publication_id)
    return _done(
        publication_id, gettext("The version before is in use again. Moved cases are being moved back.")
    )


def _done(publication_id: int, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("publications.read_publication", publication_id=publication_id))


def _page(publication_id: int, reason: str, errors: dict[str, str]) -> str:
    kind, after = request.args.get("kind", ""), request.args.get("after", "")
    row = queries.publication_view(g.actor, publication_id)
    cases = queries.publication_cases(g.actor, publication_id, kind if kind in KINDS else "", after[:30])
    here = f"{HERE}/{publication_id}"
    return render_template(
        "publication.html",
        row=row,
        **in_words(queries.publication_changes(g.actor, publication_id)),
        checks=queries.publication_proof(g.actor, publication_id) if row.state == "proposed" else [],
        cases=cases,
        kinds=KINDS,
        kind=kind,
        states=STATES,
        tones=TONES,
        case_states=CASE_STATES,
        here=here,
        next_href=f"{here}?kind={kind}&after={cases.following}#cases" if cases.following else "",
        first_href=f"{here}?kind={kind}#cases" if after else "",
        reason=reason,
        errors=errors,
    )
