"""Make the Flask application: templates, protection, error pages, blueprints.

`BLUEPRINTS` is the list of all places of the site; everything else here is the shell around them.
"""

import traceback
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
)
from flask_openapi3 import OpenAPI
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from web import editor, forms_view, security
from web.account import account
from web.agreements import agreements
from web.api import INFO, PREFIX, SECURITY, api, invalid
from web.api.models import Error
from web.audit import audit
from web.cards import cards
from web.cases import cases
from web.checking import checking
from web.compression import compress_static
from web.demo import demo
from web.developers import developers
from web.disclosures import disclosures
from web.emergency import emergency
from web.failures import register_failures
from web.inbox import inbox
from web.manage import manage
from web.my_work import my_work
from web.people import people
from web.places import places_for
from web.preferences import KEYBOARD, chosen, preferences
from web.problems import problems
from web.processes import processes
from web.proofs import proofs
from web.publications import publications
from web.retention import retention
from web.sent_mail import STATE_WORDS, sent_mail
from web.session import here, session
from web.settings_page import settings_page
from web.start import start
from web.static_files import asset
from web.tasks import tasks
from web.team import team
from web.tokens import tokens
from web.watching import log_requests, watching
from web.webhooks import webhooks
from workflows import language
from workflows.people import Actor, roles_in_words
from workflows.settings import Settings, settings

PRODUCT = "Opt-In Desk"
MEGABYTE = 1024 * 1024

#: Guards every form of the pages; the API is exempt, because it takes no cookie.
csrf = CSRFProtect()

BLUEPRINTS: tuple[Blueprint, ...] = (
    session,
    my_work,
    manage,
    preferences,
    tasks,
    checking,
    start,
    inbox,
    cases,
    proofs,
    processes,
    publications,
    *editor.BLUEPRINTS,
    agreements,
    team,
    people,
    sent_mail,
    retention,
    settings_page,
    account,
    emergency,
    problems,
    watching,
    audit,
    disclosures,
    tokens,
    webhooks,
    developers,
    cards,
    demo,
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
    # An address with a slash too many is no address; a redirect would answer a program in HTML.
    app.url_map.merge_slashes = False
    _prepare_templates(app, chosen)
    log_requests(app)
    csrf.init_app(app)
    security.protect(app)
    compress_static(app)
    register_failures(app)
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
    app.jinja_env.globals["mail_states"] = STATE_WORDS
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
        "person": actor and {"name": actor.name, "roles": roles_in_words(actor.roles)},
        "places": places_for(actor, demo),
        "keyboard": actor is not None and bool(chosen(KEYBOARD, True)),
    }
