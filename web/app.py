"""Make the Flask application: templates, protection, error pages, blueprints.

`BLUEPRINTS` is the list of all places of the site; everything else here is the shell around them.
"""

import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_openapi3 import OpenAPI
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from web import forms_view, security
from web.account import account
from web.agreements import agreements
from web.api import INFO, PREFIX, SECURITY, api, http_error, invalid
from web.api.models import Error
from web.audit import audit
from web.cards import cards
from web.cases import cases
from web.checking import checking
from web.demo import demo
from web.developers import developers
from web.emergency import emergency
from web.errors import status_of
from web.inbox import badge as unread
from web.inbox import inbox
from web.kept import keep_typed, wants_part
from web.my_work import my_work
from web.people import badge as people_badge
from web.people import people
from web.preferences import KEYBOARD, chosen, preferences
from web.problems import badge, on_it, problems
from web.processes import processes
from web.sent_mail import sent_mail
from web.session import COOKIE, here, session
from web.settings_page import settings_page
from web.start import start
from web.tasks import tasks
from web.team import team
from web.tokens import tokens
from web.webhooks import webhooks
from workflows import language
from workflows.errors import Incident, Refused
from workflows.language import marked
from workflows.people import ROLES, Actor
from workflows.privacy import may_open_requests
from workflows.settings import Settings, settings

PRODUCT = "Opt-In Desk"
MEGABYTE = 1024 * 1024

#: Guards every form of the pages; the API is exempt, because it takes no cookie.
csrf = CSRFProtect()

BLUEPRINTS: tuple[Blueprint, ...] = (
    session,
    my_work,
    preferences,
    tasks,
    checking,
    start,
    inbox,
    cases,
    processes,
    agreements,
    team,
    people,
    sent_mail,
    settings_page,
    account,
    emergency,
    problems,
    audit,
    tokens,
    webhooks,
    developers,
    cards,
    demo,
)


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: `roles` are those to whom it is shown."""

    label: str
    path: str
    roles: frozenset[str]


_CASEWORK = frozenset({"case_manager", "esd_staff", "esd_wioa_supervisor", "program_manager"})

INBOX, PEOPLE, PROBLEMS = "/inbox", "/admin/people", "/problems"
START = "/cases/new"

#: Hiding an entry is a courtesy; what a person may do is decided by the commands and queries.
PLACES = (
    Place(marked("My work"), "/work", _CASEWORK),
    Place(marked("Inbox"), INBOX, frozenset(ROLES)),
    Place(marked("Start a request"), START, frozenset({"case_manager", "esd_wioa_supervisor"})),
    Place(marked("Cases"), "/cases", _CASEWORK | {"auditor"}),
    Place(marked("Team"), "/team", frozenset({"esd_wioa_supervisor", "program_manager"})),
    Place(
        marked("Processes"),
        "/processes",
        frozenset({"program_manager", "esd_wioa_supervisor", "administrator"}),
    ),
    Place(marked("People"), PEOPLE, frozenset({"administrator", "auditor", "esd_wioa_supervisor"})),
    Place(
        marked("Agreements"),
        "/admin/agreements",
        frozenset({"program_manager", "administrator", "esd_wioa_supervisor", "auditor"}),
    ),
    Place(marked("Sent mail"), "/admin/outbox", frozenset({"program_manager", "administrator"})),
    Place(marked("Settings"), "/admin/settings", frozenset({"program_manager", "administrator"})),
    Place(marked("Webhooks"), "/admin/webhooks", frozenset({"administrator"})),
    Place(marked("Problems"), PROBLEMS, frozenset({"administrator", "auditor"})),
    Place(marked("History"), "/audit", frozenset({"auditor", "administrator"})),
)

DEMO_MAILS = Place(marked("Demo mail"), "/demo/mails", frozenset(ROLES))


@dataclass(frozen=True)
class ErrorPage:
    """What happened, in words, and what to do next."""

    title: str
    happened: str
    next: str


ERROR_PAGES = {
    400: ErrorPage(
        marked("This request could not be read"),
        marked("Something in the request was not as the page expected it. Nothing was changed."),
        marked("Go back, load the page again and try once more."),
    ),
    403: ErrorPage(
        marked("You may not see or do this"),
        marked(
            "Your role does not allow it, or the case belongs to another agency or office. Nothing was changed."
        ),
        marked("If you need it for your work, ask your supervisor or an administrator."),
    ),
    404: ErrorPage(
        marked("There is nothing at this address"),
        marked("The address may be mistyped, or what was here has been closed."),
        marked("Check the address, or go to your work list."),
    ),
    405: ErrorPage(
        marked("This address cannot be used in that way"),
        marked("The page was asked for something it does not do. Nothing was changed."),
        marked("Go to your work list and start from there."),
    ),
    409: ErrorPage(
        marked("Somebody was faster"),
        marked(
            "This was changed in the meantime, by a colleague or in another window. Nothing was changed now."
        ),
        marked("Load the page again to see how things stand."),
    ),
    413: ErrorPage(
        marked("That is too large"),
        marked("What was sent is larger than this page accepts. Nothing was changed."),
        marked("Shorten the text, or choose a smaller file, and try again."),
    ),
    500: ErrorPage(
        marked("Something went wrong on our side"),
        marked("The page could not be finished. Nothing was changed."),
        marked(
            "Try again in a few minutes. If it happens again, tell an administrator the time and the page."
        ),
    ),
}

EXPIRED_FORM = ErrorPage(
    marked("This page was open for too long"),
    marked("For safety, forms expire. Nothing was changed."),
    marked("Go back, load the page again and send the form once more."),
)


FORM_KEPT = marked(
    "This page was open for too long, so nothing was sent. What you typed is here: look it over and go on."
)


def create_app(configuration: Settings | None = None) -> Flask:
    """The application. Without a configuration it reads the environment; an incomplete one raises."""
    chosen = configuration or settings()
    app = Desk(
        __name__,
        info=INFO,
        security_schemes=SECURITY,
        doc_prefix=PREFIX,
        doc_url="/openapi.json",
        validation_error_callback=invalid,
        validation_error_model=Error,
    )
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        MAX_CONTENT_LENGTH=4 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        SESSION_COOKIE_NAME="desk_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.cookie_secure,
        WTF_CSRF_TIME_LIMIT=chosen.session_hours * 3600,
        DEMO=chosen.demo,
        ZONE=chosen.time_zone,
        CLOCK=chosen.zone,
    )
    if chosen.trusted_proxies:
        count = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    _prepare_templates(app, chosen)
    csrf.init_app(app)
    security.protect(app)
    _register_errors(app)
    app.add_url_rule("/healthz", "healthz", healthz)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_api(api)
    csrf.exempt(api)
    return app


class Desk(OpenAPI):
    """The application; a failure is logged by its kind and place, never with its text, which may hold a client fact."""

    def log_exception(self, exc_info: Any) -> None:
        """One line for what was raised, and where."""
        kind, _, trace = exc_info
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        self.logger.error("%s at %s", kind.__name__ if kind else "failure", " < ".join(reversed(places[-6:])))


def healthz() -> Response:
    """The process answers; it says nothing of the database."""
    return Response("ok", mimetype="text/plain")


def _prepare_templates(app: Flask, chosen: Settings) -> None:
    """Tidy output, the filters, and what the frame of every page needs."""
    # A name that a view forgot is an error that tests find, not a blank on a page.
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    forms_view.register_filters(app, chosen.zone)
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(frame)


def frame() -> dict[str, object]:
    """What `layout.html` shows around a page: product, sample mark, who is signed in, where one can go.

    The session's blueprint puts the `Actor` in `g.actor`; without one the page is that of a stranger.
    """
    actor: Actor | None = g.get("actor")
    demo = bool(current_app.config["DEMO"])
    return {
        "product": PRODUCT,
        "errors": {},
        "sample_data": demo,
        "zone_name": current_app.config["ZONE"],
        "here": here(),
        "language": language.chosen(),
        "languages": language.LANGUAGES,
        "person": actor and {"name": actor.name, "roles": role_words(actor.roles)},
        "places": places_for(actor, demo),
        "keyboard": actor is not None and bool(chosen(KEYBOARD, True)),
    }


def role_words(roles: frozenset[str]) -> str:
    """`Case manager and Program manager`, in the order of the table of roles."""
    return language.gettext(" and ").join(
        language.gettext(words) for role, words in ROLES.items() if role in roles
    )


def places_for(actor: Actor | None, demo: bool) -> list[dict[str, object]]:
    """The navigation of a person; the entry of the page shown is marked `current`, `count` is what waits there."""
    if actor is None:
        return []
    entries = [*PLACES, DEMO_MAILS] if demo else list(PLACES)
    shown = [entry for entry in entries if entry.roles & actor.roles and _may_use(actor, entry)]
    here = max((e.path for e in shown if _within(request.path, e.path)), key=len, default="")
    return [
        {
            "label": language.gettext(entry.label),
            "href": entry.path,
            "current": entry.path == here,
            "count": _count(entry.path, actor),
            "counted": language.gettext(COUNTED[entry.path]) if entry.path in COUNTED else "",
            "tone": "bad" if entry.path == PROBLEMS else "",
        }
        for entry in shown
    ]


def _may_use(actor: Actor, entry: Place) -> bool:
    """A restricted supervisor starts no request, whatever their role says."""
    return entry.path != START or may_open_requests(actor)


BADGES: dict[str, Callable[[Actor], int | str]] = {INBOX: unread, PROBLEMS: badge, PEOPLE: people_badge}
"""The entries beside which a mark says how many things wait there."""

COUNTED = {INBOX: marked("unread"), PROBLEMS: marked("open"), PEOPLE: marked("to approve")}
"""What the mark beside an entry counts, in a word."""


def _count(path: str, actor: Actor) -> str:
    """The mark beside an entry, or empty. The frame stands around the page of a failure too: it must not fail itself."""
    try:
        return str(BADGES[path](actor) or "") if path in BADGES else ""
    except Exception as error:
        current_app.logger.warning("badge not counted: %s", type(error).__name__)
        return ""


def _within(path: str, place: str) -> bool:
    """Whether a page lies at or below a place."""
    return path == place or path.startswith(f"{place}/")


@cache
def _version_of(file: Path) -> str:
    """A short name for the content of a file, so that a browser may keep it until it changes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file of `web/static`, with the version of its content."""
    file = Path(__file__).parent / "static" / name
    return url_for("static", filename=name, v=_version_of(file))


def _register_errors(app: Flask) -> None:
    """A calm page for every failure; details are for the log."""
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Incident, _incident)
    app.register_error_handler(500, _http_error)


def _expired_form(_: CSRFError) -> AnyResponse | tuple[str, int]:
    """The form is shown anew with what was typed into it; a form whose answers are not kept says what to do."""
    kept = keep_typed(request.cookies.get(COOKIE, ""))
    if not kept or wants_part():
        return error_page(400, EXPIRED_FORM)
    flash(language.gettext(FORM_KEPT), "info")
    return redirect(kept)


def _http_error(error: HTTPException) -> Response | HTTPException | tuple[Response | str, int]:
    """Redirects and the like pass; failures become pages."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    if request.path.startswith(PREFIX):
        return http_error(error)
    return error_page(error.code or 500)


def _incident(incident: Incident) -> tuple[str, int]:
    """The calm page for whoever met it; one that could not be written down is an ordinary refusal."""
    return (on_it(incident), status_of(incident)) if incident.met else _refused(incident)


def _refused(refused: Refused) -> tuple[str, int]:
    """A refusal as a page: its own sentence, and those of its fields."""
    sentences = [refused.message, *refused.fields.values()]
    return error_page(status_of(refused), happened=" ".join(sentences))


def error_page(status: int, page: ErrorPage | None = None, happened: str | None = None) -> tuple[str, int]:
    """The page of a failure; `happened` replaces the general sentence, for a refusal that knows better."""
    known = page or ERROR_PAGES.get(status) or ERROR_PAGES[500 if status >= 500 else 400]
    words = happened or language.gettext(known.happened)
    return render_template("error.html", status=status, problem=known, happened=words), status
