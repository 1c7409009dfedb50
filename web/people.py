"""People: who may sign in, in which roles, with which clearances, and what opens the product for them now."""

from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import Typed, searched, without_blocked
from workflows.commands import accounts, lift_requests, role_requests
from workflows.commands import people as commands
from workflows.errors import InvalidInput, NotAllowed
from workflows.language import gettext, said
from workflows.people import ROLES, Actor, roles_in_words
from workflows.queries import people as queries
from workflows.queries import whole_number
from workflows.queries.people import PersonRow

people = Blueprint("people", __name__, url_prefix="/admin/people")

TEXTS = ("name", "email", "trained_on", "non_disclosure_on")
TICKS = ("eto_account_active", "is_restricted_user", "active")
LISTS = ("roles", "offices", "backup")


def badge(actor: Actor) -> int:
    """The count beside the entry of the navigation: people about whom a request waits, told to who may approve."""
    return queries.waiting_count(actor)


@people.get("")
def list_people() -> str:
    """The people of the area by name, filtered."""
    filters = {name: searched(name) for name in ("q", "role", "office", "state")}
    after = request.args.get("after", "")
    rows, following = queries.people(
        g.actor, **filters, after=whole_number("after", after) if after else None
    )
    here = "/admin/people?" + urlencode({name: value for name, value in filters.items() if value})
    offered = queries.choices(g.actor)
    return render_template(
        "admin/people.html",
        filters=filters,
        roles=[("", gettext("Every role")), *offered["roles"]],
        offices=[("", gettext("Every office")), *offered["offices"]],
        states=said(queries.STATES),
        rows=[_row(row) for row in rows],
        may_change=g.actor.has("administrator", "esd_wioa_supervisor"),
        may_add=g.actor.has("administrator"),
        next_href=f"{here}&after={following}" if following else "",
        first_href=here if after else "",
    )


@people.get("/new")
def new_person() -> str:
    """The form for a new person."""
    return _new_page({}, {})


@people.post("")
def add_person() -> Response | tuple[str, int]:
    """Add one, and mail them a link to choose a password."""
    values: Typed = {**_given(), "agency": request.form.get("agency", "")}
    values["username"] = request.form.get("username", "")
    try:
        username = accounts.add_person(g.actor, values)
    except InvalidInput as refused:
        return _new_page(without_blocked(values), refused.fields), 422
    flash(gettext("The person is added. A link to choose a password is on its way to them."), "success")
    return redirect(url_for("people.read_person", username=username))


@people.get("/<username>")
def read_person(username: str) -> str:
    """One person's roles, clearances and sessions."""
    return _page(username, {}, {})


@people.post("/<username>")
def change_person(username: str) -> Response | tuple[str, int]:
    """Change them."""
    values = _given() if g.actor.has("administrator") else {"roles": _list("roles")}
    try:
        commands.change_person(g.actor, username, values)
    except InvalidInput as refused:
        return _page(username, without_blocked(values), refused.fields), 422
    row = queries.person_row(g.actor, username)
    wanted = set(_list("roles")) & {asked.role for asked in row.asked}
    lifts = row.lift is not None and values.get("is_restricted_user") is False
    words = gettext("The changes hold from now on.")
    if wanted or lifts:
        words = gettext("The changes hold from now on. What needs a supervisor’s approval waits for it.")
    flash(words, "success")
    return redirect(url_for("people.read_person", username=username))


@people.post("/<username>/lift/approve")
def approve_lift(username: str) -> Response:
    """Approve that a restriction is lifted."""
    lift_requests.approve_lift(g.actor, username)
    return _done(username, gettext("The restriction is lifted from now on."))


@people.post("/<username>/lift/decline")
def decline_lift(username: str) -> Response:
    """Let a restriction stand."""
    lift_requests.decline_lift(g.actor, username)
    return _done(username, gettext("The restriction stays as it is."))


@people.post("/<username>/roles/<role>/approve")
def approve_role(username: str, role: str) -> Response:
    """Approve that somebody gets an ESD role."""
    role_requests.approve_role(g.actor, username, role)
    return _done(username, gettext("The role is theirs from now on."))


@people.post("/<username>/roles/<role>/decline")
def decline_role(username: str, role: str) -> Response:
    """Do not give it, or take the request back."""
    role_requests.decline_role(g.actor, username, role)
    return _done(username, gettext("The role is not given."))


@people.post("/<username>/end-access")
def end_access(username: str) -> Response:
    """End all sessions and tokens of somebody at once."""
    commands.end_access(g.actor, username)
    return _done(username, gettext("All sessions have ended and all API tokens are revoked."))


@people.post("/<username>/set-up-link")
def send_link(username: str) -> Response:
    """Mail somebody a link to choose a new password."""
    accounts.send_setup_link(g.actor, username)
    return _done(username, gettext("The link is on its way. It works once, for three days."))


def _done(username: str, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("people.read_person", username=username))


def _list(name: str) -> list[str]:
    return [value for value in request.form.getlist(name) if value]


def _given() -> Typed:
    """What the form of an administrator says; offices that it does not show are left as they are."""
    form = request.form
    values: Typed = {name: form[name] for name in TEXTS if name in form}
    values |= {name: name in form for name in TICKS}
    return values | {name: _list(name) for name in LISTS if name == "roles" or f"{name}_shown" in form}


def _row(row: PersonRow) -> dict[str, object]:
    someone = row.person
    return {
        "username": someone.username,
        "name": someone.name,
        "agency": row.agency,
        "offices": row.places,
        "roles": roles_in_words(row.roles),
        "active": someone.active,
        "restricted": someone.is_restricted_user,
        "esd": someone.is_esd_staff,
        "missing": [gettext(words) for words in row.missing],
        "waits": row.lift is not None or bool(row.asked),
    }


def _new_page(values: Typed, errors: dict[str, str]) -> str:
    if not g.actor.has("administrator"):
        raise NotAllowed(gettext("Administrators add people."))
    texts = dict.fromkeys(("username", "agency", *TEXTS), "")
    lists: dict[str, list[str]] = {name: [] for name in LISTS}
    return render_template(
        "admin/new_person.html",
        values={**texts, **lists, "eto_account_active": False, **values},
        choices=queries.choices(g.actor),
        errors=errors,
    )


def _page(username: str, typed: Typed, errors: dict[str, str]) -> str:
    row = queries.person_row(g.actor, username)
    someone, keeps = row.person, g.actor.has("administrator")
    supervises = g.actor.has("esd_wioa_supervisor")
    names = (*TEXTS, *TICKS)
    values = {name: getattr(someone, name) for name in names}
    values |= {"roles": row.roles, "offices": row.offices, "backup": row.backup}
    choices = queries.choices(g.actor)
    return render_template(
        "admin/person.html",
        someone={"username": someone.username, "name": someone.name, "email": someone.email,
                 "agency": row.agency, "esd": someone.is_esd_staff, "active": someone.active},
        values={**values, **typed},
        works_in=[row.office_names[code] for code in row.offices],
        stands_in=[row.office_names[code] for code in row.backup],
        lift=row.lift,
        asked=[{"role": one.role, "words": gettext(ROLES[one.role]), "by": one.asked_by, "at": one.asked_at}
               for one in row.asked],
        may_approve=supervises,
        may_decline=supervises or keeps,
        may_keep=keeps,
        access=queries.access_of(g.actor, username) if keeps else None,
        held=queries.tasks_held(g.actor, username) if keeps and not someone.active else None,
        roles_words=roles_in_words(row.roles),
        choices=choices,
        may_set_roles=keeps or supervises,
        errors=errors,
    )  # fmt: skip
