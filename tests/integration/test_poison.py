"""One row that a job cannot digest is set aside with words, holds up no neighbour, and is not tried at every beat."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, text, update

from notifications import webhook as wire
from notifications.mailer import Message
from tasks import housekeeping as house
from tests.desk import AVERY, CASEY, JORDAN, MARLO, PAT, TAMSIN, Clock, Desk
from tests.integration.test_inbox import choose, daily_mails
from tests.integration.test_publications import entries, publish, version_of, with_reminder
from tests.integration.test_retention import old
from workflows import case_moves, instances, publication_checks, steps
from workflows.cases import Case
from workflows.commands import agreements, digests, messages, moves, retention, timers, webhook_deliveries
from workflows.db import transaction
from workflows.digests import Digest
from workflows.incidents import CaseIncident
from workflows.outbox import TO_SENDER, OutboxMessage
from workflows.settings import settings
from workflows.user_tasks import UserTask
from workflows.webhooks import KINDS, WebhookDelivery

Patch = pytest.MonkeyPatch


class Indigestible(Exception):
    """Nothing of ours: any failure in the middle of a job."""


@dataclass
class World:
    """Two cases of which the first is the poison, and how often the job has come to it."""

    desk: Desk
    clock: Clock
    patch: Patch
    poison: str
    neighbour: str
    tried: int = 0
    published: int = 0

    def spoil(self, place: Any, name: str, is_poison: Callable[..., bool]) -> None:
        """Have a function fail for the poison."""
        whole = getattr(place, name)

        def fails(*words: Any, **more: Any) -> Any:
            if is_poison(*words):
                self.tried += 1
                raise Indigestible("Marlo Pennywhistle")
            return whole(*words, **more)

        self.patch.setattr(place, name, fails)

    def id_of(self, number: str) -> int:
        """The id of a case."""
        return int(value(f"SELECT id FROM \"case\" WHERE number = '{number}'"))


@pytest.fixture
def world(desk: Desk, clock: Clock, monkeypatch: Patch) -> World:
    return World(desk, clock, monkeypatch, desk.to_request(**MARLO), desk.to_request(**TAMSIN))


def value(question: str) -> Any:
    with transaction() as db:
        return db.execute(text(question)).scalar()


def set_aside() -> list[tuple[str, str, str]]:
    """The open incidents: what was tried, on what, and why it failed."""
    with transaction() as db:
        query = select(CaseIncident.tried, CaseIncident.subject, CaseIncident.cause)
        return [tuple(row) for row in db.execute(query.where(CaseIncident.status == "open"))]


def of_case(number: str) -> Callable[..., bool]:
    """Whether something is done for a case, given among the words of a call."""
    return lambda *words: any(isinstance(word, Case) and word.number == number for word in words)


def late(world: World) -> Callable[[], object]:
    """Timers, reminders and idle claims; what fails does so before anything of the case was looked at."""
    desk = world.desk
    for who, number in ((CASEY, world.poison), (CASEY, world.neighbour)):
        desk.call(who, "POST", f"/tasks/{desk.task(who, number, 'T7')['id']}/claim")
    world.spoil(instances, "bundle_of_case", of_case(world.poison))
    world.clock._traveller.shift(5 * 86400)
    return timers.fire_due


def late_went_well(world: World) -> bool:
    done = {"timer", "free_idle"} <= {tried for tried, _, _ in set_aside()}
    with transaction() as db:
        held = select(UserTask.assignee_id).where(UserTask.element.startswith("T7_"))
        mine = db.scalars(held.where(UserTask.case_id == world.id_of(world.neighbour))).all()
    return done and mine == [None]


def mail_that_cannot_be_written(world: World) -> Callable[[], object]:
    world.spoil(messages, "compose", lambda one: one == first_message())
    return lambda: messages.deliver(messages.waiting_ids(50), Sent(world))


def mail_that_cannot_be_sent(world: World) -> Callable[[], object]:
    mailer = Sent(world)
    world.spoil(mailer, "send", lambda one: one.message_id == first_id())
    return lambda: messages.deliver(messages.waiting_ids(50), mailer)


@dataclass
class Sent:
    """A mail server that takes everything."""

    world: World

    def send(self, message: Message) -> None:
        """Take it."""


def first_message() -> int:
    return int(value("SELECT min(id) FROM outbox_message"))


def first_id() -> str:
    return str(value("SELECT message_id FROM outbox_message ORDER BY id LIMIT 1"))


def mail_went_well(_world: World) -> bool:
    with transaction() as db:
        rows = list(db.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
    kept, others = rows[0], [row for row in rows[1:] if row.kind not in ("mail_undeliverable", TO_SENDER)]
    words = kept.error or ""
    assert kept.lease is None and "Indigestible" in words and "Marlo" not in words
    return bool(others) and all(row.state == "sent" for row in others)


def webhook(world: World) -> Callable[[], object]:
    world.patch.setenv("WEBHOOK_ALLOW_LOOPBACK", "true")
    settings.cache_clear()
    entered = world.desk.call(
        PAT, "POST", "/webhooks", {"url": "http://127.0.0.1:9/desk", "kinds": list(KINDS)}
    )
    assert entered.status_code == 201
    for number in (world.poison, world.neighbour):
        world.desk.do(CASEY, number, "T7", decision="withdraw")
    first = world.id_of(world.poison)
    world.patch.setattr(wire, "post", lambda *_, **__: 204)
    world.spoil(webhook_deliveries, "_body", lambda _work, row: row.case_id == first)

    def sweep() -> None:
        with webhook_deliveries.share_of_waiting() as ids:
            webhook_deliveries.deliver(ids)

    return sweep


def webhook_went_well(world: World) -> bool:
    with transaction() as db:
        rows = list(db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))
    first = world.id_of(world.poison)
    (kept,) = [row for row in rows if row.case_id == first and row.attempts]
    assert (kept.state, kept.attempts, "Indigestible" in (kept.error or "")) == ("waiting", 1, True)
    return any(row.state == "delivered" for row in rows if row.case_id != first)


def daily(world: World) -> Callable[[], object]:
    for who in (AVERY, JORDAN):
        choose(world.desk, who, "10:00")
    world.clock.move(days=1, hours=3)
    poison = int(value(f"SELECT id FROM person WHERE username = '{AVERY}'"))
    with transaction() as db:
        db.execute(
            update(Digest)
            .where(Digest.person_id == poison)
            .values(next_at=text("next_at - interval '1 day'"))
        )
    world.spoil(digests, "has_something", lambda _work, person: person.id == poison)
    return digests.send_due


def daily_went_well(_world: World) -> bool:
    (told,) = [one for one in set_aside() if one[0] == "daily"]
    return "Indigestible" in told[2] and len(daily_mails()) == 1


def agreement(world: World) -> Callable[[], object]:
    world.spoil(agreements, "_due_warning", lambda row, *_: row.agency_code == "FWP")
    return agreements.review


def agreement_went_well(_world: World) -> bool:
    return [(tried, subject) for tried, subject, _ in set_aside()] == [("warn", "FWP")]


def anonymising(world: World) -> Callable[[], object]:
    for number in (world.poison, world.neighbour):
        world.desk.do(CASEY, number, "T7", decision="withdraw")
    old(world.poison, world.neighbour)
    world.spoil(steps, "forget_client", of_case(world.poison))
    return retention.anonymise_due


def anonymising_went_well(world: World) -> bool:
    timers.settle()
    (told,) = set_aside()
    asked = f"SELECT count(*) FROM \"case\" WHERE anonymised_at IS NOT NULL AND number = '{world.neighbour}'"
    return told[:2] == ("anonymise", world.poison) and value(asked) == 1


def moving(world: World) -> Callable[[], object]:
    world.patch.setattr(publication_checks, "proofs", lambda bundle: [])
    damaged = world.id_of(world.poison)
    world.published = publish(with_reminder)
    world.spoil(case_moves, "move", lambda _work, case, *_: case.id == damaged)
    for _ in range(moves.MOST_ATTEMPTS - 1):
        moves.go_on()
    world.tried = 0
    return moves.go_on


def moving_went_well(world: World) -> bool:
    kept = entries(world.published)[world.poison]
    assert (kept.state, kept.reason) == ("rolled_back", moves.FAILED)
    return version_of(world.neighbour) > version_of(world.poison)


JOBS = {
    "timers, reminders, idle claims": (late, late_went_well),
    "a mail that cannot be written": (mail_that_cannot_be_written, mail_went_well),
    "a mail that cannot be handed over": (mail_that_cannot_be_sent, mail_went_well),
    "a webhook": (webhook, webhook_went_well),
    "a daily mail": (daily, daily_went_well),
    "an agreement": (agreement, agreement_went_well),
    "anonymising": (anonymising, anonymising_went_well),
    "moving cases": (moving, moving_went_well),
}


@pytest.mark.parametrize("job", JOBS)
def test_what_a_job_cannot_digest_is_set_aside(world: World, job: str) -> None:
    poisoned, went_well = JOBS[job]
    run = poisoned(world)
    run()
    assert world.tried, "the poison was come to"
    assert went_well(world)
    assert not [words for *_, words in set_aside() if "Marlo" in words]
    before = world.tried
    if job != "an agreement":  # It is looked at every five minutes, and counted.
        run()
        run()
        assert world.tried == before, "it is not tried again at the next beat"


def test_a_part_of_the_housekeeping_that_fails_leaves_the_others_to_be_done(
    desk: Desk, monkeypatch: Patch
) -> None:
    done: list[str] = []

    def broken() -> None:
        raise Indigestible

    monkeypatch.setattr(house, "PARTS", (broken, lambda: done.append("the next")))
    with pytest.raises(Indigestible):
        house.run()
    assert done == ["the next"]
