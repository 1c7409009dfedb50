"""Data-sharing agreements: what program managers and administrators keep, and others read."""

from datetime import date

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import flash_each, without_blocked
from workflows.commands import agreement_decisions as decisions
from workflows.commands import agreements as commands
from workflows.commands.agreements import STATUS_WORDS
from workflows.errors import InvalidInput
from workflows.language import gettext, marked, said
from workflows.organisations import BASES, Agreement
from workflows.queries import agreements as queries
from workflows.queries.agreement_view import agreement_view
from workflows.queries.agreements import AgreementRow

agreements = Blueprint("agreements", __name__, url_prefix="/admin/agreements")

KIND_WORDS = {
    "data_sharing": marked("Data-sharing agreement"),
    "resource_sharing": marked("Resource-sharing agreement"),
}
BASIS_WORDS = {
    "mou_with_wdc": marked("Memorandum of understanding with the workforce council"),
    "service_contract_wdc": marked("Service contract with the workforce council"),
    "service_contract_esd": marked("Service contract with Employment Security"),
}
ACTIONS = {
    "resume": marked("Go on: an agreement is in force again"),
    "hand_to_esd": marked("Hand over: Employment Security staff serve the client"),
    "close": marked("Close the case"),
}
"""What T90 may answer, in words."""


@agreements.get("")
def list_agreements() -> str:
    """All agreements of the area."""
    return render_template(
        "admin/agreements.html",
        rows=[_agreement_row(row) for row in queries.agreements(g.actor)],
        may_change=_keeps_agreements(),
    )


@agreements.get("/new")
def new_agreement() -> str:
    """Enter an agreement."""
    return _agreement_page(None, {}, {})


@agreements.get("/<path:number>")
def read_agreement(number: str) -> str:
    """All about one agreement, and the cases that depend on it."""
    return _view_page(number, {})


@agreements.get("/<path:number>/change")
def edit_agreement(number: str) -> str:
    """Change an agreement."""
    _check_keeps_agreements()
    return _agreement_page(number, _values(_find_agreement(number).agreement), {})


@agreements.post("/<path:number>/decide")
def decide(number: str) -> Response | tuple[str, int]:
    """Decide how the ticked cases go on (T90); each is decided for itself."""
    chosen, action = request.form.getlist("chosen"), request.form.get("action", "")
    errors = {} if chosen else {"chosen": gettext("Tick the cases that are to be decided.")}
    if action not in ACTIONS:
        errors["action"] = gettext("Choose what shall happen with the cases.")
    done = decisions.decide_many(g.actor, number, [] if errors else chosen, action)
    if errors:
        return _view_page(number, errors), 422
    flash_each(done, gettext("Decided: {names}."), gettext("Not decided: {names}. {reason}"))
    return redirect(url_for("agreements.read_agreement", number=number))


@agreements.post("")
def enter_agreement() -> Response | tuple[str, int]:
    """Keep a new one."""
    return _save_agreement(request.form.get("number", "").strip(), new=True)


@agreements.post("/<path:number>")
def change_agreement(number: str) -> Response | tuple[str, int]:
    """Keep what was changed."""
    _check_keeps_agreements()
    return _save_agreement(_find_agreement(number).agreement.number, new=False)


def _save_agreement(number: str, new: bool) -> Response | tuple[str, int]:
    other = ("csrf_token", "number")
    values = {name: value.strip() for name, value in request.form.items() if name not in other}
    try:
        commands.save_agreement(g.actor, number, values, new=new)
    except InvalidInput as refused:
        kept = without_blocked({**values, "number": number})
        return _agreement_page(None if new else number, kept, refused.fields), 422
    flash(gettext("Agreement {number} is saved.").format(number=number), "success")
    return redirect(url_for("agreements.read_agreement", number=number))


def _view_page(number: str, errors: dict[str, str]) -> str:
    view = agreement_view(g.actor, number)
    return render_template(
        "admin/agreement_view.html",
        agreement=_agreement_row(view.row),
        managers=[
            (gettext("Employment Security"), view.esd_manager),
            (view.row.agency, view.partner_manager),
        ],
        document=view.row.agreement.basis_document or "",
        warnings=view.warnings,
        entries=view.entries,
        covered=view.covered,
        cases=view.cases,
        open_cases=view.row.open_cases,
        decides=any(case.decision for case in view.cases),
        actions=said(ACTIONS),
        may_change=_keeps_agreements(),
        errors=errors,
    )


def _keeps_agreements() -> bool:
    return bool(g.actor.has("program_manager", "administrator"))


def _check_keeps_agreements() -> None:
    """Asked before a number is looked up, so that nobody else learns which there are."""
    if not _keeps_agreements():
        abort(403)


def _agreement_row(row: AgreementRow) -> dict[str, object]:
    agreement = row.agreement
    soon = 0 <= row.days_left <= 90 and row.shortcoming is None
    return {
        "number": agreement.number,
        "agency": row.agency,
        "kind": gettext(KIND_WORDS.get(agreement.kind, agreement.kind)),
        "basis": gettext(BASIS_WORDS.get(agreement.basis or "", "")),
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "status": _status_words(agreement.status),
        "in_force": row.shortcoming is None,
        "why_not": row.shortcoming or "",
        "ends_soon": _ends(row.days_left) if soon else "",
        "days_left": row.days_left if row.shortcoming is None else None,
        "managers": row.managers,
        "open_cases": row.open_cases,
    }


def _status_words(status: str) -> str:
    """The state of an agreement; only for one that is active is it told that it is not in force."""
    return gettext("Not in force") if status == "active" else gettext(STATUS_WORDS[status])


def _ends(days: int) -> str:
    if days <= 1:
        return gettext("Ends tomorrow") if days else gettext("Ends today")
    return gettext("Ends in {days} days").format(days=days)


def _find_agreement(number: str) -> AgreementRow:
    row = next((row for row in queries.agreements(g.actor) if row.agreement.number == number), None)
    if row is None:
        abort(404)
    return row


def _values(agreement: Agreement) -> dict[str, object]:
    managers = {one.id: one.username for one in queries.possible_managers(g.actor)}
    return {
        "number": agreement.number,
        "agency": agreement.agency_code,
        "kind": agreement.kind,
        "basis": agreement.basis,
        "basis_document": agreement.basis_document,
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "status": agreement.status,
        "esd_manager": managers.get(agreement.esd_manager_id or 0, ""),
        "partner_manager": managers.get(agreement.partner_manager_id or 0, ""),
    }


def _agreement_page(
    number: str | None, values: dict[str, object] | dict[str, str], errors: dict[str, str]
) -> str:
    _check_keeps_agreements()
    people = queries.possible_managers(g.actor)
    return render_template(
        "admin/agreement.html",
        is_new=number is None,
        values={
            name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()
        },
        agencies=queries.agencies(g.actor),
        kinds=said(KIND_WORDS),
        bases=[(basis, gettext(BASIS_WORDS[basis])) for basis in BASES],
        statuses=said(STATUS_WORDS),
        esd_managers=[(one.username, one.name) for one in people if one.is_esd],
        partner_managers=[(one.username, f"{one.name}, {one.agency}") for one in people if not one.is_esd],
        errors=errors,
    )
