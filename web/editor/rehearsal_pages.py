"""Walking through a draft: a case played in memory, step by step, with the real forms, and kept as a scenario."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import Typed, typed, without_blocked
from web.editor.frame import DRAFTS, page
from web.editor.scenario_pages import TAB, add_scenario
from web.errors import status_of
from workflows.commands import rehearsals
from workflows.errors import InvalidInput, NotAllowed, NotFound, NotNow, Refused
from workflows.forms import FieldView
from workflows.language import gettext
from workflows.queries import scenarios as queries
from workflows.queries.scenarios import RehearsalView, StepForm
from workflows.scenario_words import outcome_words
from workflows.scenarios import Scenario

rehearsal_pages = Blueprint("rehearsals", __name__, url_prefix=DRAFTS)


@rehearsal_pages.get("/<int:draft_id>/walk")
def read_walk(draft_id: int) -> str:
    """Where the walk stands: what is open, what has happened, what would have been mailed."""
    return _walk_page(queries.rehearsal_view(g.actor, draft_id))


@rehearsal_pages.post("/<int:draft_id>/walk")
def begin(draft_id: int) -> Response | tuple[str, int]:
    """Begin anew."""
    may_open, duplicate = "may_not_open" not in request.form, "duplicate" in request.form
    process = request.form.get("process", "")
    try:
        rehearsals.begin_rehearsal(g.actor, draft_id, process, may_open=may_open, duplicate=duplicate)
    except InvalidInput as refused:
        return _walk_page(queries.rehearsal_view(g.actor, draft_id), refused.fields), status_of(refused)
    return _back(draft_id)


@rehearsal_pages.get("/<int:draft_id>/walk/tasks/<element>")
def read_step(draft_id: int, element: str) -> str:
    """The form of an open step, with the usual answers."""
    return _step_page(queries.step_form(g.actor, draft_id, element))


@rehearsal_pages.post("/<int:draft_id>/walk/tasks/<element>")
def complete_step(draft_id: int, element: str) -> Response | str | tuple[str, int]:
    """Complete it, or bring its questions up to date."""
    step = queries.step_form(g.actor, draft_id, element)
    values = step.form.asked(typed(step.form)) if step.form else {}
    if request.form.get("action") == "update":
        return _step_page(step, without_blocked(values))
    try:
        rehearsals.rehearse(g.actor, draft_id, "complete", element, values)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        errors = refused.fields or {"": refused.message}
        return _step_page(step, without_blocked(values), errors), status_of(refused)
    return _back(draft_id)


@rehearsal_pages.post("/<int:draft_id>/walk/tasks/<element>/form")
def follow_up_questions(draft_id: int, element: str) -> str:
    """The questions that follow from the answers so far."""
    step = queries.step_form(g.actor, draft_id, element)
    values = without_blocked(step.form.asked(typed(step.form))) if step.form else {}
    return render_template("parts/walk_fields.html", fields=_fields(step, values, {}), refresh=_refresh(step))


@rehearsal_pages.post("/<int:draft_id>/walk/happen")
def happen(draft_id: int) -> Response:
    """Let time pass to a timer, or a message come."""
    try:
        rehearsals.rehearse(g.actor, draft_id, request.form.get("kind", ""), request.form.get("target", ""))
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        flash(" ".join(refused.fields.values()) or refused.message, "error")
    return _back(draft_id)


@rehearsal_pages.post("/<int:draft_id>/walk/back")
def take_back(draft_id: int) -> Response:
    """Take back the last move."""
    rehearsals.take_back(g.actor, draft_id)
    return _back(draft_id)


@rehearsal_pages.post("/<int:draft_id>/walk/forget")
def forget(draft_id: int) -> Response:
    """Leave the walk without keeping it."""
    rehearsals.forget_rehearsal(g.actor, draft_id)
    return redirect(url_for("scenarios.list_scenarios", draft_id=draft_id))


@rehearsal_pages.post("/<int:draft_id>/walk/keep")
def keep(draft_id: int) -> Response | tuple[str, int]:
    """Keep the walk as a scenario of the draft, which expects what has come out."""
    view = queries.rehearsal_view(g.actor, draft_id)
    name = " ".join(request.form.get("name", "").split())
    try:
        made = _kept(view, name)
        key = add_scenario(draft_id, made)
    except Refused as refused:
        errors = refused.fields or {"": refused.message}
        return _walk_page(view, errors), status_of(refused)
    rehearsals.forget_rehearsal(g.actor, draft_id)
    flash(gettext("The scenario “{name}” is part of the draft now.").format(name=name), "success")
    return redirect(url_for("scenarios.read_scenario", draft_id=draft_id, key=key))


def _kept(view: RehearsalView, name: str) -> Scenario:
    if view.scenario is None or view.playing is None or not view.playing.ended:
        raise NotNow(gettext("Walk on to the end of the case first."))
    if not 1 <= len(name) <= 120:
        raise InvalidInput(fields={"name": gettext("Write a name of 1 to 120 characters.")})
    return replace(view.scenario, name=name)


def _back(draft_id: int) -> Response:
    return redirect(url_for("rehearsals.read_walk", draft_id=draft_id))


def _walk_page(view: RehearsalView, errors: dict[str, str] | None = None) -> str:
    playing = view.playing
    return page(
        "editor/walk.html",
        view.draft,
        TAB,
        walk=view,
        playing=playing,
        outcome=outcome_words(playing.outcome or "") if playing else "",
        name=request.form.get("name", ""),
        errors=errors or {},
    )


def _step_page(step: StepForm, values: Typed | None = None, errors: dict[str, str] | None = None) -> str:
    return page(
        "editor/walk_step.html",
        step.draft,
        TAB,
        step=step.step,
        help=step.help,
        fields=_fields(step, step.answers if values is None else values, errors or {}),
        refresh=_refresh(step),
        errors=errors or {},
    )


def _fields(step: StepForm, values: Mapping[str, object], errors: dict[str, str]) -> list[FieldView]:
    return step.form.fields(values, step.options, step.labels, errors) if step.form else []


def _refresh(step: StepForm) -> str:
    return url_for("rehearsals.follow_up_questions", draft_id=step.draft.id, element=step.step.element)
