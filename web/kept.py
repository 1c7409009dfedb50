"""What was typed into a form whose session or token had ended: kept, so that the same person finds it again."""

from typing import Any

from flask import request, url_for

from web.answers import without_blocked
from workflows.commands import kept_answers
from workflows.errors import InvalidInput
from workflows.form_checks import identifier

OURS = frozenset({"csrf_token", "action", "version", "draft", "kept", "idempotency_key"})
"""Fields of a page that are no answers."""


def page_of_form() -> str:
    """The address of the page whose form this request sends; empty for a form whose answers are not kept."""
    if request.method != "POST":
        return ""
    if request.endpoint in ("tasks.answer_task", "tasks.autosave"):
        return url_for("tasks.read_task", **(request.view_args or {}))
    return url_for("start.start_page") if request.endpoint in ("start.open_case", "start.autosave") else ""


def keep_typed(session_key: str) -> str:
    """Keep what this request sends for the person of a session; gives the address where it is found, empty when not kept."""
    page = page_of_form()
    try:
        kept = bool(page) and kept_answers.keep(session_key, page, sent())
    except InvalidInput:
        return ""  # It may not be stored, or cannot be.
    return page if kept else ""


def sent() -> dict[str, Any]:
    """The answers that this request sends, whatever form they are for."""
    names = [name for name in request.form if identifier(name) and name not in OURS]
    values = {name: request.form.getlist(name) for name in names}
    return without_blocked({name: many if len(many) > 1 else many[0] for name, many in values.items()})


def wants_part() -> bool:
    """Whether a script asks for a part of a page, which a page to sign in must not become."""
    return "HX-Request" in request.headers or request.accept_mimetypes.best == "application/json"
