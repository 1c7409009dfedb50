"""My work: the list of open tasks."""

from flask import Blueprint, g, render_template, request

from workflows.queries import worklist as lists

my_work = Blueprint("my_work", __name__)

VIEWS = {"mine": "My work", "role": "My role’s work", "late": "Late"}


@my_work.get("/work")
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
