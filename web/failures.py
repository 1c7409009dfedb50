"""A calm page for every failure: what happened, in words, and what to do next. Details are for the log."""

from dataclasses import dataclass

from flask import Flask, Response, flash, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from web.api import PREFIX, http_error
from web.errors import retry_after, status_of
from web.kept import keep_typed, wants_part
from web.problems import on_it
from web.session import COOKIE, here
from workflows.errors import Incident, NotNow, OutcomeUnknown, Refused
from workflows.language import gettext, marked


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
    503: ErrorPage(
        marked("This does not work just now"),
        marked(
            "The data cannot be reached at this moment, or the answer takes too long. What was saved before is safe."
        ),
        marked(
            "Wait a minute and load the page again. If you were sending something, look first whether it has arrived."
        ),
    ),
    500: ErrorPage(
        marked("Something went wrong on our side"),
        marked("The page could not be finished. Nothing was changed."),
        marked(
            "Try again in a few minutes. If it happens again, tell an administrator the time and the page."
        ),
    ),
}

NOT_NOW = ErrorPage(
    marked("This cannot be done now"),
    marked("This is not possible at this point of the case."),
    marked("Open the case or your work list to see how things stand."),
)

UNSURE = ErrorPage(
    marked("The connection broke on the way"),
    marked("It is not known whether what you sent was saved."),
    marked("Before you send it again, open the case or your work list to see how things stand."),
)

EXPIRED_FORM = ErrorPage(
    marked("This page was open for too long"),
    marked("For safety, forms expire. Nothing was changed."),
    marked("Go back, load the page again and send the form once more."),
)


FORM_KEPT = marked(
    "This page was open for too long, so nothing was sent. What you typed is here: look it over and go on."
)


def register_failures(app: Flask) -> None:
    """Have the application answer its failures with these pages."""
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Incident, _incident)
    app.register_error_handler(OutcomeUnknown, _unsure)
    app.register_error_handler(500, _http_error)


def _expired_form(_: CSRFError) -> AnyResponse | tuple[str, int]:
    """The form is shown anew with what was typed into it; a form whose answers are not kept says what to do."""
    kept = keep_typed(request.cookies.get(COOKIE, ""))
    if not kept or wants_part():
        return error_page(400, EXPIRED_FORM)
    flash(gettext(FORM_KEPT), "info")
    return redirect(kept)


def _http_error(error: HTTPException) -> Response | HTTPException | tuple[Response | str, int]:
    """Redirects and the like pass; failures become pages."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    if request.path.startswith(PREFIX):
        return http_error(error)
    return error_page(error.code or 500)


def _unsure(lost: OutcomeUnknown) -> tuple[str, int, dict[str, str]]:
    """Whoever only wanted to read has lost nothing; of what was sent nothing is promised."""
    page = None if request.method in ("GET", "HEAD") else UNSURE
    return *error_page(status_of(lost), page), retry_after(lost)


def _incident(incident: Incident) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The calm page for whoever met it; one that could not be written down is an ordinary refusal."""
    return (on_it(incident), status_of(incident)) if incident.met else _refused(incident)


def _refused(refused: Refused) -> tuple[str, int, dict[str, str]]:
    """A refusal as a page: its own sentence, and those of its fields."""
    sentences = [refused.message, *refused.fields.values()]
    page = NOT_NOW if isinstance(refused, NotNow) else None
    return *error_page(status_of(refused), page, " ".join(sentences)), retry_after(refused)


def error_page(status: int, page: ErrorPage | None = None, happened: str | None = None) -> tuple[str, int]:
    """The page of a failure; `happened` replaces the general sentence, for a refusal that knows better. What was only to be
    read and may be there in a minute can be asked for again."""
    known = page or ERROR_PAGES.get(status) or ERROR_PAGES[500 if status >= 500 else 400]
    words = happened or gettext(known.happened)
    again = here() if status == 503 and request.method == "GET" else ""
    return render_template("error.html", status=status, problem=known, happened=words, again=again), status
