"""A task: its page, its answers, who holds it."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from web.answers import Typed, typed, without_blocked
from web.cards import address as card_address
from web.errors import status_of
from web.forms_view import clock_words
from workflows.cases import Note
from workflows.commands import kept_answers, user_tasks
from workflows.errors import (
    DraftChanged,
    DuplicateCase,
    Incident,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    TaskClosed,
)
from workflows.forms import Form
from workflows.language import gettext, marked
from workflows.people import ROLES
from workflows.privacy import is_free_for
from workflows.queries import whole_number
from workflows.queries.case_list import opens
from workflows.queries.done import completed_with
from workflows.queries.tasks import TaskView, next_task, task_form, task_view

tasks = Blueprint("tasks", __name__)

Read = Callable[[Form], Typed]
"""Reads what the request answers to the questions of a form."""

Answer = str | AnyResponse | tuple[str, int]

CHANGED = marked(
    "Other answers to this task were saved in another window. Yours are still in the form and are not saved yet. "
    "Compare them with what is saved, and go on when they are right."
)
STALE = marked(
    "This task was changed in another window. What you typed is still in the form: look it over and go on."
)

LOOKED_AFTER = marked("The problem {reference} was looked after. Please complete the task again.")
FAILED = marked("Completing this task did not work. We are on it, as {reference}.")

RIGHTS = marked(
    "Asking that information is not shared in no way affects the client’s eligibility for services."
)
RIGHTS_ON = ("T5", "T7", "T12", "T14")
"""The tasks that always show the sentence of policy 4013 (domain 7.1), whatever the help text of a diagram says."""


@tasks.get("/tasks/<task_id>")
def read_task(task_id: str) -> str:
    """The page of a task; what was typed when a session ended is there again."""
    view = task_view(g.actor, task_id)
    kept = kept_answers.kept_for(g.actor, _task_page(task_id)) if _may_edit(view) else None
    values = {name: kept[name] for name in view.form.names if name in kept} if kept else None
    return _page(view, values, kept=bool(kept))


@tasks.post("/tasks/<task_id>")
def answer_task(task_id: str) -> Answer:
    """Save what was typed as a draft, bring the questions up to date, look the answers over, or complete the task."""
    values: Typed = {}

    def read(form: Form) -> Typed:
        values.update(form.asked(typed(form)))
        return values

    try:
        return _ACTIONS.get(request.form.get("action", ""), _check)(task_id, read)
    except (NotFound, NotAllowed, Incident):
        raise
    except TaskClosed:
        return too_late(task_id)
    except DraftChanged:
        return _page(
            task_view(g.actor, task_id), without_blocked(values), {"": gettext(CHANGED)}, conflict=True
        ), 409
    except Stale as refused:
        return _page(task_view(g.actor, task_id), without_blocked(values), {"": gettext(STALE)}), status_of(
            refused
        )
    except Refused as refused:
        errors = refused.fields or {"": refused.message}
        return _page(task_view(g.actor, task_id), without_blocked(values), errors), status_of(refused)


def _check(task_id: str, read: Read) -> Answer:
    """Keep the answers; when all are right they are looked over on a page of their own."""
    values: Typed = {}
    checked = user_tasks.check(g.actor, task_id, lambda form: values.setdefault("all", read(form)), _seen())
    _is_saved(task_id)
    if checked.errors:
        return _page(task_view(g.actor, task_id), values["all"], checked.errors), 422
    return redirect(url_for("checking.check", task_id=task_id))


def _save(task_id: str, read: Read) -> Answer:
    """Keep the answers as the draft."""
    user_tasks.save_draft(g.actor, task_id, read(task_form(g.actor, task_id).form), _seen())
    _is_saved(task_id)
    flash(gettext("The draft is saved."), "success")
    return redirect(_task_page(task_id))


def _update(task_id: str, read: Read) -> Answer:
    """The questions that follow from the answers, for a page without scripts; nothing is kept."""
    values = without_blocked(read(task_form(g.actor, task_id).form))
    return _page(task_view(g.actor, task_id), values, updated=True)


def _complete(task_id: str, read: Read) -> Answer:
    """Complete the task with the answers as they are, and go on with the next of the same case."""
    version = whole_number("version", request.form.get("version", "") or "0")
    done = user_tasks.complete(g.actor, task_id, read, version or None)
    _is_saved(task_id)
    return redirect(
        _task_page(done.next_task) if done.next_task else url_for("checking.done", task_id=task_id)
    )


_ACTIONS: dict[str, Callable[[str, Read], Answer]] = {
    "check": _check,
    "save": _save,
    "update": _update,
    "complete": _complete,
}


def _seen() -> int | None:
    """The version of the draft that the page was made from; None for a caller who does not say."""
    sent = request.form.get("draft", "")
    return whole_number("draft", sent) if sent else None


def _is_saved(task_id: str) -> None:
    """What was kept over the end of a session is saved with the task now."""
    if request.form.get("kept"):
        kept_answers.forget(g.actor, _task_page(task_id))


def too_late(task_id: str) -> Answer:
    """The task is closed already. A second click goes where the first one went; other answers are shown once more."""
    view = task_view(g.actor, task_id)
    sent = without_blocked(view.form.asked(typed(view.form)))
    if view.task.ended_as == "completed" and completed_with(g.actor, task_id, sent):
        following = None if view.form.is_checked else next_task(g.actor, view.case.number)
        return redirect(_task_page(following) if following else url_for("checking.done", task_id=task_id))
    return _page(view, sent), 409


@tasks.post("/tasks/<task_id>/draft")
def autosave(task_id: str) -> tuple[Response, int]:
    """Save what was typed so far, asked by the page's script; says in words what came of it."""
    try:
        form = task_form(g.actor, task_id).form
        saved = user_tasks.save_draft(g.actor, task_id, form.asked(typed(form)), _seen())
    except Refused as refused:
        words = " ".join([refused.message, *refused.fields.values()])
        return jsonify({"words": gettext("Not saved. {why}").format(why=words)}), status_of(refused)
    _is_saved(task_id)
    at = clock_words(saved.at.astimezone(current_app.config["CLOCK"]))
    return (
        jsonify(
            words=gettext("Saved at {time}").format(time=at), draft=saved.version, version=saved.task_version
        ),
        200,
    )


@tasks.post("/tasks/<task_id>/form")
def follow_up_questions(task_id: str) -> str:
    """The questions that follow from the answers so far; nothing is kept."""
    asked = task_form(g.actor, task_id)
    return render_template(
        "parts/task_fields.html",
        task={"id": task_id},
        fields=asked.fields(without_blocked(asked.form.asked(typed(asked.form)))),
    )


@tasks.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> AnyResponse:
    """Take a task and open it."""
    user_tasks.claim(g.actor, task_id)
    return redirect(url_for("tasks.read_task", task_id=task_id))


@tasks.post("/tasks/<task_id>/release")
def release(task_id: str) -> AnyResponse:
    """Give a task back to its group."""
    user_tasks.release(g.actor, task_id)
    flash(gettext("The task was given back."), "success")
    return redirect("/work")


@tasks.post("/tasks/<task_id>/reassign")
def reassign(task_id: str) -> AnyResponse:
    """Give a task to a colleague."""
    view = task_view(g.actor, task_id)
    try:
        user_tasks.reassign(g.actor, task_id, request.form.get("username", ""))
    except InvalidInput as refused:
        flash(refused.words, "error")
    else:
        flash(gettext("The task was given to your colleague."), "success")
    return redirect(f"/cases/{view.case.number}")


def onward_in(number: str) -> str | None:
    """The address of the actor's own next task in a case, if there is one."""
    following = next_task(g.actor, number)
    return _task_page(following) if following else None


def _task_page(task_id: str) -> str:
    return url_for("tasks.read_task", task_id=task_id)


def _page(
    view: TaskView,
    values: Typed | None = None,
    errors: dict[str, str] | None = None,
    *,
    kept: bool = False,
    updated: bool = False,
    conflict: bool = False,
    twin: str = "",
) -> str:
    return render_template(
        "task.html",
        twin=twin,
        task=_task(view),
        fields=view.fields(values, errors),
        errors=errors or {},
        kept=kept or bool(request.form.get("kept")),
        updated=updated,
        saved_there=_saved_there(view, values or {}) if conflict else [],
        typed_here=_in_words(view, values) if values and view.task.closed_at else [],
        summary={"facts": view.facts, "sentence": view.sentence, "notes": notes(view.notes)},
    )


def refused_page(task_id: str, refused: Refused) -> tuple[str, int]:
    """The page of a task whose draft cannot be completed as it is, with what is to be put right."""
    view = task_view(g.actor, task_id)
    twin = refused.number if isinstance(refused, DuplicateCase) and opens(g.actor, refused.number) else ""
    return _page(view, None, refused.fields or {"": refused.message}, twin=twin), status_of(refused)


def _in_words(view: TaskView, values: Typed) -> list[tuple[str, str]]:
    """Typed answers as pairs of question and words."""
    return [(label, words) for _, label, words in view.overview(values) if words]


def _saved_there(view: TaskView, values: Typed) -> list[tuple[str, str]]:
    """The answers of the saved draft that differ from those typed here, as pairs of question and words."""
    here = {name: words for name, _, words in view.overview(values)}
    there = view.overview(view.draft)
    return [
        (label, words or gettext("No answer")) for name, label, words in there if words != here.get(name, "")
    ]


def notes(found: list[tuple[Note, str]]) -> list[dict[str, object]]:
    """Notes with their authors, as the page of a case and the page of a task show them."""
    return [{"at": n.written_at, "who": who, "words": n.text, "esd_only": n.esd_only} for n, who in found]


def _task(view: TaskView) -> dict[str, object]:
    task = view.task
    mine = task.assignee_id == g.actor.id
    return {
        "id": task.id,
        "name": gettext(task.name),
        "case_number": view.case.number,
        "version": task.version,
        "step": task.procedure_ref,
        "due": task.due_at,
        "help": view.help,
        "role": gettext(ROLES.get(task.role, task.role)),
        "office": view.office,
        "agency": view.agency,
        "holder": view.assignee.name if view.assignee else None,
        "held_since": task.claimed_at,
        "mine": mine,
        "may_claim": is_free_for(g.actor, task) and view.hindrance is None and not task.closed_at,
        "may_release": mine,
        "may_edit": _may_edit(view),
        "closed": _closed(view),
        "problem": _problem(view),
        "call_script": _is_talk(view),
        "card_href": card_address(task.element, task.office_code),
        "draft_saved_at": view.draft_saved_at,
        "draft": view.draft_version,
        "is_checked": view.form.is_checked,
        "progress": view.form.progress,
        "done_href": url_for("checking.done", task_id=task.id) if task.ended_as == "completed" else "",
        "rights_note": gettext(RIGHTS)
        if task.element.startswith(RIGHTS_ON) and "in no way" not in view.help
        else "",
    }


def _may_edit(view: TaskView) -> bool:
    return view.hindrance is None and not view.task.closed_at


def _is_talk(view: TaskView) -> bool:
    """Whether this is the talk in which the client chooses, for whoever may lead it."""
    return view.task.element.startswith("T7") and view.hindrance is None and not view.task.closed_at


def _problem(view: TaskView) -> dict[str, str] | None:
    """What the page says of an attempt to complete the task that failed; None when there is nothing to say."""
    if view.incident is None or view.task.closed_at:
        return None
    incident = view.incident
    words, kind = (LOOKED_AFTER, "info") if incident.returned_at else (FAILED, "warning")
    said = [gettext(words).format(reference=incident.reference)]
    if incident.draft_kept:
        said.append(gettext("What was typed is kept as the draft."))
    return {"kind": kind, "words": " ".join(said)}


def _closed(view: TaskView) -> str:
    if not view.task.closed_at:
        return ""
    if view.task.ended_as == "completed":
        return gettext("This task is already completed. What was recorded then stands.")
    return gettext("The case no longer needs this task. Nothing is left to do here.")
