"""What administrators and program managers keep: people, agreements, sent mail."""

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import searched, without_blocked
from workflows.commands import agreements as agreement_commands
from workflows.commands import lift_requests, messages
from workflows.commands import people as people_commands
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.organisations import BASES, Agreement
from workflows.people import ESD_ROLES, ROLES
from workflows.queries import keeping, whole_number
from workflows.queries.cases import Sent
from workflows.queries.keeping import AgreementRow, PersonRow

admin = Blueprint("admin", __name__, url_prefix="/admin")

KIND_WORDS = {"data_sharing": "Data-sharing agreement", "resource_sharing": "Resource-sharing agreement"}
BASIS_WORDS = {
    "mou_with_wdc": "Memorandum of understanding with the workforce council",
    "service_contract_wdc": "Service contract with the workforce council",
    "service_contract_esd": "Service contract with Employment Security",
}
STATUS_WORDS = {status: status.capitalize() for status in agreement_commands.STATUSES}
MAIL_STATES = {"": "All", "waiting": "Waiting", "failed": "Failed", "withheld": "Withheld"}


@admin.get("/people")
def people() -> str:
    """Everybody of the area."""
    q = searched("q")
    rows = [
        row
        for row in keeping.people(g.actor)
        if q.lower() in f"{row.person.name} {row.person.username}".lower()
    ]
    return render_template(
        "admin/people.html",
        q=q,
        rows=[_person_row(row) for row in rows],
        may_change=g.actor.has("administrator", "esd_wioa_supervisor"),
        next_href="",
        first_href="",
    )


@admin.get("/people/<username>")
def person(username: str) -> str:
    """One person's roles and clearances."""
    return _person_page(username, {})


@admin.post("/people/<username>")
def change_person(username: str) -> Response | tuple[str, int]:
    """Change them."""
    form = request.form
    values: dict[str, object] = {"roles": [r for r in form.getlist("roles") if r]}
    if g.actor.has("administrator"):
        values |= {name: form.get(name, "") for name in ("trained_on", "non_disclosure_on")}
        values |= {name: name in form for name in ("eto_account_active", "is_restricted_user", "active")}
    try:
        people_commands.change_person(g.actor, username, values)
    except InvalidInput as refused:
        return _person_page(username, refused.fields), 422
    asked = values.get("is_restricted_user") is False and _find_person(username).lift
    words = " A supervisor must approve that the restriction is lifted." if asked else ""
    flash(f"The changes hold from now on.{words}", "success")
    return redirect(url_for("admin.people"))


@admin.post("/people/<username>/lift/approve")
def approve_lift(username: str) -> Response:
    """Approve that a restriction is lifted."""
    lift_requests.approve_lift(g.actor, username)
    flash("The restriction is lifted from now on.", "success")
    return redirect(url_for("admin.person", username=username))


@admin.post("/people/<username>/lift/decline")
def decline_lift(username: str) -> Response:
    """Let a restriction stand."""
    lift_requests.decline_lift(g.actor, username)
    flash("The restriction stays as it is.", "success")
    return redirect(url_for("admin.person", username=username))


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


@admin.get("/outbox")
def outbox() -> str:
    """Every message that was sent or is to be sent."""
    state, before = searched("state"), request.args.get("before", "")
    rows, following = keeping.outbox(g.actor, state, whole_number("before", before) if before else None)
    here = "/admin/outbox?" + urlencode({"state": state})
    tabs = [
        {"label": words, "href": f"/admin/outbox?state={name}", "count": None, "current": name == state}
        for name, words in MAIL_STATES.items()
    ]
    return render_template(
        "admin/outbox.html",
        tabs=tabs,
        rows=[_message_row(sent) for sent in rows],
        next_href=f"{here}&before={following}" if following else "",
        first_href=here if before else "",
    )


@admin.post("/outbox/<int:message_id>/send-again")
def send_again(message_id: int) -> Response:
    """Try a failed message again."""
    messages.send_again(g.actor, message_id)
    flash("The message will be tried again.", "success")
    return redirect(url_for("admin.outbox"))


def _keeps_agreements() -> bool:
    return bool(g.actor.has("program_manager", "administrator"))


def _check_keeps_agreements() -> None:
    """Asked before a number is looked up, so that nobody else learns which there are."""
    if not _keeps_agreements():
        abort(403)


def _person_row(row: PersonRow) -> dict[str, object]:
    someone = row.person
    return {
        "username": someone.username,
        "name": someone.name,
        "agency": row.agency,
        "offices": row.offices + [f"{code} (backup)" for code in row.backup],
        "roles": gettext(" and ").join(gettext(ROLES[role]) for role in row.roles),
        "active": someone.active,
        "restricted": someone.is_restricted_user,
        "esd": someone.is_esd_staff,
        "missing": list(row.missing),
        "lift": row.lift is not None,
    }


def _find_person(username: str) -> PersonRow:
    row = next((row for row in keeping.people(g.actor) if row.person.username == username), None)
    if row is None:
        abort(404)
    return row


def _person_page(username: str, errors: dict[str, str]) -> str:
    row = _find_person(username)
    someone = row.person
    supervises = g.actor.has("esd_wioa_supervisor")
    options = [
        (role, gettext(words))
        for role, words in ROLES.items()
        if supervises or role not in ESD_ROLES or role in row.roles
    ]
    return render_template(
        "admin/person.html",
        someone={
            "username": someone.username,
            "name": someone.name,
            "email": someone.email,
            "agency": row.agency,
            "offices": row.offices,
            "esd": someone.is_esd_staff,
            "trained_on": someone.trained_on,
            "non_disclosure_on": someone.non_disclosure_on,
            "eto_account_active": someone.eto_account_active,
            "is_restricted_user": someone.is_restricted_user,
            "active": someone.active,
            "roles": row.roles,
        },
        lift=row.lift,
        may_approve_lift=supervises,
        may_see_tokens=g.actor.has("administrator"),
        roles_words=gettext(" and ").join(gettext(ROLES[role]) for role in row.roles),
        role_options=options,
        may_set_roles=g.actor.has("administrator", "esd_wioa_supervisor"),
        may_set_clearances=g.actor.has("administrator"),
        errors=errors,
    )


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


def _message_row(sent: Sent) -> dict[str, object]:
    return {
        "id": sent.id,
        "subject": sent.words,
        "to": sent.to,
        "state": sent.state,
        "queued_at": sent.queued_at,
        "sent_at": sent.sent_at,
        "attempts": sent.attempts,
        "next_attempt_at": sent.next_attempt_at,
        "error": sent.error or "",
        "may_send_again": sent.state == "failed",
    }
