"""Problems in the API: incidents, read by administrators and auditors, looked after by administrators."""

from flask import Response, g, jsonify

from web.api import api
from web.api.problem_models import (
    Chosen,
    Dismissal,
    ProblemList,
    ProblemOut,
    ProblemPath,
    ProblemsQuery,
    RetriedList,
    RetriedOut,
)
from workflows.commands import incidents
from workflows.queries import problems as queries
from workflows.queries.problems import ProblemRow


@api.get("/problems", responses={"200": ProblemList})
def list_problems(query: ProblemsQuery) -> Response:
    """The incidents of the area, newest first."""
    rows, following = queries.problems(g.actor, query.status, query.before)
    items = [_out(row) for row in rows]
    return jsonify(ProblemList(items=items, next=following).model_dump(mode="json"))


@api.get("/problems/<int:id>", responses={"200": ProblemOut})
def read_problem(path: ProblemPath) -> Response:
    """One incident."""
    return _answer(path.id)


@api.post("/problems/retry", responses={"200": RetriedList})
def retry(body: Chosen) -> Response:
    """Try again one or many; a person's task is given back to that person."""
    done = [incidents.retry(g.actor, incident_id) for incident_id in dict.fromkeys(body.ids)]
    items = [RetriedOut(reference=d.reference, result=d.result, message=d.words) for d in done]
    return jsonify(RetriedList(items=items).model_dump(mode="json"))


@api.post("/problems/<int:id>/dismiss", responses={"200": ProblemOut})
def dismiss(path: ProblemPath, body: Dismissal) -> Response:
    """Put an incident away, with the reason."""
    incidents.dismiss(g.actor, path.id, body.reason)
    return _answer(path.id)


def _answer(incident_id: int) -> Response:
    return jsonify(_out(queries.problem(g.actor, incident_id)).model_dump(mode="json"))


def _out(row: ProblemRow) -> ProblemOut:
    return ProblemOut(**{name: getattr(row, name) for name in ProblemOut.model_fields})
