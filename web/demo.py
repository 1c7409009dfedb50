"""The demo's mail: what its mail catcher has taken. Only there when the demo runs; each reads their own mail there."""

from pathlib import Path

from flask import Blueprint, abort, g, render_template

from notifications import sink
from workflows.queries.people import own_address
from workflows.settings import settings

demo = Blueprint("demo", __name__, url_prefix="/demo")
NEWEST = 200


@demo.get("/mails")
@demo.get("/mails/<mail_id>")
def mails(mail_id: str = "") -> str:
    """The messages to the reader's own address, to whichever for administrators, and one of them to read."""
    folder = settings().demo_mail_dir
    if not settings().demo or folder is None:
        abort(404)
    everything = g.actor.has("administrator")
    received = _received(folder, None if everything else own_address(g.actor))
    chosen = next((mail for mail in received if mail["id"] == mail_id), None)
    if mail_id and chosen is None:
        abort(404)
    rows = [{**mail, "current": mail["id"] == mail_id} for mail in received]
    return render_template("mails.html", rows=rows, mail=chosen, everything=everything)


def _received(folder: Path, address: str | None) -> list[dict[str, object]]:
    mine = [mail for mail in sink.read(folder) if address is None or mail.to.lower() == address.lower()]
    newest = sorted(mine, key=lambda mail: mail.at, reverse=True)[:NEWEST]
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
