"""The inbox of a person."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workflows.commands import inbox as commands
from workflows.language import gettext
from workflows.people import Actor
from workflows.queries import inbox as queries
from workflows.queries import whole_number

inbox = Blueprint("inbox", __name__)

MORE = f"{queries.MOST_COUNTED - 1}+"


def badge(actor: Actor) -> str:
    """The count beside the entry of the navigation; empty when everything is read."""
    count = queries.unread_count(actor)
    return MORE if count >= queries.MOST_COUNTED else str(count or "")


@inbox.get("/inbox")
def read_inbox() -> str:
    """The messages of whoever asks, newest first."""
    unread, before = request.args.get("view") == "unread", request.args.get("before", "")
    found = queries.inbox(g.actor, unread, whole_number("before", before) if before else None)
    here = url_for("inbox.read_inbox", view="unread" if unread else "all")
    tabs = [
        {"label": gettext("All"), "href": "/inbox", "count": None, "current": not unread},
        {"label": gettext("Unread"), "href": "/inbox?view=unread", "count": None, "current": unread},
    ]
    return render_template(
        "inbox.html",
        tabs=tabs,
        rows=found.items,
        unread=unread,
        until=found.newest if any(not row.read for row in found.items) else 0,
        next_href=f"{here}&before={found.next}" if found.next else "",
        first_href=here if before else "",
    )


@inbox.get("/inbox/<int:message_id>")
def open_message(message_id: int) -> Response:
    """Lead on to what a message is about, which is thereby read."""
    entry = queries.message(g.actor, message_id)
    commands.mark_read(g.actor, message_id)
    return redirect(entry.href or url_for("inbox.read_inbox"))


@inbox.post("/inbox/<int:message_id>/read")
def mark_read(message_id: int) -> Response:
    """Mark a message as read."""
    commands.mark_read(g.actor, message_id)
    return redirect(url_for("inbox.read_inbox", view=request.form.get("view") or None))


@inbox.post("/inbox/read-all")
def mark_all_read() -> Response:
    """Mark as read what was there when the page was loaded."""
    commands.mark_all_read(g.actor, whole_number("until", request.form.get("until", "0")))
    flash(gettext("All messages that you were shown are read."), "success")
    return redirect(url_for("inbox.read_inbox"))
