"""My work: the list of open tasks, and the page of one."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import Typed, typed, without_blocked
from web.cards import address as card_address
from web.errors import status_of
from workflows.cases import Note
from workflows.commands import user_tasks
from workflows.errors import Incident, InvalidInput, NotAllowed, NotFound, Refused
from workflows.forms import Form
from workflows.language import gettext
from workflows.people import ROLES
from workflows.queries import whole_number
from workflows.queries import worklist as lists
from workflows.queries.tasks import TaskView, next_task, task_form, task_view

worklist = Blueprint("worklist", __name__)

VIEWS = {"mine": "My work", "role": "My role’s work", "late": "Late"}

RIGHTS = "Asking that information is not shared in no way affects the client’s eligibility for services."
RIGHTS_ON = ("T5", "T7", "T12", "T14")
"""The tasks that always show the sentence of policy 4013 (domain 7.1), whatever the help text of a diagram says."""


@worklist.get("/work")
def work() -> str:
    """The worklist of a view."""
    view = request.args.get("view", "mine")
    page = lists.worklist(g.actor, view, request.args.get("after"))
    counts = lists.counts(g.actor)
    tabs = [
        {"label": words, "href": f"/work?view={name}", "count": counts[name], "current": name == view}
        for name, words in VIEWS.items()
    ]
    return render_template(
        "worklist.html",
        tabs=tabs,
        rows=[_row(row) for row in page.items],
        late_count=counts["late"],
        may_start=g.actor.has("case_manager", "esd_wioa_supervisor"),
        view=view,
        next_href=f"/work?view={view}&after={page.next}" if page.next else "",
        first_href=f"/work?view={view}" if request.args.get("after") else "",
    )


@worklist.get("/tasks/<task_id>")
def read_task(task_id: str) -> str:
    """The page of a task."""
    return _page(task_view(g.actor, task_id))


@worklist.post("/tasks/<task_id>")
def answer_task(task_id: str) -> Response | tuple[str, int]:
    """Complete the task, or save what was typed as a draft."""
    values: Typed = {}

    def read(form: Form) -> Typed:
        values.update(typed(form))
        return values

    try:
        if request.form.get("action") == "save":
            user_tasks.save_draft(g.actor, task_id, read(task_form(g.actor, task_id).form))
            flash("The draft is saved.", "success")
            return redirect(url_for("worklist.read_task", task_id=task_id))
        version = whole_number("version", request.form.get("version", "") or "0")
        done = user_tasks.complete(g.actor, task_id, read, version or None)
    except (NotFound, NotAllowed, Incident):
        raise
    except Refused as refused:
        errors = refused.fields or {"": refused.message}
        return _page(task_view(g.actor, task_id), without_blocked(values), errors), status_of(refused)
    flash(f"Done. Case {done.number} goes on.", "success")
    # The next step of the same case if it is mine, so that steps in a row read as one; else the worklist.
    return redirect(_task_page(done.next_task) if done.next_task else url_for("worklist.work"))


@worklist.post("/tasks/<task_id>/form")
def follow_up_questions(task_id: str) -> str:
    """The questions that follow from the answers so far; nothing is kept."""
    asked = task_form(g.actor, task_id)
    return render_template(
        "parts/task_fields.html",
        task={"id": task_id},
        fields=asked.fields(without_blocked(typed(asked.form))),
    )


@worklist.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Take a task and open it."""
    user_tasks.claim(g.actor, task_id)
    return redirect(url_for("worklist.read_task", task_id=task_id))


@worklist.post("/tasks/<task_id>/release")
def release(task_id: str) -> Response:
    """Give a task back to its group."""
    user_tasks.release(g.actor, task_id)
    flash("The task was given back.", "success")
    return redirect(url_for("worklist.work"))


@worklist.post("/tasks/<task_id>/reassign")
def reassign(task_id: str) -> Response:
    """Give a task to a colleague."""
    view = task_view(g.actor, task_id)
    try:
        user_tasks.reassign(g.actor, task_id, request.form.get("username", ""))
    except InvalidInput as refused:
        flash(" ".join(refused.fields.values()), "error")
    else:
        flash("The task was given to your colleague.", "success")
    return redirect(f"/cases/{view.case.number}")


def onward_in(number: str) -> str | None:
    """The address of the actor's own next task in a case, if there is one."""
    following = next_task(g.actor, number)
    return _task_page(following) if following else None


def _task_page(task_id: str) -> str:
    return url_for("worklist.read_task", task_id=task_id)


def _row(row: lists.Row) -> dict[str, object]:
    return {
        "task_id": row.id,
        "case_number": row.case,
        "name": row.name,
        "step": row.step,
        "office": row.office,
        "agency": row.agency,
        "due": row.due,
        "assignee": row.assignee_name,
        "mine": row.mine,
        "may_claim": row.may_claim,
        "may_release": row.may_release,
        "note": row.note,
    }


def _page(
    view: TaskView, values: dict[str, object] | None = None, errors: dict[str, str] | None = None
) -> str:
    return render_template(
        "task.html",
        task=_task(view),
        fields=view.fields(values, errors),
        errors=errors or {},
        summary={"facts": view.facts, "sentence": view.sentence, "notes": notes(view.notes)},
    )


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
        "may_claim": view.assignee is None and view.hindrance is None and not task.closed_at,
        "may_release": mine,
        "may_edit": view.hindrance is None and not task.closed_at,
        "closed": _closed(view),
        "problem": _problem(view),
        "call_script": _is_talk(view),
        "card_href": card_address(task.element, task.office_code),
        "draft_saved_at": view.draft_saved_at,
        "rights_note": RIGHTS if task.element.startswith(RIGHTS_ON) and "in no way" not in view.help else "",
    }


def _is_talk(view: TaskView) -> bool:
    """Whether this is the talk in which the client chooses, for whoever may lead it."""
    return view.task.element.startswith("T7") and view.hindrance is None and not view.task.closed_at


def _problem(view: TaskView) -> dict[str, str] | None:
    """What the page says of an attempt to complete the task that failed; None when there is nothing to say."""
    if view.incident is None or view.task.closed_at:
        return None
    kept = " What was typed is kept as the draft." if view.incident.draft_kept else ""
    if view.incident.returned_at:
        words = (
            f"The problem {view.incident.reference} was looked after. Please complete the task again.{kept}"
        )
        return {"kind": "info", "words": words}
    words = f"Completing this task did not work. We are on it, as {view.incident.reference}.{kept}"
    return {"kind": "warning", "words": words}


def _closed(view: TaskView) -> str:
    if not view.task.closed_at:
        return ""
    return "It was completed." if view.task.ended_as == "completed" else "The case no longer needs it."
