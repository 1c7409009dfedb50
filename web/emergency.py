"""Emergency access to who the client of a case is, for administrators and auditors."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from workflows.commands.emergency_access import open_in_emergency
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.queries.emergency_access import emergency_view

emergency = Blueprint("emergency", __name__)


@emergency.get("/cases/<number>/emergency-access")
def read_access(number: str) -> str:
    """The form that asks why, or what an open access shows."""
    return _page(number, "", {})


@emergency.post("/cases/<number>/emergency-access")
def open_access(number: str) -> Response | tuple[str, int]:
    """Open it, with a reason."""
    reason = request.form.get("reason", "")
    try:
        open_in_emergency(g.actor, number, reason)
    except InvalidInput as refused:
        kept = without_blocked({"reason": reason}).get("reason", "")
        return _page(number, kept, refused.fields), 422
    flash(gettext("The supervisors and the other administrators are told."), "info")
    return redirect(url_for("emergency.read_access", number=number))


def _page(number: str, reason: str, errors: dict[str, str]) -> str:
    view = emergency_view(g.actor, number)
    return render_template("admin/emergency_access.html", view=view, typed=reason, errors=errors)
