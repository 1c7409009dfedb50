"""Databases in which the same moment is there as often as it is needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from tests import services
from tests.desk import AVERY, CASEY, JORDAN, MORGAN, PAT, REMY, ROBIN, Desk
from workflows.settings import settings

PEOPLE = (AVERY, CASEY, JORDAN, MORGAN, PAT, REMY, ROBIN)

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
"""How many sessions of this database wait for a lock of another one."""

Row = tuple[Any, ...]


@dataclass
class World:
    """A database of its own and who works there. `matter` is what its maker prepared."""

    desk: Desk
    servers: services.Servers
    name: str
    matter: Any = None

    @contextmanager
    def again(self) -> Iterator[None]:
        """A copy of it, which the settings name until the block ends."""
        copy = services.clone(self.servers, self.name)
        try:
            with services.named(self.servers.database(copy)):
                yield
        finally:
            services.drop(self.servers, copy)


@contextmanager
def world(
    servers: services.Servers, desk: Desk, source: str, prepare: Callable[[Desk], Any]
) -> Iterator[World]:
    """A copy of a database with what `prepare` does in it."""
    made = World(desk, servers, services.clone(servers, source))
    try:
        with services.named(servers.database(made.name)):
            _sign_in(desk)
            made.matter = prepare(desk)
        yield made
    finally:
        services.drop(servers, made.name)


def _sign_in(desk: Desk) -> None:
    """Everybody has a token that holds in every copy."""
    for who in PEOPLE:
        desk.get(who, "/me")


@contextmanager
def asking() -> Iterator[psycopg.Connection]:
    """A connection to the database of the settings, past the product."""
    with psycopg.connect(settings().database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        yield connection


def rows(statement: str, *values: Any) -> list[Row]:
    """What the database of the settings says, past the product."""
    with asking() as connection:
        return connection.execute(statement, values or None).fetchall()


def number(statement: str, *values: Any) -> int:
    """The one number that it says."""
    return int(rows(statement, *values)[0][0] or 0)
