"""Webhooks as administrators look after them: what they are told, how they fare, and every delivery."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select

from workflows.cases import Case
from workflows.errors import NotAllowed, NotFound
from workflows.language import gettext
from workflows.people import Actor, Person
from workflows.privacy import ADM
from workflows.queries import query
from workflows.webhooks import Webhook, WebhookDelivery
from workflows.work import Work

PAGE = 50


@dataclass(frozen=True)
class HookRow:
    """A webhook without its secret. `waiting`: events that have not arrived; `failing_since`: when the first of those
    failed that are tried now, or None."""

    id: int
    url: str
    kinds: list[str]
    created_by: str
    created_at: datetime
    disabled_at: datetime | None
    waiting: int
    failing_since: datetime | None
    arrived_last_at: datetime | None

    @property
    def host(self) -> str:
        """The host of the address, which is how people speak of it."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class DeliveryRow:
    """One event on its way to a webhook; `code` is the status that the other side answered last."""

    id: int
    event: str
    kind: str
    case: str
    at: datetime
    state: str
    replayed: bool
    attempts: int
    next_attempt_at: datetime
    ended_at: datetime | None
    code: int | None
    error: str | None


@query
def webhooks(work: Work) -> list[HookRow]:
    """The webhooks of the area, oldest first."""
    found = work.db.execute(_hooks(work.actor).order_by(Webhook.id)).all()
    fares = _fares(work, [hook.id for hook, _ in found])
    return [_hook(hook, name, fares) for hook, name in found]


@query
def webhook(work: Work, webhook_id: int) -> HookRow:
    """One webhook of the area."""
    found = work.db.execute(_hooks(work.actor).where(Webhook.id == webhook_id)).first()
    if found is None:
        raise NotFound(gettext("There is no such webhook."))
    return _hook(found[0], found[1], _fares(work, [webhook_id]))


@query
def deliveries(
    work: Work, webhook_id: int, before: int | None = None
) -> tuple[list[DeliveryRow], int | None]:
    """The deliveries of a webhook, newest first, and the key of the next page."""
    if work.db.execute(_hooks(work.actor).where(Webhook.id == webhook_id)).first() is None:
        raise NotFound(gettext("There is no such webhook."))
    rows = select(WebhookDelivery, Case.number).join(Case, Case.id == WebhookDelivery.case_id)
    rows = rows.where(WebhookDelivery.webhook_id == webhook_id)
    if before:
        rows = rows.where(WebhookDelivery.id < before)
    found = work.db.execute(rows.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)).all()
    items = [_delivery(row, number) for row, number in found[:PAGE]]
    return items, items[-1].id if len(found) > PAGE else None


def _hooks(actor: Actor) -> Select[Webhook, str]:
    if not actor.has(ADM):
        raise NotAllowed(gettext("Webhooks are kept by administrators."))
    rows = select(Webhook, Person.name).join(Person, Person.id == Webhook.created_by_id)
    return rows.where(Webhook.area_code == actor.area, Webhook.ended_at.is_(None))


Fare = tuple[int, datetime | None, datetime | None]
"""How many wait, since when they fail, and when the last one arrived."""


def _fares(work: Work, ids: Iterable[int]) -> dict[int, Fare]:
    row = WebhookDelivery
    waits = row.state == "waiting"
    rows = select(
        row.webhook_id,
        func.count().filter(waits),
        func.min(row.failed_first_at).filter(waits),
        func.max(row.ended_at).filter(row.state == "delivered"),
    )
    found = work.db.execute(rows.where(row.webhook_id.in_(ids)).group_by(row.webhook_id))
    return {hook: (count, failing, last) for hook, count, failing, last in found}


def _hook(hook: Webhook, name: str, fares: dict[int, Fare]) -> HookRow:
    waiting, failing, last = fares.get(hook.id, (0, None, None))
    return HookRow(
        id=hook.id,
        url=hook.url,
        kinds=list(hook.kinds),
        created_by=name,
        created_at=hook.created_at,
        disabled_at=hook.disabled_at,
        waiting=waiting,
        failing_since=failing,
        arrived_last_at=last,
    )


def _delivery(row: WebhookDelivery, number: str) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        event=row.event_id,
        kind=row.kind,
        case=number,
        at=row.event_at,
        state=row.state,
        replayed=row.replayed,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        ended_at=row.ended_at,
        code=row.response_code,
        error=row.error,
    )
