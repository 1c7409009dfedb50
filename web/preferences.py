"""What a person chooses for themselves: for now, whether the keyboard shortcuts are on."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workflows.commands.preferences import set_preference
from workflows.language import gettext as _
from workflows.preferences import KEYBOARD
from workflows.queries.preferences import my_preferences

__all__ = ["KEYBOARD", "chosen", "preferences"]

preferences = Blueprint("preferences", __name__)


def chosen(key: str, otherwise: Any) -> Any:
    """A preference of whoever is signed in, read once a request.

    The frame stands around the page of a failure too: a preference that cannot be read is one never chosen.
    """
    if "preferences" not in g:
        try:
            g.preferences = my_preferences(g.actor)
        except Exception as error:
            current_app.logger.warning("preferences not read: %s", type(error).__name__)
            g.preferences = {}
    return g.preferences.get(key, otherwise)


@preferences.get("/keyboard")
def keyboard() -> str:
    """The page of the keyboard shortcuts, where they are switched on and off."""
    return render_template("keyboard.html")


@preferences.get("/keyboard/list")
def keyboard_list() -> str:
    """The same list alone, for the window that a key opens."""
    return render_template("parts/keyboard_list.html", closes=True)


@preferences.post("/keyboard")
def switch_keyboard() -> Response:
    """Switch the shortcuts on or off."""
    on = request.form.get("keyboard") == "on"
    set_preference(g.actor, KEYBOARD, on)
    flash(_("Keyboard shortcuts are on.") if on else _("Keyboard shortcuts are off."), "success")
    return redirect(url_for("preferences.keyboard"))
