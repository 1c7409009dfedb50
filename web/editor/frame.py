"""The frame of the editor's pages: the draft's heading, its tabs, and who else is at it."""

from flask import render_template

from workflows.bundle_proofs import tally_known
from workflows.language import gettext, marked
from workflows.queries.drafts import DraftView

DRAFTS = "/processes/drafts"

TABS = (
    ("", marked("Overview")),
    ("/diagram", marked("Diagram")),
    ("/steps", marked("Steps")),
    ("/forms", marked("Forms")),
    ("/mail", marked("Mail")),
    ("/times", marked("Times")),
    ("/scenarios", marked("Scenarios")),
    ("/trace", marked("Trace")),
    ("/compare", marked("Compare")),
    ("/publish", marked("Publish")),
)
"""What there is of a draft, in this order: the end of the address, and its words."""


def page(template: str, draft: DraftView, tab: str, **values: object) -> str:
    """A page of the editor; `tab` is the end of its address in `TABS`. The template extends `editor/frame.html`."""
    tabs = [
        {"label": gettext(words), "href": f"{DRAFTS}/{draft.id}{end}", "current": end == tab, "count": None}
        for end, words in TABS
    ]
    return render_template(template, draft=draft, tabs=tabs, tally=tally_known(draft.bundle), **values)
