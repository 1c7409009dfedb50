"""Records: what is on hold, what was destroyed, and the certificates of it."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from web.errors import status_of
from workflows.commands.retention import end_hold, place_hold
from workflows.errors import InvalidInput, NotFound, NotNow
from workflows.language import gettext
from workflows.privacy import ADM, PM
from workflows.queries.retention import certificate, retention_view

retention = Blueprint("retention", __name__, url_prefix="/admin/records")


@retention.get("")
def read_records() -> str:
    """Holds, destruction, certificates."""
    return _page({}, {})


@retention.post("/holds")
def hold() -> Response | tuple[str, int]:
    """Put the records of a case on hold."""
    number, reason = request.form.get("number", "").strip(), request.form.get("reason", "")
    try:
        place_hold(g.actor, number, reason)
    except (InvalidInput, NotFound, NotNow) as refused:
        kept = without_blocked({"number": number, "reason": reason})
        return _page(kept, refused.fields or {"number": refused.message}), status_of(refused)
    flash(gettext("Nothing of case {number} is erased until the hold ends.").format(number=number), "success")
    return redirect(url_for("retention.read_records"))


@retention.post("/holds/<number>/end")
def release(number: str) -> Response:
    """End the hold on the records of a case."""
    end_hold(g.actor, number)
    flash(gettext("The hold on the records of {number} is ended.").format(number=number), "success")
    return redirect(url_for("retention.read_records"))


@retention.get("/certificates/<int:year>")
def read_certificate(year: int) -> str:
    """The certificate of destruction for a program year, to print."""
    return render_template("admin/certificate.html", certificate=certificate(g.actor, year))


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    values = {"number": "", "reason": "", **typed}
    view, may_hold = retention_view(g.actor), g.actor.has(ADM, PM)
    return render_template("admin/records.html", view=view, values=values, may_hold=may_hold, errors=errors)
