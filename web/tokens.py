"""The API tokens of a person: when each was used, and the button that ends it."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import searched
from workflows.commands import tokens as commands
from workflows.language import gettext
from workflows.queries import tokens as queries

tokens = Blueprint("tokens", __name__, url_prefix="/tokens")


@tokens.get("")
def list_tokens() -> str:
    """One's own tokens; for administrators also those `of` another person."""
    found = queries.tokens(g.actor, searched("of"))
    mine = found.username == g.actor.username
    return render_template(
        "tokens.html", username=found.username, name=found.name, mine=mine, rows=found.rows
    )


@tokens.post("/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    """End a token."""
    commands.revoke_token(g.actor, token_id)
    flash(
        gettext("Token {number} is revoked. Whatever used it is refused from now on.").format(
            number=token_id
        ),
        "success",
    )
    return redirect(url_for("tokens.list_tokens", of=request.form.get("of") or None))
