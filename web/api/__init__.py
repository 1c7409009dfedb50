"""The API under /api/v1: JSON in, JSON out, a bearer token on every call, the same commands and queries as the pages.

A refusal is `{"error": {"code", "message", "fields"}}`. The description is at /api/v1/openapi.json.
"""

from typing import Any

from flask import Response, g, jsonify, request
from flask_openapi3 import APIBlueprint, Info
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from web.answers import sent_json
from web.api.models import Error
from web.errors import retry_after, status_of
from workflows.commands.tokens import actor_of_token
from workflows.errors import InvalidInput, NotSignedIn, Refused
from workflows.social_security import find

INFO = Info(title="Opt-In Desk", version="1", description="Cases, tasks and processes of procedure 5512PRO.")
SECURITY: dict[str, Any] = {"bearer": {"type": "http", "scheme": "bearer"}}
PREFIX = "/api/v1"

_AN_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
REFUSALS: dict[Any, Any] = {
    "400": Error,
    **{str(status): {"content": _AN_ERROR} for status in (401, 403, 404, 409, 413, 422, 503)},
}
"""Each is answered with an `Error`. One names the model, the others point to it: a model is described anew wherever it is
named, at every start and for every address."""

api = APIBlueprint(
    "api",
    __name__,
    url_prefix=PREFIX,
    abp_security=[{"bearer": []}],
    abp_responses=REFUSALS,
)


@api.before_request
def identify() -> None:
    """Who calls, by the bearer token; and a body that is not JSON is refused before anything looks at it."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn(
            "Send a bearer token in the Authorization header. Make one with `optin token USERNAME`."
        )
    g.actor = actor_of_token(token.strip())
    if request.method in ("POST", "PUT", "PATCH") and request.get_data():
        _check_json()


def _check_json() -> None:
    body = sent_json(force=True)
    if not isinstance(body, dict) or _is_deep(body):
        raise Unreadable()


DEEPEST = 12
"""More levels than any body of this API has."""


def _is_deep(body: object) -> bool:
    level = [body]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
    return bool(level)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


class Unreadable(InvalidInput):
    """The body of the request must be a JSON object."""


@api.errorhandler(Refused)
def refused(error: Refused) -> tuple[Response, int, dict[str, str]]:
    """A refusal in the API's own form."""
    return answer_refusal(error)


def answer_refusal(error: Refused) -> tuple[Response, int, dict[str, str]]:
    """The JSON and status of a refusal, and when to try again."""
    status = 400 if isinstance(error, Unreadable) else status_of(error)
    return failure(error.code, error.message, error.fields), status, retry_after(error)


def failure(code: str, message: str, fields: dict[str, str] | None = None) -> Response:
    """The body of every failure."""
    return jsonify({"error": {"code": code, "message": message, "fields": fields or {}}})


def invalid(error: ValidationError) -> Response:
    """What pydantic found wrong with a request, by field; the value itself is never repeated."""
    fields = {_place(found["loc"]): found["msg"] for found in error.errors()}
    response = failure("invalid_input", "Some parts of the request need to be put right.", fields)
    response.status_code = 422
    return response


def _place(location: tuple[int | str, ...]) -> str:
    """Where in a request something is; a name that the caller made up and that looks like an SSN is not repeated."""
    place = ".".join(str(part) for part in location)
    return place if place and not find(place) else "body"


def http_error(error: HTTPException) -> tuple[Response, int]:
    """Addresses and methods that do not exist, in the API's own form."""
    status = error.code or 500
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 500: "internal"}.get(
        status, "bad_request"
    )
    return failure(
        code, error.description if status < 500 and error.description else "Something went wrong."
    ), status


from web.api import (  # noqa: E402,F401  (the routes register themselves on `api`)
    agreements,
    case_files,
    cases,
    inbox,
    keeping,
    people,
    places,
    preferences,
    problems,
    processes,
    publications,
    tasks,
    team,
    webhooks,
    worklist,
)
