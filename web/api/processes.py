"""Process definitions in the API."""

from typing import Any

from flask import Response, g, jsonify

from web.api import api
from web.api.models import FileQuery, StepOut, VersionDetail, VersionList, VersionOut, VersionPath
from workflows.queries import processes


@api.get("/processes", responses={"200": VersionList})
def list_processes() -> Response:
    """All versions of all processes."""
    rows = processes.processes(g.actor)
    items = [VersionOut(**{name: getattr(row, name) for name in VersionOut.model_fields}) for row in rows]
    return jsonify(VersionList(items=items).model_dump(mode="json"))


@api.get("/processes/<string:key>/versions/<int:n>", responses={"200": VersionDetail})
def read_version(path: VersionPath) -> Response:
    """One version: its diagrams and the work of people in each."""
    row, steps, files = processes.process_version(g.actor, path.key, path.n)
    basics = {name: getattr(row, name) for name in VersionOut.model_fields}
    items = [StepOut(**vars(step)) for step in steps]
    return jsonify(VersionDetail(**basics, files=files, steps=items).model_dump(mode="json"))


XML: dict[Any, Any] = {
    "200": {"description": "The diagram", "content": {"application/xml": {"schema": {"type": "string"}}}}
}


@api.get("/processes/<string:key>/versions/<int:n>/bpmn", responses=XML)
def read_bpmn(path: VersionPath, query: FileQuery) -> Response:
    """A diagram of a version as BPMN 2.0 XML."""
    name, text = processes.bpmn(g.actor, path.key, path.n, query.file)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="application/xml; charset=utf-8", headers=headers)
