"""The agreements of an area, as program managers and administrators keep them."""

from datetime import date

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from workflows.commands import agreements as agreement_commands
from workflows.errors import InvalidInput
from workflows.organisations import BASES, Agreement
from workflows.queries import keeping
from workflows.queries.keeping import AgreementRow

admin = Blueprint("admin", __name__, url_prefix="/admin")

KIND_WORDS = {"data_sharing": "Data-sharing agreement", "resource_sharing": "Resource-sharing agreement"}
BASIS_WORDS = {
    "mou_with_wdc": "Memorandum of understanding with the workforce council",
    "service_contract_wdc": "Service contract with the workforce council",
    "service_contract_esd": "Service contract with Employment Security",
}
STATUS_WORDS = {status: status.capitalize() for status in agreement_commands.STATUSES}


@admin.get("/agreements")
def agreements() -> str:
    """All agreements of the area."""
    return render_template(
        "admin/agreements.html",
        rows=[_agreement_row(row) for row in keeping.agreements(g.actor)],
        may_change=_keeps_agreements(),
    )


@admin.get("/agreements/new")
def new_agreement() -> str:
    """Enter an agreement."""
    return _agreement_page(None, {}, {})


@admin.get("/agreements/<path:number>")
def agreement(number: str) -> str:
    """Change an agreement."""
    _check_keeps_agreements()
    return _agreement_page(number, _values(_find_agreement(number).agreement), {})


@admin.post("/agreements")
def enter_agreement() -> Response | tuple[str, int]:
    """Keep a new one."""
    return _save_agreement(request.form.get("number", "").strip(), new=True)


@admin.post("/agreements/<path:number>")
def change_agreement(number: str) -> Response | tuple[str, int]:
    """Keep what was changed."""
    _check_keeps_agreements()
    return _save_agreement(_find_agreement(number).agreement.number, new=False)


def _save_agreement(number: str, new: bool) -> Response | tuple[str, int]:
    other = ("csrf_token", "number")
    values = {name: value.strip() for name, value in request.form.items() if name not in other}
    try:
        agreement_commands.save_agreement(g.actor, number, values, new=new)
    except InvalidInput as refused:
        kept = without_blocked({**values, "number": number})
        return _agreement_page(None if new else number, kept, refused.fields), 422
    flash(f"Agreement {number} is saved.", "success")
    return redirect(url_for("admin.agreements"))


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
        "kind": KIND_WORDS.get(agreement.kind, agreement.kind),
        "basis": BASIS_WORDS.get(agreement.basis or "", ""),
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "status": "Not in force" if agreement.status == "active" else STATUS_WORDS.get(agreement.status, ""),
        "in_force": row.shortcoming is None,
        "why_not": row.shortcoming or "",
        "ends_soon": _in_days(row.days_left) if soon else "",
        "managers": row.managers,
        "open_cases": row.open_cases,
    }


def _in_days(days: int) -> str:
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"


def _find_agreement(number: str) -> AgreementRow:
    row = next((row for row in keeping.agreements(g.actor) if row.agreement.number == number), None)
    if row is None:
        abort(404)
    return row


def _values(agreement: Agreement) -> dict[str, object]:
    managers = {identity: username for username, _, identity in keeping.possible_managers(g.actor)}
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
    people = [(username, name) for username, name, _ in keeping.possible_managers(g.actor)]
    return render_template(
        "admin/agreement.html",
        is_new=number is None,
        values={
            name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()
        },
        agencies=keeping.agencies(g.actor),
        kinds=list(KIND_WORDS.items()),
        bases=[(basis, BASIS_WORDS[basis]) for basis in BASES],
        statuses=list(STATUS_WORDS.items()),
        esd_managers=people,
        partner_managers=people,
        errors=errors,
    )
