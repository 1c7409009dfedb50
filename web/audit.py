"""The history of everything, for auditors and administrators."""

from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request

from web.answers import searched
from workflows.queries import keeping, whole_number

audit = Blueprint("audit", __name__)


@audit.get("/audit")
def trail() -> str:
    """The trail, newest first, by person, kind and case number."""
    filters = {name: searched(name) for name in ("case", "who", "kind", "since", "until")}
    before = request.args.get("before", "")
    rows, following = keeping.trail(
        g.actor, **filters, before=whole_number("before", before) if before else None
    )
    here = "/audit?" + urlencode({name: value for name, value in filters.items() if value})
    return render_template(
        "admin/audit.html",
        filters=filters,
        kinds=[
            ("", "All"),
            *((kind, kind.replace("_", " ").capitalize()) for kind in keeping.event_kinds(g.actor)),
        ],
        rows=[_row(row) for row in rows],
        next_href=f"{here}&before={following}" if following else "",
        first_href=here if before else "",
    )


def _row(row: keeping.TrailRow) -> dict[str, object]:
    detail = ", ".join(
        f"{name}: {value}" for name, value in row.detail.items() if value not in (None, "", [])
    )
    return {
        "at": row.at,
        "who": row.who,
        "sentence": row.words,
        "case_number": row.case or "",
        "detail": detail,
    }
