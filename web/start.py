"""Starting a request: the first search and what it showed."""

import secrets

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import typed, without_blocked
from web.tasks import onward_in
from workflows.commands import cases as commands
from workflows.errors import InvalidInput
from workflows.queries import keeping
from workflows.queries import start as start_query

start = Blueprint("start", __name__)


@start.get("/cases/new")
def start_page() -> str:
    """The page that begins a request: the first search and what it showed."""
    return _start_page({}, "", {})


@start.post("/cases")
def open_case() -> Response | tuple[str, int]:
    """Open a case on a failed search."""
    view = start_query.start_view(g.actor)
    values = typed(view.form)
    manager = request.form.get("case_manager", "")
    key = request.form.get("idempotency_key") or None
    try:
        opened = commands.start_case(g.actor, values, manager or None, key)
    except InvalidInput as refused:
        return _start_page(without_blocked(values), manager, refused.fields), 422
    if opened.shortcomings:
        return _start_page({}, "", {}, list(opened.shortcomings)), 403
    return redirect(_after_start(opened.number))


def _start_page(
    values: dict[str, str], manager: str, errors: dict[str, str], refusal: list[str] | None = None
) -> str:
    view = start_query.start_view(g.actor)
    return render_template(
        "start.html",
        fields=view.fields(values, errors),
        case_managers=keeping.case_managers(g.actor),
        case_manager=manager,
        key=secrets.token_urlsafe(16),
        refusal=refusal if refusal is not None else view.shortcomings,
        help=view.help,
        errors=errors,
    )


def _after_start(number: str) -> str:
    """The next search at once, or the case's page when the first one found the client."""
    return onward_in(number) or url_for("cases.read_case", number=number)
