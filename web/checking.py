"""Before and after a task is completed: the answers looked over with what they will bring, and what was recorded."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.tasks import refused_page, too_late
from workflows.commands import user_tasks
from workflows.errors import (
    AssignedToAnother,
    DraftChanged,
    Incident,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refused,
    TaskClosed,
)
from workflows.language import gettext
from workflows.queries import whole_number
from workflows.queries.done import DoneView, done_view
from workflows.queries.preview import Preview, preview
from workflows.queries.tasks import TaskView, task_view
from workflows.queries.told import Told

checking = Blueprint("checking", __name__)


@checking.get("/tasks/<task_id>/check")
def check(task_id: str) -> str | Response | tuple[str, int]:
    """The answers of the draft, each to be changed, and what completing the task will bring."""
    view = task_view(g.actor, task_id)
    if view.task.closed_at:
        return redirect(url_for("tasks.read_task", task_id=task_id))
    try:
        found = preview(g.actor, task_id)
    except (NotFound, NotAllowed, AssignedToAnother, TaskClosed):
        raise
    except InvalidInput as refused:
        # Nobody sent anything: an unfinished draft leads back to its questions, with what is missing.
        if not view.draft_version:
            return redirect(url_for("tasks.read_task", task_id=task_id))
        return refused_page(task_id, refused)[0]
    except Refused as refused:
        return refused_page(task_id, refused)
    return _check_page(view, found)


@checking.post("/tasks/<task_id>/check")
def confirm(task_id: str) -> Response | str | tuple[str, int]:
    """Complete the task with the answers that were looked over."""
    draft = whole_number("draft", request.form.get("draft", "") or "0")
    try:
        user_tasks.complete_checked(g.actor, task_id, draft)
    except TaskClosed:
        return redirect(_done_page(task_id)) if _did(task_id) else too_late(task_id)
    except NotAllowed:
        # Whom a task was delegated to may see nothing of its case once it is done; a second click still leads there.
        if _did(task_id):
            return redirect(_done_page(task_id))
        raise
    except DraftChanged:
        flash(gettext("The answers were changed in another window. Look them over once more."), "warning")
        return redirect(url_for("checking.check", task_id=task_id))
    except (NotFound, AssignedToAnother, Incident):
        raise
    except Refused as refused:
        return refused_page(task_id, refused)
    return redirect(_done_page(task_id))


def _did(task_id: str) -> bool:
    """Whether the reader has completed this task."""
    closed = done_view(g.actor, task_id)
    return closed is not None and closed.mine


@checking.get("/tasks/<task_id>/done")
def done(task_id: str) -> str | Response:
    """What was recorded, who was told, and the next task."""
    view = done_view(g.actor, task_id)
    if view is None:
        return redirect(url_for("tasks.read_task", task_id=task_id))
    return render_template("task_done.html", **_done(view))


def _done_page(task_id: str) -> str:
    return url_for("checking.done", task_id=task_id)


def _check_page(view: TaskView, found: Preview) -> str:
    answers = found.answers or view.overview(view.draft)
    return render_template(
        "task_check.html",
        task={
            "id": view.task.id,
            "name": gettext(view.task.name),
            "step": view.task.procedure_ref,
            "case_number": view.case.number,
            "draft": view.draft_version,
            "progress": view.form.progress,
            "completing": view.completing,
        },
        answers=[{"name": name, "label": label, "words": words} for name, label, words in answers],
        known=found.known,
        sentence=found.sentence,
        next_tasks=found.tasks,
        mails=[_mail(told) for told in found.mails],
        later=found.later,
    )


def _mail(told: Told) -> dict[str, object]:
    return {"words": told.words, "to": ", ".join(told.to), "held_back": told.held_back}


def _done(view: DoneView) -> dict[str, object]:
    following = view.following
    return {
        "task": {
            "name": gettext(view.task.name),
            "step": view.task.procedure_ref,
            "case_number": view.number,
        },
        "who": "" if view.mine else view.who,
        "at": view.at,
        "answers": view.answers,
        "has_client_facts": view.has_client_facts,
        "mails": [_mail(told) for told in view.told],
        "sentence": view.sentence,
        "following": following
        and {
            "href": url_for("tasks.read_task", task_id=following.id),
            "name": gettext(following.name),
            "number": following.number,
            "same_case": following.number == view.number,
            "due": following.due,
        },
    }
