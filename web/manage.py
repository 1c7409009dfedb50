"""The place "Manage": what a person looks after besides the daily work, so that the navigation stays short."""

from flask import Blueprint, current_app, g, render_template

from web.places import managed_by
from workflows.language import gettext

manage = Blueprint("manage", __name__)


@manage.get("/manage")
def read_places() -> str:
    """The places below "Manage" that the reader may use, each with a sentence."""
    shown = managed_by(g.actor, bool(current_app.config["DEMO"]))
    return render_template(
        "manage.html",
        managed=[
            {"href": place.path, "label": gettext(place.label), "words": gettext(place.words)}
            for place in shown
        ],
    )
