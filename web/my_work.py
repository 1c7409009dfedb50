"""My work: the list of open tasks, what narrows it, and what is done from it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, flash, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from web import work_page
from web.errors import status_of
from workflows.commands import worklist as commands
from workflows.commands.many import Outcome
from workflows.errors import InvalidInput, NothingFree, Refused
from workflows.language import gettext as _
from workflows.queries import whole_number
from workflows.queries.name_search import means_a_name, tasks_by_name
from workflows.queries.work_filters import Filters
from workflows.social_security import find

my_work = Blueprint("my_work", __name__)


@my_work.get("/work")
def work() -> str:
    """The worklist of a view."""
    if not request.args.get("after"):
        commands.look(g.actor)
    return work_page.draw(_asked(request.args), request.args.get("after"))


@my_work.post("/work/search")
def search() -> Response:
    """Search the list. Words that may be a client's name are answered here; all else has an address of its own."""
    asked = _asked(request.form)
    without = replace(asked, filters=replace(asked.filters, q=""))
    words = request.form.get("q", "").strip()
    try:
        if not (find(words) or request.form.get("by") == "name" or means_a_name(g.actor, words)):
            return _at_its_address(asked)
        # A number that must not be typed here goes this way too: the search refuses it and says so.
        rows = tasks_by_name(g.actor, words)
    except Refused as refused:
        errors = {"q": refused.words}
        shown = "" if find(words) else words
        return _answer(without, shown, status_of(refused), errors=errors)
    return _answer(without, words, named=rows)


def _at_its_address(asked: work_page.Asked) -> Response:
    if request.headers.get("X-Part") == "results":
        return _answer(asked, asked.filters.q)
    return redirect(asked.address, 303)


def _answer(asked: work_page.Asked, typed: str, status: int = 200, **more: Any) -> Response:
    """The page, or its results alone for the script, with the address at which they are found again."""
    part = request.headers.get("X-Part") == "results"
    response = make_response(work_page.draw(asked, typed=typed, part=part, **more), status)
    response.headers["X-Address"] = asked.address
    return response


@my_work.post("/work/next")
def take_next() -> Response:
    """Claim the next task and open it."""
    try:
        task_id = commands.take_next(g.actor)
    except NothingFree as refused:
        flash(refused.message, "info")
        return redirect(url_for("my_work.work", view="role"))
    return redirect(f"/tasks/{task_id}")


@my_work.post("/work/bulk")
def bulk() -> Response | tuple[str, int]:
    """Do something with the ticked tasks, or with the one of a row; the list stays as it was."""
    asked = _asked(dict(parse_qsl(request.form.get("here", ""))))
    action, _colon, task_id = (request.form.get("one") or request.form.get("do", "")).partition(":")
    chosen = [task_id] if task_id else request.form.getlist("task")
    try:
        outcomes = _do(action, chosen)
    except InvalidInput as refused:
        return work_page.draw(asked, errors=_to_fields(refused.fields)), status_of(refused)
    failed = [outcome for outcome in outcomes if not outcome.done]
    if failed:
        return work_page.draw(asked, outcomes=(action, len(outcomes) - len(failed), failed)), 200
    flash(work_page.done_words(action, len(outcomes)), "success")
    return redirect(asked.address)


def _do(action: str, chosen: list[str]) -> list[Outcome]:
    form = request.form
    do = {
        "claim": lambda: commands.claim_many(g.actor, chosen),
        "release": lambda: commands.release_many(g.actor, chosen),
        "reassign": lambda: commands.reassign_many(g.actor, chosen, form.get("assignee", "")),
        "later": lambda: commands.put_off_many(g.actor, chosen, _day(form.get("until", ""))),
        "now": lambda: commands.put_off_many(g.actor, chosen, None),
    }
    if action not in do:
        raise InvalidInput(fields={"tasks": _("Choose what to do with the chosen tasks.")})
    return do[action]()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            fields={"until": _("Choose the day on which the tasks are shown again.")}
        ) from None


def _to_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Errors of the fields on the page; those about the ticks are about the whole form."""
    return {("" if name == "tasks" else name): words for name, words in fields.items()}


@my_work.post("/work/seen")
def seen() -> Response:
    """All that changed was seen."""
    commands.look(g.actor, seen=True)
    return redirect(_asked(dict(parse_qsl(request.form.get("here", "")))).address)


@my_work.post("/work/views")
def save_view() -> Response | tuple[str, int]:
    """Save the view under a name."""
    asked = _asked(dict(parse_qsl(request.form.get("here", ""))))
    name, shared = request.form.get("name", ""), request.form.get("shared") is not None
    try:
        commands.save_view(g.actor, name, asked.view, asked.filters, shared)
    except InvalidInput as refused:
        return work_page.draw(asked, errors=refused.fields), status_of(refused)
    flash(_("The view is saved and shared with your team.") if shared else _("The view is saved."), "success")
    return redirect(asked.address)


@my_work.post("/work/views/<view_id>/remove")
def remove_view(view_id: str) -> Response:
    """Remove a saved view."""
    commands.remove_view(g.actor, whole_number("view", view_id))
    flash(_("The view is removed."), "success")
    return redirect(url_for("my_work.work"))


def _asked(values: Mapping[str, str]) -> work_page.Asked:
    """The view and filters of an address or a form; a text that looks like a Social Security number is dropped."""
    q = values.get("q", "").strip()
    filters = Filters(
        q="" if find(q) else q,
        office=values.get("office", ""),
        agency=values.get("agency", ""),
        held=values.get("held", ""),
        changed=values.get("changed") == "1",
        later=values.get("later") == "1",
    )
    return work_page.Asked(values.get("view") or "mine", filters)
