"""The history of everything, for auditors and administrators; taken out as a file by auditors."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request, url_for

from web.answers import searched
from web.audit_words import particulars
from web.downloads import csv_lines, json_lines, saved_as
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.queries import audit as queries
from workflows.queries import whole_number
from workflows.queries.audit import TrailFilters, TrailRow
from workflows.queries.sentences import kind_words

audit = Blueprint("audit", __name__)

FILTERS = ("case", "who", "kind", "since", "until")
COLUMNS = ("at", "username", "name", "kind", "what", "case", "detail")


@audit.get("/audit")
def trail() -> str:
    """The trail, newest first, by person, kind, day and case number."""
    filters = _asked()
    before = request.args.get("before", "")
    rows, following = queries.trail(
        g.actor, TrailFilters(**filters), whole_number("before", before) if before else None
    )
    asked = urlencode({name: value for name, value in filters.items() if value})
    here = f"/audit?{asked}"
    kinds = sorted((kind_words(kind), kind) for kind in queries.event_kinds(g.actor))
    return render_template(
        "admin/audit.html",
        filters=filters,
        kinds=[("", gettext("Everything")), *((kind, words) for words, kind in kinds)],
        rows=[row_view(row) for row in rows],
        may_export=g.actor.has("auditor"),
        exports=export_links("/audit/export", asked),
        emergency_href=_emergency(filters["case"], rows),
        next_href=f"{here}&before={following}" if following else "",
        first_href=here if before else "",
    )


def _asked() -> dict[str, Any]:
    """What the reader looks for, by the names of `TrailFilters`."""
    return {name: searched(name) for name in FILTERS}


@audit.get("/audit/export")
def export() -> Response:
    """The trail, filtered, as a file; without any fact about a client."""
    return exported(wanted_form(), TrailFilters(**_asked()))


def wanted_form() -> str:
    """In which form a reader takes something out: csv or json."""
    form = request.args.get("form", "csv")
    if form not in ("csv", "json"):
        raise InvalidInput(fields={"form": gettext("Choose csv or json.")})
    return form


def exported(form: str, filters: TrailFilters) -> Response:
    """The file of an export, made while it is sent; that it is taken out is written down first."""
    actor = g.actor
    rows = queries.exported(actor, queries.begin_export(actor, filters, form))
    if form == "json":
        return saved_as("history.json", "application/json", json_lines(map(as_json, rows)))
    return saved_as("history.csv", "text/csv", csv_lines(COLUMNS, _cells(rows)))


def as_json(row: TrailRow) -> dict[str, object]:
    """An event as the API and the export give it."""
    return {
        "at": row.at.isoformat(),
        "username": row.username,
        "name": row.who,
        "kind": row.kind,
        "what": row.words,
        "case": row.case,
        "detail": row.detail,
    }


def _cells(rows: Iterator[TrailRow]) -> Iterator[list[object]]:
    for row in rows:
        event = as_json(row)
        yield [_short(row) if name == "detail" else event[name] for name in COLUMNS]


def _emergency(case: str, rows: list[TrailRow]) -> str:
    """Where the client of the case that is searched for may be opened in an emergency, if there is such a case."""
    known = bool(case) and any(row.case == case for row in rows)
    return url_for("emergency.read_access", number=case) if known else ""


def export_links(path: str, asked: str) -> list[tuple[str, str]]:
    """Where what is found can be saved, as words and address."""
    return [(form.upper(), f"{path}?{asked}&form={form}") for form in ("csv", "json")]


def row_view(row: TrailRow) -> dict[str, object]:
    """An event as a page shows it."""
    return {**about(row, "/audit"), "sentence": row.words, "detail": particulars(row)}


def about(row: TrailRow, here: str) -> dict[str, object]:
    """When, who and which case; the number of the case leads to the events of that case on the page at `here`."""
    return {
        "at": row.at,
        "who": row.who,
        "case_number": row.case or "",
        "case_href": f"{here}?{urlencode({'case': row.case})}" if row.case else "",
        "reason": row.reason,
    }


def _short(row: TrailRow) -> str:
    """The particulars of an event under their short names, as a file has them."""
    return ", ".join(f"{name}: {_plain(value)}" for name, value in row.detail.items() if value is not None)


def _plain(value: object) -> str:
    return str(value) if isinstance(value, str | int) else json.dumps(value, sort_keys=True)
