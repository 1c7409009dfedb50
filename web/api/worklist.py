"""The worklist, and what is done with many of its tasks, in the API."""

from collections.abc import Sequence

from flask import Response, g, jsonify

from web.api import api
from web.api.models import TaskDetail
from web.api.tasks import detail
from web.api.work_models import (
    BulkBody,
    FilterFields,
    NameBody,
    OutcomeList,
    OutcomeOut,
    Removed,
    TaskList,
    ViewBody,
    ViewList,
    ViewOut,
    ViewPath,
    WorklistQuery,
    WorkRow,
)
from workflows.commands import worklist as commands
from workflows.commands.many import Outcome
from workflows.errors import InvalidInput
from workflows.queries import worklist as lists
from workflows.queries.name_search import tasks_by_name
from workflows.queries.saved_views import saved_views
from workflows.queries.tasks import task_view
from workflows.queries.work_filters import Filters
from workflows.queries.worklist import Row


@api.get("/worklist", responses={"200": TaskList})
def worklist(query: WorklistQuery) -> Response:
    """Open tasks by due time."""
    page = lists.worklist(g.actor, query.view, query.after, query.limit, _filters(query))
    return _tasks(page.items, page.next)


@api.post("/worklist/search", responses={"200": TaskList})
def search_by_name(body: NameBody) -> Response:
    """Open tasks by the client's name; what is found is written into the history as read."""
    return _tasks(tasks_by_name(g.actor, body.name), None)


@api.post("/worklist/next", responses={"200": TaskDetail})
def take_next() -> Response:
    """Claim the first task of my role that nobody holds."""
    return detail(task_view(g.actor, commands.take_next(g.actor)))


@api.post("/worklist/bulk", responses={"200": OutcomeList})
def bulk(body: BulkBody) -> Response:
    """Do something with many tasks, each for itself: some may be done and others refused."""
    outcomes = [OutcomeOut(task=o.key, done=o.done, why=o.why) for o in _do(body)]
    return jsonify(OutcomeList(items=outcomes).model_dump(mode="json"))


def _do(body: BulkBody) -> Sequence[Outcome]:
    if body.action == "claim":
        return commands.claim_many(g.actor, body.tasks)
    if body.action == "release":
        return commands.release_many(g.actor, body.tasks)
    if body.action == "reassign":
        return commands.reassign_many(g.actor, body.tasks, body.assignee)
    if body.action == "later" and body.until is None:
        raise InvalidInput(fields={"until": "Choose the day on which the tasks are shown again."})
    return commands.put_off_many(g.actor, body.tasks, body.until if body.action == "later" else None)


@api.get("/worklist/views", responses={"200": ViewList})
def read_views() -> Response:
    """Saved views of the worklist: your own, and those that your team shares."""
    items = [ViewOut(**vars(row)) for row in saved_views(g.actor)]
    return jsonify(ViewList(items=items).model_dump(mode="json"))


@api.post("/worklist/views", responses={"200": ViewList})
def save_view(body: ViewBody) -> Response:
    """Keep a view under a name, over one of your own of that name."""
    commands.save_view(g.actor, body.name, body.view, _filters(body.filters), body.shared)
    return read_views()


@api.delete("/worklist/views/<int:id>", responses={"200": Removed})
def remove_view(path: ViewPath) -> Response:
    """Remove a saved view of your own."""
    commands.remove_view(g.actor, path.id)
    return jsonify({"id": path.id, "removed": True})


def _filters(fields: FilterFields) -> Filters:
    return Filters(**{name: getattr(fields, name) for name in FilterFields.model_fields})


def _tasks(rows: Sequence[Row], following: str | None) -> Response:
    items = [WorkRow(**{**vars(row), "waits": vars(row.waits) if row.waits else None}) for row in rows]
    return jsonify(TaskList(items=items, next=following).model_dump(mode="json"))
