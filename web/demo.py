"""The demo's mail: what its mail sink has received. Only there when the demo runs."""

from pathlib import Path

from flask import Blueprint, abort, render_template

from notifications import sink
from workflows.settings import settings

demo = Blueprint("demo", __name__, url_prefix="/demo")
NEWEST = 200


@demo.get("/mails")
@demo.get("/mails/<mail_id>")
def mails(mail_id: str = "") -> str:
    """The list of received messages, and one of them to read."""
    folder = settings().demo_mail_dir
    if not settings().demo or folder is None:
        abort(404)
    received = _received(folder)
    chosen = next((mail for mail in received if mail["id"] == mail_id), None)
    if mail_id and chosen is None:
        abort(404)
    rows = [{**mail, "current": mail["id"] == mail_id} for mail in received]
    return render_template("mails.html", rows=rows, mail=chosen)


def _received(folder: Path) -> list[dict[str, object]]:
    newest = sorted(sink.read(folder), key=lambda mail: mail.at, reverse=True)[:NEWEST]
    return [
        {
            "id": mail.id,
            "to": mail.to,
            "sender": mail.sender,
            "subject": mail.subject,
            "at": mail.at,
            "text": mail.text,
        }
        for mail in newest
    ]
