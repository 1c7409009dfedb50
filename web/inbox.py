"""The inbox of a person, and how that person wants to be told."""

from datetime import date, datetime, time

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.forms_view import clock_words
from workflows.commands import inbox as commands
from workflows.commands.mail_choices import choose
from workflows.digests import TIMES
from workflows.errors import InvalidInput
from workflows.language import gettext, said
from workflows.mail_choices import WAYS
from workflows.people import Actor
from workflows.queries import inbox as queries
from workflows.queries import whole_number
from workflows.queries.mail_choices import Choice, choices

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


@inbox.get("/account/preferences")
def preferences() -> str:
    """How each message comes, and when the daily mail does."""
    found = choices(g.actor)
    return _page(found.messages, found.daily_at or "", {})


@inbox.post("/account/preferences")
def change_preferences() -> Response | tuple[str, int]:
    """Keep what was chosen."""
    daily_at = request.form.get("daily_at", "")
    asked = [choice for choice in choices(g.actor).messages if not choice.demanded]
    ways = {choice.message: request.form.get(choice.message, "mail") for choice in asked}
    try:
        choose(g.actor, ways, daily_at or None)
    except InvalidInput as refused:
        shown = [
            Choice(c.message, c.words, ways.get(c.message, c.way), c.demanded)
            for c in choices(g.actor).messages
        ]
        return _page(shown, daily_at, refused.fields), 422
    flash(gettext("Your choices hold from now on."), "success")
    return redirect(url_for("inbox.preferences"))


def _page(messages: list[Choice], daily_at: str, errors: dict[str, str]) -> str:
    return render_template(
        "preferences.html",
        messages=[choice for choice in messages if not choice.demanded],
        demanded=[choice for choice in messages if choice.demanded],
        ways=said(WAYS),
        daily_at=daily_at,
        times=[("", gettext("No daily mail")), *((at, _spoken(at)) for at in TIMES)],
        errors=errors,
    )


def _spoken(at: str) -> str:
    """`8:30 a.m.` for 08:30."""
    return clock_words(datetime.combine(date(2000, 1, 1), time.fromisoformat(at)))
