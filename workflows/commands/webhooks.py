"""Keeping webhooks: entering one, changing what it is told, turning it off and on, removing it, playing events again.

By administrators, for their area. The secret is told once, when the webhook is entered, and to nobody afterwards.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, insert, literal, select, update

from notifications.webhook import AddressRefused, check_url
from workflows.commands import command
from workflows.errors import InvalidInput, NotAllowed, NotFound, NotNow
from workflows.history import record
from workflows.language import gettext
from workflows.people import Actor
from workflows.privacy import ADM
from workflows.settings import settings
from workflows.ssn_guard import guard
from workflows.webhooks import KINDS, Webhook, WebhookDelivery
from workflows.work import Work

MOST = 20
"""So many webhooks an area may have: each one is a row for each event."""
TOLD_WITHIN = timedelta(minutes=10)
"""So long whoever entered a webhook may read its secret, should the first answer have been lost."""


@command
def enter_webhook(work: Work, url: str, kinds: Iterable[str]) -> int:
    """Enter a webhook; gives its number. `secret_of` then tells its secret."""
    _check_may(work.actor)
    url, chosen = _checked(url, kinds)
    known = select(Webhook.id).where(Webhook.area_code == work.actor.area, Webhook.ended_at.is_(None))
    if len(list(work.db.scalars(known))) >= MOST:
        raise NotNow(
            gettext("An area has at most {most} webhooks. Remove one that is no longer needed.").format(
                most=MOST
            )
        )
    row = Webhook(
        area_code=work.actor.area,
        url=url,
        secret=f"whsec_{secrets.token_urlsafe(32)}",
        kinds=chosen,
        created_by_id=work.actor.id,
        created_at=work.now,
    )
    work.db.add(row)
    work.db.flush()
    record(work, "webhook_entered", webhook=row.id, kinds=chosen)
    return row.id


@command
def secret_of(work: Work, webhook_id: int) -> str:
    """The secret of a webhook that the actor has just entered."""
    row = _found(work, webhook_id)
    if row.created_by_id != work.actor.id or work.now - row.created_at > TOLD_WITHIN:
        raise NotAllowed(
            gettext("A secret is told once, to whoever enters the webhook. Give the webhook a new one.")
        )
    return row.secret


@command
def renew_secret(work: Work, webhook_id: int) -> str:
    """Give a webhook a new secret, which is told here and nowhere else; the old one signs nothing any more."""
    row = _found(work, webhook_id)
    row.secret = f"whsec_{secrets.token_urlsafe(32)}"
    work.db.flush()
    record(work, "webhook_secret_renewed", webhook=row.id)
    return row.secret


@command
def change_webhook(work: Work, webhook_id: int, url: str, kinds: Iterable[str]) -> None:
    """Change the address and the kinds of events."""
    row = _found(work, webhook_id)
    row.url, row.kinds = _checked(url, kinds)
    work.db.flush()
    record(work, "webhook_changed", webhook=row.id, kinds=row.kinds)


@command
def turn_webhook(work: Work, webhook_id: int, on: bool) -> None:
    """Turn a webhook off, or on again: what happened meanwhile is then delivered in order."""
    row = _found(work, webhook_id)
    if on == (row.disabled_at is None):
        return
    row.disabled_at = None if on else work.now
    if on:
        _forgive(work, row.id)
    work.db.flush()
    record(work, "webhook_turned_on" if on else "webhook_turned_off", webhook=row.id)


@command
def remove_webhook(work: Work, webhook_id: int) -> None:
    """Remove a webhook for good, with what waits for it."""
    row = _found(work, webhook_id)
    row.ended_at, row.secret = work.now, ""
    work.db.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == row.id))
    work.db.flush()
    record(work, "webhook_removed", webhook=row.id)


@command
def replay(work: Work, webhook_id: int, delivery_id: int | None = None, since: datetime | None = None) -> int:
    """Deliver again one event, or all since a moment, oldest first; gives how many. Each keeps its event id."""
    row = _found(work, webhook_id)
    if (delivery_id is None) == (since is None):
        raise InvalidInput(fields={"since": gettext("Name either one delivery or a time.")})
    which = WebhookDelivery.id == delivery_id if delivery_id else WebhookDelivery.event_at >= since
    count = _copy(work, row.id, which)
    if delivery_id and not count:
        raise NotFound(gettext("There is no such delivery that is over; one that waits is tried by itself."))
    record(work, "webhook_replayed", webhook=row.id, count=count)
    return count


def _copy(work: Work, webhook_id: int, which: ColumnElement[bool]) -> int:
    """New rows for events that are over, in their order; an event that was played again before counts once."""
    of_hook = WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state != "waiting"
    same = ("webhook_id", "event_id", "kind", "case_id", "event_at")
    columns = [getattr(WebhookDelivery, name) for name in same]
    fresh = {"replayed": True, "state": "waiting", "attempts": 0, "next_attempt_at": work.now}
    rows = select(*columns, *(literal(value) for value in fresh.values()))
    rows = rows.where(*of_hook, which).group_by(*columns).order_by(func.min(WebhookDelivery.id))
    made = insert(WebhookDelivery).from_select([*same, *fresh], rows).returning(WebhookDelivery.id)
    return len(list(work.db.scalars(made)))


def _forgive(work: Work, webhook_id: int) -> None:
    """What waits is tried at once, and the time of failing counts anew."""
    of_hook = WebhookDelivery.webhook_id == webhook_id
    work.db.execute(update(WebhookDelivery).where(of_hook).values(failed_first_at=None))
    waiting = update(WebhookDelivery).where(of_hook, WebhookDelivery.state == "waiting")
    work.db.execute(waiting.values(attempts=0, next_attempt_at=work.now))


def _check_may(actor: Actor) -> None:
    if not actor.has(ADM):
        raise NotAllowed(gettext("Webhooks are kept by administrators."))


def _found(work: Work, webhook_id: int) -> Webhook:
    """A webhook of the actor's area, locked."""
    _check_may(work.actor)
    mine = Webhook.id == webhook_id, Webhook.area_code == work.actor.area, Webhook.ended_at.is_(None)
    row = work.db.scalar(select(Webhook).where(*mine).with_for_update(key_share=True))
    if row is None:
        raise NotFound(gettext("There is no such webhook."))
    return row


def _checked(url: str, kinds: Iterable[str]) -> tuple[str, list[str]]:
    url, chosen = url.strip(), list(dict.fromkeys(kinds))
    guard({"url": url})
    errors = {}
    try:
        check_url(url, allow_loopback=settings().webhook_allow_loopback)
    except AddressRefused as refused:
        errors["url"] = str(refused)
    if not chosen or not set(chosen) <= KINDS.keys():
        errors["kinds"] = gettext("Choose at least one of {kinds}.").format(kinds=", ".join(KINDS))
    if errors:
        raise InvalidInput(fields=errors)
    return url, chosen
