"""Acting on the product from the side, for tests of what must not be learned, done, lost or doubled."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text

from notifications.mailer import Message
from tests.desk import (
    CASEY,
    ROBIN,
    Desk,
)
from web.session import COOKIE
from workflows import sample
from workflows.commands import messages, people
from workflows.commands.agreements import save_agreement
from workflows.db import transaction
from workflows.people import Actor, Person, actor_for, person_named

LOCAL = ZoneInfo("America/Los_Angeles")
NOBODY_REACHED: dict[str, Any] = {
    "contact_result": "no_answer",
    **dict.fromkeys(
        ("identity_verified", "identity_method", "spoke_through", "notification_points", "decision")
    ),
}


def actor(username: str) -> Actor:
    with transaction() as db:
        person = person_named(db, username)
        assert person
        return actor_for(db, person)


def change(username: str, **values: Any) -> None:
    """Change a person behind the product's back."""
    with transaction() as db:
        person = db.scalar(select(Person).where(Person.username == username))
        assert person
        for name, value in values.items():
            setattr(person, name, value)


def suspend() -> None:
    save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "status": "suspended"})


def renew() -> None:
    ends = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
    save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "ends_on": ends, "status": "active"})


def browser(desk: Desk, username: str) -> FlaskClient:
    """A signed-in browser; its forms are not held against a token, because that is tested elsewhere."""
    desk.app.config["WTF_CSRF_ENABLED"] = False
    client = desk.app.test_client()
    client.set_cookie(COOKIE, people.sign_in(username, sample.PASSWORD))
    return client


def page(desk: Desk, username: str, path: str) -> str:
    return browser(desk, username).get(path).get_data(as_text=True)


def give(desk: Desk, number: str, label: str, receiver: str, giver: str = CASEY) -> str:
    """Delegate a task; gives its id."""
    task = str(desk.task(giver, number, label)["id"])
    answer = desk.call(giver, "POST", f"/tasks/{task}/reassign", {"assignee": receiver})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return task


def opt_out_again(desk: Desk, who: str, number: str) -> str:
    """Pass on the client's wish; gives the number of the case that it opens."""
    answer = desk.call(who, "POST", f"/cases/{number}/opt-out-again")
    assert answer.json, answer.get_data(as_text=True)
    return str(answer.json["number"])


def stored(database: Engine) -> str:
    """Every row of every table but the procedures, whose scenarios name the sample client."""
    with database.connect() as connection:
        names = connection.execute(
            text(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
                "AND table_name <> 'process_definition'"
            )
        ).scalars()
        rows = [connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all() for name in names]
    return "\n".join(line for table in rows for line in table)


class Recorder:
    """A mail server that takes everything and counts it."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.taken: list[Message] = []
        self._meanwhile = meanwhile

    def send(self, message: Message) -> None:
        self.taken.append(message)
        self._meanwhile()


def deliver(mailer: Any) -> int:
    return messages.deliver(messages.waiting_ids(1000), mailer)
