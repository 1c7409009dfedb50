"""What a person chooses for themselves: what is mailed and when, and whether the keyboard shortcuts are on."""

from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.forms_view import clock_words
from workflows.commands.preferences import change_preferences
from workflows.digests import TIMES
from workflows.errors import InvalidInput
from workflows.language import ENGLISH, said
from workflows.language import gettext as _
from workflows.mail_choices import WAYS
from workflows.preferences import KEYBOARD, LANGUAGE
from workflows.queries.mail_choices import Choice, choices

__all__ = ["KEYBOARD", "chosen", "preferences"]

preferences = Blueprint("preferences", __name__)


def chosen(key: str, otherwise: Any) -> Any:
    """A preference of whoever is signed in, as it was read with the session.

    The frame stands around the page of a failure too: a preference that was not read is one never chosen.
    """
    return g.get("preferences", {}).get(key, otherwise)


@preferences.get("/account/preferences")
def mine() -> str:
    """All that one chooses for oneself."""
    found = choices(g.actor)
    return _page(found.messages, found.daily_at or "", chosen(LANGUAGE, ENGLISH), chosen(KEYBOARD, True), {})


@preferences.post("/account/preferences")
def change() -> Response | tuple[str, int]:
    """Keep what was chosen."""
    known = choices(g.actor).messages
    asked = {one.message: request.form.get(one.message, "mail") for one in known if not one.demanded}
    daily_at, keyboard = request.form.get("daily_at", ""), request.form.get("keyboard", "on") == "on"
    language = request.form.get("language", ENGLISH)
    changes = {"messages": asked, "daily_at": daily_at or None, LANGUAGE: language, KEYBOARD: keyboard}
    try:
        change_preferences(g.actor, changes)
    except InvalidInput as refused:
        shown = [Choice(c.message, c.words, asked.get(c.message, c.way), c.demanded) for c in known]
        return _page(shown, daily_at, language, keyboard, refused.fields), 422
    flash(_("Your choices hold from now on."), "success")
    return redirect(url_for("preferences.mine"))


def _page(
    messages: list[Choice], daily_at: str, language: str, keyboard: bool, errors: dict[str, str]
) -> str:
    return render_template(
        "preferences.html",
        messages=[choice for choice in messages if not choice.demanded],
        demanded=[choice for choice in messages if choice.demanded],
        ways=said(WAYS),
        daily_at=daily_at,
        times=[("", _("No daily mail")), *((at, _spoken(at)) for at in TIMES)],
        written_in=language,
        shortcuts="on" if keyboard else "off",
        errors=errors,
    )


def _spoken(at: str) -> str:
    """`8:30 a.m.` for 08:30."""
    return clock_words(datetime.combine(date(2000, 1, 1), time.fromisoformat(at)))


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
    change_preferences(g.actor, {KEYBOARD: on})
    flash(_("Keyboard shortcuts are on.") if on else _("Keyboard shortcuts are off."), "success")
    return redirect(url_for("preferences.keyboard"))
