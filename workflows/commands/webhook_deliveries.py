"""Sending events to webhooks: take a row by a lease, send outside of any transaction, write down how it went.

A row is sent once no earlier one of the same case waits for the same webhook, so each case's events arrive in order.
At least once: a sender that dies after the other side took the event leaves a lease that runs out, and the event goes
again with the same id. A webhook at which nothing arrives for days is turned off, and the administrators are told.
"""

import json
import random
import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from notifications import webhook as wire
from notifications.webhook import AddressRefused, NotDelivered
from workflows import clock, outbox, privacy
from workflows.cases import Case
from workflows.commands import command
from workflows.db import transaction
from workflows.errors import Busy, Unavailable
from workflows.history import record
from workflows.outbox import WEBHOOK_OFF
from workflows.people import SYSTEM, people_with
from workflows.privacy import Standing
from workflows.settings import settings
from workflows.share import share
from workflows.webhooks import Webhook, WebhookDelivery
from workflows.work import Work

log = structlog.get_logger()

BATCH = 50
BATCH_TIME = timedelta(seconds=30)
LEASE = timedelta(seconds=60)
"""Longer than one request can last (`wire.WHOLE` and looking up its host)."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=4)
MOST_ATTEMPTS = 15
"""About a day of attempts; then the next event of the case goes on."""
OFF_AFTER = timedelta(days=2)
"""A webhook at which nothing arrived for so long is turned off."""
KEEP = timedelta(days=30)
"""So long events are listed and can be played again."""

Taken = tuple[int, str, bytes, dict[str, str]]
"""The webhook's number, and address, body and headers of what is to be sent."""


def share_of_waiting(limit: int = BATCH) -> AbstractContextManager[list[int]]:
    """The deliveries that may be tried now, oldest first; no other worker is given them until the block ends."""
    return share(_due(clock.now()), limit)


def deliver(ids: Iterable[int]) -> int:
    """Send these events, each once; how many arrived. A webhook that fails is left alone until the next call."""
    until, failing = clock.now() + BATCH_TIME, set[int]()
    return sum(_deliver_quietly(one, failing) for one in ids if clock.now() < until)


def _deliver_quietly(delivery_id: int, failing: set[int]) -> bool:
    lease = secrets.token_hex(8)
    try:
        return _deliver_one(delivery_id, lease, failing)
    except (Busy, Unavailable) as error:
        log.warning("delivery_set_aside", id=delivery_id, error=type(error).__name__)
    except Exception as error:
        log.error("delivery_set_aside", id=delivery_id, error=type(error).__name__)
        _set_aside_quietly(delivery_id, lease, type(error).__name__)
    return False


def _set_aside_quietly(delivery_id: int, lease: str, kind: str) -> None:
    try:
        set_aside(SYSTEM, delivery_id, lease, f"A part of the product failed ({kind}).")
    except Exception as error:
        log.error("delivery_not_set_aside", id=delivery_id, error=type(error).__name__)


def _deliver_one(delivery_id: int, lease: str, failing: set[int]) -> bool:
    taken = _take(delivery_id, lease, failing)
    if taken is None:
        return False
    hook, url, body, headers = taken
    try:
        code = wire.post(url, body, headers, allow_loopback=settings().webhook_allow_loopback)
    except (NotDelivered, AddressRefused) as refused:
        failing.add(hook)
        failed(SYSTEM, delivery_id, lease, str(refused), getattr(refused, "code", None))
        return False
    _arrived(delivery_id, lease, code)
    return True


def _due(now: datetime) -> Select[int]:
    earlier = aliased(WebhookDelivery)
    same = earlier.webhook_id == WebhookDelivery.webhook_id, earlier.case_id == WebhookDelivery.case_id
    first = ~exists().where(*same, earlier.state == "waiting", earlier.id < WebhookDelivery.id)
    rows = select(WebhookDelivery.id).join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    rows = rows.where(*_ready(now), Webhook.disabled_at.is_(None), Webhook.ended_at.is_(None), first)
    return rows.order_by(WebhookDelivery.next_attempt_at, WebhookDelivery.id)


def _ready(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(WebhookDelivery.leased_until.is_(None), WebhookDelivery.leased_until <= now)
    return WebhookDelivery.state == "waiting", WebhookDelivery.next_attempt_at <= now, free


def _take(delivery_id: int, lease: str, failing: set[int]) -> Taken | None:
    """Lease a row and make what is sent of it; None when it is not to be sent now."""
    now = clock.now()
    with transaction() as db:
        row = db.scalar(select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update())
        if row is None or row.webhook_id in failing or db.scalar(_is_due(row, now)) is None:
            return None
        hook = db.get_one(Webhook, row.webhook_id)
        row.lease, row.leased_until = lease, now + LEASE
        row.attempts += 1
        body = _body(Work(db, SYSTEM, now), row)
        return hook.id, hook.url, body, _headers(row, hook.secret, body, now)


def _is_due(row: WebhookDelivery, now: datetime) -> Select[int]:
    """Asked again under the lock of the row: whether it still waits, and is the first of its case."""
    return _due(now).where(WebhookDelivery.id == row.id).order_by(None)


def _body(work: Work, row: WebhookDelivery) -> bytes:
    """What is told: ids, number, kind, time and state, and nothing else."""
    case = work.db.get_one(Case, row.case_id)
    told = {
        "id": row.event_id,
        "kind": row.kind,
        "at": row.event_at.isoformat(),
        "case": case.number,
        "status": privacy.visible_status(Standing(work.actor, case, frozenset())),
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _headers(row: WebhookDelivery, secret: str, body: bytes, now: datetime) -> dict[str, str]:
    return {
        wire.SIGNATURE: wire.sign(secret, body, int(now.timestamp())),
        wire.EVENT: row.event_id,
        wire.DELIVERY: str(row.id),
    }


def _mine(delivery_id: int, lease: str) -> tuple[ColumnElement[bool], ...]:
    """A row that this sender still holds."""
    held = WebhookDelivery.lease == lease, WebhookDelivery.state == "waiting"
    return WebhookDelivery.id == delivery_id, *held


def _arrived(delivery_id: int, lease: str, code: int) -> None:
    over = {"state": "delivered", "ended_at": clock.now(), "response_code": code, "error": None}
    free = {"lease": None, "leased_until": None}
    with transaction() as db:
        db.execute(update(WebhookDelivery).where(*_mine(delivery_id, lease)).values(**over, **free))


@command
def failed(work: Work, delivery_id: int, lease: str, reason: str, code: int | None) -> None:
    """It did not arrive: again later, or not any more; and a webhook that fails for too long is turned off."""
    row = work.db.scalar(select(WebhookDelivery).where(*_mine(delivery_id, lease)).with_for_update())
    if row is not None:
        _later(work, row, reason, code)


@command
def set_aside(work: Work, delivery_id: int, lease: str, reason: str) -> None:
    """An event that we could not even make ready for sending counts as one that did not arrive."""
    ours = or_(WebhookDelivery.lease.is_(None), WebhookDelivery.lease == lease)
    of_it = WebhookDelivery.id == delivery_id, WebhookDelivery.state == "waiting", ours
    row = work.db.scalar(select(WebhookDelivery).where(*of_it).with_for_update())
    if row is not None:
        row.attempts += row.lease is None  # Taking the row counts the attempt, unless that was rolled back.
        _later(work, row, reason, None)


def _later(work: Work, row: WebhookDelivery, reason: str, code: int | None) -> None:
    row.lease = row.leased_until = None
    row.error, row.response_code = reason, code
    row.failed_first_at = row.failed_first_at or work.now
    if row.attempts >= MOST_ATTEMPTS:
        row.state, row.ended_at = "failed", work.now
    else:
        row.next_attempt_at = work.now + _wait(row.attempts)
    work.db.flush()
    _turn_off_if_dead(work, row.webhook_id)


def _wait(attempts: int) -> timedelta:
    """Twice as long after each attempt, with a fifth of chance, so that many do not come back at once."""
    wait = min(FIRST_WAIT * (1 << max(0, attempts - 1)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  (chance against crowding, not a secret)


def _turn_off_if_dead(work: Work, webhook_id: int) -> None:
    hook = work.db.scalar(select(Webhook).where(Webhook.id == webhook_id).with_for_update(key_share=True))
    if hook is None or hook.disabled_at or not _is_dead(work, webhook_id):
        return
    hook.disabled_at = work.now
    work.db.flush()
    administrators = people_with(work.db, privacy.ADM, area=hook.area_code)
    outbox.queue(work, WEBHOOK_OFF, None, administrators, webhook=hook.id, days=OFF_AFTER.days)
    record(work, "webhook_failed", webhook=hook.id)


def _is_dead(work: Work, webhook_id: int) -> bool:
    """Whether a failure of `OFF_AFTER` ago was followed by nothing that arrived."""
    of_hook = WebhookDelivery.webhook_id == webhook_id
    arrived = select(func.max(WebhookDelivery.ended_at)).where(of_hook, WebhookDelivery.state == "delivered")
    last = work.db.scalar(arrived)
    first = select(func.min(WebhookDelivery.failed_first_at)).where(of_hook)
    if last:
        first = first.where(WebhookDelivery.failed_first_at > last)
    since = work.db.scalar(first)
    return since is not None and since <= work.now - OFF_AFTER


def put_away() -> None:
    """Forget old events, also those that wait for a webhook which was never turned on again."""
    with transaction() as db:
        db.execute(delete(WebhookDelivery).where(WebhookDelivery.event_at < clock.now() - KEEP))
