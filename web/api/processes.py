"""Process definitions in the API."""

from flask import Response, g, jsonify

from web.api import api
from web.api.models import FileQuery, VersionList, VersionOut, VersionPath
from workflows.queries import processes


@api.get("/processes", responses={"200": VersionList})
def list_processes() -> Response:
    """All versions of all processes."""
    rows = processes.processes(g.actor)
    items = [VersionOut(**{name: getattr(row, name) for name in VersionOut.model_fields}) for row in rows]
    return jsonify(VersionList(items=items).model_dump(mode="json"))


@api.get("/processes/<string:key>/versions/<int:n>/bpmn")
def read_bpmn(path: VersionPath, query: FileQuery) -> Response:
    """A diagram of a version as BPMN 2.0 XML."""
    name, text = processes.bpmn(g.actor, path.key, path.n, query.file)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="application/xml; charset=utf-8", headers=headers)
