"""Webhooks: the programs that are told what happens to cases, for administrators to look after."""

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from workflows.commands import keyed
from workflows.commands import webhooks as commands
from workflows.errors import InvalidInput
from workflows.language import gettext, ngettext, said
from workflows.queries import webhooks as queries
from workflows.queries import whole_number
from workflows.settings import settings
from workflows.webhooks import KINDS

webhooks = Blueprint("webhooks", __name__, url_prefix="/admin/webhooks")

Answer = Response | tuple[str, int]
Values = dict[str, Any]


@webhooks.get("")
def list_webhooks() -> str:
    """The webhooks of the area."""
    return render_template("admin/webhooks.html", rows=queries.webhooks(g.actor))


@webhooks.get("/new")
def new_webhook() -> str:
    """The form for a new one."""
    queries.webhooks(g.actor)
    return _form(None, {"url": "", "kinds": []}, {}, secrets.token_urlsafe(16))


@webhooks.post("")
def enter_webhook() -> str | tuple[str, int]:
    """Enter a webhook; the answer tells its secret, so it is no redirect. Sent again, it is the same webhook."""
    values, key = _typed(), request.form.get("key", "")
    try:
        number = keyed(key, commands.enter_webhook)(g.actor, values["url"], values["kinds"])
    except InvalidInput as refused:
        return _form(None, without_blocked(values), refused.fields, key), 422
    return _tell_secret(number, commands.secret_of(g.actor, number))


@webhooks.get("/<int:webhook_id>")
def read_webhook(webhook_id: int) -> str:
    """One webhook with what it was told."""
    return _page(webhook_id, "", {})


@webhooks.get("/<int:webhook_id>/change")
def change_form(webhook_id: int) -> str:
    """The form to change its address and kinds."""
    row = queries.webhook(g.actor, webhook_id)
    return _form(webhook_id, {"url": row.url, "kinds": row.kinds}, {})


@webhooks.post("/<int:webhook_id>")
def change_webhook(webhook_id: int) -> Answer:
    """Change it."""
    values = _typed()
    try:
        commands.change_webhook(g.actor, webhook_id, values["url"], values["kinds"])
    except InvalidInput as refused:
        return _form(webhook_id, without_blocked(values), refused.fields), 422
    flash(gettext("The webhook is changed."), "success")
    return _back(webhook_id)


@webhooks.post("/<int:webhook_id>/secret")
def renew_secret(webhook_id: int) -> str:
    """Give it a new secret, which this answer tells."""
    return _tell_secret(webhook_id, commands.renew_secret(g.actor, webhook_id))


@webhooks.post("/<int:webhook_id>/turn-on")
def turn_on(webhook_id: int) -> Response:
    """Turn it on."""
    commands.turn_webhook(g.actor, webhook_id, True)
    flash(gettext("The webhook is on. What happened meanwhile is delivered in order."), "success")
    return _back(webhook_id)


@webhooks.post("/<int:webhook_id>/turn-off")
def turn_off(webhook_id: int) -> Response:
    """Turn it off."""
    commands.turn_webhook(g.actor, webhook_id, False)
    flash(gettext("The webhook is off. What happens meanwhile waits."), "success")
    return _back(webhook_id)


@webhooks.post("/<int:webhook_id>/remove")
def remove(webhook_id: int) -> Response:
    """Remove it for good."""
    commands.remove_webhook(g.actor, webhook_id)
    flash(gettext("Webhook {webhook_id} is removed.").format(webhook_id=webhook_id), "success")
    return redirect(url_for("webhooks.list_webhooks"))


@webhooks.post("/<int:webhook_id>/replay")
def replay(webhook_id: int) -> Answer:
    """Deliver one event again, or all since a time."""
    one, since = request.form.get("delivery", ""), request.form.get("since", "")
    try:
        delivery = whole_number("delivery", one) if one else None
        count = commands.replay(g.actor, webhook_id, delivery, None if one else _moment(since))
    except InvalidInput as refused:
        return _page(webhook_id, since, refused.fields), 422
    words = ngettext("{count} event is delivered again.", "{count} events are delivered again.", count)
    flash(words.format(count=count), "success")
    return _back(webhook_id)


def _moment(text: str) -> datetime:
    """A moment on the office's clock, as the browser sends it."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=settings().zone)
    except ValueError:
        raise InvalidInput(
            fields={"since": gettext("Enter a day and a time, such as 2026-11-20T14:05.")}
        ) from None


def _typed() -> Values:
    return {"url": request.form.get("url", ""), "kinds": request.form.getlist("kinds")}


def _back(webhook_id: int) -> Response:
    return redirect(url_for("webhooks.read_webhook", webhook_id=webhook_id))


def _form(number: int | None, values: Values, errors: dict[str, str], key: str = "") -> str:
    kinds = [(kind, f"{words} ({kind})") for kind, words in said(KINDS)]
    return render_template(
        "admin/webhook_form.html", number=number, values=values, kinds=kinds, key=key, errors=errors
    )


def _tell_secret(webhook_id: int, secret: str) -> str:
    return render_template("admin/webhook_secret.html", number=webhook_id, secret=secret)


def _page(webhook_id: int, since: str, errors: dict[str, str]) -> str:
    before = request.args.get("before", "")
    hook = queries.webhook(g.actor, webhook_id)
    rows, following = queries.deliveries(
        g.actor, webhook_id, whole_number("before", before) if before else None
    )
    here = url_for("webhooks.read_webhook", webhook_id=webhook_id)
    return render_template(
        "admin/webhook.html",
        hook=hook,
        kinds=[gettext(KINDS[kind]) for kind in hook.kinds],
        rows=rows,
        since=since,
        errors=errors,
        next_href=f"{here}?before={following}" if following else "",
        first_href=here if before else "",
    )
