"""What the editor's pages share when they write: the version that a page was made from, and refusals on the page."""

from collections.abc import Mapping

from flask import flash, g, request

from workflows.commands.drafts import change_draft
from workflows.errors import Refused, SsnBlocked
from workflows.language import gettext


def row_version() -> int:
    """The version of the draft that the page was made from; 0, which no draft has, where the page does not say it."""
    sent = request.form.get("row_version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= 9 else 0


def write(draft_id: int, changes: Mapping[str, str | None], said: str) -> None:
    """Write files into a draft, and say what was done, or that nothing was."""
    before = row_version()
    after = change_draft(g.actor, draft_id, changes, before)
    if after == before:
        flash(gettext("Nothing was changed."), "info")
    else:
        flash(said, "success")


def told(refused: Refused, fields: frozenset[str] = frozenset()) -> dict[str, str]:
    """A refusal for the list of errors: what names a field of the page by its name, all else about the page as a whole."""
    if isinstance(refused, SsnBlocked):
        return {"": refused.message}
    named = {name: words for name, words in refused.fields.items() if name in fields}
    others = [words for name, words in refused.fields.items() if name not in fields]
    whole = " ".join(others) if others or named else refused.message
    return {**({"": whole} if whole else {}), **named}
