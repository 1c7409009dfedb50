"""The Trace tab of a draft: which steps carry out which clause of the procedure, and why one has none."""

from dataclasses import replace
from itertools import groupby

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

import engine
from web.editor.frame import DRAFTS, page
from web.editor.writing import row_version
from web.errors import status_of
from workflows import clauses
from workflows.bundle_proofs import all_elements, is_open, trace_problems
from workflows.clauses import TRACE, BadTrace, Clause
from workflows.commands.drafts import change_draft
from workflows.errors import InvalidInput, NotFound, Refused
from workflows.language import gettext
from workflows.queries.drafts import DraftView, draft_view
from workflows.queries.processes import role_words

trace_pages = Blueprint("trace", __name__, url_prefix=DRAFTS)

TAB = "/trace"
"""The end of the address, as in `frame.TABS`."""

Elements = dict[str, engine.Element]

_SHOWN = ("userTask", "manualTask", "serviceTask", "businessRuleTask", "callActivity")


@trace_pages.get("/<int:draft_id>/trace")
def read_trace(draft_id: int) -> str:
    """Every clause with the steps that carry it out."""
    draft = draft_view(g.actor, draft_id)
    elements = _elements(draft)
    try:
        table = clauses.read(draft.files)
    except BadTrace as bad:
        return page("editor/trace.html", draft, TAB, rows=[], broken=str(bad), strangers=[], playable=True)
    strangers = [problem for problem in trace_problems(draft.bundle, elements) if problem.warning]
    rows = [_row(place, clause, elements) for place, clause in enumerate(table, 1)]
    return page(
        "editor/trace.html", draft, TAB, rows=rows, broken="", strangers=strangers, playable=bool(elements)
    )


@trace_pages.get("/<int:draft_id>/trace/<int:place>")
def read_clause(draft_id: int, place: int) -> str:
    """One clause, to choose the steps that carry it out; `place`: its place in the table."""
    draft, _, clause = _found(draft_id, place)
    return _clause_page(draft, place, clause)


@trace_pages.post("/<int:draft_id>/trace/<int:place>")
def change_clause(draft_id: int, place: int) -> Response | tuple[str, int]:
    """Say which steps carry it out, or why none does."""
    draft, table, clause = _found(draft_id, place)
    elements = _elements(draft)
    chosen = tuple(one for one in request.form.getlist("elements") if one in elements)
    waiver = " ".join(request.form.get("waiver", "").split())
    changed = replace(clause, elements=chosen, waiver=waiver)
    try:
        if len(waiver) > 500:
            raise InvalidInput(fields={"waiver": gettext("Write a reason of up to 500 characters.")})
        table[place - 1] = changed
        change_draft(g.actor, draft_id, {TRACE: clauses.text_of(table)}, row_version())
    except Refused as refused:
        errors = refused.fields or {"": refused.message}
        return _clause_page(draft, place, changed, errors), status_of(refused)
    flash(gettext("Clause {number} is saved.").format(number=clause.number), "success")
    return redirect(url_for("trace.read_trace", draft_id=draft_id))


def _found(draft_id: int, place: int) -> tuple[DraftView, list[Clause], Clause]:
    draft = draft_view(g.actor, draft_id)
    try:
        table = clauses.read(draft.files)
    except BadTrace as bad:
        raise NotFound(str(bad)) from None
    if not 1 <= place <= len(table):
        raise NotFound(gettext("The trace has no such clause. Go back to the table."))
    return draft, table, table[place - 1]


def _elements(draft: DraftView) -> Elements:
    """All that is drawn; nothing where the diagrams cannot be read at all."""
    try:
        return all_elements(draft.bundle)
    except engine.EngineError:
        return {}


def _row(place: int, clause: Clause, elements: Elements) -> dict[str, object]:
    return {
        "place": place,
        "number": clause.number,
        "text": gettext(clause.text),
        "steps": [_name(elements[one]) for one in clause.elements if one in elements],
        "gone": [one for one in clause.elements if one not in elements],
        "waiver": clause.waiver,
        "open": is_open(clause, elements),
    }


def _name(element: engine.Element) -> str:
    return gettext(element.name) or element.id


def _clause_page(draft: DraftView, place: int, clause: Clause, errors: dict[str, str] | None = None) -> str:
    return page(
        "editor/clause.html",
        draft,
        TAB,
        place=place,
        clause=clause,
        groups=_groups(draft, clause),
        errors=errors or {},
    )


def _groups(draft: DraftView, clause: Clause) -> list[tuple[str, list[dict[str, object]]]]:
    """What a clause may choose from, process by process: tasks, calls, and whatever else it has chosen already or has a
    name: id, words, whose it is, and whether it is chosen."""
    elements = _elements(draft)
    shown = [one for one in elements.values() if one.id in clause.elements or one.kind in _SHOWN or one.name]
    names = draft.bundle.routes.processes if elements else {}
    rows = [(gettext(names.get(one.process_id, "")) or one.process_id, _choice(one, clause)) for one in shown]
    return [
        (process, [choice for _, choice in found]) for process, found in groupby(rows, lambda row: row[0])
    ]


def _choice(one: engine.Element, clause: Clause) -> dict[str, object]:
    return {
        "id": one.id,
        "name": _name(one),
        "role": role_words(one.lane) if one.kind in _SHOWN else gettext("Decision or event"),
        "chosen": one.id in clause.elements,
    }
