"""The tab "Steps": a process of the draft as a table and as an outline in sentences, changed step by step by keyboard."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from web.editor.frame import DRAFTS, page
from web.editor.writing import row_version
from web.errors import status_of
from workflows.commands.drafts import change_draft
from workflows.errors import DraftChanged, InvalidInput, NotFound, Refused
from workflows.language import gettext
from workflows.queries.steps import StepView, step_view, steps_view
from workflows.step_edits import Changes, added_step, changed_step, moved_step, removed_step
from workflows.step_form import Question

steps = Blueprint("steps", __name__, url_prefix=DRAFTS)

TAB = "/steps"
NEW_KINDS = ("userTask", "serviceTask")

Answer = str | Response | tuple[str, int]
Change = Callable[[], Changes]


@steps.get("/<int:draft_id>/steps")
@steps.get("/<int:draft_id>/steps/<file>")
def read_steps(draft_id: int, file: str = "") -> str:
    """The steps of one diagram: a table, or with `?view=outline` the outline."""
    view = steps_view(g.actor, draft_id, file)
    template = "editor/outline.html" if request.args.get("view") == "outline" else "editor/steps.html"
    return page(template, view.draft, TAB, view=view)


@steps.get("/<int:draft_id>/steps/<file>/<element>")
def read_step(draft_id: int, file: str, element: str) -> str:
    """One step with all that can be changed about it."""
    return _step_page(step_view(g.actor, draft_id, file, element))


@steps.post("/<int:draft_id>/steps/<file>/<element>")
def change_step(draft_id: int, file: str, element: str) -> Answer:
    """Write a step as it was typed."""
    view = step_view(g.actor, draft_id, file, element)
    try:
        _save(draft_id, changed_step(view.draft.files, file, element, view.questions, request.form))
    except (InvalidInput, DraftChanged) as refused:
        return _step_page(view, request.form, _errors(refused)), status_of(refused)
    name = request.form.get("name", "").strip() or view.step.name
    flash(gettext("“{name}” is changed in the draft.").format(name=name), "success")
    return redirect(url_for("steps.read_step", draft_id=draft_id, file=file, element=element))


@steps.post("/<int:draft_id>/steps/<file>/<element>/move")
def move_step(draft_id: int, file: str, element: str) -> Response:
    """Let a step trade places with the one before it, or after it."""
    view = step_view(g.actor, draft_id, file, element)
    later = request.form.get("to") == "later"
    words = (
        gettext("“{name}” comes one place later now.")
        if later
        else gettext("“{name}” comes one place earlier now.")
    )
    return _done(view, lambda: moved_step(view.draft.files, file, element, later=later), words)


@steps.get("/<int:draft_id>/steps/<file>/<element>/remove")
def ask_to_remove(draft_id: int, file: str, element: str) -> str:
    """Ask whether a step should be taken away."""
    view = step_view(g.actor, draft_id, file, element)
    return page("editor/step_remove.html", view.draft, TAB, view=view)


@steps.post("/<int:draft_id>/steps/<file>/<element>/remove")
def remove_step(draft_id: int, file: str, element: str) -> Response:
    """Take a simple step away."""
    view = step_view(g.actor, draft_id, file, element)
    words = gettext("“{name}” is taken out of the draft.")
    return _done(view, lambda: removed_step(view.draft.files, file, element), words)


@steps.get("/<int:draft_id>/steps/<file>/<element>/add")
def ask_to_add(draft_id: int, file: str, element: str) -> str:
    """Ask what the step after this one should be."""
    return _add_page(step_view(g.actor, draft_id, file, element), _kind(request.args), request.args)


@steps.post("/<int:draft_id>/steps/<file>/<element>/add")
def add_step(draft_id: int, file: str, element: str) -> Answer:
    """Add a step on one of the ways out of another."""
    view, kind = step_view(g.actor, draft_id, file, element), _kind(request.form)
    flow = request.form.get("flow", "")
    try:
        if flow not in dict(view.step.exits):
            raise InvalidInput(fields={"flow": gettext("Choose where the new step belongs.")})
        changes, new = added_step(view.draft.files, file, flow, kind, view.for_new[kind], request.form)
        _save(draft_id, changes)
    except (InvalidInput, DraftChanged) as refused:
        return _add_page(view, kind, request.form, _errors(refused)), status_of(refused)
    name = request.form.get("name", "").strip()
    flash(gettext("“{name}” is added after “{before}”.").format(name=name, before=view.step.name), "success")
    return redirect(url_for("steps.read_step", draft_id=draft_id, file=file, element=new))


def _save(draft_id: int, changes: Changes) -> None:
    change_draft(g.actor, draft_id, changes, row_version())


def _done(view: StepView, change: Change, words: str) -> Response:
    """Make a change that asks nothing, and go back to the table; what refuses it is said there."""
    try:
        _save(view.draft.id, change())
        flash(words.format(name=view.step.name), "success")
    except (InvalidInput, DraftChanged) as refused:
        flash(refused.message, "error")
    return redirect(url_for("steps.read_steps", draft_id=view.draft.id, file=view.file))


def _kind(values: Mapping[str, str]) -> str:
    """The kind of the new step."""
    kind = values.get("kind", NEW_KINDS[0])
    if kind not in NEW_KINDS:
        raise NotFound(gettext("There is no such kind of step."))
    return kind


def _errors(refused: Refused) -> dict[str, str]:
    """What to put right: by question, else about the whole."""
    return refused.fields or {"": refused.message}


def _step_page(
    view: StepView, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> str:
    asked = _filled(view.questions, typed, errors)
    return page("editor/step.html", view.draft, TAB, view=view, asked=asked, errors=dict(errors or {}))


def _add_page(
    view: StepView, kind: str, typed: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> str:
    asked = _filled(view.for_new[kind], typed, errors)
    flow = typed.get("flow", "") or (view.step.exits[0][0] if len(view.step.exits) == 1 else "")
    return page(
        "editor/step_add.html",
        view.draft,
        TAB,
        view=view,
        asked=asked,
        kind=kind,
        flow=flow,
        errors=dict(errors or {}),
    )


def _filled(
    asked: list[Question], typed: Mapping[str, str] | None, errors: Mapping[str, str] | None
) -> list[dict[str, object]]:
    """The questions as `macros/fields.html` takes them, with what was typed and what is wrong with it."""
    kept = without_blocked({name: typed[name] for name in typed} if typed else {})
    return [
        {
            **vars(question),
            "value": kept.get(question.name, question.value),
            "shown": True,
            "controls": False,
            "error": (errors or {}).get(question.name),
        }
        for question in asked
    ]
