"""Webhooks in the API, for administrators."""

from flask import Response, g, jsonify

from web.api import api
from web.api.models import IdempotencyHeader
from web.api.webhook_models import (
    DeliveriesQuery,
    DeliveryList,
    DeliveryOut,
    Removed,
    ReplayBody,
    Replayed,
    WebhookBody,
    WebhookList,
    WebhookOut,
    WebhookPath,
)
from workflows.commands import keyed
from workflows.commands import webhooks as commands
from workflows.queries import webhooks as queries
from workflows.queries.webhooks import HookRow


@api.get("/webhooks", responses={"200": WebhookList})
def list_webhooks() -> Response:
    """The webhooks of the area."""
    items = [_out(row) for row in queries.webhooks(g.actor)]
    return jsonify(WebhookList(items=items).model_dump(mode="json"))


@api.post("/webhooks", responses={"201": WebhookOut})
def enter_webhook(body: WebhookBody, header: IdempotencyHeader) -> tuple[Response, int]:
    """Enter a webhook; the answer tells its secret, and no other does."""
    number = keyed(header.idempotency_key, commands.enter_webhook)(g.actor, body.url, body.kinds)
    return _answer(number, commands.secret_of(g.actor, number)), 201


@api.get("/webhooks/<int:id>", responses={"200": WebhookOut})
def read_webhook(path: WebhookPath) -> Response:
    """One webhook."""
    return _answer(path.id)


@api.put("/webhooks/<int:id>", responses={"200": WebhookOut})
def change_webhook(path: WebhookPath, body: WebhookBody) -> Response:
    """Change its address and the kinds of events."""
    commands.change_webhook(g.actor, path.id, body.url, body.kinds)
    return _answer(path.id)


@api.delete("/webhooks/<int:id>", responses={"200": Removed})
def remove_webhook(path: WebhookPath) -> Response:
    """Remove it for good, with what waits for it."""
    commands.remove_webhook(g.actor, path.id)
    return jsonify({"id": path.id, "removed": True})


@api.post("/webhooks/<int:id>/secret", responses={"200": WebhookOut})
def renew_secret(path: WebhookPath) -> Response:
    """Give it a new secret, which this answer tells; the old one signs nothing any more."""
    return _answer(path.id, commands.renew_secret(g.actor, path.id))


@api.post("/webhooks/<int:id>/turn-on", responses={"200": WebhookOut})
def turn_on(path: WebhookPath) -> Response:
    """Turn it on; what happened meanwhile is delivered in order."""
    commands.turn_webhook(g.actor, path.id, True)
    return _answer(path.id)


@api.post("/webhooks/<int:id>/turn-off", responses={"200": WebhookOut})
def turn_off(path: WebhookPath) -> Response:
    """Turn it off; what happens meanwhile waits."""
    commands.turn_webhook(g.actor, path.id, False)
    return _answer(path.id)


@api.get("/webhooks/<int:id>/deliveries", responses={"200": DeliveryList})
def list_deliveries(path: WebhookPath, query: DeliveriesQuery) -> Response:
    """What it was told and is to be told, newest first; the last 30 days."""
    rows, following = queries.deliveries(g.actor, path.id, query.before)
    items = [DeliveryOut.model_validate(vars(row)) for row in rows]
    return jsonify(DeliveryList(items=items, next=following).model_dump(mode="json"))


@api.post("/webhooks/<int:id>/replay", responses={"201": Replayed})
def replay(path: WebhookPath, body: ReplayBody, header: IdempotencyHeader) -> tuple[Response, int]:
    """Deliver one event again, or all since a time; each keeps its id."""
    again = keyed(header.idempotency_key, commands.replay)
    return jsonify({"count": again(g.actor, path.id, body.delivery, body.since)}), 201


def _out(row: HookRow) -> WebhookOut:
    return WebhookOut(**vars(row))


def _answer(webhook_id: int, secret: str | None = None) -> Response:
    out = _out(queries.webhook(g.actor, webhook_id)).model_copy(update={"secret": secret})
    return jsonify(out.model_dump(mode="json"))
