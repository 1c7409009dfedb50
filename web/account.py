"""One's own account: password, sessions, tokens; and the page behind the link that lets one choose a password."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.session import COOKIE
from workflows.commands import accounts
from workflows.commands.people import session_id
from workflows.errors import InvalidInput, TooManyAttempts
from workflows.language import gettext
from workflows.people import roles_in_words
from workflows.queries import people as queries

account = Blueprint("account", __name__)


@account.get("/account")
def read_account() -> str:
    """What is kept of the reader, and what opens the product for them now."""
    return _page({})


@account.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """Choose a new password."""
    form = request.form
    try:
        accounts.check_own_password(g.actor.username, form.get("current", ""))
        accounts.change_password(g.actor, form.get("password", ""), form.get("again", ""), _key())
    except InvalidInput as refused:
        return _page(refused.fields), 422
    except TooManyAttempts as refused:
        return _page({"current": refused.message}), 429
    flash(gettext("The new password holds from now on. All other sessions have ended."), "success")
    return redirect(url_for("account.read_account"))


@account.post("/account/sessions/<int:number>/end")
def end_session(number: int) -> Response:
    """End one of one's own sessions."""
    accounts.end_session(g.actor, number)
    flash(gettext("The session has ended."), "success")
    return redirect(url_for("account.read_account"))


@account.post("/account/sessions/end-others")
def end_others() -> Response:
    """End all but the present one."""
    accounts.end_other_sessions(g.actor, _key())
    flash(gettext("All other sessions have ended."), "success")
    return redirect(url_for("account.read_account"))


@account.get("/set-up/<token>")
def set_up_form(token: str) -> str:
    """The page that a link of a mail leads to."""
    return _set_up_page(token, {})


@account.post("/set-up/<token>")
def set_up(token: str) -> Response | tuple[str, int]:
    """Set the password, once."""
    form = request.form
    try:
        accounts.choose_password(token, form.get("password", ""), form.get("again", ""))
    except InvalidInput as refused:
        return _set_up_page(token, refused.fields), 422
    flash(gettext("Your password is set. Sign in with it."), "success")
    response = redirect(url_for("session.sign_in_form"))
    response.delete_cookie(COOKIE)
    return response


def _key() -> str:
    return request.cookies.get(COOKIE, "")


def _set_up_page(token: str, errors: dict[str, str]) -> str:
    username = accounts.name_of_link(token)
    return render_template("set_up.html", token=token, username=username, errors=errors)


def _page(errors: dict[str, str]) -> str:
    row, access = queries.own_row(g.actor), queries.own_access(g.actor)
    return render_template(
        "account.html",
        someone={
            "name": row.person.name,
            "username": row.person.username,
            "email": row.person.email,
            "agency": row.agency,
        },
        works_in=row.places,
        roles_words=roles_in_words(row.roles),
        access=access,
        present=session_id(_key()),
        errors=errors,
    )
