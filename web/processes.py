"""Process definitions: the versions, and what stands in one."""

from itertools import groupby

from flask import Blueprint, Response, g, render_template, request

from web.comparisons import asked_version, shown
from workflows.language import gettext
from workflows.queries import processes as queries
from workflows.queries.comparisons import version_comparison
from workflows.queries.drafts import drafts
from workflows.queries.processes import StepRow, Version, name_of

processes = Blueprint("processes", __name__, url_prefix="/processes")

XML = "application/xml; charset=utf-8"


@processes.get("")
def list_versions() -> str:
    """The procedures, each with its versions and the draft of the area."""
    may_edit = g.actor.has("program_manager")
    begun = drafts(g.actor) if may_edit else {}
    versions = groupby(queries.processes(g.actor), key=lambda row: row.key)
    found = [
        {"key": key, "name": name_of(key), "draft": begun.get(key), "rows": [_version(row) for row in rows]}
        for key, rows in versions
    ]
    may_publish = g.actor.has("program_manager", "esd_wioa_supervisor")
    return render_template("processes.html", procedures=found, may_edit=may_edit, may_publish=may_publish)


@processes.get("/<key>/compare")
def compare_versions(key: str) -> str:
    """Two versions: side by side, and in words."""
    found = version_comparison(g.actor, key, asked_version("from"), asked_version("to"))
    return render_template("compare.html", found=found, name=name_of(key), **shown(found))


@processes.get("/<key>/<int:version>")
def read_version(key: str, version: int) -> str:
    """One version: its diagrams, and the steps of each in a table."""
    row, steps, files = queries.process_version(g.actor, key, version)
    return render_template("process.html", process=_version(row), diagrams=_diagrams(steps, files))


@processes.get("/<key>/<int:version>/files/<file>")
def download(key: str, version: int, file: str) -> Response:
    """A diagram as a file; with `drawn` in the address to be looked at, its words in the language of the page."""
    if "drawn" in request.args:
        return Response(queries.drawing(g.actor, key, version, file), content_type=XML)
    name, text = queries.bpmn(g.actor, key, version, file)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=XML, headers=headers)


def _version(row: Version) -> dict[str, object]:
    return {
        "id": f"{row.key}/{row.version}",
        "name": row.name,
        "version": row.version,
        "state": row.state,
        "deployed_at": row.deployed_at,
        "deployed_by": row.deployed_by,
        "open_cases": row.open_cases,
        "area": row.area,
        "in_use": row.in_use,
        "note": row.note,
        "sha256": row.sha256,
    }


def _diagrams(steps: list[StepRow], files: dict[str, str]) -> list[dict[str, object]]:
    """The diagrams in the order in which the procedure meets them."""
    by_process = {process: list(rows) for process, rows in groupby(steps, key=lambda step: step.process)}
    return [
        {"title": rows[0].process_name, "file": files[process], "steps": [_step(step) for step in rows]}
        for process, rows in by_process.items()
    ]


def _step(step: StepRow) -> dict[str, object]:
    return {
        "id": step.element,
        "name": step.name,
        "kind": gettext("Task for a person"),
        "role": step.role,
        "form": step.form,
        "due": step.due,
        "step": step.step,
    }
