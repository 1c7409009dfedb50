"""User tasks in the API."""

from flask import Response, g, jsonify

from web.api import api
from web.api.models import (
    Completed,
    Completion,
    Reassignment,
    Released,
    TaskDetail,
    TaskOut,
    TaskPath,
)
from web.api.task_models import DraftBody, DraftOut, PreviewBody, PreviewOut
from workflows.cases import Case
from workflows.commands import user_tasks
from workflows.people import Person
from workflows.queries.preview import preview
from workflows.queries.tasks import Draft, TaskView, next_task, task_draft, task_view
from workflows.user_tasks import UserTask


@api.get("/tasks/<string:id>", responses={"200": TaskDetail})
def read_task(path: TaskPath) -> Response:
    """A task with its form."""
    return detail(task_view(g.actor, path.id))


@api.post("/tasks/<string:id>/claim", responses={"200": TaskDetail})
def claim(path: TaskPath) -> Response:
    """Take a task."""
    user_tasks.claim(g.actor, path.id)
    return detail(task_view(g.actor, path.id))


@api.post("/tasks/<string:id>/release", responses={"200": Released})
def release(path: TaskPath) -> Response:
    """Give a task back to its group."""
    user_tasks.release(g.actor, path.id)
    return jsonify({"id": path.id, "assignee": None})


@api.post("/tasks/<string:id>/reassign", responses={"200": TaskDetail})
def reassign(path: TaskPath, body: Reassignment) -> Response:
    """Give a task to a person."""
    user_tasks.reassign(g.actor, path.id, body.assignee)
    return detail(task_view(g.actor, path.id))


@api.post("/tasks/<string:id>/draft", responses={"200": TaskDetail})
def save_draft(path: TaskPath, body: Completion) -> Response:
    """Keep answers that are not complete yet."""
    user_tasks.save_draft(g.actor, path.id, body.data)
    return detail(task_view(g.actor, path.id))


@api.get("/tasks/<string:id>/draft", responses={"200": DraftOut})
def read_draft(path: TaskPath) -> Response:
    """The draft of a task; `version` 0 says that there is none."""
    return _draft_out(task_draft(g.actor, path.id))


@api.put("/tasks/<string:id>/draft", responses={"200": DraftOut})
def put_draft(path: TaskPath, body: DraftBody) -> Response:
    """Keep answers that are not complete yet, unless others were saved since the `version` that was read."""
    user_tasks.save_draft(g.actor, path.id, body.data, body.version)
    return _draft_out(task_draft(g.actor, path.id))


@api.post("/tasks/<string:id>/preview", responses={"200": PreviewOut})
def preview_task(path: TaskPath, body: PreviewBody) -> Response:
    """What completing the task would bring, by default with its draft; nothing is changed."""
    return jsonify(PreviewOut.model_validate(preview(g.actor, path.id, body.data)).model_dump(mode="json"))


@api.post("/tasks/<string:id>/complete", responses={"200": Completed})
def complete(path: TaskPath, body: Completion) -> Response:
    """Complete a task with the answers to its form; gives the case's number, and the next task when it is yours."""
    number = user_tasks.complete(g.actor, path.id, body.data, body.version).number
    return jsonify({"case": number, "completed": path.id, "next": next_task(g.actor, number)})


def _draft_out(draft: Draft) -> Response:
    found = DraftOut(
        data=draft.answers, version=draft.version, saved_at=draft.saved_at, saved_by=draft.saved_by or None
    )
    return jsonify(found.model_dump(mode="json"))


def task_out(task: UserTask, case: Case, assignee: Person | None) -> TaskOut:
    """A task as the API gives it."""
    return TaskOut(
        id=task.id,
        case=case.number,
        process=task.process,
        element=task.element,
        name=task.name,
        step=task.procedure_ref,
        role=task.role,
        office=task.office_code,
        agency=task.agency_code,
        assignee=assignee.username if assignee else None,
        due=task.due_at,
        version=task.version,
    )


def detail(view: TaskView) -> Response:
    """The answer of a task with its form."""
    basics = task_out(view.task, view.case, view.assignee).model_dump()
    closed = view.task.closed_at is not None
    answer = TaskDetail(**basics, help=view.help, form=view.schema, draft=view.draft, closed=closed)
    return jsonify(answer.model_dump(mode="json"))
