"""Webhooks: other programs are told, by https, that something happened to a case; never whom it is about.

Each event is one row for each webhook that asked for its kind, written in the transaction in which it happens, so none
is lost. A sender takes a row by a lease; the rows of one case go to a webhook one after the other. What is sent is
made when it is sent: ids, number, kind, time, and the state as everybody outside Employment Security sees it.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.cases import PRIVATE_OUTCOMES, Case
from workflows.db import Base, JsonList
from workflows.directory import directory
from workflows.language import marked
from workflows.one_write import append

KINDS = {
    "case.opened": marked("A case was opened"),
    "case.request_sent": marked("The request went to Employment Security"),
    "case.contact_made": marked("Employment Security and the client were in contact"),
    "case.partner_told": marked("The partner was told how the request ended"),
    "case.held": marked("A case was put on hold"),
    "case.resumed": marked("A hold ended"),
    "case.closed": marked("A case was closed, as far as its partner may know"),
}
"""The kinds that a webhook may ask for, in words. None tells the client's decision, an outcome, or ESD's own work."""

OF_HISTORY = {
    "case_opened": "case.opened",
    "request_sent": "case.request_sent",
    "contact_made": "case.contact_made",
    "partner_told": "case.partner_told",
    "case_held": "case.held",
    "case_resumed": "case.resumed",
    "case_closed": "case.closed",
}
"""The events of the history that webhooks are told of."""

_WAITING = "state = 'waiting'"


class Webhook(Base):
    """An address of another program. `disabled_at`: it failed for too long, or somebody turned it off; what happens
    meanwhile waits. `ended_at`: it was removed, and nothing is kept for it any more."""

    __tablename__ = "webhook"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    url: Mapped[str]
    secret: Mapped[str]
    kinds: Mapped[JsonList]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WebhookDelivery(Base):
    """One event on its way to one webhook: `waiting`, `delivered`, or `failed` after the last attempt.

    `event_id` is the same in every attempt, every replay and for every webhook: by it a receiver knows what it has had.
    """

    __tablename__ = "webhook_delivery"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[str]
    kind: Mapped[str]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    event_at: Mapped[datetime]
    replayed: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    failed_first_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    response_code: Mapped[int | None]
    error: Mapped[str | None]
    __table_args__ = (
        Index("ix_webhook_delivery_webhook", "webhook_id", "id"),
        Index("ix_webhook_delivery_waiting", "next_attempt_at", "id", postgresql_where=_WAITING),
        Index("ix_webhook_delivery_order", "webhook_id", "case_id", "id", postgresql_where=_WAITING),
    )


def announce(db: Session, case: Case, history_kind: str, detail: Mapping[str, Any], now: datetime) -> None:
    """Have the webhooks of the case's area told of an event of its history, in this transaction; the case is locked,
    so its events come in one order. Without a webhook this costs nothing: the directory says that there is none."""
    kind = OF_HISTORY.get(history_kind)
    if kind is None or not _may_be_told(case, history_kind, detail):
        return
    event_id = secrets.token_hex(16)
    for webhook in listening(db, case.area_code, kind):
        row = _row(webhook.id, event_id, kind, case.id, now)
        append(db, WebhookDelivery, row)


def listening(db: Session, area: str, kind: str) -> list[Webhook]:
    """The webhooks of an area that asked for a kind; one that is turned off gets what happens once it is on again."""
    return [hook for hook in directory(db).derived(db, _by_area).get(area, ()) if kind in hook.kinds]


def _by_area(db: Session) -> dict[str, list[Webhook]]:
    found: dict[str, list[Webhook]] = {}
    for hook in directory(db).rows(db, Webhook):
        if hook.ended_at is None:
            found.setdefault(hook.area_code, []).append(hook)
    return found


def _may_be_told(case: Case, history_kind: str, detail: Mapping[str, Any]) -> bool:
    """The end of a case is told once, when the partner's part ends; whether ESD goes on after it is its own (X14)."""
    if history_kind != "case_closed":
        return True
    outcome = detail.get("outcome")
    return outcome == "remained_opted_out" or (
        case.partner_done_at is None and outcome not in PRIVATE_OUTCOMES
    )


def _row(webhook_id: int, event_id: str, kind: str, case_id: int, at: datetime) -> dict[str, Any]:
    return {
        "webhook_id": webhook_id,
        "event_id": event_id,
        "kind": kind,
        "case_id": case_id,
        "event_at": at,
        "replayed": False,
        "state": "waiting",
        "attempts": 0,
        "next_attempt_at": at,
    }
