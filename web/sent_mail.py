"""Sent mail: every message that the product sent or is to send, what happened to it, and the buttons to send it again and
to say that it arrived."""

from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import searched
from workflows.commands import undelivered
from workflows.language import gettext, marked
from workflows.queries import sent_mail as queries
from workflows.queries import whole_number
from workflows.queries.sent_mail import Mailed, MailFilters

sent_mail = Blueprint("sent_mail", __name__, url_prefix="/admin/outbox")

STATE_WORDS = {
    "waiting": (marked("Waiting"), ""),
    "queued": (marked("Queued"), ""),
    "handing": (marked("Being sent"), ""),
    "sent": (marked("Sent"), "good"),
    "retrying": (marked("Failed, will be tried again"), "warn"),
    "undeliverable": (marked("Undeliverable"), "bad"),
    "failed": (marked("Undeliverable"), "bad"),
    "unknown": (marked("Not known whether it arrived"), "bad"),
    "withheld": (marked("Withheld, agreement not in force"), "warn"),
    "digest": (marked("For the daily mail"), ""),
    "digested": (marked("In the daily mail"), "good"),
    "app": (marked("In the app only"), "quiet"),
}
"""Every state of a message in words, and the look of its tag. A case tells the stored states, sent mail those of
`queries.STATES`."""


@sent_mail.get("")
def list_messages() -> str:
    """The messages of the area, newest first, filtered."""
    filters = {name: searched(name) for name in ("state", "to", "case", "since", "until")}
    before = request.args.get("before", "")
    key = whole_number("before", before) if before else None
    rows, following = queries.sent_mail(g.actor, MailFilters(**filters), key)
    here = "/admin/outbox?" + urlencode({name: value for name, value in filters.items() if value})
    return render_template(
        "admin/outbox.html",
        filters=filters,
        states=[("", gettext("All")), *((state, gettext(STATE_WORDS[state][0])) for state in queries.STATES)],
        rows=[_row(row) for row in rows],
        next_href=f"{here}&before={following}" if following else "",
        first_href=here if before else "",
    )


@sent_mail.get("/<int:message_id>")
def read_message(message_id: int) -> str:
    """What happened to one message."""
    row, happened = queries.one_message(g.actor, message_id)
    return render_template("admin/message.html", row=_row(row), happened=happened)


@sent_mail.post("/<int:message_id>/send-again")
def send_again(message_id: int) -> Response:
    """Try a failed message again."""
    undelivered.send_again(g.actor, message_id)
    flash(gettext("The message will be tried again."), "success")
    return redirect(url_for("sent_mail.read_message", message_id=message_id))


@sent_mail.post("/<int:message_id>/arrived")
def arrived(message_id: int) -> Response:
    """Say of a message of which nobody knew that it arrived."""
    undelivered.confirm_arrival(g.actor, message_id)
    flash(gettext("It is noted that the message arrived."), "success")
    return redirect(url_for("sent_mail.read_message", message_id=message_id))


def _row(row: Mailed) -> dict[str, object]:
    sent = row.message
    return {
        "id": sent.id,
        "subject": sent.words,
        "to": sent.to,
        "state": row.state,
        "queued_at": sent.queued_at,
        "sent_at": sent.sent_at,
        "attempts": sent.attempts,
        "next_attempt_at": sent.next_attempt_at,
        "error": sent.error or "",
        "may_send_again": row.state in ("undeliverable", "unknown"),
        "may_confirm": row.state == "unknown",
    }
