"""Sending the daily mail: a row that is due queues one message and moves on to the next business day.

Both are one transaction, under a lock of the row, so one mail is queued however many workers look. After an outage it
is one mail as well; the mail itself is filled when it is sent, from how things stand then.
"""

import structlog
from sqlalchemy import String, cast, select, update

from workflows import clock, outbox
from workflows.commands import command
from workflows.digests import Digest, business_days, next_time
from workflows.incidents import resting, settled
from workflows.outbox import DAILY, OutboxMessage
from workflows.people import SYSTEM, Person
from workflows.queries.digest import MOST, has_something
from workflows.share import share
from workflows.work import Tried, Work

log = structlog.get_logger()

BATCH = 100


def send_due(limit: int = BATCH) -> int:
    """Queue the daily mails that are due; how many were queued."""
    due = select(Digest.person_id.label("id")).where(Digest.next_at <= clock.now())
    due = due.where(~resting("daily", cast(Digest.person_id, String), clock.now()))
    with share(due.order_by(Digest.next_at, Digest.person_id), limit) as ids:
        return sum(_quietly(person_id) for person_id in ids)


def _quietly(person_id: int) -> bool:
    """What goes wrong with one is an incident, is tried again later, and does not hold up the others."""
    try:
        return queue_daily(SYSTEM, person_id)
    except Exception as error:
        log.warning("set_aside", what="daily_mail", id=person_id, error=type(error).__name__)
        return False


@command
def queue_daily(work: Work, person_id: int) -> bool:
    """Queue the daily mail of a person if it is due, on a business day, and there is something to say."""
    row = work.db.get(Digest, person_id, with_for_update=True)
    if row is None or row.next_at > work.now:
        return False
    person = work.db.get_one(Person, person_id)
    work.tried = Tried("daily", subject=str(person_id), name=person.name, area=person.area_code)
    queued = _queue(work, row, person)
    settled(work, "daily", str(person_id))
    return queued


def _queue(work: Work, row: Digest, person: Person) -> bool:
    days = business_days(work.db, person.area_code)
    row.next_at = next_time(days, row.at, work.now)
    today = work.now.astimezone(days.zone).date()
    if not days.is_business_day(today) or not person.active or not has_something(work, person):
        return False
    ids = _taken(work, person.id)
    outbox.queue(work, DAILY, None, [person], messages=ids[-MOST:], more=len(ids) > MOST)
    return True


def _taken(work: Work, person_id: int) -> list[int]:
    """The messages that wait for the daily mail go into this one, each once; the mail names the newest."""
    waiting = OutboxMessage.recipient_id == person_id, OutboxMessage.state == "digest"
    taken = update(OutboxMessage).where(*waiting).values(state="digested").returning(OutboxMessage.id)
    return sorted(work.db.scalars(taken))
