"""People in the API: their tokens, and the requests to lift a restriction."""

from flask import Response, g, jsonify

from web.api import api
from web.api.models import (
    IdempotencyHeader,
    LiftRequestList,
    LiftRequestOut,
    LiftState,
    Revoked,
    TokenList,
    TokenOut,
    TokenPath,
    TokensQuery,
    UserPath,
)
from workflows.commands import keyed, lift_requests
from workflows.commands import tokens as token_commands
from workflows.queries import people as people_queries
from workflows.queries import tokens as token_queries


@api.get("/tokens", responses={"200": TokenList})
def list_tokens(query: TokensQuery) -> Response:
    """One's own tokens; for administrators also those `of` another person."""
    found = token_queries.tokens(g.actor, query.of)
    items = [TokenOut(**{name: getattr(row, name) for name in TokenOut.model_fields}) for row in found.rows]
    return jsonify(TokenList(username=found.username, items=items).model_dump(mode="json"))


@api.delete("/tokens/<int:id>", responses={"200": Revoked})
def revoke_token(path: TokenPath) -> Response:
    """End a token for good."""
    token_commands.revoke_token(g.actor, path.id)
    return jsonify({"id": path.id, "revoked": True})


@api.get("/people/lift-requests", responses={"200": LiftRequestList})
def list_lift_requests() -> Response:
    """The requests to lift the restriction of ESD staff that wait for a supervisor."""
    items = [
        LiftRequestOut(username=row.person.username, asked_by=row.lift.asked_by, asked_at=row.lift.asked_at)
        for row in people_queries.waiting(g.actor)
        if row.lift
    ]
    return jsonify(LiftRequestList(items=items).model_dump(mode="json"))


@api.post("/people/<string:username>/lift-request", responses={"201": LiftState})
def ask_lift(path: UserPath, header: IdempotencyHeader) -> tuple[Response, int]:
    """Ask that the restriction of ESD staff be lifted (administrator)."""
    keyed(header.idempotency_key, lift_requests.ask_lift)(g.actor, path.username)
    return jsonify({"username": path.username, "state": "waiting"}), 201


@api.post("/people/<string:username>/lift-request/approve", responses={"200": LiftState})
def approve_lift(path: UserPath) -> Response:
    """Approve it (ESD WIOA supervisor)."""
    lift_requests.approve_lift(g.actor, path.username)
    return jsonify({"username": path.username, "state": "approved"})


@api.post("/people/<string:username>/lift-request/decline", responses={"200": LiftState})
def decline_lift(path: UserPath) -> Response:
    """Let the restriction stand (supervisor), or take the request back (administrator)."""
    lift_requests.decline_lift(g.actor, path.username)
    return jsonify({"username": path.username, "state": "declined"})
