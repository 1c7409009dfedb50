"""Signing in and out, and the rule that every page but a named few needs a person."""

from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from flask import Blueprint, flash, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web.kept import keep_typed, wants_part
from workflows import language, sample
from workflows.commands import kept_answers, people
from workflows.errors import NotSignedIn, SignInFailed, TooManyAttempts
from workflows.language import gettext, marked
from workflows.people import ROLES
from workflows.settings import settings
from workflows.social_security import find

COOKIE = "desk_session"

LANGUAGE_COOKIE = "desk_language"
YEAR = 365 * 24 * 3600

PUBLIC = frozenset(
    {
        "static",
        "healthz",
        "watching.readyz",
        "watching.metrics",
        "session.sign_in",
        "session.sign_in_form",
        "session.notice",
        "session.speak",
        "account.set_up",
        "account.set_up_form",
    }
)
"""The endpoints that need no sign-in; the API asks for its own token."""

UNSIGNED = frozenset({"static", "healthz", "watching.readyz", "watching.metrics"})
"""Those that machines ask for again and again: nobody looks for a session."""

SIGNED_OUT = marked("Your session has ended. Sign in again.")
SIGNED_OUT_KEPT = marked(
    "Your session has ended. What you typed is kept for you: sign in again, and it is there."
)

REMEMBERED = timedelta(days=1)
"""So long after its end a session's key stays with the browser: it opens nothing, but tells whose answers are kept."""

session = Blueprint("session", __name__)


@session.before_app_request
def choose_language() -> None:
    """Speak the language that was chosen here, or else the one that the browser asks for."""
    asked = request.cookies.get(LANGUAGE_COOKIE, "")
    if asked not in language.LANGUAGES:
        asked = request.accept_languages.best_match(language.LANGUAGES) or language.ENGLISH
    language.choose(language.ENGLISH if request.path.startswith("/api/") else asked)


@session.teardown_app_request
def forget_language(_error: BaseException | None) -> None:
    """Whatever this thread does after the request, it does in English."""
    language.choose(language.ENGLISH)


@session.before_app_request
def identify() -> AnyResponse | None:
    """Find who asks by the session's key; send strangers to the sign-in page and back again afterwards."""
    g.actor = None
    if request.path.startswith("/api/") or request.endpoint in UNSIGNED:
        return None
    try:
        found = people.signed_in(request.cookies.get(COOKIE, ""))
        g.actor, g.preferences = found.actor, found.preferences
    except NotSignedIn:
        if request.endpoint not in PUBLIC:
            return _to_sign_in()
    return None


def _to_sign_in() -> AnyResponse:
    """To the sign-in page and back again; what was typed into a form is kept meanwhile."""
    kept = keep_typed(request.cookies.get(COOKIE, ""))
    if wants_part():
        return make_response(jsonify({"words": gettext(SIGNED_OUT_KEPT if kept else SIGNED_OUT)}), 401)
    if kept:
        flash(gettext(SIGNED_OUT_KEPT), "info")
    return redirect(url_for("session.sign_in_form", next=kept or here()))


def here() -> str:
    """The page to come back to, without a number that must not be repeated; a form leads to the page it stood on."""
    if find(request.path):
        return "/"
    if request.method == "GET":
        blocked = any(find(text) for _, text in request.args.items(multi=True))
        return request.path if blocked else request.full_path.rstrip("?")
    parts = _parts(request.referrer or "")
    return parts.path if parts and parts.netloc == request.host else "/"


def _parts(address: str) -> SplitResult | None:
    """The parts of an address, None for one that is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


@session.get("/sign-in")
def sign_in_form() -> str | AnyResponse:
    """The page that asks for name and password."""
    if g.actor:
        return redirect("/")
    return _page("", _local(request.args.get("next")), {})


@session.post("/sign-in")
def sign_in() -> tuple[str, int] | AnyResponse:
    """Check name and password and start a session."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    onward = _local(request.form.get("next"))
    errors = _empty_errors(username, password)
    if find(username):
        username, errors = (
            "",
            {"username": gettext("This is no user name. Never type a Social Security number here.")},
        )
    if errors:
        return _page(username, onward, errors), 422
    try:
        key = people.sign_in(username, password)
    except (SignInFailed, TooManyAttempts) as refused:
        return _page(username, onward, {"": refused.message}), 401
    kept_answers.destroy_of_others(request.cookies.get(COOKIE, ""), people.signed_in(key).actor)
    return _with_cookie(redirect(onward or "/"), key)


@session.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session here and on the server."""
    people.sign_out(request.cookies.get(COOKIE, ""))
    response = redirect(url_for("session.sign_in_form"))
    response.delete_cookie(COOKIE)
    return response


@session.post("/language")
def speak() -> AnyResponse:
    """Choose the language of the pages in this browser."""
    response = redirect(_local(request.form.get("next")) or "/")
    response.set_cookie(
        LANGUAGE_COOKIE,
        request.form.get("language", ""),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings().cookie_secure,
    )
    return response


@session.get("/")
def home() -> AnyResponse:
    """Where a person begins: the worklist, or what their role looks after."""
    for role, path in (("administrator", "/admin/people"), ("auditor", "/audit")):
        if g.actor.roles == {role}:
            return redirect(path)
    return redirect("/work")


@session.get("/notice")
def notice() -> str:
    """The data-sharing notice (policy 4013, definition 2)."""
    return render_template(
        "notice.html",
        notice={"version": gettext("draft 1"), "language": gettext("English"), "approved": False},
    )


def _empty_errors(username: str, password: str) -> dict[str, str]:
    errors = {}
    if not username.strip():
        errors["username"] = gettext("Enter your user name.")
    if not password:
        errors["password"] = gettext("Enter your password.")
    return errors


def _local(path: str | None) -> str:
    """A path of this site, or nothing: never an address elsewhere."""
    path = path or ""
    parts = _parts(path)
    inside = parts is not None and not parts.netloc and not parts.scheme
    return path if inside and path.startswith("/") and "\\" not in path and not path.startswith("//") else ""


def _page(username: str, onward: str, errors: dict[str, str]) -> str:
    samples = [_sample(person) for person in sample.PEOPLE] if settings().demo else []
    return render_template(
        "sign_in.html",
        username=username,
        next=onward,
        errors=errors,
        samples=samples,
        sample_password=sample.PASSWORD if samples else "",
    )


def _sample(person: sample.Sample) -> dict[str, str]:
    return {
        "name": person.name,
        "username": person.username,
        "roles": gettext(ROLES[person.role]),
        "does": person.description.removeprefix(f"{ROLES[person.role]}, "),
    }


def _with_cookie(response: AnyResponse, key: str) -> AnyResponse:
    response.set_cookie(
        COOKIE,
        key,
        max_age=timedelta(hours=settings().session_hours) + REMEMBERED,
        httponly=True,
        samesite="Lax",
        secure=settings().cookie_secure,
    )
    return response
