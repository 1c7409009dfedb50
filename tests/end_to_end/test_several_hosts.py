"""Two hosts are one product: what one of them writes, the other knows with its next answer, and neither is missed."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis as redis_client
from sqlalchemy import Engine, text

from tests.desk import AVERY, CASEY, ELLIS, Desk
from tests.end_to_end.hosts import Host, Person, environment, running
from workflows import db
from workflows.commands.tokens import create_token
from workflows.sample import PASSWORD
from workflows.settings import settings

pytestmark = [pytest.mark.slow]

DRAIN = 1.5


@pytest.fixture
def two(
    desk: Desk, redis: redis_client.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Host, Host]]:
    """Two hosts of the test's own installation."""
    common = environment(settings().database_url, settings().redis_url, "smtp://127.0.0.1:9")
    common |= {"DRAIN_SECONDS": str(DRAIN)}
    hosts = Host("127.0.0.11", tmp_path / "a", common), Host("127.0.0.12", tmp_path / "b", common)
    with running(*hosts):
        yield hosts


def sign_in(person: Person, username: str, password: str = PASSWORD) -> int:
    return person.send("/sign-in", username=username, password=password).status


def test_two_hosts_are_one_product(two: tuple[Host, Host], desk: Desk, database: Engine) -> None:
    what_one_host_writes_the_other_knows_at_once(two, desk)
    ten_wrong_passwords_close_a_name_on_every_host(two)
    a_host_that_is_asked_to_stop_serves_on_and_finishes_what_is_in_hand(two, desk, database)


def what_one_host_writes_the_other_knows_at_once(two: tuple[Host, Host], desk: Desk) -> None:
    one, other = two
    turns = iter(range(10_000))
    people = {who: Person(lambda: two[next(turns) % 2]) for who in (AVERY, CASEY)}

    # Signing in and every form: the page comes from one host, what was typed goes to the other.
    for who, person in people.items():
        assert sign_in(person, who) == 302, who
        assert person.ask("GET", "/account/preferences").status == 200

    program = {host: Person(lambda host=host: host, create_token(AVERY)) for host in two}
    a, b = program[one], program[other]

    # A case: opened here, worked there; a key used here is known there.
    search = {"office": "WSK", "search_key": "name", "total_own": 0}
    opened = [each.ask("POST", "/api/v1/cases", search, Idempotency_Key="once") for each in (a, b)]
    assert [answer.status for answer in opened] == [201, 201], opened
    assert opened[0].json["number"] == opened[1].json["number"]
    assert opened[0].json["number"] in b.ask("GET", "/api/v1/worklist?view=role").body

    # A draft: typed here, read there, and its version counts on.
    number = str(opened[0].json["number"])
    task = desk.task(AVERY, number, "T2")["id"]
    assert a.ask("POST", f"/api/v1/tasks/{task}/draft", {"data": {"total_wide": 0}}).status == 200
    assert '"total_wide":0' in b.ask("GET", f"/api/v1/tasks/{task}").body.replace(" ", "")

    # The directory is kept by each process, and a change of it holds everywhere with the next request.
    for host in (a, b):
        assert host.ask("GET", "/api/v1/me").json["name"]
    with db.transaction() as session:
        session.execute(
            text("UPDATE person SET name = 'Avery Renamed (SAMPLE)' WHERE username = :who"), {"who": AVERY}
        )
    assert [host.ask("GET", "/api/v1/me").json["name"] for host in (a, b)] == ["Avery Renamed (SAMPLE)"] * 2

    # A token taken away, and a session ended, at one host open nothing at the other.
    people[AVERY].send("/sign-out", on="/account/preferences")
    assert [people[AVERY].ask("GET", "/work").status for _ in two] == [302, 302]


def ten_wrong_passwords_close_a_name_on_every_host(two: tuple[Host, Host]) -> None:
    turns = iter(range(1000))
    person = Person(lambda: two[next(turns) // 2 % 2])
    said = [sign_in(person, ELLIS, "wrong") for _ in range(10)]
    assert said == [401] * 10
    assert [sign_in(Person(lambda host=host: host), ELLIS) for host in two] == [401, 401]


def a_host_that_is_asked_to_stop_serves_on_and_finishes_what_is_in_hand(
    two: tuple[Host, Host], desk: Desk, database: Engine
) -> None:
    host, _ = two
    number = desk.open(AVERY)
    task, token = desk.task(AVERY, number, "T2")["id"], create_token(AVERY)
    kept, slow = Person(lambda: host, token), Person(lambda: host, token)
    assert kept.ask("GET", "/api/v1/me").status == 200
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as connection:
            connection.execute(text('SELECT 1 FROM "case" FOR UPDATE'))
            in_hand = pool.submit(
                slow.ask, "POST", f"/api/v1/tasks/{task}/complete", {"data": {"total_wide": 0}}
            )
            host.ask_to_stop()
            until = time.monotonic() + DRAIN
            while host.is_ready():
                assert time.monotonic() < until, "it never says that it stops"
            assert kept.ask("GET", "/api/v1/me").status == 200, "who comes is served"
            assert "stop" in host.connect().ask("GET", "/readyz").body
            time.sleep(max(0.0, until - time.monotonic()) + 0.3)
        assert in_hand.result().status == 200
    assert host.see_off(15) == 0
    assert desk.labels(AVERY, number) == {"T3"}
