"""The page about the API: tokens, lists, refusals, keys, webhooks and how their signature is checked."""

from flask import Blueprint, render_template

from notifications.webhook import DELIVERY, EVENT, SIGNATURE, TOLERANCE
from web.api import PREFIX
from workflows.language import said
from workflows.webhooks import KINDS

developers = Blueprint("developers", __name__)


@developers.get("/developers")
def read_developers() -> str:
    """What somebody needs who writes a program that works with this one."""
    headers = {"signature": SIGNATURE, "event": EVENT, "delivery": DELIVERY}
    minutes = TOLERANCE // 60
    return render_template(
        "developers.html", prefix=PREFIX, kinds=dict(said(KINDS)), headers=headers, minutes=minutes
    )
