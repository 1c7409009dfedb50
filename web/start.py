"""Starting a request: the first search and what it showed."""

import secrets
from datetime import datetime

from flask import Blueprint, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web.answers import Typed, typed, without_blocked
from web.errors import status_of
from web.forms_view import clock_words
from web.kept import keep_typed
from web.session import COOKIE
from web.tasks import onward_in
from workflows.commands import cases as commands
from workflows.commands import kept_answers
from workflows.errors import InvalidInput, KeyReused
from workflows.language import gettext, marked
from workflows.queries import start as start_query
from workflows.queries.start import StartView

start = Blueprint("start", __name__)

OPENED_BEFORE = marked(
    "A request was already opened from this page, with other answers. It is in the list of requests you began. "
    "Continue only if you want to open another one."
)


@start.get("/cases/new")
def start_page() -> str:
    """The page that begins a request: the first search and what it showed."""
    kept = kept_answers.kept_for(g.actor, url_for("start.start_page")) or {}
    manager = str(kept.pop("case_manager", ""))
    return _start_page(start_query.start_view(g.actor), kept, manager, {}, kept=bool(kept))


@start.post("/cases/new/draft")
def autosave() -> tuple[Response, int]:
    """Keep what was typed so far, asked by the page's script: there is no case yet whose draft it could be."""
    kept = keep_typed(request.cookies.get(COOKIE, ""))
    at = clock_words(datetime.now(current_app.config["CLOCK"]))
    return jsonify({"words": gettext("Saved at {time}").format(time=at) if kept else ""}), 200


@start.post("/cases")
def open_case() -> AnyResponse | tuple[str, int]:
    """Open a case on a failed search."""
    view = start_query.start_view(g.actor)
    values = typed(view.form)
    manager = request.form.get("case_manager", "")
    key = request.form.get("idempotency_key") or None
    try:
        opened = commands.start_case(g.actor, values, manager or None, key)
    except InvalidInput as refused:
        return _start_page(view, without_blocked(values), manager, refused.fields), 422
    except KeyReused as refused:
        errors = {"": gettext(OPENED_BEFORE)}
        return _start_page(view, without_blocked(values), manager, errors), status_of(refused)
    kept_answers.forget(g.actor, url_for("start.start_page"))
    if opened.shortcomings:
        return _start_page(view, {}, "", {}, list(opened.shortcomings)), 403
    return redirect(_after_start(opened.number))


def _start_page(
    view: StartView,
    values: Typed,
    manager: str,
    errors: dict[str, str],
    refusal: list[str] | None = None,
    *,
    kept: bool = False,
) -> str:
    return render_template(
        "start.html",
        fields=view.fields(values, errors),
        case_managers=view.case_managers,
        case_manager=manager,
        key=secrets.token_urlsafe(16),
        refusal=refusal if refusal is not None else view.shortcomings,
        help=view.help,
        errors=errors,
        progress=view.form.progress,
        begun=[{**vars(one), "href": url_for("tasks.read_task", task_id=one.task_id)} for one in view.begun],
        kept=kept,
    )


def _after_start(number: str) -> str:
    """The next search at once, or the case's page when the first one found the client."""
    return onward_in(number) or url_for("cases.read_case", number=number)
