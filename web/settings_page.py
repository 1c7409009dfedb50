"""The settings of an area: names, opening hours, closing days, what an e-mail may say."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from workflows.area_settings import HOLIDAYS, HOURS, IN_FULL, LABELS, LINK_ONLY, MAIL
from workflows.commands.area_settings import change_setting
from workflows.errors import InvalidInput, NotFound
from workflows.language import gettext, marked, said
from workflows.queries.area_settings import SettingsView, settings_view

settings_page = Blueprint("settings_page", __name__, url_prefix="/admin/settings")

SAVED = {
    LABELS: marked("The names are saved. Every page shows them from now on."),
    HOURS: marked("The opening hours are saved. New due times count by them from now on."),
    HOLIDAYS: marked("The days are saved. New due times count by them from now on."),
    MAIL: marked("It is saved and holds for the next message."),
}

DETAILS = {
    LINK_ONLY: marked("Case number and link only (recommended)"),
    IN_FULL: marked("Also the client’s name, telephone number and reason, as 5512PRO step 4 has it"),
}


@settings_page.get("")
def read_settings() -> str:
    """All settings of the area."""
    return _page(settings_view(g.actor), {}, {})


@settings_page.post("/<name>")
def change(name: str) -> Response | tuple[str, int]:
    """Change one of them."""
    if name not in SAVED:
        raise NotFound(gettext("There is no such setting."))
    given = _GIVEN[name]()
    try:
        is_new = change_setting(g.actor, name, given)
    except InvalidInput as refused:
        kept = without_blocked(request.form.to_dict())
        return _page(settings_view(g.actor), kept, refused.fields), 422
    flash(
        gettext(SAVED[name]) if is_new else gettext("Nothing was changed."), "success" if is_new else "info"
    )
    return redirect(url_for("settings_page.read_settings"))


def _labels() -> dict[str, object]:
    return {name: value for name, value in request.form.items() if name != "csrf_token"}


def _hours() -> dict[str, object]:
    return {name: request.form.get(name, "")[:5] for name in ("opens", "closes")}


def _holidays() -> dict[str, object]:
    """Of the state holidays that the page offered, those whose tick was taken away are opened."""
    form = request.form
    kept, offered = form.getlist("kept"), form.getlist("offered")
    closed = [{"day": text[:10], "name": text[11:]} for text in form.getlist("closed")]
    if form.get("day") or form.get("name"):
        closed.append({"day": form.get("day", ""), "name": form.get("name", "")})
    return {"opened": [day for day in offered if day not in kept], "closed": closed}


def _mail() -> dict[str, object]:
    return {name: request.form.get(name, "") for name in ("detail", "domains")}


_GIVEN = {LABELS: _labels, HOURS: _hours, HOLIDAYS: _holidays, MAIL: _mail}


def _page(view: SettingsView, typed: dict[str, object], errors: dict[str, str]) -> str:
    hours = {"opens": f"{view.opens:%H:%M}", "closes": f"{view.closes:%H:%M}"}
    mail = {"detail": view.mail.detail, "domains": "\n".join(view.mail.domains)}
    labels = {label.key: label.value for label in view.labels}
    return render_template(
        "admin/settings.html",
        view=view,
        values={**labels, **hours, **mail, "day": "", "name": "", **typed},
        years=sorted({holiday.day.year for holiday in view.holidays}),
        details=said(DETAILS),
        detail_words=gettext(DETAILS[view.mail.detail]),
        errors=errors,
    )
